/* SPDX-License-Identifier: ISC */
/* test_stream.c - are the lines of a file the same however it is packed? */
#include "config.h"

#include "log/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "policy/record.h"

static char dir[] = "/tmp/postern-stream.XXXXXX";

static int
begin(void **state)
{
	(void)state;

	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
end(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);

	return system(command);
}

static void
path_of(const char *name, char path[64])
{
	(void)snprintf(path, 64, "%s/%s", dir, name);
}

static void
write_file(const char *name, const struct buf *bytes)
{
	char path[64];
	FILE *file;

	path_of(name, path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(
	    fwrite(buf_text(bytes), 1, bytes->len, file), bytes->len);
	assert_int_equal(fclose(file), 0);
}

static void
add_many(struct buf *out, char c, size_t count)
{
	while (count-- > 0)
		buf_add(out, &c, 1);
}

/* What comes of a file: for each line its kind, length and last byte. */
static void
describe(const char *path, struct buf *out)
{
	enum log_read got = LOG_READ_LINE;
	struct err err;
	struct log_stream *stream = log_stream_open(path, &err);

	if (stream == NULL) {
		buf_add_text(out, "none");
		return;
	}
	while (got == LOG_READ_LINE || got == LOG_READ_LONG) {
		const char *line;
		size_t len;
		bool whole;

		got = log_stream_next(stream, &line, &len, &whole, &err);
		if (got == LOG_READ_LINE || got == LOG_READ_LONG)
			buf_addf(out, "%s%zu%c%s ",
			    got == LOG_READ_LONG ? "long " : "", len,
			    len > 0 ? line[len - 1] : '-',
			    whole ? "" : " torn");
	}
	if (got == LOG_READ_FAILED)
		buf_add_text(
		    out, log_stream_is_damaged(stream) ? "damaged" : "failed");
	log_stream_close(stream);
}

static void
check(const char *name, const char *path, const char *want)
{
	struct buf got;

	buf_init(&got);
	describe(path, &got);
	if (strcmp(buf_text(&got), want) != 0)
		fail_msg("%s: got %s, want %s", name, buf_text(&got), want);
	buf_done(&got);
}

/* Runs command on the file, in dir; false: it is not installed. */
static bool
pack(const char *command)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "cd %s && %s", dir, command);

	return system(text) == 0;
}

/* The file `plain` as it is, and packed in every way. */
static void
check_all(const char *name, const char *want)
{
	static const struct {
		const char *command, *file;
	} ways[] = {
		{ "true", "plain" },
		{ "gzip -c plain >packed", "packed" },
		{ "xz -c plain >packed", "packed" },
		{ "zstd -qc plain >packed", "packed" },
		/* as what was added to a packed file */
		{ "(gzip -c plain; gzip -c </dev/null) >packed", "packed" },
	};

	for (size_t i = 0; i < NITEMS(ways); i++) {
		char path[64];

		if (!pack(ways[i].command)) {
			print_message("# %s: not here\n", ways[i].command);
			continue;
		}
		path_of(ways[i].file, path);
		check(name, path, want);
	}
}

static void
test_lines(void **state)
{
	struct buf bytes;

	(void)state;
	buf_init(&bytes);
	write_file("plain", &bytes);
	check_all("empty", "");

	buf_add_text(&bytes, "a\n\nbc\n");
	write_file("plain", &bytes);
	check_all("short", "1a 0- 2c ");

	buf_add_text(&bytes, "d");
	write_file("plain", &bytes);
	check_all("torn", "1a 0- 2c 1d torn ");

	buf_clear(&bytes);
	add_many(&bytes, 'x', RECORD_LINE - 1);
	buf_add_text(&bytes, "\n");
	write_file("plain", &bytes);
	check_all("as long as may be", "8191x ");

	buf_clear(&bytes);
	add_many(&bytes, 'x', RECORD_LINE);
	buf_add_text(&bytes, "\ny\n");
	write_file("plain", &bytes);
	check_all("one longer", "long 8192x 1y ");
	buf_done(&bytes);
}

/* Lines that lie across what is read at once, 262144 bytes. */
static void
test_pieces(void **state)
{
	struct buf bytes, want;

	(void)state;
	buf_init(&bytes);
	for (unsigned i = 0; i < 262144 / 64 - 1; i++) {
		add_many(&bytes, 'x', 63);
		buf_add_text(&bytes, "\n");
	}
	add_many(&bytes, 'y', 100);
	buf_add_text(&bytes, "z\n");
	write_file("plain", &bytes);
	buf_init(&want);
	for (unsigned i = 0; i < 262144 / 64 - 1; i++)
		buf_add_text(&want, "63x ");
	buf_add_text(&want, "101z ");
	check_all("across", buf_text(&want));
	buf_done(&want);

	buf_clear(&bytes);
	add_many(&bytes, 'x', 600000);
	buf_add_text(&bytes, "\nab\n");
	write_file("plain", &bytes);
	check_all("longer than a piece", "long 8192x 2b ");

	buf_clear(&bytes);
	add_many(&bytes, 'x', 262144);
	buf_add_text(&bytes, "\nab\n");
	write_file("plain", &bytes);
	check_all("a piece, and its newline", "long 8192x 2b ");

	buf_clear(&bytes);
	add_many(&bytes, 'x', 300000);
	write_file("plain", &bytes);
	check_all("without end", "long 8192x ");
	buf_done(&bytes);
}

static void
test_damage(void **state)
{
	struct buf bytes;
	struct err err;
	char path[64];

	(void)state;
	buf_init(&bytes);
	for (unsigned i = 0; i < 1000; i++)
		buf_addf(&bytes, "%u\n", i * 7919u);
	write_file("plain", &bytes);
	assert_true(pack("gzip -c plain | head -c 1000 >packed"));
	path_of("packed", path);
	buf_clear(&bytes);
	describe(path, &bytes);
	assert_non_null(strstr(buf_text(&bytes), "damaged"));
	assert_true(log_stream_is_packed(path));

	buf_clear(&bytes);
	buf_add(&bytes, "\x1f\x8b\x08\xff", 4);
	write_file("packed", &bytes);
	check("a head only", path, "damaged");

	assert_null(log_stream_open(dir, &err));
	path_of("none", path);
	assert_null(log_stream_open(path, &err));
	assert_non_null(strstr(err.text, path));
	buf_done(&bytes);
}

/* A writer takes the half of a line back for which the disk had no room. */
static void
test_taken_back(void **state)
{
	struct log_stream *stream;
	struct buf bytes;
	struct err err;
	const char *line;
	char path[64];
	bool whole;
	size_t len;

	(void)state;
	buf_init(&bytes);
	buf_add_text(&bytes, "one\nhalf");
	write_file("plain", &bytes);
	path_of("plain", path);
	stream = log_stream_open(path, &err);
	assert_non_null(stream);
	assert_int_equal(
	    log_stream_next(stream, &line, &len, &whole, &err), LOG_READ_LINE);
	assert_int_equal(truncate(path, 4), 0);
	assert_int_equal(
	    log_stream_next(stream, &line, &len, &whole, &err), LOG_READ_END);
	log_stream_close(stream);
	buf_done(&bytes);
}

static void
test_bytes(void **state)
{
	struct log_stream *stream;
	struct buf bytes;
	struct err err;
	const char *line;
	char path[64];
	bool whole;
	size_t len;

	(void)state;
	buf_init(&bytes);
	add_many(&bytes, '\n', 300000);
	write_file("plain", &bytes);
	path_of("plain", path);
	stream = log_stream_open(path, &err);
	assert_non_null(stream);
	assert_int_equal(log_stream_size(stream), 300000);
	while (
	    log_stream_next(stream, &line, &len, &whole, &err) == LOG_READ_LINE)
		assert_true(log_stream_read(stream) <= log_stream_size(stream));
	assert_int_equal(log_stream_read(stream), 300000);
	assert_true(log_stream_is_at(stream, path));
	assert_false(log_stream_is_at(stream, dir));
	log_stream_close(stream);

	assert_true(pack("gzip -c plain >packed"));
	path_of("packed", path);
	stream = log_stream_open(path, &err);
	assert_non_null(stream);
	while (
	    log_stream_next(stream, &line, &len, &whole, &err) == LOG_READ_LINE)
		;
	/* of the file, not of what was packed */
	assert_int_equal(log_stream_read(stream), log_stream_size(stream));
	log_stream_close(stream);
	buf_done(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
