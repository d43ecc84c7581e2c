/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Every call that the making of a pool rests on fails once: no pool, with the
 * errno of what failed and a line in the log, or a pool that works; nothing is
 * left behind, and the next pool is made as ever.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "faults.h"
#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define BUFFERS 2047

/* How a pool is made. */
struct way {
	const char *name;
	const char *config;
	const char *file;
	bool device;     /* there is one that maps memory */
	bool plain;      /* by DPDK's own calls, not the driver's */
	bool falls_back; /* another kind of memory may do */
	bool old;        /* as on an older kernel */
};

static const struct way ways[] = {
	{.name = "maze, guard", .config = "backing=maze,pages=huge"},
	{.name = "maze, strict",
         .config = "backing=maze,pages=huge,profile=strict,trace=4",
         .device = true},
	{.name = "maze, older kernel", .config = "backing=maze,pages=huge", .old = true},
	{.name = "maze of small pages", .config = "backing=maze,pages=small", .device = true},
	{.name = "maze of whatever pages", .config = "backing=maze", .falls_back = true},
	{.name = "maze, DPDK's calls", .config = "backing=maze,pages=huge", .plain = true},
	{.name = "eal, guard", .config = "backing=eal"},
	{.name = "eal, strict", .config = "backing=eal,profile=strict,fail=1000", .device = true},
	{.name = "eal, DPDK's calls", .config = "backing=eal", .plain = true},
	{.name = "auto", .config = "backing=auto", .device = true, .falls_back = true},
	{.name = "an INI file",
         .config = "trace=1",
         .file = "[default]\nprofile = strict\n[pool \"f*\"]\nbacking = eal\n"},
};

/* Without these calls a pool works all the same. */
static bool
may_do_without(enum fault fault, const struct way *way)
{
	switch (fault) {
	case FAULT_MLOCK:
	case FAULT_GLOB:
	case FAULT_SIGACTION:
	case FAULT_PORTS:
		return true;
	case FAULT_FOPEN:
		return way->file == NULL;
	default:
		return way->falls_back;
	}
}

/* The errno of a pool, by what failed. */
static bool
errno_fits(enum fault fault, int error)
{
	switch (fault) {
	case FAULT_FOPEN: /* the INI file */
		return error == ENOENT;
	case FAULT_FALLOCATE: /* the file is memory */
		return error == ENOMEM;
	case FAULT_KVARGS: /* it does not tell why */
		return error == EINVAL;
	default:
		return error == fault_errno(fault);
	}
}

static struct rte_mempool *
make(const struct way *way)
{
	struct pool_spec spec = {.name = "faulty", .n = BUFFERS, .config = way->config};

	if (way->plain)
		return pool_make(&spec);
	return rte_labyrinth_pktmbuf_pool_create("faulty", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                                         0, way->config);
}

/* Every buffer can be had; failures on demand aside. */
static bool
works(struct rte_mempool *mp)
{
	static void *objects[BUFFERS];
	unsigned int n = 0;
	unsigned int misses = 0;

	while (n < BUFFERS && misses < 64) {
		if (rte_mempool_get(mp, &objects[n]) == 0)
			n++;
		else
			misses++;
	}
	rte_mempool_put_bulk(mp, objects, n);
	return n == BUFFERS && rte_mempool_avail_count(mp) == BUFFERS;
}

/* Lines of the driver in the log that are more than good news. */
static unsigned int
complaints(void)
{
	char log[8192];
	const char *at = log;
	unsigned int n = 0;

	log_read(log, sizeof(log));
	while ((at = strstr(at, "LABYRINTH: ")) != NULL) {
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
		n += strstr(line, ": backing=maze (") == NULL &&
		     strstr(line, ": backing=eal (") == NULL;
		at += strlen("LABYRINTH: ");
	}
	/* Where the driver was not asked yet, DPDK says it. */
	return n == 0 && strstr(log, "MEMPOOL: ") != NULL ? 1 : n;
}

struct tally {
	unsigned int calls;
	unsigned int refused; /* no pool */
	unsigned int worked;  /* a pool all the same */
	char wrong[256];      /* what is not as it should be */
};

#define WRONG(tally, ...)                                                              \
	do {                                                                           \
		if ((tally)->wrong[0] == '\0')                                         \
			snprintf((tally)->wrong, sizeof((tally)->wrong), __VA_ARGS__); \
	} while (0)

static void
without_pool(enum fault fault, unsigned int nth, bool anyone, int error, struct tally *tally)
{
	unsigned int lines = complaints();
	/* A device names itself in a line of its own. */
	unsigned int most = fault == FAULT_DMA || fault == FAULT_VIRT2IOVA ? 2 : 1;

	tally->refused++;
	if (error == 0 || (!anyone && !errno_fits(fault, error)))
		WRONG(tally, "call %u: errno is \"%s\"", nth, strerror(error));
	if (lines == 0 || lines > most)
		WRONG(tally, "call %u: %u lines in the log", nth, lines);
}

static void
with_pool(const struct way *way, enum fault fault, unsigned int nth, bool anyone,
          struct rte_mempool *mp, struct tally *tally)
{
	tally->worked++;
	if (!anyone && !may_do_without(fault, way))
		WRONG(tally, "call %u: a pool", nth);
	if (!works(mp))
		WRONG(tally, "call %u: a pool that does not work", nth);
	rte_mempool_free(mp);
}

/*
 * The driver remembers so many mazes that were freed, with a block each, and has its patrol
 * and what that reads once. Calls are many more than these.
 */
#define BLOCKS_KEPT (64 + 2)

/* What the driver allocates from libc and maps for devices is its own to give back. */
static void
left_behind(unsigned int nth, const struct traces *before, struct tally *tally)
{
	unsigned int mapped = fault_device_mapped();
	char text[160];

	if (fault_heap_blocks() > BLOCKS_KEPT)
		WRONG(tally, "call %u: %u blocks of libc's heap are left", nth,
		      fault_heap_blocks());
	if (mapped != 0)
		WRONG(tally, "call %u: %u DMA mappings are left, or unmapped twice", nth, mapped);
	if (!traces_same(before, text, sizeof(text)))
		WRONG(tally, "call %u: left behind%s", nth, text);
}

/* Returns whether there is one call more that could fail. */
static bool
one_fault(const struct way *way, enum fault fault, unsigned int nth, bool anyone,
          struct tally *tally)
{
	struct rte_mempool *mp;
	struct traces before;
	unsigned int calls;
	int error;

	traces_take(&before);
	log_clear();
	rte_errno = 0;
	fault_arm(fault, nth, anyone);
	mp = make(way);
	calls = fault_disarm();
	error = rte_errno;
	if (calls < nth) {
		rte_mempool_free(mp);
		return false;
	}
	if (mp == NULL)
		without_pool(fault, nth, anyone, error, tally);
	else
		with_pool(way, fault, nth, anyone, mp, tally);
	left_behind(nth, &before, tally);
	mp = make(way);
	if (mp == NULL || !works(mp))
		WRONG(tally, "call %u: the next pool is not as ever", nth);
	rte_mempool_free(mp);
	tally->calls++;
	return true;
}

static unsigned int
all_calls(const struct way *way, enum fault fault, bool anyone)
{
	struct tally tally = {0};
	unsigned int nth = 1;

	while (one_fault(way, fault, nth, anyone, &tally))
		nth++;
	if (tally.calls > 0)
		check(tally.wrong[0] == '\0',
		      "%s: %s%s fails at each of %u calls: %u refused, "
		      "%u worked%s%s",
		      way->name, fault_name(fault), anyone ? ", whoever calls it," : "",
		      tally.calls, tally.refused, tally.worked, tally.wrong[0] == '\0' ? "" : "; ",
		      tally.wrong);
	return tally.calls;
}

/*
 * What DPDK, libc and libnuma ask for while the pool is made fails, too. Not while
 * an INI file is read: what libc lacks to open it counts as a file that cannot be read.
 */
static bool
by_anyone(enum fault fault, const struct way *way)
{
	if (fault == FAULT_MALLOC || fault == FAULT_CALLOC || fault == FAULT_MMAP)
		return way->file == NULL;
	return fault == FAULT_MEMZONE || fault == FAULT_ZMALLOC || fault == FAULT_POPULATE;
}

/* Can it be made here at all? */
static bool
possible(const struct way *way)
{
	struct rte_mempool *mp = make(way);

	if (mp == NULL)
		return false;
	rte_mempool_free(mp);
	return true;
}

static unsigned int
one_way(const struct way *way, const char *path)
{
	unsigned int faults = 0;
	enum fault fault;
	FILE *file;

	fault_device(way->device);
	fault_old_kernel(way->old);
	if (way->file != NULL) {
		file = fopen(path, "w");
		if (file == NULL || fputs(way->file, file) < 0 || fclose(file) != 0)
			die("faults: cannot write %s", path);
		setenv("LABYRINTH_CONFIG", path, 1);
	}
	if (possible(way)) {
		for (fault = 0; fault < FAULTS; fault++) {
			faults += all_calls(way, fault, false);
			if (by_anyone(fault, way))
				faults += all_calls(way, fault, true);
		}
	} else {
		skip(way->name, "such a pool is not possible here");
	}
	unsetenv("LABYRINTH_CONFIG");
	fault_device(false);
	fault_old_kernel(false);
	return faults;
}

int
main(int argc, char **argv)
{
	char path[] = "/tmp/labyrinth-faults.XXXXXX";
	int fd = mkstemp(path);
	unsigned int faults = 0;
	unsigned int i;

	if (fd < 0)
		die("faults: no temporary file");
	eal_start("faults", 64, argc > 1 ? argv[1] : "-l 0");
	traces_warm_up();
	for (i = 0; i < RTE_DIM(ways); i++)
		faults += one_way(&ways[i], path);
	remove(path);
	note("%u calls failed, one at a time", faults);
	return finish();
}
