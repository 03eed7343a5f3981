/* SPDX-License-Identifier: ISC */
/* term.c - how does it look to a person? */
#include "config.h"

#include "postern/term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	COLUMN_GAP = 2
};

struct cell {
	char *text;
	enum ink ink;
};

bool
term_has_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (no != NULL && *no != '\0')
		return false;
	if (terminal == NULL || strcmp(terminal, "dumb") == 0)
		return false;

	return isatty(STDOUT_FILENO) == 1;
}

void
term_add(struct buf *out, bool colour, enum ink ink, const char *text)
{
	/* ECMA-48, select graphic rendition */
	static const char *const codes[] = { "", "32", "31", "33", "2", "1" };

	if (!colour || ink == INK_NONE || *text == '\0') {
		buf_add_text(out, text);
		return;
	}
	buf_addf(out, "\033[%sm%s\033[0m", codes[ink], text);
}

void
term_add_outside(struct buf *out, const char *bytes, size_t len, size_t max)
{
	struct buf json;
	bool whole;

	buf_init(&json);
	whole = buf_add_json(&json, bytes, len, max);
	buf_add(out, json.data + 1, json.len - 2);
	if (!whole)
		buf_add_text(out, "...");
	buf_done(&json);
}

void
grid_init(struct grid *grid, size_t columns)
{
	*grid = (struct grid){ NULL, 0, 0, columns };
}

void
grid_done(struct grid *grid)
{
	for (size_t i = 0; i < grid->count; i++)
		free(grid->cells[i].text);
	free(grid->cells);
	grid_init(grid, grid->columns);
}

void
grid_add(struct grid *grid, enum ink ink, const char *text)
{
	grid->cells = mem_grow(
	    grid->cells, grid->count, &grid->room, sizeof(grid->cells[0]));
	grid->cells[grid->count++] = (struct cell){ mem_text(text), ink };
}

/* Characters, not bytes: those of UTF-8 that continue one do not count. */
static size_t
width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;

	return width;
}

static size_t
column_width(const struct grid *grid, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < grid->count; i += grid->columns) {
		size_t one = width_of(grid->cells[i].text);

		width = one > width ? one : width;
	}

	return width;
}

static void
add_blanks(struct buf *out, size_t count)
{
	while (count-- > 0)
		buf_add_text(out, " ");
}

/* Are all cells of the row behind this one empty? */
static bool
is_last(const struct grid *grid, size_t i)
{
	for (i++; i < grid->count && i % grid->columns != 0; i++)
		if (*grid->cells[i].text != '\0')
			return false;

	return true;
}

void
grid_text(
    const struct grid *grid, bool colour, const char *indent, struct buf *out)
{
	size_t *widths = mem_new(grid->columns, sizeof(*widths));

	for (size_t i = 0; i < grid->columns; i++)
		widths[i] = column_width(grid, i);
	for (size_t i = 0; i < grid->count; i++) {
		const struct cell *cell = &grid->cells[i];
		size_t column = i % grid->columns;

		if (column == 0)
			buf_add_text(out, indent);
		term_add(out, colour, cell->ink, cell->text);
		if (!is_last(grid, i))
			add_blanks(out,
			    widths[column] - width_of(cell->text) + COLUMN_GAP);
		if (column + 1 == grid->columns || i + 1 == grid->count)
			buf_add_text(out, "\n");
	}
	free(widths);
}
