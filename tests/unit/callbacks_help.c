/* SPDX-License-Identifier: ISC */
/* callbacks_help.c - in which world are the callbacks called? */
#include "config.h"

#include "callbacks_help.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "lists/generation.h"
#include "log/log.h"
#include "posternd/audit.h"
#include "posternd/callbacks.h"
#include "posternd/clock.h"
#include "posternd/force.h"
#include "posternd/glass.h"
#include "posternd/session.h"

enum {
	PATH = 128,
	HOUR = 3600
};

#define COMMON                                                      \
	"socket = \"unix:%s/p.sock\";\n"                            \
	"rules = [ \"%s\" ];\nfeeds = \"%s\";\n"                    \
	"probes = [ \"203.0.113.7\" ];\n"                           \
	"sources: { filter: { networks = [ \"192.0.2.0/24\", "      \
	"\"2001:db8:25::/48\" ]; except = [ \"192.0.2.66\" ]; };\n" \
	"  office: { networks = [ \"198.51.100.0/25\" ]; }; };\n"
#define AUDIT(more)                                              \
	"audit: { path = \"%s/audit.jsonl\"; sync = \"never\"; " \
	"syslog = \"none\"; flood = 0; flood_total = 0; " more "};\n"
#define P                                                                   \
	"{ name = \"p\"; domains = [ \"example.com\", \".example.com\" ]; " \
	"allow = ( \"filter\", \"office\" ); "
#define ALWAYS                                                                  \
	"reply = { text = \"%{client} %{rcpt} %{domain} %{policy} %{id}\"; }; " \
	"always = [ \"postmaster\" ]; }"
#define Q                                                      \
	", { name = \"q\"; domains = [ \"second.example\" ]; " \
	"allow = ( { source = \"filter\"; "                    \
	"certificate = [ \"mail.partner.example\" ]; } ); }"
#define M                                                       \
	", { name = \"m\"; domains = [ \"watched.example\" ]; " \
	"mode = \"monitor\"; allow = ( \"filter\" ); }"

/* %s is the folder, five times. */
static const char *const texts[RULES_COUNT] = {
	[RULES_PLAIN] = COMMON AUDIT("") "mode = \"enforce\";\n"
					 "unlisted = \"accept\";\n"
					 "policies = ( " P ALWAYS " );\n",
	[RULES_CERTIFICATE] =
	    COMMON AUDIT("") "mode = \"enforce\";\n"
			     "unlisted = \"accept\"; on_error = \"reject\";\n"
			     "policies = ( " P ALWAYS Q " );\n",
	[RULES_MONITOR] =
	    COMMON AUDIT("") "mode = \"monitor\";\n"
			     "unlisted = \"accept\"; on_error = \"reject\";\n"
			     "policies = ( " P ALWAYS Q M " );\n",
	[RULES_ALL] = COMMON AUDIT(
	    "accepted = \"all\"; ") "mode = \"enforce\";\nunlisted = \"accept\";\n"
				    "policies = ( " P ALWAYS Q M " );\n",
	[RULES_STRICT] = COMMON AUDIT(
	    "") "mode = \"enforce\";\n"
		"reject_at = \"connect\"; unlisted = \"refuse\";\n"
		"authenticated = \"judge\"; on_error = \"accept\";\n"
		"policies = ( " P "} );\n",
};

static struct {
	char dir[PATH];
	char log[PATH + 16];
	char conf[RULES_COUNT][PATH + 16];
	char versions[RULES_COUNT][65];
} world;

static void
write_conf(enum model_rules rules)
{
	const char *dir = world.dir;
	FILE *file;
	struct buf text;

	buf_init(&text);
	for (const char *at = texts[rules]; *at != '\0'; at++)
		if (strncmp(at, "%s", 2) == 0) {
			buf_add_text(&text, dir);
			at++;
		} else
			buf_addf(&text, "%c", *at);
	(void)snprintf(world.conf[rules], sizeof(world.conf[rules]),
	    "%s/%d.conf", dir, (int)rules);
	file = fopen(world.conf[rules], "w");
	assert_non_null(file);
	assert_true(fputs(buf_text(&text), file) >= 0);
	assert_int_equal(fclose(file), 0);
	buf_done(&text);
}

/* NULL where it has errors, which are said. */
static struct generation *
load(enum model_rules rules)
{
	struct generation *generation;
	struct diags diags;
	struct buf text;

	diags_init(&diags);
	buf_init(&text);
	generation = generation_load(world.conf[rules], clock_today(), &diags);
	diags_text(&diags, &text);
	if (generation == NULL)
		print_message("# %s\n", buf_text(&text));
	buf_done(&text);
	diags_done(&diags);

	return generation;
}

static struct log *
open_log(void)
{
	const struct log_settings settings = { .path = world.log,
		.sync = LOG_SYNC_NEVER,
		.wait_ms = LOG_WAIT_MS,
		.owner = (uid_t)-1,
		.group = (gid_t)-1 };
	struct log *log;
	struct err err;
	bool taken;

	log = log_open(&settings, &audit_news, &taken, &err);
	if (log == NULL)
		fail_msg("%s", err.text);

	return log;
}

void
world_begin(void)
{
	struct log *log;
	struct err err;

	(void)snprintf(
	    world.dir, sizeof(world.dir), "/tmp/postern-callbacks.XXXXXX");
	assert_non_null(mkdtemp(world.dir));
	(void)snprintf(
	    world.log, sizeof(world.log), "%s/audit.jsonl", world.dir);
	for (enum model_rules rules = 0; rules < RULES_COUNT; rules++) {
		struct generation *generation;

		write_conf(rules);
		generation = load(rules);
		assert_non_null(generation);
		memcpy(world.versions[rules],
		    generation_rules(generation)->version,
		    sizeof(world.versions[rules]));
		generation_unref(generation);
	}

	log = open_log();
	force_init(load(RULES_PLAIN), log);
	if (!log_start(log, &err))
		fail_msg("%s", err.text);
	glass_start(world.log);
	assert_true(callbacks_register());
	assert_non_null(fake_filter());
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;

	return remove(path);
}

void
world_end(void)
{
	(void)nftw(world.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

bool
world_swap(enum model_rules rules)
{
	struct generation *generation = load(rules);

	if (generation == NULL)
		return false;
	force_swap(generation);

	return true;
}

enum model_rules
world_rules_of(SMFICTX *ctx)
{
	const struct session *session = ctx->priv;
	enum model_rules rules = 0;

	if (session == NULL)
		return RULES_COUNT;
	while (rules < RULES_COUNT &&
	    strcmp(session_rules(session)->version, world.versions[rules]) != 0)
		rules++;

	return rules;
}

bool
world_glass(enum model_glass glass)
{
	struct request request = { .verb = VERB_OPEN, .seconds = HOUR };
	struct err err;

	if (glass == GLASS_IS_CLOSED)
		return glass_close(getuid(), &err) == GLASS_CLOSED;
	(void)snprintf(request.policy, sizeof(request.policy), "%s",
	    glass == GLASS_IS_OPEN_TO_P ? "p" : "");
	(void)snprintf(request.reason, sizeof(request.reason), "a test");

	return glass_open(&request, getuid(), &err) == GLASS_OPENED;
}

static void
count_line(const char *line, size_t lines[ACTION_COUNT])
{
	static const char key[] = "\"action\":\"";
	const char *at = strstr(line, key);

	assert_non_null(at);
	at += sizeof(key) - 1;
	for (enum record_action action = 0; action < ACTION_COUNT; action++) {
		const char *text = record_action_text(action);
		size_t len = strlen(text);

		if (strncmp(at, text, len) == 0 && at[len] == '"') {
			lines[action]++;
			return;
		}
	}
	fail_msg("no action: %s", line);
}

void
world_count_lines(size_t lines[ACTION_COUNT])
{
	FILE *file;
	char *line = NULL;
	size_t room = 0;

	assert_true(audit_stopped(getuid()));
	file = fopen(world.log, "r");
	assert_non_null(file);
	memset(lines, 0, ACTION_COUNT * sizeof(*lines));
	while (getline(&line, &room, file) > 0)
		count_line(line, lines);
	free(line);
	(void)fclose(file);
}

bool
world_chain_is_whole(void)
{
	const char *srcdir = getenv("srcdir");
	char script[512];
	int status;
	pid_t pid;

	(void)snprintf(script, sizeof(script), "%s/tests/harness/chain.py",
	    srcdir != NULL ? srcdir : ".");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execlp("python3", "python3", "-IS", script, "--quiet",
		    world.log, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);

	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

uint64_t
random_below(uint64_t *state, uint64_t n)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

	return (z ^ (z >> 31)) % n;
}

uint64_t
random_seed(void)
{
	const char *given = getenv("POSTERN_SEED");
	uint64_t seed =
	    given != NULL ? strtoull(given, NULL, 0) : UINT64_C(4711);

	print_message("# POSTERN_SEED=%" PRIu64 "\n", seed);

	return seed;
}
