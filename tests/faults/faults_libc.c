/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Functions of libc and libnuma that can be made to fail. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <numaif.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "faults_inner.h"

/* Files of any size are the usual ones where these names have a 64 in them. */
#if defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define LARGE(name) name "64"
#else
#define LARGE(name) name
#endif

/* MADV_POPULATE_WRITE, which headers may not have. */
#define POPULATE_WRITE 23

/* Sanitizers have an allocator of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_HEAP 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_HEAP 0
#endif
#endif
#ifndef OWN_HEAP
#define OWN_HEAP 1
#endif

static unsigned int heap_blocks;

unsigned int
fault_heap_blocks(void)
{
	return heap_blocks;
}

#if OWN_HEAP
#define BLOCKS_MAX 256

extern void *
__libc_malloc(size_t len);
extern void *
__libc_calloc(size_t n, size_t len);
extern void *
__libc_realloc(void *old, size_t len);
extern void
__libc_free(void *block);

static void *blocks[BLOCKS_MAX];

/* What the driver allocates. */
static void *
noted(void *block, const void *caller)
{
	unsigned int i;

	if (block == NULL || !fault_by_driver(caller))
		return block;
	for (i = 0; i < BLOCKS_MAX; i++) {
		if (blocks[i] != NULL)
			continue;
		blocks[i] = block;
		heap_blocks++;
		break;
	}
	return block;
}

void *
malloc(size_t len)
{
	if (FAULT_DUE(FAULT_MALLOC))
		return NULL;
	return noted(__libc_malloc(len), __builtin_return_address(0));
}

void *
calloc(size_t n, size_t len)
{
	if (FAULT_DUE(FAULT_CALLOC))
		return NULL;
	return noted(__libc_calloc(n, len), __builtin_return_address(0));
}

void *
realloc(void *old, size_t len)
{
	if (FAULT_DUE(FAULT_MALLOC))
		return NULL;
	return __libc_realloc(old, len);
}

void
free(void *block)
{
	unsigned int i;

	for (i = 0; heap_blocks > 0 && block != NULL && i < BLOCKS_MAX; i++) {
		if (blocks[i] != block)
			continue;
		blocks[i] = NULL;
		heap_blocks--;
		break;
	}
	__libc_free(block);
}
#endif

void *
mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	if (FAULT_DUE(FAULT_MMAP))
		return MAP_FAILED;
	return FAULT_REAL(mmap, LARGE("mmap"), at, len, protection, flags, fd, offset);
}

int
memfd_create(const char *name, unsigned int flags)
{
	return FAULT_DUE(FAULT_MEMFD) ? -1 : FAULT_REAL(memfd_create, "memfd_create", name, flags);
}

int
ftruncate(int fd, off_t len)
{
	return FAULT_DUE(FAULT_FTRUNCATE) ? -1 : FAULT_REAL(ftruncate, LARGE("ftruncate"), fd, len);
}

static bool old_kernel;

void
fault_old_kernel(bool old)
{
	old_kernel = old;
}

int
fallocate(int fd, int mode, off_t offset, off_t len)
{
	if (FAULT_DUE(FAULT_FALLOCATE))
		return -1;
	return FAULT_REAL(fallocate, LARGE("fallocate"), fd, mode, offset, len);
}

int
madvise(void *at, size_t len, int advice)
{
	if (old_kernel && advice == POPULATE_WRITE) {
		errno = EINVAL;
		return -1;
	}
	return FAULT_DUE(FAULT_MADVISE) ? -1 : FAULT_REAL(madvise, "madvise", at, len, advice);
}

long
mbind(void *at, unsigned long len, int mode, const unsigned long *mask, unsigned long nodes,
      unsigned int flags)
{
	if (FAULT_DUE(FAULT_MBIND))
		return -1;
	return FAULT_REAL(mbind, "mbind", at, len, mode, mask, nodes, flags);
}

int
mlock(const void *at, size_t len)
{
	return FAULT_DUE(FAULT_MLOCK) ? -1 : FAULT_REAL(mlock, "mlock", at, len);
}

ssize_t
getrandom(void *to, size_t len, unsigned int flags)
{
	return FAULT_DUE(FAULT_GETRANDOM) ? -1 : FAULT_REAL(getrandom, "getrandom", to, len, flags);
}

FILE *
fopen(const char *path, const char *mode)
{
	return FAULT_DUE(FAULT_FOPEN) ? NULL : FAULT_REAL(fopen, LARGE("fopen"), path, mode);
}

int
glob(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *found)
{
	if (FAULT_DUE(FAULT_GLOB))
		return GLOB_NOSPACE;
	return FAULT_REAL(glob, LARGE("glob"), pattern, flags, on_error, found);
}

int
sigaction(int signum, const struct sigaction *action, struct sigaction *old)
{
	if (FAULT_DUE(FAULT_SIGACTION))
		return -1;
	return FAULT_REAL(sigaction, "sigaction", signum, action, old);
}
