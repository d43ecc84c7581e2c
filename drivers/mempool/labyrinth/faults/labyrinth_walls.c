/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Walls: who writes past the end of a page runs into unmapped memory. The
 * fault ends the process as it would have; this says first what it was.
 */

#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_spinlock.h>

#include "labyrinth_giga.h"
#include "labyrinth_inspect.h"
#include "labyrinth_pool.h"
#include "labyrinth_report_text.h"
#include "labyrinth_say.h"
#include "labyrinth_walls.h"

#define WINDOWS_MAX 128
#define NS_PER_MS   1000000

struct window {
	const struct rte_mempool *mp;
	uintptr_t entrance;
	uintptr_t len;
};

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
static struct window windows[WINDOWS_MAX];

/* The frame that is nearest to an address: what runs off it, up or down, gets there. */
struct nearest {
	const struct window *window; /* NULL: no window has the address */
	uintptr_t frame;             /* 0: the pool has none */
	uintptr_t distance;
	uint32_t index;
};

static struct nearest
nearest_in(const struct window *window, uintptr_t at)
{
	const labyrinth_t *lab = labyrinth_of(window->mp);
	struct nearest nearest = {.window = window, .distance = at};
	uintptr_t frame;
	uint32_t i;

	for (i = 0; (frame = (uintptr_t)labyrinth_frame(lab, i)) != 0; i++) {
		uintptr_t distance = frame < at ? at - frame : frame - at;

		if (distance < nearest.distance)
			nearest = (struct nearest){window, frame, distance, i};
	}
	return nearest;
}

/* Of pools that share 1 GiB pages, the one with the nearest frame. */
static struct nearest
nearest_of(uintptr_t at)
{
	struct nearest nearest = {.window = NULL};
	unsigned int i;

	for (i = 0; i < WINDOWS_MAX; i++) {
		struct nearest one;

		if (windows[i].mp == NULL || at - windows[i].entrance >= windows[i].len)
			continue;
		one = nearest_in(&windows[i], at);
		if (nearest.window == NULL || one.distance < nearest.distance)
			nearest = one;
	}
	return nearest;
}

/* Is there memory in this slot, whatever the fault says? */
static bool
has_memory(const struct window *window, uintptr_t at)
{
	const struct labyrinth_pool *pool = labyrinth_pool_of(window->mp);
	uintptr_t slot = (at - (uintptr_t)pool->maze.entrance) / LABYRINTH_SLOT_SIZE;
	uint32_t i;

	for (i = 0; i < pool->maze.blocks; i++) {
		if (pool->maze.slot_of[i] == slot)
			return true;
	}
	return false;
}

bool
labyrinth_walls_have_memory(uintptr_t at)
{
	const struct window *window = nearest_of(at).window;

	return window != NULL && has_memory(window, at);
}

/* Who has the frame that was run off, and what this thread was doing. */
static void
say_who(const struct window *window, uint32_t index, const void *pc)
{
	const labyrinth_t *lab = labyrinth_of(window->mp);
	struct labyrinth_frame_info info;
	struct labyrinth_move move;
	char who[32];
	char by[32];

	labyrinth_tell_lcore(who, sizeof(who), rte_lcore_id());
	labyrinth_say("LABYRINTH:   accessed by: %s of process %d\n", who, (int)getpid());
	if (labyrinth_frame_info(lab, index, &info) == 0 && info.by.known) {
		labyrinth_tell_lcore(by, sizeof(by), info.by.lane);
		labyrinth_say("LABYRINTH:   that frame was %s by: %s of process %u, %lu ms ago\n",
		              info.state == LABYRINTH_FRAME_FREE ? "freed" : "allocated", by,
		              info.by.pid, (unsigned long)(info.by.age / NS_PER_MS));
		if (labyrinth_moves(lab, info.frame, &move, 1) == 1)
			labyrinth_move_say(info.frame, &move);
	}
	labyrinth_calls_say(pc);
}

bool
labyrinth_walls_explain(uintptr_t at, const void *pc)
{
	const struct nearest nearest = nearest_of(at);
	const struct window *window = nearest.window;
	uintptr_t slot;

	if (window == NULL || has_memory(window, at))
		return false;
	slot = (at - window->entrance) / LABYRINTH_SLOT_SIZE;
	labyrinth_say(
		"LABYRINTH: violation: access to a wall in pool %s: address 0x%lx, 0x%lx bytes "
		"behind the start of slot %lu of the maze at 0x%lx; likely culprit: frame 0x%lx, "
		"0x%lx bytes %s\n",
		window->mp->name, (unsigned long)at, (unsigned long)(at % LABYRINTH_SLOT_SIZE),
		(unsigned long)slot, (unsigned long)window->entrance, (unsigned long)nearest.frame,
		(unsigned long)nearest.distance,
		nearest.frame < at ? "in front of it" : "behind it");
	say_who(window, nearest.index, pc);
	return true;
}

void
labyrinth_walls_watch(const struct rte_mempool *mp, const struct labyrinth_maze *maze)
{
	/* The walls at both ends of a window in 1 GiB pages are not part of it. */
	size_t walls = maze->pages == LABYRINTH_MAZE_GIGA ? LABYRINTH_GIGA_WALL : 0;
	unsigned int i;

	rte_spinlock_lock(&lock);
	for (i = 0; i < WINDOWS_MAX; i++) {
		if (windows[i].mp != NULL)
			continue;
		windows[i].entrance = (uintptr_t)maze->entrance - walls;
		windows[i].len = (uintptr_t)maze->slots * LABYRINTH_SLOT_SIZE + 2 * walls;
		windows[i].mp = mp;
		break;
	}
	rte_spinlock_unlock(&lock);
}

void
labyrinth_walls_forget(const struct rte_mempool *mp)
{
	unsigned int i;

	rte_spinlock_lock(&lock);
	for (i = 0; i < WINDOWS_MAX; i++) {
		if (windows[i].mp == mp)
			windows[i].mp = NULL;
	}
	rte_spinlock_unlock(&lock);
}
