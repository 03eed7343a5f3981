/* SPDX-License-Identifier: ISC */
/* metrics.c - how is the daemon, as Prometheus reads it? */
#include "config.h"

#include <inttypes.h>
#include <stdint.h>

#include "lists/generation.h"
#include "posternd/counters.h"
#include "posternd/force.h"
#include "posternd/glass.h"
#include "posternd/status.h"

static void
add_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_addf(out, "# HELP postern_%s %s\n# TYPE postern_%s %s\n", name,
	    help, name, type);
}

/* One without labels. */
static void
add_metric(struct buf *out, const char *name, const char *type,
    const char *help, uint64_t value)
{
	add_head(out, name, type, help);
	buf_addf(out, "postern_%s %" PRIu64 "\n", name, value);
}

/* "postern_NAME{LABEL=\"VALUE\"} " */
static void
add_label(
    struct buf *out, const char *name, const char *label, const char *value)
{
	buf_addf(out, "postern_%s{%s=\"", name, label);
	for (; *value != '\0'; value++)
		switch (*value) {
		case '\\':
		case '"':
			buf_addf(out, "\\%c", *value);
			break;
		case '\n':
			buf_add_text(out, "\\n");
			break;
		default:
			buf_add(out, value, 1);
		}
	buf_add_text(out, "\"} ");
}

static void
add_records(struct buf *out)
{
	add_head(out, "records_total", "counter",
	    "Records made since the start, whether they could be written or "
	    "not.");
	for (enum record_action action = 0; action < ACTION_COUNT; action++) {
		add_label(
		    out, "records_total", "action", record_action_text(action));
		buf_addf(out, "%" PRIu64 "\n", counters_records(action));
	}
}

static void
add_sources(const struct generation *generation, struct buf *out)
{
	add_head(out, "source_networks", "gauge",
	    "Networks of a source, after joining neighbours.");
	for (size_t i = 0; i < generation_count(generation); i++) {
		const struct source *source = generation_source(generation, i);

		add_label(out, "source_networks", "source", source->name);
		buf_addf(out, "%zu\n", source->networks);
	}
	add_head(out, "source_date_seconds", "gauge",
	    "Day of a source's list, in seconds since 1970; none where the "
	    "list does not say.");
	for (size_t i = 0; i < generation_count(generation); i++) {
		const struct source *source = generation_source(generation, i);

		if (source->date == NULL)
			continue;
		add_label(out, "source_date_seconds", "source", source->name);
		buf_addf(out, "%" PRId64 "\n", (int64_t)source->day * 86400);
	}
}

void
status_prometheus(struct buf *out)
{
	struct generation *generation = force_generation();

	add_records(out);
	add_metric(out, "sessions", "gauge",
	    "Clients that are connected to the mail server now.",
	    counters_open_sessions());
	add_metric(out, "sessions_total", "counter",
	    "Clients that have connected to the mail server since the start.",
	    counters_sessions());
	add_metric(out, "generation", "gauge",
	    "Number of the configuration in force; 1 at the start, each "
	    "reload adds one.",
	    force_number());
	add_metric(out, "open", "gauge",
	    "1 while postern open holds and nothing is refused, else 0.",
	    glass_look(NULL) ? 1 : 0);
	add_sources(generation, out);
	add_metric(out, "log_errors_total", "counter",
	    "Records that could not be written since the start.",
	    force_log_errors());
	add_head(out, "build_info", "gauge", "1, with what is running.");
	add_label(out, "build_info", "version", PACKAGE_VERSION);
	buf_add_text(out, "1\n");
	generation_unref(generation);
}
