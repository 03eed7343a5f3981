/* SPDX-License-Identifier: ISC */
/* proof.c - do the seals hold, one after the other? */
#include "config.h"

#include "log/proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"

enum {
	HASH_BYTES = (DIGEST_TEXT - 1) / 2
};

/* A seal of PATH.seals, small: there may be as many as seconds. */
struct known {
	uint64_t sequence; /* of its record, as the hash */
	int64_t time_us;
	uint8_t hash[HASH_BYTES];
	uint8_t next[SIGN_PUBLIC];
};

void
proof_init(struct proof *proof, const struct verify_want *want)
{
	*proof = (struct proof){ .want = want, .digest = digest_new() };
	if (want->key != NULL)
		memcpy(proof->first, want->key, SIGN_PUBLIC_TEXT);
}

void
proof_done(struct proof *proof)
{
	digest_free(proof->digest);
	free(proof->known);
}

/* {"postern_seals":1,"key":"64 digits"} */
static enum damage
take_header(
    struct proof *proof, const char *line, size_t len, struct buf *words)
{
	static const char before[] = "{\"postern_seals\":1,\"key\":\"";
	static const char behind[] = "\"}";
	size_t digits = SIGN_PUBLIC_TEXT - 1;
	uint8_t key[SIGN_PUBLIC];

	if (len != sizeof(before) - 1 + digits + sizeof(behind) - 1 ||
	    memcmp(line, before, sizeof(before) - 1) != 0 ||
	    memcmp(line + len - (sizeof(behind) - 1), behind,
		sizeof(behind) - 1) != 0 ||
	    !hex_parse(line + sizeof(before) - 1, SIGN_PUBLIC, key)) {
		buf_addf(words,
		    "the line is not the first one of such a file, "
		    "with the first public key");
		return DAMAGE_FOREIGN;
	}
	hex_text(key, SIGN_PUBLIC, proof->key);
	if (proof->first[0] != '\0' && strcmp(proof->first, proof->key) != 0) {
		buf_addf(words,
		    "the first key is %s and not that of --key: "
		    "the seals are not those that belong to it",
		    proof->key);
		return DAMAGE_KEY;
	}
	memcpy(proof->first, proof->key, SIGN_PUBLIC_TEXT);
	proof->number = 1;

	return DAMAGE_NONE;
}

static enum damage
wrong_number(uint64_t number, uint64_t due, struct buf *words)
{
	if (number < due)
		buf_addf(words, "there are two seals %" PRIu64, number);
	else if (number == due + 1)
		buf_addf(words,
		    "seal %" PRIu64 " is missing before seal "
		    "%" PRIu64,
		    due, number);
	else
		buf_addf(words,
		    "seals %" PRIu64 " to %" PRIu64
		    " are missing before seal %" PRIu64,
		    due, number - 1, number);

	return DAMAGE_SEAL;
}

/* Is it the next one, made with the right key, over what it says? */
static enum damage
check_seal(
    const struct proof *proof, const struct seal *seal, struct buf *words)
{
	if (proof->number != 0 && seal->number != proof->number)
		return wrong_number(seal->number, proof->number, words);
	if (proof->key[0] != '\0' && strcmp(seal->key, proof->key) != 0) {
		buf_addf(words,
		    "seal %" PRIu64 " was made with another key "
		    "than the one that was its turn",
		    seal->number);
		return DAMAGE_KEY;
	}
	if (seal_check(seal, seal->key))
		return DAMAGE_NONE;
	buf_addf(words,
	    "seal %" PRIu64 " is not signed by its key: what it "
	    "says was changed",
	    seal->number);

	return DAMAGE_SEAL;
}

static bool
holds(const struct seal *seal, const struct glance *glance)
{
	return seal->head.sequence == glance->sequence - 1 &&
	    memcmp(seal->head.hash, glance->prev, DIGEST_TEXT - 1) == 0;
}

static void
advance(struct proof *proof, const struct seal *seal)
{
	proof->number = seal->number + 1;
	memcpy(proof->key, seal->next, SIGN_PUBLIC_TEXT);
}

/* Is the head that was remembered another one? */
static bool
is_other_head(struct proof *proof, uint64_t sequence, const char *hash)
{
	const struct verify_want *want = proof->want;

	if (want->head_sequence != sequence || sequence == 0)
		return false;
	if (memcmp(want->head_hash, hash, DIGEST_TEXT - 1) != 0)
		return true;
	proof->head_seen = true;

	return false;
}

static enum damage
keep(struct proof *proof, const struct seal *seal, const struct glance *glance,
    struct buf *words)
{
	struct known known = { .sequence = glance->sequence };

	if (proof->count > 0 &&
	    known.sequence <= proof->known[proof->count - 1].sequence) {
		buf_addf(words,
		    "seal %" PRIu64 " stands before the one "
		    "before it",
		    seal->number);
		return DAMAGE_SEAL;
	}
	if (is_other_head(proof, seal->head.sequence, seal->head.hash) ||
	    is_other_head(proof, glance->sequence, glance->hash)) {
		buf_addf(words,
		    "seal %" PRIu64 " knows another record "
		    "%" PRIu64 " than --head",
		    seal->number, proof->want->head_sequence);
		return DAMAGE_FORKED;
	}
	/* All are digits: the hash is right, the seal was read. */
	(void)time_parse(seal->time, &known.time_us);
	(void)hex_parse(glance->hash, HASH_BYTES, known.hash);
	(void)hex_parse(seal->next, SIGN_PUBLIC, known.next);
	proof->known =
	    mem_grow(proof->known, proof->count, &proof->room, sizeof(known));
	proof->known[proof->count++] = known;

	return DAMAGE_NONE;
}

enum damage
proof_add(struct proof *proof, const char *line, size_t len, struct buf *words)
{
	struct glance glance;
	struct seal seal;
	enum damage damage;

	if (proof->lines++ == 0)
		return take_header(proof, line, len, words);
	glance_at(line, len, proof->digest, &glance);
	if (!glance.record || !seal_read(line, len, &seal)) {
		buf_addf(words, "the line is no record of a seal");
		return DAMAGE_FOREIGN;
	}
	if (!glance.right) {
		buf_addf(words,
		    "seal %" PRIu64 " was changed: the hash of its "
		    "record is not that of its bytes",
		    seal.number);
		return DAMAGE_CHANGED;
	}
	damage = check_seal(proof, &seal, words);
	if (damage != DAMAGE_NONE)
		return damage;
	if (!holds(&seal, &glance)) {
		buf_addf(words,
		    "seal %" PRIu64 " is not one of the record "
		    "before it",
		    seal.number);
		return DAMAGE_SEAL;
	}
	advance(proof, &seal);

	return keep(proof, &seal, &glance, words);
}

void
proof_start(struct proof *proof, uint64_t first)
{
	while (proof->gone < proof->count &&
	    proof->known[proof->gone].sequence < first)
		proof->gone++;
	if (proof->gone > 0) {
		hex_text(proof->known[proof->gone - 1].next, SIGN_PUBLIC,
		    proof->key);
		proof->number = proof->gone + 1;
	} else if (first == 1 || proof->lines > 0) {
		proof->number = 1;
		memcpy(proof->key, proof->first, SIGN_PUBLIC_TEXT);
	} else {
		/* without PATH.seals: the first key, or what comes */
		memcpy(proof->key, proof->first, SIGN_PUBLIC_TEXT);
	}
}

/* Is it, byte for byte, the one that PATH.seals has?  Also where that has none
 * of its number. */
static bool
is_known(const struct proof *proof, const struct seal *seal,
    const struct glance *glance)
{
	const struct known *known;
	uint8_t hash[HASH_BYTES];

	if (seal->number > proof->count)
		return true;
	known = &proof->known[seal->number - 1];

	return known->sequence == glance->sequence &&
	    hex_parse(glance->hash, HASH_BYTES, hash) &&
	    memcmp(known->hash, hash, HASH_BYTES) == 0;
}

/* Should PATH.seals have it, which was read before the log? */
static bool
is_missed(const struct proof *proof, const struct seal *seal)
{
	int64_t made_us;

	return proof->lines > 0 && seal->number > proof->count &&
	    time_parse(seal->time, &made_us) && made_us < proof->want->now_us;
}

enum damage
proof_check(struct proof *proof, const char *line, size_t len,
    const struct glance *glance, const struct chain_head *before,
    struct buf *words)
{
	enum damage damage;
	struct seal seal;

	if (!seal_read(line, len, &seal)) {
		buf_addf(words, "it says that it is a seal, and holds none");
		return DAMAGE_SEAL;
	}
	damage = check_seal(proof, &seal, words);
	if (damage != DAMAGE_NONE)
		return damage;
	if (seal.head.sequence != before->sequence ||
	    strcmp(seal.head.hash, before->hash) != 0) {
		buf_addf(words,
		    "seal %" PRIu64 " does not hold what stands "
		    "before it: between record %" PRIu64 " and this one "
		    "something was changed, removed or put in, and all hashes "
		    "made anew",
		    seal.number, proof->sealed);
		return DAMAGE_SEAL;
	}
	if (!is_known(proof, &seal, glance)) {
		buf_addf(words,
		    "seal %" PRIu64 " is another one than that of "
		    "this number beside the log (.seals)",
		    seal.number);
		return DAMAGE_SEAL;
	}
	if (proof->first[0] == '\0')
		memcpy(proof->first, seal.key, SIGN_PUBLIC_TEXT);
	if (is_missed(proof, &seal))
		proof->more++;
	advance(proof, &seal);
	proof->seals++;
	proof->sealed = before->sequence;

	return DAMAGE_NONE;
}

enum damage
proof_end(
    const struct proof *proof, const struct chain_head *head, struct buf *words)
{
	uint64_t missing = proof->number;

	/* A crash leaves the last one in the log only. */
	if (proof->more > 1) {
		buf_addf(words,
		    "the end was cut off: it has %zu seals, and the log "
		    "%" PRIu64 " more",
		    proof->count, proof->more);
		return DAMAGE_SEAL;
	}
	if (proof->count == 0 || missing > proof->count)
		return DAMAGE_NONE;
	buf_addf(words,
	    "the end was cut off behind record %" PRIu64 ": seal "
	    "%" PRIu64 " beside the log (.seals) is record %" PRIu64,
	    head->sequence, missing, proof->known[missing - 1].sequence);

	return DAMAGE_CUT;
}

int64_t
proof_time_us(const struct proof *proof, uint64_t number)
{
	return proof->known[number].time_us;
}
