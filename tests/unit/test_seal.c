/* SPDX-License-Identifier: ISC */
/* test_seal.c - what does a seal say, and is it true? */
#include "config.h"

#include "log/seal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "base/mem.h"

/* The keys of RFC 8032, section 7.1, tests 1 and 2. */
#define SECRET_1 \
	"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define PUBLIC_1 \
	"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define SECRET_2 \
	"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
#define PUBLIC_2 \
	"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
/* SHA-256 of "a record" */
#define HASH "9b700ce8298dbf0750b1d83f36b0733424d6fcce95f86bc5a456b5eb0296697e"
#define TIME "2026-11-24T04:00:00.123456Z"
/* Made with Python's cryptography over what seal.h says. */
#define SIGNATURE                                                          \
	"1e13da6ecb92e930d97730a4a066985faa22f96fb570f2da9e3196e2583b7fb4" \
	"0c30b0d31bec1b520b191c41fee1ae22b028a164cd0ef32c1eff236a23a70505"
#define MEMBER                                                      \
	"\"seal\":{\"number\":7,\"sequence\":4711,\"hash\":\"" HASH \
	"\",\"time\":\"" TIME "\",\"key\":\"" PUBLIC_1              \
	"\",\"next\":\"" PUBLIC_2 "\",\"signature\":\"" SIGNATURE "\"}"
#define RECORD(action, time, note, member)                                    \
	"{\"@timestamp\":\"" time "\",\"ecs\":{\"version\":\"8.11.0\"},"      \
	"\"event\":{\"kind\":\"event\",\"action\":\"" action                  \
	"\",\"sequence\":4712},\"postern\":{" note member ",\"prev\":\"" HASH \
	"\",\"hash\":\"" HASH "\"}}"

static struct seal
made(void)
{
	struct seal seal = { .number = 7,
		.head = { .sequence = 4711, .hash = HASH },
		.time = TIME };
	struct sign_key key, next;

	assert_true(hex_parse(SECRET_1, SIGN_SECRET, key.secret));
	assert_true(hex_parse(SECRET_2, SIGN_SECRET, next.secret));
	sign_key_complete(&key);
	sign_key_complete(&next);
	seal_sign(&seal, &key, &next);

	return seal;
}

static void
test_sign(void **state)
{
	struct seal seal = made();
	struct buf text;

	(void)state;
	assert_string_equal(seal.key, PUBLIC_1);
	assert_string_equal(seal.next, PUBLIC_2);
	assert_string_equal(seal.signature, SIGNATURE);
	buf_init(&text);
	seal_write(&seal, &text);
	assert_string_equal(text.data, MEMBER);
	buf_done(&text);
	assert_true(seal_check(&seal, PUBLIC_1));
	assert_false(seal_check(&seal, PUBLIC_2));
}

/* As an admin may have written it down. */
static void
test_key(void **state)
{
	static const struct {
		const char *name, *key;
		bool want;
	} keys[] = {
		{ "as it stands", PUBLIC_1, true },
		{ "capitals",
		    "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F7"
		    "07511A",
		    true },
		{ "nothing", "", false },
		{ "more", PUBLIC_1 "0", false },
		{ "less", "d75a98", false },
		{ "no digit",
		    "x75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f7"
		    "07511a",
		    false },
	};
	struct seal seal = made();

	(void)state;
	for (size_t i = 0; i < NITEMS(keys); i++) {
		print_message("# %s\n", keys[i].name);
		assert_int_equal(seal_check(&seal, keys[i].key), keys[i].want);
	}
}

static const struct {
	const char *name, *line;
	bool want;
} lines[] = {
	{ "a seal", RECORD("sealed", TIME, "", MEMBER), true },
	{ "after a note",
	    RECORD("sealed", TIME, "\"note\":\"of \\\"seal\\\":{\",", MEMBER),
	    true },
	{ "another action", RECORD("rotated", TIME, "", MEMBER), false },
	{ "another time",
	    RECORD("sealed", "2026-11-24T04:00:00.123457Z", "", MEMBER),
	    false },
	{ "no seal", RECORD("sealed", TIME, "", "\"note\":\"\""), false },
	{ "a seal as text",
	    RECORD("sealed", TIME, "",
		"\"note\":\"\\\"seal\\\":{\\\"number\\\":7\""),
	    false },
	{ "member only", MEMBER, false },
	{ "empty", "", false },
};

static void
test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(lines); i++) {
		struct seal seal = { .number = 99 };
		struct seal want = made();
		bool got =
		    seal_read(lines[i].line, strlen(lines[i].line), &seal);

		print_message("# %s\n", lines[i].name);
		assert_int_equal(got, lines[i].want);
		assert_int_equal(seal.number, got ? 7 : 99);
		if (!got)
			continue;
		assert_true(chain_equal(&seal.head, &want.head));
		assert_string_equal(seal.time, TIME);
		assert_string_equal(seal.key, PUBLIC_1);
		assert_string_equal(seal.next, PUBLIC_2);
		assert_string_equal(seal.signature, SIGNATURE);
	}
}

/* Cut anywhere it is none; read from a copy, so that a byte too many shows. */
static void
test_cut(void **state)
{
	static const char line[] = RECORD("sealed", TIME, "", MEMBER);
	size_t whole =
	    (size_t)(strstr(line, SIGNATURE) - line) + strlen(SIGNATURE "\"}");

	(void)state;
	for (size_t len = 0; len <= whole; len++) {
		char *copy = mem_text_len(line, len);
		char *tight = mem_resize(copy, len + 1, 1);
		struct seal seal;

		assert_int_equal(seal_read(tight, len, &seal), len == whole);
		free(tight);
	}
}

/*
 * Each byte of the seal, changed into others: it is not read any more, or no
 * longer true for whoever knows the key.
 */
static void
test_forged(void **state)
{
	static const char others[] = "0189afAF\",:{}\\\x01\xff ";
	char line[] = RECORD("sealed", TIME, "", MEMBER);
	char *from = strstr(line, MEMBER);
	int failed = 0;

	(void)state;
	for (char *at = from; at < from + strlen(MEMBER); at++)
		for (size_t i = 0; i < strlen(others); i++) {
			struct seal seal;
			char was = *at;

			if (others[i] == was)
				continue;
			*at = others[i];
			if (seal_read(line, strlen(line), &seal) &&
			    seal_check(&seal, PUBLIC_1)) {
				print_error("byte %td as '%c': still true\n",
				    at - from, others[i]);
				failed++;
			}
			*at = was;
		}
	assert_int_equal(failed, 0);
}

/* Values that are read, and are not the ones that were signed. */
static void
test_other_values(void **state)
{
	struct seal seal;

	(void)state;
	seal = made();
	seal.number = 8;
	assert_false(seal_check(&seal, PUBLIC_1));
	seal = made();
	seal.head.sequence = 4712;
	assert_false(seal_check(&seal, PUBLIC_1));
	seal = made();
	(void)snprintf(seal.next, sizeof(seal.next), "%s", PUBLIC_1);
	assert_false(seal_check(&seal, PUBLIC_1));
	/* Signed by the next key, with its name on it. */
	seal = made();
	(void)snprintf(seal.key, sizeof(seal.key), "%s", PUBLIC_2);
	assert_false(seal_check(&seal, PUBLIC_1));
	assert_false(seal_check(&seal, PUBLIC_2));
	/* Not signed at all. */
	seal = made();
	seal.signature[0] = '\0';
	assert_false(seal_check(&seal, PUBLIC_1));
}

static void
put_file(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static int
run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Somebody else checks it: the statement, the key (RFC 8410), the signature. */
static void
test_openssl(void **state)
{
	/* SubjectPublicKeyInfo of Ed25519, all but the key */
	static const uint8_t head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
		0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	char dir[] = "/tmp/postern-seal.XXXXXX";
	char command[512], statement[512];
	uint8_t key[sizeof(head) + SIGN_PUBLIC], signature[SIGN_SIGNATURE];
	struct seal seal = { .number = 1, .time = TIME };
	struct sign_key current, next;
	int len;

	(void)state;
	if (run("openssl version >/dev/null 2>&1") != 0)
		skip();
	chain_start(&seal.head);
	sign_key_new(&current);
	sign_key_new(&next);
	seal_sign(&seal, &current, &next);
	len = snprintf(statement, sizeof(statement),
	    "postern seal 1\n1\n0\n%064d\n" TIME "\n%s\n", 0, seal.next);
	memcpy(key, head, sizeof(head));
	assert_true(hex_parse(seal.key, SIGN_PUBLIC, key + sizeof(head)));
	assert_true(hex_parse(seal.signature, SIGN_SIGNATURE, signature));

	assert_non_null(mkdtemp(dir));
	put_file(dir, "key", key, sizeof(key));
	put_file(dir, "signature", signature, sizeof(signature));
	put_file(dir, "statement", statement, (size_t)len);
	(void)snprintf(command, sizeof(command),
	    "cd %s && openssl pkeyutl -verify -pubin -keyform DER -inkey key "
	    "-rawin -in statement -sigfile signature >&2",
	    dir);
	assert_int_equal(run(command), 0);
	put_file(dir, "statement", statement, (size_t)len - 1);
	assert_int_not_equal(run(command), 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(run(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_other_values),
		cmocka_unit_test(test_openssl),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
