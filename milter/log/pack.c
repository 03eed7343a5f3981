/* SPDX-License-Identifier: ISC */
/* pack.c - how is a rotated file compressed? */
#include "config.h"

#include "log/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "log/ends.h"
#include "log/file.h"
#include "log/name.h"
#include "log/why.h"

enum {
	PIECE = 65536
};

/* A file that is packed. */
struct packing {
	const char *path;
	char *packed; /* PATH.gz */
	char *part;   /* PATH.gz.part */
	int fd;
	struct stat st;
	const atomic_bool *stop;
	char piece[PIECE];
	char other[PIECE + 1];
};

/* A gzip file on a copy of fd, from its beginning; NULL with err. */
static gzFile
gzip_open(int fd, const char *path, const char *mode, struct err *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	gzFile file = NULL;

	if (copy >= 0 && lseek(copy, 0, SEEK_SET) == 0)
		file = gzdopen(copy, mode);
	if (file == NULL) {
		(void)why_failed(err, path, "open it", errno);
		if (copy >= 0)
			(void)close(copy); /* nothing was written to it */
	}

	return file;
}

/* The next piece of the plain file: 0 at its end, -1 with err. */
static ssize_t
read_piece(struct packing *packing, int64_t at, struct err *err)
{
	ssize_t n;

	if (atomic_load(packing->stop)) {
		(void)err_set(err, "%s: stopped", packing->path);
		return -1;
	}
	do
		n = pread(packing->fd, packing->piece, PIECE, at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		(void)why_failed(err, packing->path, "read it", errno);

	return n;
}

static bool
compress_to(struct packing *packing, gzFile out, struct err *err)
{
	int64_t at = 0;
	ssize_t n;

	while ((n = read_piece(packing, at, err)) > 0) {
		if (gzwrite(out, packing->piece, (unsigned)n) != (int)n)
			return why_failed(err, packing->part, "write", errno);
		at += n;
	}

	return n == 0;
}

/* As those of the plain file. */
static bool
set_owner(const struct packing *packing, int fd, struct err *err)
{
	const struct timespec times[2] = { packing->st.st_atim,
		packing->st.st_mtim };
	struct stat st;

	if (fstat(fd, &st) != 0)
		return why_failed(err, packing->part, "look at it", errno);
	if ((st.st_uid != packing->st.st_uid ||
		st.st_gid != packing->st.st_gid) &&
	    fchown(fd, packing->st.st_uid, packing->st.st_gid) != 0)
		return why_failed(err, packing->part, "set its owner", errno);
	if (fchmod(fd, packing->st.st_mode & 0777) != 0 ||
	    futimens(fd, times) != 0)
		return why_failed(
		    err, packing->part, "set its mode and time", errno);

	return true;
}

static bool
fill(struct packing *packing, int fd, struct err *err)
{
	gzFile out = gzip_open(fd, packing->part, "wb", err);
	bool written;

	if (out == NULL)
		return false;
	written = compress_to(packing, out, err);
	if (gzclose(out) != Z_OK && written)
		written = why_failed(err, packing->part, "write", errno);
	if (!written || !set_owner(packing, fd, err))
		return false;
	if (fsync(fd) != 0)
		return why_failed(err, packing->part, "sync it", errno);

	return true;
}

/* Makes PATH.gz, whole and on disk. */
static bool
make(struct packing *packing, struct err *err)
{
	bool made;
	int fd;

	(void)unlink(packing->part); /* there is none, or opening says it */
	fd = open(packing->part,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return why_failed(err, packing->part, "make it", errno);

	made = fill(packing, fd, err);
	(void)close(fd); /* it was synced */
	if (made && !name_move(packing->part, packing->packed))
		made =
		    why_failed(err, packing->packed, "give it its name", errno);
	if (!made)
		(void)unlink(packing->part); /* a rest is written over */

	return made;
}

static bool
differ(const struct packing *packing, struct err *err)
{
	return err_set(err,
	    "%s: does not hold what stands in %s; move one of them away",
	    packing->packed, packing->path);
}

/* One byte more than there is: else zlib stops before the sum over all of it,
 * and whether that is there is not told by gzclose(). */
static bool
compare_with(struct packing *packing, gzFile in, struct err *err)
{
	int64_t at = 0;
	ssize_t n;

	/* It would read a plain file, too. */
	if (gzdirect(in))
		return differ(packing, err);
	while ((n = read_piece(packing, at, err)) > 0) {
		bool last = at + n >= packing->st.st_size;

		if (gzread(in, packing->other, (unsigned)n + last) != (int)n ||
		    memcmp(packing->piece, packing->other, (size_t)n) != 0)
			return differ(packing, err);
		at += n;
	}
	if (n < 0)
		return false;
	if (gzread(in, packing->other, 1) != 0)
		return differ(packing, err);

	return true;
}

/* Nothing goes before its copy was read back. */
static bool
compare(struct packing *packing, struct err *err)
{
	int fd = ends_open(packing->packed, err);
	gzFile in;
	bool same;

	if (fd < 0)
		return false;
	in = gzip_open(fd, packing->packed, "rb", err);
	same = in != NULL && compare_with(packing, in, err);
	if (in != NULL && gzclose(in) != Z_OK && same)
		same = differ(packing, err);
	(void)close(fd); /* nothing was written to it */

	return same;
}

static bool
pack(struct packing *packing, struct err *err)
{
	struct stat st;

	if (fstat(packing->fd, &packing->st) != 0)
		return why_failed(err, packing->path, "look at it", errno);
	/* A crash has left both where it is there. */
	if (lstat(packing->packed, &st) != 0 && !make(packing, err))
		return false;
	if (!compare(packing, err))
		return false;
	/* Its name, before that of the plain one goes. */
	if (!file_sync_directory(packing->packed))
		return why_failed(
		    err, packing->packed, "sync its directory", errno);
	if (unlink(packing->path) != 0)
		return why_failed(err, packing->path, "remove it", errno);

	return true;
}

static char *
with_end(const char *path, const char *end)
{
	struct buf name;

	buf_init(&name);
	buf_add_text(&name, path);
	buf_add_text(&name, end);

	return name.data;
}

bool
pack_file(const char *path, const atomic_bool *stop, struct err *err)
{
	int fd = ends_open(path, err);
	struct packing *packing;
	bool done;

	if (fd < 0)
		return false;
	packing = mem_new(1, sizeof(*packing));
	packing->path = path;
	packing->packed = with_end(path, ".gz");
	packing->part = with_end(path, ".gz.part");
	packing->fd = fd;
	packing->stop = stop;

	done = pack(packing, err);
	(void)close(fd); /* nothing was written to it */
	free(packing->part);
	free(packing->packed);
	free(packing);

	return done;
}
