/* SPDX-License-Identifier: ISC */
/* size.c - how many bytes is that, and how is it written? */
#include "config.h"

#include "base/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* from the smallest to the greatest */
static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "B", 1 },
	{ "KB", 1000 },
	{ "KiB", UINT64_C(1) << 10 },
	{ "MB", 1000000 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "GB", 1000000000 },
	{ "GiB", UINT64_C(1) << 30 },
	{ "TiB", UINT64_C(1) << 40 },
};

const char *
size_text(uint64_t bytes, char out[SIZE_TEXT])
{
	size_t i = NITEMS(units) - 1;

	while (i > 0 && bytes % units[i].bytes != 0)
		i--;
	(void)snprintf(out, SIZE_TEXT, "%" PRIu64 "%s", bytes / units[i].bytes,
	    bytes == 0 ? "" : units[i].name);

	return out;
}

/* How many bytes has this unit?  0: there is none of that name. */
static uint64_t
unit_of(const char *name)
{
	for (size_t i = 0; i < NITEMS(units); i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].bytes;

	return 0;
}

/* What does not fit is as great as there is. */
static uint64_t
times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* The number that the text begins with; *rest is what follows it. */
static uint64_t
digits_of(const char *text, const char **rest)
{
	const char *at = text;
	uint64_t value = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		value = times(value, 10);
		value = value > UINT64_MAX - digit ? UINT64_MAX : value + digit;
	}
	*rest = at;

	return value;
}

bool
size_parse(const char *text, uint64_t min, uint64_t max, uint64_t *bytes,
    struct err *err)
{
	char least[SIZE_TEXT], most[SIZE_TEXT];
	const char *rest;
	uint64_t value = digits_of(text, &rest);
	uint64_t unit = unit_of(rest);
	bool none = value == 0 && rest[0] == '\0';

	if (rest == text || (unit == 0 && !none))
		return err_set(err,
		    "expected a number and a unit: 512KiB, 64MiB, 1GiB or "
		    "500MB");
	value = times(value, unit);
	if (value < min || value > max)
		return err_set(err, "out of range; write %s to %s",
		    size_text(min, least), size_text(max, most));
	*bytes = value;

	return true;
}
