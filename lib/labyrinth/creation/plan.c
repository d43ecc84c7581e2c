/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "fail.h"
#include "plan.h"
#include "roomless.h"
#include "trace.h"
#include "watch.h"
#include "word.h"

static size_t
reserve(struct lab_plan *plan, size_t bytes)
{
	size_t at = (plan->len + LAB_FALSE_SHARING - 1) & ~(size_t)(LAB_FALSE_SHARING - 1);

	plan->len = at + bytes;
	return at;
}

static bool
flags_valid(const struct labyrinth_params *params)
{
	const uint32_t all = LABYRINTH_F_SEAL | LAB_F_STRICT | LABYRINTH_F_REPORT |
	                     LABYRINTH_F_PAGES | LABYRINTH_F_OOM_PANIC | LABYRINTH_F_FAIL |
	                     LABYRINTH_F_SAMPLE | LABYRINTH_F_MARK | LABYRINTH_F_FIFO_REUSE;
	const uint32_t sealed = LAB_F_STRICT | LABYRINTH_F_SAMPLE;
	uint32_t flags = params->flags;

	if ((flags & ~all) != 0)
		return false;
	if ((flags & sealed) != 0 && (flags & LABYRINTH_F_SEAL) == 0)
		return false;
	if ((flags & LABYRINTH_F_FIFO_REUSE) != 0 &&
	    (flags & (LABYRINTH_F_RANDOM_REUSE | LABYRINTH_F_PAGES)) != 0)
		return false;
	if ((flags & LABYRINTH_F_PAGES) != 0)
		return (flags & (LAB_F_MARKED | sealed | LABYRINTH_F_FAIL)) == 0 &&
		       params->slots > 0;
	/* Where all frames are filled, none is one of few. */
	if ((flags & LABYRINTH_F_SAMPLE) != 0 &&
	    ((flags & LABYRINTH_F_POISON) != 0 || params->sample < LABYRINTH_SAMPLE_LEAST ||
	     params->sample > LABYRINTH_SAMPLE_MAX))
		return false;
	if ((flags & LABYRINTH_F_FAIL) != 0 &&
	    (params->fail == 0 || params->fail > LABYRINTH_FAIL_MAX))
		return false;
	if ((flags & LABYRINTH_F_TRACE) != 0 &&
	    (params->trace == 0 || params->trace > LABYRINTH_TRACE_MAX))
		return false;
	if ((flags & (LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_SAMPLE)) == 0)
		return true;
	return params->frame_len >= 8 && params->frame_len % 8 == 0 && params->keep_len % 8 == 0 &&
	       params->keep_len <= params->frame_len && params->poison_len % 8 == 0;
}

/* log2 of the largest power of two that is not above a frame with its header, in lines. */
static uint32_t
cell_shift(const struct labyrinth_params *params)
{
	uint64_t len = ((uint64_t)LABYRINTH_HEADER_LEN + params->frame_len + LAB_LINE - 1) &
	               ~(uint64_t)(LAB_LINE - 1);
	uint32_t shift = 63 - (uint32_t)__builtin_clzll(len);

	return shift < LAB_SLOT_SHIFT ? shift : LAB_SLOT_SHIFT;
}

/* How much memory has cells, and where their words are. */
static bool
plan_words(const struct labyrinth_params *params, struct lab_plan *plan)
{
	uint32_t space = params->word_space != 0 ? params->word_space : sizeof(struct lab_word);
	uint32_t memory = params->memory != 0 ? params->memory : params->slots;
	uint32_t most = params->memory_most != 0 ? params->memory_most : 2 * memory;

	if (params->slots > LABYRINTH_SLOTS_MAX || memory > LABYRINTH_SLOTS_MAX ||
	    most > 2 * LABYRINTH_SLOTS_MAX || most < memory || space < sizeof(struct lab_word) ||
	    space > LAB_LINE || (space & (space - 1)) != 0)
		return false;
	plan->cell_shift = cell_shift(params);
	plan->word_shift = (uint32_t)__builtin_ctz(space);
	/* Words lie closer together when frames take all of it: see lab_words_spread(). */
	plan->places = ((uint64_t)most + 2) << LAB_SLOT_SHIFT;
	plan->memory_len = (uint64_t)memory << LAB_SLOT_SHIFT;
	plan->cells = (plan->places + LABYRINTH_SLOT_SIZE) >> plan->cell_shift;
	plan->words_len = ((uint64_t)memory + 2) << LAB_SLOT_SHIFT >> plan->cell_shift
	                                                                      << plan->word_shift;
	if (plan->words_len < plan->cells << LAB_WORD_SHIFT)
		plan->words_len = plan->cells << LAB_WORD_SHIFT;
	/* Twice as many entries as slots: pieces of memory rarely share one. */
	plan->slots = 2;
	while (plan->slots < 2 * (uint64_t)params->slots)
		plan->slots *= 2;
	plan->slots_at = reserve(plan, plan->slots * sizeof(uintptr_t));
	plan->slot_at = reserve(plan, plan->slots * sizeof(struct lab_slot));
	if ((params->flags & LABYRINTH_F_SEAL) == 0)
		plan->words_len = 0;
	plan->words_at = reserve(plan, plan->words_len);
	/* Words have ids in them, as many as there are. */
	if ((params->flags & LABYRINTH_F_SEAL) != 0)
		plan->places = UINT64_MAX;
	if ((params->flags & LAB_F_MARKED) != LABYRINTH_F_MARK)
		plan->cells = 0;
	plan->ids_at = reserve(plan, plan->cells * sizeof(uint32_t));
	return true;
}

/*
 * Rooms for all frames, two for each lane that is expected to be used, one for each that a
 * process may use besides, as far as there are frames for so many, and some to spare.
 */
static uint32_t
rooms_needed(const struct labyrinth_params *params, uint32_t processes)
{
	uint32_t busy = params->busy_lanes < params->lanes ? params->busy_lanes : params->lanes;
	uint32_t others = params->lanes / processes;

	if (others > params->frames / 64)
		others = params->frames / 64;
	return (params->frames + LABYRINTH_ROOM_FRAMES - 1) / LABYRINTH_ROOM_FRAMES +
	       2 * (busy + 2) + others + LAB_SPARE_ROOMS;
}

bool
lab_plan_make(const struct labyrinth_params *params, struct lab_plan *plan)
{
	bool pages = (params->flags & LABYRINTH_F_PAGES) != 0;

	if (params->frames == 0 || params->frames > LABYRINTH_FRAMES_MAX)
		return false;
	plan->processes = params->processes != 0 ? params->processes : 1;
	if (plan->processes > LABYRINTH_PROCESSES_MAX || !flags_valid(params))
		return false;
	plan->lanes = params->lanes + plan->processes * LABYRINTH_GUEST_LANES;
	if (params->lanes > LABYRINTH_LANES_MAX || plan->lanes >= LAB_LANES_MAX ||
	    params->lanes % plan->processes != 0 || (params->common != 0 && plan->processes < 2))
		return false;
	plan->rooms = pages ? 0 : rooms_needed(params, plan->processes);
	plan->len = sizeof(struct labyrinth);
	plan->lanes_at = reserve(plan, plan->lanes * sizeof(struct lab_lane));
	plan->rooms_at = reserve(plan, ((size_t)plan->rooms + 1) * sizeof(struct lab_room));
	plan->table_at = reserve(plan, (size_t)params->frames * sizeof(void *));
	if (!plan_words(params, plan))
		return false;
	plan->roomless_at = reserve(plan, pages ? 0 : lab_roomless_len(params));
	plan->version_at = reserve(plan, pages ? (size_t)params->frames * sizeof(uint32_t) : 0);
	plan->slot_page_at = reserve(plan, pages ? (size_t)params->slots * sizeof(uint32_t) : 0);
	plan->dice_at = reserve(plan, (params->flags & LABYRINTH_F_RANDOM_REUSE) != 0
	                                      ? plan->lanes * sizeof(struct labyrinth_entropy)
	                                      : 0);
	plan->watch_at = reserve(plan, lab_watch_len(params));
	plan->notes_at = reserve(plan, (params->flags & LABYRINTH_F_TRACE) != 0
	                                       ? lab_trace_len(params->frames, params->trace)
	                                       : 0);
	plan->fails_at = reserve(plan, (params->flags & LABYRINTH_F_FAIL) != 0
	                                       ? (params->lanes + 1) * sizeof(struct lab_fail)
	                                       : 0);
	reserve(plan, 0);
	return plan->rooms < LAB_ROOMLESS;
}

size_t
labyrinth_footprint(const struct labyrinth_params *params)
{
	struct lab_plan plan;

	if (params == NULL || !lab_plan_make(params, &plan))
		return 0;
	return plan.len;
}
