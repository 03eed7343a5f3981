/* SPDX-License-Identifier: ISC */
/* callbacks_run.c - what does an MTA do that is out of its mind? */
#include "config.h"

#include "callbacks_run.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/mem.h"
#include "callbacks_help.h"
#include "posternd/counters.h"

enum {
	STEPS = 40, /* of each session */
	LONG = 64 * 1024
};

#define RIGHT_NAME "mail.partner.example"

static struct {
	uint64_t seed;
	char text[LONG + 32]; /* a recipient that is far too long */
	/* what the model counts, by action */
	atomic_ulong records[ACTION_COUNT];
	atomic_ulong unsure; /* steps of which it cannot tell */
	atomic_ulong connects;
	/* odd while it changes; the state is that of the even number */
	atomic_ulong glass_epoch;
	atomic_int glass;
} table;

/* What each step is called in a trail. */
static const char letters[] = "CHMRdhNbEAQ.n.";

static const char *const answer_names[] = { "continue", "reject", "discard",
	"accept", "tempfail", "5", "6", "noreply", "skip" };

static const char *
answer_name(sfsistat answer)
{
	return answer >= 0 && (size_t)answer < NITEMS(answer_names)
	    ? answer_names[answer]
	    : "?";
}

static void wrong(struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
wrong(struct run *run, const char *format, ...)
{
	char text[RUN_WRONG / 2];
	va_list args;

	if (run->wrong[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)snprintf(run->wrong, sizeof(run->wrong),
	    "session %u, rules %d, ...%s: %s", run->number,
	    (int)run->model.rules, run->trail, text);
}

static uint64_t
below(struct run *run, uint64_t n)
{
	return random_below(&run->random, n);
}

/* Keeps the last steps. */
static void
leave_trail(struct run *run, char letter)
{
	size_t len = strlen(run->trail);

	if (len == RUN_TRAIL - 1) {
		memmove(run->trail, run->trail + RUN_TRAIL / 2, RUN_TRAIL / 2);
		len = strlen(run->trail);
	}
	run->trail[len] = letter;
	run->trail[len + 1] = '\0';
}

/* The clients; NULL without family: one without address. */
static const struct {
	const char *address;
	sa_family_t family;
	enum model_client client;
	const char *shown; /* {client_addr} */
} clients[] = {
	{ "192.0.2.10", AF_INET, CLIENT_FILTER, "192.0.2.10" },
	{ "192.0.2.10", AF_INET, CLIENT_FILTER, "0" },
	{ "192.0.2.66", AF_INET, CLIENT_STRANGER, "192.0.2.66" },
	{ "198.51.100.7", AF_INET, CLIENT_OFFICE, NULL },
	{ "198.51.100.200", AF_INET, CLIENT_STRANGER, NULL },
	{ "198.51.100.200", AF_INET, CLIENT_STRANGER, "192.0.2.10" },
	{ "203.0.113.7", AF_INET, CLIENT_PROBE, NULL },
	{ "127.0.0.1", AF_INET, CLIENT_OWN, NULL },
	{ "2001:db8:25::1", AF_INET6, CLIENT_FILTER, NULL },
	{ "2001:db8:99::1", AF_INET6, CLIENT_STRANGER, NULL },
	{ "::ffff:192.0.2.10", AF_INET6, CLIENT_FILTER, NULL },
	{ "::ffff:198.51.100.200", AF_INET6, CLIENT_STRANGER, NULL },
	{ "::1", AF_INET6, CLIENT_OWN, NULL },
	{ "/run/mta", AF_UNIX, CLIENT_OWN, NULL },
	{ NULL, AF_UNSPEC, CLIENT_OWN, "0" },
	{ NULL, AF_UNSPEC, CLIENT_STRANGER, NULL },
	{ NULL, AF_UNSPEC, CLIENT_STRANGER, "unknown" },
	{ NULL, AF_IPX, CLIENT_STRANGER, "0" },
};

static const struct sockaddr *
peer_of(size_t i, struct sockaddr_storage *room)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = 40000 };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memset(room, 0, sizeof(*room));
	room->ss_family = clients[i].family;
	switch (clients[i].family) {
	case AF_UNSPEC:
		return NULL;
	case AF_INET:
		(void)inet_pton(AF_INET, clients[i].address, &in.sin_addr);
		memcpy(room, &in, sizeof(in));
		break;
	case AF_INET6:
		(void)inet_pton(AF_INET6, clients[i].address, &in6.sin6_addr);
		memcpy(room, &in6, sizeof(in6));
		break;
	case AF_UNIX:
		memset(un.sun_path, 'x', sizeof(un.sun_path));
		memcpy(room, &un, sizeof(un));
		break;
	default: /* an address of which nobody knows more */
		break;
	}

	return (const struct sockaddr *)room;
}

/* A text that a client may have made up. */
static const char *
odd_text(struct run *run)
{
	static const char *const texts[] = { NULL, "", "client.test",
		"[198.51.100.200]", "\001\033[31m\177", "\"},\"x\":{\"",
		"%s%n%d", "\303\251\342\202\254\360\237\230\200",
		"\377\376\300\257", "a\r\n.\r\nb", "\342\200\256txt.exe" };
	uint64_t i = below(run, NITEMS(texts) + 1);

	return i == NITEMS(texts) ? table.text : texts[i];
}

static const struct {
	const char *text;
	enum model_rcpt rcpt;
} rcpts[] = {
	{ "<ceo@example.com>", RCPT_PLAIN },
	{ "<ceo@example.com>", RCPT_PLAIN },
	{ "CEO@sub.Example.COM.", RCPT_PLAIN },
	{ "<50%off%%@example.com>", RCPT_PLAIN },
	{ "<c\001e\033[2Jo\177@example.com>", RCPT_PLAIN },
	{ "<\377\376\"@example.com>", RCPT_EVERYWHERE }, /* an open quote */
	{ "<ceo@second.example>", RCPT_CERTIFICATE },
	{ "<ceo@second.example>", RCPT_CERTIFICATE },
	{ "<ceo@watched.example>", RCPT_WATCHED },
	{ "<postmaster@example.com>", RCPT_ALWAYS },
	{ "<PostMaster>", RCPT_POSTMASTER },
	{ "<x@elsewhere.example>", RCPT_UNLISTED }, { NULL, RCPT_EVERYWHERE },
	{ "", RCPT_EVERYWHERE }, { "<>", RCPT_EVERYWHERE },
	{ "<ceo@[192.0.2.7]>", RCPT_EVERYWHERE },
	{ table.text, RCPT_EVERYWHERE }, /* 64 KiB of local part */
};

static void
prepare_connect(struct run *run, struct fake_call *call,
    struct model_step *step, struct sockaddr_storage *room)
{
	static const char *const versions[] = { "Postfix 3.7.11", "8.17.1.9",
		"qpsmtpd", "" };
	static const char *const daemons[] = { "mx.test", "ORIGINATING", NULL,
		"mx.test", "mx.test", "", "\001\"" };
	static const char *const resolved[] = { "OK", "FAIL", "FORGED", "TEMP",
		NULL, "\377" };
	size_t i = below(run, NITEMS(clients));
	const char *daemon = daemons[below(run, NITEMS(daemons))];
	const struct fake_macro macros[] = { { "j", "mx.test" },
		{ "v", versions[below(run, 8) % NITEMS(versions)] },
		{ "{daemon_name}", daemon }, { "{daemon_addr}", "192.0.2.25" },
		{ "{daemon_port}", "25" },
		{ "{if_addr}", below(run, 2) == 0 ? "" : "IPv6:::1" },
		{ "{client_addr}", clients[i].shown },
		{ "{client_resolve}", resolved[below(run, NITEMS(resolved))] },
		{ NULL, NULL } };
	char client_addr[] = "{client_addr}", v[] = "v";
	const char *shown;

	fake_send_macros(&run->ctx, SMFIM_CONNECT, macros);
	call->peer = peer_of(i, room);
	step->client = clients[i].client;
	/* Without address it is local only where the MTA shows that. */
	shown = smfi_getsymval(&run->ctx, client_addr);
	if (call->peer == NULL)
		step->client = shown != NULL && strcmp(shown, "0") == 0
		    ? CLIENT_OWN
		    : CLIENT_STRANGER;
	if (daemon != NULL && strcmp(daemon, "ORIGINATING") == 0)
		step->client = CLIENT_OWN;
	run->version = smfi_getsymval(&run->ctx, v);
	run->version = run->version == NULL ? "" : macros[1].value;
	run->login = below(run, 8) == 0;
}

/* A certificate counts as the MTA's kind tells of it. */
static enum model_certificate
certificate_of(struct run *run)
{
	char cert_subject[] = "{cert_subject}", cn_subject[] = "{cn_subject}",
	     verify[] = "{verify}";
	const char *name = NULL, *verified;

	if (strncmp(run->version, "Postfix", 7) == 0)
		name = smfi_getsymval(&run->ctx, cert_subject);
	else if (run->version[0] == '8') {
		verified = smfi_getsymval(&run->ctx, verify);
		if (verified != NULL && strcmp(verified, "OK") == 0)
			name = smfi_getsymval(&run->ctx, cn_subject);
	}
	if (name == NULL || *name == '\0')
		return CERTIFICATE_NONE;

	return strcmp(name, RIGHT_NAME) == 0 ? CERTIFICATE_RIGHT
					     : CERTIFICATE_WRONG;
}

static void
prepare_mail(struct run *run, struct model_step *step)
{
	static const char *const names[] = { NULL, RIGHT_NAME, RIGHT_NAME, "",
		"mail.other.example" };
	const char *name = names[below(run, NITEMS(names))];
	char auth_authen[] = "{auth_authen}";
	const char *login;
	const struct fake_macro macros[] = { { "i", "QUEUEID" },
		{ "{auth_authen}", run->login ? "alice" : "" },
		{ "{tls_version}", name == NULL ? NULL : "TLSv1.3" },
		{ "{cipher}", "\"\001" }, { "{cert_subject}", name },
		{ "{cert_issuer}", "An Authority" }, { "{cn_subject}", name },
		{ "{cn_issuer}", "An+20Authority" },
		{ "{verify}", below(run, 4) == 0 ? "FAIL" : "OK" },
		{ NULL, NULL } };

	fake_send_macros(&run->ctx, SMFIM_ENVFROM, macros);
	login = smfi_getsymval(&run->ctx, auth_authen);
	step->login = login != NULL && *login != '\0';
	step->certificate = certificate_of(run);
}

static void
prepare_rcpt(struct run *run, struct fake_call *call, struct model_step *step)
{
	size_t i = below(run, NITEMS(rcpts));
	struct fake_macro macros[] = { { "i", "QUEUEID" },
		{ "{rcpt_mailer}", "relay" }, { NULL, NULL } };

	/* So that all of a message's recipients fit into one record. */
	if (rcpts[i].text == table.text && run->long_sent)
		i = 0;
	run->long_sent = run->long_sent || rcpts[i].text == table.text;
	step->refused =
	    run->model.tells_refused && !run->renewed && below(run, 6) == 0;
	if (step->refused)
		macros[1].value = "error";
	fake_send_macros(&run->ctx, SMFIM_ENVRCPT, macros);
	call->text = rcpts[i].text;
	step->rcpt = rcpts[i].rcpt;
}

static void
prepare(struct run *run, struct fake_call *call, struct model_step *step,
    struct sockaddr_storage *room)
{
	static const struct fake_macro nothing[] = { { "i", "QUEUEID" },
		{ NULL, NULL } };

	call->text = odd_text(run);
	call->value = odd_text(run);
	switch (call->step) {
	case FAKE_CONNECT:
		prepare_connect(run, call, step, room);
		break;
	case FAKE_MAIL:
		prepare_mail(run, step);
		break;
	case FAKE_RCPT:
		prepare_rcpt(run, call, step);
		break;
	case FAKE_EOH:
		fake_send_macros(&run->ctx, SMFIM_EOH, nothing);
		break;
	case FAKE_EOM:
		fake_send_macros(&run->ctx, SMFIM_EOM, nothing);
		break;
	case FAKE_HEADER:
		call->text = call->text == NULL ? "" : call->text;
		call->value = call->value == NULL ? "" : call->value;
		break;
	case FAKE_HELO:
	case FAKE_DATA:
	case FAKE_BODY:
	case FAKE_ABORT:
	case FAKE_CLOSE:
	case FAKE_STEPS:
	case FAKE_NEGOTIATE:
	case FAKE_NONE:
		break;
	}
}

/* Only what policies and record need, of what is offered. */
static void
check_pruning(struct run *run, unsigned long offered, enum model_rules rules)
{
	unsigned long never = SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NODATA |
	    SMFIP_NOUNKNOWN | SMFIP_RCPT_REJ;
	unsigned long got = run->ctx.protocol;

	if (rules != RULES_ALL)
		never |= SMFIP_NOEOH;
	if ((got & never & offered) != (never & offered))
		wrong(run, "asked for what it does not need: %#lx", got);
	if ((got &
		(SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NOMAIL | SMFIP_NORCPT |
		    SMFIP_NR_CONN | SMFIP_NR_RCPT)) != 0)
		wrong(run, "did not ask for what it needs: %#lx", got);
	if ((got & SMFIP_NR_HELO) == 0)
		wrong(run, "wants to answer HELO: %#lx", got);
	if (rules == RULES_ALL &&
	    (got & (SMFIP_NOEOH | SMFIP_NR_EOH)) != SMFIP_NR_EOH)
		wrong(
		    run, "wants no end of headers, or to answer it: %#lx", got);
	if ((run->ctx.actions & ~(unsigned long)SMFIF_SETSYMLIST) != 0)
		wrong(run, "asked for actions %#lx", run->ctx.actions);
}

/* What these rules, or any record, cannot do without. */
static void
check_lists(struct run *run, enum model_rules rules)
{
	static const struct {
		int stage;
		const char *name;
		bool strict; /* where logins do not count, too */
	} needed[] = {
		{ SMFIM_CONNECT, "{daemon_name}", true },
		{ SMFIM_CONNECT, "{client_addr}", true },
		{ SMFIM_CONNECT, "{if_addr}", true },
		{ SMFIM_CONNECT, "v", true },
		{ SMFIM_ENVFROM, "{auth_authen}", false },
		{ SMFIM_ENVFROM, "{cert_subject}", true },
		{ SMFIM_ENVFROM, "{cn_subject}", true },
		{ SMFIM_ENVFROM, "{verify}", true },
		{ SMFIM_ENVFROM, "{tls_version}", true },
		{ SMFIM_ENVRCPT, "i", true },
	};

	/* Where it may not choose, it must do with what it gets. */
	if ((run->ctx.actions & SMFIF_SETSYMLIST) == 0)
		return;
	for (size_t i = 0; i < NITEMS(needed); i++)
		if ((needed[i].strict || rules != RULES_STRICT) &&
		    !fake_is_asked(&run->ctx, needed[i].stage, needed[i].name))
			wrong(run, "did not ask for %s", needed[i].name);
	if ((run->ctx.protocol & SMFIP_RCPT_REJ) != 0 &&
	    !fake_is_asked(&run->ctx, SMFIM_ENVRCPT, "{rcpt_mailer}"))
		wrong(run, "cannot tell which recipients the MTA refused");
}

static void
negotiate(struct run *run)
{
	static const unsigned long offers[][2] = { { 0x1ff, 0x1fffff },
		{ 0x1ff, 0x1fffff }, { 0x1ff, 0x1fffff }, { 0xff, 0x1fffff },
		{ 0, 0 }, { 0x3f, 0x7f }, { 0x1ff, 0 }, { 0x1f, 0x3ff } };
	size_t i = below(run, NITEMS(offers) + 1);
	unsigned long actions = 0x1ff, protocol = 0;
	enum model_rules rules;

	if (i < NITEMS(offers)) {
		actions = offers[i][0];
		protocol = offers[i][1];
	} else
		protocol = below(run, 0x200000);
	if (!fake_negotiate(&run->ctx, actions, protocol)) {
		wrong(run, "negotiation: %s", run->ctx.fault);
		return;
	}
	rules = world_rules_of(&run->ctx);
	if (rules == RULES_COUNT) {
		wrong(run, "a negotiation that begins no session");
		return;
	}
	run->renewed = false;
	run->model =
	    model_begin(rules, true, (run->ctx.protocol & SMFIP_RCPT_REJ) != 0);
	check_lists(run, rules);
	check_pruning(run, protocol == 0 ? 0x3f : protocol, rules);
}

/* The step that follows in an ordinary session. */
static enum fake_step
next_step(struct run *run)
{
	uint64_t chance = below(run, 10);

	switch (run->last) {
	case FAKE_NONE:
	case FAKE_CLOSE:
		return run->renewed ? FAKE_CONNECT : FAKE_NEGOTIATE;
	case FAKE_NEGOTIATE:
		return FAKE_CONNECT;
	case FAKE_CONNECT:
		return FAKE_HELO;
	case FAKE_HELO:
	case FAKE_ABORT:
		return FAKE_MAIL;
	case FAKE_MAIL:
		return FAKE_RCPT;
	case FAKE_RCPT:
		return chance < 5 ? FAKE_RCPT : FAKE_EOH;
	case FAKE_EOM:
		return chance < 7 ? FAKE_MAIL : FAKE_CLOSE;
	case FAKE_DATA:
	case FAKE_HEADER:
	case FAKE_EOH:
	case FAKE_BODY:
	case FAKE_STEPS:
		break;
	}

	return FAKE_EOM;
}

static enum fake_step
choose(struct run *run)
{
	if (run->left == 1)
		return FAKE_CLOSE;
	if (below(run, 10) < 7)
		return next_step(run);
	if (below(run, 20) == 0)
		return FAKE_NEGOTIATE;

	return (enum fake_step)below(run, FAKE_STEPS);
}

static void
count_records(uint64_t out[ACTION_COUNT])
{
	for (enum record_action action = 0; action < ACTION_COUNT; action++)
		out[action] = counters_records(action);
}

/* What the glass may have been, as bits: all if it changed meanwhile. */
static unsigned
glass_since(unsigned long epoch)
{
	if (epoch % 2 != 0 || atomic_load(&table.glass_epoch) != epoch)
		return 1U << GLASS_IS_CLOSED | 1U << GLASS_IS_OPEN |
		    1U << GLASS_IS_OPEN_TO_P;

	return 1U << atomic_load(&table.glass);
}

static bool
is_expected(const struct run *run, const struct model_step *step,
    const struct model_answer *answer, sfsistat got)
{
	if (step->step == FAKE_ABORT || step->step == FAKE_CLOSE)
		return true;
	if (fake_is_silent(&run->ctx, step->step))
		return got == SMFIS_NOREPLY;

	return got == answer->answer;
}

/* Of one session alone: were just those records written? */
static void
check_records(struct run *run, const struct model_answer *answer,
    const uint64_t before[ACTION_COUNT])
{
	for (enum record_action action = 0; action < ACTION_COUNT; action++) {
		uint64_t want = before[action] +
		    (answer->action == action ? answer->records : 0);

		if (counters_records(action) != want)
			wrong(run, "%" PRIi64 " records %s too many",
			    (int64_t)(counters_records(action) - want),
			    record_action_text(action));
	}
}

/* Does it agree with what happened?  The session as it goes on then. */
static bool
try_glass(const struct run *run, const struct model_step *step,
    enum model_glass glass, sfsistat got, struct model *model,
    struct model_answer *answer)
{
	*model = run->model;
	*answer = model_answer(model, step, glass);

	return is_expected(run, step, answer, got);
}

/*
 * Where the MTA does not wait the answer does not tell which record there is,
 * and whether, if the glass was broken in that moment.
 */
static void
count_expected(struct run *run, const struct model_step *step,
    const struct model_answer *answer, unsigned glasses)
{
	atomic_fetch_add(&table.records[answer->action], answer->records);
	if (answer->records > 0 && (glasses & (glasses - 1)) != 0 &&
	    fake_is_silent(&run->ctx, step->step))
		atomic_fetch_add(&table.unsure, 1);
}

/* Goes on with the model that agrees; before: NULL, or to be compared. */
static void
judge(struct run *run, const struct model_step *step, unsigned glasses,
    sfsistat got, const uint64_t *before)
{
	struct model_answer answer = { .answer = SMFIS_CONTINUE };
	struct model model = run->model;
	enum model_glass glass = GLASS_IS_CLOSED;

	while (glass <= GLASS_IS_OPEN_TO_P &&
	    ((glasses & 1U << glass) == 0 ||
		!try_glass(run, step, glass, got, &model, &answer)))
		glass++;
	if (glass > GLASS_IS_OPEN_TO_P) {
		wrong(run, "got %s, want %s (recipient %d, glass %#x)",
		    answer_name(got),
		    fake_is_silent(&run->ctx, step->step)
			? "noreply"
			: answer_name(answer.answer),
		    (int)step->rcpt, glasses);
		return;
	}
	run->model = model;
	count_expected(run, step, &answer, glasses);
	if (before != NULL)
		check_records(run, &answer, before);
}

/* The session that a step without negotiation begins by itself. */
static void
follow_session(struct run *run)
{
	enum model_rules rules = world_rules_of(&run->ctx);

	if (run->ctx.priv == NULL)
		return;
	if (!run->model.begun)
		run->model = model_begin(rules, false, false);
	if (run->model.rules != rules)
		wrong(run, "a session that changes its rules to %d", rules);
}

static void
begin_anew(struct run *run)
{
	fake_end(&run->ctx);
	if (run->ctx.fault[0] != '\0')
		wrong(run, "%s", run->ctx.fault);
	fake_begin(&run->ctx);
	run->renewed = false;
}

/*
 * "Quit, new connection follows": what was negotiated holds, and the filter
 * cannot know.  libmilter keeps answers back that the MTA does not wait for.
 */
static void
renew(struct run *run)
{
	run->renewed = true;
	run->ctx.protocol = 0;
}

static void
call(struct run *run, enum fake_step number, bool alone)
{
	struct fake_call call = { .step = number };
	struct model_step step = { .step = number };
	struct sockaddr_storage room;
	uint64_t before[ACTION_COUNT];
	unsigned long epoch;
	sfsistat got;

	prepare(run, &call, &step, &room);
	count_records(before);
	epoch = atomic_load(&table.glass_epoch);
	got = fake_call(&run->ctx, &call);
	if (run->ctx.fault[0] != '\0')
		wrong(run, "%s", run->ctx.fault);
	if (number != FAKE_CLOSE)
		follow_session(run);
	if (number == FAKE_CONNECT)
		atomic_fetch_add(&table.connects, 1);
	judge(run, &step, glass_since(epoch), got, alone ? before : NULL);
}

void
run_step(struct run *run, bool alone)
{
	enum fake_step step = choose(run);

	if (step != FAKE_NEGOTIATE && !fake_takes(step)) {
		run->last = step;
		return;
	}
	leave_trail(run, letters[step]);
	run->last = step;
	run->left--;
	if (step == FAKE_NEGOTIATE) {
		negotiate(run);
		return;
	}
	call(run, step, alone);
	if (step != FAKE_CLOSE)
		return;
	run->long_sent = false;
	if (run->left == 0 || below(run, 4) > 0)
		begin_anew(run);
	else
		renew(run);
}

void
run_begin(struct run *run, unsigned number)
{
	memset(run, 0, sizeof(*run));
	fake_begin(&run->ctx);
	run->number = number;
	run->random = table.seed * 1000003 + number; /* of its own */
	run->left = STEPS;
	run->last = FAKE_NONE;
	run->version = "";
}

bool
run_end(struct run *run)
{
	bool right = run->wrong[0] == '\0';

	if (!right) {
		print_message("# %s\n", run->wrong);
		(void)fake_call(
		    &run->ctx, &(struct fake_call){ .step = FAKE_CLOSE });
	}
	fake_end(&run->ctx);

	return right;
}

bool
run_change_glass(enum model_glass glass)
{
	bool done;

	atomic_fetch_add(&table.glass_epoch, 1);
	done = world_glass(glass);
	atomic_store(&table.glass, (int)glass);
	atomic_fetch_add(&table.glass_epoch, 1);

	return done;
}

void
run_prepare(uint64_t seed)
{
	static const char behind[] = "@example.com";

	table.seed = seed;
	memset(table.text, 'a', LONG);
	memcpy(table.text + LONG, behind, sizeof(behind));
}

uint64_t
run_wanted(enum record_action action)
{
	return atomic_load(&table.records[action]);
}

uint64_t
run_unsure(void)
{
	return atomic_load(&table.unsure);
}

uint64_t
run_connects(void)
{
	return atomic_load(&table.connects);
}
