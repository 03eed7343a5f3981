/* SPDX-License-Identifier: ISC */
/* start.c - in which order does it come up? */
#include "config.h"

#include "posternd/start.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "lists/generation.h"
#include "log/log.h"
#include "posternd/account.h"
#include "posternd/audit.h"
#include "posternd/control.h"
#include "posternd/force.h"
#include "posternd/pseudonym.h"
#include "posternd/say.h"
#include "posternd/service.h"
#include "posternd/socket.h"

/* All that a start makes. */
struct parts {
	struct account account;
	struct log *log;
	struct listener listener;
	struct control control;
};

static int
open_log(const struct conf *conf, struct parts *parts, struct err *err)
{
	const struct log_settings settings = {
		.path = conf->audit.path,
		.sync = force_sync_of(conf),
		.wait_ms = LOG_WAIT_MS,
		.owner = parts->account.uid,
		.group = parts->account.gid,
		.keeping = force_keeping_of(conf),
	};
	bool taken = false;

	parts->log = log_open(&settings, &audit_news, &taken, err);
	if (parts->log == NULL)
		return taken ? EX_TEMPFAIL : EX_IOERR;

	return EX_OK;
}

static int
make_parts(const struct conf *conf, struct parts *parts, struct err *err)
{
	int status;

	if (!account_find(conf->user, &parts->account, err))
		return EX_CONFIG;
	status = open_log(conf, parts, err);
	if (status == EX_OK &&
	    !pseudonym_load(conf, parts->account.uid, parts->account.gid, err))
		status = EX_IOERR;
	if (status == EX_OK)
		status =
		    socket_open(conf, &parts->account, &parts->listener, err);
	if (status == EX_OK)
		status =
		    control_open(conf, &parts->account, &parts->control, err);
	if (status == EX_OK && !account_become(&parts->account, err))
		status = EX_NOPERM;

	return status;
}

static void
make_greeting(const struct generation *generation, struct buf *out)
{
	const struct rules *rules = generation_rules(generation);

	buf_addf(out,
	    "posternd " PACKAGE_VERSION ": guarding %zu %s in %s "
	    "mode on %s",
	    rules->npolicies, rules->npolicies == 1 ? "policy" : "policies",
	    mode_text(rules->mode), generation_conf(generation)->socket);
}

static int
serve(struct generation *generation, struct parts *parts, const char *conf_path,
    uid_t asker)
{
	struct service service = {
		.listener = &parts->listener,
		.control = &parts->control,
		.conf_path = conf_path,
		.asker = asker,
	};
	struct buf greeting;
	struct err err;
	int status;

	force_init(generation, parts->log);
	if (!log_start(parts->log, &err)) {
		say_error("%s", err.text);
		control_close(&parts->control);
		socket_remove(&parts->listener);
		return EX_IOERR;
	}
	buf_init(&greeting);
	make_greeting(generation, &greeting);
	service.greeting = buf_text(&greeting);
	status = service_run(&service);
	buf_done(&greeting);

	return status;
}

int
start(struct generation *generation, const char *conf_path)
{
	struct parts parts = {
		.listener = { .fd = -1 },
		.control = { .listener = { .fd = -1 } },
	};
	uid_t asker = getuid();
	struct err err;
	int status;

	status = make_parts(generation_conf(generation), &parts, &err);
	if (status != EX_OK) {
		say_error("%s", err.text);
		control_close(&parts.control);
		socket_remove(&parts.listener);
		log_close(parts.log);
		generation_unref(generation);
		return status;
	}

	/* From here on it lives until a reload takes its place. */
	return serve(generation, &parts, conf_path, asker);
}
