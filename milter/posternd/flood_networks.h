/* SPDX-License-Identifier: ISC */
/*
 * flood_networks.h - how many came from this network in its minute?
 *
 * Each network is there for a minute from its first record on.  Guarded by
 * the caller's lock.
 */
#ifndef POSTERN_POSTERND_FLOOD_NETWORKS_H
#define POSTERN_POSTERND_FLOOD_NETWORKS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"

struct flood_slot;

#define FLOOD_MINUTE_US INT64_C(60000000)

enum {
	FLOOD_NETWORKS = 32768,
	FLOOD_KINDS = 5 /* of records that fold, each by itself */
};

/* A minute of one network, or of all. */
struct flood_minute {
	int64_t begin_us;
	uint64_t attempts;
	struct flood_slot *slots[FLOOD_KINDS]; /* NULL: none so far */
};

/* Not its slots: they are over, and somebody else's. */
void minute_end(struct flood_minute *minute);

struct flood_networks;

/* seed: which networks share a bucket must not be for a client to choose */
struct flood_networks *networks_new(uint64_t seed);
void networks_free(struct flood_networks *networks); /* NULL is allowed */

/* Lets those go whose minute is over.  Time never goes back. */
void networks_expire(struct flood_networks *networks, int64_t now_us);
/* That of addr: a /24 or /48; NULL: none. */
struct flood_minute *networks_find(
    struct flood_networks *networks, const struct addr *addr);
bool networks_full(const struct flood_networks *networks);
/* Begins one that is not there; there is room. */
struct flood_minute *networks_add(
    struct flood_networks *networks, const struct addr *addr, int64_t now_us);

#endif
