noinst_LIBRARIES += milter/crypto/libcrypto.a
milter_crypto_libcrypto_a_SOURCES = \
	milter/crypto/digest.c milter/crypto/digest.h
