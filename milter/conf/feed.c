/* SPDX-License-Identifier: ISC */
/* feed.c - is a feed of a source file said in its form? */
#include "config.h"

#include <string.h>

#include "conf/read.h"

/* In the order of keywords.def. */
enum feed_kind {
	FEED_AZURE,
	FEED_M365,
	FEED_GOOGLE,
	FEED_NETSET,
	FEED_SPF
};

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* What anyone on the way could change must not become an allow-list. */
static void
check_address(
    struct reader *reader, const config_setting_t *setting, bool insecure)
{
	const char *url;
	char shown[QUOTED];

	if (setting == NULL)
		return;
	url = config_setting_get_string(setting);
	if (starts_with(url, "https://") && url[strlen("https://")] != '\0')
		return;
	if (!starts_with(url, "http://"))
		read_error(reader, setting,
		    "%s is no address; write https://...", quoted(url, shown));
	else if (!insecure)
		read_error(reader, setting,
		    "%s is not encrypted; write https:// or add insecure = "
		    "true",
		    quoted(url, shown));
}

static void
check_origin(struct reader *reader, const config_setting_t *setting)
{
	const struct feed *feed = reader->feed;
	int origins =
	    (feed->url != NULL) + (feed->file != NULL) + (feed->page != NULL);

	check_address(reader, feed->url, feed->insecure);
	check_address(reader, feed->page, feed->insecure);
	if (feed->kind == FEED_SPF && !feed->domain)
		read_error(
		    reader, setting, "has no domain; add domain = \"...\"");
	if (feed->kind == FEED_SPF && origins > 0)
		read_error(reader, setting,
		    "has url, file or page beside kind = \"spf\"; remove it");
	if (feed->kind != FEED_SPF && origins != 1)
		read_error(reader, setting,
		    "has %s of url, file and page; give one",
		    origins == 0 ? "none" : "more than one");
	if (feed->kind == FEED_AZURE && !feed->tags)
		read_error(
		    reader, setting, "has no tags; add tags = [ \"...\" ]");
}

static void
read_feed(struct reader *reader, const config_setting_t *setting)
{
	bool good = read_group(reader, setting, PLACE_FEED);

	if (!reader->feed->has_kind && good)
		read_error(
		    reader, setting, "has no kind; add kind = \"netset\"");
	else if (good)
		check_origin(reader, setting);
}

void
source_feeds(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	unsigned count = (unsigned)config_setting_length(setting);

	(void)value;
	for (unsigned i = 0; i < count; i++) {
		const config_setting_t *item =
		    config_setting_get_elem(setting, i);
		struct feed feed = { .kind = 0 };

		if (!config_setting_is_group(item))
			continue;
		reader->feed = &feed;
		read_feed(reader, item);
		reader->source->nfeeds++;
	}
	reader->feed = NULL;
}

void
feed_kind(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->feed->kind = value;
	reader->feed->has_kind = true;
}

void
feed_url(struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->feed->url = setting;
}

void
feed_page(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->feed->page = setting;
}

static void
check_text_filled(struct reader *reader, const config_setting_t *setting)
{
	if (config_setting_get_string(setting)[0] == '\0')
		read_error(reader, setting, "is empty; fill it or remove it");
}

void
feed_file(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->feed->file = setting;
	check_text_filled(reader, setting);
}

void
feed_domain(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->feed->domain = true;
	check_text_filled(reader, setting);
}

void
feed_service(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	check_text_filled(reader, setting);
}

void
feed_tags(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words tags = { NULL, 0, false };

	(void)value;
	reader->feed->tags = true;
	read_words(reader, setting, &tags);
	(void)read_check_filled(reader, setting, &tags);
	words_done(&tags);
}

void
feed_insecure(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->feed->insecure = value == 1;
}
