/* SPDX-License-Identifier: ISC */
/* input.c - what does standard input hold? */
#include "config.h"

#include "postern/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static bool
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}

	return true;
}

static bool
copy_input(int fd)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !write_all(fd, bytes, (size_t)n))
			return false;
	}

	return true;
}

int
input_keep(char **path, struct err *err)
{
	char name[] = "/tmp/postern.XXXXXX";
	char link[64];
	int fd = mkstemp(name);

	if (fd < 0) {
		(void)err_set(
		    err, "%s: %s; make room in /tmp", name, strerror(errno));
		return -1;
	}
	(void)unlink(name); /* else it stays behind, and is found there */
	if (!copy_input(fd)) {
		(void)err_set(err, "standard input cannot be kept in /tmp: %s",
		    strerror(errno));
		(void)close(fd); /* thrown away */
		return -1;
	}
	(void)snprintf(link, sizeof(link), "/dev/fd/%d", fd);
	*path = mem_text(link);

	return fd;
}
