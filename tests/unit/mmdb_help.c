/* SPDX-License-Identifier: ISC */
/* mmdb_help.c - databases that no vendor would make. */
#include "config.h"

#include "mmdb_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	POINTER = 1,
	TEXT = 2,
	MAP = 7,
	ARRAY = 11,
	GAP = 16 /* between tree and data */
};

static void
add_byte(struct buf *out, uint64_t byte)
{
	char c = (char)(unsigned char)byte;

	buf_add(out, &c, 1);
}

/* Big-endian. */
static void
add_number(struct buf *out, uint64_t number, unsigned bytes)
{
	while (bytes-- > 0)
		add_byte(out, number >> 8 * bytes & 0xff);
}

/* The control bytes: a type above 7 has a byte of its own. */
static void
add_control(struct buf *out, unsigned type, uint32_t size)
{
	unsigned low = size < 29 ? size
	    : size < 285         ? 29
	    : size < 65821       ? 30
				 : 31;

	add_byte(out, (type > MAP ? 0 : type) << 5 | low);
	if (type > MAP)
		add_byte(out, type - MAP);
	if (low == 29)
		add_number(out, size - 29, 1);
	if (low == 30)
		add_number(out, size - 285, 2);
	if (low == 31)
		add_number(out, size - 65821, 3);
}

void
mmdb_map(struct buf *data, uint32_t count)
{
	add_control(data, MAP, count);
}

void
mmdb_array(struct buf *data, uint32_t count)
{
	add_control(data, ARRAY, count);
}

void
mmdb_bytes(struct buf *data, const char *bytes, size_t len)
{
	add_control(data, TEXT, (uint32_t)len);
	buf_add(data, bytes, len);
}

void
mmdb_text(struct buf *data, const char *text)
{
	mmdb_bytes(data, text, strlen(text));
}

void
mmdb_number(struct buf *data, enum mmdb_type type, uint64_t number)
{
	unsigned bytes = type == MMDB_UINT16 ? 2 : type == MMDB_UINT64 ? 8 : 4;

	add_control(data, type, bytes);
	add_number(data, number, bytes);
}

void
mmdb_pointer(struct buf *data, uint32_t offset)
{
	add_byte(data, POINTER << 5 | 3 << 3);
	add_number(data, offset, 4);
}

uint32_t
mmdb_none(size_t count)
{
	return (uint32_t)count;
}

uint32_t
mmdb_data(size_t count, size_t offset)
{
	return (uint32_t)(count + GAP + offset);
}

static void
add_metadata(struct buf *out, unsigned ip_version, size_t count,
    const struct buf *nested)
{
	buf_add(out, "\xab\xcd\xefMaxMind.com", 14);
	mmdb_map(out, 9);
	mmdb_text(out, "node_count");
	mmdb_number(out, MMDB_UINT32, count);
	mmdb_text(out, "record_size");
	mmdb_number(out, MMDB_UINT16, 32);
	mmdb_text(out, "ip_version");
	mmdb_number(out, MMDB_UINT16, ip_version);
	mmdb_text(out, "languages");
	if (nested == NULL)
		mmdb_array(out, 0);
	else
		buf_add(out, nested->data, nested->len);
	mmdb_text(out, "database_type");
	mmdb_text(out, "Crafted");
	mmdb_text(out, "binary_format_major_version");
	mmdb_number(out, MMDB_UINT16, 2);
	mmdb_text(out, "binary_format_minor_version");
	mmdb_number(out, MMDB_UINT16, 0);
	mmdb_text(out, "build_epoch");
	mmdb_number(out, MMDB_UINT64, 1760000000);
	mmdb_text(out, "description");
	mmdb_map(out, 0);
}

static void
write_file(const char *path, const struct buf *bytes)
{
	FILE *file = fopen(path, "wb");

	if (file == NULL ||
	    fwrite(bytes->data, 1, bytes->len, file) != bytes->len ||
	    fclose(file) != 0)
		abort();
}

void
mmdb_write(const char *path, unsigned ip_version, const struct mmdb_node *nodes,
    size_t count, const struct buf *data, const struct buf *nested)
{
	static const char gap[GAP];
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < count; i++) {
		add_number(&out, nodes[i].left, 4);
		add_number(&out, nodes[i].right, 4);
	}
	buf_add(&out, gap, sizeof(gap));
	buf_add(&out, data->data, data->len);
	add_metadata(&out, ip_version, count, nested);
	write_file(path, &out);
	buf_done(&out);
}

void
mmdb_write_one(const char *path, const struct buf *data)
{
	const struct mmdb_node root = { mmdb_data(1, 0), mmdb_data(1, 0) };

	mmdb_write(path, 6, &root, 1, data, NULL);
}
