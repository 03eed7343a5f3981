/* SPDX-License-Identifier: ISC */
/*
 * empty_milter.c - what does a milter cost that does nothing?
 *
 * The yardstick for Postern's own cost, and something for the harness to talk
 * to: connect, HELO, MAIL and RCPT are asked for and answered "continue".
 */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *addr)
{
	(void)ctx;
	(void)name;
	(void)addr;
	return SMFIS_CONTINUE;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)ctx;
	(void)name;
	return SMFIS_CONTINUE;
}

static sfsistat
on_address(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return SMFIS_CONTINUE;
}

int
main(int argc, char **argv)
{
	struct smfiDesc filter = {
		.xxfi_name = "empty",
		.xxfi_version = SMFI_VERSION,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_address,
		.xxfi_envrcpt = on_address,
	};

	if (argc != 2) {
		(void)fprintf(stderr, "usage: empty_milter SOCKET\n");
		return 64;
	}
	if (smfi_setconn(argv[1]) != MI_SUCCESS ||
	    smfi_register(filter) != MI_SUCCESS ||
	    smfi_opensocket(1) != MI_SUCCESS) {
		(void)fprintf(stderr, "empty_milter: no socket %s\n", argv[1]);
		return EXIT_FAILURE;
	}
	return smfi_main() == MI_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
