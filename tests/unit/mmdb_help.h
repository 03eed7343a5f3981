/* SPDX-License-Identifier: ISC */
/*
 * mmdb_help.h - databases that no vendor would make.
 *
 * After the MaxMind DB file format specification, version 2.0: a tree of
 * nodes with two records of 32 bits each, data, metadata.
 */
#ifndef POSTERN_TESTS_MMDB_HELP_H
#define POSTERN_TESTS_MMDB_HELP_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum mmdb_type {
	MMDB_UINT16 = 5,
	MMDB_UINT32 = 6,
	MMDB_INT32 = 8,
	MMDB_UINT64 = 9
};

/* Values of the data section. */
void mmdb_map(struct buf *data, uint32_t count);   /* then key, value ... */
void mmdb_array(struct buf *data, uint32_t count); /* then the values */
void mmdb_text(struct buf *data, const char *text);
void mmdb_bytes(struct buf *data, const char *bytes, size_t len);
void mmdb_number(struct buf *data, enum mmdb_type type, uint64_t number);
void mmdb_pointer(struct buf *data, uint32_t offset); /* five bytes */

struct mmdb_node {
	uint32_t left, right;
};

/* Records of a tree of count nodes. */
uint32_t mmdb_none(size_t count);
uint32_t mmdb_data(size_t count, size_t offset);

/* In languages of its metadata stands `nested`, NULL: an empty list. */
void mmdb_write(const char *path, unsigned ip_version,
    const struct mmdb_node *nodes, size_t count, const struct buf *data,
    const struct buf *nested);
/* Every address has the record that data begins with. */
void mmdb_write_one(const char *path, const struct buf *data);

#endif
