/* SPDX-License-Identifier: ISC */
/* summary.c - what is a sound configuration, in one line? */
#include "config.h"

#include "lists/generation.h"

static void
add_count(struct buf *out, size_t count, const char *one, const char *more)
{
	buf_addf(out, "%zu %s", count, count == 1 ? one : more);
}

void
generation_summary(
    const struct generation *generation, size_t warnings, struct buf *out)
{
	size_t networks = 0;

	for (size_t i = 0; i < generation_count(generation); i++)
		networks += generation_source(generation, i)->networks;
	buf_addf(out, "%s: ", generation_conf(generation)->path);
	if (warnings == 0)
		buf_add_text(out, "fine");
	else
		add_count(out, warnings, "warning", "warnings");
	buf_add_text(out, ": ");
	add_count(
	    out, generation_rules(generation)->npolicies, "policy", "policies");
	buf_add_text(out, ", ");
	add_count(out, generation_count(generation), "source", "sources");
	buf_add_text(out, ", ");
	add_count(out, networks, "network", "networks");
	buf_add_text(out, "\n");
}
