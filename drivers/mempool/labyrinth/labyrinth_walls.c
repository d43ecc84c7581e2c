/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Walls: who writes past the end of a page runs into unmapped memory. The
 * fault ends the process as it would have; this says first what it was.
 */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_spinlock.h>

#include "labyrinth_giga.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_report.h"
#include "labyrinth_share.h"

#define WINDOWS_MAX 128
/* Faults at one address after another, for threads that get there at once. */
#define RETRIES_MOST 64

struct window {
	const struct rte_mempool *mp;
	uintptr_t entrance;
	uintptr_t len;
};

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
static struct window windows[WINDOWS_MAX];
static struct sigaction before;
static bool watching;

/* The frame whose begin is nearest: what runs off it, up or down, gets there. */
static uintptr_t
nearest_frame(const struct window *window, uintptr_t at)
{
	const labyrinth_t *lab = labyrinth_of(window->mp);
	uintptr_t nearest = 0;
	uintptr_t least = UINTPTR_MAX;
	uintptr_t frame;
	uint32_t i;

	for (i = 0; (frame = (uintptr_t)labyrinth_frame(lab, i)) != 0; i++) {
		uintptr_t distance = frame < at ? at - frame : frame - at;

		if (distance < least) {
			least = distance;
			nearest = frame;
		}
	}
	return nearest;
}

/* Of pools that share 1 GiB pages, the one with the nearest frame. */
static const struct window *
window_of(uintptr_t at)
{
	const struct window *nearest = NULL;
	uintptr_t least = UINTPTR_MAX;
	unsigned int i;

	for (i = 0; i < WINDOWS_MAX; i++) {
		uintptr_t frame;

		if (windows[i].mp == NULL || at - windows[i].entrance >= windows[i].len)
			continue;
		frame = nearest_frame(&windows[i], at);
		if (nearest != NULL && (frame < at ? at - frame : frame - at) >= least)
			continue;
		least = frame < at ? at - frame : frame - at;
		nearest = &windows[i];
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

/*
 * A secondary process touched memory that was being mapped meanwhile: the same
 * access works now. The same address again and again is no such thing.
 */
static bool
mapped_meanwhile(uintptr_t at)
{
	static uintptr_t last;
	static unsigned int times;
	const struct window *window;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		return false;
	times = at == last ? times + 1 : 0;
	last = at;
	if (times > RETRIES_MOST)
		return false;
	if (labyrinth_follow_catch_up())
		return true;
	window = window_of(at);
	return window != NULL && has_memory(window, at);
}

/* In a signal handler: no log, no lock, only a write. */
static void
say(const struct window *window, uintptr_t at)
{
	char text[400];
	uintptr_t slot = (at - window->entrance) / LABYRINTH_SLOT_SIZE;
	uintptr_t frame = nearest_frame(window, at);
	int len;

	len = snprintf(
		text, sizeof(text),
		"LABYRINTH: violation: access to a wall in pool %s: address 0x%lx, 0x%lx bytes "
		"behind the begin of slot %lu of the maze at 0x%lx; likely culprit: frame 0x%lx, "
		"0x%lx bytes %s\n",
		window->mp->name, (unsigned long)at, (unsigned long)(at % LABYRINTH_SLOT_SIZE),
		(unsigned long)slot, (unsigned long)window->entrance, (unsigned long)frame,
		(unsigned long)(frame < at ? at - frame : frame - at),
		frame < at ? "in front of it" : "behind it");
	if (len > 0 && write(STDERR_FILENO, text, (size_t)len) < 0)
		return;
}

static void
on_fault(int signum, siginfo_t *info, void *context)
{
	/* One that was sent comes with no address. */
	bool sent = info->si_code <= 0;
	const struct window *window;

	if (!sent && mapped_meanwhile((uintptr_t)info->si_addr))
		return;
	window = sent ? NULL : window_of((uintptr_t)info->si_addr);
	if (window != NULL)
		say(window, (uintptr_t)info->si_addr);
	/* Somebody else's handler goes on; else the fault, met again, ends the process. */
	if ((before.sa_flags & SA_SIGINFO) != 0)
		before.sa_sigaction(signum, info, context);
	else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
		before.sa_handler(signum);
	else if (!sent || before.sa_handler == SIG_DFL)
		signal(SIGSEGV, SIG_DFL);
	/* A fault comes back by itself, what was sent does not. */
	if (sent && (before.sa_flags & SA_SIGINFO) == 0 && before.sa_handler == SIG_DFL)
		raise(SIGSEGV);
}

static void
watch(void)
{
	struct sigaction action;

	if (watching)
		return;
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	if (sigaction(SIGSEGV, &action, &before) == 0)
		watching = true;
	else
		LAB_LOG(WARNING, "accesses to walls will not be explained: no signal handler");
}

void
labyrinth_walls_start(void)
{
	rte_spinlock_lock(&lock);
	watch();
	rte_spinlock_unlock(&lock);
}

void
labyrinth_walls_watch(const struct rte_mempool *mp, const struct labyrinth_maze *maze)
{
	/* The walls at both ends of a window in 1 GiB pages are not part of it. */
	size_t walls = maze->pages == LABYRINTH_MAZE_GIGA ? LABYRINTH_GIGA_WALL : 0;
	unsigned int i;

	if (mp == NULL)
		return;

	rte_spinlock_lock(&lock);
	watch();
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
