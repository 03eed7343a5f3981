/* SPDX-License-Identifier: ISC */
/* fetched.c - may a list in `feeds` take the place of a source's own? */
#include "config.h"

#include <stdio.h>

#include "base/timetext.h"
#include "lists/build.h"
#include "lists/find.h"

enum {
	CLOCKS = 1 /* days that two machines' clocks may be apart */
};

/*
 * What is wrong with a network in a list that came from outside; "" for
 * nothing.
 */
static const char *
fault(const struct range *range, const struct conf_limits *limits, char *out,
    size_t size)
{
	bool v4 = range->first.family == FAMILY_V4;
	unsigned widest = v4 ? limits->widest_v4 : limits->widest_v6;
	char text[RANGE_TEXT];

	(void)range_text(range, text);
	out[0] = '\0';
	if (range_is_default(range))
		(void)snprintf(out, size, "%s is a default route", text);
	else if (range_is_special(range))
		(void)snprintf(out, size, "%s is private or reserved", text);
	else if (range_widest_bits(range) < widest)
		(void)snprintf(out, size,
		    "%s is wider than /%u (limits.widest_%s)", text, widest,
		    v4 ? "v4" : "v6");

	return out;
}

/* Is every network of it one that may come from outside? */
static bool
is_fit(const struct build *build, const struct conf_source *source,
    const struct netset *netset, const char *path, const char *kept)
{
	char what[RANGE_TEXT + 80];

	if (netset->count == 0) {
		diags_warning(build->diags, path, 0,
		    "it holds no network; keeping %s", kept);
		return false;
	}
	for (size_t i = 0; i < netset->count; i++) {
		const struct netset_entry *entry = &netset->entries[i];

		if (*fault(&entry->range, &source->limits, what,
			sizeof(what)) == '\0')
			continue;
		diags_warning(build->diags, path, entry->line, "%s; keeping %s",
		    what, kept);
		return false;
	}

	return true;
}

/*
 * Does it come after the one that it would replace?  One without a day is
 * older than any (NETSET_NO_DAY is before every day).
 */
static bool
is_later(const struct build *build, const struct netset *netset,
    const struct list *own, const char *path, const char *kept)
{
	char day[DAY_TEXT];

	if (netset->day == NETSET_NO_DAY)
		diags_warning(build->diags, path, 0,
		    "it has no date; write \"# date: YYYY-MM-DD\" at its "
		    "head; keeping %s",
		    kept);
	else if (netset->day > build->today + CLOCKS)
		diags_warning(build->diags, path, 0,
		    "its date %s is in the future; keeping %s",
		    day_text(netset->day, day), kept);
	else
		return netset->day > own->day;

	return false;
}

/* Reads it; what is wrong in it is a warning, as we go on without it. */
static struct netset *
load(const struct build *build, const char *path, const char *kept)
{
	struct diags found;
	struct netset *netset;

	diags_init(&found);
	netset = netset_load(path, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct diag *diag = &found.items[i];

		if (diag->warning != (netset != NULL))
			continue;
		diags_warning(build->diags, diag->file, diag->line, "%s%s%s",
		    diag->message, netset == NULL ? "; keeping " : "",
		    netset == NULL ? kept : "");
		if (netset == NULL)
			break;
	}
	diags_done(&found);

	return netset;
}

struct netset *
fetched_load(const struct build *build, const struct conf_source *source,
    const struct list *own, struct buf *path)
{
	const char *kept = own->file == NULL ? source->path : own->file;
	struct netset *netset;

	if (build->conf->feeds.text == NULL)
		return NULL;
	buf_addf(
	    path, "%s/%s.netset", build->conf->feeds.text, source->name.text);
	if (find_is_missing(buf_text(path)))
		return NULL;

	netset = load(build, buf_text(path), kept);
	if (netset != NULL &&
	    is_fit(build, source, netset, buf_text(path), kept) &&
	    is_later(build, netset, own, buf_text(path), kept))
		return netset;
	netset_free(netset);

	return NULL;
}
