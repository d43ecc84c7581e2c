/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* DPDK tells of pools to those alone who say that they are part of it. */
#ifndef ALLOW_INTERNAL_API
#define ALLOW_INTERNAL_API
#endif

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_string_fns.h>

#include "labyrinth_freed.h"
#include "labyrinth_held.h"
#include "labyrinth_kernel.h"
#include "labyrinth_log.h"
#include "labyrinth_patrol.h"
#include "labyrinth_pool.h"
#include "labyrinth_report.h"
#include "labyrinth_report_text.h"
#include "labyrinth_say.h"

/* Windows that stay reserved; more would use up the address space of a program that lives long. */
#define KEPT_MOST 64
/* Frames of a pool whose owners are remembered. */
#define FRAMES_MOST (1u << 20)
#define NS_PER_MS   1000000

struct freed {
	_Atomic uintptr_t entrance; /* 0: nothing here */
	uintptr_t len;
	char name[RTE_MEMPOOL_NAMESIZE];
	uint8_t *memory; /* a byte for each slot: 1 was memory */
	struct labyrinth_held_frame *frames;
	uint32_t held;
	size_t frame_len;
	uint64_t when; /* monotonic, nanoseconds */
	uint32_t lcore;
	atomic_bool touched;
};

/* What was held when a pool was about to be freed: until its memory has gone. */
struct leaving {
	const struct rte_mempool *mp;
	struct labyrinth_held_frame *frames;
	uint32_t most; /* room there */
	uint32_t held;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct freed kept[KEPT_MOST];
static struct leaving leaving[KEPT_MOST];
static unsigned int next;
/* Of the entry that was given up last: a signal handler may be reading it. */
static void *old_memory;
static void *old_frames;

static uintptr_t
entrance_of(const struct freed *freed)
{
	/* @atomic freed-look: pairs freed-set. Else: what is said of a pool is another's. */
	return atomic_load_explicit(&freed->entrance, memory_order_acquire);
}

static void
entrance_set(struct freed *freed, uintptr_t entrance)
{
	/* @atomic freed-set: pairs freed-look. Else: an entry is read before it is filled in. */
	atomic_store_explicit(&freed->entrance, entrance, memory_order_release);
}

/* --- before it is freed ------------------------------------------------------------------ */

static void
leaving_add(const struct labyrinth_held_frame *frame, void *arg)
{
	struct leaving *one = arg;

	if (one->held < one->most)
		one->frames[one->held++] = *frame;
}

static void
leaving_note(const struct leaving *one)
{
	unsigned int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < KEPT_MOST && leaving[i].mp != NULL; i++)
		;
	if (i < KEPT_MOST)
		leaving[i] = *one;
	pthread_mutex_unlock(&lock);
	if (i == KEPT_MOST)
		free(one->frames);
}

/* mempool is about to take all free frames out: this is the last look at who holds some. */
static void
on_event(enum rte_mempool_event event, struct rte_mempool *mp, void *arg)
{
	const struct labyrinth_pool *pool;
	struct leaving one = {.mp = mp};
	struct labyrinth_held held;

	RTE_SET_USED(arg);
	if (event != RTE_MEMPOOL_EVENT_DESTROY || !rte_labyrinth_is(mp))
		return;
	pool = labyrinth_pool_of(mp);
	if (!pool->open)
		return;
	labyrinth_patrol_last(mp);
	labyrinth_held_find(mp, &held, NULL, NULL);
	if (held.frames == 0)
		return;
	labyrinth_held_log(mp, "freed with", &held);
	/* Only a window of the pool's own stays reserved, for labyrinth_freed_keep(). */
	if (pool->backing != RTE_LABYRINTH_BACKING_MAZE || pool->maze.pages == LABYRINTH_MAZE_GIGA)
		return;
	one.most = RTE_MIN(held.frames, FRAMES_MOST);
	one.frames = calloc(one.most, sizeof(*one.frames));
	if (one.frames == NULL)
		return;
	/* Others may have got some more meanwhile, or given some back. */
	labyrinth_held_find(mp, &held, leaving_add, &one);
	leaving_note(&one);
}

void
labyrinth_freed_start(void)
{
	if (rte_mempool_event_callback_register(on_event, NULL) != 0)
		LAB_LOG(WARNING, "pools that are freed too early will not be told of: %s",
		        rte_strerror(rte_errno));
}

/* --- when its memory has gone --------------------------------------------------------------- */

/* False if it has none. What is known of the pool is kept: a signal handler may be reading it. */
static bool
give_addresses_back(struct freed *freed)
{
	uintptr_t entrance = entrance_of(freed);

	if (entrance == 0)
		return false;
	entrance_set(freed, 0);
	munmap((void *)entrance, freed->len);
	return true;
}

static void
give_up(struct freed *freed)
{
	(void)give_addresses_back(freed);
	free(old_memory);
	free(old_frames);
	old_memory = freed->memory;
	old_frames = freed->frames;
}

static void
leaving_take(const struct rte_mempool *mp, struct freed *freed)
{
	unsigned int i;

	for (i = 0; i < KEPT_MOST; i++) {
		if (leaving[i].mp != mp)
			continue;
		freed->frames = leaving[i].frames;
		freed->held = leaving[i].held;
		leaving[i].mp = NULL;
	}
}

void
labyrinth_freed_keep(const struct rte_mempool *mp, const struct labyrinth_maze *maze)
{
	struct freed *freed;
	uint32_t i;

	pthread_mutex_lock(&lock);
	freed = &kept[next++ % KEPT_MOST];
	give_up(freed);
	freed->memory = calloc(maze->slots, 1);
	freed->frames = NULL;
	freed->held = 0;
	leaving_take(mp, freed);
	for (i = 0; freed->memory != NULL && i < maze->blocks; i++)
		freed->memory[maze->slot_of[i]] = 1;
	freed->len = (uintptr_t)maze->slots * LABYRINTH_SLOT_SIZE;
	freed->frame_len = mp->elt_size;
	freed->when = labyrinth_kernel_ns(CLOCK_MONOTONIC);
	freed->lcore = rte_lcore_id();
	/* @atomic freed-fresh: pairs freed-first. Else: the first touch is not told of. */
	atomic_store_explicit(&freed->touched, false, memory_order_relaxed);
	strlcpy(freed->name, mp->name, sizeof(freed->name));
	entrance_set(freed, (uintptr_t)maze->entrance);
	pthread_mutex_unlock(&lock);
}

bool
labyrinth_freed_give_back(void)
{
	bool gave = false;
	unsigned int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < KEPT_MOST && !gave; i++)
		gave = give_addresses_back(&kept[(next + i) % KEPT_MOST]);
	pthread_mutex_unlock(&lock);
	return gave;
}

void
labyrinth_freed_forget(const struct rte_mempool *mp)
{
	struct freed nobody = {.frames = NULL};

	if (mp == NULL)
		return;
	pthread_mutex_lock(&lock);
	leaving_take(mp, &nobody);
	pthread_mutex_unlock(&lock);
	free(nobody.frames);
}

/* --- when it is touched --------------------------------------------------------------------- */

static struct freed *
freed_of(uintptr_t at)
{
	unsigned int i;

	for (i = 0; i < KEPT_MOST; i++) {
		uintptr_t entrance = entrance_of(&kept[i]);

		if (entrance != 0 && at - entrance < kept[i].len)
			return &kept[i];
	}
	return NULL;
}

bool
labyrinth_freed_mend(uintptr_t at, bool *first)
{
	struct freed *freed = freed_of(at);
	uintptr_t entrance = freed == NULL ? 0 : entrance_of(freed);
	uintptr_t slot = (at - entrance) / LABYRINTH_SLOT_SIZE;

	/* Walls stay what they are. */
	if (entrance == 0 || freed->memory == NULL || freed->memory[slot] == 0)
		return false;
	if (mprotect((void *)(entrance + slot * LABYRINTH_SLOT_SIZE), LABYRINTH_SLOT_SIZE,
	             PROT_READ | PROT_WRITE) != 0)
		return false;
	/* @atomic freed-first: pairs freed-fresh, freed-first. Else: it is told of twice. */
	*first = !atomic_exchange_explicit(&freed->touched, true, memory_order_relaxed);
	return true;
}

static const struct labyrinth_held_frame *
frame_find(const struct freed *freed, uintptr_t at)
{
	uint32_t i;

	for (i = 0; i < freed->held; i++) {
		uintptr_t frame = (uintptr_t)freed->frames[i].frame;

		if (at - frame + LABYRINTH_HEADER_LEN < freed->frame_len + LABYRINTH_HEADER_LEN)
			return &freed->frames[i];
	}
	return NULL;
}

void
labyrinth_freed_explain(uintptr_t at, const void *pc)
{
	const struct freed *freed = freed_of(at);
	const struct labyrinth_held_frame *frame;
	uint64_t now = labyrinth_kernel_ns(CLOCK_MONOTONIC);
	struct labyrinth_move move = {.put = false};
	char by[32];
	char got[32];

	if (freed == NULL)
		return;
	frame = frame_find(freed, at);
	labyrinth_tell_lcore(by, sizeof(by), freed->lcore);
	if (frame == NULL) {
		labyrinth_say(
			"LABYRINTH: access to freed pool %s: address 0x%lx; the pool was freed "
			"%" PRIu64 " ms ago by %s of process %d; nobody held a frame there; reads "
			"as zeros from now on\n",
			freed->name, (unsigned long)at, (now - freed->when) / NS_PER_MS, by,
			(int)getpid());
		labyrinth_calls_say(pc);
		return;
	}
	labyrinth_tell_lcore(got, sizeof(got), frame->by.lane);
	labyrinth_say(
		"LABYRINTH: access to freed pool %s: address 0x%lx, in frame %p at offset %td; the "
		"pool was freed %" PRIu64 " ms ago by %s of process %d; the frame was last got by "
		"%s of process %u, %" PRIu64 " ms before that; reads as zeros from now on\n",
		freed->name, (unsigned long)at, frame->frame,
		(ptrdiff_t)(at - (uintptr_t)frame->frame), (now - freed->when) / NS_PER_MS, by,
		(int)getpid(), got, frame->by.pid, frame->by.age / NS_PER_MS);
	labyrinth_calls_say(pc);
	move.site = frame->site;
	move.by = frame->by;
	if (move.site != NULL)
		labyrinth_move_say(frame->frame, &move);
}
