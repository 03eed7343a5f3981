noinst_LIBRARIES += milter/base/libbase.a
milter_base_libbase_a_SOURCES = \
	milter/base/buf.c milter/base/buf.h \
	milter/base/diag.c milter/base/diag.h \
	milter/base/duration.c milter/base/duration.h \
	milter/base/err.c milter/base/err.h \
	milter/base/hex.c milter/base/hex.h \
	milter/base/mem.c milter/base/mem.h \
	milter/base/size.c milter/base/size.h \
	milter/base/str.c milter/base/str.h \
	milter/base/timetext.c milter/base/timetext.h \
	milter/base/ulid.c milter/base/ulid.h \
	milter/base/utf8.c milter/base/utf8.h

check_PROGRAMS += \
	tests/unit/test_buf tests/unit/test_diag tests/unit/test_duration \
	tests/unit/test_size tests/unit/test_str \
	tests/unit/test_timetext tests/unit/test_ulid
TESTS += \
	tests/unit/test_buf tests/unit/test_diag tests/unit/test_duration \
	tests/unit/test_size tests/unit/test_str \
	tests/unit/test_timetext tests/unit/test_ulid
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_LDADD = $(BASE) $(CMOCKA_LIBS)
tests_unit_test_diag_SOURCES = tests/unit/test_diag.c
tests_unit_test_diag_LDADD = $(BASE) $(CMOCKA_LIBS)
tests_unit_test_duration_SOURCES = tests/unit/test_duration.c
tests_unit_test_duration_LDADD = $(BASE) $(CMOCKA_LIBS)
tests_unit_test_size_SOURCES = tests/unit/test_size.c
tests_unit_test_size_LDADD = $(BASE) $(CMOCKA_LIBS)
tests_unit_test_str_SOURCES = tests/unit/test_str.c
tests_unit_test_str_LDADD = $(BASE) $(CMOCKA_LIBS)
tests_unit_test_timetext_SOURCES = tests/unit/test_timetext.c
tests_unit_test_timetext_LDADD = $(BASE) $(CMOCKA_LIBS)
tests_unit_test_ulid_SOURCES = tests/unit/test_ulid.c
tests_unit_test_ulid_LDADD = $(BASE) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_hex
TESTS += tests/unit/test_hex
tests_unit_test_hex_SOURCES = tests/unit/test_hex.c
tests_unit_test_hex_LDADD = $(BASE) $(CMOCKA_LIBS)
