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

/* Where the words of a slot are: those of walls, if it has no places. */
static void
slot_point(struct labyrinth *lab, uint64_t entry)
{
	uint64_t place = lab->slot[entry].place;

	if (place == LAB_NO_PLACE)
		place = lab->nowhere;
	lab->find.slots[entry] = lab_place_words(lab, place);
}

static void
slots_point(struct labyrinth *lab)
{
	uint64_t entry;

	for (entry = 0; entry <= lab->find.slot_bits >> LAB_SLOT_SHIFT; entry++)
		slot_point(lab, entry);
}

/* How many bytes of places there are with such words. After all there is one slot for walls. */
static uint64_t
places_with(const struct labyrinth *lab, uint32_t word_shift)
{
	uint64_t cells = lab->words_len >> word_shift;
	uint64_t places = (cells << lab->cell_shift) - LABYRINTH_SLOT_SIZE;

	if (places > lab->places_most)
		places = lab->places_most;
	return places & ~(uint64_t)(LABYRINTH_SLOT_SIZE - 1);
}

/* No frame begins anywhere but those that are known. */
void
lab_words_spread(struct labyrinth *lab, uint32_t word_shift)
{
	uint32_t i;

	lab->nowhere = places_with(lab, word_shift);
	lab->word_shift = word_shift;
	/* A cell has a line at least, a word takes a line at most. */
	lab->find.down = lab->cell_shift - word_shift;
	lab->find.word_bits = LABYRINTH_SLOT_SIZE - (1ull << lab->cell_shift);
	lab->find.word_bits |= (1ull << word_shift) - 1;
	slots_point(lab);
	if ((lab->flags & LABYRINTH_F_SEAL) == 0)
		return;
	memset((void *)lab->words, 0xff, lab->words_len);
	lab->id_shift = word_shift;
	for (i = 0; i < lab->frames; i++)
		*lab_id_at(lab, lab->table[i]) = i;
}

/* Is there space for so many bytes of places more, if need be with words closer together? */
static bool
places_fit(struct labyrinth *lab, uint64_t len)
{
	/* Only frames with seals have an id for each place. */
	if ((lab->flags & LAB_F_MARKED) == 0)
		return true;
	while (len > lab->nowhere - lab->places_used) {
		if (lab->word_shift == LAB_WORD_SHIFT || lab->frames != lab->staged)
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

/* A slot gets places, if it has none. False if there are none, or another slot has its entry. */
static bool
slot_open(struct labyrinth *lab, uintptr_t at)
{
	struct lab_slot *slot = lab_slot_of(lab, at);
	uint64_t place;

	if (lab_slot_is_open(lab, at))
		return true;
	/* Nor may frames that are searched for lead to words here: see far_note(). */
	if (slot->place != LAB_NO_PLACE || slot->number == LAB_FAR_SLOT)
		return false;
	place = places_take(lab, LABYRINTH_SLOT_SIZE);
	if (place == LAB_NO_PLACE)
		return false;
	*slot = (struct lab_slot){.number = at >> LAB_SLOT_SHIFT, .place = place};
	slot_point(lab, (uint64_t)(slot - lab->slot));
	return true;
}

int
labyrinth_window(labyrinth_t *lab, void *entrance, uint32_t slots)
{
	uint64_t i;

	if (slots == 0 || slots > lab->slots_max || (uintptr_t)entrance % LABYRINTH_SLOT_SIZE != 0)
		return -EINVAL;
	/* Memory that is in use stays what it is. */
	if (lab->frames > 0 || lab->nears > 0 || lab->regions > 0)
		return -EINVAL;
	for (i = 0; i <= lab->find.slot_bits >> LAB_SLOT_SHIFT; i++)
		lab->slot[i] = (struct lab_slot){.place = LAB_NO_PLACE};
	slots_point(lab);
	lab->places_used = 0;
	lab->entrance = (uintptr_t)entrance;
	lab->span = (uintptr_t)slots * LABYRINTH_SLOT_SIZE;
	lab->window = true;
	return 0;
}

int
labyrinth_window_open(labyrinth_t *lab, uint32_t slot)
{
	uintptr_t off = (uintptr_t)slot * LABYRINTH_SLOT_SIZE;

	if (!lab->window || off >= lab->span)
		return -EINVAL;
	return slot_open(lab, lab->entrance + off) ? 0 : -ENOSPC;
}

/*
 * The first piece decides where most memory is. A slot for each of many small pieces elsewhere
 * would take more words than there are.
 */
static bool
is_scattered(const struct labyrinth *lab, uintptr_t base, size_t len)
{
	bool near = base <= lab->entrance + lab->span + LABYRINTH_SLOT_SIZE &&
	            base + len + LABYRINTH_SLOT_SIZE >= lab->entrance;

	return !near && len < (size_t)LARGE_SLOTS * LABYRINTH_SLOT_SIZE;
}

/* From the lowest address to the highest. */
static void
span_widen(struct labyrinth *lab, uintptr_t base, size_t len)
{
	uintptr_t end = lab->entrance + lab->span;

	if (base < lab->entrance)
		lab->entrance = base;
	lab->span = (end > base + len ? end : base + len) - lab->entrance;
}

/*
 * A piece takes all places of the slots it touches. As long as more memory is expected than there
 * are places for, it takes no more than its own: as what is searched for does.
 */
static bool
is_wasteful(const struct labyrinth *lab, uintptr_t base, size_t len)
{
	uint64_t slots = ((base + len - 1) >> LAB_SLOT_SHIFT) - (base >> LAB_SLOT_SHIFT) + 1;
	uint64_t have = lab->covered + len;
	uint64_t coming = lab->memory_len > have ? lab->memory_len - have : 0;

	if ((lab->flags & LAB_F_MARKED) == 0)
		return false;
	return lab->places_used + (slots << LAB_SLOT_SHIFT) + coming >
	       places_with(lab, LAB_WORD_SHIFT);
}

/* How much of a piece the table reaches. */
static size_t
cover_near(struct labyrinth *lab, uintptr_t base, size_t len)
{
	uintptr_t at = base & ~(uintptr_t)(LABYRINTH_SLOT_SIZE - 1);
	size_t part = 0;

	if (lab->slots_max == 0)
		return 0;
	if (lab->span == 0)
		lab->entrance = base;
	if (is_scattered(lab, base, len) || is_wasteful(lab, base, len))
		return 0;
	while (part < len && slot_open(lab, at)) {
		at += LABYRINTH_SLOT_SIZE;
		part = at - base < len ? at - base : len;
	}
	if (part > 0 && !lab->window)
		span_widen(lab, base, part);
	return part;
}

/*
 * Remember a piece that the table reaches: only to refuse frames elsewhere in its
 * slots, so that there may be more pieces than are remembered.
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

/*
 * A piece that the table does not reach. As long as its slots share no entries with other slots,
 * their addresses lead to the words of walls. Else a frame there leads to the word of another one,
 * and both may be free in one room, so that the data path cannot tell them apart.
 */
static void
far_note(struct labyrinth *lab, uintptr_t base, size_t len)
{
	uintptr_t last = (base + len - 1) >> LAB_SLOT_SHIFT;
	uintptr_t at;

	for (at = base >> LAB_SLOT_SHIFT; at <= last; at++) {
		struct lab_slot *slot = lab_slot_of(lab, at << LAB_SLOT_SHIFT);

		if (slot->place == LAB_NO_PLACE)
			slot->number = LAB_FAR_SLOT;
		else if (slot->number != at)
			lab->aliased = true;
	}
	if (lab->aliased && lab->way != LAB_WAY_PLAIN)
		lab->way = LAB_WAY_SLOW;
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
	size_t far;
	int ret = 0;

	/* Pages lie in the window. */
	if (len == 0 || (uintptr_t)base + len < (uintptr_t)base ||
	    (lab->flags & LABYRINTH_F_PAGES) != 0)
		return -EINVAL;
	/* Headers are aligned to lines: less than one holds none. */
	if (len < skip + LAB_LINE)
		return 0;
	len -= skip;
	near = cover_near(lab, at, len);
	if (near < len) {
		/* The header of the first frame there may be in the part in front. */
		far = near > 0 ? near - LAB_LINE : 0;
		ret = cover_far(lab, at + far, len - far);
	}
	if (near > 0)
		declare(lab, at, ret == 0 ? len : near);
	if (near < len && ret == 0)
		far_note(lab, at + near, len - near);
	lab->covered += len;
	seam_lay(lab, at);
	return ret;
}
