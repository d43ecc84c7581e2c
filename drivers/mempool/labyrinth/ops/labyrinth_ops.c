/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The mempool ops, and how they get into DPDK's table.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "compat.h"
#include "labyrinth_backing.h"
#include "labyrinth_copies.h"
#include "labyrinth_crash.h"
#include "labyrinth_freed.h"
#include "labyrinth_giga_backing.h"
#include "labyrinth_layout.h"
#include "labyrinth_log.h"
#include "labyrinth_ops_place.h"
#include "labyrinth_options.h"
#include "labyrinth_pool.h"
#include "labyrinth_populate.h"
#include "labyrinth_processes.h"
#include "labyrinth_refuse.h"
#include "labyrinth_report.h"
#include "labyrinth_share.h"
#include "labyrinth_shared.h"
#include "labyrinth_tsan.h"
#include "labyrinth_walls.h"

#define MZ_FORMAT "LAB_%s"
/* Lcores of secondary processes that rooms are reserved for. */
#define GUESTS 8
/* Pieces of memory that a small pool may be in, at least, however small they are. */
#define PIECES 8

/*
 * The seal lies in the header's line, the canary in the trailer: make room for
 * them. mempool reads these sizes only when the pool is populated.
 */
static int
frame_make_room(struct rte_mempool *mp, const struct labyrinth_options *options)
{
	/* All that is added below. */
	const uint64_t most = LABYRINTH_HEADER_LEN + LABYRINTH_CANARY_LEN + RTE_CACHE_LINE_SIZE;
	size_t stride;

	/* mempool counts in 32 bits: what wraps around there would overlap. */
	if ((uint64_t)mp->header_size + mp->elt_size + mp->trailer_size + most > UINT32_MAX) {
		LAB_LOG(ERR,
		        "pool %s: elements of %u bytes are not possible: at most 4 GiB less %u",
		        mp->name, mp->elt_size, (unsigned int)(most + 2 * RTE_CACHE_LINE_SIZE));
		return -EINVAL;
	}
	if (!labyrinth_options_marks(options))
		return 0;
	if (mp->header_size < LABYRINTH_HEADER_LEN)
		mp->header_size = LABYRINTH_HEADER_LEN;
	if (options->canary && mp->trailer_size < LABYRINTH_CANARY_LEN)
		mp->trailer_size += LABYRINTH_CANARY_LEN;
	stride = labyrinth_frame_stride(mp);
	mp->trailer_size += RTE_ALIGN_CEIL(stride, RTE_CACHE_LINE_SIZE) - stride;
	return 0;
}

/*
 * How much of a frame must keep its content while it is free: of an mbuf its
 * structure and private data, of anything else all of it.
 */
static uint32_t
keep_len(struct rte_mempool *mp)
{
	const struct rte_pktmbuf_pool_private *priv = rte_mempool_get_priv(mp);

	if (!labyrinth_pool_has_mbufs(mp))
		return mp->elt_size;
	return (uint32_t)sizeof(struct rte_mbuf) + priv->mbuf_priv_size;
}

/*
 * Owner words of frames that several lcores move share no cache line, as long as that
 * takes no more than a quarter of small objects. For one lcore, words that lie closely
 * are the ones that its cache holds.
 */
static uint32_t
word_space(const struct rte_mempool *mp, enum labyrinth_words_option words)
{
	uint32_t most = rte_align32prevpow2(LABYRINTH_HEADER_LEN + mp->elt_size) / 4;
	bool alone = rte_lcore_count() == 1 && !labyrinth_shared_is_open();

	if (words == LABYRINTH_WORDS_COMPACT || (words == LABYRINTH_WORDS_AUTO && alone))
		return 0;
	return RTE_MIN(most, (uint32_t)RTE_CACHE_LINE_SIZE);
}

/* Slots that frames take in pages of this size, each of which holds whole frames only. */
static uint32_t
slots_in(const struct rte_mempool *mp, uint64_t page)
{
	uint64_t stride = labyrinth_frame_stride(mp);
	size_t fits = labyrinth_layout_fits(page, stride);
	uint64_t len = fits == 0 ? mp->size * stride : (mp->size / fits + 1) * page;

	return (uint32_t)(len / LABYRINTH_SLOT_SIZE);
}

/*
 * Slots of memory. EAL's comes in pieces. When it has to take the place of a maze, or the
 * application brings memory of small pages, owner words lie closer together.
 */
static uint32_t
memory_slots(const struct rte_mempool *mp, uint32_t blocks)
{
	bool huge = rte_eal_has_hugepages();
	uint32_t most = slots_in(mp, huge ? LABYRINTH_SLOT_SIZE : (uint64_t)getpagesize());

	return blocks > 0 ? RTE_MAX(blocks, most + 1) : most + most / 16 + 3;
}

/*
 * The same when the application brings small pages, of which each has an IOVA of its own, or when
 * memory comes in pieces, of which each begins and ends in the middle of a slot.
 */
static uint32_t
memory_slots_most(const struct rte_mempool *mp, uint32_t slots)
{
	uint32_t small = slots_in(mp, (uint64_t)getpagesize());

	return RTE_MAX(slots + slots / 2 + PIECES, small + small / 64 + 1);
}

static void
params_make(struct rte_mempool *mp, const struct labyrinth_options *options, uint32_t blocks,
            struct labyrinth_params *params)
{
	uint64_t memory = (uint64_t)mp->size * labyrinth_frame_stride(mp);
	uint32_t slots = (uint32_t)(memory / LABYRINTH_SLOT_SIZE * 5 / 4) + 64;
	uint32_t expected = memory_slots(mp, blocks);

	*params = (struct labyrinth_params){
		.frames = mp->size,
		.lanes = labyrinth_lanes_wanted(),
		.processes = labyrinth_lanes_shares(),
		.common = labyrinth_lanes_shares() > 1,
		.busy_lanes = rte_lcore_count() + 2 + (labyrinth_shared_is_open() ? GUESTS : 0),
		.slots = RTE_MAX(RTE_MAX(slots, labyrinth_maze_slots(blocks)),
	                         labyrinth_giga_slots(options)),
		.memory = expected,
		.memory_most = memory_slots_most(mp, expected),
		.word_space = word_space(mp, options->words),
		.frame_len = mp->elt_size,
		.keep_len = RTE_ALIGN_FLOOR(keep_len(mp), sizeof(uint64_t)),
		/* As many as DPDK's cache would keep from others. */
		.lane_frames = options->seal ? labyrinth_cache_keeps(mp) : 0,
	};
	if (options->seal)
		params->flags |= LABYRINTH_F_SEAL;
	else if (labyrinth_options_marks(options))
		params->flags |= LABYRINTH_F_MARK;
	params->flags |= options->canary ? LABYRINTH_F_CANARY : 0;
	params->flags |= options->reuse == LABYRINTH_REUSE_RANDOM ? LABYRINTH_F_RANDOM_REUSE : 0;
	params->flags |= options->reuse == LABYRINTH_REUSE_FIFO ? LABYRINTH_F_FIFO_REUSE : 0;
	params->flags |= options->report ? LABYRINTH_F_REPORT : 0;
	if (options->trace > 0) {
		params->flags |= LABYRINTH_F_TRACE;
		params->trace = options->trace;
	}
	if (options->fail > 0) {
		params->flags |= LABYRINTH_F_FAIL;
		params->fail = options->fail;
	}
	if (options->sample > 1) {
		params->flags |= LABYRINTH_F_SAMPLE;
		params->sample = options->sample;
	}
	if (options->poison != LABYRINTH_POISON_OFF) {
		params->flags |= LABYRINTH_F_POISON;
		params->poison_len = options->poison;
	}
}

/* Blocks of 2 MiB that hold the pool; 0 if not even one frame fits in one. */
static uint32_t
blocks_needed(const struct rte_mempool *mp)
{
	size_t fits = labyrinth_layout_fits(LABYRINTH_SLOT_SIZE, labyrinth_frame_stride(mp));
	uint32_t blocks;

	if (fits == 0)
		return 0;
	blocks = (uint32_t)((mp->size + fits - 1) / fits);
	return blocks + blocks / LABYRINTH_GAP_SHARE;
}

static const struct rte_memzone *
pool_reserve(const struct rte_mempool *mp, size_t len)
{
	char name[RTE_MEMZONE_NAMESIZE];
	int socket = mp->socket_id;

	if (rte_malloc_heap_socket_is_external(socket) == 1)
		socket = SOCKET_ID_ANY;
	if (snprintf(name, sizeof(name), MZ_FORMAT, mp->name) >= (int)sizeof(name)) {
		rte_errno = ENAMETOOLONG;
		return NULL;
	}
	return rte_memzone_reserve_aligned(name, len, socket, 0, 128);
}

static void
pool_init(const struct rte_mempool *mp, const struct rte_memzone *mz,
          const struct labyrinth_options *options, const struct labyrinth_params *params,
          uint32_t blocks, size_t footprint)
{
	struct labyrinth_pool *pool = mz->addr;

	*pool = (struct labyrinth_pool){
		.mz = mz,
		.mp = mp,
		.options = *options,
		.slot_of = (uint32_t *)(pool->lab + footprint),
		.slots = params->slots,
		.blocks = blocks,
		.size = mp->size,
		.frame_align = labyrinth_options_marks(options) ||
	                                       (mp->flags & RTE_MEMPOOL_F_NO_CACHE_ALIGN) == 0
	                               ? RTE_CACHE_LINE_SIZE
	                               : sizeof(uint64_t),
		.footprint = mz->len,
		.born = rte_rdtsc(),
		.maze = {.fd = -1},
	};
}

static int
pool_make(struct rte_mempool *mp, const struct labyrinth_options *options,
          const struct labyrinth_params *params, uint32_t blocks)
{
	size_t footprint = labyrinth_footprint(params);
	size_t len = sizeof(struct labyrinth_pool) + footprint + blocks * sizeof(uint32_t);
	const struct rte_memzone *mz;
	uint8_t seed[LABYRINTH_SEED_LEN];
	struct labyrinth_pool *pool;
	int ret;

	if (footprint == 0) {
		LAB_LOG(ERR,
		        "pool %s: %u elements of %u bytes are not possible: at most %u "
		        "elements",
		        mp->name, mp->size, mp->elt_size, LABYRINTH_FRAMES_MAX);
		return -EINVAL;
	}
	mz = pool_reserve(mp, len);
	if (mz == NULL) {
		ret = -rte_errno;
		LAB_LOG(ERR, "pool %s: no %zu bytes for rooms and lanes on socket %d: %s", mp->name,
		        len, mp->socket_id, rte_strerror(rte_errno));
		return ret;
	}
	pool = mz->addr;
	pool_init(mp, mz, options, params, blocks, footprint);
	ret = labyrinth_seed_draw(seed);
	if (ret != 0)
		LAB_LOG(ERR, "pool %s: no random numbers from the kernel: %s", mp->name,
		        rte_strerror(-ret));
	else
		ret = labyrinth_init((labyrinth_t *)pool->lab, footprint, params, seed);
	if (ret != 0) {
		rte_memzone_free(mz);
		return ret;
	}
	labyrinth_entropy_init(&pool->ent, seed, UINT64_MAX);
	explicit_bzero(seed, sizeof(seed));
	mp->pool_data = pool->lab;
	return 0;
}

/*
 * What DPDK's own cache holds reaches no check, and no get from there fails on
 * demand: so there is none. DPDK finds the
 * pool's private data behind the caches, that is nearer without them; the
 * application has written it already.
 */
static void
cache_bypass(struct rte_mempool *mp)
{
	const void *priv = rte_mempool_get_priv(mp);

	mp->cache_size = 0;
	memmove(rte_mempool_get_priv(mp), priv, mp->private_data_size);
}

static int
labyrinth_alloc(struct rte_mempool *mp)
{
	struct labyrinth_options options;
	struct labyrinth_params params;
	uint32_t blocks;
	int ret;

	/* If this plugin was loaded after EAL was started. */
	labyrinth_share_start();
	ret = labyrinth_options_load(&options, mp->name, mp->pool_config);
	if (ret == 0)
		ret = frame_make_room(mp, &options);
	if (ret == 0) {
		blocks = blocks_needed(mp);
		params_make(mp, &options, blocks, &params);
		ret = pool_make(mp, &options, &params, blocks);
	}
	if (ret != 0) {
		rte_errno = -ret;
		return ret;
	}
	if (options.seal || options.fail > 0)
		cache_bypass(mp);
	return 0;
}

static void
labyrinth_free(struct rte_mempool *mp)
{
	int err = rte_errno;
	struct labyrinth_pool *pool;

	if (mp->pool_data == NULL)
		return;
	pool = labyrinth_pool_of(mp);
	/* What DPDK lacked it tells nobody but its caller. */
	if (!pool->open && pool->asked && !pool->explained)
		LAB_LOG(ERR,
		        "pool %s: DPDK could not populate it; most likely there is too little "
		        "memory on socket %d",
		        mp->name, mp->socket_id);
	labyrinth_crash_forget(mp);
	/* Only the primary has mazes to drop, and not its children. */
	if (rte_eal_process_type() == RTE_PROC_PRIMARY &&
	    labyrinth_process_self() != LABYRINTH_PROCESS_NONE) {
		labyrinth_walls_forget(mp);
		labyrinth_maze_drop(pool, mp);
	}
	rte_memzone_free(pool->mz);
	mp->pool_data = NULL;
	/* Whoever failed to make the pool left its reason here. */
	rte_errno = err;
}

static int
labyrinth_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	return labyrinth_put_here(labyrinth_of(mp), objs, n, __builtin_return_address(0));
}

static int
labyrinth_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	return labyrinth_get_here(labyrinth_of(mp), objs, n, __builtin_return_address(0));
}

static unsigned int
labyrinth_get_count(const struct rte_mempool *mp)
{
	if (mp->pool_data == NULL)
		return 0;
	labyrinth_open_part(labyrinth_pool_of(mp));
	return labyrinth_count(labyrinth_of(mp));
}

static const struct rte_mempool_ops labyrinth_ops = {
	.name = RTE_LABYRINTH_OPS_NAME,
	.alloc = labyrinth_alloc,
	.free = labyrinth_free,
	.enqueue = labyrinth_enqueue,
	.dequeue = labyrinth_dequeue,
	.get_count = labyrinth_get_count,
	.calc_mem_size = labyrinth_calc_mem_size,
	.populate = labyrinth_populate,
};

/* Not by DPDK's macro, which drops the result. */
RTE_INIT(labyrinth_register)
{
	if (labyrinth_is_second_copy())
		return;
	labyrinth_lane_finder(labyrinth_lane_own);
	labyrinth_shortage_helper(labyrinth_shortage_open);
	labyrinth_ops_set(labyrinth_tsan_ops(&labyrinth_ops));
	(void)labyrinth_ops_place(labyrinth_ops_get());
	labyrinth_report_init();
	labyrinth_freed_start();
}
