# What tests/bench/run measures with; nothing of it is built by make check.
bench_tools = tests/bench/driver tests/bench/durable tests/bench/filter \
	tests/bench/record tests/bench/rows tests/bench/table
EXTRA_PROGRAMS = $(bench_tools)
CLEANFILES += $(bench_tools)

tests_bench_driver_SOURCES = tests/bench/driver.c \
	tests/bench/wire.c tests/bench/wire.h
tests_bench_driver_LDADD = $(BASE)
tests_bench_durable_SOURCES = tests/bench/durable.c \
	tests/bench/refusal.c tests/bench/refusal.h
tests_bench_durable_LDADD = milter/log/liblog.a $(LISTS_LIBS) $(ZLIB_LIBS)
tests_bench_filter_SOURCES = tests/bench/filter.c
tests_bench_filter_LDADD = $(MILTER_LIBS)
tests_bench_record_SOURCES = tests/bench/record.c \
	tests/bench/refusal.c tests/bench/refusal.h
tests_bench_record_LDADD = milter/log/liblog.a $(LISTS_LIBS) $(ZLIB_LIBS)
tests_bench_rows_SOURCES = tests/bench/rows.c \
	tests/bench/refusal.c tests/bench/refusal.h
tests_bench_rows_LDADD = milter/log/liblog.a $(LISTS_LIBS) $(ZLIB_LIBS)
tests_bench_table_SOURCES = tests/bench/table.c \
	tests/bench/networks.c tests/bench/networks.h \
	tests/bench/plain.c tests/bench/plain.h
tests_bench_table_LDADD = $(LISTS_LIBS)

bench-programs: $(bench_tools)
.PHONY: bench-programs

EXTRA_DIST += tests/bench/run tests/bench/bench.py tests/bench/evidence.py \
	tests/bench/filters.py tests/bench/instructions.py \
	tests/bench/mailserver.py tests/bench/message.py tests/bench/mta.py \
	tests/bench/report.py tests/bench/rows.py tests/bench/verdict.py
