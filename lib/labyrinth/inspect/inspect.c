/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Looking into a labyrinth that is being used. What is read here is written by
 * others at the same time. Nothing is followed without a check, and nobody
 * decides by it: so it is read plainly, and the race detector is told not to
 * look.
 */

#include <errno.h>
#include <string.h>

#include "depot.h"
#include "labyrinth_inspect.h"
#include "lane.h"
#include "page.h"
#include "seal.h"

#define GLANCE __attribute__((noinline, no_sanitize("thread")))

static GLANCE const void *
frame_glance(const struct lab_room *room, uint32_t position)
{
	return *(void *const volatile *)&room->frames[position];
}

/* A count that changes meanwhile is no reason to read beyond the room. */
static uint32_t
count_glance(const struct lab_room *room)
{
	uint32_t count = lab_room_count(room);

	return count > LABYRINTH_ROOM_FRAMES ? LABYRINTH_ROOM_FRAMES : count;
}

/* --- what its word says -------------------------------------------------------- */

static void
word_says(const struct labyrinth *lab, uint32_t id, struct labyrinth_frame_info *info)
{
	const struct lab_word *word = lab_id_word(lab, id);
	uint64_t state = lab_word_look(word);

	if (lab_word_owned(state)) {
		info->state = LABYRINTH_FRAME_OWNED;
		lab_own_read(lab, lab_word_got(word), &info->by);
	} else if (lab_word_quarantined(state)) {
		info->state = LABYRINTH_FRAME_QUARANTINED;
	} else {
		info->state = LABYRINTH_FRAME_FREE;
		lab_own_read(lab, lab_word_putter(state), &info->by);
	}
}

static void
frame_judge(const struct labyrinth *lab, uint32_t index, struct labyrinth_frame_info *info)
{
	*info = (struct labyrinth_frame_info){.frame = lab->table[index]};
	info->by.lane = LABYRINTH_LANE_ANY;
	if ((lab->flags & LABYRINTH_F_PAGES) != 0)
		info->state =
			lab_page_is_free(lab, index) ? LABYRINTH_FRAME_FREE : LABYRINTH_FRAME_OWNED;
	else if ((lab->flags & LABYRINTH_F_SEAL) != 0)
		word_says(lab, index, info);
}

int
labyrinth_frame_owner(const labyrinth_t *lab, uint32_t index, struct labyrinth_mover *owner)
{
	struct labyrinth_frame_info info;

	if (index >= lab->frames)
		return -EINVAL;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return -ENOTSUP;
	frame_judge(lab, index, &info);
	if (info.state != LABYRINTH_FRAME_OWNED)
		return -ENOENT;
	*owner = info.by;
	return 0;
}

/* --- where it is ------------------------------------------------------------- */

/* The frames that are asked for, in the order of their addresses. */
struct wanted {
	const void *frame;
	struct labyrinth_frame_info *info;
};

static void
wanted_insert(struct wanted *wanted, uint32_t n, struct labyrinth_frame_info *info)
{
	for (; n > 0 && (uintptr_t)wanted[n - 1].frame > (uintptr_t)info->frame; n--)
		wanted[n] = wanted[n - 1];
	wanted[n] = (struct wanted){info->frame, info};
}

static struct labyrinth_frame_info *
wanted_find(const struct wanted *wanted, uint32_t n, const void *frame)
{
	uint32_t low = 0;

	while (low < n) {
		uint32_t mid = low + (n - low) / 2;

		if (wanted[mid].frame == frame)
			return wanted[mid].info;
		if ((uintptr_t)wanted[mid].frame < (uintptr_t)frame)
			low = mid + 1;
		else
			n = mid;
	}
	return NULL;
}

static void
room_search(const struct labyrinth *lab, uint32_t index, const struct wanted *wanted, uint32_t n)
{
	const struct lab_room *room = lab_room(lab, index);
	uint32_t count = count_glance(room);
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct labyrinth_frame_info *info = wanted_find(wanted, n, frame_glance(room, i));

		/* A seal knows better: the frame has been got just now. */
		if (info == NULL || info->state == LABYRINTH_FRAME_OWNED)
			continue;
		info->room = index;
		info->position = i;
		if (info->state == LABYRINTH_FRAME_UNKNOWN && (lab->flags & LABYRINTH_F_SEAL) == 0)
			info->state = LABYRINTH_FRAME_FREE;
	}
}

static void
lane_search(const struct lab_lane *lane, struct labyrinth_frame_info *infos, uint32_t n)
{
	struct lab_session seen;
	uint32_t i;

	lab_session_unpack(&seen, NULL, lab_lane_peek(lane));
	if (seen.front == LAB_NO_ROOM && seen.back == LAB_NO_ROOM)
		return;
	for (i = 0; i < n; i++) {
		uint32_t room = infos[i].room;

		if (room != LAB_NO_ROOM && (room == seen.front || room == seen.back))
			infos[i].cached = true;
	}
}

/* Without a seal nothing tells where a frame is. */
static void
rooms_search(const struct labyrinth *lab, struct labyrinth_frame_info *infos, uint32_t n)
{
	struct wanted wanted[LABYRINTH_INSPECT_MOST];
	uint32_t i;

	for (i = 0; i < n; i++)
		wanted_insert(wanted, i, &infos[i]);
	for (i = 1; i <= lab->room_count; i++)
		room_search(lab, i, wanted, n);
}

/* Its word tells the room: all frames of a pool may be asked for one by one. */
static void
word_search(const struct labyrinth *lab, uint32_t id, struct labyrinth_frame_info *info)
{
	const struct wanted wanted = {info->frame, info};
	uint32_t room = lab_word_room(lab_word_look(lab_id_word(lab, id)));

	if (room != LAB_NO_ROOM && room <= lab->room_count)
		room_search(lab, room, &wanted, 1);
}

uint32_t
labyrinth_frames_info(const labyrinth_t *lab, uint32_t first, struct labyrinth_frame_info *infos,
                      uint32_t most)
{
	uint32_t n = 0;
	uint32_t i;

	if (most > LABYRINTH_INSPECT_MOST)
		most = LABYRINTH_INSPECT_MOST;
	for (; n < most && first < lab->frames && n < lab->frames - first; n++) {
		frame_judge(lab, first + n, &infos[n]);
		if ((lab->flags & (LABYRINTH_F_SEAL | LABYRINTH_F_PAGES)) == LABYRINTH_F_SEAL)
			word_search(lab, first + n, &infos[n]);
	}
	if ((lab->flags & LABYRINTH_F_PAGES) != 0 || n == 0)
		return n;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		rooms_search(lab, infos, n);
	for (i = 0; i < lab->lane_count; i++)
		lane_search(&lab->lanes[i], infos, n);
	return n;
}

int
labyrinth_frame_info(const labyrinth_t *lab, uint32_t index, struct labyrinth_frame_info *info)
{
	return labyrinth_frames_info(lab, index, info, 1) == 1 ? 0 : -EINVAL;
}

/* --- the order ---------------------------------------------------------------- */

static uint32_t
room_order(const struct labyrinth *lab, uint32_t index, const void **frames, uint32_t n)
{
	const struct lab_room *room = lab_room(lab, index);
	uint32_t count;
	uint32_t told = 0;

	if (index == LAB_NO_ROOM || index > lab->room_count)
		return 0;
	for (count = count_glance(room); count > 0 && told < n; count--)
		frames[told++] = frame_glance(room, count - 1);
	return told;
}

static uint32_t
stack_order(const struct labyrinth *lab, const struct lab_head *head, const void **frames,
            uint32_t n)
{
	uint32_t room = lab_depot_top(head);
	uint32_t told = 0;
	uint32_t rooms;

	/* Rooms move meanwhile: the way down may lead in a circle. */
	for (rooms = 0; room != LAB_NO_ROOM && rooms < lab->room_count && told < n; rooms++) {
		told += room_order(lab, room, frames + told, n - told);
		room = lab_depot_below(lab, room);
	}
	return told;
}

int
labyrinth_peek_order(const labyrinth_t *lab, uint32_t lane, const void **frames, uint32_t n)
{
	struct lab_session seen;
	uint32_t told = 0;
	const struct lab_head *kinds[] = {lab->full, lab->partial};
	uint32_t own = lab_shelf(NULL);
	uint32_t shelf;
	uint32_t kind;

	if ((lab->flags &
	     (LABYRINTH_F_RANDOM_REUSE | LABYRINTH_F_FIFO_REUSE | LABYRINTH_F_PAGES)) != 0)
		return -ENOTSUP;
	if (lane < lab->owns) {
		lab_session_unpack(&seen, NULL, lab_lane_peek(&lab->own[lane]));
		own = lab_shelf(&lab->own[lane]);
		told += room_order(lab, seen.front, frames, n);
		told += room_order(lab, seen.back, frames + told, n - told);
	}
	for (kind = 0; kind < 2; kind++) {
		told += stack_order(lab, &kinds[kind][own], frames + told, n - told);
		for (shelf = 0; shelf < LAB_SHELVES; shelf++)
			if (shelf != own)
				told += stack_order(lab, &kinds[kind][shelf], frames + told,
				                    n - told);
	}
	return (int)told;
}
