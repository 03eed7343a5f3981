/* SPDX-License-Identifier: ISC */
/* connecting.c - who handed the message to the tenant? */
#include "config.h"

#include "policy/connecting.h"

#include <string.h>

#include "base/str.h"

/* A part of the value: "key=text", both without blanks around them. */
struct part {
	char key[64]; /* "": none, or none that anyone writes */
	char text[EVIDENCE_VALUE + 1];
};

static size_t
trim(const char **text, size_t len)
{
	while (len > 0 && (**text == ' ' || **text == '\t')) {
		(*text)++;
		len--;
	}
	while (len > 0 && ((*text)[len - 1] == ' ' || (*text)[len - 1] == '\t'))
		len--;

	return len;
}

static void
copy(const char *text, size_t len, char *out, size_t room)
{
	len = trim(&text, len);
	if (len >= room)
		len = 0;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* Reads the part at *at and steps behind its ";"; false at the end. */
static bool
next_part(const char **at, struct part *part)
{
	size_t len = strcspn(*at, ";");
	size_t key = strcspn(*at, "=;");

	if (**at == '\0')
		return false;
	copy(*at, key, part->key, sizeof(part->key));
	if (key < len)
		copy(*at + key + 1, len - key - 1, part->text,
		    sizeof(part->text));
	else
		part->text[0] = '\0';
	*at += len;
	if (**at == ';')
		(*at)++;

	return true;
}

/* "[192.0.2.1]", "[2001:db8::1]" */
static bool
parse_bracketed(char *text, struct addr *addr)
{
	size_t len = strlen(text);

	/* "[" alone is not closed either */
	if (text[0] != '[' || text[len - 1] != ']')
		return false;
	text[len - 1] = '\0';

	return addr_parse(text + 1, addr);
}

static bool
is_alnum(char c)
{
	char lower = str_lower(c);

	return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
}

/* A key that nobody writes, or blanks between two semicolons. */
static bool
has_odd_key(const struct part *part)
{
	for (const char *at = part->key; *at != '\0'; at++)
		if (strchr("-_", *at) == NULL && !is_alnum(*at))
			return true;

	return part->key[0] == '\0' && part->text[0] != '\0';
}

/* Such as "[x" of a HELO name "x;Ip=[192.0.2.1]", which a client chooses. */
static bool
is_unclosed(const struct part *part)
{
	size_t len = strlen(part->text);

	return len > 0 &&
	    (part->text[0] == '[') != (part->text[len - 1] == ']');
}

static void
add_addr(struct connecting_evidence *connecting, const struct addr *addr)
{
	for (size_t i = 0; i < connecting->count; i++)
		if (addr_equal(&connecting->addrs[i], addr))
			return;
	if (connecting->count == EVIDENCE_ADDRS)
		connecting->beyond = true;
	else
		connecting->addrs[connecting->count++] = *addr;
}

static void
add_ip(struct connecting_evidence *connecting, struct part *part)
{
	struct addr addr;

	if (parse_bracketed(part->text, &addr))
		add_addr(connecting, &addr);
	else
		connecting->broken = true;
}

void
evidence_add_connecting(struct evidence *evidence, const struct value *value)
{
	const char *at = value->text;
	bool tenant = false, ip = false;
	struct part part;

	evidence->connecting.stamped = true;
	while (next_part(&at, &part)) {
		if (has_odd_key(&part))
			evidence->tenant.broken = true;
		if (has_odd_key(&part) || is_unclosed(&part))
			evidence->connecting.broken = true;
		if (str_equal_nocase(part.key, "TenantId")) {
			tenant = true;
			evidence_add_tenant(&evidence->tenant, part.text);
		} else if (str_equal_nocase(part.key, "Ip")) {
			ip = true;
			add_ip(&evidence->connecting, &part);
		}
	}
	/* What was cut off may have said something else. */
	if (value->cut) {
		evidence->tenant.beyond = true;
		evidence->connecting.beyond = true;
	}
	if (!tenant)
		evidence->tenant.lacking = true;
	if (!ip)
		evidence->connecting.broken = true;
}
