/* SPDX-License-Identifier: ISC */
/* client.c - what is told of a client? */
#include "config.h"

#include "postern/client.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/timetext.h"
#include "postern/eml.h"
#include "postern/say.h"

/* Not which version: that decides nothing. */
static const char encrypted[] = "encryption";

static bool
no_form(struct err *err, const char *value, const char *cure)
{
	struct buf quoted;

	buf_init(&quoted);
	buf_add_quoted(&quoted, value, SAY_SHOWN);
	(void)err_set(err, "%s %s", buf_text(&quoted), cure);
	buf_done(&quoted);

	return false;
}

static bool
tell_address(struct client *client, const char *value, struct err *err)
{
	return addr_parse(value, &client->facts.addr) ||
	    no_form(
		err, value, "is no IP address; write 192.0.2.1 or 2001:db8::1");
}

/* In brackets or not; <> is the null sender. */
static bool
tell_from(struct client *client, const char *value, struct err *err)
{
	size_t len = strlen(value);

	if (len == 0)
		return no_form(
		    err, value, "is no address; the null sender is <>");
	if (len >= 2 && value[0] == '<' && value[len - 1] == '>') {
		value++;
		len -= 2;
	}
	free(client->sender);
	client->sender = mem_text_len(value, len);
	client->facts.sender = client->sender;

	return true;
}

static bool
tell_name(const char **name, const char *value, struct err *err)
{
	if (*value == '\0')
		return no_form(
		    err, value, "is no name; what is not there is not told");
	*name = value;

	return true;
}

static bool
tell_host(struct client *client, const char *value, struct err *err)
{
	if (!tell_name(&client->facts.name, value, err))
		return false;
	client->facts.name_state = NAME_VERIFIED;

	return true;
}

static bool
tell_helo(struct client *client, const char *value, struct err *err)
{
	return tell_name(&client->facts.helo, value, err);
}

static bool
tell_cert(struct client *client, const char *value, struct err *err)
{
	client->facts.tls_version = encrypted;

	return tell_name(&client->facts.cert_subject, value, err);
}

static bool
tell_issuer(struct client *client, const char *value, struct err *err)
{
	client->facts.tls_version = encrypted;

	return tell_name(&client->facts.cert_issuer, value, err);
}

static bool
tell_tls(struct client *client, const char *value, struct err *err)
{
	(void)value; /* both are of other words */
	(void)err;
	client->facts.tls_version = encrypted;

	return true;
}

static bool
tell_auth(struct client *client, const char *value, struct err *err)
{
	(void)value; /* both are of other words */
	(void)err;
	client->facts.login = "authenticated";

	return true;
}

/* A number is a port, all else a name: as in the condition `daemon`. */
static bool
tell_daemon(struct client *client, const char *value, struct err *err)
{
	uint32_t port;

	if (*value == '\0' || strspn(value, "0123456789") != strlen(value))
		return tell_name(&client->facts.daemon, value, err);
	if (!str_to_u32(value, 1, UINT16_MAX, &port, NULL))
		return no_form(
		    err, value, "is no port; write a number from 1 to 65535");
	client->facts.server_port = (uint16_t)port;

	return true;
}

static bool
tell_day(struct client *client, const char *value, struct err *err)
{
	return day_parse(value, &client->facts.today) ||
	    no_form(err, value, "is no day; write YYYY-MM-DD");
}

static bool
tell_header(struct client *client, const char *value, struct err *err)
{
	if (!eml_is_field(value))
		return no_form(err, value,
		    "is no header; write \"Name: value\", a line break only "
		    "before a blank");
	texts_add(&client->headers, value);

	return true;
}

static bool
tell_eml(struct client *client, const char *value, struct err *err)
{
	if (*value == '\0')
		return no_form(
		    err, value, "is no file; write the path of a message");
	client->message = value;

	return true;
}

static const struct {
	const char *text;
	bool has_value;
	bool (*tell)(struct client *client, const char *value, struct err *err);
} words[CLIENT_WORDS] = {
	[CLIENT_ADDRESS] = { "client", true, tell_address },
	[CLIENT_FROM] = { "from", true, tell_from },
	[CLIENT_HOST] = { "host", true, tell_host },
	[CLIENT_HELO] = { "helo", true, tell_helo },
	[CLIENT_CERT] = { "cert", true, tell_cert },
	[CLIENT_ISSUER] = { "issuer", true, tell_issuer },
	[CLIENT_TLS] = { "tls", false, tell_tls },
	[CLIENT_AUTH] = { "auth", false, tell_auth },
	[CLIENT_DAEMON] = { "daemon", true, tell_daemon },
	[CLIENT_AT] = { "at", true, tell_day },
	[CLIENT_HEADER] = { "header", true, tell_header },
	[CLIENT_EML] = { "eml", true, tell_eml },
};

void
client_init(struct client *client, int32_t today)
{
	memset(client, 0, sizeof(*client));
	/* nothing more will come: what is not told is not there */
	client->facts.stage = STAGE_HEADERS;
	client->facts.name_state = NAME_NONE;
	client->facts.today = today;
}

void
client_done(struct client *client)
{
	free(client->sender);
	client->sender = NULL;
	texts_done(&client->headers);
}

const char *
client_word_text(enum client_word word)
{
	return words[word].text;
}

bool
client_word_has_value(enum client_word word)
{
	return words[word].has_value;
}

bool
client_word_repeats(enum client_word word)
{
	/* a listener has a name and a port */
	return word == CLIENT_DAEMON || word == CLIENT_HEADER;
}

bool
client_tell(struct client *client, enum client_word word, const char *value,
    struct err *err)
{
	return words[word].tell(client, value, err);
}

int
client_facts(const struct client *client, const struct generation *generation,
    struct seen *seen, struct facts *facts, struct err *err)
{
	const struct rules *rules = generation_rules(generation);
	int status = client->message == NULL
	    ? EX_OK
	    : eml_read(seen, client->message, err);

	if (status != EX_OK)
		return status;
	for (size_t i = 0; i < client->headers.count; i++)
		eml_add_field(seen, client->headers.items[i]);
	seen->told = client->message != NULL || client->headers.count > 0;
	*facts = client->facts;
	facts->sets = table_find(rules->table, &facts->addr);
	generation_geo(generation, &facts->addr, &facts->geo);
	facts->evidence = seen->evidence;

	return EX_OK;
}
