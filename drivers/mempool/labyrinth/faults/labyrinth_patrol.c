/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The thread of the patrol. It looks at part of a pool while it keeps EAL's list
 * of pools from changing, so that no pool goes away meanwhile, and sleeps at least
 * SHARE times as long as that part took. Who frees a pool, or ends the process, looks
 * at its frames a last time.
 */

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_eal_memconfig.h>
#include <rte_spinlock.h>

#include "compat.h"
#include "labyrinth_kernel.h"
#include "labyrinth_log.h"
#include "labyrinth_patrol.h"
#include "labyrinth_processes.h"
#include "labyrinth_report.h"

#define NS_PER_MS     1000000ull
#define NS_PER_SECOND 1000000000ull
/* What a look at a frame takes, in nanoseconds, as measured; and frames without a pause. */
#define FRAME_NS 20
#define PART     2048
/* It sleeps so many times as long as it works: 0.8 %, so that 1 % is never passed. */
#define SHARE 124
/* Between two parts, at most: a part may have taken longer than it should. */
#define PAUSE_MOST_MS 100
/* The longest wait for another thread that looks at a part, which takes far less. */
#define TURN_MS 1000

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
static struct labyrinth_patrol_stats stats;
/* Who looks at a part, and at the beats: the thread, or the last look of another. */
static rte_spinlock_t turn = RTE_SPINLOCK_INITIALIZER;
static uint64_t began;
static bool started;
static pid_t process; /* in which it was */
static bool ending;   /* with turn: the thread looks at nothing any more */

/* Set while the thread looks at memory that may go away under it. */
static __thread sigjmp_buf *way_out __attribute__((tls_model("initial-exec")));
/* The pool it looks at, with the list of pools locked. */
static struct labyrinth_beat *volatile looking;

static void
sleep_ns(uint64_t ns)
{
	struct timespec left = {(time_t)(ns / NS_PER_SECOND), (long)(ns % NS_PER_SECOND)};

	while (nanosleep(&left, &left) != 0)
		;
}

void
labyrinth_patrol_fault(void)
{
	if (way_out != NULL)
		siglongjmp(*way_out, 1);
}

static bool
turn_take(void)
{
	unsigned int i;

	for (i = 0; i < TURN_MS; i++) {
		if (rte_spinlock_trylock(&turn))
			return true;
		sleep_ns(NS_PER_MS);
	}
	return false;
}

/* The pools to walk through: none where others look for longer than they should. */
static unsigned int
pools_list(uint64_t *round_ns)
{
	unsigned int n;

	*round_ns = NS_PER_MS;
	if (!turn_take())
		return 0;
	n = labyrinth_beats_list(round_ns);
	rte_spinlock_unlock(&turn);
	return n;
}

/* --- rounds ----------------------------------------------------------------------- */

static uint32_t
look_locked(struct labyrinth_beat *beat, uint32_t from, struct labyrinth_findings *findings)
{
	uint32_t looked = 0;

	*findings = (struct labyrinth_findings){.n = 0};
	if (!turn_take())
		return 0;
	rte_mcfg_mempool_read_lock();
	looking = beat;
	if (!ending && labyrinth_beat_lives(beat) && !beat->unreadable)
		looked = labyrinth_patrol_look(beat, from, PART, findings);
	looking = NULL;
	rte_mcfg_mempool_read_unlock();
	rte_spinlock_unlock(&turn);
	return looked;
}

static void
stats_count(uint64_t looked, unsigned int found)
{
	rte_spinlock_lock(&lock);
	stats.frames += looked;
	stats.findings += found;
	rte_spinlock_unlock(&lock);
}

static void
stats_add(uint64_t looked, unsigned int found)
{
	stats_count(looked, found);
	rte_spinlock_lock(&lock);
	stats.cpu_ns = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID);
	rte_spinlock_unlock(&lock);
}

/* The application may do what it likes with pools when it is told: nothing is locked. */
static void
tell(const struct labyrinth_findings *findings)
{
	unsigned int i;

	for (i = 0; i < findings->n; i++) {
		labyrinth_report_tell(&findings->violation[i]);
		if (findings->violation[i].stop)
			labyrinth_violation_stop("labyrinth: stopped after a violation\n");
	}
}

/* All of a pool. */
static void
walk(struct labyrinth_beat *beat)
{
	struct labyrinth_findings findings;
	uint32_t from = 0;
	uint32_t looked;

	beat->round++;
	do {
		uint64_t cpu = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID);

		looked = look_locked(beat, from, &findings);
		from += looked;
		/* A report takes its time, which is no reason to be slow about the next one. */
		cpu = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
		cpu -= RTE_MIN(cpu, findings.told_ns);
		tell(&findings);
		stats_add(looked, findings.n);
		sleep_ns(RTE_MIN(cpu * SHARE, PAUSE_MOST_MS * NS_PER_MS));
	} while (looked > 0);
}

static void
rounds(void)
{
	uint64_t round_ns;
	uint64_t took;

	for (;;) {
		uint64_t start = labyrinth_kernel_ns(CLOCK_MONOTONIC);
		unsigned int n = pools_list(&round_ns);
		unsigned int i;

		for (i = 0; i < n; i++)
			walk(labyrinth_beat(i));
		took = labyrinth_kernel_ns(CLOCK_MONOTONIC) - start;
		rte_spinlock_lock(&lock);
		stats.rounds += n > 0;
		stats.round_ns = n > 0 ? took : stats.round_ns;
		rte_spinlock_unlock(&lock);
		/* What sleeping in between took too long for is made up for by no pause. */
		sleep_ns(took < round_ns ? round_ns - took : NS_PER_MS);
	}
}

/* After a fault. Was it the memory of a pool alone that is gone, and not all of EAL's? */
static bool
pool_give_up(void)
{
	struct labyrinth_beat *beat = looking;

	looking = NULL;
	labyrinth_report_leave();
	if (beat == NULL || !labyrinth_kernel_mapped(beat->mp)) {
		rte_spinlock_unlock(&turn);
		return false;
	}
	beat->unreadable = true;
	LAB_LOG(WARNING, "pool %s: its memory cannot be read: the patrol leaves it out from now on",
	        beat->mp->name);
	rte_mcfg_mempool_read_unlock();
	rte_spinlock_unlock(&turn);
	return true;
}

static void
run(void *arg)
{
	sigjmp_buf out;

	RTE_SET_USED(arg);
	if (sigsetjmp(out, 1) == 0 || pool_give_up()) {
		way_out = &out;
		rounds();
	}
	way_out = NULL;
	stats.on = false;
}

/* A round that takes far longer than asked for is told of. */
static void
say_long(const struct labyrinth_pool *pool)
{
	uint64_t ms = pool->mp->size * (uint64_t)(FRAME_NS * (SHARE + 1)) / NS_PER_MS;

	if (ms > 2ull * pool->options.patrol)
		LAB_LOG(NOTICE,
		        "pool %s: a round of the patrol takes some %" PRIu64 " ms for its "
		        "%u frames, and not patrol=%u: it takes at most 1 %% of a CPU",
		        pool->mp->name, ms, pool->mp->size, pool->options.patrol);
}

void
labyrinth_patrol_watch(const struct labyrinth_pool *pool)
{
	int ret = 0;

	if (pool->options.patrol == 0 || rte_eal_process_type() != RTE_PROC_PRIMARY)
		return;
	say_long(pool);
	rte_spinlock_lock(&lock);
	if (!started) {
		started = true;
		process = getpid();
		stats.on = true;
		began = labyrinth_kernel_ns(CLOCK_MONOTONIC);
		ret = labyrinth_control_thread("lab-patrol", run, NULL);
		stats.on = ret == 0;
	}
	rte_spinlock_unlock(&lock);
	if (ret != 0)
		LAB_LOG(WARNING, "no thread for the patrol: overflows are found when buffers are "
		                 "freed only");
}

/* --- the last look ------------------------------------------------------------------- */

/* What the patrol knows of a pool, so that nothing is told of twice. */
static struct labyrinth_beat *
beat_copy(const struct rte_mempool *mp)
{
	struct labyrinth_beat *beat = calloc(1, sizeof(*beat));

	if (beat == NULL || !turn_take()) {
		free(beat);
		return NULL;
	}
	labyrinth_beat_find(mp, beat);
	rte_spinlock_unlock(&turn);
	/* Two rounds follow each other too closely to say who never frees. */
	beat->no_lost = true;
	return beat;
}

static void
round_last(struct labyrinth_beat *beat)
{
	struct labyrinth_findings findings;
	uint32_t from = 0;
	uint32_t looked;

	beat->round++;
	do {
		findings.n = 0;
		looked = labyrinth_patrol_look(beat, from, PART, &findings);
		from += looked;
		stats_count(looked, findings.n);
		tell(&findings);
	} while (looked > 0);
}

/* At the end of a process free frames are looked at as well, in two rounds as always. */
static void
look_last(const struct rte_mempool *mp, bool end)
{
	struct labyrinth_beat *beat = labyrinth_patrolled(mp) == NULL ? NULL : beat_copy(mp);
	sigjmp_buf *before = way_out;
	sigjmp_buf out;

	if (beat == NULL)
		return;
	beat->no_written = !end;
	if (sigsetjmp(out, 1) == 0) {
		way_out = &out;
		round_last(beat);
		if (!beat->no_written)
			round_last(beat);
	} else {
		labyrinth_report_leave();
	}
	way_out = before;
	free(beat);
}

void
labyrinth_patrol_last(const struct rte_mempool *mp, bool end)
{
	if (process == getpid())
		look_last(mp, end);
}

bool
labyrinth_patrol_end(void)
{
	if (process != getpid() || !turn_take())
		return false;
	ending = true;
	rte_spinlock_unlock(&turn);
	return true;
}

void
labyrinth_patrol_stats_get(struct labyrinth_patrol_stats *copy)
{
	rte_spinlock_lock(&lock);
	*copy = stats;
	copy->elapsed_ns = began == 0 ? 0 : labyrinth_kernel_ns(CLOCK_MONOTONIC) - began;
	rte_spinlock_unlock(&lock);
}
