/* SPDX-License-Identifier: ISC */
/* duration.c - how long is that, and how is it written? */
#include "config.h"

#include "base/duration.h"

#include <stdio.h>

#include "base/mem.h"

static const struct {
	char name;
	uint32_t seconds;
} units[] = {
	{ 's', 1 },
	{ 'm', 60 },
	{ 'h', 3600 },
	{ 'd', 86400 },
	{ 'w', 604800 },
};

const char *
duration_text(uint32_t seconds, char out[DURATION_TEXT])
{
	size_t i = NITEMS(units) - 1;

	while (i > 0 && (seconds == 0 || seconds % units[i].seconds != 0))
		i--;
	(void)snprintf(out, DURATION_TEXT, "%lu%c",
	    (unsigned long)(seconds / units[i].seconds), units[i].name);

	return out;
}

/* How many seconds has the unit that ends the text here?  0: there is none. */
static uint32_t
unit_of(const char *at)
{
	for (size_t i = 0; i < NITEMS(units); i++)
		if (at[0] == units[i].name && at[1] == '\0')
			return units[i].seconds;

	return 0;
}

bool
duration_parse(const char *text, uint32_t min_s, uint32_t max_s,
    uint32_t *seconds, struct err *err)
{
	char least[DURATION_TEXT], most[DURATION_TEXT];
	const char *at = text;
	uint64_t value = 0;
	uint32_t unit;

	for (; *at >= '0' && *at <= '9'; at++)
		if (value <= UINT32_MAX) /* what is greater stays so */
			value = value * 10 + (uint64_t)(*at - '0');
	unit = unit_of(at);
	if (at == text || unit == 0)
		return err_set(err,
		    "expected a number and a unit: 90s, 30m, 2h, 1d or 1w");
	value *= unit;
	if (value < min_s || value > max_s)
		return err_set(err, "out of range; write %s to %s",
		    duration_text(min_s, least), duration_text(max_s, most));
	*seconds = (uint32_t)value;

	return true;
}
