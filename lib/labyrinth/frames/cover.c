/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Which memory may hold frames: the window of a maze, or pieces that EAL or
 * the application brought.
 */

#include <errno.h>
#include <string.h>

#include "end_word.h"

/* A piece far from the others is found without a search if it has so many slots. */
#define LARGE_SLOTS 16

static void
slot_set(struct labyrinth *lab, uintptr_t slot, uint64_t place)
{
	lab->find.delta[slot] = place - (slot << LAB_SLOT_SHIFT);
}

/* After all places there is one slot for those of walls. */
void
lab_words_spread(struct labyrinth *lab, uint32_t word_shift)
{
	uint64_t cells = lab->words_len >> (word_shift + 3);
	uint64_t places = (cells << lab->cell_shift) - LABYRINTH_SLOT_SIZE;
	uint64_t nowhere = places < lab->places_most ? places : lab->places_most;
	uint32_t i;

	nowhere &= ~(uint64_t)(LABYRINTH_SLOT_SIZE - 1);
	for (i = 0; i < lab->find.near; i++) {
		if (lab_slot_is_wall(lab, i))
			slot_set(lab, i, nowhere);
	}
	lab->nowhere = nowhere;
	lab->word_shift = word_shift;
	/* A cell has a line at least, a word takes a line at most. */
	lab->find.down = lab->cell_shift - word_shift - 3;
	lab->find.mask = ~((8ull << word_shift) - 1);
}

/* Is there space for so many bytes of places more, if need be with words closer together? */
static bool
places_fit(struct labyrinth *lab, uint64_t len)
{
	/* Only frames with seals have an id for each place. */
	if ((lab->flags & LAB_F_MARKED) == 0)
		return true;
	while (len > lab->nowhere - lab->places_used) {
		if (lab->word_shift == 0 || lab->frames != lab->staged)
			return false;
		lab_words_spread(lab, lab->word_shift - 1);
	}
	return true;
}

/* Places, taken from those that are left: as many as asked for, or none. */
static uint64_t
places_take(struct labyrinth *lab, uint64_t len)
{
	uint64_t cell = 1ull << lab->cell_shift;
	uint64_t at = lab->places_used;

	len = (len + cell - 1) & ~(cell - 1);
	if (!places_fit(lab, len))
		return LAB_NO_PLACE;
	lab->places_used = at + len;
	return at;
}

/* The slots of the window that the data path knows: walls so far. */
static void
set_window(struct labyrinth *lab, uintptr_t base, uint32_t slots)
{
	uint32_t i;

	lab->entrance = base;
	lab->find.first = base + LABYRINTH_HEADER_LEN;
	lab->find.near = slots;
	for (i = 0; i < slots; i++)
		slot_set(lab, i, lab->nowhere);
}

/* A slot gets places, if it has none. */
static bool
slot_open(struct labyrinth *lab, uint32_t slot)
{
	uint64_t at;

	if (!lab_slot_is_wall(lab, slot))
		return true;
	at = places_take(lab, LABYRINTH_SLOT_SIZE);
	if (at == LAB_NO_PLACE)
		return false;
	slot_set(lab, slot, at);
	return true;
}

int
labyrinth_window(labyrinth_t *lab, void *entrance, uint32_t slots)
{
	if (slots == 0 || slots > lab->slots_max || (uintptr_t)entrance % LABYRINTH_SLOT_SIZE != 0)
		return -EINVAL;
	set_window(lab, (uintptr_t)entrance, slots);
	lab->span = (uintptr_t)slots * LABYRINTH_SLOT_SIZE;
	lab->window = true;
	return 0;
}

int
labyrinth_window_open(labyrinth_t *lab, uint32_t slot)
{
	if (slot >= lab->find.near)
		return -EINVAL;
	return slot_open(lab, slot) ? 0 : -ENOSPC;
}

/* How much of a piece the data path can know, from where its first slots are. */
static size_t
near_part(const struct labyrinth *lab, uintptr_t base, size_t len)
{
	uintptr_t end = lab->entrance + (uintptr_t)lab->find.near * LABYRINTH_SLOT_SIZE;

	if (lab->find.near == 0 || base < lab->entrance || base >= end)
		return 0;
	return len < end - base ? len : end - base;
}

/*
 * The first piece decides where the slots are that the data path knows. What lies in
 * these is found without a search; so is most memory of most pools.
 */
static size_t
cover_near(struct labyrinth *lab, uintptr_t base, size_t len)
{
	size_t part;
	uint32_t slot;

	if (lab->find.near == 0 && lab->regions == 0)
		set_window(lab, base, lab->slots_max);
	part = near_part(lab, base, len);
	/* A slot for each of many small pieces would take more lines than there are. */
	if (part == 0 || (base - lab->entrance > lab->span + LABYRINTH_SLOT_SIZE &&
	                  len < (size_t)LARGE_SLOTS * LABYRINTH_SLOT_SIZE))
		return 0;
	for (slot = (uint32_t)((base - lab->entrance) / LABYRINTH_SLOT_SIZE);
	     slot <= (base - lab->entrance + part - 1) / LABYRINTH_SLOT_SIZE; slot++) {
		if (!slot_open(lab, slot))
			return 0;
	}
	if (base + part - lab->entrance > lab->span)
		lab->span = base + part - lab->entrance;
	return part;
}

/*
 * Remember a piece of the slots that the data path knows: only to refuse frames elsewhere in
 * them, so that there may be more pieces than are remembered.
 */
static void
declare(struct labyrinth *lab, uintptr_t base, size_t len)
{
	struct lab_region *last = lab->nears > 0 ? &lab->near_piece[lab->nears - 1] : NULL;

	if (last != NULL && last->base + last->len == base)
		last->len += len;
	else if (lab->nears < LAB_REGIONS_MAX)
		lab->near_piece[lab->nears++] = (struct lab_region){base, len, 0};
}

static int
cover_far(struct labyrinth *lab, uintptr_t base, size_t len)
{
	struct lab_region *last = lab->regions > 0 ? &lab->region[lab->regions - 1] : NULL;
	uint64_t at;

	/* A piece that goes on where the last one ended, if its places do, too. */
	if (last != NULL && last->base + last->len == base &&
	    last->place + last->len + (1ull << lab->cell_shift) > lab->places_used) {
		uint64_t have = lab->places_used - last->place;

		if (last->len + len > have &&
		    places_take(lab, last->len + len - have) == LAB_NO_PLACE)
			return -ENOSPC;
		last->len += len;
		return 0;
	}
	if (lab->regions == LAB_REGIONS_MAX)
		return -ENOSPC;
	at = places_take(lab, len);
	if (at == LAB_NO_PLACE)
		return -ENOSPC;
	lab->region[lab->regions++] = (struct lab_region){base, len, at};
	return 0;
}

/* Memory that goes on where other memory ended: the last frame there has an end word now. */
static void
seam_lay(const struct labyrinth *lab, uintptr_t seam)
{
	uint32_t id;
	uintptr_t frame;

	if ((lab->flags & LAB_F_MARKED) == 0 || lab->frames == 0)
		return;
	id = lab_id_before(lab, seam - 1);
	if (id == LAB_NO_ID)
		return;
	frame = (uintptr_t)lab->table[id];
	if (lab_frame_end(lab, frame) + LABYRINTH_CANARY_LEN > seam && lab_has_end(lab, frame))
		lab_end_lay(lab, frame);
}

int
labyrinth_cover(labyrinth_t *lab, void *base, size_t len)
{
	uintptr_t at = ((uintptr_t)base + LAB_LINE - 1) & ~(uintptr_t)(LAB_LINE - 1);
	size_t skip = at - (uintptr_t)base;
	size_t near;
	int ret = 0;

	if (len == 0 || (uintptr_t)base + len < (uintptr_t)base)
		return -EINVAL;
	/* Headers are aligned to lines: less than one holds none. */
	if (len < skip + LAB_LINE)
		return 0;
	len -= skip;
	near = cover_near(lab, at, len);
	if (near > 0)
		declare(lab, at, near);
	if (near < len)
		ret = cover_far(lab, at + near, len - near);
	seam_lay(lab, at);
	return ret;
}
