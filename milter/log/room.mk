noinst_LIBRARIES += milter/log/liblog.a
milter_log_liblog_a_SOURCES = \
	milter/log/age.c milter/log/age.h \
	milter/log/seal_age.c milter/log/seal_age.h \
	milter/log/aside.c milter/log/aside.h \
	milter/log/chain.c milter/log/chain.h \
	milter/log/chores.c milter/log/chores.h \
	milter/log/clock.c milter/log/clock.h \
	milter/log/damage.c \
	milter/log/ends.c milter/log/ends.h \
	milter/log/file.c milter/log/file.h \
	milter/log/files.c milter/log/files.h \
	milter/log/glance.c milter/log/glance.h \
	milter/log/keeper.c milter/log/keeper.h \
	milter/log/key_file.c milter/log/key_file.h \
	milter/log/key_read.c \
	milter/log/keys.c milter/log/keys.h \
	milter/log/keys_read.c \
	milter/log/known.c milter/log/known.h \
	milter/log/line.c milter/log/line.h \
	milter/log/lock.c milter/log/lock.h \
	milter/log/log.c milter/log/log.h \
	milter/log/name.c milter/log/name.h \
	milter/log/pack.c milter/log/pack.h \
	milter/log/place.c milter/log/place.h \
	milter/log/place_start.c \
	milter/log/proof.c milter/log/proof.h \
	milter/log/queue.c milter/log/queue.h \
	milter/log/read.c milter/log/read.h \
	milter/log/retain.c milter/log/retain.h \
	milter/log/rotate.c milter/log/rotate.h \
	milter/log/seal.c milter/log/seal.h \
	milter/log/seal_find.c milter/log/seal_find.h \
	milter/log/sealer.c milter/log/sealer.h \
	milter/log/seals_file.c milter/log/seals_file.h \
	milter/log/stream.c milter/log/stream.h \
	milter/log/tail.c milter/log/tail.h \
	milter/log/verdict.c milter/log/verdict.h \
	milter/log/verify.c milter/log/verify.h \
	milter/log/verify_ends.c milter/log/verify_parts.h \
	milter/log/why.c milter/log/why.h \
	milter/log/writer.c milter/log/writer.h

LOG_TEST = tests/unit/log_help.c tests/unit/log_help.h
LOG_TEST_LIBS = $(LOG) $(IDN2_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) $(CMOCKA_LIBS)
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
check_PROGRAMS += tests/unit/test_seal
TESTS += tests/unit/test_seal
tests_unit_test_seal_SOURCES = tests/unit/test_seal.c
tests_unit_test_seal_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_keys
TESTS += tests/unit/test_keys
tests_unit_test_keys_SOURCES = \
	tests/unit/test_keys.c tests/unit/keys_help.c tests/unit/keys_help.h
tests_unit_test_keys_LDADD = $(LOG_TEST_LIBS)
tests_unit_test_keys_LDFLAGS = $(AM_LDFLAGS) $(KEYS_WRAPPED)
check_PROGRAMS += tests/unit/test_sealer
TESTS += tests/unit/test_sealer
tests_unit_test_sealer_SOURCES = \
	tests/unit/test_sealer.c tests/unit/keys_help.c tests/unit/keys_help.h
tests_unit_test_sealer_LDADD = $(LOG_TEST_LIBS)
tests_unit_test_sealer_LDFLAGS = $(AM_LDFLAGS) $(KEYS_WRAPPED)
KEYS_WRAPPED = -Wl,--wrap=write -Wl,--wrap=pwrite -Wl,--wrap=fsync \
	-Wl,--wrap=fdatasync -Wl,--wrap=ftruncate -Wl,--wrap=rename \
	-Wl,--wrap=link -Wl,--wrap=unlink
check_PROGRAMS += tests/unit/test_files
TESTS += tests/unit/test_files
tests_unit_test_files_SOURCES = \
	tests/unit/test_files.c $(LOG_TEST)
tests_unit_test_files_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_pack
TESTS += tests/unit/test_pack
tests_unit_test_pack_SOURCES = \
	tests/unit/test_pack.c $(LOG_TEST)
tests_unit_test_pack_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_rotate
TESTS += tests/unit/test_rotate
tests_unit_test_rotate_SOURCES = \
	tests/unit/test_rotate.c $(LOG_TEST)
tests_unit_test_rotate_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_keeper
TESTS += tests/unit/test_keeper
tests_unit_test_keeper_SOURCES = \
	tests/unit/test_keeper.c $(LOG_TEST)
tests_unit_test_keeper_LDADD = $(LOG_TEST_LIBS)
tests_unit_test_keeper_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=unlink -Wl,--wrap=fdatasync
check_PROGRAMS += tests/unit/test_log_chores
TESTS += tests/unit/test_log_chores
tests_unit_test_log_chores_SOURCES = \
	tests/unit/test_log_chores.c $(LOG_TEST)
tests_unit_test_log_chores_LDADD = $(LOG_TEST_LIBS)
check_PROGRAMS += tests/unit/test_stream
TESTS += tests/unit/test_stream
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c
tests_unit_test_stream_LDADD = $(LOG_TEST_LIBS) $(ARCHIVE_LIBS)
check_PROGRAMS += tests/unit/test_verify
TESTS += tests/unit/test_verify
tests_unit_test_verify_SOURCES = tests/unit/test_verify.c
tests_unit_test_verify_LDADD = $(LOG_TEST_LIBS)
