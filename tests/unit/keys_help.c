/* SPDX-License-Identifier: ISC */
/* keys_help.c - what do the tests of keys and seals share? */
#include "config.h"

#include "keys_help.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "log/clock.h"
#include "log/seal.h"
#include "log/tail.h"

static int left = -1; /* calls until something happens; -1: nothing will */
static bool dying, torn_too, happened;
static struct buf *tracing;

void
die_at(int call, bool torn)
{
	left = call;
	dying = true;
	torn_too = torn;
	happened = false;
}

void
fail_at(int call)
{
	left = call;
	dying = false;
	happened = false;
}

bool
has_failed(void)
{
	return happened;
}

void
trace_begin(struct buf *trace)
{
	tracing = trace;
}

void
trace_end(void)
{
	tracing = NULL;
}

static void
note(const char *call, const char *path)
{
	const char *name = strstr(path, "audit.jsonl");

	if (tracing == NULL)
		return;
	buf_addf(tracing, "%s %s\n", call,
	    name != NULL ? name + strlen("audit.jsonl") : "directory");
}

static void
note_fd(const char *call, int fd)
{
	char link[64], path[256];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	note(call, path);
}

/* Is this the call? */
static bool
is_the_one(void)
{
	if (left < 0 || left-- > 0)
		return false;
	happened = true;
	errno = EIO;

	return true;
}

static bool
stops(void)
{
	if (!is_the_one())
		return false;
	if (dying)
		_exit(DIED);

	return true;
}

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	note_fd("write", fd);
	if (left == 0 && dying && torn_too)
		(void)!__real_write(fd, bytes, len / 2); /* it dies now */
	return stops() ? -1 : __real_write(fd, bytes, len);
}

ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	note_fd("write", fd);
	if (left == 0 && dying && torn_too)
		(void)!__real_pwrite(fd, bytes, len / 2, at); /* the same */
	return stops() ? -1 : __real_pwrite(fd, bytes, len, at);
}

int
__wrap_fsync(int fd)
{
	note_fd("sync", fd);
	return stops() ? -1 : __real_fsync(fd);
}

int
__wrap_fdatasync(int fd)
{
	note_fd("sync", fd);
	return stops() ? -1 : __real_fdatasync(fd);
}

int
__wrap_ftruncate(int fd, off_t len)
{
	note_fd("cut", fd);
	return stops() ? -1 : __real_ftruncate(fd, len);
}

int
__wrap_rename(const char *from, const char *to)
{
	note("rename", from);
	return stops() ? -1 : __real_rename(from, to);
}

int
__wrap_link(const char *from, const char *to)
{
	note("link", to);
	return stops() ? -1 : __real_link(from, to);
}

int
__wrap_unlink(const char *path)
{
	/* Most of the time there is nothing of that name. */
	if (access(path, F_OK) == 0)
		note("unlink", path);
	return stops() ? -1 : __real_unlink(path);
}

void
room_init(struct room *room)
{
	(void)snprintf(
	    room->dir, sizeof(room->dir), "/tmp/postern-keys.XXXXXX");
	assert_non_null(mkdtemp(room->dir));
	(void)snprintf(
	    room->path, sizeof(room->path), "%s/audit.jsonl", room->dir);
}

void
room_done(struct room *room)
{
	DIR *dir = opendir(room->dir);
	struct dirent *entry;
	char path[512];

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", room->dir, entry->d_name);
		if (entry->d_name[0] != '.')
			assert_int_equal(remove(path), 0);
	}
	(void)closedir(dir);
	assert_int_equal(rmdir(room->dir), 0);
}

const char *
room_name(const struct room *room, const char *suffix, char out[128])
{
	(void)snprintf(out, 128, "%s%s", room->path, suffix);

	return out;
}

static char *
read_path(const char *path)
{
	enum {
		MOST = 1 << 16
	};
	FILE *file = fopen(path, "rb");
	char *text;
	size_t len;

	if (file == NULL)
		return NULL;
	text = mem_new(MOST, 1);
	len = fread(text, 1, MOST - 1, file);
	assert_true(len < MOST - 1);
	(void)fclose(file);
	text[len] = '\0';

	return text;
}

char *
room_read(const struct room *room, const char *suffix)
{
	char name[128];

	return read_path(room_name(room, suffix, name));
}

void
room_write(const struct room *room, const char *suffix, const char *text)
{
	char name[128];
	FILE *file = fopen(room_name(room, suffix, name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	assert_int_equal(
	    chmod(name, strcmp(suffix, ".key") == 0 ? 0600 : 0640), 0);
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void
room_list(const struct room *room, struct buf *out)
{
	struct dirent **entries;
	int n = scandir(room->dir, &entries, visible, alphasort);

	assert_true(n >= 0);
	buf_init(out);
	buf_add_text(out, "");
	for (int i = 0; i < n; i++) {
		buf_addf(
		    out, "%s ", entries[i]->d_name + strlen("audit.jsonl"));
		free(entries[i]);
	}
	free(entries);
}

bool
room_holds(const struct room *room, const char *text)
{
	struct dirent **entries;
	int n = scandir(room->dir, &entries, visible, alphasort);
	bool holds = false;

	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		char path[512];
		char *found;

		(void)snprintf(
		    path, sizeof(path), "%s/%s", room->dir, entries[i]->d_name);
		found = read_path(path);
		holds = holds || (found != NULL && strstr(found, text) != NULL);
		free(found);
		free(entries[i]);
	}
	free(entries);

	return holds;
}

void
logged_open(struct logged *logged, const struct room *room)
{
	struct err err;
	struct stat st;
	int64_t end = 0;
	bool made;
	int fd;

	file_init(&logged->file, room->path, (uid_t)-1, (gid_t)-1);
	chain_start(&logged->head);
	fd = file_open_at(room->path, &logged->file, false, &made, &err);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	(void)tail_find(fd, st.st_size, &end, &logged->head);
	assert_int_equal(__real_ftruncate(fd, end), 0);
	assert_true(file_take(&logged->file, fd, end, &err));
}

void
logged_done(struct logged *logged)
{
	file_done(&logged->file);
}

bool
logged_put(struct logged *logged, const char *bytes, size_t len,
    const struct chain_head *head)
{
	struct err err;
	bool made;

	if (logged->file.fd < 0)
		assert_true(file_take(&logged->file,
		    file_open_at(
			logged->file.path, &logged->file, false, &made, &err),
		    logged->file.size, &err));
	if (logged->file.cut_due && !file_cut(&logged->file, &err))
		return false;
	if (!file_append(&logged->file, bytes, len, &err) ||
	    !file_sync(&logged->file, &err))
		return false;
	file_keep(&logged->file, len);
	logged->head = *head;

	return true;
}

static void
write_record(
    void *owner, const struct log_event *event, struct record_line *line)
{
	char time[TIME_TEXT];

	(void)owner;
	buf_addf(&line->text,
	    "{\"@timestamp\":\"%s\",\"ecs\":{\"version\":\"8.11.0\"},"
	    "\"event\":{\"kind\":\"event\",\"action\":\"%s\",\"sequence\":",
	    time_text(event->time_us, time),
	    event->deed == LOG_SEALED ? "sealed" : "rotated");
	line->sequence_at = line->text.len;
	buf_addf(&line->text, ",\"provider\":\"postern\"},\"postern\":{%s,",
	    event->members);
}

const struct log_news room_news = { .did = write_record };

static void
add(const struct log_event *event, struct chain_head *head, struct buf *out)
{
	struct record_line line;

	record_line_init(&line);
	room_news.did(NULL, event, &line);
	chain_add(head, line.text.data, line.text.len, line.sequence_at, out);
	record_line_done(&line);
}

bool
logged_put_any(struct logged *logged)
{
	const struct log_event event = { .deed = LOG_ROTATED,
		.members = "\"note\":\"any\"" };
	struct chain_head head = logged->head;
	struct buf out;
	bool done;

	buf_init(&out);
	add(&event, &head, &out);
	done = logged_put(logged, out.data, out.len, &head);
	buf_done(&out);

	return done;
}

void
seal_line(const struct keys *keys, struct chain_head *head, struct buf *out)
{
	struct seal seal = { .number = keys->number, .head = *head };
	struct log_event event = { .deed = LOG_SEALED,
		.time_us = clock_wall_us() };
	struct buf members;

	(void)time_text(event.time_us, seal.time);
	seal_sign(&seal, &keys->current, &keys->next);
	buf_init(&members);
	seal_write(&seal, &members);
	event.members = members.data;
	add(&event, head, out);
	buf_done(&members);
}
