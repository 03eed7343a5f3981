/* SPDX-License-Identifier: ISC */
/* facts.c - what is known of a session so far? */
#include "config.h"

#include "policy/facts.h"

const char *
stage_text(enum stage stage)
{
	static const char *const texts[] = { "connect", "helo", "mail", "rcpt",
		"headers" };

	return texts[stage];
}
