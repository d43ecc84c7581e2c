/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools in 1 GiB pages. A page is to EAL, to devices and to secondary processes
 * what the window of a pool is otherwise: it is registered, mapped for DMA and
 * followed by itself, so it has a labyrinth_pool of its own. Pools come and go
 * inside of the pages there are.
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "labyrinth_backing.h"
#include "labyrinth_dma.h"
#include "labyrinth_giga.h"
#include "labyrinth_giga_backing.h"
#include "labyrinth_kernel.h"
#include "labyrinth_log.h"
#include "labyrinth_share.h"
#include "labyrinth_window.h"

#define RESERVED    "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages"
#define CELLS_TRIED 4

/* Pools may be made by several threads at once. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct labyrinth_giga giga;
static struct labyrinth_pool *page_pool[LABYRINTH_GIGA_CELLS_MAX];

static int
larger_page(const struct rte_memseg_list *msl, void *arg)
{
	uint64_t *largest = arg;

	if (!msl->external && msl->memseg_arr.count > 0 && msl->page_sz > *largest)
		*largest = msl->page_sz;
	return 0;
}

size_t
labyrinth_eal_page(void)
{
	uint64_t largest = 0;

	(void)rte_memseg_list_walk(larger_page, &largest);
	return largest;
}

static uint32_t
pages_reserved(void)
{
	return (uint32_t)labyrinth_kernel_number(RESERVED, 10, 0);
}

/* As many as the range has, or will have. */
uint32_t
labyrinth_giga_slots(const struct labyrinth_options *options)
{
	uint32_t cells;

	if (options->backing == LABYRINTH_BACKING_EAL ||
	    (options->pages != LABYRINTH_PAGES_1G &&
	     (options->pages != LABYRINTH_PAGES_AUTO ||
	      (pages_reserved() == 0 && labyrinth_eal_page() < RTE_PGSIZE_1G))))
		return 0;
	pthread_mutex_lock(&lock);
	cells = giga.entrance != NULL ? giga.cells : labyrinth_giga_cells(pages_reserved());
	pthread_mutex_unlock(&lock);
	return cells * LABYRINTH_GIGA_CELL_SLOTS;
}

static bool
below(unsigned int addr_bits)
{
	size_t len = giga.cells * LABYRINTH_GIGA_CELL_SLOTS * (size_t)LABYRINTH_SLOT_SIZE;

	return (uintptr_t)giga.entrance + len <= UINT64_C(1) << addr_bits;
}

static int
open_range(unsigned int addr_bits, const char **why)
{
	uint8_t seed[LABYRINTH_SEED_LEN];
	int ret;

	*why = "1 GiB pages lie above what a device reaches that came after them";
	if (giga.entrance != NULL)
		return below(addr_bits) ? 0 : -EADDRNOTAVAIL;
	*why = "no random numbers from the kernel";
	ret = labyrinth_seed_draw(seed);
	if (ret != 0)
		return ret;
	*why = "no free addresses for 1 GiB pages";
	ret = labyrinth_giga_open(&giga, pages_reserved(), addr_bits, seed);
	explicit_bzero(seed, sizeof(seed));
	return ret;
}

static void
page_drop(uint32_t cell)
{
	struct labyrinth_pool *page = page_pool[cell];
	void *at = labyrinth_giga_page_at(&giga, cell);
	int ret = 0;

	/* It serves the next pool then, or goes with it. */
	if (!labyrinth_dma_unmap(page))
		return;
	page_pool[cell] = NULL;
	labyrinth_share_remove(page);
	if (page->registered)
		ret = labyrinth_window_unregister(at, LABYRINTH_GIGA_LEN);
	free(page);
	labyrinth_giga_page_remove(&giga, cell);
	if (ret != 0)
		LAB_LOG(ERR, "1 GiB page at %p: EAL does not release it: %s", at,
		        rte_strerror(-ret));
}

/* One memory segment list of EAL's 128 for each page, and no wall in it. */
static int
page_register(struct labyrinth_pool *page, void *at)
{
	rte_iova_t iova = labyrinth_window_iova(at);

	if (iova == RTE_BAD_IOVA)
		return -EPERM;
	if (rte_extmem_register(at, LABYRINTH_GIGA_LEN, &iova, 1, LABYRINTH_GIGA_LEN) != 0)
		return -rte_errno;
	page->registered = true;
	return 0;
}

static const char *
failure(int err, int node)
{
	if (err == -ENODEV)
		return "no such NUMA node";
	if (err == -EXDEV)
		return "the kernel took pages of another NUMA node";
	if (err == -ENOSPC)
		return "no place left for 1 GiB pages among those there are";
	if (err != -ENOMEM)
		return "a 1 GiB page cannot be mapped";
	return node == LABYRINTH_NODE_ANY ? "not enough 1 GiB pages left"
	                                  : "not enough 1 GiB pages left on the pool's NUMA node";
}

static int
page_announce(struct labyrinth_pool *page, void *at, const char **why)
{
	int ret;

	*why = "EAL cannot register the page";
	ret = page_register(page, at);
	if (ret != 0)
		return ret;
	*why = "a device cannot map the page for DMA";
	ret = labyrinth_dma_map(page);
	if (ret != 0)
		return ret;
	*why = "a secondary process cannot map the page";
	return labyrinth_share_add(NULL, page);
}

static int
page_add_once(int node, const char **why)
{
	struct labyrinth_pool *page;
	uint32_t cell;
	int ret;

	*why = "no memory";
	page = aligned_alloc(alignof(struct labyrinth_pool), sizeof(*page));
	if (page == NULL)
		return -ENOMEM;
	ret = labyrinth_giga_page_add(&giga, node, &cell);
	if (ret != 0) {
		*why = failure(ret, node);
		free(page);
		return ret;
	}
	*page = (struct labyrinth_pool){.maze = giga.page[cell].maze};
	page_pool[cell] = page;
	ret = page_announce(page, labyrinth_giga_page_at(&giga, cell), why);
	if (ret != 0)
		page_drop(cell);
	return ret;
}

static int
page_add(int node, const char **why)
{
	int ret = -EADDRINUSE;
	unsigned int i;

	/* What is free here may be taken in a secondary process. */
	for (i = 0; i < CELLS_TRIED && ret == -EADDRINUSE; i++)
		ret = page_add_once(node, why);
	return ret;
}

/* Pages without any pool go; with the last, the range does: the next one lies elsewhere. */
static void
drop_unused(void)
{
	uint32_t i;

	for (i = 0; i < LABYRINTH_GIGA_CELLS_MAX; i++) {
		if (page_pool[i] != NULL && giga.page[i].used == 0)
			page_drop(i);
	}
	if (giga.pages == 0)
		labyrinth_giga_close(&giga);
}

/* VFIO maps whole pages: only a device that looks up each packet's memory asks for few. */
static uint32_t
halls_wanted(const struct labyrinth_pool *pool, const struct labyrinth_needs *needs)
{
	if (pool->options.halls != 0)
		return pool->options.halls;
	return needs->halls_why[0] != '\0' ? needs->halls : 0;
}

static int
take(struct labyrinth_pool *pool, int node, uint32_t halls, const char **why)
{
	int ret;

	for (;;) {
		ret = labyrinth_giga_take(&giga, node, pool->blocks, halls, &pool->maze,
		                          pool->slot_of);
		if (ret != -ENOSPC)
			break;
		ret = page_add(node, why);
		/* Better in more pieces than not at all. */
		if (ret == -ENOMEM && halls != 0)
			halls = 0;
		else if (ret != 0)
			return ret == -ENOSPC ? -ENOMEM : ret;
	}
	/* Pages were reserved after the pool had been given room for the map of its walls. */
	*why = "more 1 GiB pages than when the pool was begun";
	if (ret == 0 && pool->maze.slots > pool->slots) {
		labyrinth_giga_give(&giga, &pool->maze);
		ret = -ENOMEM;
	}
	return ret;
}

static int
make_locked(const struct rte_mempool *mp, struct labyrinth_pool *pool,
            const struct labyrinth_needs *needs, const char **why)
{
	int node = labyrinth_node_of(mp);
	int ret;

	ret = open_range(needs->addr_bits, why);
	if (ret != 0)
		return ret;
	ret = take(pool, node, halls_wanted(pool, needs), why);
	if (ret != 0)
		return ret;
	*why = "too many mazes for secondary processes";
	ret = labyrinth_share_add(mp, pool);
	if (ret == 0)
		return 0;
	labyrinth_share_remove(pool);
	labyrinth_giga_give(&giga, &pool->maze);
	return ret;
}

int
labyrinth_giga_make(const struct rte_mempool *mp, struct labyrinth_pool *pool,
                    const struct labyrinth_needs *needs, const char **why)
{
	int ret;

	pthread_mutex_lock(&lock);
	ret = make_locked(mp, pool, needs, why);
	if (ret != 0)
		drop_unused();
	pthread_mutex_unlock(&lock);
	return ret;
}

void
labyrinth_giga_drop(struct labyrinth_pool *pool)
{
	if (pool->maze.entrance == NULL)
		return;
	labyrinth_share_remove(pool);
	pthread_mutex_lock(&lock);
	labyrinth_giga_give(&giga, &pool->maze);
	drop_unused();
	pthread_mutex_unlock(&lock);
}

void
labyrinth_giga_describe(const struct labyrinth_pool *pool, char *text, size_t len)
{
	uint32_t pages = labyrinth_giga_pages_of(&pool->maze);

	snprintf(text, len,
	         "1 GiB pages: %u blocks of 2 MiB in %u page%s that pools share, with walls at "
	         "the edges of pages only",
	         pool->maze.blocks, pages, pages == 1 ? "" : "s");
}
