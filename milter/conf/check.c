/* SPDX-License-Identifier: ISC */
/* check.c - do the values of different keys belong together? */
#include "config.h"

#include <string.h>

#include "conf/read.h"

static bool
guards_all(const struct conf *conf)
{
	for (size_t i = 0; i < conf->npolicies; i++)
		for (size_t j = 0; j < conf->policies[i].domains.count; j++)
			if (strcmp(conf->policies[i].domains.items[j].text,
				"*") == 0)
				return true;

	return false;
}

/* Who is refused before he names a recipient must have none that is free. */
static void
check_connect(struct reader *reader, const config_setting_t *at)
{
	const struct conf *conf = reader->conf;
	char shown[QUOTED];

	if (!conf->refuse_unlisted && !guards_all(conf))
		read_error(reader, at,
		    "\"connect\" would refuse mail for recipients that no "
		    "policy names; say unlisted = \"refuse\" or add a policy "
		    "for \"*\"");
	for (size_t i = 0; i < conf->npolicies; i++)
		if (conf->policies[i].always.count > 0)
			read_error(reader, at,
			    "\"connect\" would refuse those who may write to "
			    "the always of policies[%zu] (%s); remove always "
			    "or write reject_at = \"rcpt\"",
			    i, quoted(conf->policies[i].name.text, shown));
	if (!conf->judge_authenticated)
		read_error(reader, at,
		    "\"connect\" would refuse clients before they can log in; "
		    "say authenticated = \"judge\"");
}

static const struct conf_condition *
find_condition(const struct conf_entry *entry, enum condition_key key)
{
	for (size_t i = 0; i < entry->count; i++)
		if (entry->conditions[i].key == key)
			return &entry->conditions[i];

	return NULL;
}

/* Who asks a database must name one. */
static void
check_geo(struct reader *reader, enum condition_key key)
{
	const struct conf *conf = reader->conf;

	for (size_t i = 0; i < conf->npolicies; i++) {
		const struct conf_policy *policy = &conf->policies[i];

		for (size_t j = 0; j < policy->count; j++) {
			const struct conf_condition *condition =
			    find_condition(&policy->entries[j], key);

			if (condition != NULL)
				diags_error(reader->diags, condition->file,
				    condition->line,
				    "policies[%zu].allow[%zu].%s: there is no "
				    "database to ask; add geo: { %s = "
				    "\"/.../NAME.mmdb\"; };",
				    i, j, condition_text(key),
				    condition_text(key));
		}
	}
}

void
read_check_together(struct reader *reader, const config_setting_t *root)
{
	const struct conf *conf = reader->conf;

	if (conf->npolicies == 0)
		return;

	if (!guards_all(conf) &&
	    config_setting_get_member(root, "unlisted") == NULL)
		read_warning(reader, root,
		    "unlisted is not set: recipients that no policy names are "
		    "accepted; say unlisted = \"accept\" or \"refuse\"");
	if (conf->geo_asn.text == NULL)
		check_geo(reader, CONDITION_ASN);
	if (conf->geo_country.text == NULL)
		check_geo(reader, CONDITION_COUNTRY);
	if (conf->reject_at_connect)
		check_connect(
		    reader, config_setting_get_member(root, "reject_at"));
}
