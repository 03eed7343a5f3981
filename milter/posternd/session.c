/* SPDX-License-Identifier: ISC */
/* session.c - what is known of one connection? */
#include "config.h"

#include "posternd/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "posternd/clock.h"
#include "posternd/force.h"

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
	struct session *session = mem_new(1, sizeof(*session));

	session->generation = force_generation();
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
		free(session->texts[i]);
		session->texts[i] = NULL;
	}
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	free_refused(session->refused);
	free_texts(session);
	generation_unref(session->generation);
	free(session);
}

void
session_restart(struct session *session)
{
	free_refused(session->refused);
	session->refused = NULL;
	free_texts(session);
	init_facts(session);
	session->connected = false;
	session->furthest = STAGE_CONNECT;
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

/* The policy of the first domain that one guards; NULL: none, or all. */
static const struct policy *
find_policy(const struct rules *rules, const struct recipient *recipient)
{
	for (size_t i = 0; !recipient->everywhere && i < recipient->count;
	     i++) {
		uint32_t found =
		    domains_find(rules->domains, recipient->domains[i]);

		if (found != DOMAIN_NONE)
			return &rules->policies[found];
	}

	return NULL;
}

void
session_add_refused(struct session *session, const struct recipient *recipient)
{
	const struct policy *policy =
	    find_policy(session_rules(session), recipient);
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
session_id(struct session *session)
{
	if (session->id[0] == '\0')
		id_new(clock_us(), session->id);

	return session->id;
}
