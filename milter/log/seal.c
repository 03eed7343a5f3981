/* SPDX-License-Identifier: ISC */
/* seal.c - what does a seal say, and is it true? */
#include "config.h"

#include "log/seal.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"

static const char begin[] = "{\"@timestamp\":\"";
static const char action[] = "\"action\":\"sealed\"";
static const char own[] = "\"postern\":{";
static const char member[] = "\"seal\":{\"number\":";

/* The text that is signed; the first line keeps it from being taken for
 * anything else that may ever be signed with such a key. */
static void
statement_of(const struct seal *seal, struct buf *out)
{
	buf_init(out);
	buf_addf(out, "postern seal 1\n%" PRIu64 "\n%" PRIu64 "\n%s\n%s\n%s\n",
	    seal->number, seal->head.sequence, seal->head.hash, seal->time,
	    seal->next);
}

void
seal_sign(
    struct seal *seal, const struct sign_key *key, const struct sign_key *next)
{
	uint8_t signature[SIGN_SIGNATURE];
	struct buf statement;

	hex_text(key->public, SIGN_PUBLIC, seal->key);
	hex_text(next->public, SIGN_PUBLIC, seal->next);
	statement_of(seal, &statement);
	sign_make(key, statement.data, statement.len, signature);
	hex_text(signature, SIGN_SIGNATURE, seal->signature);
	buf_done(&statement);
}

/* Just as many digits as there are to be. */
static bool
bytes_of(const char *text, size_t len, uint8_t *out)
{
	return strlen(text) == 2 * len && hex_parse(text, len, out);
}

bool
seal_check(const struct seal *seal, const char *key)
{
	uint8_t wanted[SIGN_PUBLIC], named[SIGN_PUBLIC];
	uint8_t signature[SIGN_SIGNATURE];
	struct buf statement;
	bool right;

	/* The name of the key is not signed: it has to be the right one. */
	if (!bytes_of(key, SIGN_PUBLIC, wanted) ||
	    !bytes_of(seal->key, SIGN_PUBLIC, named) ||
	    memcmp(wanted, named, SIGN_PUBLIC) != 0 ||
	    !bytes_of(seal->signature, SIGN_SIGNATURE, signature))
		return false;

	statement_of(seal, &statement);
	right = sign_check(wanted, statement.data, statement.len, signature);
	buf_done(&statement);

	return right;
}

void
seal_write(const struct seal *seal, struct buf *out)
{
	buf_addf(out,
	    "\"seal\":{\"number\":%" PRIu64 ",\"sequence\":%" PRIu64
	    ",\"hash\":\"%s\",\"time\":\"%s\",\"key\":\"%s\",\"next\":\"%s\","
	    "\"signature\":\"%s\"}",
	    seal->number, seal->head.sequence, seal->head.hash, seal->time,
	    seal->key, seal->next, seal->signature);
}

/* What is still to be read of a line. */
struct rest {
	const char *at;
	const char *end;
};

static bool
take_text(struct rest *rest, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(rest->end - rest->at) < len ||
	    memcmp(rest->at, text, len) != 0)
		return false;
	rest->at += len;

	return true;
}

/* As it is written, and no longer than every reader of JSON holds exactly. */
static bool
take_number(struct rest *rest, uint64_t *value)
{
	enum {
		MOST = 15
	};
	const char *start = rest->at;
	uint64_t found = 0;

	while (rest->at < rest->end && rest->at - start <= MOST &&
	    *rest->at >= '0' && *rest->at <= '9')
		found = found * 10 + (uint64_t)(*rest->at++ - '0');
	if (rest->at == start || rest->at - start > MOST ||
	    (*start == '0' && rest->at - start > 1))
		return false;
	*value = found;

	return true;
}

/* Digits as we write them: those of another case would be another text. */
static bool
take_hex(struct rest *rest, size_t digits, char *out)
{
	if ((size_t)(rest->end - rest->at) < digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		if (!(rest->at[i] >= '0' && rest->at[i] <= '9') &&
		    !(rest->at[i] >= 'a' && rest->at[i] <= 'f'))
			return false;
	memcpy(out, rest->at, digits);
	out[digits] = '\0';
	rest->at += digits;

	return true;
}

static bool
take_time(struct rest *rest, char out[TIME_TEXT])
{
	const char *quote =
	    memchr(rest->at, '"', (size_t)(rest->end - rest->at));
	int64_t time_us;
	size_t len;

	if (quote == NULL)
		return false;
	len = (size_t)(quote - rest->at);
	if (len >= TIME_TEXT)
		return false;
	memcpy(out, rest->at, len);
	out[len] = '\0';
	rest->at = quote;

	return time_parse(out, &time_us);
}

/* What follows text, which stands in what is left of the line. */
static bool
take_until(struct rest *rest, const char *text)
{
	const char *at = memmem(
	    rest->at, (size_t)(rest->end - rest->at), text, strlen(text));

	if (at == NULL)
		return false;
	rest->at = at + strlen(text);

	return true;
}

/* Is this a record `sealed`?  Goes to where its seal begins. */
static bool
take_record(struct rest *rest, char time[TIME_TEXT])
{
	/* Texts in a line have their quotes escaped: these are our own. */
	return take_text(rest, begin) && take_time(rest, time) &&
	    take_until(rest, "\"event\":{") && take_until(rest, action) &&
	    take_until(rest, own) && take_until(rest, member);
}

static bool
take_seal(struct rest *rest, struct seal *seal)
{
	return take_number(rest, &seal->number) && seal->number > 0 &&
	    take_text(rest, ",\"sequence\":") &&
	    take_number(rest, &seal->head.sequence) &&
	    take_text(rest, ",\"hash\":\"") &&
	    take_hex(rest, DIGEST_TEXT - 1, seal->head.hash) &&
	    take_text(rest, "\",\"time\":\"") && take_time(rest, seal->time) &&
	    take_text(rest, "\",\"key\":\"") &&
	    take_hex(rest, SIGN_PUBLIC_TEXT - 1, seal->key) &&
	    take_text(rest, "\",\"next\":\"") &&
	    take_hex(rest, SIGN_PUBLIC_TEXT - 1, seal->next) &&
	    take_text(rest, "\",\"signature\":\"") &&
	    take_hex(rest, SIGN_SIGNATURE_TEXT - 1, seal->signature) &&
	    take_text(rest, "\"}");
}

bool
seal_read(const char *line, size_t len, struct seal *seal)
{
	struct rest rest = { .at = line, .end = line + len };
	struct seal found = { .number = 0 };
	char time[TIME_TEXT];

	if (!take_record(&rest, time) || !take_seal(&rest, &found) ||
	    strcmp(found.time, time) != 0)
		return false;
	*seal = found;

	return true;
}
