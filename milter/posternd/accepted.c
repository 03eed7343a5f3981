/* SPDX-License-Identifier: ISC */
/* accepted.c - which mail was let in, where that is asked for? */
#include "config.h"

#include "posternd/accepted.h"

#include <stdlib.h>

#include "base/mem.h"
#include "posternd/audit.h"
#include "posternd/clock.h"

void
accepted_add(struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	struct transaction *transaction = &session->transaction;

	/* What is exempt or unlisted is under no policy. */
	if (!session_rules(session)->record_accepted ||
	    decision->policy == NULL)
		return;
	if (transaction->count == TRANSACTION_RCPTS)
		accepted_record(session);
	transaction_let_in(transaction, decision->policy, recipient->address);
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
	const struct policy *policy = transaction->rcpts[first].policy;
	size_t count = 0;

	for (size_t i = first; i < transaction->count; i++) {
		struct let_in *one = &transaction->rcpts[i];

		if (one->policy != policy)
			continue;
		rcpts[count++] = one->address;
		one->policy = NULL;
	}
	write_record(session, policy, rcpts, count, now);
}

void
accepted_record(struct session *session)
{
	struct transaction *transaction = &session->transaction;
	int64_t now = clock_us();
	const char **rcpts;

	if (transaction->count == 0)
		return;
	if (transaction->id[0] == '\0')
		id_new(now, transaction->id);
	rcpts = mem_new(transaction->count, sizeof(rcpts[0]));
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->rcpts[i].policy != NULL)
			write_policy(session, i, rcpts, now);
	free(rcpts);
	transaction_clear(transaction);
}
