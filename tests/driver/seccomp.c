/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The allocation path makes no system call. An lcore enters seccomp strict
 * mode, in which the kernel kills a thread for any system call but read, write
 * and exit (and takes its timestamp counter away), then allocates and frees.
 */

#include <errno.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "harness.h"
#include "labyrinth.h"
#include "labyrinth_maze.h"
#include "pools.h"

#define TIMES 10000000u
/* It fills and verifies two KiB for each. */
#define TIMES_STRICT 2000000u
#define BULK         32
#define PAGES        1024

enum stage {
	STARTED,
	ENTERED,
	DONE,
	WRONG
};

struct job {
	const char *name;
	bool (*work)(unsigned int times);
	unsigned int times;
	const char *config; /* of the pool */
	unsigned int cache;
	bool makes_it; /* the lcore that enters has made the pool itself */
	enum stage last;
};

static struct rte_mempool *mp;
static labyrinth_t *lab;
static atomic_int stage;
static atomic_int tid;

static bool
mbufs_singly(unsigned int times)
{
	unsigned int i;

	for (i = 0; i < times; i++) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mp);

		if (mbuf == NULL)
			return false;
		rte_pktmbuf_free(mbuf);
	}
	return true;
}

/* Keeps some, so that lanes exchange rooms with the depot. */
static bool
mbufs_in_bulk(unsigned int times)
{
	static struct rte_mbuf *kept[32][BULK];
	unsigned int i;

	for (i = 0; i < times / BULK; i++) {
		struct rte_mbuf **slot = kept[i % 32];

		if (slot[0] != NULL)
			rte_pktmbuf_free_bulk(slot, BULK);
		if (rte_pktmbuf_alloc_bulk(mp, slot, BULK) != 0)
			return false;
	}
	for (i = 0; i < 32; i++) {
		if (kept[i][0] != NULL)
			rte_pktmbuf_free_bulk(kept[i], BULK);
	}
	return true;
}

static bool
mbufs(unsigned int times)
{
	return mbufs_singly(times) && mbufs_in_bulk(times);
}

static bool
raw_pages(unsigned int times)
{
	unsigned int i;

	for (i = 0; i < times; i++) {
		void *page = LABYRINTH_ALLOC_PAGE(lab);

		if (page == NULL)
			return false;
		*(volatile char *)page = 1;
		labyrinth_free_page(lab, page);
	}
	return true;
}

/* To see that this test can fail. */
static bool
system_call(unsigned int times)
{
	return syscall(SYS_getppid) != (long)times;
}

static void
pages_make(void)
{
	static struct labyrinth_maze maze;
	static uint32_t slot_of[PAGES * LABYRINTH_PAGE_SIZE / LABYRINTH_SLOT_SIZE];
	struct labyrinth_maze_params where = {
		.blocks = RTE_DIM(slot_of),
		.pages = eal_huge() ? LABYRINTH_MAZE_HUGE : LABYRINTH_MAZE_SMALL,
		.node = LABYRINTH_NODE_ANY,
		.addr_bits = 47,
	};
	struct labyrinth_params params = {
		.frames = PAGES,
		.slots = labyrinth_maze_slots(RTE_DIM(slot_of)),
		.flags = LABYRINTH_F_PAGES,
	};
	uint8_t seed[LABYRINTH_SEED_LEN];
	size_t len = labyrinth_footprint(&params);

	lab = aligned_alloc(128, len);
	if (lab == NULL || labyrinth_seed_draw(seed) != 0 ||
	    labyrinth_maze_map(&maze, &where, slot_of, seed) != 0 ||
	    labyrinth_init(lab, len, &params, seed) != 0 || labyrinth_maze_cover(lab, &maze) != 0 ||
	    labyrinth_maze_add_pages(lab, &maze) != PAGES)
		die("seccomp: cannot make raw pages");
}

static void
make(const struct job *job)
{
	struct pool_spec spec = {.n = 8191, .config = job->config, .cache = job->cache};

	if (job->work == raw_pages)
		pages_make();
	else
		mp = pool_must(&spec);
}

static int
inside(void *arg)
{
	const struct job *job = arg;
	bool good;

	if (job->makes_it)
		make(job);
	tid = (int)syscall(SYS_gettid);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
		stage = WRONG;
		return 0;
	}
	stage = ENTERED;
	good = job->work(job->times);
	stage = good ? DONE : WRONG;
	/* To return would be to make another system call. */
	syscall(SYS_exit, 0);
	return 0;
}

/* A thread killed by seccomp is gone without a word. */
static bool
thread_lives(void)
{
	char path[PATH_MAX];
	/* Read once: the thread may write it in between. */
	int id = (int)tid;

	snprintf(path, sizeof(path), "/proc/self/task/%d", id);
	return id == 0 || access(path, F_OK) == 0;
}

/* In a process of its own: what has entered never comes back. Returns its exit status. */
static int
child(const struct job *job)
{
	int last;

	eal_start("seccomp", 128,
	          sysconf(_SC_NPROCESSORS_ONLN) > 1 ? "--lcores 0@0,1@1" : "--lcores 0@0,1@0");
	if (!job->makes_it)
		make(job);
	rte_eal_remote_launch(inside, (void *)(uintptr_t)job, rte_get_next_lcore(-1, 1, 0));
	do {
		bool lives = thread_lives();

		last = stage;
		if (last < DONE && !lives)
			break;
		usleep(10000);
	} while (last < DONE);
	rmdir(rte_eal_get_runtime_dir());
	_exit(last);
}

static void
run(const struct job *job)
{
	static const char *const outcomes[] = {
		[STARTED] = "never began",
		[ENTERED] = "killed by the kernel",
		[DONE] = "survived",
		[WRONG] = "found the pool empty",
	};
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("seccomp: cannot fork: %s", strerror(errno));
	if (pid == 0)
		child(job);
	if (waitpid(pid, &status, 0) != pid)
		die("seccomp: lost a child: %s", strerror(errno));
	if (WIFSIGNALED(status))
		check(false, "%s: ended by signal %d", job->name, WTERMSIG(status));
	else
		check(WEXITSTATUS(status) == (int)job->last, "%s, %u times: %s", job->name,
		      job->times, outcomes[WEXITSTATUS(status) % RTE_DIM(outcomes)]);
}

int
main(void)
{
	static const struct job jobs[] = {
		{"a system call", system_call, 0, NULL, 0, false, ENTERED},
		{"mbufs, profile=fast with DPDK's cache, one by one and in bulk", mbufs, TIMES,
	         "profile=fast", 256, true, DONE},
		{"mbufs, profile=fast, one by one and in bulk", mbufs, TIMES, "profile=fast", 0,
	         false, DONE},
		{"mbufs, profile=guard, one by one and in bulk", mbufs, TIMES, "profile=guard", 256,
	         true, DONE},
		{"mbufs, profile=guard, backing=eal, one by one and in bulk", mbufs, TIMES,
	         "profile=guard,backing=eal", 0, false, DONE},
		{"mbufs, profile=strict, one by one and in bulk", mbufs, TIMES_STRICT,
	         "profile=strict", 0, true, DONE},
		{"raw pages", raw_pages, TIMES, NULL, 0, false, DONE},
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(jobs); i++)
		run(&jobs[i]);
	return finish();
}
