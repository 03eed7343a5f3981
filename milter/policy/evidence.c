/* SPDX-License-Identifier: ISC */
/* evidence.c - what does a header say of where a message comes from? */
#include "config.h"

#include "policy/evidence.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/connecting.h"
#include "policy/rules.h"
#include "policy/unfold.h"

struct evidence *
evidence_new(const struct rules *rules)
{
	struct evidence *evidence = mem_new(1,
	    sizeof(*evidence) + rules->nwanted * sizeof(evidence->wanted[0]));

	evidence->nwanted = rules->nwanted;

	return evidence;
}

void
evidence_clear(struct evidence *evidence)
{
	size_t count = evidence->nwanted;

	memset(evidence, 0,
	    sizeof(*evidence) + count * sizeof(evidence->wanted[0]));
	evidence->nwanted = count;
}

enum entity
entity_of_text(const char *text)
{
	if (str_equal_nocase(text, "Hosted"))
		return ENTITY_HOSTED;
	if (str_equal_nocase(text, "HybridOnPrem"))
		return ENTITY_HYBRID;
	if (str_equal_nocase(text, "Internet"))
		return ENTITY_INTERNET;

	return ENTITY_OTHER;
}

void
evidence_add_tenant(struct tenant_evidence *tenant, const char *text)
{
	struct guid guid;

	if (!guid_parse(text, &guid)) {
		tenant->broken = true;
		return;
	}
	if (tenant->given && !guid_equal(&guid, &tenant->first))
		tenant->differ = true;
	if (!tenant->given)
		tenant->first = guid;
	tenant->given = true;
}

static void
add_tenant_id(struct evidence *evidence, const struct value *value)
{
	struct tenant_evidence *tenant = &evidence->tenant;

	tenant->stamped = true;
	if (value->cut)
		tenant->beyond = true;
	else
		evidence_add_tenant(tenant, value->text);
}

static void
add_entity(struct evidence *evidence, const struct value *value)
{
	evidence->entities |=
	    (unsigned)(value->cut ? ENTITY_OTHER : entity_of_text(value->text));
}

static void
add_originator(struct evidence *evidence, const struct value *value)
{
	struct originator_evidence *originator = &evidence->originator;
	char name[DOMAIN_TEXT];

	if (value->cut || !domain_normal(value->text, name, NULL)) {
		originator->broken = true;
		return;
	}
	if (!originator->given)
		memcpy(originator->first, name, strlen(name) + 1);
	else if (strcmp(name, originator->first) != 0)
		originator->differ = true;
	originator->given = true;
}

/* Those that the filtering service adds, with a secret in them. */
static void
add_wanted(struct evidence *evidence, const struct rules *rules,
    const char *name, const struct value *value)
{
	for (size_t i = 0; i < evidence->nwanted; i++) {
		struct wanted_evidence *wanted = &evidence->wanted[i];

		if (!name_is(name, rules->wanted[i].name))
			continue;
		if (wanted->count == 0)
			wanted->equal = !value->cut &&
			    strcmp(value->text, rules->wanted[i].value) == 0;
		if (wanted->count < 2)
			wanted->count++;
	}
}

static void
add_mark(struct evidence *evidence, const struct value *value)
{
	(void)value; /* whatever it says, it goes */
	evidence->marks++;
}

static void
add_message_id(struct evidence *evidence, const struct value *value)
{
	if (evidence->message_id[0] != '\0')
		return;
	(void)snprintf(evidence->message_id, sizeof(evidence->message_id),
	    "%.*s", EVIDENCE_ID - 1, value->text);
}

/* NULL: nobody asks for it. */
static void (*find_reader(const char *name))(
    struct evidence *, const struct value *)
{
	static const struct {
		const char *name;
		void (*read)(struct evidence *, const struct value *);
	} readers[] = {
		{ HEADER_TENANT, add_tenant_id },
		{ HEADER_ENTITY, add_entity },
		{ HEADER_CONNECTING, evidence_add_connecting },
		{ HEADER_ORIGINATOR, add_originator },
		{ HEADER_MARK, add_mark },
		{ HEADER_ID, add_message_id },
	};

	for (size_t i = 0; i < NITEMS(readers); i++)
		if (name_is(name, readers[i].name))
			return readers[i].read;

	return NULL;
}

static bool
is_wanted(const struct rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->nwanted; i++)
		if (name_is(name, rules->wanted[i].name))
			return true;

	return false;
}

void
evidence_add(struct evidence *evidence, const struct rules *rules,
    const char *name, const char *raw)
{
	void (*read)(struct evidence *, const struct value *) =
	    find_reader(name);
	bool wanted = is_wanted(rules, name);
	struct value value;

	if (read == NULL && !wanted)
		return;
	/* Of a name that no server of today writes the value is not read: it
	 * does not parse, whatever it says. */
	unfold(name_is_odd(name) ? "" : raw, &value);
	if (read != NULL)
		read(evidence, &value);
	if (wanted)
		add_wanted(evidence, rules, name, &value);
}
