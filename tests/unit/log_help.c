/* SPDX-License-Identifier: ISC */
/* log_help.c - what do the tests of the log share? */
#include "config.h"

#include "log_help.h"

#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/timetext.h"

void
place_init(struct place *place)
{
	*place =
	    (struct place){ .wait_ms = LOG_WAIT_MS, .sync = LOG_SYNC_NEVER };
	(void)snprintf(
	    place->dir, sizeof(place->dir), "/tmp/postern-log.XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	(void)snprintf(
	    place->path, sizeof(place->path), "%s/audit.jsonl", place->dir);
	assert_int_equal(pthread_mutex_init(&place->lock, NULL), 0);
	assert_int_equal(pthread_cond_init(&place->changed, NULL), 0);
	buf_init(&place->said);
}

#define PUT_US 1795492800000000 /* 2026-11-24T04:00:00Z */

static int
run(char *const argv[])
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);

	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void
place_done(struct place *place)
{
	char rm[] = "rm", rf[] = "-rf";
	char *argv[] = { rm, rf, place->dir, NULL };

	assert_int_equal(run(argv), 0);
	buf_done(&place->said);
	(void)pthread_cond_destroy(&place->changed);
	(void)pthread_mutex_destroy(&place->lock);
}

static void
line_begin(
    struct record_line *line, int64_t time_us, const char *action, unsigned n)
{
	char id[27];
	char time[TIME_TEXT];

	buf_addf(&line->text,
	    "{\"@timestamp\":\"%s\",\"ecs\":"
	    "{\"version\":\"8.11.0\"},\"event\":{\"kind\":\"alert\","
	    "\"category\":[\"network\",\"email\"],\"action\":\"%s\","
	    "\"id\":\"%s\",\"sequence\":",
	    time_text(time_us, time), action, id_of(n, id));
	line->sequence_at = line->text.len;
	buf_add_text(&line->text,
	    ",\"provider\":\"postern\"},\"source\":{\"ip\":\"192.0.2.1\"},"
	    "\"postern\":{\"stage\":\"rcpt\",");
}

static void
say(void *owner, const char *message)
{
	struct place *place = owner;

	(void)pthread_mutex_lock(&place->lock);
	buf_addf(&place->said, "%s\n", message);
	place->nsaid++;
	(void)pthread_cond_broadcast(&place->changed);
	(void)pthread_mutex_unlock(&place->lock);
}

static void
recovered(void *owner, const struct log_gap *gap, struct record_line *line)
{
	struct place *place = owner;

	line_begin(line, PUT_US, "recovered", 999999999);
	buf_addf(&line->text, "\"lost\":%" PRIu64 ",", gap->lost);

	(void)pthread_mutex_lock(&place->lock);
	assert_true(place->ngaps < NITEMS(place->gaps));
	place->gaps[place->ngaps++] = *gap;
	place->held = place->hold;
	(void)pthread_cond_broadcast(&place->changed);
	while (place->hold)
		(void)pthread_cond_wait(&place->changed, &place->lock);
	(void)pthread_mutex_unlock(&place->lock);
}

static void
did(void *owner, const struct log_event *event, struct record_line *line)
{
	static const char *const actions[] = { [LOG_SEALED] = "sealed",
		[LOG_ROTATED] = "rotated",
		[LOG_DELETED] = "deleted" };

	(void)owner;
	line_begin(line, event->time_us, actions[event->deed], 888888888);
	if (event->members != NULL)
		buf_addf(&line->text, "%s,", event->members);
}

struct log *
place_try(struct place *place, bool *taken, struct err *err)
{
	const struct log_settings settings = { .path = place->path,
		.sync = place->sync,
		.wait_ms = place->wait_ms,
		.owner = (uid_t)-1,
		.group = (gid_t)-1,
		.keeping = place->keeping };
	const struct log_news news = {
		.owner = place, .say = say, .recovered = recovered, .did = did
	};

	return log_open(&settings, &news, taken, err);
}

struct log *
place_open(struct place *place)
{
	bool taken;
	struct err err;
	struct log *log = place_try(place, &taken, &err);

	if (log == NULL || !log_start(log, &err))
		fail_msg("%s", err.text);

	return log;
}

const char *
id_of(unsigned n, char out[27])
{
	(void)snprintf(out, 27, "01JDE%021u", n);

	return out;
}

bool
next_id(const char **at, const char *end, unsigned long *n)
{
	static const char key[] = "\"id\":\"01JDE";
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	const char *id;

	if (newline == NULL)
		return false;
	id = memmem(*at, (size_t)(newline - *at), key, strlen(key));
	assert_non_null(id);
	*n = strtoul(id + strlen(key), NULL, 10);
	*at = newline + 1;

	return true;
}

bool
put_at(struct log *log, int64_t time_us, unsigned n, bool wait)
{
	struct record_line line;
	bool ok;

	record_line_init(&line);
	line_begin(&line, time_us, "bypass-rejected", n);
	ok = log_append(log, &line, wait);
	record_line_done(&line);

	return ok;
}

bool
put(struct log *log, unsigned n, bool wait)
{
	return put_at(log, PUT_US + n % 1000000, n, wait);
}

static void
name_of(const struct place *place, const char *suffix, char out[128])
{
	(void)snprintf(out, 128, "%s%s", place->path, suffix);
}

char *
slurp(const struct place *place, const char *suffix, size_t *len)
{
	char name[128];
	long size = size_of(place, suffix);
	char *text;
	FILE *file;

	name_of(place, suffix, name);
	file = fopen(name, "rb");
	if (file == NULL || size < 0)
		fail_msg("no %s", name);
	text = mem_new((size_t)size + 1, 1);
	*len = fread(text, 1, (size_t)size, file);
	assert_int_equal(*len, size);
	(void)fclose(file);

	return text;
}

void
spill(
    const struct place *place, const char *suffix, const char *text, size_t len)
{
	char name[128];
	FILE *file;

	name_of(place, suffix, name);
	file = fopen(name, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

long
size_of(const struct place *place, const char *suffix)
{
	char name[128];
	struct stat st;

	name_of(place, suffix, name);

	return stat(name, &st) == 0 ? (long)st.st_size : -1;
}

size_t
count_of(const char *text, size_t len, const char *what)
{
	const char *end = text + len;
	size_t most = strlen(what);
	size_t n = 0;

	/* Not memmem(): sanitizers look at all of its bytes each time. */
	while ((text = memchr(text, what[0], (size_t)(end - text))) != NULL) {
		if ((size_t)(end - text) >= most &&
		    memcmp(text, what, most) == 0)
			n++;
		text++;
	}

	return n;
}

bool
chain_goes_on(const struct place *place, const char *a, const char *b)
{
	const char *srcdir = getenv("srcdir");
	char script[512], first[128], second[128];
	char python[] = "python3", fast[] = "-IS", quiet[] = "--quiet";
	char *argv[] = { python, fast, script, quiet, first, second, NULL };

	(void)snprintf(script, sizeof(script), "%s/tests/harness/chain.py",
	    srcdir != NULL ? srcdir : ".");
	name_of(place, a, first);
	if (b != NULL)
		name_of(place, b, second);
	else
		argv[5] = NULL;

	return run(argv) == 0;
}

bool
chain_is_whole(const struct place *place, const char *suffix)
{
	return chain_goes_on(place, suffix, NULL);
}

bool
chain_of_all(const struct place *place, bool from_one)
{
	const char *srcdir = getenv("srcdir");
	char command[1024];
	char sh[] = "sh", c[] = "-c";
	char *argv[] = { sh, c, command, NULL };

	/* Of two that are one, as the packing was stopped, the plain one. */
	(void)snprintf(command, sizeof(command),
	    "cd '%s' && for f in audit.jsonl.[0-9]*; do case $f in *.part) ;; "
	    "*.gz) [ -e ${f%%.gz} ] || echo $PWD/$f ;; *[0-9]) "
	    "echo $PWD/$f ;; esac; done > names && cd \"$OLDPWD\" && "
	    "exec python3 -IS '%s/tests/harness/chain.py' --quiet %s "
	    "$(cat '%s/names') %s",
	    place->dir, srcdir != NULL ? srcdir : ".",
	    from_one ? "" : "--anywhere", place->dir, place->path);

	return run(argv) == 0;
}

/* One that is being packed is there twice, for a moment. */
static bool
is_twin(const struct place *place, const char *end)
{
	const char *dot = strstr(end, ".gz");
	char plain[32];

	if (dot == NULL)
		return false;
	(void)snprintf(plain, sizeof(plain), "%.*s", (int)(dot - end), end);

	return strcmp(dot, ".gz") != 0 || size_of(place, plain) >= 0;
}

size_t
count_files(const struct place *place, const char *suffix)
{
	const char *base = strrchr(place->path, '/') + 1;
	DIR *directory = opendir(place->dir);
	const struct dirent *entry;
	size_t count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		const char *end = entry->d_name + strlen(base);

		if (strncmp(entry->d_name, base, strlen(base)) == 0 &&
		    strncmp(end, suffix, strlen(suffix)) == 0 &&
		    !is_twin(place, end))
			count++;
	}
	(void)closedir(directory);

	return count;
}

bool
wait_files(const struct place *place, const char *suffix, size_t count)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	for (unsigned i = 0; i < 1000; i++) {
		if (count_files(place, suffix) == count)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	print_message(
	    "# %zu files, not %zu\n", count_files(place, suffix), count);

	return false;
}

size_t
ngaps(struct place *place)
{
	size_t n;

	(void)pthread_mutex_lock(&place->lock);
	n = place->ngaps;
	(void)pthread_mutex_unlock(&place->lock);

	return n;
}

struct log_gap
gap_of(struct place *place, size_t i)
{
	struct log_gap gap;

	assert_true(i < ngaps(place));
	(void)pthread_mutex_lock(&place->lock);
	gap = place->gaps[i];
	(void)pthread_mutex_unlock(&place->lock);

	return gap;
}

/* The lock is held; false once two seconds have passed without a change. */
static bool
wait_change(struct place *place)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2;

	return pthread_cond_timedwait(&place->changed, &place->lock, &until) ==
	    0;
}

bool
was_said(struct place *place, const char *text)
{
	bool was;

	(void)pthread_mutex_lock(&place->lock);
	do
		was = strstr(buf_text(&place->said), text) != NULL;
	while (!was && wait_change(place));
	if (!was)
		print_message("# not said: \"%s\" in \"%s\"\n", text,
		    buf_text(&place->said));
	(void)pthread_mutex_unlock(&place->lock);

	return was;
}

bool
said_times(struct place *place, size_t times)
{
	size_t got;

	(void)pthread_mutex_lock(&place->lock);
	while (place->nsaid < times && wait_change(place))
		;
	got = place->nsaid;
	if (got != times)
		print_message("# said %zu times, not %zu: \"%s\"\n", got, times,
		    buf_text(&place->said));
	(void)pthread_mutex_unlock(&place->lock);

	return got == times;
}

void
hold(struct place *place)
{
	(void)pthread_mutex_lock(&place->lock);
	place->hold = true;
	place->held = false;
	(void)pthread_mutex_unlock(&place->lock);
}

void
wait_held(struct place *place)
{
	(void)pthread_mutex_lock(&place->lock);
	while (!place->held)
		(void)pthread_cond_wait(&place->changed, &place->lock);
	(void)pthread_mutex_unlock(&place->lock);
}

void
let_go(struct place *place)
{
	(void)pthread_mutex_lock(&place->lock);
	place->hold = false;
	(void)pthread_cond_broadcast(&place->changed);
	(void)pthread_mutex_unlock(&place->lock);
}
