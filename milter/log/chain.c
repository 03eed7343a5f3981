/* SPDX-License-Identifier: ISC */
/* chain.c - how does each record hold the one before? */
#include "config.h"

#include "log/chain.h"

#include <inttypes.h>
#include <string.h>

#include "log/line.h"

enum {
	HEX = DIGEST_TEXT - 1
};

/* The end of a line: PREV 64 digits HASH 64 digits END. */
#define PREV "\"prev\":\""
#define HASH "\",\"hash\":\""
#define END "\"}}"

void
chain_start(struct chain_head *head)
{
	head->sequence = 0;
	memset(head->hash, '0', HEX);
	head->hash[HEX] = '\0';
}

bool
chain_equal(const struct chain_head *a, const struct chain_head *b)
{
	return a->sequence == b->sequence && strcmp(a->hash, b->hash) == 0;
}

void
chain_add(struct chain_head *head, const char *text, size_t len,
    size_t sequence_at, struct buf *out)
{
	size_t start = out->len;

	buf_add(out, text, sequence_at);
	buf_addf(out, "%" PRIu64, head->sequence + 1);
	buf_add(out, text + sequence_at, len - sequence_at);
	buf_add_text(out, PREV);
	buf_add(out, head->hash, HEX);
	buf_add_text(out, "\"");
	digest_of(out->data + start, out->len - start, head->hash);
	/* The quote that HASH begins with is hashed already. */
	buf_add_text(out, &HASH[1]);
	buf_add(out, head->hash, HEX);
	buf_add_text(out, END "\n");
	head->sequence++;
}

static bool
is_text(const char *at, const char *text)
{
	return memcmp(at, text, strlen(text)) == 0;
}

static bool
is_hash(const char *at)
{
	for (size_t i = 0; i < HEX; i++)
		if (!(at[i] >= '0' && at[i] <= '9') &&
		    !(at[i] >= 'a' && at[i] <= 'f'))
			return false;

	return true;
}

bool
chain_read(const char *line, size_t len, struct chain_head *head)
{
	size_t most = strlen(PREV HASH END) + (size_t)2 * HEX;
	const char *end, *hash, *prev;
	struct chain_head found;
	char right[DIGEST_TEXT];

	if (len < most || !log_line_sequence(line, len, &found.sequence))
		return false;
	end = line + len - strlen(END);
	hash = end - HEX;
	prev = hash - strlen(HASH) - HEX;
	if (!is_text(end, END) || !is_hash(hash) || !is_hash(prev) ||
	    !is_text(prev + HEX, HASH) || !is_text(prev - strlen(PREV), PREV))
		return false;

	memcpy(found.hash, hash, HEX);
	found.hash[HEX] = '\0';
	digest_of(line, (size_t)(prev + HEX + 1 - line), right);
	if (strcmp(found.hash, right) != 0)
		return false;

	*head = found;
	return true;
}
