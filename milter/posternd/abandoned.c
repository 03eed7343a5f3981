/* SPDX-License-Identifier: ISC */
/* abandoned.c - what is left of an attempt that was broken off? */
#include "config.h"

#include "posternd/abandoned.h"

#include "policy/decide.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/flood.h"

static void
write_abandoned(struct session *session, const struct facts *facts,
    const struct decision *decision, enum record_action action)
{
	const struct refused *refused = session->refused;
	int64_t now = clock_us();
	struct folding folding;
	char id[ULID_TEXT];
	struct record record;

	id_new(now, id);
	folding = flood_fold(action, &facts->addr, 1, id);
	record = audit_of_session(session, facts, decision, action, id, now);
	record.stage = facts->stage;
	if (refused != NULL) {
		record.rcpts = (const char *const *)refused->rcpts;
		record.nrcpts = refused->count;
	}
	/* What is lost here is counted by the log. */
	(void)flood_write(&record, &folding, false);
}

/* With the recipients that the MTA refused before we could. */
static void
write_refused(struct session *session, struct facts *facts)
{
	const struct rules *rules = session_rules(session);
	const struct refused *refused = session->refused;
	struct decision decision;

	facts->stage = STAGE_RCPT; /* whatever other messages came to */
	facts->sender = refused->sender;
	if (refused->policy != NULL)
		policy_decide_one(rules, facts, refused->policy, &decision);
	else
		policy_decide_client(rules, facts, &decision);
	write_abandoned(session, facts, &decision, ACTION_BYPASS_ABANDONED);
}

static void
write_without_recipient(
    struct session *session, const struct facts *facts, bool said_mail)
{
	const struct rules *rules = session_rules(session);
	struct decision decision;

	if (!said_mail && setlist_has(facts->sets, rules->probes))
		return; /* a health check */
	policy_decide_client(rules, facts, &decision);
	write_abandoned(session, facts, &decision,
	    said_mail ? ACTION_BYPASS_ABANDONED : ACTION_PROBE_SEEN);
}

void
abandoned_record(struct session *session)
{
	bool said_mail = session->furthest >= STAGE_MAIL;
	struct facts facts;

	if (!session->connected ||
	    (session->answered && session->refused == NULL))
		return;
	session_look(session);
	facts = session->facts;
	facts.stage = session->furthest;
	/* The next message of it could have had any header. */
	if (facts.stage == STAGE_HEADERS)
		facts.stage = STAGE_RCPT;
	facts.evidence = NULL;
	if (policy_outlook(session_rules(session), &facts) != OUTLOOK_HOPELESS)
		return;

	if (session->refused != NULL)
		write_refused(session, &facts);
	else
		write_without_recipient(session, &facts, said_mail);
}
