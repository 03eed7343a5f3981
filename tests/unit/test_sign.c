/* SPDX-License-Identifier: ISC */
/* test_sign.c - who signed these bytes? */
#include "config.h"

#include "crypto/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "base/mem.h"

/* RFC 8032, section 7.1, tests 1 to 3. */
static const struct {
	const char *name, *secret, *public, *message, *signature;
} vectors[] = {
	{ "test 1",
	    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "test 2",
	    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "test 3",
	    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40"
	    "a" },
};

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(vectors); i++) {
		size_t len = strlen(vectors[i].message) / 2;
		uint8_t message[8], got[SIGN_SIGNATURE];
		char text[SIGN_SIGNATURE_TEXT];
		struct sign_key key;

		print_message("# %s\n", vectors[i].name);
		assert_true(
		    hex_parse(vectors[i].secret, SIGN_SECRET, key.secret));
		assert_true(hex_parse(vectors[i].message, len, message));
		sign_key_complete(&key);
		hex_text(key.public, SIGN_PUBLIC, text);
		assert_string_equal(text, vectors[i].public);
		sign_make(&key, message, len, got);
		hex_text(got, SIGN_SIGNATURE, text);
		assert_string_equal(text, vectors[i].signature);
		assert_true(sign_check(key.public, message, len, got));
	}
}

/* One bit changed anywhere, and it is not signed. */
static void
test_forged(void **state)
{
	uint8_t message[] = "a seal", signature[SIGN_SIGNATURE];
	const size_t len = sizeof(message) - 1;
	struct sign_key key, other;

	(void)state;
	sign_key_new(&key);
	sign_key_new(&other);
	assert_memory_not_equal(key.secret, other.secret, SIGN_SECRET);
	sign_make(&key, message, len, signature);
	assert_true(sign_check(key.public, message, len, signature));
	assert_false(sign_check(other.public, message, len, signature));
	assert_false(sign_check(key.public, message, len - 1, signature));
	assert_false(sign_check(key.public, message, len + 1, signature));
	for (size_t bit = 0; bit < 8 * len; bit++) {
		message[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(sign_check(key.public, message, len, signature));
		message[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof(signature); bit++) {
		signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(sign_check(key.public, message, len, signature));
		signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof(key.public); bit++) {
		key.public[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(sign_check(key.public, message, len, signature));
		key.public[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

/* What is no point of the curve is nobody's key, and ends nothing. */
static void
test_no_key(void **state)
{
	const uint8_t none[SIGN_PUBLIC] = { 2 };
	uint8_t signature[SIGN_SIGNATURE] = { 0 };

	(void)state;
	assert_false(sign_check(none, "a seal", 6, signature));
}

static void
test_forget(void **state)
{
	static const struct sign_key none;
	struct sign_key key;

	(void)state;
	sign_key_new(&key);
	sign_key_forget(&key);
	assert_memory_equal(&key, &none, sizeof(key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_no_key),
		cmocka_unit_test(test_forget),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
