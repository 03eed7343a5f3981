/* SPDX-License-Identifier: ISC */
/* geo_confine.c - what may the child have that reads a database? */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lists/geo_parts.h"

enum {
	CPU_S = 5,        /* the largest on offer take one */
	MEMORY = 64 << 20 /* besides what grows with the file */
};

/* Bytes of address space in use; 0: not known. */
static rlim_t
space_in_use(void)
{
	char text[32] = ""; /* pages, in decimal, then other numbers */
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	rlim_t pages = 0;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0)
		for (const char *at = text; *at >= '0' && *at <= '9'; at++)
			pages = pages * 10 + (rlim_t)(*at - '0');
	(void)close(fd); /* nothing was written */

	return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* A limit that cannot be set leaves the others, and the parent's patience. */
static void
limit(int resource, rlim_t most)
{
	const struct rlimit both = { .rlim_cur = most, .rlim_max = most };

	(void)setrlimit((__rlimit_resource_t)resource, &both);
}

static void
limit_all(size_t size)
{
	rlim_t space = space_in_use();

	/* No core: a pipe that takes it asks for no limit, only for this. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, CPU_S);
	if (space > 0) /* the mapping, the books of the walk, and the rest */
		limit(RLIMIT_AS, space + 2 * (rlim_t)size + MEMORY);
}

/*
 * Nothing else may stay open here: whoever hangs up on the daemon, or comes
 * after it, is not to wait for this process.  Where the kernel cannot, they
 * wait for as long as it runs.
 */
static void
keep_only(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b);
	unsigned high = (unsigned)(a < b ? b : a);

	if (low > STDERR_FILENO + 1)
		(void)close_range(STDERR_FILENO + 1, low - 1, 0);
	if (high > low + 1)
		(void)close_range(low + 1, high - 1, 0);
	(void)close_range(high + 1, ~0U, 0);
}

void
geo_confine(const struct geo_copy *copy, int out)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	keep_only(copy->fd, out);
	limit_all((size_t)copy->stamp.size);
}
