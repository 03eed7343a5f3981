/* SPDX-License-Identifier: ISC */
/* geo_look.c - which record is an address's? */
#include "config.h"

#include <endian.h>
#include <netinet/in.h>
#include <string.h>

#include "lists/geo_parts.h"

/* Of these two families only: of any other libmaxminddb reads beyond it. */
union client {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union client
client_of(const struct addr *addr)
{
	union client client;
	uint64_t halves[2] = { htobe64(addr->high), htobe64(addr->low) };

	memset(&client, 0, sizeof(client));
	if (addr->family == FAMILY_V4) {
		client.v4.sin_family = AF_INET;
		client.v4.sin_addr.s_addr = htobe32((uint32_t)addr->low);
	} else {
		client.v6.sin6_family = AF_INET6;
		memcpy(&client.v6.sin6_addr, halves, sizeof(halves));
	}

	return client;
}

enum geo_state
geo_look(const MMDB_s *mmdb, enum geo_kind kind, const struct addr *addr,
    struct geo *geo)
{
	const union client client = client_of(addr);
	int status = MMDB_SUCCESS;
	MMDB_lookup_result_s result =
	    MMDB_lookup_sockaddr(mmdb, &client.any, &status);

	if (status == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR)
		return GEO_NONE;
	if (status != MMDB_SUCCESS)
		return GEO_UNKNOWN;

	return result.found_entry ? geo_record(kind, &result.entry, geo)
				  : GEO_NONE;
}
