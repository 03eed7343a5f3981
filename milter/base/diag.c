/* SPDX-License-Identifier: ISC */
/* diag.c - what is wrong in the admin's files? */
#include "config.h"

#include "base/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	MESSAGE = 2048, /* a longer one is cut */
	FIRST_SLOTS = 16
};

void
diags_init(struct diags *diags)
{
	*diags = (struct diags){ NULL, 0, 0, 0, 0, NULL, 0 };
}

void
diags_done(struct diags *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		free((void *)(uintptr_t)diags->items[i].file);
		free((void *)(uintptr_t)diags->items[i].message);
	}
	free(diags->items);
	free(diags->slots);
	diags_init(diags);
}

static bool
is_same(const struct diag *a, const struct diag *b)
{
	return a->line == b->line && a->warning == b->warning &&
	    strcmp(a->file, b->file) == 0 &&
	    strcmp(a->message, b->message) == 0;
}

/* FNV-1a; a file can have a million lines that are wrong. */
static uint64_t
hash_of(const struct diag *diag)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ diag->line;

	for (const char *at = diag->file; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	for (const char *at = diag->message; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);

	return hash;
}

/* Where the same one stands, or the free slot where it belongs. */
static size_t *
slot_of(const struct diags *diags, const struct diag *diag)
{
	size_t at = hash_of(diag) & (diags->nslots - 1);

	while (diags->slots[at] != 0 &&
	    !is_same(&diags->items[diags->slots[at] - 1], diag))
		at = (at + 1) & (diags->nslots - 1);

	return &diags->slots[at];
}

static void
make_slots(struct diags *diags)
{
	if (diags->count * 2 < diags->nslots)
		return;
	free(diags->slots);
	diags->nslots = diags->nslots == 0 ? FIRST_SLOTS : diags->nslots * 2;
	diags->slots = mem_new(diags->nslots, sizeof(*diags->slots));
	for (size_t i = 0; i < diags->count; i++)
		*slot_of(diags, &diags->items[i]) = i + 1;
}

static void
add(struct diags *diags, struct diag diag, const char *format, va_list args)
{
	char message[MESSAGE];
	size_t *slot;

	(void)vsnprintf(message, sizeof(message), format, args);
	diag.message = message;
	make_slots(diags);
	slot = slot_of(diags, &diag);
	if (*slot != 0)
		return;

	diag.file = mem_text(diag.file);
	diag.message = mem_text(message);
	diags->items =
	    mem_grow(diags->items, diags->count, &diags->room, sizeof(diag));
	diags->items[diags->count++] = diag;
	*slot = diags->count;
	if (diag.warning)
		diags->warnings++;
	else
		diags->errors++;
}

void
diags_error(struct diags *diags, const char *file, unsigned line,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(diags, (struct diag){ file, line, false, NULL }, format, args);
	va_end(args);
}

void
diags_warning(struct diags *diags, const char *file, unsigned line,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(diags, (struct diag){ file, line, true, NULL }, format, args);
	va_end(args);
}

/* An item and its place in the list, so that equal lines keep their order. */
struct ranked {
	const struct diag *diag;
	size_t file; /* the place of the first item of the same file */
	size_t place;
};

static int
ranked_compare(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->diag->line != y->diag->line)
		return x->diag->line < y->diag->line ? -1 : 1;

	return x->place < y->place ? -1 : x->place > y->place;
}

static struct ranked *
ranked_new(const struct diags *diags)
{
	struct ranked *ranked = mem_new(diags->count, sizeof(*ranked));

	for (size_t i = 0; i < diags->count; i++) {
		size_t first = 0;

		while (
		    strcmp(diags->items[first].file, diags->items[i].file) != 0)
			first++;
		ranked[i] = (struct ranked){ &diags->items[i], first, i };
	}
	qsort(ranked, diags->count, sizeof(*ranked), ranked_compare);

	return ranked;
}

void
diags_text(const struct diags *diags, struct buf *out)
{
	struct ranked *ranked = ranked_new(diags);

	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = ranked[i].diag;

		buf_add_text(out, diag->file);
		if (diag->line > 0)
			buf_addf(out, ":%u", diag->line);
		buf_addf(out, ": %s%s\n", diag->warning ? "warning: " : "",
		    diag->message);
	}
	free(ranked);
}

static void
json_list(
    const struct ranked *ranked, size_t count, bool warnings, struct buf *out)
{
	const char *comma = "";

	for (size_t i = 0; i < count; i++) {
		const struct diag *diag = ranked[i].diag;

		if (diag->warning != warnings)
			continue;
		buf_addf(out, "%s{\"file\":", comma);
		buf_add_json_text(out, diag->file);
		buf_addf(out, ",\"line\":%u,\"message\":", diag->line);
		buf_add_json_text(out, diag->message);
		buf_add_text(out, "}");
		comma = ",";
	}
}

void
diags_json(const struct diags *diags, struct buf *out)
{
	struct ranked *ranked = ranked_new(diags);

	buf_add_text(out, "{\"errors\":[");
	json_list(ranked, diags->count, false, out);
	buf_add_text(out, "],\"warnings\":[");
	json_list(ranked, diags->count, true, out);
	buf_add_text(out, "]}\n");
	free(ranked);
}
