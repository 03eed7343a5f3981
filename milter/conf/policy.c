/* SPDX-License-Identifier: ISC */
/* policy.c - which domains does a policy guard, and how? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/read.h"
#include "policy/domains.h"

static void
policy_init(struct conf_policy *policy)
{
	policy->mode = MODE_ENFORCE;
	policy->measure = MEASURE_REJECT;
}

void
conf_policy_done(struct conf_policy *policy)
{
	word_done(&policy->name);
	words_done(&policy->domains);
	for (size_t i = 0; i < policy->count; i++)
		conf_entry_done(&policy->entries[i]);
	free(policy->entries);
	words_done(&policy->always);
	word_done(&policy->table);
	free(policy->reply.status);
	free(policy->reply.text);
}

static void
check_required(struct reader *reader, const config_setting_t *setting)
{
	const struct conf_policy *policy = reader->policy;

	if (policy->name.file == NULL)
		read_error(reader, setting, "has no name; add name = \"...\"");
	if (policy->table.text != NULL) {
		if (policy->domains.given || reader->allow_given)
			read_error(reader, setting,
			    "has a table, in which its domains and who may "
			    "deliver to them stand; remove domains and allow, "
			    "or the table");
		return;
	}
	if (!policy->domains.given)
		read_error(reader, setting,
		    "guards no domain; add domains = [ \"...\" ], or a "
		    "table");
	if (!reader->allow_given)
		read_error(reader, setting,
		    "lets nobody in; add allow = ( \"SOURCE\" )");
}

static void
read_policy(struct reader *reader, const config_setting_t *setting)
{
	struct conf_policy *policy = reader->policy;

	policy_init(policy);
	reader->allow_given = false;
	if (read_group(reader, setting, PLACE_POLICY))
		check_required(reader, setting);
	read_reply(reader, setting);
	if (policy->name.text == NULL)
		policy->name.text = mem_text("");
}

void
top_policies(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct conf *conf = reader->conf;
	unsigned count = (unsigned)config_setting_length(setting);

	(void)value;
	if (count == 0)
		read_error(
		    reader, setting, "is empty; add { name; domains; allow; }");
	conf->policies = mem_new(count, sizeof(*conf->policies));
	for (unsigned i = 0; i < count; i++) {
		const config_setting_t *item =
		    config_setting_get_elem(setting, i);

		if (!config_setting_is_group(item))
			continue;
		reader->policy = &conf->policies[conf->npolicies++];
		read_policy(reader, item);
	}
}

static bool
is_printable(const char *text)
{
	while (*text >= 0x20 && *text < 0x7f)
		text++;

	return *text == '\0';
}

void
policy_name(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct word *name = &reader->policy->name;
	const struct conf *conf = reader->conf;
	char shown[QUOTED];

	(void)value;
	*name = read_word(reader, setting);
	if (name->text[0] == '\0' || strlen(name->text) > NAME_MAX_LENGTH ||
	    !is_printable(name->text)) {
		read_error(reader, setting,
		    "%s is no name; write 1 to %d printable ASCII characters",
		    quoted(name->text, shown), NAME_MAX_LENGTH);
		return;
	}
	for (size_t i = 0; &conf->policies[i] != reader->policy; i++)
		if (strcmp(conf->policies[i].name.text, name->text) == 0) {
			read_error(reader, setting,
			    "%s is the name of policies[%zu] already; give "
			    "each its own",
			    quoted(name->text, shown), i);
			return;
		}
}

static void
add_domain(
    struct reader *reader, const config_setting_t *setting, const char *domain)
{
	const struct conf *conf = reader->conf;
	uint32_t own = (uint32_t)(reader->policy - conf->policies);
	uint32_t other = DOMAIN_NONE;
	char shown[QUOTED];
	char name[QUOTED];
	struct err err;

	if (domain[0] == '\0' ||
	    domains_add(reader->domains, domain, own, &other, &err))
		return;
	if (other == DOMAIN_NONE)
		read_error(reader, setting,
		    "%s: %s; write \"example.com\", \".example.com\" or "
		    "\"*\"",
		    quoted(domain, shown), err.text);
	else if (other == own)
		read_error(reader, setting, "%s stands there twice; remove one",
		    quoted(domain, shown));
	else
		read_error(reader, setting,
		    "%s is guarded by policies[%u] (%s) already; remove it "
		    "from one of them",
		    quoted(domain, shown), other,
		    quoted(conf->policies[other].name.text, name));
}

void
policy_domains(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *domains = &reader->policy->domains;

	(void)value;
	read_words(reader, setting, domains);
	if (!read_check_filled(reader, setting, domains))
		return;
	for (size_t i = 0; i < domains->count; i++)
		add_domain(
		    reader, read_item(setting, i), domains->items[i].text);
}

void
policy_always(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *always = &reader->policy->always;
	char shown[QUOTED];

	(void)value;
	read_words(reader, setting, always);
	if (always->count > 0 && !read_check_filled(reader, setting, always))
		return;
	for (size_t i = 0; i < always->count; i++) {
		char *local = always->items[i].text;

		if (strchr(local, '@') != NULL)
			read_error(reader, read_item(setting, i),
			    "%s has an @; write what stands before it only",
			    quoted(local, shown));
		str_lower_all(local);
	}
}

void
policy_action(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->policy->measure = (enum measure)value;
}

void
policy_table(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->policy->table = read_word(reader, setting);
	if (reader->policy->table.text[0] == '\0' ||
	    strcmp(reader->policy->table.text, "-") == 0)
		read_error(reader, setting,
		    "is no path; write that of the table or remove it");
}

void
policy_mode(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->policy->mode = (enum mode)value;
	reader->policy->mode_given = true;
}
