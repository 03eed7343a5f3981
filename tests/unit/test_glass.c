/* SPDX-License-Identifier: ISC */
/* test_glass.c - is it open just when file, record and clock say so? */
#include "config.h"

#include "posternd/glass.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "lists/generation.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/force.h"
#include "posternd/glass_held.h"

/* 2026-11-24T04:00:00Z, by date -u -d ... +%s */
#define T0 INT64_C(1795492800)
#define US INT64_C(1000000)

enum {
	ASKER = 4242,
	UP = 5000, /* seconds that the machine has been up at T0 */
	OUT = 4096,
	PATH = 256,
	CRASHED = 7
};

enum fault {
	FAULT_NONE,
	FAULT_RECORD,        /* it cannot be written */
	FAULT_CRASH_BEFORE,  /* the daemon ends before the next record */
	FAULT_CRASH_AFTER,   /* or when it is written */
	FAULT_FOLDER_GONE,   /* while the record is written */
	FAULT_FOLDER_GONE_NO /* and it fails */
};

/* What outlives a daemon, each of which is a child. */
static struct world {
	int64_t now_s, up_s; /* since T0; since the machine came up */
	enum fault fault;    /* at the next record */
	size_t next;         /* step */
	char out[OUT];
	char folder[PATH], away[PATH], log[PATH];
} * world;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
say(const char *format, ...)
{
	size_t len = strlen(world->out);
	va_list args;

	va_start(args, format);
	(void)snprintf(world->out + len, OUT - len, "%s", len > 0 ? " " : "");
	len = strlen(world->out);
	(void)vsnprintf(world->out + len, OUT - len, format, args);
	va_end(args);
}

/* Instead of posternd/clock.c. */
int64_t
clock_us(void)
{
	return (T0 + world->now_s) * US;
}

int64_t
clock_up_us(void)
{
	return world->up_s * US;
}

/* Instead of posternd/force.c and lists/generation.c. */
static char hybrid[] = "hybrid";
static struct policy policies[] = { { .name = hybrid } };
static const struct rules rules = { .policies = policies, .npolicies = 1 };

struct generation *
force_generation(void)
{
	return NULL;
}

const struct rules *
generation_rules(const struct generation *generation)
{
	(void)generation;

	return &rules;
}

void
generation_unref(struct generation *generation)
{
	(void)generation;
}

static void
say_record(const struct operation *operation)
{
	const char *text = operation->note == NULL ? "-" : operation->note;
	size_t folder = strlen(world->folder);
	char note[REQUEST_REASON];

	if (strncmp(text, world->folder, folder) == 0)
		text += folder; /* whose name is another each time */
	(void)snprintf(note, sizeof(note), "%s", text);
	for (char *c = note; *c != '\0'; c++)
		if (*c == ' ')
			*c = '_';
	say("[%s %s %s", record_action_text(operation->action),
	    operation->uid == ASKER          ? "asker"
		: operation->uid == getuid() ? "own"
					     : "?",
	    operation->policy == NULL ? "-" : operation->policy);
	if (operation->until_us != 0)
		say("%lld", (long long)(operation->until_us / US - T0));
	say("%s]", note);
}

/* Instead of posternd/audit.c. */
bool
audit_operation(const struct operation *operation)
{
	enum fault fault = world->fault;

	world->fault = FAULT_NONE;
	if (fault == FAULT_CRASH_BEFORE)
		_exit(CRASHED);
	if (fault == FAULT_FOLDER_GONE || fault == FAULT_FOLDER_GONE_NO)
		(void)rename(world->folder, world->away);
	if (fault == FAULT_RECORD || fault == FAULT_FOLDER_GONE_NO) {
		say("[lost %s]", record_action_text(operation->action));
		return false;
	}
	say_record(operation);
	if (fault == FAULT_CRASH_AFTER)
		_exit(CRASHED);

	return true;
}

static struct request
request_of(const char *policy, uint32_t seconds)
{
	struct request request = { .verb = VERB_OPEN, .seconds = seconds };

	(void)snprintf(request.policy, sizeof(request.policy), "%s", policy);
	(void)snprintf(request.reason, sizeof(request.reason), "down");

	return request;
}

static void
do_open(const char *policy, uint32_t seconds)
{
	static const char *const words[] = { [GLASS_OPENED] = "opened",
		[GLASS_NO_POLICY] = "no-policy",
		[GLASS_NOT_OPENED] = "failed" };
	struct request request = request_of(policy, seconds);
	struct err err = { .text = "" };
	enum glass_begin got = glass_open(&request, ASKER, &err);

	say("%s", words[got]);
	if ((got == GLASS_OPENED) != (err.text[0] == '\0'))
		say("with words \"%s\"", err.text);
}

static void
do_close(void)
{
	static const char *const words[] = { [GLASS_CLOSED] = "closed",
		[GLASS_NOTHING_OPEN] = "nothing",
		[GLASS_CLOSED_UNSAFELY] = "unsafe" };
	struct err err = { .text = "" };
	enum glass_end got = glass_close(ASKER, &err);

	say("%s", words[got]);
	if ((got == GLASS_CLOSED_UNSAFELY) != (err.text[0] != '\0'))
		say("with words \"%s\"", err.text);
}

static void
do_look(void)
{
	struct glass glass;

	if (!glass_look(&glass))
		say("shut");
	else if (glass.policy[0] == '\0')
		say("all");
	else
		say("%s", glass.policy);
	if (glass_look(NULL) != glass_look(&glass))
		say("and not");
}

static void
do_files(void)
{
	static const char *const ends[] = { ".open", ".open.part",
		".open.bad" };
	bool any = false;

	for (size_t i = 0; i < NITEMS(ends); i++) {
		char path[PATH + 16];
		struct stat st;

		(void)snprintf(path, sizeof(path), "%s%s", world->log, ends[i]);
		if (lstat(path, &st) == 0) {
			say("%s", ends[i]);
			any = true;
		}
	}
	if (!any)
		say("none");
}

/* Puts something there that is in the way. */
static void
do_block(const char *end)
{
	char path[PATH + 16], inside[PATH + 32];

	(void)snprintf(path, sizeof(path), "%s%s", world->log, end);
	(void)snprintf(inside, sizeof(inside), "%s/x", path);
	(void)unlink(path);
	(void)mkdir(path, 0700);
	(void)mkdir(inside, 0700);
}

static void
do_write(const char *text)
{
	char path[PATH + 16];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s.open", world->log);
	file = fopen(path, "w");
	if (file != NULL) {
		(void)fputs(text, file);
		(void)fclose(file);
	}
}

/* Time goes by: the clock and what the machine has been up. */
static void
do_wait(int64_t seconds)
{
	world->now_s += seconds;
	world->up_s += seconds;
}

static bool
set_fault(const char *word)
{
	static const char *const words[] = { "", "fail", "crash-before",
		"crash-after", "folder-goes", "folder-goes-fail" };

	for (size_t i = 1; i < NITEMS(words); i++)
		if (strcmp(word, words[i]) == 0) {
			world->fault = (enum fault)i;
			return true;
		}

	return false;
}

/* One step, "word" or "word:number". */
static void
step(const char *word)
{
	const char *colon = strchr(word, ':');
	long number = colon == NULL ? 0 : strtol(colon + 1, NULL, 10);

	if (set_fault(word))
		return;
	if (strncmp(word, "open:", 5) == 0)
		do_open("", (uint32_t)number);
	else if (strncmp(word, "hybrid:", 7) == 0)
		do_open("hybrid", (uint32_t)number);
	else if (strncmp(word, "other:", 6) == 0)
		do_open("other", (uint32_t)number);
	else if (strcmp(word, "close") == 0)
		do_close();
	else if (strcmp(word, "tick") == 0)
		glass_tick();
	else if (strcmp(word, "look") == 0)
		do_look();
	else if (strcmp(word, "files") == 0)
		do_files();
	else if (strncmp(word, "wait:", 5) == 0)
		do_wait(number);
	else if (strncmp(word, "clock:", 6) == 0)
		world->now_s += number;
	else if (strncmp(word, "reboot:", 7) == 0)
		world->up_s = number;
	else if (strcmp(word, "gone") == 0)
		(void)rename(world->folder, world->away);
	else if (strcmp(word, "back") == 0)
		(void)rename(world->away, world->folder);
	else if (strcmp(word, "block-part") == 0)
		do_block(".open.part");
	else if (strcmp(word, "block-open") == 0)
		do_block(".open");
	else if (strcmp(word, "garbage") == 0)
		do_write("until tomorrow\n");
	else
		say("no such step: %s", word);
}

/* The steps of one daemon: until a "restart", a crash or the end. */
static void
live(char *const *steps, size_t count)
{
	glass_start(world->log);
	while (world->next < count) {
		const char *word = steps[world->next++];

		if (strcmp(word, "restart") == 0)
			_exit(0);
		step(word);
	}
	_exit(0);
}

static void
run_daemon(char *const *steps, size_t count)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		/* what it says is for people */
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		(void)dup2(null, STDERR_FILENO);
		live(steps, count);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		say("signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == CRASHED)
		say("crash");
	else if (WEXITSTATUS(status) != 0)
		say("exit %d", WEXITSTATUS(status));
}

static void
new_world(void)
{
	static const char pattern[] = "/tmp/postern-glass-XXXXXX";

	*world = (struct world){ .up_s = UP };
	memcpy(world->folder, pattern, sizeof(pattern));
	assert_non_null(mkdtemp(world->folder));
	(void)snprintf(world->away, PATH, "%.100s.away", world->folder);
	(void)snprintf(world->log, PATH, "%.100s/audit.jsonl", world->folder);
}

static void
end_world(void)
{
	char command[PATH * 3];

	(void)snprintf(command, sizeof(command), "rm -rf '%.200s' '%.200s'",
	    world->folder, world->away);
	assert_int_equal(system(command), 0);
}

static void
run(const char *name, const char *text, const char *want)
{
	char *steps[64];
	char *copy = mem_text(text);
	char *rest = copy;
	size_t count = 0;
	char *word;

	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0')
			steps[count++] = word;
	new_world();
	do
		run_daemon(steps, count);
	while (world->next < count);
	end_world();
	free(copy);
	if (strcmp(world->out, want) != 0)
		fail_msg("%s:\ngot  %s\nwant %s", name, world->out, want);
}

#define OPENED "[opened asker - 7200 down] opened "
#define HYBRID "[opened asker hybrid 600 down] opened "
#define CLOSED "[closed asker - -] closed "
#define OVER "[closed own - its_time_is_over] "
#define HALF \
	"[closed own - posternd_ended_while_it_was_being_opened_or_closed] "

static const struct {
	const char *name, *steps, *want;
} cases[] = {
	{ "nothing", "look files tick close look files",
	    "shut none nothing shut none" },
	{ "open and close", "open:7200 look files close look files close",
	    OPENED "all .open " CLOSED "shut none nothing" },
	{ "one policy", "hybrid:600 look close",
	    HYBRID "hybrid [closed asker hybrid -] closed" },
	{ "no such policy", "other:600 look files", "no-policy shut none" },
	{ "no such policy leaves what is open",
	    "hybrid:600 other:600 look files",
	    HYBRID "no-policy hybrid .open" },
	{ "the second takes the place of the first",
	    "hybrid:600 open:7200 look wait:600 tick look files",
	    HYBRID OPENED "all all .open" },
	{ "a shorter one too", "open:7200 hybrid:600 wait:600 look tick files",
	    OPENED HYBRID "shut [closed own hybrid its_time_is_over] none" },
	{ "closes by itself",
	    "open:7200 wait:7199 tick look wait:1 look tick "
	    "look files tick close",
	    OPENED "all shut " OVER "shut none nothing" },
	{ "shut before the tick comes",
	    "open:7200 wait:7200 look close look files",
	    OPENED "shut " OVER "nothing shut none" },
	{ "clock set on", "open:7200 clock:7200 look tick files",
	    OPENED "shut " OVER "none" },
	{ "clock set back",
	    "open:7200 clock:-86400 wait:7200 look wait:1 look "
	    "tick files",
	    OPENED "all shut " OVER "none" },

	/* over a restart */
	{ "open over a restart", "open:7200 restart look files close files",
	    OPENED "all .open " CLOSED "none" },
	{ "one policy over a restart",
	    "hybrid:600 restart look close restart "
	    "look",
	    HYBRID "hybrid [closed asker hybrid -] closed shut" },
	{ "closed over a restart", "open:7200 close restart look files",
	    OPENED CLOSED "shut none" },
	{ "over while the daemon was down",
	    "open:7200 wait:7200 restart look files restart look",
	    OPENED OVER "shut none shut" },
	{ "a policy over while the daemon was down",
	    "hybrid:600 wait:601 restart look files",
	    HYBRID "[closed own hybrid its_time_is_over] shut none" },
	{ "restarts do not add to it",
	    "open:7200 wait:3600 restart wait:3599 restart look wait:1 look",
	    OPENED "all shut" },
	{ "nor do they with a clock set back",
	    "open:7200 clock:-86400 wait:3600 restart wait:3600 restart look "
	    "wait:1 look tick",
	    OPENED "all shut " OVER },
	{ "nor does a machine whose clock starts in 1970",
	    "open:7200 clock:-1795492800 reboot:10 restart look wait:7190 look "
	    "wait:1 look tick",
	    OPENED "all all shut " OVER },

	/* what cannot be written */
	{ "no record, not open", "fail open:7200 look files restart look files",
	    "[lost opened] failed shut none shut none" },
	{ "no record, what was open stays",
	    "hybrid:600 fail open:7200 look files restart look",
	    HYBRID "[lost opened] failed hybrid .open hybrid" },
	{ "no folder, not open", "gone open:7200 look back files",
	    "failed shut none" },
	{ "no folder, what was open stays",
	    "hybrid:600 gone open:7200 look back files look tick files",
	    HYBRID "failed hybrid .open hybrid .open" },
	{ "nothing can be made beside the log", "block-part open:7200 look",
	    "failed shut" },
	{ "no folder for the file of what is recorded",
	    "folder-goes open:7200 look back tick files restart look",
	    "[opened asker - 7200 down] "
	    "[closed own - it_could_not_be_kept_on_disk] failed shut none "
	    "shut" },
	{ "neither, and what was open is closed, as the record says",
	    "hybrid:600 folder-goes open:7200 look back tick files restart "
	    "look",
	    HYBRID "[opened asker - 7200 down] "
		   "[closed own - it_could_not_be_kept_on_disk] failed shut "
		   "none shut" },
	{ "its file cannot take its place", "block-open open:7200 look files",
	    "[opened asker - 7200 down] "
	    "[closed own - it_could_not_be_kept_on_disk] failed shut "
	    ".open" },
	{ "no folder and no record",
	    "folder-goes-fail open:7200 look back files tick files",
	    "[lost opened] failed shut .open.part none" },
	{ "closes without a record",
	    "open:7200 fail close look files restart "
	    "look",
	    OPENED "[lost closed] unsafe shut none shut" },
	{ "closes without a folder",
	    "open:7200 gone close look back files tick files restart look",
	    OPENED "[closed asker - -] unsafe shut .open none shut" },
	{ "closes with neither",
	    "open:7200 gone fail close look back tick look files close",
	    OPENED "[lost closed] unsafe shut shut none nothing" },
	{ "closes by itself without a record",
	    "open:7200 wait:7200 fail tick look files",
	    OPENED "[lost closed] shut none" },
	{ "and without a folder",
	    "open:7200 wait:7200 gone tick look tick "
	    "back files tick files",
	    OPENED OVER "shut .open none" },
	{ "opened anew before the old file is gone",
	    "hybrid:600 gone close back open:7200 tick look files",
	    HYBRID "[closed asker hybrid -] unsafe " OPENED "all .open" },

	/* the daemon ends in between */
	{ "ends before it is recorded", "crash-before open:7200 look files",
	    "crash " HALF "shut none" },
	{ "ends when it is recorded", "crash-after open:7200 look files",
	    "[opened asker - 7200 down] crash " HALF "shut none" },
	{ "ends while the second is opened",
	    "hybrid:600 crash-after open:7200 look files restart look",
	    HYBRID "[opened asker - 7200 down] crash " HALF "shut none shut" },
	{ "ends before `closed` is recorded",
	    "open:7200 crash-before close look files",
	    OPENED "crash " HALF "shut none" },
	{ "ends when `closed` is recorded",
	    "open:7200 crash-after close look files",
	    OPENED "[closed asker - -] crash " HALF "shut none" },

	/* what is found */
	{ "garbage", "garbage restart look files restart look files",
	    "[closed own - /audit.jsonl.open_could_not_be_read] shut .open.bad shut "
	    ".open.bad" },
	{ "garbage twice, then open",
	    "garbage restart garbage restart open:7200 look files",
	    "[closed own - /audit.jsonl.open_could_not_be_read] "
	    "[closed own - /audit.jsonl.open_could_not_be_read] " OPENED
	    "all .open .open.bad" },
	{ "garbage without a record", "garbage fail restart look files",
	    "[lost closed] shut .open.bad" },
	{ "a folder", "block-open restart look files open:7200 look",
	    "[closed own - /audit.jsonl.open_could_not_be_read] shut .open.bad " OPENED
	    "all" },
};

/* The end of an expected text may have a blank. */
static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		char *want = mem_text(cases[i].want);
		size_t len = strlen(want);

		if (want[len - 1] == ' ')
			want[len - 1] = '\0';
		run(cases[i].name, cases[i].steps, want);
		free(want);
	}
}

static atomic_bool done;

/* Sees one or the other whole, whatever the operator's thread does. */
static void *
look_on(void *seen)
{
	while (!atomic_load(&done)) {
		struct glass glass;

		if (!glass_look(&glass))
			continue;
		if (strcmp(glass.policy, glass.note) != 0)
			abort();
		(*(size_t *)seen)++;
	}

	return NULL;
}

static void
test_threads(void **state)
{
	static const char *const names[] = { "first", "the second, longer" };
	pthread_t threads[2];
	size_t seen[2] = { 0, 0 };

	(void)state;
	new_world();
	atomic_store(&done, false);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, look_on, &seen[i]), 0);
	for (int i = 0; i < 20000; i++) {
		struct glass_kept kept = { .opened_us = T0 * US };

		kept.glass.until_us = (T0 + 60) * US;
		kept.uptime_s = UP;
		(void)strcpy(kept.glass.policy, names[i % 2]);
		(void)strcpy(kept.glass.note, names[i % 2]);
		glass_hold(&kept);
		if (i % 7 == 0)
			glass_let_go();
	}
	atomic_store(&done, true);
	for (size_t i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	glass_let_go();
	assert_false(glass_look(NULL));
	end_world();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_threads),
	};

	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (world == MAP_FAILED)
		return EXIT_FAILURE;
	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("glass", tests, NULL, NULL);
}
