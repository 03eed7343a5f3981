/* SPDX-License-Identifier: ISC */
/* socket.c - is this a place where a milter can listen? */
#include "config.h"

#include "conf/socket.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/addr.h"

static const char *
behind(const char *text, const char *start)
{
	size_t len = strlen(start);

	return strncmp(text, start, len) == 0 ? text + len : NULL;
}

bool
socket_check_path(const char *path, struct err *err)
{
	size_t len = strlen(path);

	if (path[0] != '/' || path[len - 1] == '/')
		return err_set(err, "no path of a file; write it from / on");
	if (len > SOCKET_PATH)
		return err_set(err,
		    "path is %zu bytes long; a socket's has at most %d", len,
		    SOCKET_PATH);

	return true;
}

static bool
check_unix(const char *path, struct err *err)
{
	if (path[0] != '/')
		return err_set(err, "write unix: and a path from / on");

	return socket_check_path(path, err);
}

static bool
is_of_family(const char *text, enum family family)
{
	struct addr addr;

	return addr_parse(text, &addr) && addr.family == family;
}

/* The daemon resolves no name; this one means the loopback address. */
static bool
is_localhost(const char *text)
{
	return strcmp(text, "localhost") == 0;
}

static bool
check_host4(const char *host, struct err *err)
{
	if (is_of_family(host, FAMILY_V4) || is_localhost(host))
		return true;
	if (strchr(host, ':') != NULL)
		return err_set(err, "IPv6 address; write inet6:PORT@[ADDRESS]");

	return err_set(err,
	    "expected an IPv4 address after the @ (no name is "
	    "resolved), as in inet:8894@127.0.0.1");
}

static bool
check_host6(const char *host, struct err *err)
{
	size_t len = strlen(host);
	char *inner;
	bool good;

	if (is_localhost(host))
		return true;
	if (len < 2 || host[0] != '[' || host[len - 1] != ']')
		return err_set(err,
		    "expected an IPv6 address in [ ] after the @ (no name "
		    "is resolved), as in inet6:8894@[::1]");

	inner = mem_text_len(host + 1, len - 2);
	good = is_of_family(inner, FAMILY_V6);
	free(inner);

	return good || err_set(err, "no IPv6 address between [ and ]");
}

static bool
check_inet(const char *text, bool v6, struct err *err)
{
	const char *at = strchr(text, '@');
	uint32_t port;
	char *digits;
	bool good;

	if (at == NULL)
		return err_set(err, "no @; write PORT@HOST, as in %s",
		    v6 ? "inet6:8894@[::1]" : "inet:8894@127.0.0.1");

	digits = mem_text_len(text, (size_t)(at - text));
	good = str_to_u32(digits, 1, UINT16_MAX, &port, NULL);
	free(digits);
	if (!good)
		return err_set(err, "port: expected a number from 1 to 65535");

	return v6 ? check_host6(at + 1, err) : check_host4(at + 1, err);
}

bool
socket_check(const char *text, struct err *err)
{
	const char *rest;

	if (strcmp(text, "systemd") == 0)
		return true;
	if ((rest = behind(text, "unix:")) != NULL)
		return check_unix(rest, err);
	if ((rest = behind(text, "inet6:")) != NULL)
		return check_inet(rest, true, err);
	if ((rest = behind(text, "inet:")) != NULL)
		return check_inet(rest, false, err);

	return err_set(err,
	    "no such kind of socket; write unix:/PATH, inet:PORT@HOST, "
	    "inet6:PORT@[HOST] or systemd");
}
