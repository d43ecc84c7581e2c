/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put, whatever the case: one session in a lane each.
 *
 * There are three ways into a lane. Who keeps it is in it already. Who
 * shares it enters by a compare-and-swap and leaves by a store. Who finds it
 * occupied goes elsewhere.
 */

#include <errno.h>

#include "lane_cache.h"
#include "exchange_slow.h"
#include "fail.h"
#include "lane.h"
#include "recover.h"
#include "session.h"
#include "watch.h"

/* A lane that is entered looks at the clock once in so many versions of its slot. */
#define STAMP_VERSIONS (LAB_STAMP_EVERY * LAB_SLOT_VERSION_ONE)

/*
 * Note who calls, for a lane that was entered. A lane that watches frames sets the version so
 * that it looks at the clock when the next call chooses, at the latest.
 */
static void
note_call(struct labyrinth *lab, struct lab_session *session, const void *site)
{
	struct lab_lane *lane = session->lane;
	bool due = session->version % STAMP_VERSIONS == 0;

	lane->site = site;
	lab_watch_none(lane);
	if (lab_unlikely(!lab_lane_is_ours(lane) || due))
		lab_lane_look_at_clock(lab, lane);
	if (lab->sample == 0 || lane->id >= lab->lane_count || (!due && lab->way != LAB_WAY_SLOW))
		return;
	lab_watch_begin(lab, lane, lab->way == LAB_WAY_SLOW ? 0 : (uint32_t)lane->served_most);
	lane->served_most = (int32_t)lab_watch_pause(lab, lane);
	if (lab->way != LAB_WAY_SLOW)
		session->version =
			(session->version + (uint64_t)(LAB_STAMP_EVERY - 1 - lane->served_most) *
		                                    LAB_SLOT_VERSION_ONE) &
			~LAB_BUSY;
}

/* The caller's lane may be its own after all, but not one entered straight away. */
static void
enter_elsewhere(struct labyrinth *lab, uint32_t lane, struct lab_session *session,
                struct lab_lane *local)
{
	if (lane >= lab->owns || !lab_lane_enter(&lab->own[lane], session))
		lab_lane_enter_any(lab, session, local);
}

static LAB_COLD int
get_elsewhere(struct labyrinth *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	struct lab_lane local;
	struct lab_session session;
	int ret;

	if (lab_fail_due(lab, lane))
		return -ENOENT;
	enter_elsewhere(lab, lane, &session, &local);
	note_call(lab, &session, site);
	ret = lab_session_get(lab, &session, frames, n);
	lab_lane_leave_any(lab, &session, &local);
	return ret;
}

static LAB_COLD void
put_elsewhere(struct labyrinth *lab, uint32_t lane, void *const *frames, uint32_t n,
              const void *site)
{
	struct lab_lane local;
	struct lab_session session;

	enter_elsewhere(lab, lane, &session, &local);
	note_call(lab, &session, site);
	lab_session_put(lab, &session, frames, n);
	lab_lane_leave_any(lab, &session, &local);
}

static int
get_shared(struct labyrinth *lab, uint32_t lane_id, void **frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint64_t slot = lab_lane_peek(lane);
	struct lab_session session;
	int ret;

	if (lab_unlikely(!lab_lane_enter_seen(lane, slot)))
		return get_elsewhere(lab, lane_id, frames, n, site);
	lab_session_unpack(&session, lane, slot);
	note_call(lab, &session, site);
	ret = lab_session_get(lab, &session, frames, n);
	lab_lane_leave(lab, &session);
	return ret;
}

static void
put_shared(struct labyrinth *lab, uint32_t lane_id, void *const *frames, uint32_t n,
           const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint64_t slot = lab_lane_peek(lane);
	struct lab_session session;

	if (lab_unlikely(!lab_lane_enter_seen(lane, slot))) {
		put_elsewhere(lab, lane_id, frames, n, site);
		return;
	}
	lab_session_unpack(&session, lane, slot);
	note_call(lab, &session, site);
	lab_session_put(lab, &session, frames, n);
	lab_lane_leave(lab, &session);
}

/* A kept lane looks at the clock at each of these calls: they are few. */
static void
kept_begin(struct labyrinth *lab, struct lab_lane *lane, struct lab_session *session,
           const void *site)
{
	int32_t left = lab_lane_left(lane);

	lab_lane_begin(lane);
	lane->site = site;
	lab_lane_look_at_clock(lab, lane);
	lab_watch_begin(lab, lane, (uint32_t)(lane->served_most - left));
	lab_session_unpack(session, lane, lab_lane_peek(lane));
}

static void
kept_end(struct labyrinth *lab, struct lab_session *session)
{
	struct lab_lane *lane = session->lane;

	lane->served_most = lab->way == LAB_WAY_KEPT ? (int32_t)lab_watch_pause(lab, lane) : 0;
	lab_lane_trim(lab, session);
	lab_lane_end(lane, lane->served_most);
}

static int
get_kept(struct labyrinth *lab, struct lab_lane *lane, void **frames, uint32_t n, const void *site)
{
	struct lab_session session;
	int ret;

	kept_begin(lab, lane, &session, site);
	ret = lab_session_get(lab, &session, frames, n);
	kept_end(lab, &session);
	return ret;
}

static void
put_kept(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, uint32_t n,
         const void *site)
{
	struct lab_session session;

	kept_begin(lab, lane, &session, site);
	lab_session_put(lab, &session, frames, n);
	kept_end(lab, &session);
}

static labyrinth_shortage_fn *shortage_help;

void
labyrinth_shortage_helper(labyrinth_shortage_fn *fn)
{
	shortage_help = fn;
}

/* May the caller use this lane as one it keeps? Not from inside of another call. */
static bool
may_stay(struct labyrinth *lab, struct lab_lane *lane)
{
	if (lab_likely(lab_lane_is_kept(lane)))
		return lab_lane_left(lane) >= 0;
	/* The lane's last keeper was of a process that had this one's number, and is dead. */
	if (lab_lane_keeper(lane) != 0 && (!lab_process_told || !lab_recover_lane(lab, lane)))
		return false;
	return lab_lane_keep(lab, lane);
}

static int
get_once(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane_id, const void *site)
{
	struct lab_lane *lane;

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return get_elsewhere(lab, lane_id, frames, n, site);
	lane = &lab->own[lane_id];
	if (lab->lane_frames != 0 && may_stay(lab, lane))
		return get_kept(lab, lane, frames, n, site);
	return get_shared(lab, lane_id, frames, n, site);
}

int
lab_get_slow_from(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane_id,
                  const void *site)
{
	int ret = get_once(lab, frames, n, lane_id, site);

	if (lab_unlikely(ret != 0) && shortage_help != NULL && n <= lab->frames &&
	    shortage_help(lab))
		ret = get_once(lab, frames, n, lane_id, site);
	return ret;
}

int
lab_put_slow_from(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane_id,
                  const void *site)
{
	struct lab_lane *lane;

	if (lab_unlikely(lane_id >= lab->lanes_own)) {
		put_elsewhere(lab, lane_id, frames, n, site);
		return 0;
	}
	lane = &lab->own[lane_id];
	if (lab->lane_frames != 0 && may_stay(lab, lane))
		put_kept(lab, lane, frames, n, site);
	else
		put_shared(lab, lane_id, frames, n, site);
	return 0;
}

/* --- which lane ------------------------------------------------------------------ */

static uint32_t
no_lane(void)
{
	return LABYRINTH_LANE_ANY;
}

static labyrinth_lane_fn *lane_of_thread = no_lane;

void
labyrinth_lane_finder(labyrinth_lane_fn *fn)
{
	lane_of_thread = fn != NULL ? fn : no_lane;
}

uint32_t
lab_lane_of_thread(void)
{
	return lane_of_thread();
}

void
lab_lane_remember(struct labyrinth *lab, uint32_t lane_id)
{
	if (lab->way != LAB_WAY_SLOW && lab_lane_is_own(lab, lane_id))
		lab_lane_cache_set(lab, lane_id);
}

/* --- after the data path ----------------------------------------------------------- */

int
lab_get_slow(struct labyrinth *lab, void **frames, uint32_t n, uint32_t done, struct lab_lane *lane,
             const void *site)
{
	uint32_t lane_id = (uint32_t)(lane - lab->own);
	void **rest = done > 0 ? frames + done : frames;
	int ret = lab_get_slow_from(lab, rest, n - done, lane_id, site);

	if (ret != 0 && done > 0)
		lab_put_slow_from(lab, frames, done, lane_id, site);
	return ret;
}

int
lab_put_slow(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane,
             const void *site)
{
	return lab_put_slow_from(lab, frames, n, (uint32_t)(lane - lab->own), site);
}
