/* SPDX-License-Identifier: ISC */
/* session.c - what is known of one connection? */
#include "config.h"

#include "posternd/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "posternd/clock.h"
#include "posternd/counters.h"
#include "posternd/force.h"
#include "posternd/glass.h"

const struct rules *
session_rules(const struct session *session)
{
	return generation_rules(session->generation);
}

static void
init_facts(struct session *session)
{
	struct facts *facts = &session->facts;

	memset(facts, 0, sizeof(*facts));
	facts->today = clock_today();
	facts->sets = table_find(session_rules(session)->table, &facts->addr);
}

struct session *
session_new(void)
{
	/* calloc() goes past what malloc() keeps at hand. */
	struct session *session = mem_resize(NULL, 1, sizeof(*session));

	memset(session, 0, sizeof(*session));
	session->generation = force_generation();
	session->actions = ~0UL;
	init_facts(session);

	return session;
}

static void
free_refused(struct refused *refused)
{
	if (refused == NULL)
		return;
	for (size_t i = 0; i < refused->count; i++)
		free(refused->rcpts[i]);
	free(refused->rcpts);
	free(refused->sender);
	free(refused);
}

static void
free_texts(struct session *session)
{
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (session->texts[i] == NULL)
			continue; /* as most are: no call for nothing */
		free(session->texts[i]);
		session->texts[i] = NULL;
	}
}

/* What belongs to one client. */
static void
disconnect(struct session *session)
{
	if (session->connected)
		counters_end_session();
	session->connected = false;
	free_refused(session->refused);
	session->refused = NULL;
	free_texts(session);
	transaction_end(&session->transaction);
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	disconnect(session);
	generation_unref(session->generation);
	free(session);
}

void
session_connect(struct session *session)
{
	disconnect(session);
	counters_begin_session();
	session->connected = true;
	init_facts(session);
	session->furthest = STAGE_CONNECT;
	session->free_by_address = false;
	session->answered = false;
	session->mta = MTA_OTHER;
	session->id[0] = '\0';
}

void
session_reach(struct session *session, enum stage stage)
{
	session->facts.stage = stage;
	if (session->furthest < stage)
		session->furthest = stage;
}

void
session_add_header(struct session *session, const char *name, const char *value)
{
	const struct rules *rules = session_rules(session);

	if (!rules->needs.headers)
		return;
	session_end_headers(session); /* so far */
	evidence_add(session->transaction.evidence, rules, name, value);
}

void
session_end_headers(struct session *session)
{
	struct transaction *transaction = &session->transaction;

	if (transaction->evidence == NULL)
		transaction->evidence = evidence_new(session_rules(session));
	session->facts.evidence = transaction->evidence;
}

void
session_end_message(struct session *session)
{
	const struct transaction *transaction = &session->transaction;

	/* Who was to be held or marked, had the message come to its end. */
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->taken[i].argument != NULL) {
			struct recipient recipient;

			recipient_parse(
			    transaction->taken[i].argument, &recipient);
			session_add_refused(session, &recipient);
		}
	transaction_end(&session->transaction);
	session->facts.evidence = NULL;
}

void
session_look(struct session *session)
{
	struct glass glass;

	session->facts.open = glass_look(&glass);
	session->facts.open_policy = NULL;
	if (!session->facts.open || glass.policy[0] == '\0')
		return;
	memcpy(session->open_policy, glass.policy, sizeof(glass.policy));
	session->facts.open_policy = session->open_policy;
}

const char *
session_keep_len(struct session *session, enum session_text which,
    const char *text, size_t len)
{
	/* What is not there on the wire is nothing, an empty text is one. */
	char *copy = text == NULL
	    ? NULL
	    : mem_text_len(text, len < SESSION_TEXT ? len : SESSION_TEXT);

	free(session->texts[which]);
	session->texts[which] = copy;

	return copy;
}

const char *
session_keep(struct session *session, enum session_text which, const char *text)
{
	return session_keep_len(session, which, text,
	    text == NULL ? 0 : strnlen(text, SESSION_TEXT));
}

const struct policy *
session_policy(const struct session *session, const struct recipient *recipient)
{
	const struct rules *rules = session_rules(session);

	for (size_t i = 0; !recipient->everywhere && i < recipient->count;
	     i++) {
		uint32_t found =
		    domains_find(rules->domains, recipient->domains[i]);

		if (found != DOMAIN_NONE)
			return rules_policy(rules, found);
	}

	return NULL;
}

void
session_add_refused(struct session *session, const struct recipient *recipient)
{
	const struct policy *policy = session_policy(session, recipient);
	struct refused *refused = session->refused;

	if (policy == NULL && !recipient->everywhere)
		return;
	if (refused == NULL) {
		refused = mem_new(1, sizeof(*refused));
		refused->policy = policy;
		session->refused = refused;
	}
	if (refused->count == SESSION_REFUSED)
		return;

	refused->rcpts = mem_grow(refused->rcpts, refused->count,
	    &refused->room, sizeof(*refused->rcpts));
	refused->rcpts[refused->count++] = mem_text(recipient->address);
	free(refused->sender);
	refused->sender = session->facts.sender == NULL
	    ? NULL
	    : mem_text(session->facts.sender);
}

const char *
session_sender(const struct session *session)
{
	const char *sender = session->facts.sender;

	return sender == NULL ? "" : sender;
}

bool
session_judges_messages(const struct session *session)
{
	const struct needs *needs = &session_rules(session)->needs;

	return needs->headers || needs->quarantine || needs->mark;
}

const char *
session_id(struct session *session)
{
	if (session->id[0] == '\0')
		id_new(clock_us(), session->id);

	return session->id;
}
