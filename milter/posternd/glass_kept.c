/* SPDX-License-Identifier: ISC */
/* glass_kept.c - how is a broken glass written down, and when is it over? */
#include "config.h"

#include "posternd/glass_kept.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timetext.h"
#include "control/request.h"

#define SECOND_US INT64_C(1000000)

void
glass_kept_text(const struct glass_kept *kept, struct buf *out)
{
	char time[TIME_TEXT];

	buf_addf(out, "opened %s\n", time_text(kept->opened_us, time));
	buf_addf(out, "until %s\n", time_text(kept->glass.until_us, time));
	buf_addf(out, "uptime %lu\n", (unsigned long)kept->uptime_s);
	if (kept->glass.policy[0] != '\0')
		buf_addf(out, "policy %s\n", kept->glass.policy);
	buf_addf(out, "note %s\n", kept->glass.note);
}

/* What stands behind word in the next line, if it is that one; else NULL. */
static const char *
take(char **rest, const char *word)
{
	size_t len = strlen(word);
	char *line = *rest;
	char *end = strchr(line, '\n');

	if (end == NULL || strncmp(line, word, len) != 0 || line[len] != ' ')
		return NULL;
	*end = '\0';
	*rest = end + 1;

	return line + len + 1;
}

static bool
take_time(char **rest, const char *word, int64_t *time_us, struct err *err)
{
	const char *text = take(rest, word);

	if (text != NULL && time_parse(text, time_us))
		return true;

	return err_set(err, "it does not say \"%s\" with a time", word);
}

static bool
take_times(char **rest, struct glass_kept *kept, struct err *err)
{
	const int64_t longest = REQUEST_SECONDS * SECOND_US;
	const char *uptime;
	int64_t whole;

	if (!take_time(rest, "opened", &kept->opened_us, err) ||
	    !take_time(rest, "until", &kept->glass.until_us, err))
		return false;
	whole = kept->glass.until_us - kept->opened_us;
	if (whole <= 0 || whole > longest)
		return err_set(
		    err, "it is open for no time, or for more than a year");
	uptime = take(rest, "uptime");
	if (uptime == NULL ||
	    !str_to_u32(uptime, 0, UINT32_MAX, &kept->uptime_s, NULL))
		return err_set(err, "it does not say \"uptime\" with seconds");

	return true;
}

static bool
take_texts(char **rest, struct glass *glass, struct err *err)
{
	struct request request = { .verb = VERB_OPEN };
	const char *policy = take(rest, "policy");
	const char *note = take(rest, "note");

	if (policy != NULL && !request_set_policy(&request, policy, err))
		return false;
	if (note == NULL)
		return err_set(err, "it does not say \"note\"");
	if (!request_set_reason(&request, note, err))
		return false;
	memcpy(glass->policy, request.policy, sizeof(glass->policy));
	memcpy(glass->note, request.reason, sizeof(glass->note));

	return true;
}

bool
glass_kept_parse(
    const char *text, size_t len, struct glass_kept *kept, struct err *err)
{
	struct glass_kept found = { .uptime_s = 0 };
	char copy[GLASS_KEPT_TEXT + 1];
	char *rest = copy;

	if (len > GLASS_KEPT_TEXT || memchr(text, '\0', len) != NULL)
		return err_set(err, "it is too long, or no text");
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!take_times(&rest, &found, err) ||
	    !take_texts(&rest, &found.glass, err))
		return false;
	if (*rest != '\0')
		return err_set(err, "it goes on behind \"note\"");
	*kept = found;

	return true;
}

void
glass_kept_take_up(struct glass_kept *kept, int64_t up_us)
{
	if (up_us < kept->uptime_s * SECOND_US)
		kept->uptime_s = 0;
}

int64_t
glass_kept_left_us(const struct glass_kept *kept, int64_t now_us, int64_t up_us)
{
	/* What was cut off when whole seconds were written. */
	const int64_t cut = SECOND_US;
	int64_t whole = kept->glass.until_us - kept->opened_us;
	int64_t by_clock = kept->glass.until_us - now_us;
	int64_t by_time = kept->uptime_s * SECOND_US + cut + whole - up_us;

	return by_clock < by_time ? by_clock : by_time;
}
