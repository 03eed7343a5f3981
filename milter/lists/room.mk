noinst_LIBRARIES += milter/lists/liblists.a
milter_lists_liblists_a_SOURCES = \
	milter/lists/build.h \
	milter/lists/compile.c \
	milter/lists/condition.c \
	milter/lists/fetched.c \
	milter/lists/find.c milter/lists/find.h \
	milter/lists/generation.c milter/lists/generation.h \
	milter/lists/list.c \
	milter/lists/netset.c milter/lists/netset.h \
	milter/lists/source.c \
	milter/lists/summary.c \
	milter/lists/warn.c

LISTS_LIBS = $(LISTS) $(LIBCONFIG_LIBS) $(CRYPTO_LIBS) $(IDN2_LIBS)

check_PROGRAMS += tests/unit/test_netset
TESTS += tests/unit/test_netset
tests_unit_test_netset_SOURCES = tests/unit/test_netset.c
tests_unit_test_netset_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_generation
TESTS += tests/unit/test_generation
tests_unit_test_generation_SOURCES = tests/unit/test_generation.c
tests_unit_test_generation_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_rules
TESTS += tests/unit/test_rules
tests_unit_test_rules_SOURCES = tests/unit/test_rules.c
tests_unit_test_rules_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)
