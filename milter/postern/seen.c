/* SPDX-License-Identifier: ISC */
/* seen.c - what was seen of a message's header? */
#include "config.h"

#include "postern/seen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/unfold.h"

static const char *const evidence_names[] = { HEADER_TENANT, HEADER_ENTITY,
	HEADER_CONNECTING, HEADER_ORIGINATOR };

static struct copies *
find(const struct seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->count; i++)
		if (name_is(name, seen->headers[i].name))
			return &seen->headers[i];

	return NULL;
}

void
seen_init(struct seen *seen, const struct rules *rules)
{
	size_t count = NITEMS(evidence_names);

	*seen = (struct seen){ .rules = rules };
	seen->evidence = evidence_new(rules);
	seen->headers =
	    mem_new(count + rules->nwanted, sizeof(seen->headers[0]));
	for (size_t i = 0; i < count; i++)
		seen->headers[seen->count++].name = evidence_names[i];
	for (size_t i = 0; i < rules->nwanted; i++)
		if (find(seen, rules->wanted[i].name) == NULL)
			seen->headers[seen->count++].name =
			    rules->wanted[i].name;
}

void
seen_done(struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++) {
		for (size_t j = 0; j < seen->headers[i].kept; j++)
			free(seen->headers[i].values[j]);
		free(seen->headers[i].values);
	}
	free(seen->headers);
	free(seen->evidence);
	*seen = (struct seen){ .rules = NULL };
}

static void
keep(struct copies *copies, const char *raw)
{
	struct value value;
	struct buf shown;

	if (copies->count++ >= SEEN_COPIES)
		return;
	if (copies->values == NULL)
		copies->values =
		    mem_new(SEEN_COPIES, sizeof(copies->values[0]));
	unfold(raw, &value);
	buf_init(&shown);
	buf_addf(&shown, "%.*s", SEEN_BYTES,
	    value.text[0] == '\0' ? "(empty)" : value.text);
	if (value.cut || strlen(value.text) > SEEN_BYTES)
		buf_add_text(&shown, "...");
	copies->values[copies->kept++] = shown.data;
}

void
seen_add(struct seen *seen, const char *name, const char *value)
{
	struct copies *copies = find(seen, name);

	evidence_add(seen->evidence, seen->rules, name, value);
	if (copies != NULL)
		keep(copies, value);
}

const struct copies *
seen_get(const struct seen *seen, const char *name)
{
	const struct copies *copies = find(seen, name);

	assert(copies != NULL);

	return copies;
}
