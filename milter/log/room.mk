noinst_LIBRARIES += milter/log/liblog.a
milter_log_liblog_a_SOURCES = \
	milter/log/aside.c milter/log/aside.h \
	milter/log/chain.c milter/log/chain.h \
	milter/log/clock.c milter/log/clock.h \
	milter/log/file.c milter/log/file.h \
	milter/log/line.c milter/log/line.h \
	milter/log/lock.c milter/log/lock.h \
	milter/log/log.c milter/log/log.h \
	milter/log/place.c milter/log/place.h \
	milter/log/queue.c milter/log/queue.h \
	milter/log/read.c milter/log/read.h \
	milter/log/tail.c milter/log/tail.h \
	milter/log/why.c milter/log/why.h \
	milter/log/writer.c milter/log/writer.h

LOG_TEST = tests/unit/log_help.c tests/unit/log_help.h
LOG_TEST_LIBS = $(LOG) $(IDN2_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
dist_check_SCRIPTS += tests/harness/chain.py
check_PROGRAMS += tests/unit/test_log_append
TESTS += tests/unit/test_log_append
tests_unit_test_log_append_SOURCES = \
	tests/unit/test_log_append.c $(LOG_TEST)
tests_unit_test_log_append_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_log_start
TESTS += tests/unit/test_log_start
tests_unit_test_log_start_SOURCES = \
	tests/unit/test_log_start.c $(LOG_TEST)
tests_unit_test_log_start_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_log_faults
TESTS += tests/unit/test_log_faults
tests_unit_test_log_faults_SOURCES = \
	tests/unit/test_log_faults.c $(LOG_TEST)
tests_unit_test_log_faults_LDADD = $(LOG_TEST_LIBS)
tests_unit_test_log_faults_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=fdatasync -Wl,--wrap=ftruncate
check_PROGRAMS += tests/unit/test_log_chain
TESTS += tests/unit/test_log_chain
tests_unit_test_log_chain_SOURCES = \
	tests/unit/test_log_chain.c $(LOG_TEST)
tests_unit_test_log_chain_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_log_crash
TESTS += tests/unit/test_log_crash
tests_unit_test_log_crash_SOURCES = \
	tests/unit/test_log_crash.c $(LOG_TEST)
tests_unit_test_log_crash_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_log_read
TESTS += tests/unit/test_log_read
tests_unit_test_log_read_SOURCES = \
	tests/unit/test_log_read.c $(LOG_TEST)
tests_unit_test_log_read_LDADD = $(LOG_TEST_LIBS)
