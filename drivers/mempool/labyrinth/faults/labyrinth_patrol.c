/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The thread of the patrol. It looks at part of a pool in its turn, and sleeps at least
 * SHARE times as long as that part took. Who frees a pool, or ends the process, looks at
 * its frames a last time, and waits for the turn as well: so no pool goes away while it
 * is looked at.
 */

#include <inttypes.h>
#include <setjmp.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_spinlock.h>
#include <rte_string_fns.h>

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
/* The longest wait for another thread that looks at a part, or reports what it found. */
#define TURN_MS 1000

static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
static struct labyrinth_patrol_stats stats;
/* Who looks at a part, and at the notes of pools. */
static rte_spinlock_t turn = RTE_SPINLOCK_INITIALIZER;
static uint64_t began;
static bool started;
static pid_t process;         /* in which it was */
static uint64_t rested_until; /* so much of its CPU time the thread has slept for */
static bool ending;           /* with turn: the thread looks at nothing any more */

/* Set while a thread looks at memory that may go away under it. */
static __thread sigjmp_buf *way_out __attribute__((tls_model("initial-exec")));
static __thread volatile bool has_turn __attribute__((tls_model("initial-exec")));
/* The pool it looks at then. */
static __thread struct labyrinth_beat *volatile looking __attribute__((tls_model("initial-exec")));

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

/* Others have it for a part, or for as long as it takes to write a report. */
static bool
turn_take(bool wait)
{
	unsigned int i;

	for (i = 0; wait || i < TURN_MS; i++) {
		if (rte_spinlock_trylock(&turn)) {
			has_turn = true;
			return true;
		}
		sleep_ns(NS_PER_MS);
	}
	return false;
}

static void
turn_give(void)
{
	if (!has_turn)
		return;
	has_turn = false;
	rte_spinlock_unlock(&turn);
}

/* --- rounds ----------------------------------------------------------------------- */

/* Where a walk through a pool is. */
struct walk {
	struct labyrinth_beat *beat;
	const struct rte_mempool *mp; /* the notes may be another pool's meanwhile */
	uint64_t born;
	uint32_t from;
	bool last; /* and not the patrol's thread */
};

static uint32_t
look_part(struct walk *walk, struct labyrinth_findings *findings)
{
	struct labyrinth_beat *beat = walk->beat;
	uint32_t looked = 0;

	findings->n = 0;
	findings->told_ns = 0;
	/* What a call reports just now, this would find as well: let it be told once, and whole. */
	if (!walk->last) {
		labyrinth_report_turn_take(LABYRINTH_TURN_MS);
		labyrinth_report_turn_give();
	}
	if (!turn_take(beat->leaving))
		return 0;
	if (walk->from == 0) {
		walk->mp = beat->mp;
		walk->born = beat->born;
		labyrinth_patrol_round(beat);
	}
	looking = beat;
	/* After the end of the process began, only what that looks at. */
	if ((walk->last || !ending) && !beat->unreadable && beat->mp == walk->mp &&
	    beat->born == walk->born && labyrinth_beat_lives(beat))
		looked = labyrinth_patrol_look(beat, walk->from, PART, findings);
	walk->from += looked;
	looking = NULL;
	turn_give();
	return looked;
}

static void
stats_count(uint64_t looked, unsigned int found, bool thread)
{
	rte_spinlock_lock(&lock);
	stats.frames += looked;
	stats.findings += found;
	if (thread)
		stats.cpu_ns = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID);
	rte_spinlock_unlock(&lock);
}

/* The application is told out of turn, and what it does wrong is its own. */
static void
tell(const struct labyrinth_findings *findings)
{
	sigjmp_buf *out = way_out;
	unsigned int i;

	way_out = NULL;
	for (i = 0; i < findings->n; i++) {
		labyrinth_report_tell(&findings->told[i]);
		if (findings->told[i].stop)
			labyrinth_violation_stop("labyrinth: stopped after a violation\n");
	}
	way_out = out;
}

/*
 * Sleep for all that this thread has done since it slept, waking up included. A report takes its
 * time, which is no reason to be slow about the next one.
 */
static void
rest(uint64_t told_ns)
{
	uint64_t cpu = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID);
	uint64_t due = cpu - rested_until;

	due -= RTE_MIN(due, told_ns);
	rested_until = cpu;
	sleep_ns(RTE_MIN(due * SHARE, PAUSE_MOST_MS * NS_PER_MS));
}

/* All of a pool, once. */
static void
walk_through(struct labyrinth_beat *beat, bool last)
{
	struct walk walk = {.beat = beat, .last = last};
	struct labyrinth_findings findings;
	uint32_t looked;

	do {
		looked = look_part(&walk, &findings);
		if (findings.n > 0) {
			uint64_t cpu = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID);

			tell(&findings);
			findings.told_ns += labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
		}
		stats_count(looked, findings.n, !last);
		if (!last)
			rest(findings.told_ns);
	} while (looked > 0);
}

/* The pools to walk through: none where others look for longer than they should. */
static unsigned int
pools_list(uint64_t *round_ns)
{
	unsigned int n;

	*round_ns = NS_PER_MS;
	if (!turn_take(false))
		return 0;
	n = labyrinth_beats_list(round_ns);
	turn_give();
	return n;
}

static void
rounds(void)
{
	uint64_t round_ns;
	uint64_t took;

	rested_until = 0;
	for (;;) {
		uint64_t start = labyrinth_kernel_ns(CLOCK_MONOTONIC);
		unsigned int n = pools_list(&round_ns);
		struct labyrinth_beat *beat = NULL;

		while (n > 0 && (beat = labyrinth_beat_next(beat)) != NULL)
			walk_through(beat, false);
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
	bool alone = beat != NULL && labyrinth_kernel_mapped(beat->mp);
	char name[RTE_MEMPOOL_NAMESIZE] = "";

	looking = NULL;
	labyrinth_report_leave();
	if (alone) {
		beat->unreadable = true;
		strlcpy(name, beat->mp->name, sizeof(name));
	}
	turn_give();
	if (alone)
		LAB_LOG(WARNING,
		        "pool %s: its memory cannot be read: the patrol leaves it out from now on",
		        name);
	return alone;
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

static void
look_last(struct labyrinth_beat *beat)
{
	sigjmp_buf *before = way_out;
	sigjmp_buf out;

	if (sigsetjmp(out, 1) == 0) {
		way_out = &out;
		walk_through(beat, true);
	} else {
		(void)pool_give_up();
	}
	way_out = before;
}

void
labyrinth_patrol_last(const struct rte_mempool *mp)
{
	struct labyrinth_beat *beat;

	if (process != getpid() || labyrinth_patrolled(mp) == NULL)
		return;
	(void)turn_take(true);
	beat = labyrinth_beat_take(mp);
	if (beat != NULL)
		beat->leaving = true;
	turn_give();
	if (beat == NULL)
		return;
	/* Another report has stopped the process, and this thread is on the way out of it. */
	if (!labyrinth_report_last())
		look_last(beat);
	(void)turn_take(true);
	labyrinth_beat_drop(beat);
	turn_give();
}

bool
labyrinth_patrol_end(void)
{
	if (process != getpid())
		return false;
	/* Before the turn: its thread may find something just now. */
	labyrinth_log_at_end();
	/* What stops the process was told; what the application does then is no news. */
	if (labyrinth_report_last() || !turn_take(false))
		return false;
	ending = true;
	turn_give();
	return true;
}

void
labyrinth_patrol_at_end(const struct rte_mempool *mp)
{
	struct labyrinth_beat *beat = NULL;

	if (!turn_take(false))
		return;
	if (labyrinth_patrolled(mp) != NULL)
		beat = labyrinth_beat_take(mp);
	turn_give();
	if (beat != NULL)
		look_last(beat);
}

void
labyrinth_patrol_stats_get(struct labyrinth_patrol_stats *copy)
{
	rte_spinlock_lock(&lock);
	*copy = stats;
	copy->elapsed_ns = began == 0 ? 0 : labyrinth_kernel_ns(CLOCK_MONOTONIC) - began;
	rte_spinlock_unlock(&lock);
}
