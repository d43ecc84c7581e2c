/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The primary's side: the list of mazes, telling secondaries of changes.
 *
 * A secondary is told by a word in shared memory on which it waits, not by a
 * message: messages go to every secondary, also to those without this driver,
 * and to one that is stopped they pile up until the sender blocks.
 */

#include <errno.h>
#include <linux/futex.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_string_fns.h>

#include "labyrinth_backing.h"
#include "labyrinth_log.h"
#include "labyrinth_share.h"
#include "labyrinth_shared.h"

/* How long all secondaries together may take. */
#define PATIENCE_MS 3000
#define LOOK_US     200
/* Looks at an answer between two looks at whether its process lives. */
#define LOOKS_PER_LIFE 100

struct listed {
	uint32_t id;
	const struct rte_mempool *mp;
	struct labyrinth_pool *pool;
};

/* Held for short moments only. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct listed list[LABYRINTH_MAZES_MAX];
static uint32_t last_id;

/* One call at a time: held while secondaries are waited for. */
static pthread_mutex_t call_lock = PTHREAD_MUTEX_INITIALIZER;
/* The call a process did not answer: it is not waited for until it answers again. */
static struct {
	uint64_t who;
	uint32_t call;
} silent[LABYRINTH_PROCESSES];

/* A page that pools share is no pool's. */
static const char *
name_of(const struct rte_mempool *mp)
{
	return mp == NULL ? "(1 GiB page)" : mp->name;
}

static struct listed *
listed(uint32_t id)
{
	unsigned int i;

	for (i = 0; i < LABYRINTH_MAZES_MAX; i++) {
		if (list[i].id == id)
			return &list[i];
	}
	return NULL;
}

static void
list_set(struct listed *place, uint32_t id, const struct rte_mempool *mp,
         struct labyrinth_pool *pool)
{
	*place = (struct listed){id, mp, pool};
	/*
	 * @atomic maze-list: pairs maze-look, maze-look-again. Else: a maze is asked for before
	 * it is there.
	 */
	atomic_store_explicit(&labyrinth_shared->maze[place - list], id, memory_order_release);
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t
answer_of(uint32_t entry)
{
	/* @atomic call-answer-load: pairs call-answer. Else: a maze counts as mapped too early. */
	return atomic_load_explicit(&labyrinth_shared->process[entry].answer, memory_order_acquire);
}

static bool
answered(uint32_t entry, uint32_t call)
{
	return (int32_t)((uint32_t)(answer_of(entry) >> 32) - call) >= 0;
}

/* Wait for one process's answer: 0, or the errno it gives. */
static int
await(const struct labyrinth_process *process, uint32_t call, uint64_t deadline)
{
	uint32_t entry = process->entry;
	unsigned int looks;

	if (silent[entry].who == process->who && !answered(entry, silent[entry].call))
		return 0;
	for (looks = 1; !answered(entry, call); looks++) {
		if (looks % LOOKS_PER_LIFE == 0 && labyrinth_process_dead(entry))
			return 0;
		if (now_ms() >= deadline) {
			LAB_LOG(WARNING,
			        "secondary process %u did not answer within %u ms: is it stopped? "
			        "It maps and unmaps mazes when it goes on",
			        process->pid, PATIENCE_MS);
			silent[entry].who = process->who;
			silent[entry].call = call;
			return 0;
		}
		usleep(LOOK_US);
	}
	return (int)(uint32_t)answer_of(entry);
}

/* Have secondaries look at the list, wait for all. Tells the first errno of theirs. */
static int
call_secondaries(const char *pool)
{
	uint64_t deadline = now_ms() + PATIENCE_MS;
	struct labyrinth_process process;
	uint32_t call;
	uint32_t i;
	int first = 0;

	if (!labyrinth_shared_is_open())
		return 0;
	pthread_mutex_lock(&call_lock);
	/* @atomic call-raise: pairs call-look. Else: the list is looked at as it was before. */
	call = atomic_fetch_add_explicit(&labyrinth_shared->call, 1, memory_order_acq_rel) + 1;
	(void)syscall(SYS_futex, &labyrinth_shared->call, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	LABYRINTH_PROCESS_FOREACH(i, &process)
	{
		int err;

		if (i == labyrinth_process_self() || !process.alive)
			continue;
		err = await(&process, call, deadline);
		if (err != 0)
			LAB_LOG(NOTICE, "pool %s: secondary process %u cannot map its maze: %s",
			        pool, process.pid, rte_strerror(err));
		if (first == 0)
			first = err;
	}
	pthread_mutex_unlock(&call_lock);
	return first;
}

int
labyrinth_share_add(const struct rte_mempool *mp, struct labyrinth_pool *pool)
{
	struct listed *place;

	if (!labyrinth_shared_is_open())
		return 0;
	pthread_mutex_lock(&list_lock);
	place = listed(0);
	if (place != NULL) {
		pool->maze_id = ++last_id;
		list_set(place, pool->maze_id, mp, pool);
	}
	pthread_mutex_unlock(&list_lock);
	if (place == NULL)
		return -ENOSPC;
	return call_secondaries(name_of(mp)) == 0 ? 0 : -EADDRINUSE;
}

void
labyrinth_share_remove(struct labyrinth_pool *pool)
{
	struct listed *place;

	if (pool->maze_id == 0)
		return;
	pthread_mutex_lock(&list_lock);
	place = listed(pool->maze_id);
	if (place != NULL)
		list_set(place, 0, NULL, NULL);
	pthread_mutex_unlock(&list_lock);
	pool->maze_id = 0;
	(void)call_secondaries(name_of(pool->mp));
}

/* The slot of each block, in a file that the asking process reads. */
static int
plan_write(const struct labyrinth_maze *maze)
{
	size_t len = maze->blocks * sizeof(maze->slot_of[0]);
	int fd = memfd_create("labyrinth-plan", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, maze->slot_of, len) != (ssize_t)len) {
		close(fd);
		return -ENOMEM;
	}
	return fd;
}

/* Under the lock: the maze does not go away. */
static void
describe(uint32_t id, struct rte_mp_msg *msg)
{
	struct labyrinth_answer *answer = (struct labyrinth_answer *)msg->param;
	const struct listed *place = id == 0 ? NULL : listed(id);
	const struct labyrinth_maze *maze;
	bool inside;
	int plan = -1;

	answer->status = -ENOENT;
	if (place == NULL)
		return;
	maze = &place->pool->maze;
	/* Of a pool inside of 1 GiB pages only the window is told: these are listed themselves. */
	inside = place->mp != NULL && maze->pages == LABYRINTH_MAZE_GIGA;
	if (!inside)
		plan = plan_write(maze);
	answer->status = plan < 0 && !inside ? plan : 0;
	if (answer->status != 0)
		return;
	answer->slots = maze->slots;
	answer->blocks = inside ? 0 : maze->blocks;
	answer->pages = maze->pages;
	answer->entrance = (uintptr_t)maze->entrance;
	answer->mp = (uintptr_t)place->mp;
	strlcpy(answer->pool, name_of(place->mp), sizeof(answer->pool));
	if (inside)
		return;
	msg->fds[0] = maze->fd;
	msg->fds[1] = plan;
	msg->num_fds = 2;
}

static void
answer_begin(struct rte_mp_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	strlcpy(msg->name, LABYRINTH_IPC_MAZE, sizeof(msg->name));
	msg->len_param = sizeof(struct labyrinth_answer);
}

/* Is this question for us, or for one that was here before? */
static bool
meant(const struct rte_mp_msg *msg, struct labyrinth_question *question)
{
	if (msg->len_param != (int)sizeof(*question))
		return false;
	memcpy(question, msg->param, sizeof(*question));
	return question->cookie == labyrinth_shared->cookie;
}

static int
tell_maze(const struct rte_mp_msg *msg, const void *peer)
{
	struct labyrinth_question question;
	struct rte_mp_msg reply;
	int ret;

	answer_begin(&reply);
	((struct labyrinth_answer *)reply.param)->status = -ESTALE;
	if (!meant(msg, &question))
		return rte_mp_reply(&reply, peer);
	pthread_mutex_lock(&list_lock);
	describe(question.id, &reply);
	ret = rte_mp_reply(&reply, peer);
	if (reply.num_fds == 2)
		close(reply.fds[1]);
	pthread_mutex_unlock(&list_lock);
	return ret;
}

int
labyrinth_share_listen(void)
{
	if (rte_mp_action_register(LABYRINTH_IPC_MAZE, tell_maze) != 0)
		return -rte_errno;
	return 0;
}
