/* SPDX-License-Identifier: ISC */
/* conf.c - what did the admin say? */
#include "config.h"

#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/read.h"
#include "policy/domains.h"

static void
report_syntax(
    const config_t *config, const struct scan *scan, struct diags *diags)
{
	int at = config_error_line(config);
	struct scan_line where = scan_where(scan, at > 0 ? (unsigned)at : 1);
	const char *text = config_error_text(config);

	if (text != NULL && strstr(text, "duplicate") != NULL)
		text = "duplicate setting: this key stands twice in its "
		       "group; remove one";
	else if (text != NULL && strstr(text, "mismatched") != NULL)
		text = "texts and numbers in one [ ]; write ( ) where they "
		       "mix";
	diags_error(diags, where.file, where.line, "%s", text);
}

/* config is to be destroyed in either case. */
static bool
parse(
    const char *path, struct scan *scan, config_t *config, struct diags *diags)
{
	config_init(config);
	if (!scan_file(path, scan, diags))
		return false;
	if (config_read_string(config, buf_text(&scan->text)))
		return true;
	report_syntax(config, scan, diags);

	return false;
}

/* The names of files and their bytes, from the scan to their owner. */
static void
hand_over(
    struct scan *scan, char ***files, size_t *nfiles, char **text, size_t *len)
{
	*files = scan->files;
	*nfiles = scan->nfiles;
	scan->files = NULL;
	scan->nfiles = 0;
	*text = mem_text_len(buf_text(&scan->bytes), scan->bytes.len);
	*len = scan->bytes.len;
}

/* One that is there and wrong must not mean another instance's socket. */
static void
forget_default_control(struct conf *conf, const config_setting_t *root)
{
	if (config_setting_get_member(root, "control") == NULL)
		return;
	free(conf->control);
	conf->control = NULL;
}

static void
read_top(struct reader *reader, const config_setting_t *root)
{
	const struct conf *conf = reader->conf;
	bool good;

	forget_default_control(reader->conf, root);
	good = read_group(reader, root, PLACE_TOP);
	if (good && conf->policies == NULL)
		read_error(reader, root,
		    "has no policies; add policies = ( { name; domains; "
		    "allow; } );");
	read_check_places(reader, root);
	read_check_together(reader, root);
}

struct conf *
conf_load(const char *path, struct diags *diags)
{
	struct conf *conf = NULL;
	config_t config;
	struct scan scan;

	if (parse(path, &scan, &config, diags)) {
		struct reader reader = { .scan = &scan, .diags = diags };

		conf = mem_new(1, sizeof(*conf));
		conf->path = mem_text(path);
		conf_defaults(conf, scan.files[0]);
		reader.conf = conf;
		reader.domains = domains_new();
		read_top(&reader, config_root_setting(&config));
		domains_free(reader.domains);
		hand_over(&scan, &conf->files, &conf->nfiles, &conf->text,
		    &conf->len);
	}
	config_destroy(&config);
	scan_done(&scan);

	return conf;
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;

	free(conf->path);
	free(conf->socket);
	free(conf->socket_group);
	free(conf->user);
	free(conf->control);
	free(conf->control_group);
	free(conf->metrics);
	words_done(&conf->rules);
	word_done(&conf->feeds);
	words_done(&conf->trusted);
	words_done(&conf->probes);
	words_done(&conf->originating);
	for (size_t i = 0; i < conf->nsources; i++)
		conf_source_done(&conf->sources[i]);
	free(conf->sources);
	for (size_t i = 0; i < conf->npolicies; i++)
		conf_policy_done(&conf->policies[i]);
	free(conf->policies);
	free(conf->audit.path);
	word_done(&conf->geo_asn);
	word_done(&conf->geo_country);
	free(conf->text);
	for (size_t i = 0; i < conf->nfiles; i++)
		free(conf->files[i]);
	free(conf->files);
	free(conf);
}

struct conf_source *
conf_load_source(const char *path, const char *name, struct diags *diags,
    char **text, size_t *len)
{
	struct conf_source *source = NULL;
	config_t config;
	struct scan scan;

	if (parse(path, &scan, &config, diags)) {
		struct reader reader = { .scan = &scan, .diags = diags };

		source = mem_new(1, sizeof(*source));
		conf_source_init(source);
		source->path = scan.files[0];
		source->name = (struct word){ mem_text(name), source->path, 0 };
		reader.source = source;
		read_source(&reader, config_root_setting(&config), PLACE_FILE);
		hand_over(&scan, &source->files, &source->nfiles, text, len);
	}
	config_destroy(&config);
	scan_done(&scan);

	return source;
}

void
conf_source_free(struct conf_source *source)
{
	if (source == NULL)
		return;

	conf_source_done(source);
	free(source);
}
