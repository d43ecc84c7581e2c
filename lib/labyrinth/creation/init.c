/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Making a labyrinth: its memory, its keys, its frames, their first order.
 */

#include <errno.h>
#include <string.h>

#include "depot.h"
#include "end_word.h"
#include "lane_cache.h"
#include "lane.h"
#include "page.h"
#include "plan.h"
#include "seal.h"
#include "trace.h"
#include "watch.h"

/* Streams drawn from one seed. */
enum {
	PURPOSE_KEYS = 1,
	PURPOSE_DICE = 1 << 16, /* plus a lane */
	PURPOSE_WATCH = 1 << 17,
	PURPOSE_SHUFFLE = 1 << 28, /* plus a number of frames */
};

_Static_assert(PURPOSE_DICE + LAB_LANES_MAX <= PURPOSE_WATCH, "two purposes share a stream");

/* Labyrinths of one seed have one as well, and so has one that is made where another was. */
static void
serial_draw(struct labyrinth *lab, uint64_t random)
{
	static _Atomic uint64_t made;
	/* @atomic made-count: pairs made-count. Else: two labyrinths have one number. */
	uint64_t nth = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed);

	lab->serial = lab_fold(random ^ (uintptr_t)lab, nth * 2 + 0x9e3779b97f4a7c15ull);
	lab->serial = (lab->serial | LAB_LANE_CACHE_LANES) & ~(uint64_t)(LAB_LANE_CACHE_LANES - 1);
	lab->lane_cache_at =
		(uintptr_t)(lab->serial >> 32) % LAB_LANE_CACHE_LEN * sizeof(lab_lane_cache[0]);
}

static void
keys_draw(struct labyrinth *lab)
{
	struct labyrinth_entropy ent;
	uint32_t i;

	labyrinth_entropy_init(&ent, (const uint8_t *)lab->seed_key, PURPOSE_KEYS);
	for (i = 0; i < sizeof(lab->key) / sizeof(lab->key[0]); i++)
		lab->key[i] = labyrinth_entropy_u64(&ent) | 1;
	serial_draw(lab, labyrinth_entropy_u64(&ent));
	for (i = 0; lab->dice != NULL && i < lab->lane_count; i++)
		labyrinth_entropy_init(&lab->dice[i], (const uint8_t *)lab->seed_key,
		                       PURPOSE_DICE + i);
}

/* What a lane draws from to choose frames. Where every call comes by, every call chooses. */
static void
watch_make(struct labyrinth *lab, const struct labyrinth_params *params)
{
	struct labyrinth_entropy ent;
	uint32_t i;

	if ((lab->flags & LABYRINTH_F_SAMPLE) == 0)
		return;
	lab->sample = params->sample;
	lab->watch_calls = lab->way == LAB_WAY_SLOW           ? 1
	                   : params->sample < LAB_WATCH_CALLS ? params->sample
	                                                      : LAB_WATCH_CALLS;
	labyrinth_entropy_init(&ent, (const uint8_t *)lab->seed_key, PURPOSE_WATCH);
	for (i = 0; i < lab->lane_count; i++) {
		lab->lanes[i].random = labyrinth_entropy_u64(&ent) | 1;
		lab->lanes[i].watch_calls =
			1 + lab_watch_draw(&lab->lanes[i], 2 * lab->watch_calls - 1);
		lab_watch_next(lab, &lab->lanes[i]);
	}
}

static void
rooms_make(struct labyrinth *lab)
{
	uint32_t i;

	for (i = 0; i < LAB_SHELVES; i++)
		lab_depot_start(&lab->full[i]);
	/* The lowest index on top: rooms are first used in the order they lie. */
	for (i = lab->room_count; i > 0; i--)
		lab_depot_push(lab, lab->empty, i);
	for (i = 0; i < lab->lane_count; i++) {
		lab->lanes[i].id = i;
		lab_lane_front_note(&lab->lanes[i], lab->rooms);
	}
}

static void
common_choose(struct labyrinth *lab, const struct labyrinth_params *params)
{
	lab->common = LAB_NO_PART;
	lab->common_guest = LAB_LANES_MAX;
	lab->common_own = UINT32_MAX;
	if (params->common == 0)
		return;
	lab->common = lab->processes - 1;
	lab->common_guest = lab->common * LABYRINTH_GUEST_LANES;
	lab->common_own = lab->lane_count - lab->owns / lab->processes;
}

/* How calls get to frames, if nothing is out of the ordinary. */
static void
way_choose(struct labyrinth *lab)
{
	lab->way = LAB_WAY_SLOW;
	if ((lab->flags & LABYRINTH_F_FAIL) != 0)
		return;
	lab->lanes_own = lab->owns;
	if ((lab->flags & LABYRINTH_F_FIFO_REUSE) != 0)
		return;
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		lab->way = lab->lane_frames == 0 ? LAB_WAY_PLAIN : LAB_WAY_SLOW;
	else if ((lab->flags & LAB_F_STRICT) == 0)
		lab->way = lab->lane_frames > 0 ? LAB_WAY_KEPT : LAB_WAY_SHARED;
}

/* No slot has places, and no frame begins anywhere. */
static void
words_make(struct labyrinth *lab, const struct lab_plan *plan)
{
	uint8_t *at = (uint8_t *)lab;
	uint64_t i;

	lab->find.slots = (uintptr_t *)(at + plan->slots_at);
	lab->find.slot_bits = (plan->slots - 1) << LAB_SLOT_SHIFT;
	lab->slot = (struct lab_slot *)(at + plan->slot_at);
	for (i = 0; i < plan->slots; i++)
		lab->slot[i].place = LAB_NO_PLACE;
	lab->words = (uintptr_t)lab + plan->words_at;
	lab->words_len = plan->words_len;
	lab->cell_shift = plan->cell_shift;
	lab->places_most = plan->places;
	lab->memory_len = plan->memory_len;
	lab->ids = (uintptr_t)lab + plan->ids_at;
	lab->id_shift = LAB_ID_SHIFT;
	memset((void *)lab->ids, 0xff, plan->cells * sizeof(uint32_t));
	if ((lab->flags & LABYRINTH_F_SEAL) != 0)
		lab->ids = lab->words + offsetof(struct lab_word, id);
	lab_words_spread(lab, plan->word_shift);
}

int
labyrinth_init(labyrinth_t *lab, size_t len, const struct labyrinth_params *params,
               const uint8_t seed[LABYRINTH_SEED_LEN])
{
	struct lab_plan plan;
	uint8_t *at = (uint8_t *)lab;

	if (lab == NULL || params == NULL || seed == NULL ||
	    (uintptr_t)lab % LAB_FALSE_SHARING != 0 || !lab_plan_make(params, &plan))
		return -EINVAL;
	if (len < plan.len)
		return -ENOSPC;
	memset(lab, 0, plan.len);
	lab->magic = LAB_MAGIC;
	lab->flags = params->flags;
	lab->lanes = (struct lab_lane *)(at + plan.lanes_at);
	lab->lane_count = plan.lanes;
	lab->processes = plan.processes;
	lab->guests = plan.processes * LABYRINTH_GUEST_LANES;
	lab->own = lab->lanes + lab->guests;
	lab->owns = params->lanes;
	common_choose(lab, params);
	if (params->lane_frames >= LAB_KEPT_LEAST && (params->flags & LABYRINTH_F_FIFO_REUSE) == 0)
		lab->lane_frames =
			params->lane_frames < LAB_KEPT_MOST ? params->lane_frames : LAB_KEPT_MOST;
	lab->rooms = (struct lab_room *)(at + plan.rooms_at);
	lab->room_count = plan.rooms;
	lab->table = (void **)(at + plan.table_at);
	words_make(lab, &plan);
	lab->roomless = (_Atomic uint64_t *)(at + plan.roomless_at);
	lab->version = (_Atomic uint32_t *)(at + plan.version_at);
	lab->slot_page = (uint32_t *)(at + plan.slot_page_at);
	if ((params->flags & LABYRINTH_F_RANDOM_REUSE) != 0)
		lab->dice = (struct labyrinth_entropy *)(at + plan.dice_at);
	lab->watch_sites = (_Atomic uint64_t *)(at + plan.watch_at);
	lab->notes = (uint32_t *)(at + plan.notes_at);
	lab->fails = (struct lab_fail *)(at + plan.fails_at);
	lab->fail = params->fail;
	way_choose(lab);
	lab->frames_max = params->frames;
	lab->slots_max = params->slots;
	lab->frame_len = params->frame_len;
	lab->keep_len = params->keep_len;
	lab->poison_len = params->poison_len;
	lab->trace = params->trace;
	memcpy(lab->seed_key, seed, sizeof(lab->seed_key));
	keys_draw(lab);
	watch_make(lab, params);
	rooms_make(lab);
	return 0;
}

/* Frames go to rooms that are not in the depot yet, in the order they come. */
static uint32_t
stage_room(struct labyrinth *lab)
{
	uint32_t room = lab->staged_room;

	if (room != LAB_NO_ROOM && lab_room_count(lab_room(lab, room)) < LABYRINTH_ROOM_FRAMES)
		return room;
	room = lab_depot_pop(lab, lab->empty, NULL);
	if (room == LAB_NO_ROOM)
		return room;
	/*
	 * @atomic stage-store: pairs stage-deal, stage-open, depot-below-load. Else: a pop
	 * about to fail reads a torn index.
	 */
	atomic_store_explicit(&lab_room(lab, room)->below, lab->staged_room, memory_order_relaxed);
	lab->staged_room = room;
	return room;
}

/* No other frame begins so close that both would have one word. */
static bool
cell_is_free(const struct labyrinth *lab, const void *frame)
{
	return *lab_id_at(lab, frame) == LAB_NO_ID;
}

static bool
frame_plausible(const struct labyrinth *lab, const void *frame)
{
	if ((lab->flags & LABYRINTH_F_PAGES) != 0)
		return lab_page_index(lab, frame, NULL);
	if ((lab->flags & LAB_F_MARKED) == 0)
		return true;
	return lab_is_declared(lab, frame) && cell_is_free(lab, frame);
}

/*
 * A page is known by its place: those of a slot come one after the other, from
 * the slot's first on, and each once.
 */
static bool
page_next(struct labyrinth *lab, const void *page)
{
	uintptr_t off = (uintptr_t)page - lab->entrance;
	uintptr_t place = off % LABYRINTH_SLOT_SIZE / LABYRINTH_PAGE_SIZE;
	uint32_t *first = &lab->slot_page[off / LABYRINTH_SLOT_SIZE];
	bool begun = *first < lab->frames &&
	             lab->table[*first] == (const uint8_t *)page - place * LABYRINTH_PAGE_SIZE;

	if (begun)
		return *first + place == lab->frames;
	*first = lab->frames;
	return place == 0;
}

/* Its seal is written later. The end word may be the seal of a frame that is there already. */
static void
mark_begin(struct labyrinth *lab, void *frame)
{
	memset(lab_header(frame), 0, sizeof(struct lab_header));
	if (lab_has_end(lab, (uintptr_t)frame))
		lab_end_lay(lab, (uintptr_t)frame);
	*lab_id_at(lab, frame) = lab->frames;
}

int
labyrinth_add(labyrinth_t *lab, void *frame)
{
	struct lab_room *room;
	uint32_t count;
	uint32_t index;

	if (lab->frames >= lab->frames_max)
		return -ENOSPC;
	if (!frame_plausible(lab, frame))
		return -EINVAL;
	if ((lab->flags & LABYRINTH_F_PAGES) != 0) {
		if (!page_next(lab, frame))
			return -EINVAL;
		lab->table[lab->frames++] = frame;
		return 0;
	}
	index = stage_room(lab);
	if (index == LAB_NO_ROOM)
		return -ENOSPC;
	if ((lab->flags & LAB_F_MARKED) != 0)
		mark_begin(lab, frame);
	if ((lab->flags & LABYRINTH_F_TRACE) != 0)
		lab_trace_add(lab, frame);
	room = lab_room(lab, index);
	count = lab_room_count(room);
	room->frames[count] = frame;
	lab_room_count_set(room, count + 1);
	lab->table[lab->frames++] = frame;
	lab->staged++;
	return 0;
}

/* A frame gets its id when its place in the table is final. It is free, and nobody put it. */
static void
seal_staged(struct labyrinth *lab, uint32_t id, uint32_t room)
{
	const void *frame = lab->table[id];
	struct lab_word *word;

	*lab_id_at(lab, frame) = id;
	lab_seal_write(lab_header(frame), lab_seal_of(lab, frame));
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return;
	word = lab_word_of(lab, frame);
	lab_word_got_write(word, 0);
	lab_word_write(word, LAB_WORD_IN(room));
}

static void
deal_room(struct labyrinth *lab, uint32_t room, uint32_t first)
{
	struct lab_room *to = lab_room(lab, room);
	uint32_t count = lab_room_count(to);
	uint32_t i;

	for (i = 0; i < count; i++) {
		to->frames[i] = lab->table[first + i];
		if ((lab->flags & LAB_F_MARKED) != 0)
			seal_staged(lab, first + i, room);
	}
}

/* Shuffle the latest `n` entries of the table, which are the staged frames. */
static void
staged_deal(struct labyrinth *lab, uint32_t n)
{
	void **order = &lab->table[lab->frames - n];
	struct labyrinth_entropy ent;
	uint32_t room = lab->staged_room;
	uint32_t i;

	labyrinth_entropy_init(&ent, (const uint8_t *)lab->seed_key, PURPOSE_SHUFFLE + lab->frames);
	for (i = n; i > 1; i--) {
		uint32_t j = labyrinth_entropy_below(&ent, i);
		void *frame = order[i - 1];

		order[i - 1] = order[j];
		order[j] = frame;
	}
	for (i = 0; room != LAB_NO_ROOM && i < n;) {
		deal_room(lab, room, lab->frames - n + i);
		i += lab_room_count(lab_room(lab, room));
		/* @atomic stage-deal: pairs stage-store. Else: nothing; this thread wrote it. */
		room = atomic_load_explicit(&lab_room(lab, room)->below, memory_order_relaxed);
	}
}

void
labyrinth_open(labyrinth_t *lab)
{
	uint32_t room = lab->staged_room;

	if (lab->staged == 0)
		return;
	/* More memory may come, in pieces that take more words; those in use cannot be moved. */
	if (lab->staged == lab->frames && lab->frames < lab->frames_max &&
	    lab->word_shift != LAB_WORD_SHIFT)
		lab_words_spread(lab, LAB_WORD_SHIFT);
	staged_deal(lab, lab->staged);
	lab->staged = 0;
	lab->staged_room = LAB_NO_ROOM;
	while (room != LAB_NO_ROOM) {
		uint32_t next;

		/* @atomic stage-open: pairs stage-store. Else: nothing; this thread wrote it. */
		next = atomic_load_explicit(&lab_room(lab, room)->below, memory_order_relaxed);
		lab_room_retire(lab, NULL, room);
		room = next;
	}
}
