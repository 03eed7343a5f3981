/* SPDX-License-Identifier: ISC */
/* test_keys.c - which keys sign the next seals, and what becomes of them? */
#include "config.h"

#include "log/keys.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "base/mem.h"
#include "keys_help.h"

enum {
	PREPARE_CALLS = 9 /* as test_order() shows */
};

static struct room room;
static struct keys keys;
static struct chain_head head;

static void
keys_at(void)
{
	struct file file;

	file_init(&file, room.path, (uid_t)-1, (gid_t)-1);
	keys_init(&keys, &file, 0);
	file_done(&file);
}

static int
setup(void **state)
{
	(void)state;
	room_init(&room);
	keys_at();
	chain_start(&head);

	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	die_at(-1, false);
	keys_done(&keys);
	room_done(&room);

	return 0;
}

static void
must(bool done, const struct err *err)
{
	if (!done)
		fail_msg("%s", err->text);
}

static void
load(void)
{
	struct err err;

	must(keys_load(&keys, &err), &err);
}

/* A whole seal, but for the log, which is the caller's. */
static void
seal(void)
{
	struct buf line;
	struct err err;

	must(keys_prepare(&keys, &err), &err);
	buf_init(&line);
	seal_line(&keys, &head, &line);
	must(keys_advance(&keys, line.data, line.len, &err), &err);
	buf_done(&line);
}

static void
check_list(const char *want)
{
	struct buf list;

	room_list(&room, &list);
	assert_string_equal(list.data, want);
	buf_done(&list);
}

static void
check_mode(const char *suffix, mode_t want)
{
	char name[128];
	struct stat st;

	assert_int_equal(stat(room_name(&room, suffix, name), &st), 0);
	assert_int_equal(st.st_mode & 07777, want);
}

static void
test_first(void **state)
{
	char want[256], secret[65], public[65], first[SIGN_PUBLIC_TEXT];
	struct chain_head record;
	struct seal last;
	struct err err;
	char *text;

	(void)state;
	(void)umask(0);
	load();
	(void)umask(022);
	assert_int_equal(keys.number, 1);
	assert_false(keys.has_next);
	check_list(".key .seals ");
	check_mode(".key", 0600);
	check_mode(".seals", 0640);
	hex_text(keys.current.secret, SIGN_SECRET, secret);
	hex_text(keys.current.public, SIGN_PUBLIC, public);
	(void)snprintf(want, sizeof(want), "1 %s\n", secret);
	text = room_read(&room, ".key");
	assert_string_equal(text, want);
	free(text);
	(void)snprintf(want, sizeof(want),
	    "{\"postern_seals\":1,\"key\":\"%s\"}\n", public);
	text = room_read(&room, ".seals");
	assert_string_equal(text, want);
	free(text);
	must(keys_first(room.path, first, &err), &err);
	assert_string_equal(first, public);
	must(keys_last_seal(room.path, &last, &record, &err), &err);
	assert_int_equal(last.number, 0);
	assert_int_equal(record.sequence, 0);
}

static void
test_nothing_yet(void **state)
{
	char first[SIGN_PUBLIC_TEXT] = "x";
	struct chain_head record;
	struct seal last;
	struct err err;

	(void)state;
	must(keys_last_seal(room.path, &last, &record, &err), &err);
	assert_int_equal(last.number, 0);
	assert_int_equal(record.sequence, 0);
	assert_false(keys_first(room.path, first, &err));
	assert_string_equal(first, "x");
	assert_non_null(strstr(err.text, ".seals: there is none"));
	check_list("");
}

/* What the old file held is gone from it, not only from the directory. */
static void
check_zeros(int fd)
{
	static const char zeros[512];
	char bytes[512];
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);

	assert_true(n > 64);
	assert_memory_equal(bytes, zeros, (size_t)n);
	assert_int_equal(close(fd), 0);
}

static void
test_life(void **state)
{
	(void)state;
	load();
	for (uint64_t n = 1; n <= 3; n++) {
		char name[128], old[65], next[65], last_next[65];
		struct chain_head record;
		struct seal last;
		struct buf line;
		struct err err;
		int before, beside;

		hex_text(keys.current.secret, SIGN_SECRET, old);
		(void)room_name(&room, ".key", name);
		before = open(name, O_RDONLY | O_CLOEXEC);
		must(keys_prepare(&keys, &err), &err);
		beside = open(name, O_RDONLY | O_CLOEXEC);
		assert_int_equal(keys.number, n);
		assert_true(keys.has_next);
		assert_true(room_holds(&room, old));
		check_zeros(before);
		hex_text(keys.next.secret, SIGN_SECRET, next);
		assert_true(room_holds(&room, next));
		hex_text(keys.next.public, SIGN_PUBLIC, last_next);

		buf_init(&line);
		seal_line(&keys, &head, &line);
		must(keys_advance(&keys, line.data, line.len, &err), &err);
		assert_true(room_holds(&room, line.data));
		buf_done(&line);
		assert_int_equal(keys.number, n + 1);
		assert_false(keys.has_next);
		check_zeros(beside);
		assert_false(room_holds(&room, old));
		assert_true(room_holds(&room, next));
		check_list(".key .seals ");
		check_mode(".key", 0600);
		must(keys_last_seal(room.path, &last, &record, &err), &err);
		assert_int_equal(last.number, n);
		assert_string_equal(last.next, last_next);
		assert_true(chain_equal(&record, &head));
		load();
		assert_int_equal(keys.number, n + 1);
		assert_false(keys.has_next);
	}
}

/* The next key is on disk before the seal can be, under its own name. */
static void
test_order(void **state)
{
	struct buf trace, line;
	struct err err;

	(void)state;
	load();
	buf_init(&trace);
	trace_begin(&trace);
	must(keys_prepare(&keys, &err), &err);
	trace_end();
	assert_string_equal(trace.data,
	    "sync .seals\nwrite .key.part\nsync .key.part\n"
	    "link .key.old\nrename .key.part\nsync directory\n"
	    "write .key.old\nsync .key.old\nunlink .key.old\n");
	buf_done(&trace);

	buf_init(&line);
	seal_line(&keys, &head, &line);
	trace_begin(&trace);
	must(keys_advance(&keys, line.data, line.len, &err), &err);
	trace_end();
	assert_string_equal(trace.data,
	    "write .seals\nsync .seals\n"
	    "write .key.part\nsync .key.part\nlink .key.old\n"
	    "rename .key.part\nsync directory\nwrite .key.old\n"
	    "sync .key.old\nunlink .key.old\n");
	buf_done(&trace);
	buf_done(&line);
}

/* The first start dies at each of its calls; the next one makes all well. */
static void
test_first_crash(void **state)
{
	int died;
	int call = 0;

	(void)state;
	do {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0) {
			struct err err;

			die_at(call / 2, call % 2 != 0);
			_exit(keys_load(&keys, &err) ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		died = WEXITSTATUS(status);
		assert_true(died == 0 || died == DIED);
		load();
		assert_int_equal(keys.number, 1);
		check_list(".key .seals ");
		seal();
		check_list(".key .seals ");
		room_done(&room);
		keys_done(&keys);
		room_init(&room);
		keys_at();
		chain_start(&head);
		call++;
	} while (died != 0);
	assert_true(call > 16);
}

/* Each call of a seal fails in turn; done again, it is as if nothing was. */
static void
test_failures(void **state)
{
	bool failed = true;

	(void)state;
	load();
	for (int call = 0; failed; call++) {
		uint64_t number = keys.number;
		struct chain_head record;
		struct seal last;
		struct buf line;
		struct err err;
		bool first;

		fail_at(call);
		first = keys_prepare(&keys, &err);
		failed = has_failed();
		fail_at(-1);
		if (!first)
			must(keys_prepare(&keys, &err), &err);
		assert_int_equal(keys.number, number);
		buf_init(&line);
		seal_line(&keys, &head, &line);

		if (!failed) {
			fail_at(call - PREPARE_CALLS);
			first = keys_advance(&keys, line.data, line.len, &err);
			failed = has_failed();
			fail_at(-1);
		} else
			first = false;
		if (!first && keys.has_next)
			must(keys_advance(&keys, line.data, line.len, &err),
			    &err);
		buf_done(&line);
		assert_int_equal(keys.number, number + 1);
		assert_false(keys.has_next);
		must(keys_last_seal(room.path, &last, &record, &err), &err);
		assert_int_equal(last.number, number);
		assert_true(chain_equal(&record, &head));
		load();
		assert_int_equal(keys.number, number + 1);
		check_list(".key .seals ");
	}
	assert_true(keys.number > 18);
}

/* Where another file system has no second names, the bytes go all the same. */
static void
test_no_links(void **state)
{
	char name[128];
	struct err err;
	int before;

	(void)state;
	load();
	before = open(room_name(&room, ".key", name), O_RDONLY | O_CLOEXEC);
	fail_at(3); /* link(), as test_order() shows */
	must(keys_prepare(&keys, &err), &err);
	assert_true(has_failed());
	check_zeros(before);
	check_list(".key .seals ");
}

/* A state after two seals, with a key under way or not. */
static char *key_text, *seals_text;

static void
two_seals(bool under_way)
{
	struct err err;

	load();
	seal();
	seal();
	if (under_way)
		must(keys_prepare(&keys, &err), &err);
	key_text = room_read(&room, ".key");
	seals_text = room_read(&room, ".seals");
}

/* The texts as they are, or with something changed. */
static const struct {
	const char *name;
	const char *what; /* file */
	const char *from; /* text that is there; NULL: at its end */
	const char *to;   /* instead of it, and of all that follows */
	const char *says; /* NULL: it is good */
} damages[] = {
	{ "as it is", ".key", NULL, "", NULL },
	{ "key empty", ".key", "3 ", "", ".key: it is damaged" },
	{ "number 0", ".key", "3 ", "0 ", ".key: it is damaged" },
	{ "another line", ".key", NULL, "x\n", ".key: it is damaged" },
	{ "number far off", ".key", NULL,
	    "5 9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
	    "\n",
	    ".key: it is damaged" },
	{ "another key", ".key", "3 ",
	    "3 9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
	    "\n",
	    ".key: its key is not the one" },
	{ "another number", ".key", "3 ",
	    "4 9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
	    "\n",
	    ".seals: it ends with seal 2, and " },
	{ "key without newline", ".key", "3 ",
	    "3 9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f6"
	    "0",
	    ".key: it is damaged" },
	{ "seals empty", ".seals", "{", "",
	    ".seals: its first line is not that of seals" },
	{ "seals of another form", ".seals", "1,\"key\"", "2\n",
	    ".seals: its first line is not that of seals" },
	{ "seals gone", ".seals", "{\"@", "", ".seals: it ends with seal 0" },
	{ "last line foreign", ".seals", NULL, "hello\n",
	    ".seals: its last line is no seal" },
	{ "torn", ".seals", NULL, "{\"@timestamp\":\"20", NULL },
	{ "noise", ".seals", NULL, "\1\1\1", NULL },
};

static void
check_damage(size_t i)
{
	const char *was =
	    strcmp(damages[i].what, ".key") == 0 ? key_text : seals_text;
	const char *at = damages[i].from != NULL ? strstr(was, damages[i].from)
						 : was + strlen(was);
	struct err err = { "" };
	struct buf text;
	char *now;
	bool good;

	print_message("# %s\n", damages[i].name);
	assert_non_null(at);
	room_write(&room, ".key", key_text);
	room_write(&room, ".seals", seals_text);
	buf_init(&text);
	buf_add(&text, was, (size_t)(at - was));
	buf_add_text(&text, damages[i].to);
	room_write(&room, damages[i].what, text.data);
	good = keys_load(&keys, &err);
	now = room_read(&room, damages[i].what);
	if (damages[i].says != NULL) {
		assert_false(good);
		assert_non_null(strstr(err.text, damages[i].says));
		assert_int_equal(keys.number, 0);
		assert_string_equal(now, text.data);
	} else {
		must(good, &err);
		assert_int_equal(keys.number, 3);
		assert_string_equal(now, was);
	}
	free(now);
	buf_done(&text);
}

static void
test_damages(void **state)
{
	(void)state;
	two_seals(false);
	for (size_t i = 0; i < NITEMS(damages); i++)
		check_damage(i);
	free(key_text);
	free(seals_text);
}

/* The seal stands in PATH.seals, its key is still there: it goes now, whatever
 * became of the log. */
static void
test_used(void **state)
{
	char old[65];
	struct buf line;
	struct err err;

	(void)state;
	load();
	must(keys_prepare(&keys, &err), &err);
	hex_text(keys.current.secret, SIGN_SECRET, old);
	buf_init(&line);
	seal_line(&keys, &head, &line);
	fail_at(2); /* after the line and its sync, as test_order() shows */
	assert_false(keys_advance(&keys, line.data, line.len, &err));
	buf_done(&line);
	assert_true(room_holds(&room, old));
	load();
	assert_int_equal(keys.number, 2);
	assert_false(keys.has_next);
	assert_false(room_holds(&room, old));
}

static void
test_lost(void **state)
{
	char name[128];
	struct err err;

	(void)state;
	two_seals(true);
	assert_int_equal(unlink(room_name(&room, ".key", name)), 0);
	assert_false(keys_load(&keys, &err));
	assert_non_null(strstr(err.text, ".key: it is gone"));
	check_list(".seals ");
	room_write(&room, ".key", key_text);
	assert_int_equal(unlink(room_name(&room, ".seals", name)), 0);
	assert_false(keys_load(&keys, &err));
	assert_non_null(strstr(err.text, ".seals: it is gone"));
	check_list(".key ");
	room_write(&room, ".seals", seals_text);
	load();
	assert_true(keys.has_next);
	free(key_text);
	free(seals_text);
}

/* Both are brought back as they were once: its key would seal anew. */
static void
test_older(void **state)
{
	char name[128];
	struct err err;

	(void)state;
	two_seals(false);
	seal();
	keys_done(&keys);
	keys_at();
	keys.made = 3;
	load();
	room_write(&room, ".key", key_text);
	room_write(&room, ".seals", seals_text);
	for (unsigned i = 0; i < 2; i++) {
		char *text;

		keys.made = 3;
		assert_false(keys_load(&keys, &err));
		assert_non_null(strstr(err.text, ".seals: it ends with seal "));
		assert_non_null(strstr(err.text, ", and seal 3 was made"));
		if (i == 1)
			break;
		text = room_read(&room, ".key");
		assert_string_equal(text, key_text);
		free(text);
		/* neither is no new beginning */
		assert_int_equal(unlink(room_name(&room, ".key", name)), 0);
		assert_int_equal(unlink(room_name(&room, ".seals", name)), 0);
	}
	check_list("");
	free(key_text);
	free(seals_text);
}

/* PATH.seals goes while the log is written: no seal is begun. */
static void
test_lost_later(void **state)
{
	char name[128];
	struct err err;

	(void)state;
	two_seals(false);
	assert_int_equal(unlink(room_name(&room, ".seals", name)), 0);
	assert_false(keys_prepare(&keys, &err));
	assert_false(keys.has_next);
	check_list(".key ");
	room_write(&room, ".seals", seals_text);
	must(keys_prepare(&keys, &err), &err);
	free(key_text);
	free(seals_text);
}

static void
test_readable(void **state)
{
	char name[128], more[128];
	struct err err;

	(void)state;
	load();
	assert_int_equal(chmod(room_name(&room, ".key", name), 0640), 0);
	assert_false(keys_load(&keys, &err));
	assert_non_null(strstr(err.text, "others may read the key"));
	assert_int_equal(chmod(name, 0600), 0);
	assert_int_equal(link(name, room_name(&room, ".copy", more)), 0);
	assert_false(keys_load(&keys, &err));
	assert_non_null(strstr(err.text, "second name"));
	assert_int_equal(unlink(more), 0);
	load();
}

/* Root works here in a directory of another's. */
static void
test_symlinks(void **state)
{
	static const char *const names[] = { ".key", ".seals", ".key.part",
		".key.old", ".seals.part" };

	(void)state;
	for (size_t i = 0; i < NITEMS(names); i++)
		for (int hard = 0; hard < 2; hard++) {
			char name[128], victim[128];
			struct err err;
			bool good;
			char *text;

			print_message("# %s%s\n", names[i],
			    hard != 0 ? ", another name" : "");
			room_write(&room, ".victim", "of another\n");
			(void)room_name(&room, ".victim", victim);
			(void)room_name(&room, names[i], name);
			assert_int_equal(hard != 0 ? link(victim, name)
						   : symlink(victim, name),
			    0);
			good = keys_load(&keys, &err);
			/* What stands in the way of ours is only removed. */
			assert_int_equal(good, i >= 2);
			text = room_read(&room, ".victim");
			assert_string_equal(text, "of another\n");
			free(text);
			keys_done(&keys);
			room_done(&room);
			room_init(&room);
			keys_at();
		}
}

static void
test_owner(void **state)
{
	struct file file;
	struct stat st;
	char name[128];

	(void)state;
	if (geteuid() != 0)
		skip();
	keys_done(&keys);
	file_init(&file, room.path, 12345, 54321);
	keys_init(&keys, &file, 0);
	file_done(&file);
	load();
	seal();
	for (int i = 0; i < 2; i++) {
		(void)room_name(&room, i == 0 ? ".key" : ".seals", name);
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_uid, 12345);
		assert_int_equal(st.st_gid, 54321);
	}
}

/* Nothing of the secrets stays in memory that is freed. */
static void
test_done(void **state)
{
	static const struct sign_key none;
	struct err err;

	(void)state;
	load();
	must(keys_prepare(&keys, &err), &err);
	keys_done(&keys);
	assert_memory_equal(&keys.current, &none, sizeof(none));
	assert_memory_equal(&keys.next, &none, sizeof(none));
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first),
		TEST(test_nothing_yet),
		TEST(test_life),
		TEST(test_order),
		TEST(test_first_crash),
		TEST(test_failures),
		TEST(test_no_links),
		TEST(test_damages),
		TEST(test_used),
		TEST(test_lost),
		TEST(test_older),
		TEST(test_lost_later),
		TEST(test_readable),
		TEST(test_symlinks),
		TEST(test_owner),
		TEST(test_done),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
