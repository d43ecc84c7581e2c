/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Populating a pool.
 *
 * With a maze, EAL is asked for a token: memory too small for one frame. When
 * that comes back to be populated, every block of the maze is handed to
 * mempool as a chunk of its own instead. Any other memory is the
 * application's or EAL's: frames are laid out in it as it is.
 */

#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_prefetch.h>

#include "labyrinth_audit.h"
#include "labyrinth_backing.h"
#include "labyrinth_crash.h"
#include "labyrinth_held.h"
#include "labyrinth_layout.h"
#include "labyrinth_log.h"
#include "labyrinth_patrol.h"
#include "labyrinth_populate.h"
#include "labyrinth_signals.h"
#include "labyrinth_walls.h"
#include "labyrinth_window.h"

/* EAL rounds memzones up to it. */
#define TOKEN_LEN RTE_CACHE_LINE_SIZE
/* Frames whose headers are fetched before they are written. */
#define FETCH_AHEAD 16

/* Where the frames of one piece of memory go. */
struct target {
	struct rte_mempool *mp;
	rte_mempool_populate_obj_cb_t *obj_cb;
	void *arg;
	uint8_t *base;
	rte_iova_t iova;
	int err; /* the first that labyrinth_add() returned */
};

static uint32_t
small_page_shift(void)
{
	return rte_bsf32((uint32_t)getpagesize());
}

/* Would this memory be something else than EAL's default? */
static bool
application_memory(const struct rte_mempool *mp, uint32_t pg_shift)
{
	/* rte_mempool_populate_anon() asks for small pages whatever EAL has. */
	if (pg_shift == small_page_shift() && rte_eal_has_hugepages())
		return true;
	return rte_malloc_heap_socket_is_external(mp->socket_id) == 1;
}

ssize_t
labyrinth_calc_mem_size(const struct rte_mempool *mp, uint32_t n, uint32_t pg_shift,
                        size_t *min_chunk_size, size_t *align)
{
	struct labyrinth_pool *pool = labyrinth_pool_of(mp);
	int ret;

	pool->asked = true;
	if (application_memory(mp, pg_shift))
		return rte_mempool_op_calc_mem_size_helper(mp, n, pg_shift, 0, min_chunk_size,
		                                           align);
	if (pool->backing == RTE_LABYRINTH_BACKING_NONE) {
		ret = labyrinth_backing_choose(mp, pool);
		if (ret != 0) {
			pool->explained = true;
			rte_errno = -ret;
			return ret;
		}
	}
	if (pool->backing == RTE_LABYRINTH_BACKING_MAZE) {
		*min_chunk_size = TOKEN_LEN;
		*align = RTE_CACHE_LINE_SIZE;
		return TOKEN_LEN;
	}
	/* A small page holds one frame and its gap anyway. */
	if (pg_shift != small_page_shift())
		n += n / LABYRINTH_GAP_SHARE;
	return rte_mempool_op_calc_mem_size_helper(mp, n, pg_shift, 0, min_chunk_size, align);
}

static void
add_frame(struct target *to, size_t offset)
{
	struct rte_mempool *mp = to->mp;
	uint8_t *frame = to->base + offset + mp->header_size;

	if (to->err == 0)
		to->err = labyrinth_add(labyrinth_of(mp), frame);
	if (to->err != 0)
		return;
	to->obj_cb(mp, to->arg, frame,
	           to->iova == RTE_BAD_IOVA ? RTE_BAD_IOVA : to->iova + offset + mp->header_size);
}

/* Random gaps are beyond what a processor foresees: it is told what comes next. */
static void
fetch_header(const struct target *to, size_t offset)
{
	uint32_t at;

	for (at = 0; at < to->mp->header_size; at += RTE_CACHE_LINE_SIZE)
		rte_prefetch0_write(to->base + offset + at);
}

/* Lay out n frames in a piece of memory, all but the last `hold` of them now. */
static size_t
place(struct target *to, size_t begin, size_t len, uint32_t n, uint32_t hold)
{
	struct labyrinth_pool *pool = labyrinth_pool_of(to->mp);
	struct labyrinth_layout layout;
	size_t ahead[FETCH_AHEAD] = {0};
	size_t last = 0;
	uint32_t i;

	labyrinth_layout_begin(&layout, len, labyrinth_frame_stride(to->mp), pool->frame_align, n,
	                       &pool->ent);
	for (i = 0; i < n + FETCH_AHEAD; i++) {
		size_t *offset = &ahead[i % FETCH_AHEAD];

		if (i >= FETCH_AHEAD && i - FETCH_AHEAD + hold < n)
			add_frame(to, *offset);
		if (i < n) {
			last = begin + labyrinth_layout_next(&layout);
			*offset = last;
			fetch_header(to, last);
		}
	}
	return last;
}

/* Frames of a block: the pool's are spread evenly over its maze. */
static uint32_t
block_share(const struct labyrinth_pool *pool, uint32_t block)
{
	uint64_t size = pool->size;

	return (uint32_t)(size * (block + 1) / pool->blocks - size * block / pool->blocks);
}

/*
 * A piece of the maze, block by block: no frame lies across the end of a page. Of
 * its very last frame, in the maze's last block, the outer call is told.
 */
static int
populate_piece(struct target *to, size_t len)
{
	struct labyrinth_pool *pool = labyrinth_pool_of(to->mp);
	uint32_t sum = 0;
	size_t begin;

	for (begin = 0; begin < len; begin += LABYRINTH_SLOT_SIZE) {
		uint32_t n = block_share(pool, pool->block);
		bool last = ++pool->block == pool->blocks;

		/* mempool keeps the piece if any frame is said to be in it: the held one counts. */
		pool->held = (uintptr_t)to->base + place(to, begin, LABYRINTH_SLOT_SIZE, n, last);
		sum += n;
	}
	return to->err != 0 ? to->err : (int)sum;
}

/*
 * All pieces, each a chunk of its own for mempool. The very last frame is added by
 * the outer call: mempool tells its listeners that the pool is ready when the last
 * frame is in, and so it does that once.
 */
static int
populate_maze(struct target *outer)
{
	struct rte_mempool *mp = outer->mp;
	struct labyrinth_pool *pool = labyrinth_pool_of(mp);
	struct labyrinth_piece piece = {.at = NULL};
	int ret = labyrinth_maze_cover(labyrinth_of(mp), &pool->maze);
	uint32_t i;

	pool->populating = true;
	pool->block = 0;
	for (i = 0; i < labyrinth_pieces(pool) && ret >= 0; i++) {
		piece = labyrinth_piece(pool, i);
		/* The window would not have been registered without: something has changed. */
		ret = piece.iova == RTE_BAD_IOVA
		              ? -EPERM
		              : rte_mempool_populate_iova(
					mp, piece.at, piece.iova,
					(size_t)piece.blocks * LABYRINTH_SLOT_SIZE, NULL, NULL);
	}
	pool->populating = false;
	if (ret < 0) {
		rte_errno = -ret;
		return ret;
	}
	outer->base = piece.at;
	outer->iova = piece.iova;
	add_frame(outer, pool->held - (uintptr_t)piece.at);
	return outer->err != 0 ? outer->err : (int)pool->size;
}

/* A piece of memory no frame may lie across the borders of: a page, mostly. */
static size_t
piece_end(size_t begin, size_t len, const uint8_t *base, size_t page, size_t stride)
{
	size_t end;

	if (page == 0 || stride > page)
		return len;
	end = RTE_ALIGN_FLOOR((uintptr_t)base + begin, page) + page - (uintptr_t)base;
	return end < len ? end : len;
}

static size_t
memory_fits(const struct target *to, size_t len, size_t page)
{
	size_t stride = labyrinth_frame_stride(to->mp);
	size_t fits = 0;
	size_t begin;
	size_t end;

	for (begin = 0; begin < len; begin = end) {
		end = piece_end(begin, len, to->base, page, stride);
		fits += labyrinth_layout_fits(end - begin, stride);
	}
	return fits;
}

/* EAL's memory or the application's: as many frames as fit, spread evenly. */
static int
populate_memory(struct target *to, unsigned int n, size_t len)
{
	size_t stride = labyrinth_frame_stride(to->mp);
	size_t fits;
	size_t page;
	size_t begin;
	size_t end;
	size_t left;
	int ret;

	ret = rte_mempool_get_page_size(to->mp, &page);
	if (ret < 0)
		return ret;
	ret = labyrinth_cover(labyrinth_of(to->mp), to->base, len);
	if (ret < 0)
		return ret;
	fits = memory_fits(to, len, page);
	left = n < fits ? n : fits;
	n = (unsigned int)left;
	for (begin = 0; begin < len && left > 0; begin = end) {
		size_t here;
		size_t share;

		end = piece_end(begin, len, to->base, page, stride);
		here = labyrinth_layout_fits(end - begin, stride);
		share = fits == 0 ? 0 : (left * here + fits - 1) / fits;
		place(to, begin, end - begin, (uint32_t)share, 0);
		left -= share;
		fits -= here;
	}
	return to->err != 0 ? to->err : (int)n;
}

/* All that have been added, and which nobody could get yet. */
static bool
open_added(struct labyrinth_pool *pool)
{
	uint32_t added = pool->mp->populated_size;

	if (added == pool->opened)
		return false;
	labyrinth_open((labyrinth_t *)pool->lab);
	pool->opened = added;
	return true;
}

bool
labyrinth_open_part(struct labyrinth_pool *pool)
{
	bool some = false;

	/* Of a pool that DPDK populates the order is drawn when all are there. */
	if (likely(pool->open) || pool->asked || !rte_spinlock_trylock(&pool->adding))
		return false;
	if (!pool->open)
		some = open_added(pool);
	rte_spinlock_unlock(&pool->adding);
	return some;
}

bool
labyrinth_shortage_open(labyrinth_t *lab)
{
	/* The driver does not write to it through the labyrinth elsewhere. */
	return labyrinth_open_part((struct labyrinth_pool *)(uintptr_t)labyrinth_pool_of_lab(lab));
}

static int
populate(struct rte_mempool *mp, unsigned int n, void *vaddr, rte_iova_t iova, size_t len,
         rte_mempool_populate_obj_cb_t *obj_cb, void *arg)
{
	struct labyrinth_pool *pool = labyrinth_pool_of(mp);
	size_t off = RTE_PTR_DIFF(RTE_PTR_ALIGN_CEIL(vaddr, pool->frame_align), vaddr);
	struct target to = {mp, obj_cb, arg, (uint8_t *)vaddr + off, iova, 0};
	int ret;

	if (pool->backing == RTE_LABYRINTH_BACKING_MAZE && len == TOKEN_LEN) {
		ret = populate_maze(&to);
	} else {
		if (pool->backing != RTE_LABYRINTH_BACKING_EAL)
			labyrinth_backing_given(mp, pool);
		if (iova != RTE_BAD_IOVA)
			to.iova += off;
		ret = len <= off ? 0 : populate_memory(&to, n, len - off);
	}
	/* The order of all frames is drawn when all are there, or some are asked for. */
	if (ret > 0 && mp->populated_size >= mp->size) {
		open_added(pool);
		pool->open = true;
		labyrinth_patrol_watch(pool);
	}
	if (ret > 0)
		labyrinth_signals_start();
	if (pool->open)
		labyrinth_crash_watch(mp);
	if (pool->options.leaks)
		labyrinth_leaks_watch();
	if (ret > 0 && pool->backing == RTE_LABYRINTH_BACKING_MAZE)
		labyrinth_walls_watch(mp, &pool->maze);
	return ret;
}

int
labyrinth_populate(struct rte_mempool *mp, unsigned int n, void *vaddr, rte_iova_t iova, size_t len,
                   rte_mempool_populate_obj_cb_t *obj_cb, void *arg)
{
	struct labyrinth_pool *pool = labyrinth_pool_of(mp);
	int ret;

	if (pool->populating) {
		struct target to = {mp, obj_cb, arg, vaddr, iova, 0};

		return populate_piece(&to, len);
	}
	rte_spinlock_lock(&pool->adding);
	ret = populate(mp, n, vaddr, iova, len, obj_cb, arg);
	rte_spinlock_unlock(&pool->adding);
	return ret;
}
