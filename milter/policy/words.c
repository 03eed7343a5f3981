/* SPDX-License-Identifier: ISC */
/* words.c - how is a decision named? */
#include "config.h"

#include "policy/decide.h"

const char *
match_text(enum match match)
{
	static const char *const texts[] = { "yes", "no", "absent", "unknown",
		"unknown" };

	return texts[match];
}

const char *
measure_text(enum measure measure)
{
	static const char *const texts[] = { "reject", "defer", "quarantine",
		"mark" };

	return texts[measure];
}

const char *
verdict_text(enum verdict verdict)
{
	static const char *const texts[] = { "accept", "unknown", "open",
		"defer", "reject" };

	return texts[verdict];
}

enum verdict
verdict_of_answer(enum answer answer)
{
	switch (answer) {
	case ANSWER_ACCEPT:
		return VERDICT_ACCEPT;
	case ANSWER_DEFER:
		return VERDICT_DEFER;
	case ANSWER_REJECT:
		break;
	}

	return VERDICT_REJECT;
}

const char *
reason_text(enum reason reason)
{
	static const char *const texts[] = {
		"",
#define REASON(symbol, text) text,
#include "policy/reasons.def"
#undef REASON
	};

	return texts[reason];
}

const char *
ground_text(enum ground ground)
{
	static const char *const texts[] = { "judged by a policy",
		"a trusted host is never judged",
		"an authenticated client is never judged",
		"an originating listener is never judged",
		"anyone may write to this local part",
		"no policy names this recipient" };

	return texts[ground];
}
