/* SPDX-License-Identifier: ISC */
/* test_hmac.c - what do these bytes come to for who has the key? */
#include "config.h"

#include "crypto/hmac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "base/mem.h"

#define DD10 "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
#define CD10 "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"

/*
 * RFC 4231, test cases 1 to 4, 6 and 7.  RFC 2104 fills a key up with zeros,
 * so that shorter ones stand here so filled up, and takes the digest of one
 * that is longer than a block (131 bytes aa), so that it stands here.
 */
static const struct {
	const char *name, *key, *data, *want;
} vectors[] = {
	{ "1",
	    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000",
	    "Hi There",
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "2",
	    "4a65666500000000000000000000000000000000000000000000000000000000",
	    "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "3",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa000000000000000000000000",
	    DD10 DD10 DD10 DD10 DD10,
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ "4",
	    "0102030405060708090a0b0c0d0e0f1011121314151617181900000000000000",
	    CD10 CD10 CD10 CD10 CD10,
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ "6",
	    "45ad4b37c6e2fc0a2cfcc1b5da524132ec707615c2cae1dbbc43c97aa521db81",
	    "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ "7",
	    "45ad4b37c6e2fc0a2cfcc1b5da524132ec707615c2cae1dbbc43c97aa521db81",
	    "This is a test using a larger than block-size key and a larger "
	    "than block-size data. The key needs to be hashed before being "
	    "used by the HMAC algorithm.",
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
};

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(vectors); i++) {
		uint8_t key[HMAC_KEY], got[HMAC_BYTES];
		char text[2 * HMAC_BYTES + 1];

		print_message("# case %s\n", vectors[i].name);
		assert_true(hex_parse(vectors[i].key, sizeof(key), key));
		hmac_of(key, vectors[i].data, strlen(vectors[i].data), got);
		hex_text(got, sizeof(got), text);
		assert_string_equal(text, vectors[i].want);
	}
}

static void
test_new(void **state)
{
	uint8_t a[HMAC_KEY] = { 0 }, b[HMAC_KEY] = { 0 };

	(void)state;
	hmac_key_new(a);
	hmac_key_new(b);
	assert_memory_not_equal(a, b, sizeof(a));
	/* The end of it too: by chance once in 2^64 runs. */
	assert_memory_not_equal(a + HMAC_KEY - 8, "\0\0\0\0\0\0\0\0", 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_new),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
