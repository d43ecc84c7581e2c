/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Memory per buffer, against ring_mp_mc. Counted is everything a pool takes:
 *
 *   bytes  what it allocates of EAL's heap (mempool structure, memzones for
 *          rings, rooms and frames), and the whole pages of its maze;
 *   pages  huge pages this process has mapped more with the pool than without,
 *          so with the part of the heap's last page that nobody uses.
 */

#include <inttypes.h>

#include <rte_mempool.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

/* With owner words close together, and up to a cache line apart. */
#define MOST_COMPACT 3.0
#define MOST_WIDE    5.3
#define CACHE        256
/* What a million buffers take, and a little more. */
#define PAGES_MOST 1240
/* One 2 MiB page more or less is not worth a word from so many pages on. */
#define PAGES_COUNT_FROM 100

struct taken {
	uint64_t bytes;
	uint64_t pages;
};

static void
take(const struct pool_spec *spec, struct taken *taken)
{
	struct rte_labyrinth_info info;
	struct traces before;
	struct traces after;
	struct rte_mempool *mp;

	traces_take(&before);
	mp = pool_must(spec);
	traces_take(&after);
	taken->bytes = after.heap - before.heap;
	taken->pages = (after.huge - before.huge) / RTE_PGSIZE_2M;
	if (rte_labyrinth_is(mp) && rte_labyrinth_info_get(mp, &info) == 0)
		taken->bytes += (uint64_t)info.pages * info.page_size;
	rte_mempool_free(mp);
	traces_check("memory", &before);
}

static double
percent_more(uint64_t a, uint64_t b)
{
	return 100.0 * ((double)a - (double)b) / (double)b;
}

static void
compare(unsigned int n, const char *config, const struct taken *ring, double most)
{
	struct pool_spec spec = {.n = n, .cache = CACHE, .config = config};
	struct taken lab;
	double more_bytes;
	double more_pages;

	log_clear();
	take(&spec, &lab);
	more_bytes = percent_more(lab.bytes, ring->bytes);
	note("%7u mbufs, %s: %.1f bytes a buffer (%+.2f %%), %" PRIu64 " huge pages", n, config,
	     (double)lab.bytes / n, more_bytes, lab.pages);
	if (most > 0)
		check(more_bytes <= most, "%u mbufs, %s: %+.2f %% bytes, at most %+.1f %%", n,
		      config, more_bytes, most);
	if (most <= 0 || ring->pages < PAGES_COUNT_FROM)
		return;
	more_pages = percent_more(lab.pages, ring->pages);
	check(more_pages <= most, "%u mbufs, %s: %+.2f %% huge pages, at most %+.1f %%", n, config,
	      more_pages, most);
}

static void
one_size(unsigned int n, bool judge)
{
	struct pool_spec spec = {.n = n, .cache = CACHE, .ops = OPS_RING};
	struct taken ring;

	take(&spec, &ring);
	note("%7u mbufs, ring_mp_mc: %.1f bytes a buffer, %" PRIu64 " huge pages", n,
	     (double)ring.bytes / n, ring.pages);
	compare(n, "profile=fast,backing=maze", &ring, judge ? MOST_COMPACT : 0);
	compare(n, "profile=guard,backing=maze,owner-words=compact", &ring,
	        judge ? MOST_COMPACT : 0);
	compare(n, "profile=guard,backing=maze,owner-words=wide", &ring, judge ? MOST_WIDE : 0);
	compare(n, "profile=guard,backing=eal,owner-words=wide", &ring, judge ? MOST_WIDE : 0);
	/* Its canary needs a line of its own behind an mbuf of the usual size. */
	compare(n, "profile=strict,backing=maze", &ring, 0);
}

int
main(void)
{
	eal_start("memory", 256, "-l 0");
	traces_warm_up();
	note("counted: EAL's heap and all pages of the maze; DPDK's cache is %u per lcore", CACHE);
	/* In a small pool the rounding to whole pages and the lanes weigh most. */
	one_size(16384, false);
	one_size(65536, true);
	if (eal_huge() && huge_pages_free() >= PAGES_MOST)
		one_size(1000000, true);
	else
		skip("1,000,000 mbufs", "needs 1240 free huge pages of 2 MiB");
	return finish();
}
