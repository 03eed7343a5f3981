noinst_LIBRARIES += milter/crypto/libcrypto.a
milter_crypto_libcrypto_a_SOURCES = \
	milter/crypto/digest.c milter/crypto/digest.h \
	milter/crypto/hmac.c milter/crypto/hmac.h \
	milter/crypto/sign.c milter/crypto/sign.h

check_PROGRAMS += tests/unit/test_hmac tests/unit/test_sign
TESTS += tests/unit/test_hmac tests/unit/test_sign
tests_unit_test_hmac_SOURCES = tests/unit/test_hmac.c
tests_unit_test_hmac_LDADD = $(CRYPTO) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
tests_unit_test_sign_SOURCES = tests/unit/test_sign.c
tests_unit_test_sign_LDADD = $(CRYPTO) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
