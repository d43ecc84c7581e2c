/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth_inspect.h"
#include "unit_others.h"

/* Place of the mark in a frame: behind what the tests have filled. */
#define MARK_AT 128
#define ME      1
#define BULK    32
#define NONE    0

static _Atomic uint32_t *
mark_of(void *frame)
{
	return (_Atomic uint32_t *)((uint8_t *)frame + MARK_AT);
}

static bool
marks_change(void *const *frames, uint32_t n, uint32_t from, uint32_t to)
{
	uint32_t i;
	bool good = true;

	for (i = 0; i < n; i++)
		good &= atomic_exchange(mark_of(frames[i]), to) == from;
	return good;
}

bool
unit_mark(void *const *frames, uint32_t n, uint32_t who)
{
	return marks_change(frames, n, NONE, who);
}

bool
unit_unmark(void *const *frames, uint32_t n, uint32_t who)
{
	return marks_change(frames, n, who, NONE);
}

bool
unit_others_make(struct unit_others *others, struct unit_lab *u, const uint32_t *lanes,
                 uint32_t lane_count)
{
	*others = (struct unit_others){
		.u = u,
		.lanes = lanes,
		.lane_count = lane_count,
		.mine = calloc(u->frames + BULK, sizeof(others->mine[0])),
		.drained = u->frames,
	};
	return others->mine != NULL;
}

void
unit_others_drop(struct unit_others *others)
{
	free(others->mine);
	memset(others, 0, sizeof(*others));
}

/* The first thing that is wrong is what counts. */
static bool
expect(struct unit_others *others, bool good, const char *what)
{
	if (!good && others->wrong == NULL)
		others->wrong = what;
	return good;
}

static uint32_t
next_lane(struct unit_others *others)
{
	return others->lanes[others->turn++ % others->lane_count];
}

/* One get, of all or none: 0 or -ENOENT. */
static int
take(struct unit_others *others, uint32_t lane, uint32_t n)
{
	void **to = &others->mine[others->have];
	int ret = labyrinth_get(others->u->lab, lane, to, n);

	others->calls++;
	expect(others, ret == 0 || ret == -ENOENT, "a get fails for a reason it does not document");
	if (ret != 0)
		return ret;
	expect(others, unit_mark(to, n, ME), "a frame was got that somebody owns");
	others->have += n;
	return 0;
}

static void
give(struct unit_others *others, uint32_t n)
{
	others->have -= n;
	expect(others, unit_unmark(&others->mine[others->have], n, ME),
	       "somebody wrote to a frame of another one");
	labyrinth_put(others->u->lab, next_lane(others), &others->mine[others->have], n);
	others->calls++;
}

/* Get so many and put them. */
static void
take_and_give(struct unit_others *others, uint32_t n)
{
	if (take(others, next_lane(others), n) == 0)
		give(others, n);
	else
		expect(others, others->least < n, "a get fails though frames are free");
}

/* Whatever tells of a labyrinth: what it tells may be a moment old, but adds up. */
static void
look(struct unit_others *others)
{
	struct labyrinth_frame_info infos[4];
	struct labyrinth_lane_stats lanes[4];
	const labyrinth_t *lab = others->u->lab;
	struct labyrinth_stats stats;
	struct labyrinth_mover owner;
	const void *order[8];

	labyrinth_stats(lab, &stats);
	expect(others,
	       stats.available + stats.cached + stats.quarantined + stats.used == stats.frames,
	       "gauges that do not add up");
	expect(others, labyrinth_count(lab) <= stats.frames, "more free frames than there are");
	expect(others, labyrinth_lane_stats(lab, &stats, lanes, 4) == 4, "lanes are missing");
	expect(others, labyrinth_frames_info(lab, 0, infos, 4) == 4, "frames are missing");
	labyrinth_frame_owner(lab, 0, &owner);
	labyrinth_peek_order(lab, others->lanes[0], order, 8);
	others->calls += 6;
}

/* All that can be got, by all lanes: in bulks, then one by one. */
static void
drain(struct unit_others *others)
{
	uint32_t i;

	for (i = 0; i < others->lane_count; i++) {
		while (others->have + BULK <= others->u->frames &&
		       take(others, others->lanes[i], BULK) == 0)
			;
		while (others->have <= others->u->frames && take(others, others->lanes[i], 1) == 0)
			;
	}
	if (others->have < others->drained)
		others->drained = others->have;
	expect(others, others->have <= others->u->frames, "more frames than there are");
	expect(others, others->have >= others->least, "frames that nobody holds cannot be got");
	expect(others, take(others, others->lanes[0], BULK) == -ENOENT,
	       "a bulk is got where no frame was free");
}

bool
unit_others_put_back(struct unit_others *others)
{
	while (others->have >= BULK)
		give(others, BULK);
	while (others->have > 0)
		give(others, 1);
	return others->wrong == NULL;
}

bool
unit_others_go(struct unit_others *others, bool back)
{
	unit_others_put_back(others);
	take_and_give(others, 1);
	take_and_give(others, 8);
	take_and_give(others, 300);
	look(others);
	drain(others);
	if (back) {
		unit_others_put_back(others);
		take_and_give(others, 1);
	} else if (others->have > BULK) {
		give(others, BULK);
	}
	return others->wrong == NULL;
}

bool
unit_others_all_there(struct unit_others *others)
{
	struct labyrinth_stats stats;
	uint32_t there;

	labyrinth_stats(others->u->lab, &stats);
	there = stats.frames - stats.quarantined;
	expect(others, labyrinth_count(others->u->lab) == there, "the count is wrong in the end");
	others->have = 0;
	while (others->have < there && take(others, LABYRINTH_LANE_ANY, 1) == 0)
		;
	expect(others, others->have == there, "a frame is lost");
	expect(others, take(others, LABYRINTH_LANE_ANY, 1) == -ENOENT, "a frame too many");
	return unit_others_put_back(others);
}
