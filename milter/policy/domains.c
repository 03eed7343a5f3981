/* SPDX-License-Identifier: ISC */
/* domains.c - which policy guards a domain? */
#include "config.h"

#include "policy/domains.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum {
	LABEL = 63, /* RFC 1035 2.3.4 */
	NAME = 253,
	SLOTS = 64 /* to begin with; a power of two */
};

struct slot {
	char *pattern; /* NULL: free */
	uint32_t policy;
};

/* Open addressing, at most half full. */
struct domains {
	struct slot *slots;
	size_t room;
	size_t count;
};

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;

	return true;
}

static bool
is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_';
}

/* name is lower case and has no trailing dot. */
static bool
check_labels(const char *name, struct err *err)
{
	size_t label = 0;
	bool digits = true; /* in the last label, and nothing else */

	for (const char *at = name;; at++) {
		if (*at == '.' || *at == '\0') {
			if (label == 0 || label > LABEL)
				return err_set(err,
				    "a label has 1 to %d characters", LABEL);
			if (*at == '\0')
				break;
			label = 0;
			digits = true;
			continue;
		}
		if (!is_name_character(*at))
			return err_set(err, "no domain name");
		if (*at < '0' || *at > '9')
			digits = false;
		label++;
	}
	/* 192.0.2.1 is an address that lacks its brackets. */
	if (digits)
		return err_set(err, "the last label is a number");

	return true;
}

/* The ASCII form in the library's memory; free with idn2_free(). */
static char *
to_ascii(const char *text, struct err *err)
{
	uint8_t *found = NULL;
	int code = idn2_lookup_u8((const uint8_t *)text, &found,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (code != IDN2_OK)
		(void)err_set(err, "no domain name: %s", idn2_strerror(code));

	return (char *)found;
}

static bool
copy_normal(const char *ascii, char out[DOMAIN_TEXT], struct err *err)
{
	char name[DOMAIN_TEXT];
	size_t len = strlen(ascii);

	if (len > 0 && ascii[len - 1] == '.')
		len--;
	if (len > NAME)
		return err_set(err, "longer than %d characters", NAME);
	memcpy(name, ascii, len);
	name[len] = '\0';
	str_lower_all(name);
	if (!check_labels(name, err))
		return false;
	memcpy(out, name, len + 1);

	return true;
}

bool
domain_normal(const char *text, char out[DOMAIN_TEXT], struct err *err)
{
	char *ascii;
	bool ok;

	if (is_ascii(text))
		return copy_normal(text, out, err);
	/* Four bytes a character: longer cannot become a name. */
	if (strlen(text) > (size_t)4 * NAME)
		return err_set(err, "longer than %d characters", NAME);

	ascii = to_ascii(text, err);
	if (ascii == NULL)
		return false;
	ok = copy_normal(ascii, out, err);
	idn2_free(ascii);

	return ok;
}

struct domains *
domains_new(void)
{
	struct domains *domains = mem_new(1, sizeof(*domains));

	domains->room = SLOTS;
	domains->slots = mem_new(SLOTS, sizeof(domains->slots[0]));

	return domains;
}

void
domains_free(struct domains *domains)
{
	if (domains == NULL)
		return;
	for (size_t i = 0; i < domains->room; i++)
		free(domains->slots[i].pattern);
	free(domains->slots);
	free(domains);
}

/* FNV-1a; the keys are the admin's own. */
static size_t
hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		value =
		    (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);

	return (size_t)(value ^ value >> 32);
}

/* The slot that holds pattern, or the free one where it would go. */
static struct slot *
slot_of(const struct domains *domains, const char *pattern)
{
	size_t at = hash(pattern) & (domains->room - 1);

	while (domains->slots[at].pattern != NULL &&
	    strcmp(domains->slots[at].pattern, pattern) != 0)
		at = (at + 1) & (domains->room - 1);

	return &domains->slots[at];
}

static void
grow(struct domains *domains)
{
	struct slot *old = domains->slots;
	size_t room = domains->room;

	domains->room = room * 2;
	domains->slots = mem_new(domains->room, sizeof(old[0]));
	for (size_t i = 0; i < room; i++)
		if (old[i].pattern != NULL)
			*slot_of(domains, old[i].pattern) = old[i];
	free(old);
}

static bool
normal_pattern(const char *pattern, char out[DOMAIN_TEXT + 1], struct err *err)
{
	if (strcmp(pattern, "*") == 0) {
		memcpy(out, "*", sizeof("*"));
		return true;
	}
	if (pattern[0] != '.')
		return domain_normal(pattern, out, err);
	out[0] = '.';

	return domain_normal(pattern + 1, out + 1, err);
}

bool
domains_add(struct domains *domains, const char *pattern, uint32_t policy,
    uint32_t *other, struct err *err)
{
	char key[DOMAIN_TEXT + 1];
	struct slot *slot;

	if (!normal_pattern(pattern, key, err))
		return false;
	if (2 * (domains->count + 1) > domains->room)
		grow(domains);
	slot = slot_of(domains, key);
	if (slot->pattern != NULL) {
		*other = slot->policy;
		return err_set(err, "is named already");
	}
	*slot = (struct slot){ mem_text(key), policy };
	domains->count++;

	return true;
}

static uint32_t
find_pattern(const struct domains *domains, const char *pattern)
{
	const struct slot *slot = slot_of(domains, pattern);

	return slot->pattern == NULL ? DOMAIN_NONE : slot->policy;
}

bool
domains_name(const struct domains *domains, const char *name)
{
	return find_pattern(domains, name) != DOMAIN_NONE;
}

uint32_t
domains_find(const struct domains *domains, const char *name)
{
	uint32_t policy = find_pattern(domains, name);

	for (const char *dot = strchr(name, '.');
	     policy == DOMAIN_NONE && dot != NULL; dot = strchr(dot + 1, '.'))
		policy = find_pattern(domains, dot);
	if (policy == DOMAIN_NONE)
		policy = find_pattern(domains, "*");

	return policy;
}
