/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "labyrinth_audit.h"
#include "labyrinth_crash.h"
#include "labyrinth_freed.h"
#include "labyrinth_inspect.h"
#include "labyrinth_pool.h"
#include "labyrinth_report.h"
#include "labyrinth_report_text.h"
#include "labyrinth_say.h"
#include "labyrinth_violation.h"
#include "labyrinth_walls.h"

/* Pools that are looked at. */
#define POOLS_MOST 512
/* Frames between two looks at the clock. */
#define FRAMES_AT_ONCE 4096
/* Overrun frames that are told of: some lines each. */
#define FINDINGS_MOST 16
#define NS_PER_MS     1000000
#define SAY(...)      labyrinth_say("LABYRINTH: crash audit: " __VA_ARGS__)

static _Atomic(const struct rte_mempool *) pools[POOLS_MOST];

/* What one audit has seen so far. */
struct audit {
	const struct labyrinth_crash *crash;
	const struct rte_mempool *mp;
	uint32_t pools;
	uint64_t frames;
	uint32_t overrun;
	bool placed;
	bool whole; /* all pools were looked at to their ends */
};

static const struct rte_mempool *
pool_at(unsigned int i)
{
	/* @atomic crash-pool: pairs crash-watch. Else: a pool is looked at before
	 * its frames are there.
	 */
	return atomic_load_explicit(&pools[i], memory_order_acquire);
}

static bool
pool_swap(unsigned int i, const struct rte_mempool *from, const struct rte_mempool *to)
{
	/* @atomic crash-watch: pairs crash-pool, crash-watch. Else: two pools have one place. */
	return atomic_compare_exchange_strong_explicit(&pools[i], &from, to, memory_order_acq_rel,
	                                               memory_order_relaxed);
}

void
labyrinth_crash_watch(const struct rte_mempool *mp)
{
	unsigned int i;

	for (i = 0; i < POOLS_MOST; i++) {
		if (pool_at(i) == mp)
			return;
	}
	for (i = 0; i < POOLS_MOST && !pool_swap(i, NULL, mp); i++)
		;
}

void
labyrinth_crash_forget(const struct rte_mempool *mp)
{
	unsigned int i;

	for (i = 0; i < POOLS_MOST; i++)
		(void)pool_swap(i, mp, NULL);
}

/* --- frames in words -------------------------------------------------------------------- */

static void
state_words(char *text, size_t len, const labyrinth_t *lab, uint32_t index)
{
	static const char *const states[LABYRINTH_FRAME_STATES] = {
		[LABYRINTH_FRAME_UNKNOWN] = "in use, as far as is known",
		[LABYRINTH_FRAME_FREE] = "free",
		[LABYRINTH_FRAME_OWNED] = "in use",
		[LABYRINTH_FRAME_QUARANTINED] = "out of circulation",
	};
	struct labyrinth_frame_info info;
	char who[32];

	if (labyrinth_frame_info(lab, index, &info) != 0) {
		snprintf(text, len, "unknown");
		return;
	}
	if (!info.by.known) {
		snprintf(text, len, "%s%s", states[info.state],
		         info.state == LABYRINTH_FRAME_FREE ? ", never used" : "");
		return;
	}
	labyrinth_tell_lcore(who, sizeof(who), info.by.lane);
	snprintf(text, len, "%s, %s %" PRIu64 " ms ago by %s of process %u", states[info.state],
	         info.state == LABYRINTH_FRAME_FREE ? "freed" : "allocated",
	         info.by.age / NS_PER_MS, who, info.by.pid);
}

/* Where a frame was moved last, if that is noted. */
static void
site_say(const labyrinth_t *lab, const void *frame)
{
	struct labyrinth_move move;

	if (frame != NULL && labyrinth_moves(lab, frame, &move, 1) == 1)
		labyrinth_move_say(frame, &move);
}

/* --- the address ------------------------------------------------------------------------ */

static void
place_say(const struct audit *audit, const labyrinth_t *lab, const struct labyrinth_place *place)
{
	const uintptr_t at = audit->crash->at;
	char state[160];

	state_words(state, sizeof(state), lab, place->index);
	if (place->part == LABYRINTH_PART_FRAME)
		SAY("address 0x%lx lies in pool %s, in frame %p at offset %td: %s\n",
		    (unsigned long)at, audit->mp->name, place->frame, place->offset, state);
	else if (place->part == LABYRINTH_PART_HEADER)
		SAY("address 0x%lx lies in pool %s, in the header of frame %p, %td bytes before "
		    "it: %s\n",
		    (unsigned long)at, audit->mp->name, place->frame, -place->offset, state);
	else
		SAY("address 0x%lx lies in pool %s, in the gap behind frame %p, at offset %td: "
		    "%s\n",
		    (unsigned long)at, audit->mp->name, place->frame, place->offset, state);
	site_say(lab, place->frame);
	labyrinth_calls_say(audit->crash->pc);
}

static void
pool_place(void *arg)
{
	struct audit *audit = arg;
	const labyrinth_t *lab = labyrinth_of(audit->mp);
	struct labyrinth_place place;

	if (lab == NULL || !labyrinth_pool_of(audit->mp)->open)
		return;
	labyrinth_audit_place(lab, (const void *)audit->crash->at, &place);
	if (place.part == LABYRINTH_PART_OUTSIDE || place.part == LABYRINTH_PART_WALL)
		return;
	audit->placed = true;
	place_say(audit, lab, &place);
}

static void
wall_place(void *arg)
{
	struct audit *audit = arg;

	audit->placed = labyrinth_walls_explain(audit->crash->at, audit->crash->pc);
}

/* --- overruns --------------------------------------------------------------------------- */

static bool
finding_say(const labyrinth_t *lab, const struct labyrinth_finding *finding, void *arg)
{
	struct audit *audit = arg;
	char culprit[160] = "";
	char victim[160] = "";

	if (++audit->overrun > FINDINGS_MOST)
		return !labyrinth_say_late();
	if (finding->culprit != NULL)
		state_words(culprit, sizeof(culprit), lab, finding->culprit_index);
	if (finding->victim != NULL)
		state_words(victim, sizeof(victim), lab, finding->victim_index);
	if (finding->culprit != NULL && finding->joined && finding->victim != NULL)
		SAY("pool %s: overflow: frame %p (%s) was written beyond its end, towards frame %p "
		    "(%s); first bad byte at %p\n",
		    audit->mp->name, finding->culprit, culprit, finding->victim, victim,
		    finding->at);
	else if (finding->culprit != NULL && finding->joined)
		SAY("pool %s: overflow: frame %p (%s) was written beyond its end; first bad byte "
		    "at %p\n",
		    audit->mp->name, finding->culprit, culprit, finding->at);
	else
		SAY("pool %s: the header of frame %p (%s) was overwritten, first bad byte at %p, "
		    "but not by what lies in front of it: most likely by its own owner, who wrote "
		    "before its start\n",
		    audit->mp->name, finding->victim, victim, finding->at);
	site_say(lab, finding->culprit);
	site_say(lab, finding->victim);
	return !labyrinth_say_late();
}

static void
pool_audit(void *arg)
{
	struct audit *audit = arg;
	const labyrinth_t *lab = labyrinth_of(audit->mp);
	uint32_t from = 0;
	uint32_t n;

	if (lab == NULL || !labyrinth_pool_of(audit->mp)->open ||
	    !labyrinth_pool_of(audit->mp)->options.crash_audit)
		return;
	audit->pools++;
	do {
		n = labyrinth_audit(lab, from, FRAMES_AT_ONCE, finding_say, audit);
		from += n;
		audit->frames += n;
	} while (n == FRAMES_AT_ONCE && !labyrinth_say_late());
	if (n == FRAMES_AT_ONCE)
		audit->whole = false;
}

/* In every pool there is; memory may be gone. */
static void
each_pool(struct audit *audit, void (*fn)(void *arg))
{
	unsigned int i;

	for (i = 0; i < POOLS_MOST; i++) {
		audit->mp = pool_at(i);
		if (audit->mp == NULL)
			continue;
		if (labyrinth_say_late() || !labyrinth_say_try(fn, audit))
			audit->whole = false;
	}
}

static void
address_explain(struct audit *audit)
{
	if (!audit->crash->at_known)
		return;
	(void)labyrinth_say_try(wall_place, audit);
	if (!audit->placed)
		each_pool(audit, pool_place);
}

/* Of whom nothing else can be said; a program with a handler of its own speaks for itself. */
static void
sum_say(const struct audit *audit)
{
	const struct labyrinth_crash *crash = audit->crash;
	char at[64] = "";

	if (audit->pools == 0 || (audit->overrun == 0 && !(crash->fatal && crash->fault)))
		return;
	if (crash->at_known && !audit->placed)
		snprintf(at, sizeof(at), " at address 0x%lx, in no pool", (unsigned long)crash->at);
	SAY("signal %d%s; %" PRIu64 " frames of %u pools looked at%s: %u overruns\n", crash->signum,
	    at, audit->frames, audit->pools, audit->whole ? "" : ", not all", audit->overrun);
	/* What was overrun may be what led here. */
	if (audit->overrun > 0 && !audit->placed)
		labyrinth_calls_say(crash->pc);
}

void
labyrinth_crash_explain(const struct labyrinth_crash *crash)
{
	struct audit audit = {.crash = crash, .whole = true};

	if (crash->freed) {
		labyrinth_freed_explain(crash->at, crash->pc);
		return;
	}
	if (crash->signum == SIGABRT && labyrinth_report_stops())
		return;
	address_explain(&audit);
	each_pool(&audit, pool_audit);
	sum_say(&audit);
}

bool
labyrinth_crash_pool(unsigned int *i, const struct rte_mempool **mp)
{
	while (*i < POOLS_MOST) {
		*mp = pool_at((*i)++);
		if (*mp != NULL)
			return true;
	}
	return false;
}
