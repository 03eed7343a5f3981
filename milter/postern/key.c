/* SPDX-License-Identifier: ISC */
/* key.c - which key do the seals begin with? */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hex.h"
#include "base/mem.h"
#include "log/keys.h"
#include "postern/records.h"
#include "postern/say.h"

/* What there is, but cannot be used, is wrong data. */
static int
no_key(const char *path)
{
	struct buf seals;
	int status;

	buf_init(&seals);
	buf_addf(&seals, "%s.seals", path);
	status = access(seals.data, R_OK) == 0 ? EX_DATAERR : EX_NOINPUT;
	buf_done(&seals);

	return status;
}

int
records_key(struct log_request *request)
{
	char key[SIGN_PUBLIC_TEXT];
	struct buf out;
	struct err err;
	int status;

	if (!keys_first(request->path, key, &err)) {
		say("log: %s", err.text);
		return no_key(request->path);
	}
	buf_init(&out);
	buf_addf(&out, request->json ? "{\"key\":\"%s\"}\n" : "%s\n", key);
	status = print_result(&out, EX_OK);
	buf_done(&out);

	return status;
}

static int
take_key(const struct command *command, struct log_request *request)
{
	uint8_t key[SIGN_PUBLIC];

	if (request->key_text == NULL)
		return EX_OK;
	if (strlen(request->key_text) != SIGN_PUBLIC_TEXT - 1 ||
	    !hex_parse(request->key_text, SIGN_PUBLIC, key))
		return say_usage(command,
		    "--key: a key is 64 hex digits, as postern log key prints "
		    "them");
	hex_text(key, SIGN_PUBLIC, request->key);

	return EX_OK;
}

static int
take_head(const struct command *command, struct log_request *request)
{
	enum {
		DIGITS = 15, /* of a sequence: log/line.h */
		HASH = (DIGEST_TEXT - 1) / 2
	};
	const char *text = request->head_text;
	uint8_t hash[HASH];
	size_t digits;

	if (text == NULL)
		return EX_OK;
	digits = strspn(text, "0123456789");
	if (digits == 0 || digits > DIGITS || *text == '0' ||
	    text[digits] != ':' ||
	    strlen(text + digits + 1) != DIGEST_TEXT - 1 ||
	    !hex_parse(text + digits + 1, HASH, hash))
		return say_usage(command,
		    "--head: write SEQUENCE:HASH, both of one record; the hash "
		    "is 64 hex digits");
	for (size_t i = 0; i < digits; i++)
		request->head.sequence =
		    request->head.sequence * 10 + (uint64_t)(text[i] - '0');
	hex_text(hash, HASH, request->head.hash);

	return EX_OK;
}

int
proof_options(const struct command *command, struct log_request *request)
{
	int status = take_key(command, request);

	return status == EX_OK ? take_head(command, request) : status;
}
