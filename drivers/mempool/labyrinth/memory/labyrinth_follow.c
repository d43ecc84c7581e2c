/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A secondary's side: mazes mapped as the primary has them, and the end of the
 * primary noticed.
 */

#include <errno.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_memory.h>
#include <rte_string_fns.h>

#include "compat.h"
#include "labyrinth_backing.h"
#include "labyrinth_crash.h"
#include "labyrinth_giga.h"
#include "labyrinth_log.h"
#include "labyrinth_primary.h"
#include "labyrinth_refuse.h"
#include "labyrinth_share.h"
#include "labyrinth_shared.h"
#include "labyrinth_walls.h"

#define ANSWER_SECONDS 5
/* The primary's end is noticed within this time. */
#define LOOK_NS 100000000
/* How long a thread that was faster than the following one waits for it. */
#define MOMENT_NS 1000000
#define MOMENTS   5000

/* A maze of the primary's, as far as it is mapped here. */
struct followed {
	uint32_t id;
	bool mapped;
	struct labyrinth_maze maze;
	const struct rte_mempool *mp;
};

/* Used at start, then by the following thread alone. */
static struct followed list[LABYRINTH_MAZES_MAX];
/* The latest call that was followed, with one more bit set once there is a thread. */
static _Atomic uint64_t done;
#define FOLLOWING (1ull << 32)

static size_t
window_len(const struct labyrinth_maze *maze)
{
	return (size_t)maze->slots * LABYRINTH_SLOT_SIZE;
}

/* After a call of EAL's that failed; not every one says why. */
static int
eal_error(void)
{
	int err = rte_errno;

	return err == 0 ? -EIO : -err;
}

/* What EAL knows of it: of a 1 GiB page the page, else the window. */
static void *
known_at(const struct labyrinth_maze *maze)
{
	size_t off = maze->pages == LABYRINTH_MAZE_GIGA ? LABYRINTH_GIGA_WALL : 0;

	return (uint8_t *)maze->entrance + off;
}

static size_t
known_len(const struct labyrinth_maze *maze)
{
	return maze->pages == LABYRINTH_MAZE_GIGA ? LABYRINTH_GIGA_LEN : window_len(maze);
}

/* What lies in the way, in the kernel's words. */
static void
occupant(const struct labyrinth_maze *maze, char *text, size_t len)
{
	uint64_t begin = (uintptr_t)maze->entrance;
	uint64_t end = begin + window_len(maze);
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];

	snprintf(text, len, "something else");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		uint64_t from;
		uint64_t to;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &from, &to) != 2 || from >= end ||
		    to <= begin)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, len, "%.160s", line);
		break;
	}
	if (file != NULL)
		fclose(file);
}

static void
log_taken(const struct labyrinth_answer *answer, const struct labyrinth_maze *maze, int err)
{
	char what[168];

	if (err != -EEXIST) {
		LAB_LOG(ERR, "pool %s: its maze at %p cannot be mapped here: %s", answer->pool,
		        maze->entrance, rte_strerror(-err));
		return;
	}
	occupant(maze, what, sizeof(what));
	LAB_LOG(ERR,
	        "pool %s: its maze of %zu MiB at %p cannot be mapped, its addresses are taken here "
	        "(%s): start this process again, or the primary, or make the pool with "
	        "backing=eal",
	        answer->pool, window_len(maze) >> 20, maze->entrance, what);
}

/* The maze's plan comes as a file, which is as long as the maze has blocks. */
static int
map_maze(struct labyrinth_maze *maze, const int *fds)
{
	size_t len = maze->blocks * sizeof(maze->slot_of[0]);
	int ret = -ENOMEM;

	if (maze->blocks == 0)
		return -EPROTO;
	maze->fd = fds[0];
	maze->slot_of = malloc(len);
	if (maze->slot_of != NULL)
		ret = pread(fds[1], maze->slot_of, len, 0) == (ssize_t)len ? 0 : -EPROTO;
	if (ret == 0)
		ret = labyrinth_maze_attach(maze);
	maze->fd = -1;
	free(maze->slot_of);
	maze->slot_of = NULL;
	return ret;
}

static int
map_answer(struct followed *place, const struct labyrinth_answer *answer, const int *fds)
{
	struct labyrinth_maze *maze = &place->maze;
	int ret;

	*maze = (struct labyrinth_maze){
		.entrance = (void *)(uintptr_t)answer->entrance,
		.slots = answer->slots,
		.blocks = answer->blocks,
		.pages = answer->pages,
	};
	/* A pool inside of pages that are followed by themselves has nothing else to map. */
	ret = maze->blocks == 0 ? 0 : map_maze(maze, fds);
	if (ret == 0 && maze->blocks != 0 &&
	    rte_extmem_attach(known_at(maze), known_len(maze)) != 0) {
		ret = eal_error();
		munmap(maze->entrance, window_len(maze));
	}
	place->mp = (const struct rte_mempool *)(uintptr_t)answer->mp;
	place->mapped = ret == 0;
	if (place->mapped) {
		if (place->mp != NULL) {
			labyrinth_crash_watch(place->mp);
			labyrinth_walls_watch(place->mp, maze);
		}
		LAB_LOG(INFO, "pool %s: maze mapped", answer->pool);
	} else {
		log_taken(answer, maze, ret);
		labyrinth_refuse_maze(maze->entrance);
	}
	return ret;
}

static int
ask(uint32_t id, struct labyrinth_answer *answer, int *fds)
{
	struct timespec patience = {.tv_sec = ANSWER_SECONDS};
	struct labyrinth_question question = {labyrinth_shared->cookie, id};
	struct rte_mp_reply reply;
	struct rte_mp_msg msg;

	memset(&msg, 0, sizeof(msg));
	strlcpy(msg.name, LABYRINTH_IPC_MAZE, sizeof(msg.name));
	memcpy(msg.param, &question, sizeof(question));
	msg.len_param = sizeof(question);
	if (rte_mp_request_sync(&msg, &reply, &patience) != 0)
		return eal_error();
	if (reply.nb_received != 1) {
		free(reply.msgs);
		return -ENOLINK;
	}
	memcpy(answer, reply.msgs[0].param, sizeof(*answer));
	if (answer->status == 0 && reply.msgs[0].num_fds != (answer->blocks == 0 ? 0 : 2))
		answer->status = -EPROTO;
	if (answer->status == 0 && answer->blocks != 0)
		memcpy(fds, reply.msgs[0].fds, 2 * sizeof(fds[0]));
	free(reply.msgs);
	return answer->status;
}

static struct followed *
followed(uint32_t id)
{
	unsigned int i;

	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		if (list[i].id == id)
			return &list[i];
	}
	return NULL;
}

static bool
still_listed(uint32_t id)
{
	unsigned int i;

	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		/* @atomic maze-look-again: pairs maze-list. Else: a maze is kept a call too long.
		 */
		if (atomic_load_explicit(&labyrinth_shared->maze[i], memory_order_acquire) == id)
			return true;
	}
	return false;
}

static void
unmap(const struct followed *place)
{
	if (place->mp != NULL) {
		labyrinth_crash_forget(place->mp);
		labyrinth_walls_forget(place->mp);
	}
	if (place->maze.blocks == 0)
		return;
	(void)rte_extmem_detach(known_at(&place->maze), known_len(&place->maze));
	munmap(place->maze.entrance, window_len(&place->maze));
}

static void
leave_gone(void)
{
	unsigned int i;

	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		struct followed *place = &list[i];

		if (place->id == 0 || still_listed(place->id))
			continue;
		if (place->mapped) {
			unmap(place);
		} else {
			labyrinth_refuse_end(place->maze.entrance);
		}
		place->id = 0;
	}
}

static void
close_both(const int *fds)
{
	if (fds[0] >= 0)
		close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
}

static int
map_new(uint32_t id)
{
	struct labyrinth_answer answer = {0};
	struct followed *place = followed(0);
	int fds[2] = {-1, -1};
	int ret;

	ret = ask(id, &answer, fds);
	/* It went away meanwhile. */
	if (ret == -ENOENT)
		return 0;
	if (ret != 0 || place == NULL) {
		LAB_LOG(ERR, "maze number %u: the primary does not tell of it: %s", id,
		        rte_strerror(ret != 0 ? -ret : ENOSPC));
		close_both(fds);
		return ret != 0 ? ret : -ENOSPC;
	}
	place->id = id;
	ret = map_answer(place, &answer, fds);
	close_both(fds);
	return ret;
}

/* Do as the primary's list says. Tells the first errno, negative. */
static int
follow(void)
{
	unsigned int i;
	int first = 0;

	leave_gone();
	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		uint32_t id;
		int ret;

		/* @atomic maze-look: pairs maze-list. Else: a maze is asked for too early. */
		id = atomic_load_explicit(&labyrinth_shared->maze[i], memory_order_acquire);
		if (id == 0 || followed(id) != NULL)
			continue;
		ret = map_new(id);
		if (first == 0)
			first = ret;
	}
	return first;
}

static uint32_t
call_look(void)
{
	/* @atomic call-look: pairs call-raise. Else: the list is looked at as it was before. */
	return atomic_load_explicit(&labyrinth_shared->call, memory_order_acquire);
}

static void
answer_call(uint32_t call, int ret)
{
	uint32_t entry = labyrinth_process_self();
	uint64_t answer = (uint64_t)call << 32 | (uint32_t)-ret;

	if (entry == LABYRINTH_PROCESS_NONE)
		return;
	/* @atomic call-answer: pairs call-answer-load. Else: a maze counts as mapped too early. */
	atomic_store_explicit(&labyrinth_shared->process[entry].answer, answer,
	                      memory_order_release);
}

static void
wait_call(uint32_t seen)
{
	struct timespec patience = {.tv_nsec = LOOK_NS};

	(void)syscall(SYS_futex, &labyrinth_shared->call, FUTEX_WAIT, seen, &patience, NULL, 0);
}

static void
done_set(uint32_t call)
{
	/* @atomic follow-done: pairs follow-late. Else: a thread waits for what is there. */
	atomic_store_explicit(&done, FOLLOWING | call, memory_order_release);
}

static bool
late(void)
{
	/* @atomic follow-late: pairs follow-done. Else: a thread does not see what is there. */
	uint64_t latest = atomic_load_explicit(&done, memory_order_acquire);

	return (latest & FOLLOWING) != 0 && (uint32_t)latest != call_look();
}

bool
labyrinth_follow_catch_up(void)
{
	struct timespec moment = {.tv_nsec = MOMENT_NS};
	unsigned int i;

	if (!late())
		return false;
	for (i = 0; i < MOMENTS && late(); i++)
		nanosleep(&moment, NULL);
	return true;
}

/* Until the primary ends. */
static void
follow_calls(void *arg)
{
	uint32_t seen = (uint32_t)(uintptr_t)arg;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	while (!labyrinth_primary_ended()) {
		uint32_t call;

		while ((call = call_look()) != seen) {
			int ret = follow();

			seen = call;
			done_set(call);
			answer_call(call, ret);
		}
		wait_call(seen);
	}
}

int
labyrinth_follow_start(void)
{
	/* What changes from here on is a call, and answered. */
	uint32_t seen = call_look();
	int ret = follow();

	if (ret != 0)
		return ret;
	done_set(seen);
	ret = labyrinth_control_thread("lab-follow", follow_calls, (void *)(uintptr_t)seen);
	if (ret != 0)
		LAB_LOG(ERR, "no thread to follow the primary process: %s", rte_strerror(-ret));
	return ret;
}
