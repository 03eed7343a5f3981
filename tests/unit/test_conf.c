/* SPDX-License-Identifier: ISC */
/* test_conf.c - is what the admin said what is read? */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "policy/reply.h"

enum {
	PATH = 64
};

/* A file in memory: thousands of them are written. */
static int memory = -1;
static char path[PATH];

/* The tests name files as tests/conf/run does. */
static int
setup(void **state)
{
	const char *srcdir = getenv("srcdir");

	(void)state;
	memory = memfd_create("test_conf", MFD_CLOEXEC);
	if (memory < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	if (srcdir != NULL && chdir(srcdir) != 0)
		return -1;

	return chdir("tests/conf");
}

static int
teardown(void **state)
{
	(void)state;

	return close(memory);
}

static void
write_bytes(const char *bytes, size_t len)
{
	assert_int_equal(ftruncate(memory, 0), 0);
	assert_int_equal(pwrite(memory, bytes, len, 0), len);
}

static struct conf *
load(const char *name)
{
	struct diags diags;
	struct conf *conf;
	struct buf text;

	diags_init(&diags);
	conf = conf_load(name, &diags);
	buf_init(&text);
	diags_text(&diags, &text);
	if (conf == NULL || diags.errors > 0)
		fail_msg("%s: %s", name, buf_text(&text));
	buf_done(&text);
	diags_done(&diags);

	return conf;
}

/* "a b c", as what is compared is easier to read so */
static void
check_words(const struct words *words, const char *want)
{
	struct buf got;

	buf_init(&got);
	for (size_t i = 0; i < words->count; i++)
		buf_addf(&got, "%s%s", i == 0 ? "" : " ", words->items[i].text);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

static void
check_word(const struct word *word, const char *text, unsigned line)
{
	assert_string_equal(word->text, text);
	assert_int_equal(word->line, line);
}

/* Section 3 of the contract: a key left out has the value shown there. */
static void
test_defaults(void **state)
{
	static const char text[] =
	    "policies = ( { name = \"p\"; domains = \"example.com\";\n"
	    "allow = \"s\"; } );";
	struct conf *conf;

	(void)state;
	write_bytes(text, strlen(text));
	conf = load(path);

	assert_string_equal(conf->path, path);
	assert_int_equal(conf->mode, MODE_ENFORCE);
	assert_string_equal(
	    conf->socket, "unix:" POSTERN_RUNDIR "/postern.sock");
	assert_int_equal(conf->socket_mode, 0660);
	assert_null(conf->socket_group);
	assert_string_equal(conf->user, "_postern");
	assert_string_equal(conf->control, POSTERN_RUNDIR "/control.sock");
	assert_false(conf->control_given);
	assert_null(conf->control_group);
	assert_null(conf->metrics);
	check_words(
	    &conf->rules, POSTERN_SYSCONFDIR "/rules.d " POSTERN_RULESDIR);
	assert_string_equal(conf->feeds.text, POSTERN_STATEDIR "/feeds");
	assert_int_equal(conf->on_error, ANSWER_DEFER);
	check_words(&conf->trusted, "127.0.0.0/8 ::1");
	assert_false(conf->trusted.given);
	assert_false(conf->reject_near_miss);
	assert_false(conf->reject_at_connect);
	assert_int_equal(conf->probes.count, 0);
	assert_false(conf->judge_authenticated);
	check_words(&conf->originating, "ORIGINATING MSA");
	assert_false(conf->refuse_unlisted);
	assert_false(conf->unlisted_given);
	assert_int_equal(conf->nsources, 0);
	assert_string_equal(conf->audit.path, POSTERN_LOGDIR "/audit.jsonl");
	assert_int_equal(conf->audit.sync, CONF_SYNC_ALWAYS);
	assert_int_equal(conf->audit.on_failure, ANSWER_DEFER);
	assert_false(conf->audit.accepted);
	assert_false(conf->audit.journald);
	assert_int_equal(conf->audit.facility, 2); /* mail, RFC 5424 */
	assert_int_equal(conf->audit.privacy, PRIVACY_FULL);
	assert_int_equal(conf->audit.flood, 600);
	assert_int_equal(conf->audit.flood_total, 20000);
	assert_int_equal(conf->audit.reserve, 67108864);
	assert_int_equal(conf->audit.rotate_size, 104857600);
	assert_int_equal(conf->audit.rotate_age_s, 86400);
	assert_int_equal(conf->audit.keep_s, 34560000);
	assert_int_equal(conf->audit.seal_s, 3600);
	assert_int_equal(conf->npolicies, 1);
	assert_int_equal(conf->policies[0].mode, MODE_ENFORCE);
	assert_false(conf->policies[0].mode_given);
	assert_int_equal(conf->policies[0].reply.code, 550);
	assert_string_equal(conf->policies[0].reply.status, "5.7.1");
	assert_string_equal(conf->policies[0].reply.text, REPLY_DEFAULT);
	assert_int_equal(conf->policies[0].always.count, 0);
	assert_int_equal(conf->len, strlen(text));
	assert_memory_equal(conf->text, text, conf->len);
	conf_free(conf);
}

static void
test_options(void **state)
{
	struct conf *conf = load("full.in");

	(void)state;
	assert_int_equal(conf->mode, MODE_MONITOR);
	assert_string_equal(conf->socket, "inet:8894@127.0.0.1");
	assert_int_equal(conf->socket_mode, 0600);
	assert_string_equal(conf->socket_group, "postfix");
	check_words(&conf->rules, "rules");
	check_word(&conf->feeds, "feeds", 6);
	assert_int_equal(conf->on_error, ANSWER_REJECT);
	check_words(&conf->trusted, "127.0.0.0/8 ::1 203.0.113.9-203.0.113.12");
	assert_true(conf->judge_authenticated);
	check_words(&conf->originating, "MSA");
	assert_true(conf->refuse_unlisted);
	assert_true(conf->unlisted_given);
	assert_int_equal(conf->audit.sync, CONF_SYNC_SECOND);
	assert_int_equal(conf->audit.on_failure, ANSWER_REJECT);
	assert_true(conf->audit.accepted);
	assert_string_equal(conf->control, "/run/postern/control");
	assert_true(conf->control_given);
	assert_string_equal(conf->control_group, "adm");
	assert_string_equal(conf->metrics, "/var/lib/prometheus/postern.prom");

	assert_int_equal(conf->nsources, 2);
	check_word(&conf->sources[0].name, "head-office", 15);
	assert_null(conf->sources[0].path);
	assert_string_equal(conf->sources[0].title, "Head office");
	check_words(&conf->sources[0].networks,
	    "198.51.100.0/24 2001:db8:40::/48 203.0.113.7-203.0.113.12");
	check_words(&conf->sources[0].except, "198.51.100.66");
	check_word(&conf->sources[0].networks.items[2],
	    "203.0.113.7-203.0.113.12", 17);
	check_words(&conf->sources[1].networks, "rules/office.netset");
	conf_free(conf);
}

/* The command asks the daemon in spite of errors, if it knows where. */
static void
test_control_beside_errors(void **state)
{
	static const struct {
		const char *text, *control; /* NULL: nowhere */
	} cases[] = {
		{ "control = \"/c\"; mode = \"x\"; no = 1;\n", "/c" },
		{ "mode = 1;\n", CONF_CONTROL },
		{ "control = \"c\";\n", NULL },
		{ "control = [ \"/c\" ];\n", NULL },
		{ "control = \"/c/\"; control_group = \"\";\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct diags diags;
		struct conf *conf;

		write_bytes(cases[i].text, strlen(cases[i].text));
		diags_init(&diags);
		conf = conf_load(path, &diags);
		assert_non_null(conf);
		assert_true(diags.errors > 0);
		if (cases[i].control == NULL)
			assert_null(conf->control);
		else
			assert_string_equal(conf->control, cases[i].control);
		conf_free(conf);
		diags_done(&diags);
	}
}

static void
test_policies(void **state)
{
	struct conf *conf = load("full.in");
	const struct conf_policy *first = &conf->policies[0];
	const struct conf_policy *second = &conf->policies[1];
	const struct conf_entry *entry = &first->entries[4];

	(void)state;
	assert_int_equal(conf->npolicies, 2);
	check_word(&first->name, "first", 25);
	check_words(&first->domains, "example.com .example.com");
	assert_int_equal(first->count, 6);
	assert_true(first->entries[1].plain);
	assert_int_equal(first->entries[1].count, 1);
	assert_int_equal(first->entries[1].conditions[0].key, CONDITION_SOURCE);
	check_words(&first->entries[1].conditions[0].values, "head-office");

	/* by key, whatever the order in the file */
	assert_false(entry->plain);
	assert_int_equal(entry->line, 28);
	assert_int_equal(entry->count, 3);
	assert_int_equal(entry->conditions[0].key, CONDITION_NETWORKS);
	assert_int_equal(entry->conditions[1].key, CONDITION_EXCEPT);
	check_words(&entry->conditions[1].values, "192.0.2.81");
	assert_int_equal(entry->conditions[2].key, CONDITION_UNTIL);
	check_words(&entry->conditions[2].values, "9999-12-31");
	check_word(&entry->note, "ticket 4711", 29);
	check_words(&first->entries[5].conditions[0].values, "partner office");

	check_words(&second->domains, "*");
	check_words(&second->always, "postmaster abuse");
	assert_true(second->mode_given);
	assert_int_equal(second->mode, MODE_ENFORCE);
	assert_true(second->reply_given);
	assert_int_equal(second->reply.code, 554);
	assert_string_equal(second->reply.status, "5.7.0");
	assert_string_equal(second->reply.text, "No. Ask %{domain} (%{id})");
	conf_free(conf);
}

static void
check_condition(
    const struct conf_entry *entry, enum condition_key key, const char *values)
{
	for (size_t i = 0; i < entry->count; i++)
		if (entry->conditions[i].key == key) {
			check_words(&entry->conditions[i].values, values);
			return;
		}
	fail_msg("no %s", condition_text(key));
}

/* Numbers are kept as their digits; one value is a list of one. */
static void
test_conditions(void **state)
{
	struct conf *conf = load("conditions.in");
	const struct conf_entry *entries = conf->policies[0].entries;

	(void)state;
	assert_true(conf->reject_near_miss);
	check_words(&conf->probes, "10.0.0.7");
	check_words(&conf->sources[0].hosts, ".delivery.partner.example");
	assert_int_equal(conf->sources[0].networks.count, 0);
	check_words(&conf->sources[1].hosts, "a.example .b.example");

	check_condition(&entries[2], CONDITION_HOSTS, "mail.example.org");
	check_condition(&entries[4], CONDITION_DAEMON, "25");
	check_condition(&entries[4], CONDITION_HELO, ".example.org");
	check_condition(&entries[4], CONDITION_TLS, "");
	check_condition(&entries[4], CONDITION_CERTIFICATE, "mail.example.org");
	check_condition(&entries[4], CONDITION_ISSUER, "R11 R12");
	check_condition(&entries[4], CONDITION_SENDER, "<>");
	check_condition(&entries[4], CONDITION_RECIPIENT, "a@example.com");
	check_condition(&entries[6], CONDITION_DAEMON, "1 65535");
	check_condition(&entries[7], CONDITION_DAEMON, "MTA 25 10026");
	conf_free(conf);

	conf = load("connect.in");
	assert_true(conf->reject_at_connect);
	assert_false(conf->reject_near_miss);
	conf_free(conf);
}

static void
test_include(void **state)
{
	struct conf *conf = load("include.in");

	(void)state;
	assert_int_equal(conf->nfiles, 2);
	assert_string_equal(
	    conf->policies[0].name.file, "include-policies.part");
	check_word(&conf->policies[0].name, "p", 1);
	conf_free(conf);
}

static void
test_source(void **state)
{
	struct conf_source *source;
	struct diags diags;
	struct stat stat_of;
	char *text = NULL;
	size_t len = 0;

	(void)state;
	diags_init(&diags);
	source = conf_load_source("bad/good.conf", "good", &diags, &text, &len);
	assert_non_null(source);
	assert_int_equal(diags.errors, 0);
	assert_int_equal(diags.warnings, 0);
	assert_string_equal(source->name.text, "good");
	assert_string_equal(source->path, "bad/good.conf");
	assert_string_equal(source->title, "All that a source file may say");
	assert_false(source->shared);
	check_words(&source->networks, "10.0.0.0/8 2001:db8::/32");
	check_word(&source->networks.items[0], "10.0.0.0/8", 3);
	assert_string_equal(source->networks.items[0].file, "bad/good.conf");
	check_words(&source->except, "10.1.0.0/16");
	assert_int_equal(source->nfeeds, 5);
	assert_int_equal(source->max_age, 36500);
	assert_int_equal(source->limits.max_shrink, 0);
	assert_int_equal(source->limits.max_growth, 1000);
	assert_int_equal(source->limits.widest_v4, 32);
	assert_int_equal(source->limits.widest_v6, 1);
	assert_int_equal(stat("bad/good.conf", &stat_of), 0);
	assert_int_equal(len, stat_of.st_size);
	free(text);
	conf_source_free(source);

	/* the defaults of sections 3 and 4 */
	source =
	    conf_load_source("rules/office.conf", "o", &diags, &text, &len);
	assert_non_null(source);
	assert_int_equal(source->limits.max_shrink, 30);
	assert_int_equal(source->limits.max_growth, 100);
	assert_int_equal(source->limits.widest_v4, 8);
	assert_int_equal(source->limits.widest_v6, 19);
	assert_int_equal(source->max_age, 0);
	free(text);
	conf_source_free(source);

	text = NULL;
	assert_null(conf_load_source("nowhere", "n", &diags, &text, &len));
	assert_null(text);
	diags_done(&diags);
}

/* Marsaglia's xorshift32: the same bytes on every machine. */
static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;

	return *state;
}

/* What is read is printed so that it is read again as the same. */
static void
check_prints(const struct conf *conf)
{
	struct buf once, again;
	struct conf *printed;

	buf_init(&once);
	buf_init(&again);
	conf_print(conf, &once);
	write_bytes(once.data, once.len);
	printed = load(path);
	conf_print(printed, &again);
	assert_string_equal(buf_text(&once), buf_text(&again));
	assert_int_equal(printed->npolicies, conf->npolicies);
	assert_int_equal(printed->nsources, conf->nsources);
	for (size_t i = 0; i < conf->npolicies; i++)
		assert_int_equal(
		    printed->policies[i].count, conf->policies[i].count);
	conf_free(printed);
	buf_done(&once);
	buf_done(&again);
}

/*
 * Whatever stands there, it is read or refused with words.  libconfig has
 * nothing to say of the syntax: the scan said it.
 */
static void
check_survives(const char *bytes, size_t len)
{
	struct diags diags;
	struct conf *conf;

	write_bytes(bytes, len);
	diags_init(&diags);
	conf = conf_load(path, &diags);
	if (conf == NULL)
		assert_true(diags.errors > 0);
	for (size_t i = 0; i < diags.count; i++)
		if (strstr(diags.items[i].message, "syntax error") != NULL)
			fail_msg("%.*s", (int)len, bytes);
	if (conf != NULL && diags.errors == 0)
		check_prints(conf);
	conf_free(conf);
	diags_done(&diags);
}

static void
test_garbage(void **state)
{
	enum {
		SIZE = 1 << 20
	};
	char *bytes = mem_new(SIZE, 1);
	uint32_t seed = 4711;
	static const char *const repeated[] = { "(", "\"a\"", "\"a\"\n", "a=1;",
		"/*", "{a=", "@include \"x\"\n", "[\"\\x00\"]", "9",
		"a={};a=" };

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)next_random(&seed);
	check_survives(bytes, SIZE);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(0x20 + next_random(&seed) % 0x5f);
	check_survives(bytes, SIZE);
	for (size_t i = 0; i < NITEMS(repeated); i++) {
		size_t len = strlen(repeated[i]);

		for (size_t j = 0; j < SIZE; j++)
			bytes[j] = repeated[i][j % len];
		check_survives(bytes, SIZE);
	}
	free(bytes);
}

/* Bytes of a good configuration changed, cut out or doubled. */
static void
mutate(const char *name, int rounds)
{
	static const char marks[] = "\"\\{}[]();,=:#/*@\n\r\t .+-0L x";
	struct conf *conf = load(name);
	char *bytes = mem_new(2 * conf->len + 1, 1);
	uint32_t seed = 20261124;

	for (int round = 0; round < rounds; round++) {
		size_t len = conf->len;
		unsigned changes = 1 + next_random(&seed) % 4;

		memcpy(bytes, conf->text, len);
		for (unsigned i = 0; i < changes; i++) {
			size_t at = next_random(&seed) % len;
			size_t part = next_random(&seed) % (len - at);

			switch (next_random(&seed) % 4) {
			case 0:
				bytes[at] = (char)next_random(&seed);
				break;
			case 1:
				bytes[at] = marks[next_random(&seed) %
				    (sizeof(marks) - 1)];
				break;
			case 2:
				part %= 16;
				memmove(bytes + at, bytes + at + part,
				    len - at - part);
				len -= part;
				break;
			default:
				if (len + part > 2 * conf->len)
					break;
				memmove(
				    bytes + at + part, bytes + at, len - at);
				len += part;
				break;
			}
		}
		check_survives(bytes, len);
	}
	free(bytes);
	conf_free(conf);
}

static void
test_mutations(void **state)
{
	(void)state;
	mutate("full.in", 2000);
	mutate("print-all.in", 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_control_beside_errors),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_mutations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, setup, teardown);
}
