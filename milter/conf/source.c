/* SPDX-License-Identifier: ISC */
/* source.c - what does a source say of itself? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/read.h"

/* The contract's limits: a list may not change or widen by more at once. */
void
conf_source_init(struct conf_source *source)
{
	source->limits = (struct conf_limits){ 30, 100, 8, 19 };
}

void
conf_source_done(struct conf_source *source)
{
	word_done(&source->name);
	free(source->title);
	words_done(&source->networks);
	words_done(&source->hosts);
	words_done(&source->except);
	for (size_t i = 0; i < source->nfiles; i++)
		free(source->files[i]);
	free(source->files);
}

/* A list without addresses would let nobody in, and look as if it did. */
void
read_source(
    struct reader *reader, const config_setting_t *setting, enum place place)
{
	struct conf_source *source = reader->source;

	if (read_group(reader, setting, place) && source->networks.count == 0 &&
	    source->hosts.count == 0)
		read_error(reader, setting,
		    "has neither networks nor hosts; add networks = [ \"...\" ]");
}

static void
read_member(struct reader *reader, const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);
	struct scan_line where = read_where(reader, setting);

	conf_source_init(reader->source);
	reader->source->name =
	    (struct word){ mem_text(name), where.file, where.line };
	(void)read_check_source_name(reader, setting, name);
	if (config_setting_is_group(setting))
		read_source(reader, setting, PLACE_SOURCE);
	else
		read_error(reader, setting,
		    "expected a group { networks = [ \"...\" ]; }");
}

void
top_sources(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct conf *conf = reader->conf;
	unsigned count = (unsigned)config_setting_length(setting);

	(void)value;
	conf->sources = mem_new(count, sizeof(*conf->sources));
	for (unsigned i = 0; i < count; i++) {
		reader->source = &conf->sources[conf->nsources++];
		read_member(reader, config_setting_get_elem(setting, i));
	}
}

void
source_title(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_text(setting, &reader->source->title);
}

void
source_shared(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->source->shared = value == 1;
}

void
source_networks(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_networks(reader, setting, &reader->source->networks);
}

void
source_hosts(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_names(reader, setting, &reader->source->hosts);
}

void
source_except(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_networks(reader, setting, &reader->source->except);
}

void
source_max_age(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->source->max_age = value;
}

void
source_limits(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_group(reader, setting, PLACE_LIMITS);
}

void
limits_max_shrink(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->source->limits.max_shrink = value;
}

void
limits_max_growth(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->source->limits.max_growth = value;
}

void
limits_widest_v4(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->source->limits.widest_v4 = value;
}

void
limits_widest_v6(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->source->limits.widest_v6 = value;
}
