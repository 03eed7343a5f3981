/* SPDX-License-Identifier: ISC */
/* geo.c - where are the databases of networks and countries? */
#include "config.h"

#include "conf/read.h"

void
top_geo(struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_group(reader, setting, PLACE_GEO);
}

static void
read_base(
    struct reader *reader, const config_setting_t *setting, struct word *base)
{
	char shown[QUOTED];

	word_done(base);
	*base = read_word(reader, setting);
	if (base->text[0] != '/')
		read_error(reader, setting,
		    "%s is no absolute path; write \"/.../NAME.mmdb\"",
		    quoted(base->text, shown));
}

void
geo_asn(struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_base(reader, setting, &reader->conf->geo_asn);
}

void
geo_country(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_base(reader, setting, &reader->conf->geo_country);
}
