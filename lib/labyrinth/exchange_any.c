/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Get and put, whatever the case: one visit to a lane each; what the front room
 * cannot serve is left to functions out of line.
 *
 * A lane is visited in one of three ways. Who keeps it is in it already. Who
 * shares it enters by a compare-and-swap and leaves by a store. Who finds it
 * occupied goes elsewhere.
 */

#include <errno.h>

#include "exchange_any.h"
#include "fail.h"
#include "lane.h"
#include "rest.h"

/* A lane has been entered. */
static __attribute__((noinline)) int
get_burst(labyrinth_t *lab, struct lab_visit *visit, void **frames, uint32_t n, const void *site)
{
	uint32_t got = 0;

	visit->lane->site = site;
	if (lab_likely(lab_room_count(lab_room(lab, visit->front)) >= n))
		got = lab_take(lab, visit, frames, n);
	if (lab_likely(got == n))
		return 0;
	return lab_get_rest(lab, visit, frames, got, n);
}

static __attribute__((noinline)) void
put_burst(labyrinth_t *lab, struct lab_visit *visit, void *const *frames, uint32_t n,
          const void *site)
{
	uint32_t done = 0;

	visit->lane->site = site;
	if (lab_likely(visit->front != LAB_NO_ROOM))
		done = lab_leave(lab, visit, frames, n);
	if (lab_unlikely(done < n))
		lab_put_rest(lab, visit, frames + done, n - done);
}

/* The caller's lane may be its own after all, but not one entered straight away. */
static void
enter_elsewhere(struct labyrinth *lab, uint32_t lane, struct lab_visit *visit,
                struct lab_lane *local)
{
	if (lane >= lab->owns || !lab_lane_enter(&lab->own[lane], visit))
		lab_lane_enter_any(lab, visit, local);
}

static LAB_COLD int
get_elsewhere(struct labyrinth *lab, uint32_t lane, void **frames, uint32_t n, const void *site)
{
	struct lab_lane local;
	struct lab_visit visit;
	int ret;

	if (lab_fail_due(lab, lane))
		return -ENOENT;
	enter_elsewhere(lab, lane, &visit, &local);
	ret = get_burst(lab, &visit, frames, n, site);
	lab_lane_leave_any(lab, &visit, &local);
	return ret;
}

static LAB_COLD void
put_elsewhere(struct labyrinth *lab, uint32_t lane, void *const *frames, uint32_t n,
              const void *site)
{
	struct lab_lane local;
	struct lab_visit visit;

	enter_elsewhere(lab, lane, &visit, &local);
	put_burst(lab, &visit, frames, n, site);
	lab_lane_leave_any(lab, &visit, &local);
}

static inline int
get_shared(struct labyrinth *lab, uint32_t lane_id, void **frames, uint32_t n, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint64_t slot = lab_lane_peek(lane);
	struct lab_visit visit;
	int ret;

	if (lab_unlikely(!lab_lane_enter_seen(lane, slot)))
		return get_elsewhere(lab, lane_id, frames, n, site);
	lab_visit_unpack(&visit, lane, slot);
	ret = get_burst(lab, &visit, frames, n, site);
	lab_lane_leave(lab, &visit);
	return ret;
}

static inline void
put_shared(struct labyrinth *lab, uint32_t lane_id, void *const *frames, uint32_t n,
           const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];
	uint64_t slot = lab_lane_peek(lane);
	struct lab_visit visit;

	if (lab_unlikely(!lab_lane_enter_seen(lane, slot))) {
		put_elsewhere(lab, lane_id, frames, n, site);
		return;
	}
	lab_visit_unpack(&visit, lane, slot);
	put_burst(lab, &visit, frames, n, site);
	lab_lane_leave(lab, &visit);
}

/* Out of the way of the quick path, whose registers it would spill. */
static __attribute__((noinline)) int
get_kept(struct labyrinth *lab, struct lab_lane *lane, void **frames, uint32_t n, const void *site)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_visit visit;
	int ret;

	lab_lane_begin(lab, lane, calls);
	lab_visit_unpack(&visit, lane, lab_lane_peek(lane));
	ret = get_burst(lab, &visit, frames, n, site);
	lab_lane_settle(lab, &visit);
	lab_lane_end(lane, calls);
	return ret;
}

static __attribute__((noinline)) void
put_kept(struct labyrinth *lab, struct lab_lane *lane, void *const *frames, uint32_t n,
         const void *site)
{
	uint32_t calls = lab_lane_calls(lane);
	struct lab_visit visit;

	lab_lane_begin(lab, lane, calls);
	lab_visit_unpack(&visit, lane, lab_lane_peek(lane));
	put_burst(lab, &visit, frames, n, site);
	lab_lane_settle(lab, &visit);
	lab_lane_end(lane, calls);
}

int
lab_get_any(struct labyrinth *lab, void **frames, uint32_t n, uint32_t lane_id, const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];

	if (lab_unlikely(lane_id >= lab->lanes_own))
		return get_elsewhere(lab, lane_id, frames, n, site);
	if (lab->lane_frames != 0 && lab_lane_may_stay(lab, lane))
		return get_kept(lab, lane, frames, n, site);
	return get_shared(lab, lane_id, frames, n, site);
}

int
lab_put_any(struct labyrinth *lab, void *const *frames, uint32_t n, uint32_t lane_id,
            const void *site)
{
	struct lab_lane *lane = &lab->own[lane_id];

	if (lab_unlikely(lane_id >= lab->lanes_own))
		put_elsewhere(lab, lane_id, frames, n, site);
	else if (lab->lane_frames != 0 && lab_lane_may_stay(lab, lane))
		put_kept(lab, lane, frames, n, site);
	else
		put_shared(lab, lane_id, frames, n, site);
	return 0;
}

int
lab_get_slow(struct labyrinth *lab, void **frames, uint32_t n, struct lab_lane *lane)
{
	return lab_get_any(lab, frames, n, (uint32_t)(lane - lab->own), NULL);
}

int
lab_put_slow(struct labyrinth *lab, void *const *frames, uint32_t n, struct lab_lane *lane)
{
	return lab_put_any(lab, frames, n, (uint32_t)(lane - lab->own), NULL);
}
