/* SPDX-License-Identifier: ISC */
/*
 * filter.c - what does a milter cost that knows nothing?
 *
 * The yardsticks.  Without names of their own steps and macros are those that
 * libmilter asks for by itself:
 *	empty    accepts at connect; no other step
 *	all      every step, "continue"
 *	refuse   every step, 550 at RCPT
 * and those that ask for what they are told to, so that nothing but the work
 * of the filter itself differs:
 *	accept   accepts at connect
 *	deny     550 at RCPT
 *	pass     "continue" at RCPT
 *	take     every header, accepts at their end
 *	turn     every header, 550 at their end
 */
#include "config.h"

#include <libmilter/mfapi.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static struct {
	sfsistat at_connect;
	sfsistat at_rcpt;
	sfsistat at_eoh;
	unsigned long protocol; /* steps that are left out or not answered */
	char **lists;           /* "STAGE:NAMES" */
	int nlists;
} ask = { .at_connect = SMFIS_CONTINUE,
	.at_rcpt = SMFIS_CONTINUE,
	.at_eoh = SMFIS_CONTINUE };

static sfsistat
go_on(unsigned long silent)
{
	return (ask.protocol & silent) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *addr)
{
	(void)ctx;
	(void)name;
	(void)addr;
	return ask.at_connect;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)ctx;
	(void)name;
	return go_on(SMFIP_NR_HELO);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return go_on(SMFIP_NR_MAIL);
}

static sfsistat
answer(SMFICTX *ctx, sfsistat chosen)
{
	static char code[] = "550", status[] = "5.7.1";
	static char text[] = "Direct delivery is refused; use the MX of "
			     "example.com (ref 01JDE0000000000000000000AB)";

	if (chosen == SMFIS_REJECT)
		(void)smfi_setreply(ctx, code, status, text); /* fits */
	return chosen;
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	(void)argv;
	return answer(ctx, ask.at_rcpt);
}

static sfsistat
on_step(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx;
	(void)name;
	(void)value;
	return go_on(SMFIP_NR_HDR);
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	return answer(ctx, ask.at_eoh);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return SMFIS_CONTINUE;
}

static sfsistat
on_unknown(SMFICTX *ctx, const char *command)
{
	(void)ctx;
	(void)command;
	return SMFIS_CONTINUE;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long protocol,
    unsigned long more2, unsigned long more3, unsigned long *want_actions,
    unsigned long *want_protocol, unsigned long *want_more2,
    unsigned long *want_more3)
{
	(void)more2;
	(void)more3;
	*want_actions = actions & SMFIF_SETSYMLIST;
	*want_protocol = protocol & ask.protocol;
	*want_more2 = 0;
	*want_more3 = 0;
	for (int i = 0; i < ask.nlists && *want_actions != 0; i++)
		(void)smfi_setsymlist(
		    ctx, ask.lists[i][0] - '0', ask.lists[i] + 2);

	return SMFIS_CONTINUE;
}

static void
register_every(struct smfiDesc *filter)
{
	filter->xxfi_helo = on_helo;
	filter->xxfi_envfrom = on_mail;
	filter->xxfi_envrcpt = on_rcpt;
	filter->xxfi_data = on_step;
	filter->xxfi_header = on_header;
	filter->xxfi_eoh = on_eoh;
	filter->xxfi_body = on_body;
	filter->xxfi_eom = on_step;
	filter->xxfi_abort = on_step;
	filter->xxfi_close = on_step;
	filter->xxfi_unknown = on_unknown;
}

static void
register_chosen(struct smfiDesc *filter)
{
	filter->xxfi_negotiate = on_negotiate;
	filter->xxfi_helo = on_helo;
	filter->xxfi_envfrom = on_mail;
	filter->xxfi_envrcpt = on_rcpt;
	filter->xxfi_close = on_step;
}

static void
register_headers(struct smfiDesc *filter)
{
	register_chosen(filter);
	filter->xxfi_header = on_header;
	filter->xxfi_eoh = on_eoh;
	filter->xxfi_eom = on_step;
	filter->xxfi_abort = on_step;
}

static const struct mode {
	const char *name;
	void (*fill)(struct smfiDesc *filter); /* NULL: connect only */
	sfsistat at_connect;
	sfsistat at_rcpt;
	sfsistat at_eoh;
} modes[] = {
	{ "empty", NULL, SMFIS_ACCEPT, SMFIS_CONTINUE, SMFIS_CONTINUE },
	{ "all", register_every, SMFIS_CONTINUE, SMFIS_CONTINUE,
	    SMFIS_CONTINUE },
	{ "refuse", register_every, SMFIS_CONTINUE, SMFIS_REJECT,
	    SMFIS_CONTINUE },
	{ "accept", register_chosen, SMFIS_ACCEPT, SMFIS_CONTINUE,
	    SMFIS_CONTINUE },
	{ "deny", register_chosen, SMFIS_CONTINUE, SMFIS_REJECT,
	    SMFIS_CONTINUE },
	{ "pass", register_chosen, SMFIS_CONTINUE, SMFIS_CONTINUE,
	    SMFIS_CONTINUE },
	{ "take", register_headers, SMFIS_CONTINUE, SMFIS_CONTINUE,
	    SMFIS_ACCEPT },
	{ "turn", register_headers, SMFIS_CONTINUE, SMFIS_CONTINUE,
	    SMFIS_REJECT },
};

static const struct mode *
find_mode(const char *name)
{
	for (size_t i = 0; i < NITEMS(modes); i++)
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];

	return NULL;
}

/* libmilter itself needs up to five seconds for a TERM. */
static void
leave(int number)
{
	(void)number;
	_exit(0);
}

static int
serve(const struct mode *mode, char *socket)
{
	static char name[] = "bench";
	struct smfiDesc filter = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_connect = on_connect,
	};

	ask.at_connect = mode->at_connect;
	ask.at_rcpt = mode->at_rcpt;
	ask.at_eoh = mode->at_eoh;
	if (mode->fill != NULL)
		mode->fill(&filter);
	if (signal(SIGUSR1, leave) == SIG_ERR ||
	    smfi_setconn(socket) != MI_SUCCESS ||
	    smfi_register(filter) != MI_SUCCESS ||
	    smfi_opensocket(1) != MI_SUCCESS) {
		(void)fprintf(stderr, "filter: no socket %s\n", socket);
		return EXIT_FAILURE;
	}

	return smfi_main() == MI_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	const struct mode *mode = argc < 3 ? NULL : find_mode(argv[2]);

	if (mode == NULL) {
		(void)fprintf(stderr,
		    "usage: filter SOCKET empty|all|refuse\n"
		    "       filter SOCKET accept|deny|pass|take|turn "
		    "PROTOCOL [STAGE:MACROS]...\n");
		return 64;
	}
	if (argc > 3) {
		ask.protocol = strtoul(argv[3], NULL, 0);
		ask.lists = argv + 4;
		ask.nlists = argc - 4;
	}

	return serve(mode, argv[1]);
}
