/* SPDX-License-Identifier: ISC */
/* refusal.c - what record is measured, and in what log? */
#include "config.h"

#include "refusal.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"

static const char id[] = "01JDE0000000000000000000AB";
static const char host[] = "mx.test";
static const char *const rcpt = "ceo@example.com";

struct generation *
refusal_load(const char *path)
{
	struct generation *generation;
	struct diags diags;
	struct buf text;

	diags_init(&diags);
	generation = generation_load(path, 0, &diags);
	if (generation == NULL) {
		buf_init(&text);
		diags_text(&diags, &text);
		errx(EX_CONFIG, "%s", buf_text(&text));
	}
	diags_done(&diags);

	return generation;
}

static void
make_facts(const struct rules *rules, struct facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->stage = STAGE_RCPT;
	(void)addr_parse("127.0.0.1", &facts->addr); /* it is one */
	facts->server = facts->addr;
	facts->sets = table_find(rules->table, &facts->addr);
	facts->port = 40000;
	facts->server_port = 25;
	facts->daemon = host;
	facts->helo = "client.test";
	facts->sender = "sender@partner.example";
}

void
refusal_make(const struct rules *rules, struct refusal *refusal)
{
	make_facts(rules, &refusal->facts);
	recipient_parse("<ceo@example.com>", &refusal->recipient);
	policy_decide(
	    rules, &refusal->facts, &refusal->recipient, &refusal->decision);
	refusal->record = (struct record){
		.action = ACTION_BYPASS_REJECTED,
		.time_us = INT64_C(1795492800123456), /* any */
		.id = id,
		.host = host,
		.version = rules->version,
		.rules = rules,
		.facts = &refusal->facts,
		.decision = &refusal->decision,
		.stage = STAGE_RCPT,
		.session = id,
		.rcpts = &rcpt,
		.nrcpts = 1,
		.reply = "550 5.7.1 Direct delivery is refused; use the MX of "
			 "example.com (ref 01JDE0000000000000000000AB)",
	};
}

static void
say(void *owner, const char *message)
{
	(void)owner;
	warnx("%s", message);
}

static void
recovered(void *owner, const struct log_gap *gap, struct record_line *line)
{
	(void)owner;
	(void)gap;
	(void)line;
	errx(EX_IOERR, "the log has lost something");
}

/* Nothing is kept or rotated here: it is a seal. */
static void
did(void *owner, const struct log_event *event, struct record_line *line)
{
	const struct record record = {
		.action = ACTION_SEALED,
		.time_us = event->time_us,
		.id = id,
		.host = host,
		.note = event->note,
		.members = event->members,
	};

	(void)owner;
	(void)record_write(&record, 0, line); /* no recipients: one line */
}

struct log *
refusal_open_log(const struct conf *conf, int64_t seal_ms)
{
	static const struct log_news news = { NULL, say, recovered, did, NULL };
	const struct log_settings settings = {
		.path = conf->audit.path,
		.sync = conf->audit.sync == CONF_SYNC_ALWAYS ? LOG_SYNC_ALWAYS
							     : LOG_SYNC_NEVER,
		.wait_ms = LOG_WAIT_MS,
		.owner = (uid_t)-1,
		.group = (gid_t)-1,
		.keeping.seal_ms = seal_ms,
	};
	struct err why;
	bool taken;
	struct log *log = log_open(&settings, &news, &taken, &why);

	if (log == NULL || !log_start(log, &why))
		errx(EX_IOERR, "%s", why.text);

	return log;
}

void
refusal_append(const struct refusal *refusal, struct log *log, bool wait)
{
	struct record_line line;

	record_line_init(&line);
	(void)record_write(&refusal->record, 0, &line); /* one recipient: in
							   one line */
	if (!log_append(log, &line, wait))
		errx(EX_IOERR, "a record could not be written");
	record_line_done(&line);
}

double
refusal_clock_us(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now); /* cannot fail */

	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}
