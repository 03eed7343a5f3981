/* SPDX-License-Identifier: ISC */
/* accepted.c - which mail was let in, where that is asked for? */
#include "config.h"

#include "posternd/accepted.h"

#include <stdlib.h>

#include "base/mem.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/counters.h"
#include "posternd/flood.h"

const struct policy *
accepted_under(const struct session *session, const struct decision *decision)
{
	/* What is exempt or unlisted is under no policy. */
	return session_rules(session)->record_accepted &&
		decision->verdict == VERDICT_ACCEPT
	    ? decision->policy
	    : NULL;
}

static void
write_record(struct session *session, const struct policy *policy,
    const char *const *rcpts, size_t count, int64_t now)
{
	const struct facts *facts = &session->facts;
	struct decision decision = {
		.verdict = VERDICT_ACCEPT,
		.monitor =
		    policy_is_monitored(session_rules(session), facts, policy),
		.stage = facts->stage,
		.policy = policy,
	};
	struct record record = audit_of_session(session, facts, &decision,
	    ACTION_ACCEPTED, session->transaction.id, now);

	if (flood_is_short()) {
		counters_add_record(record.action);
		return;
	}
	record.rcpts = rcpts;
	record.nrcpts = count;
	/* Mail that may come in never waits for the disk. */
	(void)audit_write(&record, false);
}

/* Those of the policy of recipient number first; they are done then. */
static void
write_policy(
    struct session *session, size_t first, const char **rcpts, int64_t now)
{
	struct transaction *transaction = &session->transaction;
	const struct policy *policy = transaction->taken[first].policy;
	size_t count = 0;

	for (size_t i = first; i < transaction->count; i++) {
		struct taken *one = &transaction->taken[i];

		if (!audit_same_rule(one->policy, policy))
			continue;
		rcpts[count++] = one->address;
		one->policy = NULL;
	}
	write_record(session, policy, rcpts, count, now);
}

static bool
is_due(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->taken[i].policy != NULL)
			return true;

	return false;
}

void
accepted_record(struct session *session)
{
	struct transaction *transaction = &session->transaction;
	int64_t now = clock_us();
	const char **rcpts;

	if (!is_due(transaction))
		return;
	if (transaction->id[0] == '\0')
		id_new(now, transaction->id);
	rcpts = mem_new(transaction->count, sizeof(rcpts[0]));
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->taken[i].policy != NULL)
			write_policy(session, i, rcpts, now);
	free(rcpts);
}
