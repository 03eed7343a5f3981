/* SPDX-License-Identifier: ISC */
/* apart.c - which recipients are to come in transactions of their own? */
#include "config.h"

#include "posternd/apart.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "posternd/apart_kept.h"
#include "posternd/clock.h"

enum {
	SECRET = 32,
	DIGITS = 16, /* of the hash that are kept: 64 bits */
	/*
	 * For each class, until an envelope is forgotten: anyone may write in
	 * anyone's name, and with recipients whose class never comes again he
	 * would delay who does come, over and over.
	 */
	TURNS = 4
};

/* Guards what apart_kept.c keeps. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Without it whoever reads our memory could try addresses. */
static uint8_t secret[SECRET];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void
make_secret(void)
{
	/* So few bytes come whole once the kernel has its seed. */
	while (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
		if (errno != EINTR)
			abort();
}

/* Without case: a sender that tries again need not keep to it. */
static void
add_address(struct digest *digest, const char *address)
{
	char part[64];
	size_t len = 0;

	/* Its terminator, too, so that sender and recipient stay apart. */
	do {
		part[len++] = str_lower(*address);
		if (len == sizeof(part) || *address == '\0') {
			digest_add(digest, part, len);
			len = 0;
		}
	} while (*address++ != '\0');
}

/* Never 0. */
static uint64_t
key_of(const char *sender, const char *address)
{
	struct digest *digest = digest_new();
	char text[DIGEST_TEXT];
	uint64_t key;

	(void)pthread_once(&secret_once, make_secret); /* cannot fail */
	digest_add(digest, secret, sizeof(secret));
	add_address(digest, sender);
	add_address(digest, address);
	digest_end(digest, text);
	text[DIGITS] = '\0';
	key = strtoull(text, NULL, 16); /* digits that we have made */

	return key == 0 ? 1 : key;
}

/* The lock, and nothing remembered that is too old. */
static void
begin(void)
{
	(void)pthread_mutex_lock(&lock); /* a plain one: cannot fail */
	kept_forget_before(clock_up_us() - APART_S * INT64_C(1000000));
}

static void
end(void)
{
	(void)pthread_mutex_unlock(&lock);
}

static bool
differ(const struct apart *recipients, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (recipients[i].class != recipients[0].class)
			return true;

	return false;
}

void
apart_remember(const char *sender, const struct apart *recipients, size_t count)
{
	uint64_t *keys, *classes;

	if (!differ(recipients, count))
		return; /* nobody could go first */
	keys = mem_new(count, sizeof(keys[0]));
	classes = mem_new(count, sizeof(classes[0]));
	for (size_t i = 0; i < count; i++) {
		keys[i] = key_of(sender, recipients[i].address);
		classes[i] = recipients[i].class;
	}
	begin();
	kept_remember(keys, classes, count, APART_RECIPIENTS, clock_up_us());
	end();
	free(keys);
	free(classes);
}

/*
 * Who has not had its turn goes first, then who had it longest ago; of those
 * alike the larger.
 */
static bool
goes_before(const struct share *a, const struct share *b)
{
	if (a->turned != b->turned)
		return a->turned < b->turned;

	return a->count > b->count;
}

static struct share
first_of(const struct envelope *envelope)
{
	struct share first = envelope->shares[0];

	for (size_t i = 1; i < envelope->nshares; i++)
		if (goes_before(&envelope->shares[i], &first))
			first = envelope->shares[i];

	return first;
}

static bool
has_turn(struct envelope *envelope, uint64_t class)
{
	const struct share *share = kept_share(envelope, class);
	struct share first = first_of(envelope);

	return share != NULL && !goes_before(&first, share);
}

static bool
may_stay(struct turn *turn, const struct kept *kept)
{
	const struct kept *other =
	    turn->envelope == 0 ? NULL : kept_find(turn->envelope);

	/* The first of an envelope stands for it. */
	if (other == NULL)
		turn->envelope = kept->key;
	else if (other->envelope != kept->envelope)
		return true;
	if (!turn->chosen && has_turn(kept->envelope, kept->class)) {
		turn->chosen = true;
		turn->class = kept->class;
	}
	if (turn->chosen && turn->class == kept->class)
		return true;
	turn->sent_away = true;

	return false;
}

bool
apart_may_stay(
    struct turn *turn, const char *sender, const char *address, uint64_t class)
{
	uint64_t key = key_of(sender, address);
	const struct kept *kept;
	bool stays;

	begin();
	kept = kept_find(key);
	stays = kept == NULL || kept->class != class || may_stay(turn, kept);
	end();

	return stays;
}

/* Those whose turn it was have had it. */
static void
end_turn(struct envelope *envelope, const struct turn *turn, bool answered)
{
	struct share first = first_of(envelope);

	envelope->turns++;
	for (size_t i = 0; i < envelope->nshares; i++) {
		struct share *share = &envelope->shares[i];
		bool had = turn->chosen ? share->class == turn->class
					: share->turned == first.turned &&
			share->count == first.count;

		if (!had)
			continue;
		share->turned = envelope->turns;
		share->answered = share->answered || answered;
	}
}

static bool
all_answered(const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->nshares; i++)
		if (!envelope->shares[i].answered)
			return false;

	return true;
}

static void
pass_on(const struct turn *turn, bool answered)
{
	const struct kept *kept;

	begin();
	kept = kept_find(turn->envelope);
	if (kept != NULL) {
		struct envelope *envelope = kept->envelope;

		end_turn(envelope, turn, answered);
		if (all_answered(envelope) ||
		    envelope->turns >= TURNS * envelope->nshares)
			kept_forget(envelope);
	}
	end();
}

void
apart_answered(const struct turn *turn)
{
	/* None may have come whose turn it was. */
	if (turn->envelope != 0)
		pass_on(turn, turn->chosen);
}

void
apart_broken_off(const struct turn *turn)
{
	if (turn->envelope != 0 && turn->sent_away)
		pass_on(turn, false);
}
