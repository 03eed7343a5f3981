/* SPDX-License-Identifier: ISC */
/* warn.c - what should an admin know of an entry that is in order? */
#include "config.h"

#include "base/timetext.h"
#include "lists/build.h"

/* What helps: only a source with feeds takes its list from `feeds`. */
static void
add_cure(struct build *build, const struct built *built, struct buf *out)
{
	const char *name = built->source.name;

	if (built->fed && build->conf->feeds.text != NULL)
		buf_addf(out, "put a newer %s.netset into %s", name,
		    build->conf->feeds.text);
	else
		buf_addf(out, "hold %s against what the service says today",
		    built->source.file);
}

static void
add_age(struct build *build, const struct built *built, struct buf *out)
{
	int over;

	if (built->source.date == NULL) {
		buf_add_text(out, "its list has no date, so it may be old");
		return;
	}
	over = (int)(build->today - built->source.day) -
	    (int)built->source.max_age;
	buf_addf(out, "its list is of %s, %d day%s older than max_age",
	    built->source.date, over, over == 1 ? "" : "s");
}

static void
warn_stale(
    struct build *build, const struct word *word, const struct built *built)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "source \"%s\": ", built->source.name);
	add_age(build, built, &text);
	buf_add_text(&text, "; ");
	add_cure(build, built, &text);
	diags_warning(
	    build->diags, word->file, word->line, "%s", buf_text(&text));
	buf_done(&text);
}

void
warn_use(struct build *build, const struct word *word, const char *place,
    const struct built *built, bool told_apart)
{
	if (built->source.shared && !told_apart)
		diags_warning(build->diags, word->file, word->line,
		    "%s: every customer of %s sends from its addresses, so "
		    "any of them gets in; add tenant, originator or headers to "
		    "let in your own mail only",
		    place, built->source.name);
	if (source_is_stale(&built->source, build->today))
		warn_stale(build, word, built);
}

static void
warn_row(struct build *build, const char *table, const struct built *built)
{
	struct word word = { built->source.name, table, built->row };

	if (built->source.shared && built->open_rows > 0)
		diags_warning(build->diags, table, built->open_row,
		    "every customer of %s sends from its addresses, so any of "
		    "them gets in by this row (%zu in all have no tenant); "
		    "write whose mail it is in the third field",
		    built->source.name, built->open_rows);
	if (built->rows > 0 && source_is_stale(&built->source, build->today))
		warn_stale(build, &word, built);
}

void
warn_rows(struct build *build, const char *table)
{
	for (size_t i = 0; i < build->count; i++) {
		struct built *built = &build->sources[i];

		warn_row(build, table, built);
		built->rows = built->open_rows = 0;
	}
}

void
warn_expired(struct build *build, const struct word *until, const char *place)
{
	diags_warning(build->diags, until->file, until->line,
	    "%s: from %s on the entry lets nobody in; take it out, or name "
	    "a later day",
	    place, until->text);
}
