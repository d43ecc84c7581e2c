/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Recovery as applications ask for it, where one process is alone: what is refused,
 * threads that give their lcore id back or do not, and children of fork().
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"

#define SIZE  4095
#define CACHE 256
/* What a thread may keep of a pool with such a cache. */
#define KEPT_MAX (CACHE * 3 / 2)
#define HELD     32

static void *all[SIZE + 1];

static void
expect(int ret, int wanted, const char *what)
{
	check(ret == wanted, "%s: %d (%s)", what, ret, ret < 0 ? rte_strerror(-ret) : "good");
}

static void
expect_found_none(const struct rte_labyrinth_recovery *found, const char *what)
{
	check(found->processes + found->pid + found->lanes + found->rooms + found->frames +
	                      found->reclaimed ==
	              0,
	      "%s: nothing was found", what);
}

/* The answer is filled in whatever was in it. */
static const struct rte_labyrinth_recovery full = {1, 2, 3, 4, 5, 6};

static void
refusals(struct rte_mempool *guard, struct rte_mempool *fast, struct rte_mempool *ring)
{
	struct rte_labyrinth_recovery found = full;
	unsigned int process = 9;

	expect(rte_labyrinth_recover(guard, NULL), -EINVAL, "recover into nothing");
	expect(rte_labyrinth_recover(ring, &found), -EINVAL, "recover a ring");
	expect(rte_labyrinth_reclaim(guard, NULL), -EINVAL, "reclaim into nothing");
	expect(rte_labyrinth_reclaim(ring, &found), -EINVAL, "reclaim a ring");
	expect(rte_labyrinth_recover(guard, &found), 0, "recover a pool");
	expect_found_none(&found, "recover a pool");
	found = full;
	expect(rte_labyrinth_recover(NULL, &found), 0, "recover all pools");
	expect_found_none(&found, "recover all pools");
	found = full;
	expect(rte_labyrinth_reclaim(guard, &found), 0, "reclaim a pool");
	expect_found_none(&found, "reclaim a pool");
	expect(rte_labyrinth_reclaim(fast, &found), -ENOTSUP, "reclaim a pool that does not seal");
	found = full;
	expect(rte_labyrinth_reclaim(NULL, &found), 0, "reclaim all pools");
	expect_found_none(&found, "reclaim all pools");
	expect(rte_labyrinth_process(NULL), -EINVAL, "a number into nothing");
	expect(rte_labyrinth_process(&process), 0, "the number of this process");
	check(process == 0, "it is %u", process);
}

static void
hand_over(struct rte_mempool *guard, struct rte_mempool *fast, struct rte_mempool *ring)
{
	struct rte_labyrinth_recovery found;
	void *objs[3];
	void *plain;

	if (rte_mempool_get_bulk(guard, objs, 3) != 0 || rte_mempool_get(fast, &plain) != 0)
		die("recovery: no frames");
	expect(rte_labyrinth_hand_over(guard, objs, 3, 0, 0), 0, "hand over to oneself");
	expect(rte_labyrinth_hand_over(fast, &plain, 1, 0, 0), 0, "hand over without seals");
	expect(rte_labyrinth_hand_over(guard, objs, 0, 0, 0), 0, "hand over nothing");
	expect(rte_labyrinth_hand_over(ring, objs, 3, 0, 0), -EINVAL, "hand over of a ring");
	expect(rte_labyrinth_hand_over(NULL, objs, 3, 0, 0), -EINVAL, "hand over of no pool");
	expect(rte_labyrinth_hand_over(guard, objs, 3, 0, RTE_MAX_LCORE), -EINVAL,
	       "hand over to an lcore that cannot be");
	expect(rte_labyrinth_hand_over(guard, objs, 3, 1, 0), -ESRCH, "hand over to nobody");
	expect(rte_labyrinth_hand_over(guard, objs, 3, 64, 0), -ESRCH, "hand over beyond");
	rte_mempool_put(guard, objs[2]);
	expect(rte_labyrinth_hand_over(guard, objs, 3, 0, 0), -EINVAL, "hand over a free frame");
	expect(rte_labyrinth_reclaim(guard, &found), 0, "the living are not reclaimed");
	check(found.reclaimed == 0 && rte_mempool_avail_count(guard) == SIZE - 2,
	      "owned frames stay owned");
	rte_mempool_put_bulk(guard, objs, 2);
	rte_mempool_put(fast, plain);
}

struct job {
	struct rte_mempool *mp;
	unsigned int lcore;
	bool unregisters;
	bool good;
	void *held[HELD];
	unsigned int given; /* frames to free for others, at held[] */
};

/* Registers, frees what it was given, fills its lane, and leaves with half of what it got. */
static void *
registered(void *arg)
{
	struct job *job = arg;
	void *objs[2 * HELD];

	job->good = rte_thread_register() == 0;
	job->lcore = rte_lcore_id();
	if (job->given > 0)
		rte_mempool_put_bulk(job->mp, job->held, job->given);
	job->good &= rte_mempool_get_bulk(job->mp, objs, 2 * HELD) == 0;
	if (!job->good)
		return NULL;
	rte_mempool_put_bulk(job->mp, objs, HELD);
	memcpy(job->held, objs + HELD, sizeof(job->held));
	if (job->unregisters)
		rte_thread_unregister();
	return NULL;
}

static void
run_registered(struct job *job)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, registered, job) != 0)
		die("recovery: cannot start a thread");
	pthread_join(thread, NULL);
	check(job->good, "%s: a thread registers as lcore %u, gets and puts", job->mp->name,
	      job->lcore);
}

/* All but so many frames, each once. */
static void
expect_all_but(struct rte_mempool *mp, unsigned int owned, unsigned int kept, const char *what)
{
	unsigned int available = rte_mempool_avail_count(mp);
	unsigned int n = pool_drain(mp, all, SIZE + 1);

	check(available == SIZE - owned, "%s: %s: %u are free", mp->name, what, available);
	check(n <= available && n + kept >= available && all_distinct(all, n),
	      "%s: %s: %u of them can be got", mp->name, what, n);
	rte_mempool_put_bulk(mp, all, n);
}

/* An lcore id is given back: nothing is kept with it but what its application owns. */
static void
given_back(struct rte_mempool *mp)
{
	struct job first = {.mp = mp, .unregisters = true};
	struct job second = {.mp = mp, .unregisters = true, .given = HELD};
	struct rte_labyrinth_recovery found;

	run_registered(&first);
	expect_all_but(mp, HELD, 0, "after its lcore id was given back");
	if (strncmp(mp->name, "fast", 4) != 0) {
		expect(rte_labyrinth_reclaim(mp, &found), 0, "what its program owns is not lost");
		check(found.reclaimed == 0, "%s: nothing of it is reclaimed", mp->name);
	}
	memcpy(second.held, first.held, sizeof(second.held));
	run_registered(&second);
	check(second.lcore == first.lcore, "%s: the id serves another thread", mp->name);
	expect_all_but(mp, HELD, 0, "another thread freed them");
	rte_mempool_put_bulk(mp, second.held, HELD);
	expect_all_but(mp, 0, 0, "all are free");
}

/* A thread ends and keeps its id: others go on with the rest, and no call of theirs fails. */
static void
not_given_back(struct rte_mempool *mp, unsigned int kept)
{
	struct job first = {.mp = mp};
	struct job second = {.mp = mp, .unregisters = true, .given = HELD};
	struct rte_labyrinth_recovery found;

	run_registered(&first);
	expect(rte_labyrinth_recover(mp, &found), 0, "its process lives");
	check(found.lanes == 0, "%s: its lane is not recovered", mp->name);
	expect_all_but(mp, HELD, kept, "a thread ended without giving its id back");
	memcpy(second.held, first.held, sizeof(second.held));
	run_registered(&second);
	check(second.lcore != first.lcore, "%s: its id is not used again", mp->name);
	rte_mempool_put_bulk(mp, second.held, HELD);
	expect_all_but(mp, 0, kept, "all are free");
}

/* What a child tells by its exit status. */
enum {
	CHILD_GOOD,
	CHILD_NUMBER,
	CHILD_RECOVER,
	CHILD_GET,
	CHILD_PUT,
};

static int
child(struct rte_mempool *mp, bool maze)
{
	struct rte_labyrinth_recovery found;
	unsigned int process;
	void *objs[8];
	int ret;

	if (rte_labyrinth_process(&process) != -ESRCH)
		return CHILD_NUMBER;
	if (rte_labyrinth_recover(mp, &found) != -ESRCH ||
	    rte_labyrinth_reclaim(NULL, &found) != -ESRCH)
		return CHILD_RECOVER;
	ret = rte_mempool_get_bulk(mp, objs, 8);
	if (maze)
		return ret == -EFAULT && rte_labyrinth_hand_over(mp, all, 1, 0, 0) == -EFAULT
		               ? CHILD_GOOD
		               : CHILD_GET;
	if (ret != 0)
		return CHILD_GET;
	rte_mempool_put_bulk(mp, objs, 8);
	return CHILD_GOOD;
}

static void
forked(struct rte_mempool *mp)
{
	struct rte_labyrinth_info info;
	int status = -1;
	pid_t pid;

	/* The parent keeps a lane, which is not its child's. */
	expect_all_but(mp, 0, 0, "before a fork");
	if (rte_labyrinth_info_get(mp, &info) != 0)
		die("recovery: no information");
	pid = fork();
	if (pid == 0)
		_exit(child(mp, info.backing == RTE_LABYRINTH_BACKING_MAZE));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("recovery: no child");
	check(WIFEXITED(status) && WEXITSTATUS(status) == CHILD_GOOD,
	      "%s: a child does what it may: status %d", mp->name, status);
	expect_all_but(mp, 0, 0, "after its child has ended");
}

static struct rte_mempool *
make(const char *name, const char *config, unsigned int cache)
{
	struct pool_spec spec = {.name = name, .config = config, .n = SIZE, .cache = cache};

	return pool_must(&spec);
}

int
main(void)
{
	struct pool_spec ring_spec = {.name = "ring", .ops = OPS_RING};
	struct rte_mempool *ring;
	static const unsigned int caches[] = {0, CACHE, CACHE, 0};
	struct rte_mempool *pools[RTE_DIM(caches)];
	unsigned int i;

	eal_start("recovery", 64, "--lcores 0");
	ring = pool_must(&ring_spec);
	pools[0] = make("fast", "profile=fast,backing=eal", caches[0]);
	pools[1] = make("guard", "profile=guard", caches[1]);
	pools[2] = make("strict_eal", "profile=strict,backing=eal", caches[2]);
	pools[3] = make("guard_eal", "profile=guard,backing=eal", caches[3]);
	log_clear();
	refusals(pools[1], pools[0], ring);
	hand_over(pools[1], pools[0], ring);
	for (i = 0; i < RTE_DIM(pools); i++)
		given_back(pools[i]);
	for (i = 0; i < RTE_DIM(pools); i++)
		forked(pools[i]);
	for (i = 0; i < RTE_DIM(pools); i++)
		not_given_back(pools[i], caches[i] > 0 ? KEPT_MAX : 0);
	for (i = 0; i < RTE_DIM(pools); i++)
		rte_mempool_free(pools[i]);
	rte_mempool_free(ring);
	return finish();
}
