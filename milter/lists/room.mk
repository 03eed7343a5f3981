noinst_LIBRARIES += milter/lists/liblists.a
milter_lists_liblists_a_SOURCES = \
	milter/lists/build.h \
	milter/lists/compile.c \
	milter/lists/condition.c \
	milter/lists/databases.c milter/lists/databases.h \
	milter/lists/evidence.c \
	milter/lists/fetched.c \
	milter/lists/find.c milter/lists/find.h \
	milter/lists/generation.c milter/lists/generation.h \
	milter/lists/geo.c milter/lists/geo.h \
	milter/lists/geo_check.c \
	milter/lists/geo_confine.c \
	milter/lists/geo_copy.c \
	milter/lists/geo_look.c \
	milter/lists/geo_parts.h \
	milter/lists/geo_record.c \
	milter/lists/geo_walk.c \
	milter/lists/list.c \
	milter/lists/netset.c milter/lists/netset.h \
	milter/lists/row.c \
	milter/lists/rows.c milter/lists/rows.h \
	milter/lists/source.c \
	milter/lists/summary.c \
	milter/lists/warn.c

LISTS_LIBS = $(LISTS) $(LIBCONFIG_LIBS) $(MAXMINDDB_LIBS) $(CRYPTO_LIBS) \
	$(IDN2_LIBS)

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
check_PROGRAMS += tests/unit/test_geo
TESTS += tests/unit/test_geo
tests_unit_test_geo_SOURCES = tests/unit/test_geo.c \
	tests/unit/mmdb_help.c tests/unit/mmdb_help.h
tests_unit_test_geo_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_geo_damage
TESTS += tests/unit/test_geo_damage
tests_unit_test_geo_damage_SOURCES = tests/unit/test_geo_damage.c \
	tests/unit/mmdb_help.c tests/unit/mmdb_help.h
tests_unit_test_geo_damage_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_geo_change
TESTS += tests/unit/test_geo_change
tests_unit_test_geo_change_SOURCES = tests/unit/test_geo_change.c \
	tests/unit/mmdb_help.c tests/unit/mmdb_help.h
tests_unit_test_geo_change_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_databases
TESTS += tests/unit/test_databases
tests_unit_test_databases_SOURCES = tests/unit/test_databases.c \
	tests/unit/mmdb_help.c tests/unit/mmdb_help.h
tests_unit_test_databases_LDADD = $(LISTS_LIBS) $(CMOCKA_LIBS)

# Databases of MaxMind and IPinfo, and what their own lists say of them.
EXTRA_DIST += tests/data/mmdb
