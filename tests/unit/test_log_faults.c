/* SPDX-License-Identifier: ISC */
/*
 * test_log_faults.c - does the log tell what it cannot write, and go on?
 *
 * The linker leads fdatasync() and ftruncate() of the room through here
 * (--wrap): a disk that fails cannot be had otherwise without root.
 */
#include "config.h"

#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "log_help.h"

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);

static atomic_int sync_error, cut_error, nsyncs;

int
__wrap_fdatasync(int fd)
{
	atomic_fetch_add(&nsyncs, 1);
	errno = atomic_load(&sync_error);

	return errno != 0 ? -1 : __real_fdatasync(fd);
}

int
__wrap_ftruncate(int fd, off_t len)
{
	errno = atomic_load(&cut_error);

	return errno != 0 ? -1 : __real_ftruncate(fd, len);
}

static struct place place;
static struct log *log_;
static unsigned number;

static void
begin(enum log_sync sync)
{
	place_init(&place);
	place.sync = sync;
	log_ = place_open(&place);
	number = 0;
	for (unsigned i = 0; i < 3; i++)
		assert_true(put(log_, number++, true));
}

static void
end(void)
{
	log_close(log_);
	place_done(&place);
}

static bool
next(void)
{
	return put(log_, number++, true);
}

/* The file as it is now becomes PATH and suffix. */
static void
keep(const char *suffix)
{
	size_t len;
	char *text = slurp(&place, "", &len);

	spill(&place, suffix, text, len);
	free(text);
}

static void
name_of(const char *suffix, char out[160])
{
	(void)snprintf(out, 160, "%s%s", place.path, suffix);
}

/* Where the directory is while it is moved away. */
static void
away_name(const char *suffix, char out[160])
{
	(void)snprintf(out, 160, "%s.away%s", place.dir, suffix);
}

/* What was removed or moved away is made again, and the chain goes on. */
static void
check_remade(void)
{
	assert_true(next());
	assert_true(next());
	assert_int_equal(ngaps(&place), 1);
	assert_true(gap_of(&place, 0).remade);
	assert_int_equal(gap_of(&place, 0).lost, 0);
	assert_true(was_said(&place, "was gone and is made again"));
	assert_true(said_times(&place, 1));
	assert_true(chain_goes_on(&place, ".before", ""));
	assert_int_equal(log_errors(log_), 0);
}

static void
test_removed(void **state)
{
	struct stat st;

	(void)state;
	begin(LOG_SYNC_ALWAYS);
	keep(".before");
	assert_int_equal(unlink(place.path), 0);
	check_remade();
	assert_int_equal(stat(place.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	end();
}

static void
test_moved(void **state)
{
	char to[160];

	(void)state;
	begin(LOG_SYNC_NEVER);
	name_of(".before", to);
	assert_int_equal(rename(place.path, to), 0);
	check_remade();
	end();
}

/* As logrotate does with `create`. */
static void
test_moved_and_made(void **state)
{
	char to[160];

	(void)state;
	begin(LOG_SYNC_NEVER);
	name_of(".before", to);
	assert_int_equal(rename(place.path, to), 0);
	spill(&place, "", "", 0);
	check_remade();
	end();
}

/* A copy takes its place, as when an editor saved it: the records stand. */
static void
test_copied(void **state)
{
	char from[160];

	(void)state;
	begin(LOG_SYNC_NEVER);
	keep(".copy");
	name_of(".copy", from);
	assert_int_equal(rename(from, place.path), 0);
	assert_true(next());
	assert_true(gap_of(&place, 0).remade);
	assert_true(chain_is_whole(&place, ""));
	end();
}

/* Another file in its place is not written to; when it goes, all goes on. */
static void
test_replaced(void **state)
{
	char to[160];
	size_t len;
	char *text;

	(void)state;
	begin(LOG_SYNC_NEVER);
	name_of(".before", to);
	assert_int_equal(rename(place.path, to), 0);
	spill(&place, "", "not a log\n", 10);
	assert_false(next());
	assert_false(next());
	assert_int_equal(log_errors(log_), 2);
	assert_true(said_times(&place, 1));
	assert_true(was_said(&place, "another file stands here"));
	text = slurp(&place, "", &len);
	assert_string_equal(text, "not a log\n");
	free(text);

	assert_int_equal(unlink(place.path), 0);
	assert_true(next());
	assert_int_equal(gap_of(&place, 0).lost, 2);
	assert_true(gap_of(&place, 0).remade);
	assert_true(said_times(&place, 2));
	assert_true(was_said(&place, "2 could not be written"));
	assert_true(chain_goes_on(&place, ".before", ""));
	end();
}

/* Its place is lost, and comes back as it was. */
static void
test_moved_and_back(void **state)
{
	char to[160];

	(void)state;
	begin(LOG_SYNC_NEVER);
	name_of(".before", to);
	assert_int_equal(rename(place.path, to), 0);
	spill(&place, "", "not a log\n", 10);
	assert_false(next());
	assert_int_equal(rename(to, place.path), 0);
	assert_true(next());
	assert_false(gap_of(&place, 0).remade);
	assert_int_equal(gap_of(&place, 0).lost, 1);
	assert_true(chain_is_whole(&place, ""));
	end();
}

static void
test_directory(void **state)
{
	char away[160], from[160], to[160];
	struct err err;
	bool taken;

	(void)state;
	begin(LOG_SYNC_ALWAYS);
	away_name("", away);
	assert_int_equal(rename(place.dir, away), 0);
	assert_false(next());
	assert_int_not_equal(access(place.dir, F_OK), 0);
	assert_true(was_said(&place, "make its directory"));
	/* back: the same file */
	assert_int_equal(rename(away, place.dir), 0);
	assert_true(next());
	assert_false(gap_of(&place, 0).remade);
	assert_int_equal(gap_of(&place, 0).lost, 1);
	assert_true(chain_is_whole(&place, ""));

	/* anew: another file, another lock */
	assert_int_equal(rename(place.dir, away), 0);
	assert_false(next());
	assert_int_equal(mkdir(place.dir, 0700), 0);
	assert_true(next());
	assert_true(gap_of(&place, 1).remade);
	assert_true(size_of(&place, ".lock") > 0);
	assert_null(place_try(&place, &taken, &err));
	assert_true(taken);
	away_name("/audit.jsonl", from);
	name_of(".before", to);
	assert_int_equal(rename(from, to), 0);
	assert_true(chain_goes_on(&place, ".before", ""));
	away_name("/audit.jsonl.lock", from);
	assert_int_equal(unlink(from), 0);
	assert_int_equal(rmdir(away), 0);
	end();
}

/* Cut by another, in the middle of the second record, at its end, to nothing.
 */
static const struct {
	const char *name;
	unsigned lines; /* whole ones that stay */
	long more;      /* bytes of the next */
} cuts[] = {
	{ "in the middle", 1, 100 },
	{ "at a line's end", 2, 0 },
	{ "to nothing", 0, 0 },
	{ "into the first", 0, 10 },
};

static void
check_cut(size_t i)
{
	size_t len, before, whole = 0;
	char *text, *now;
	struct log_gap gap;

	begin(LOG_SYNC_ALWAYS);
	text = slurp(&place, "", &before);
	for (unsigned line = 0; line < cuts[i].lines; line++)
		whole += strcspn(text + whole, "\n") + 1;
	assert_int_equal(truncate(place.path, (off_t)whole + cuts[i].more), 0);
	assert_true(next());
	assert_true(next());
	assert_int_equal(log_errors(log_), 0);

	print_message("# %s\n", cuts[i].name);
	gap = gap_of(&place, 0);
	assert_int_equal(gap.torn, cuts[i].more);
	assert_int_equal(
	    gap.missing, (long)before - (long)whole - cuts[i].more);
	assert_false(gap.remade);
	assert_int_equal(
	    size_of(&place, ".torn.4"), cuts[i].more > 0 ? cuts[i].more : -1);
	now = slurp(&place, "", &len);
	assert_memory_equal(now, text, whole);
	/* With what was cut off the chain is whole: it went on from there. */
	spill(&place, ".before", text, before);
	spill(&place, ".after", now + whole, len - whole);
	assert_true(chain_goes_on(&place, ".before", ".after"));
	free(now);
	free(text);
	end();
}

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cuts); i++)
		check_cut(i);
}

/* Somebody else's bytes are set aside, not lost, and not in the chain. */
static void
test_foreign_end(void **state)
{
	FILE *file;
	size_t len;
	char *text;

	(void)state;
	begin(LOG_SYNC_NEVER);
	file = fopen(place.path, "a");
	assert_non_null(file);
	assert_true(fputs("hello\nwor", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_true(next());
	assert_int_equal(gap_of(&place, 0).torn, 9);
	text = slurp(&place, ".torn.4", &len);
	assert_string_equal(text, "hello\nwor");
	free(text);
	assert_true(chain_is_whole(&place, ""));
	end();
}

/* The disk says no: nothing of it stays, and it is tried again. */
static void
test_sync_fails(void **state)
{
	static const int errors[] = { EIO, ENOSPC };
	long before;

	(void)state;
	for (size_t i = 0; i < NITEMS(errors); i++) {
		begin(LOG_SYNC_ALWAYS);
		before = size_of(&place, "");
		atomic_store(&sync_error, errors[i]);
		assert_false(next());
		assert_false(next());
		assert_int_equal(size_of(&place, ""), before);
		assert_true(said_times(&place, 1));
		assert_true(was_said(&place, "cannot sync it to disk"));
		assert_int_equal(log_errors(log_), 2);
		atomic_store(&sync_error, 0);
		assert_true(next());
		assert_int_equal(gap_of(&place, ngaps(&place) - 1).lost, 2);
		assert_true(said_times(&place, 2));
		assert_true(chain_is_whole(&place, ""));
		end();
	}
}

/* What could not be cut off is cut off before the next record. */
static void
test_cut_fails(void **state)
{
	long before;

	(void)state;
	begin(LOG_SYNC_ALWAYS);
	before = size_of(&place, "");
	atomic_store(&sync_error, EIO);
	atomic_store(&cut_error, EIO);
	assert_false(next());
	assert_true(size_of(&place, "") > before);
	atomic_store(&sync_error, 0);
	assert_false(next());
	atomic_store(&cut_error, 0);
	assert_true(next());
	assert_int_equal(gap_of(&place, ngaps(&place) - 1).lost, 2);
	assert_int_equal(gap_of(&place, ngaps(&place) - 1).torn, 0);
	assert_true(chain_is_whole(&place, ""));
	end();
}

/* Each way of syncing does what it says, and no more. */
static void
test_syncs(void **state)
{
	(void)state;
	atomic_store(&nsyncs, 0);
	begin(LOG_SYNC_NEVER);
	end();
	assert_int_equal(atomic_load(&nsyncs), 0);

	begin(LOG_SYNC_ALWAYS);
	assert_int_equal(atomic_load(&nsyncs), 3);
	end();
	assert_int_equal(atomic_load(&nsyncs), 3);

	begin(LOG_SYNC_SECOND);
	assert_int_equal(atomic_load(&nsyncs), 3);
	for (unsigned i = 0; i < 40 && atomic_load(&nsyncs) == 3; i++)
		(void)usleep(50000);
	assert_int_equal(atomic_load(&nsyncs), 4);
	assert_true(next());
	end(); /* at a close too */
	assert_int_equal(atomic_load(&nsyncs), 5);
}

/* A reload changes it while the log runs; what was written is not forgotten. */
static void
test_set_sync(void **state)
{
	(void)state;
	atomic_store(&nsyncs, 0);
	begin(LOG_SYNC_NEVER);
	log_set_sync(log_, LOG_SYNC_ALWAYS);
	assert_true(next());
	assert_int_equal(atomic_load(&nsyncs), 1);
	log_set_sync(log_, LOG_SYNC_SECOND);
	assert_true(next());
	assert_int_equal(atomic_load(&nsyncs), 1);
	log_set_sync(log_, LOG_SYNC_NEVER);
	assert_true(next());
	end(); /* what is due from before */
	assert_int_equal(atomic_load(&nsyncs), 2);
}

/* Nobody waits for the sync of each second: it is told, then well again. */
static void
test_second_fails(void **state)
{
	(void)state;
	begin(LOG_SYNC_SECOND);
	atomic_store(&sync_error, EIO);
	assert_true(said_times(&place, 1));
	atomic_store(&sync_error, 0);
	assert_true(next());
	assert_true(said_times(&place, 2));
	assert_true(was_said(&place, "the log goes on after record 3"));
	assert_true(chain_is_whole(&place, ""));
	end();
}

/* Goes on until there is no room, then makes some. */
static void
check_no_room(void (*make_room)(void), const char *said)
{
	unsigned written = 3;
	size_t len;
	char *text;
	long full;

	while (written < 2000 && next())
		written++;
	assert_in_range(written, 10, 1999);
	full = size_of(&place, "");
	assert_false(next());
	assert_false(next());
	assert_int_equal(size_of(&place, ""), full);
	assert_true(said_times(&place, 1));
	assert_true(was_said(&place, said));
	assert_true(chain_is_whole(&place, ""));

	make_room();
	assert_true(next());
	assert_true(next());
	assert_int_equal(gap_of(&place, ngaps(&place) - 1).lost, 3);
	assert_true(said_times(&place, 2));
	assert_true(chain_is_whole(&place, ""));
	text = slurp(&place, "", &len);
	assert_int_equal(count_of(text, len, "\n"), written + 3);
	free(text);
}

static struct rlimit unlimited;

static void
raise_limit(void)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
}

/* A limit that does not fall on a line's end: a short write comes first. */
static void
test_file_limit(void **state)
{
	struct rlimit few;

	(void)state;
	begin(LOG_SYNC_ALWAYS);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	few = unlimited;
	few.rlim_cur = 20011;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	check_no_room(raise_limit, "LimitFSIZE");
	end();
}

static void
remove_ballast(void)
{
	char name[160];

	name_of(".ballast", name);
	assert_int_equal(unlink(name), 0);
}

/* A small disk in a mount namespace of our own: nothing is left of it. */
static void
test_disk_full(void **state)
{
	static const char ballast[40960];

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		skip();
	place_init(&place);
	if (mount("tmpfs", place.dir, "tmpfs", 0, "size=64k") != 0) {
		place_done(&place);
		skip();
	}
	spill(&place, ".ballast", ballast, sizeof(ballast));
	place.sync = LOG_SYNC_ALWAYS;
	log_ = place_open(&place);
	for (number = 0; number < 3; number++)
		assert_true(put(log_, number, true));
	check_no_room(remove_ballast, "make room on its file system");
	log_close(log_);
	assert_int_equal(umount(place.dir), 0);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_moved_and_made),
		cmocka_unit_test(test_copied),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_moved_and_back),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_foreign_end),
		cmocka_unit_test(test_sync_fails),
		cmocka_unit_test(test_cut_fails),
		cmocka_unit_test(test_syncs),
		cmocka_unit_test(test_set_sync),
		cmocka_unit_test(test_second_fails),
		cmocka_unit_test(test_file_limit),
		cmocka_unit_test(test_disk_full),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
