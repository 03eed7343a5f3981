/* SPDX-License-Identifier: ISC */
/* fake_milter.c - what does libmilter take from a filter? */
#include "config.h"

#include "fake_milter.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	REPLY_TEXT_MAX = 980, /* libmilter's MAXREPLYLEN */
	LIST_MAX = 50         /* macros of a stage that an MTA takes */
};

/* What libmilter says to an MTA that cannot do without replies. */
#define FAKED                                                             \
	(SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT |  \
	    SMFIP_NR_DATA | SMFIP_NR_UNKN | SMFIP_NR_HDR | SMFIP_NR_EOH | \
	    SMFIP_NR_BODY)
/* What it forgives where the MTA does not know it. */
#define FORGIVEN (FAKED | SMFIP_NODATA | SMFIP_NOUNKNOWN)

static struct smfiDesc filter;
static bool registered;

/* Of each step: its macros' stage (-1: none), "no reply", "leave it out". */
static const struct {
	int stage;
	unsigned long silent, left_out;
	const char *name;
} steps[FAKE_STEPS] = {
	[FAKE_CONNECT] = { SMFIM_CONNECT, SMFIP_NR_CONN, SMFIP_NOCONNECT,
	    "connect" },
	[FAKE_HELO] = { SMFIM_HELO, SMFIP_NR_HELO, SMFIP_NOHELO, "HELO" },
	[FAKE_MAIL] = { SMFIM_ENVFROM, SMFIP_NR_MAIL, SMFIP_NOMAIL, "MAIL" },
	[FAKE_RCPT] = { SMFIM_ENVRCPT, SMFIP_NR_RCPT, SMFIP_NORCPT, "RCPT" },
	[FAKE_DATA] = { SMFIM_DATA, SMFIP_NR_DATA, SMFIP_NODATA, "DATA" },
	[FAKE_HEADER] = { -1, SMFIP_NR_HDR, SMFIP_NOHDRS, "header" },
	[FAKE_EOH] = { SMFIM_EOH, SMFIP_NR_EOH, SMFIP_NOEOH, "end of headers" },
	[FAKE_BODY] = { -1, SMFIP_NR_BODY, SMFIP_NOBODY, "body" },
	[FAKE_EOM] = { SMFIM_EOM, 0, 0, "end of message" },
	[FAKE_ABORT] = { -1, 0, 0, "abort" },
	[FAKE_CLOSE] = { -1, 0, 0, "close" },
};

/* What Postfix sends where a filter does not ask. */
static const char *const own_lists[FAKE_STAGES] = {
	[SMFIM_CONNECT] = "j {daemon_name} {daemon_addr} v _",
	[SMFIM_HELO] = "{tls_version} {cipher} {cipher_bits} {cert_subject} "
		       "{cert_issuer}",
	[SMFIM_ENVFROM] = "i {auth_type} {auth_authen} {auth_author} "
			  "{mail_addr} {mail_host} {mail_mailer}",
	[SMFIM_ENVRCPT] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
	[SMFIM_DATA] = "i",
	[SMFIM_EOM] = "i",
	[SMFIM_EOH] = "i",
};

static void fault(SMFICTX *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
fault(SMFICTX *ctx, const char *format, ...)
{
	va_list args;

	if (ctx->fault[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(ctx->fault, sizeof(ctx->fault), format, args);
	va_end(args);
}

int
smfi_register(struct smfiDesc descriptor)
{
	filter = descriptor;
	registered = true;

	return MI_SUCCESS;
}

const struct smfiDesc *
fake_filter(void)
{
	return registered ? &filter : NULL;
}

int
smfi_setpriv(SMFICTX *ctx, void *priv)
{
	if (ctx == NULL)
		return MI_FAILURE;
	ctx->priv = priv;

	return MI_SUCCESS;
}

void *
smfi_getpriv(SMFICTX *ctx)
{
	return ctx == NULL ? NULL : ctx->priv;
}

/* "i" and "{i}" are the same macro. */
static bool
is_name(const char *name, const char *wanted)
{
	size_t len = strlen(name), most = strlen(wanted);

	if (strcmp(name, wanted) == 0)
		return true;
	if (len == 3 && most == 1)
		return name[0] == '{' && name[1] == wanted[0];

	return len == 1 && most == 3 && wanted[0] == '{' &&
	    wanted[1] == name[0];
}

char *
smfi_getsymval(SMFICTX *ctx, char *name)
{
	if (ctx == NULL || name == NULL || *name == '\0')
		return NULL;
	for (int stage = FAKE_STAGES - 1; stage >= 0; stage--)
		for (char **pair = ctx->macros[stage]; *pair != NULL; pair += 2)
			if (is_name(pair[0], name))
				return pair[1];

	return NULL;
}

int
smfi_setsymlist(SMFICTX *ctx, int stage, char *names)
{
	if (ctx->step != FAKE_NEGOTIATE)
		fault(ctx, "a list of macros outside the negotiation");
	if (names == NULL || stage < SMFIM_FIRST || stage > SMFIM_LAST ||
	    ctx->lists[stage] != NULL)
		return MI_FAILURE;
	ctx->lists[stage] = mem_text(names);

	return MI_SUCCESS;
}

/* "5.7.1" */
static bool
is_status(const char *text)
{
	const char *part = text + 1;

	if (strchr("245", text[0]) == NULL || text[0] == '\0')
		return false;
	for (int i = 0; i < 2; i++) {
		size_t digits;

		if (*part != '.')
			return false;
		digits = strspn(part + 1, "0123456789");
		if (digits < 1 || digits > 3)
			return false;
		part += 1 + digits;
	}

	return *part == '\0';
}

/* As libmilter looks at it: it does not mind what an MTA would. */
static bool
is_reply(const char *code, const char *status, const char *text)
{
	if (code == NULL || strlen(code) != 3 ||
	    (code[0] != '4' && code[0] != '5') ||
	    !isdigit((unsigned char)code[1]) ||
	    !isdigit((unsigned char)code[2]))
		return false;
	if (status != NULL && !is_status(status))
		return false;

	return text == NULL ||
	    (strpbrk(text, "\r\n") == NULL && strlen(text) <= REPLY_TEXT_MAX);
}

/* Postfix and Sendmail make one of two; at one alone Sendmail drops all. */
static bool
has_lone_percent(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '%' && *++text != '%')
			return true;

	return false;
}

int
smfi_setreply(SMFICTX *ctx, char *code, char *status, char *text)
{
	size_t len;

	if (!is_reply(code, status, text)) {
		fault(ctx, "libmilter refuses the reply %s %s %.60s",
		    code == NULL ? "-" : code, status == NULL ? "-" : status,
		    text == NULL ? "-" : text);
		return MI_FAILURE;
	}
	if (ctx->step == FAKE_CONNECT || ctx->step >= FAKE_ABORT)
		fault(ctx, "a reply at a step that takes none");
	if (status != NULL && status[0] != code[0])
		fault(ctx, "%s does not go with %s", status, code);
	if (text != NULL && has_lone_percent(text))
		fault(ctx, "a lone %% in a reply");
	for (const char *c = text; c != NULL && *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			fault(ctx, "a reply that is not printable ASCII");
	len = 16 + (text == NULL ? 0 : strlen(text));
	free(ctx->reply);
	ctx->reply = mem_new(len + 16, 1);
	(void)snprintf(ctx->reply, len + 16, "%s %s %s", code,
	    status == NULL ? "" : status, text == NULL ? "" : text);

	return MI_SUCCESS;
}

int
smfi_quarantine(SMFICTX *ctx, char *reason)
{
	if (ctx->step != FAKE_EOM)
		fault(ctx, "quarantine before the end of the message");
	if (reason == NULL || *reason == '\0' || ctx->step != FAKE_EOM ||
	    (ctx->actions & SMFIF_QUARANTINE) == 0)
		return MI_FAILURE;

	return MI_SUCCESS;
}

static bool
is_header(const char *name, const char *value)
{
	return name != NULL && *name != '\0' &&
	    strpbrk(name, ": \t\r\n") == NULL &&
	    (value == NULL || strpbrk(value, "\r\n") == NULL);
}

static int
change_header(
    SMFICTX *ctx, unsigned long action, const char *name, const char *value)
{
	if (ctx->step != FAKE_EOM)
		fault(ctx, "a header before the end of the message");
	if (!is_header(name, value))
		fault(ctx, "what is no header");

	return ctx->step == FAKE_EOM && (ctx->actions & action) != 0
	    ? MI_SUCCESS
	    : MI_FAILURE;
}

int
smfi_addheader(SMFICTX *ctx, char *name, char *value)
{
	if (value == NULL)
		return MI_FAILURE;

	return change_header(ctx, SMFIF_ADDHDRS, name, value);
}

/* value NULL: it is removed. */
int
smfi_chgheader(SMFICTX *ctx, char *name, int index, char *value)
{
	if (index < 0)
		return MI_FAILURE;
	if (index == 0)
		fault(ctx, "headers are counted from 1");

	return change_header(ctx, SMFIF_CHGHDRS, name, value);
}

void
fake_begin(SMFICTX *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->step = FAKE_NONE;
}

static void
clear_macros(SMFICTX *ctx, int from)
{
	for (int stage = from; stage < FAKE_STAGES; stage++)
		for (char **text = ctx->macros[stage]; *text != NULL; text++) {
			free(*text);
			*text = NULL;
		}
}

static void
clear_lists(SMFICTX *ctx)
{
	for (int stage = 0; stage < FAKE_STAGES; stage++) {
		free(ctx->lists[stage]);
		ctx->lists[stage] = NULL;
	}
}

void
fake_end(SMFICTX *ctx)
{
	if (ctx->priv != NULL)
		fault(ctx, "private data is left");
	clear_macros(ctx, 0);
	clear_lists(ctx);
	free(ctx->reply);
	ctx->reply = NULL;
}

static void
check_lists(SMFICTX *ctx)
{
	for (int stage = 0; stage < FAKE_STAGES; stage++) {
		const char *at = ctx->lists[stage];
		size_t count = 0;

		while (at != NULL && *(at += strspn(at, " ,")) != '\0') {
			at += strcspn(at, " ,");
			count++;
		}
		if (count > LIST_MAX)
			fault(ctx, "%zu macros at stage %d", count, stage);
		if (ctx->lists[stage] != NULL &&
		    (ctx->actions & SMFIF_SETSYMLIST) == 0)
			fault(ctx, "macros that the MTA lets nobody choose");
	}
}

bool
fake_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long protocol)
{
	unsigned long more = 1, most = 1;
	sfsistat result;

	/* An MTA of the first version says nothing at all. */
	actions = actions == 0 ? SMFI_V1_ACTS : actions;
	protocol = protocol == 0 ? SMFI_V1_PROT : protocol;
	clear_macros(ctx, 0);
	clear_lists(ctx); /* of a second one: libmilter lets none through */
	ctx->offered = protocol | FAKED;
	ctx->actions = actions;
	ctx->protocol = 0;
	ctx->step = FAKE_NEGOTIATE;
	result = filter.xxfi_negotiate(ctx, actions, ctx->offered, 0, 0,
	    &ctx->actions, &ctx->protocol, &more, &most);
	ctx->step = FAKE_NONE;
	if (result != SMFIS_CONTINUE)
		fault(ctx, "the negotiation returned %d", result);
	if ((ctx->actions & ~actions) != 0 ||
	    (ctx->protocol & ~protocol & ~(unsigned long)FORGIVEN) != 0)
		fault(ctx, "actions %#lx, protocol %#lx were not offered",
		    ctx->actions, ctx->protocol);
	if (more != 0 || most != 0)
		fault(ctx, "bits of a later protocol");
	check_lists(ctx);

	return ctx->fault[0] == '\0';
}

static bool
is_listed(const char *list, const char *name)
{
	for (const char *at = list; *(at += strspn(at, " ,")) != '\0';) {
		size_t len = strcspn(at, " ,");
		char *one = mem_text_len(at, len);
		bool found = is_name(one, name);

		free(one);
		if (found)
			return true;
		at += len;
	}

	return false;
}

bool
fake_is_asked(const SMFICTX *ctx, int stage, const char *name)
{
	const char *list = ctx->lists[stage];

	return is_listed(list != NULL ? list : own_lists[stage], name);
}

void
fake_send_macros(SMFICTX *ctx, int stage, const struct fake_macro *macros)
{
	char **out = ctx->macros[stage];
	size_t count = 0;

	for (char **old = out; *old != NULL; old++) {
		free(*old);
		*old = NULL;
	}
	for (; macros->name != NULL && count < FAKE_MACROS; macros++) {
		if (macros->value == NULL ||
		    !fake_is_asked(ctx, stage, macros->name))
			continue;
		*out++ = mem_text(macros->name);
		*out++ = mem_text(macros->value);
		count++;
	}
}

bool
fake_takes(enum fake_step step)
{
	switch (step) {
	case FAKE_CONNECT:
		return filter.xxfi_connect != NULL;
	case FAKE_HELO:
		return filter.xxfi_helo != NULL;
	case FAKE_MAIL:
		return filter.xxfi_envfrom != NULL;
	case FAKE_RCPT:
		return filter.xxfi_envrcpt != NULL;
	case FAKE_DATA:
		return filter.xxfi_data != NULL;
	case FAKE_HEADER:
		return filter.xxfi_header != NULL;
	case FAKE_EOH:
		return filter.xxfi_eoh != NULL;
	case FAKE_BODY:
		return filter.xxfi_body != NULL;
	case FAKE_EOM:
		return filter.xxfi_eom != NULL;
	case FAKE_ABORT:
		return filter.xxfi_abort != NULL;
	case FAKE_CLOSE:
		return filter.xxfi_close != NULL;
	case FAKE_STEPS:
	case FAKE_NEGOTIATE:
	case FAKE_NONE:
		break;
	}

	return false;
}

bool
fake_is_sent(const SMFICTX *ctx, enum fake_step step)
{
	return (ctx->protocol & ctx->offered & steps[step].left_out) == 0;
}

bool
fake_is_silent(const SMFICTX *ctx, enum fake_step step)
{
	return (ctx->protocol & steps[step].silent) != 0;
}

static sfsistat
call_with_address(SMFICTX *ctx, const struct fake_call *call)
{
	char *address = call->text == NULL ? NULL : mem_text(call->text);
	char *argv[] = { address, NULL };
	sfsistat result = call->step == FAKE_MAIL
	    ? filter.xxfi_envfrom(ctx, argv)
	    : filter.xxfi_envrcpt(ctx, argv);

	/* Nothing may be borrowed from libmilter's buffer. */
	free(address);

	return result;
}

/* The peer's address lies on libmilter's stack, as large as any. */
static sfsistat
call_connect(SMFICTX *ctx, const struct fake_call *call)
{
	char *name = call->text == NULL ? NULL : mem_text(call->text);
	sfsistat result;
	struct sockaddr *peer = NULL;

	if (call->peer != NULL) {
		peer = mem_new(1, sizeof(struct sockaddr_storage));
		memcpy(peer, call->peer, sizeof(struct sockaddr_storage));
	}
	result = filter.xxfi_connect(ctx, name, peer);
	free(name);
	free(peer);

	return result;
}

static sfsistat
call_with_text(SMFICTX *ctx, const struct fake_call *call)
{
	char *text = call->text == NULL ? NULL : mem_text(call->text);
	char *value = call->value == NULL ? NULL : mem_text(call->value);
	sfsistat result = call->step == FAKE_HELO
	    ? filter.xxfi_helo(ctx, text)
	    : filter.xxfi_header(ctx, text, value);

	free(text);
	free(value);

	return result;
}

static sfsistat
call_filter(SMFICTX *ctx, const struct fake_call *call)
{
	unsigned char body[] = "body";

	switch (call->step) {
	case FAKE_CONNECT:
		return call_connect(ctx, call);
	case FAKE_HELO:
	case FAKE_HEADER:
		return call_with_text(ctx, call);
	case FAKE_MAIL:
	case FAKE_RCPT:
		return call_with_address(ctx, call);
	case FAKE_DATA:
		return filter.xxfi_data(ctx);
	case FAKE_EOH:
		return filter.xxfi_eoh(ctx);
	case FAKE_BODY:
		return filter.xxfi_body(ctx, body, sizeof(body) - 1);
	case FAKE_EOM:
		return filter.xxfi_eom(ctx);
	case FAKE_ABORT:
		return filter.xxfi_abort(ctx);
	case FAKE_CLOSE:
		return filter.xxfi_close(ctx);
	case FAKE_STEPS:
	case FAKE_NEGOTIATE:
	case FAKE_NONE:
		break;
	}

	return SMFIS_CONTINUE;
}

/* Does the reply that was set go with what is returned, and is it heard? */
static void
check_reply(SMFICTX *ctx, enum fake_step step, sfsistat result)
{
	if (ctx->reply == NULL)
		return;
	if (result == SMFIS_TEMPFAIL
		? ctx->reply[0] != '4'
		: result != SMFIS_REJECT || ctx->reply[0] != '5')
		fault(ctx, "\"%.40s\" is not said with %d at %s", ctx->reply,
		    result, steps[step].name);
	free(ctx->reply);
	ctx->reply = NULL;
}

static void
check_result(SMFICTX *ctx, enum fake_step step, sfsistat result)
{
	switch (result) {
	case SMFIS_CONTINUE:
	case SMFIS_REJECT:
	case SMFIS_ACCEPT:
	case SMFIS_TEMPFAIL:
		if (fake_is_silent(ctx, step))
			fault(ctx, "%d at %s, which was to have no reply",
			    result, steps[step].name);
		break;
	case SMFIS_NOREPLY:
		if (!fake_is_silent(ctx, step))
			fault(ctx, "no reply at %s; the MTA waits for ever",
			    steps[step].name);
		break;
	default:
		fault(ctx, "%d at %s", result, steps[step].name);
	}
}

sfsistat
fake_call(SMFICTX *ctx, const struct fake_call *call)
{
	enum fake_step step = call->step;
	sfsistat result;

	/* What was said for a later step is forgotten: it has not come yet. */
	if (step <= FAKE_RCPT)
		clear_macros(ctx, steps[step].stage + 1);
	ctx->step = step;
	result = fake_takes(step) ? call_filter(ctx, call) : SMFIS_CONTINUE;
	ctx->step = FAKE_NONE;
	check_reply(ctx, step, result);
	if (step == FAKE_CLOSE)
		clear_macros(ctx, 0);
	else if (step != FAKE_ABORT &&
	    (fake_takes(step) || fake_is_sent(ctx, step)))
		check_result(ctx, step, result);

	return result;
}
