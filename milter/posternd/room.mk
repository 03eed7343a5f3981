# posternd: what happens when
sbin_PROGRAMS += posternd
posternd_SOURCES = \
	milter/posternd/abandoned.c milter/posternd/abandoned.h \
	milter/posternd/account.c milter/posternd/account.h \
	milter/posternd/answer.c milter/posternd/answer.h \
	milter/posternd/audit.c milter/posternd/audit.h \
	milter/posternd/callbacks.c milter/posternd/callbacks.h \
	milter/posternd/clock.c milter/posternd/clock.h \
	milter/posternd/cn.c milter/posternd/cn.h \
	milter/posternd/force.c milter/posternd/force.h \
	milter/posternd/local.c milter/posternd/local.h \
	milter/posternd/macros.c milter/posternd/macros.h \
	milter/posternd/main.c \
	milter/posternd/negotiate.c milter/posternd/negotiate.h \
	milter/posternd/notify.c milter/posternd/notify.h \
	milter/posternd/overrides.c \
	milter/posternd/say.c milter/posternd/say.h \
	milter/posternd/service.c milter/posternd/service.h \
	milter/posternd/session.c milter/posternd/session.h \
	milter/posternd/signals.c milter/posternd/signals.h \
	milter/posternd/socket.c milter/posternd/socket.h \
	milter/posternd/start.c milter/posternd/start.h
posternd_LDADD = milter/log/liblog.a $(LISTS) \
	$(MILTER_LIBS) $(LIBCONFIG_LIBS) $(IDN2_LIBS) $(CRYPTO_LIBS)

# No archive: a program's room is linked by nobody else.
check_PROGRAMS += tests/unit/test_cn
TESTS += tests/unit/test_cn
tests_unit_test_cn_SOURCES = tests/unit/test_cn.c milter/posternd/cn.c
tests_unit_test_cn_LDADD = $(BASE) $(CMOCKA_LIBS)

dist_doc_DATA = packaging/postern.conf packaging/systemd/postern.service \
	packaging/systemd/postern.socket \
	packaging/sysusers.conf packaging/tmpfiles.conf
