/* SPDX-License-Identifier: ISC */
/*
 * client.h - what is told of a client?
 *
 * The options of `explain` and the words of a case are the same, and become
 * facts here.  What is not told counts as not there.
 */
#ifndef POSTERN_POSTERN_CLIENT_H
#define POSTERN_POSTERN_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "lists/generation.h"
#include "policy/facts.h"
#include "postern/seen.h"
#include "postern/texts.h"

enum client_word {
	CLIENT_ADDRESS,
	CLIENT_FROM,
	CLIENT_HOST,
	CLIENT_HELO,
	CLIENT_CERT,
	CLIENT_ISSUER,
	CLIENT_TLS,
	CLIENT_AUTH,
	CLIENT_DAEMON,
	CLIENT_AT,
	CLIENT_HEADER,
	CLIENT_EML,
	CLIENT_WORDS
};

struct client {
	struct facts facts;   /* without sets, geo, evidence and recipient */
	char *sender;         /* that the facts borrow, or NULL */
	const char *message;  /* path of the message; NULL: none told */
	struct texts headers; /* fields that stand behind those of it */
};

void client_init(struct client *client, int32_t today);
void client_done(struct client *client);

/* "client" (the operand of explain), "from", "host", ... */
const char *client_word_text(enum client_word word);
/* Does a value stand behind it?  Else it is said by standing there. */
bool client_word_has_value(enum client_word word);
/* May it come again, with another value? */
bool client_word_repeats(enum client_word word);

/*
 * Takes one word; value (NULL if it has none) is borrowed as long as the
 * client is used.  Returns false with err, "VALUE is no ...; write ...",
 * where it has not the right form.
 */
bool client_tell(struct client *client, enum client_word word,
    const char *value, struct err *err);

/*
 * What is judged by this generation, with the header of its message in seen
 * (initialised; the facts borrow it).  EX_OK, or with err what eml_read() says.
 */
int client_facts(const struct client *client,
    const struct generation *generation, struct seen *seen, struct facts *facts,
    struct err *err);

#endif
