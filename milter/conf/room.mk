noinst_LIBRARIES += milter/conf/libconf.a
milter_conf_libconf_a_SOURCES = \
	milter/conf/audit.c \
	milter/conf/check.c \
	milter/conf/choice.c milter/conf/choice.h \
	milter/conf/condition.c \
	milter/conf/conf.c milter/conf/conf.h \
	milter/conf/entry.c \
	milter/conf/evidence.c \
	milter/conf/feed.c \
	milter/conf/file.c milter/conf/file.h \
	milter/conf/geo.c \
	milter/conf/grammar.c \
	milter/conf/headers.c \
	milter/conf/joined.c \
	milter/conf/keyword.c milter/conf/keyword.h \
	milter/conf/keywords.def \
	milter/conf/options.c \
	milter/conf/places.c \
	milter/conf/policy.c \
	milter/conf/print.c \
	milter/conf/read.c milter/conf/read.h \
	milter/conf/reply.c \
	milter/conf/scan.c milter/conf/scan.h \
	milter/conf/scanner.h \
	milter/conf/socket.c milter/conf/socket.h \
	milter/conf/source.c \
	milter/conf/take.c \
	milter/conf/token.c \
	milter/conf/value.c \
	milter/conf/words.c

CONF_LIBS = $(CONF) $(LIBCONFIG_LIBS) $(IDN2_LIBS)

check_PROGRAMS += tests/unit/test_scan
TESTS += tests/unit/test_scan
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c
tests_unit_test_scan_LDADD = $(CONF_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_conf
TESTS += tests/unit/test_conf
tests_unit_test_conf_SOURCES = tests/unit/test_conf.c
tests_unit_test_conf_LDADD = $(CONF_LIBS) $(CMOCKA_LIBS)

TESTS += tests/conf/run tests/conf/print
EXTRA_DIST += tests/conf
