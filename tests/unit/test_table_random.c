/* SPDX-License-Identifier: ISC */
/*
 * test_table_random.c - does the table say what a plain look through the
 * lists says?
 *
 * Random lists of networks, ranges and holes of a few sets, which overlap,
 * nest, touch and repeat, in small and in whole spaces.  The reference knows
 * addresses as bytes only and shares no code with the room.
 *
 * test_table_random [SEED], or POSTERN_SEED in the environment.
 */
#include "config.h"

#include "net/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	ROUNDS = 1600,
	QUERIES = 2000, /* a round: 3.2 million altogether */
	ENTRIES = 40,   /* at most, but in a large round */
	LARGE = 400,
	LARGE_EVERY = 100,
	SETS = 6,
	BYTES = 16,
	SMALL = 256 /* addresses in a space that is counted through */
};

/* One line of a list, as bytes in network order. */
struct entry {
	bool is_v6;
	bool is_hole;
	unsigned set; /* its place in numbers */
	uint8_t first[BYTES];
	uint8_t last[BYTES];
};

/* The addresses that begin with the same fixed bits as base. */
struct space {
	bool is_v6;
	size_t len;
	unsigned bits;
	unsigned fixed;
	uint8_t base[BYTES];
};

struct trial {
	struct space spaces[2];
	uint32_t numbers[SETS]; /* ascending */
	struct entry entries[LARGE];
	size_t count;
	struct table *table;
};

static uint64_t seed = UINT64_C(20261124);
static uint64_t random_state;

/* SplitMix64. */
static uint64_t
random_u64(void)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);

	return z ^ z >> 31;
}

static unsigned
random_below(unsigned limit)
{
	return (unsigned)(random_u64() % limit);
}

static bool
random_once_in(unsigned times)
{
	return random_below(times) == 0;
}

static void
set_bit(uint8_t *bytes, unsigned bit, bool value)
{
	uint8_t mask = (uint8_t)(0x80 >> bit % 8);

	if (value)
		bytes[bit / 8] |= mask;
	else
		bytes[bit / 8] &= (uint8_t)~mask;
}

static bool
get_bit(const uint8_t *bytes, unsigned bit)
{
	return (bytes[bit / 8] & 0x80 >> bit % 8) != 0;
}

/* All bits from bit on. */
static void
set_tail(const struct space *space, uint8_t *bytes, unsigned bit, bool value)
{
	for (; bit < space->bits; bit++)
		set_bit(bytes, bit, value);
}

/* One up or down, round the end of the whole space. */
static void
step(const struct space *space, uint8_t *bytes, bool up)
{
	for (size_t i = space->len; i > 0; i--) {
		bytes[i - 1] = (uint8_t)(bytes[i - 1] + (up ? 1 : -1));
		if (bytes[i - 1] != (up ? 0 : 0xff))
			break;
	}
}

static bool
is_in_space(const struct space *space, const uint8_t *bytes)
{
	for (unsigned bit = 0; bit < space->fixed; bit++)
		if (get_bit(bytes, bit) != get_bit(space->base, bit))
			return false;

	return true;
}

/* Any address; often one at the border of a network, or two such. */
static void
random_address(const struct space *space, uint8_t *bytes)
{
	for (size_t i = 0; i < space->len; i++)
		bytes[i] = (uint8_t)random_below(256);
	for (unsigned bit = 0; bit < space->fixed; bit++)
		set_bit(bytes, bit, get_bit(space->base, bit));
	for (int i = 0; i < 2 && random_once_in(2); i++)
		set_tail(space, bytes,
		    space->fixed + random_below(space->bits - space->fixed + 1),
		    random_once_in(2));
}

/* A whole family, or a part of it: at its begin, its end or anywhere. */
static void
random_space(struct space *space, bool is_v6, bool is_small)
{
	static const unsigned fixed_v4[] = { 0, 0, 8, 20, 28 };
	static const unsigned fixed_v6[] = { 0, 0, 32, 60, 120 };
	unsigned kind = random_below(5);

	*space = (struct space){
		.is_v6 = is_v6, .len = is_v6 ? 16 : 4, .bits = is_v6 ? 128 : 32
	};
	random_address(space, space->base);
	if (random_once_in(2))
		set_tail(space, space->base, 0, random_once_in(2));
	space->fixed = is_v6 ? fixed_v6[kind] : fixed_v4[kind];
	if (is_small)
		space->fixed = space->bits - 8;
}

static void
random_network(const struct space *space, struct entry *entry)
{
	unsigned prefix =
	    space->fixed + random_below(space->bits - space->fixed + 1);

	random_address(space, entry->first);
	memcpy(entry->last, entry->first, BYTES);
	set_tail(space, entry->first, prefix, false);
	set_tail(space, entry->last, prefix, true);
}

static void
random_range(const struct space *space, struct entry *entry)
{
	random_address(space, entry->first);
	random_address(space, entry->last);
	if (memcmp(entry->first, entry->last, space->len) > 0) {
		uint8_t swap[BYTES];

		memcpy(swap, entry->first, BYTES);
		memcpy(entry->first, entry->last, BYTES);
		memcpy(entry->last, swap, BYTES);
	}
}

/* Begins right behind the one before, or ends right before it. */
static void
make_adjacent(
    const struct space *space, struct entry *entry, const struct entry *before)
{
	bool up = random_once_in(2);
	uint8_t *near = up ? entry->first : entry->last;
	uint8_t *far = up ? entry->last : entry->first;
	uint8_t bytes[BYTES];

	memcpy(bytes, up ? before->last : before->first, BYTES);
	step(space, bytes, up);
	if (!is_in_space(space, bytes))
		return;
	memcpy(near, bytes, BYTES);
	if (memcmp(entry->first, entry->last, space->len) > 0)
		memcpy(far, near, BYTES);
}

static void
random_entry(struct trial *trial, struct entry *entry)
{
	const struct entry *before = trial->count > 0
	    ? entry - 1 - random_below((unsigned)trial->count)
	    : NULL;
	const struct space *space = &trial->spaces[random_below(2)];

	*entry = (struct entry){ .is_v6 = space->is_v6,
		.is_hole = random_once_in(4),
		.set = random_below(SETS) };
	if (random_once_in(2))
		random_network(space, entry);
	else
		random_range(space, entry);
	if (before == NULL || before->is_v6 != entry->is_v6)
		return;
	if (random_once_in(3)) {
		make_adjacent(space, entry, before);
	} else if (random_once_in(8)) {
		memcpy(entry->first, before->first, BYTES);
		memcpy(entry->last, before->last, BYTES);
	}
}

static struct addr
addr_of(const struct space *space, const uint8_t *bytes)
{
	struct addr addr = { space->is_v6 ? FAMILY_V6 : FAMILY_V4, 0, 0 };

	for (size_t i = 0; i < space->len; i++) {
		addr.high = addr.high << 8 | addr.low >> 56;
		addr.low = addr.low << 8 | bytes[i];
	}

	return addr;
}

static void
trial_make(struct trial *trial, size_t entries, bool is_small)
{
	struct table_builder *builder = table_builder_new();

	random_space(&trial->spaces[0], false, is_small);
	random_space(&trial->spaces[1], true, is_small);
	for (unsigned i = 0; i < SETS; i++)
		trial->numbers[i] = (i == 0 ? 0 : trial->numbers[i - 1] + 1) +
		    random_below(100);
	for (trial->count = 0; trial->count < entries; trial->count++) {
		struct entry *entry = &trial->entries[trial->count];
		const struct space *space;
		struct range range;

		random_entry(trial, entry);
		space = &trial->spaces[entry->is_v6];
		range.first = addr_of(space, entry->first);
		range.last = addr_of(space, entry->last);
		if (entry->is_hole)
			table_except(
			    builder, trial->numbers[entry->set], &range);
		else
			table_add(builder, trial->numbers[entry->set], &range);
	}
	trial->table = table_new(builder);
	table_builder_free(builder);
}

/* The reference: a bit for each set that the address is in. */
static unsigned
sets_of(const struct trial *trial, bool is_v6, const uint8_t *bytes)
{
	size_t len = trial->spaces[is_v6].len;
	unsigned in = 0, out = 0;

	for (size_t i = 0; i < trial->count; i++) {
		const struct entry *entry = &trial->entries[i];

		if (entry->is_v6 != is_v6 ||
		    memcmp(bytes, entry->first, len) < 0 ||
		    memcmp(bytes, entry->last, len) > 0)
			continue;
		if (entry->is_hole)
			out |= 1U << entry->set;
		else
			in |= 1U << entry->set;
	}

	return in & ~out;
}

static void
check_address(const struct trial *trial, bool is_v6, const uint8_t *bytes)
{
	struct addr addr = addr_of(&trial->spaces[is_v6], bytes);
	const struct setlist *got = table_find(trial->table, &addr);
	unsigned want = sets_of(trial, is_v6, bytes);
	unsigned others = 0, in = 0;

	for (unsigned i = 0; i < SETS; i++) {
		uint32_t number = trial->numbers[i];

		in |= (unsigned)setlist_has(got, number) << i;
		/* the numbers beside it, unless they are sets, too */
		if (i + 1 == SETS || trial->numbers[i + 1] > number + 1)
			others += setlist_has(got, number + 1);
		if (number > 0 &&
		    (i == 0 || trial->numbers[i - 1] < number - 1))
			others += setlist_has(got, number - 1);
	}
	if (in != want || others > 0) {
		char text[ADDR_TEXT];

		fail_msg("%s with seed %llu: got sets %#x and %u others, "
			 "want %#x",
		    addr_text(&addr, text), (unsigned long long)seed, in,
		    others, want);
	}
}

/* Most faults are at borders: there, near them, or anywhere. */
static void
random_query(const struct trial *trial, bool *is_v6, uint8_t *bytes)
{
	const struct entry *entry =
	    &trial->entries[random_below((unsigned)trial->count)];
	const struct space *space = &trial->spaces[entry->is_v6];

	*is_v6 = entry->is_v6;
	memcpy(bytes, random_once_in(2) ? entry->first : entry->last, BYTES);
	switch (random_below(6)) {
	case 0:
		break;
	case 1:
	case 2:
		step(space, bytes, random_once_in(2));
		break;
	case 3:
		for (unsigned n = random_below(5); n > 0; n--)
			step(space, bytes, random_once_in(2));
		break;
	case 4:
		random_address(space, bytes);
		break;
	case 5:
		for (size_t i = 0; i < space->len; i++)
			bytes[i] = (uint8_t)random_below(256);
		break;
	}
}

/* The four ends of the two families. */
static void
check_ends(const struct trial *trial)
{
	uint8_t zeros[BYTES], ones[BYTES];

	memset(zeros, 0, sizeof(zeros));
	memset(ones, 0xff, sizeof(ones));
	for (int is_v6 = 0; is_v6 < 2; is_v6++) {
		check_address(trial, is_v6, zeros);
		check_address(trial, is_v6, ones);
	}
}

static void
test_find(void **state)
{
	struct trial trial;

	(void)state;
	random_state = seed;
	for (unsigned round = 0; round < ROUNDS; round++) {
		bool is_large = round % LARGE_EVERY == 0;
		size_t entries = 1 + random_below(is_large ? LARGE : ENTRIES);

		trial_make(&trial, entries, false);
		check_ends(&trial);
		for (int i = 0; i < QUERIES; i++) {
			uint8_t bytes[BYTES];
			bool is_v6;

			random_query(&trial, &is_v6, bytes);
			check_address(&trial, is_v6, bytes);
		}
		table_free(trial.table);
	}
}

/* The fewest networks for what is set among len (a power of two) places. */
static size_t
fewest(const bool *is_in, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += is_in[i];
	if (count == 0 || count == len)
		return count == len;

	return fewest(is_in, len / 2) + fewest(is_in + len / 2, len / 2);
}

/* Goes through both spaces whole, and counts what is in the set. */
static void
check_measure(const struct trial *trial, unsigned set)
{
	size_t want_addresses = 0, want_networks = 0, networks;
	double addresses;

	for (int is_v6 = 0; is_v6 < 2; is_v6++) {
		const struct space *space = &trial->spaces[is_v6];
		uint8_t bytes[BYTES];
		bool is_in[SMALL];

		memcpy(bytes, space->base, BYTES);
		for (size_t i = 0; i < SMALL; i++) {
			bytes[space->len - 1] = (uint8_t)i;
			check_address(trial, is_v6, bytes);
			is_in[i] =
			    (sets_of(trial, is_v6, bytes) & 1U << set) != 0;
			want_addresses += is_in[i];
		}
		want_networks += fewest(is_in, SMALL);
	}
	table_measure(trial->table, trial->numbers[set], &addresses, &networks);
	if (addresses != (double)want_addresses || networks != want_networks)
		fail_msg("seed %llu: got %.0f in %zu, want %zu in %zu",
		    (unsigned long long)seed, addresses, networks,
		    want_addresses, want_networks);
}

static void
test_measure(void **state)
{
	struct trial trial;

	(void)state;
	random_state = seed + 1;
	for (unsigned round = 0; round < ROUNDS / 4; round++) {
		trial_make(&trial, 1 + random_below(ENTRIES), true);
		for (unsigned set = 0; set < SETS; set++)
			check_measure(&trial, set);
		table_free(trial.table);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_measure),
	};
	const char *given = argc > 1 ? argv[1] : getenv("POSTERN_SEED");

	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	printf("# seed %llu, %d addresses\n", (unsigned long long)seed,
	    ROUNDS * QUERIES);
	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
