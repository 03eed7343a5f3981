/* SPDX-License-Identifier: ISC */
/* glass_words.c - how are people told of a broken glass? */
#include "config.h"

#include "posternd/glass_words.h"

#include "base/buf.h"
#include "base/timetext.h"
#include "posternd/say.h"

void
glass_say_open(const struct glass *glass)
{
	char time[TIME_TEXT];
	struct buf words;

	buf_init(&words);
	if (glass->policy[0] != '\0') {
		buf_add_text(&words, " of policy ");
		buf_add_quoted(&words, glass->policy, REQUEST_POLICY);
	}
	buf_addf(&words, " until %s: ", time_text(glass->until_us, time));
	buf_add_quoted(&words, glass->note, REQUEST_REASON);
	say_warning("break glass: nothing is refused%s; `postern close` ends "
		    "it",
	    buf_text(&words));
	buf_done(&words);
}

bool
glass_no_policy(const char *name, struct err *err)
{
	struct buf quoted;

	buf_init(&quoted);
	buf_add_quoted(&quoted, name, REQUEST_POLICY);
	(void)err_set(err,
	    "no policy %s is in force; `postern check --print` shows their "
	    "names, `postern reload` takes a changed configuration over",
	    buf_text(&quoted));
	buf_done(&quoted);

	return false;
}

bool
glass_no_record(const char *action, const char *but, struct err *err)
{
	return err_set(err,
	    "the record `%s` could not be written (posternd's messages say "
	    "why; look at audit.path); %s",
	    action, but);
}
