# posternd: what happens when
#
# An archive, so that its callbacks can be called without libmilter; main()
# and what stands in front of libc are the program's alone.
noinst_LIBRARIES += milter/posternd/libposternd.a
milter_posternd_libposternd_a_SOURCES = \
	milter/posternd/abandoned.c milter/posternd/abandoned.h \
	milter/posternd/accepted.c milter/posternd/accepted.h \
	milter/posternd/account.c milter/posternd/account.h \
	milter/posternd/answer.c milter/posternd/answer.h \
	milter/posternd/apart.c milter/posternd/apart.h \
	milter/posternd/apart_kept.c milter/posternd/apart_kept.h \
	milter/posternd/asked.c milter/posternd/asked.h \
	milter/posternd/audit.c milter/posternd/audit.h \
	milter/posternd/callbacks.c milter/posternd/callbacks.h \
	milter/posternd/certificate.c milter/posternd/certificate.h \
	milter/posternd/change.c milter/posternd/change.h \
	milter/posternd/clock.c milter/posternd/clock.h \
	milter/posternd/cn.c milter/posternd/cn.h \
	milter/posternd/control.c milter/posternd/control.h \
	milter/posternd/counters.c milter/posternd/counters.h \
	milter/posternd/failed.c milter/posternd/failed.h \
	milter/posternd/flood.c milter/posternd/flood.h \
	milter/posternd/flood_count.c milter/posternd/flood_count.h \
	milter/posternd/flood_line.c milter/posternd/flood_line.h \
	milter/posternd/flood_networks.c milter/posternd/flood_networks.h \
	milter/posternd/flood_room.c milter/posternd/flood_room.h \
	milter/posternd/flood_slots.c milter/posternd/flood_slots.h \
	milter/posternd/force.c milter/posternd/force.h \
	milter/posternd/forward.c milter/posternd/forward.h \
	milter/posternd/forward_text.c milter/posternd/forward_text.h \
	milter/posternd/fresh.c milter/posternd/fresh.h \
	milter/posternd/glass.c milter/posternd/glass.h \
	milter/posternd/glass_file.c milter/posternd/glass_file.h \
	milter/posternd/glass_held.c milter/posternd/glass_held.h \
	milter/posternd/glass_kept.c milter/posternd/glass_kept.h \
	milter/posternd/glass_words.c milter/posternd/glass_words.h \
	milter/posternd/local.c milter/posternd/local.h \
	milter/posternd/macros.c milter/posternd/macros.h \
	milter/posternd/message.c milter/posternd/message.h \
	milter/posternd/metrics.c \
	milter/posternd/missing.c milter/posternd/missing.h \
	milter/posternd/negotiate.c milter/posternd/negotiate.h \
	milter/posternd/notify.c milter/posternd/notify.h \
	milter/posternd/operator.c milter/posternd/operator.h \
	milter/posternd/pending.c milter/posternd/pending.h \
	milter/posternd/probe.c milter/posternd/probe.h \
	milter/posternd/pseudonym.c milter/posternd/pseudonym.h \
	milter/posternd/refusal.c milter/posternd/refusal.h \
	milter/posternd/refuse.c milter/posternd/refuse.h \
	milter/posternd/reload.c milter/posternd/reload.h \
	milter/posternd/ruling.c milter/posternd/ruling.h \
	milter/posternd/reloader.c milter/posternd/reloader.h \
	milter/posternd/say.c milter/posternd/say.h \
	milter/posternd/service.c milter/posternd/service.h \
	milter/posternd/session.c milter/posternd/session.h \
	milter/posternd/shortage.c milter/posternd/shortage.h \
	milter/posternd/signals.c milter/posternd/signals.h \
	milter/posternd/socket.c milter/posternd/socket.h \
	milter/posternd/start.c milter/posternd/start.h \
	milter/posternd/status.c milter/posternd/status.h \
	milter/posternd/take.c milter/posternd/take.h \
	milter/posternd/transaction.c milter/posternd/transaction.h \
	milter/posternd/textfile.c \
	milter/posternd/watchdog.c milter/posternd/watchdog.h
POSTERND = milter/posternd/libposternd.a milter/control/libcontrol.a \
	milter/log/liblog.a $(LISTS)
POSTERND_LIBS = $(LIBCONFIG_LIBS) $(MAXMINDDB_LIBS) $(IDN2_LIBS) \
	$(CRYPTO_LIBS) $(ZLIB_LIBS)

sbin_PROGRAMS += posternd
posternd_SOURCES = milter/posternd/main.c milter/posternd/overrides.c
posternd_LDADD = $(POSTERND) $(MILTER_LIBS) $(POSTERND_LIBS)

check_PROGRAMS += tests/unit/test_cn
TESTS += tests/unit/test_cn
tests_unit_test_cn_SOURCES = tests/unit/test_cn.c
tests_unit_test_cn_LDADD = $(POSTERND) $(CMOCKA_LIBS)

# The clock is a fake there.
check_PROGRAMS += tests/unit/test_apart
TESTS += tests/unit/test_apart
tests_unit_test_apart_SOURCES = tests/unit/test_apart.c
tests_unit_test_apart_LDADD = $(POSTERND) $(POSTERND_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_glass_kept
TESTS += tests/unit/test_glass_kept
tests_unit_test_glass_kept_SOURCES = tests/unit/test_glass_kept.c
tests_unit_test_glass_kept_LDADD = $(POSTERND) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test_flood_count
TESTS += tests/unit/test_flood_count
tests_unit_test_flood_count_SOURCES = tests/unit/test_flood_count.c
tests_unit_test_flood_count_LDADD = $(POSTERND) $(POSTERND_LIBS) \
	$(CMOCKA_LIBS)

# Clock and log are fakes there.
check_PROGRAMS += tests/unit/test_flood
TESTS += tests/unit/test_flood
tests_unit_test_flood_SOURCES = tests/unit/test_flood.c
tests_unit_test_flood_LDADD = $(POSTERND) $(POSTERND_LIBS) $(CMOCKA_LIBS)

# Clock and log are fakes there, which fail and step when they are told to.
check_PROGRAMS += tests/unit/test_glass
TESTS += tests/unit/test_glass
tests_unit_test_glass_SOURCES = tests/unit/test_glass.c
tests_unit_test_glass_LDADD = $(POSTERND) $(POSTERND_LIBS) $(CMOCKA_LIBS)

# libmilter is a fake there, which calls in any order.
check_PROGRAMS += tests/unit/test_callbacks
TESTS += tests/unit/test_callbacks
tests_unit_test_callbacks_SOURCES = tests/unit/test_callbacks.c \
	tests/unit/callbacks_help.c tests/unit/callbacks_help.h \
	tests/unit/callbacks_model.c tests/unit/callbacks_model.h \
	tests/unit/callbacks_run.c tests/unit/callbacks_run.h \
	tests/unit/fake_milter.c tests/unit/fake_milter.h
tests_unit_test_callbacks_LDADD = $(POSTERND) $(POSTERND_LIBS) \
	$(CMOCKA_LIBS)

dist_doc_DATA = packaging/postern.conf packaging/systemd/postern.service \
	packaging/systemd/postern.socket \
	packaging/sysusers.conf packaging/tmpfiles.conf
fail2banfilterdir = $(docdir)/fail2ban/filter.d
dist_fail2banfilter_DATA = packaging/fail2ban/filter.d/postern.conf
fail2banjaildir = $(docdir)/fail2ban/jail.d
dist_fail2banjail_DATA = packaging/fail2ban/jail.d/postern.conf
