# postern: what does the admin ask
bin_PROGRAMS += postern
postern_SOURCES = \
	milter/postern/cases/cases.h \
	milter/postern/cases/print.c \
	milter/postern/cases/read.c \
	milter/postern/cases/run.c \
	milter/postern/cases/take.c \
	milter/postern/cases/words.c \
	milter/postern/ask.c milter/postern/ask.h \
	milter/postern/check.c \
	milter/postern/client.c milter/postern/client.h \
	milter/postern/close.c \
	milter/postern/command.h \
	milter/postern/eml.c milter/postern/eml.h \
	milter/postern/explain.c milter/postern/explain.h \
	milter/postern/explain_json.c \
	milter/postern/explain_text.c \
	milter/postern/explained.c \
	milter/postern/got.c \
	milter/postern/help.h \
	milter/postern/key.c \
	milter/postern/log.c \
	milter/postern/main.c \
	milter/postern/open.c \
	milter/postern/options.c milter/postern/options.h \
	milter/postern/progress.c milter/postern/progress.h \
	milter/postern/records.h \
	milter/postern/reload.c \
	milter/postern/say.c milter/postern/say.h \
	milter/postern/seen.c milter/postern/seen.h \
	milter/postern/show.c \
	milter/postern/sources.c \
	milter/postern/status.c milter/postern/status.h \
	milter/postern/status_shape.c \
	milter/postern/status_text.c \
	milter/postern/tail.c \
	milter/postern/term.c milter/postern/term.h \
	milter/postern/texts.c milter/postern/texts.h \
	milter/postern/today.c milter/postern/today.h \
	milter/postern/trail.c milter/postern/trail.h \
	milter/postern/verify.c milter/postern/verify.h \
	milter/postern/verify_text.c \
	milter/postern/view.c milter/postern/view.h \
	milter/postern/wanted.c \
	milter/postern/why.c
postern_LDADD = milter/control/libcontrol.a milter/log/liblog.a $(LISTS) \
	$(LIBCONFIG_LIBS) $(MAXMINDDB_LIBS) $(IDN2_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) \
	$(JANSSON_LIBS) $(ARCHIVE_LIBS)
