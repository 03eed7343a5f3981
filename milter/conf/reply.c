/* SPDX-License-Identifier: ISC */
/* reply.c - is what a policy answers a reply of its action? */
#include "config.h"

#include "policy/reply.h"

#include "base/mem.h"
#include "conf/read.h"

/* Of a reply code, RFC 5321 4.2.1. */
static unsigned
class_of(const struct conf_policy *policy)
{
	return policy->measure == MEASURE_DEFER ? 4 : 5;
}

void
policy_reply(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->policy->reply_given = true;
	(void)read_group(reader, setting, PLACE_REPLY);
}

void
reply_code(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->policy->reply.code = value;
}

void
reply_status(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_text(setting, &reader->policy->reply.status);
}

void
reply_words(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct err err;

	(void)value;
	read_text(setting, &reader->policy->reply.text);
	if (!reply_check_text(reader->policy->reply.text, &err))
		read_error(reader, setting, "%s", err.text);
}

/* At its own line where it is said. */
static const config_setting_t *
member(const config_setting_t *policy, const char *key)
{
	const config_setting_t *reply =
	    config_setting_get_member(policy, "reply");
	const config_setting_t *found =
	    reply == NULL ? NULL : config_setting_get_member(reply, key);

	return found == NULL ? policy : found;
}

void
read_reply(struct reader *reader, const config_setting_t *policy)
{
	struct reply_form *reply = &reader->policy->reply;
	unsigned class = class_of(reader->policy);
	struct err err;

	if (reply->code == 0)
		reply->code = class == 4 ? 451 : 550;
	if (reply->status == NULL)
		reply->status = mem_text(class == 4 ? "4.7.1" : "5.7.1");
	if (reply->text == NULL)
		reply->text = mem_text(REPLY_DEFAULT);
	if (!reply_check_code(reply->code, class, &err))
		read_error(reader, member(policy, "code"), "%s", err.text);
	if (!reply_check_status(reply->status, class, &err))
		read_error(reader, member(policy, "status"), "%s", err.text);
}
