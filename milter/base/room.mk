noinst_LIBRARIES += milter/base/libbase.a
milter_base_libbase_a_SOURCES = \
	milter/base/buf.c milter/base/buf.h \
	milter/base/diag.c milter/base/diag.h \
	milter/base/err.c milter/base/err.h \
	milter/base/mem.c milter/base/mem.h \
	milter/base/str.c milter/base/str.h \
	milter/base/timetext.c milter/base/timetext.h \
	milter/base/ulid.c milter/base/ulid.h
