/* SPDX-License-Identifier: ISC */
/* forward_text.c - what is a receiver sent of a record? */
#include "config.h"

#include "posternd/forward_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "log/chain.h"
#include "log/line.h"

enum {
	PARTS = 6,
	NUMBER = 24,
	FACILITY_MAIL = 2, /* journald's field only says it */
	SEVERITIES = 8,
	ERROR = 3, /* RFC 5424, 6.2.1 */
	WARNING = 4,
	NOTICE = 5
};

struct part {
	const char *name;  /* in syslog's structured data */
	const char *field; /* in the journal */
	const char *text;
	size_t len; /* 0: the record has none */
};

/* What is taken out of a line, and the storage of what is not in it so. */
struct taken {
	struct part parts[PARTS];
	struct chain_head head;
	char sequence[NUMBER];
};

static void
take_event(const char *line, size_t len, const char *member, struct part *part)
{
	if (!log_line_text(line, len, member, &part->text, &part->len))
		part->len = 0;
}

static void
take_parts(const char *line, size_t len, struct taken *taken)
{
	enum {
		SEQUENCE,
		HASH,
		ACTION,
		ID,
		REASON,
		IP
	};
	struct part *parts = taken->parts;

	*taken =
	    (struct taken){ .parts = {
				[SEQUENCE] = { .name = "sequence",
				    .field = "SEQUENCE" },
				[HASH] = { .name = "hash", .field = "HASH" },
				[ACTION] = { .name = "action",
				    .field = "ACTION" },
				[ID] = { .name = "id", .field = "ID" },
				[REASON] = { .name = "reason",
				    .field = "REASON" },
				[IP] = { .name = "ip", .field = "IP" },
			    } };
	if (chain_read(line, len, &taken->head)) {
		(void)snprintf(taken->sequence, sizeof(taken->sequence),
		    "%" PRIu64, taken->head.sequence);
		parts[SEQUENCE].text = taken->sequence;
		parts[SEQUENCE].len = strlen(taken->sequence);
		parts[HASH].text = taken->head.hash;
		parts[HASH].len = strlen(taken->head.hash);
	}
	take_event(line, len, "action", &parts[ACTION]);
	take_event(line, len, "id", &parts[ID]);
	take_event(line, len, "reason", &parts[REASON]);
	if (!log_line_address(line, len, &parts[IP].text, &parts[IP].len))
		parts[IP].len = 0;
}

static int
severity_of(const char *line, size_t len)
{
	static const char alert[] = "alert";
	const char *kind;
	size_t most;

	if (log_line_is(line, len, "reload-failed"))
		return ERROR;
	if (log_line_is(line, len, "recovered"))
		return WARNING;
	if (log_line_text(line, len, "kind", &kind, &most) &&
	    most == sizeof(alert) - 1 && memcmp(kind, alert, most) == 0)
		return WARNING;

	return NOTICE;
}

/* RFC 5424, 6.3.3: these three would end the value. */
static void
add_value(const char *text, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\' || text[i] == ']')
			buf_add_text(out, "\\");
		buf_add(out, &text[i], 1);
	}
}

/* HOSTNAME and MSGID are printable ASCII without a blank, or "-". */
static void
add_word(const char *text, size_t len, size_t most, struct buf *out)
{
	bool fits = len > 0 && len <= most;

	for (size_t i = 0; fits && i < len; i++)
		fits = text[i] > ' ' && text[i] < 0x7f;
	if (fits)
		buf_add(out, text, len);
	else
		buf_add_text(out, "-");
	buf_add_text(out, " ");
}

void
forward_add_syslog(const char *line, size_t len, int facility, const char *host,
    pid_t pid, struct buf *out)
{
	enum {
		HOST_MOST = 255,
		MSGID_MOST = 32
	};
	char time[TIME_TEXT] = "-";
	struct part action = { .len = 0 };
	struct taken taken;
	int64_t time_us;

	take_parts(line, len, &taken);
	take_event(line, len, "action", &action);
	if (log_line_time(line, len, &time_us))
		(void)time_text(time_us, time);
	buf_addf(out, "<%d>1 %s ",
	    facility * SEVERITIES + severity_of(line, len), time);
	add_word(host, strlen(host), HOST_MOST, out);
	buf_addf(out, "postern %ld ", (long)pid);
	add_word(action.text, action.len, MSGID_MOST, out);
	buf_add_text(out, "[postern@32473");
	for (size_t i = 0; i < NITEMS(taken.parts); i++) {
		const struct part *part = &taken.parts[i];

		if (part->len == 0)
			continue;
		buf_addf(out, " %s=\"", part->name);
		add_value(part->text, part->len, out);
		buf_add_text(out, "\"");
	}
	buf_add_text(out, "] ");
	buf_add(out, line, len);
}

void
forward_add_journal(const char *line, size_t len, struct buf *out)
{
	struct taken taken;

	/* No value has a newline, as all stand in one line: so none needs the
	 * form with a length. */
	take_parts(line, len, &taken);
	buf_add_text(out, "MESSAGE=");
	buf_add(out, line, len);
	buf_addf(out, "\nPRIORITY=%d\nSYSLOG_FACILITY=%d\n",
	    severity_of(line, len), FACILITY_MAIL);
	buf_add_text(out, "SYSLOG_IDENTIFIER=postern\n");
	for (size_t i = 0; i < NITEMS(taken.parts); i++) {
		const struct part *part = &taken.parts[i];

		if (part->len == 0)
			continue;
		buf_addf(out, "POSTERN_%s=", part->field);
		buf_add(out, part->text, part->len);
		buf_add_text(out, "\n");
	}
}
