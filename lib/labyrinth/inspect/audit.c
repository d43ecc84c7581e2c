/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Checking what never changes in a correct program. Others may be writing
 * wherever they should not just now: packet memory is read plainly, nothing that
 * was read is followed, and the race detector is told not to look.
 */

#include "labyrinth_audit.h"
#include "end_word.h"
#include "poison.h"

/* More looks at what a free frame holds, before that counts. */
#define LOOKS 3

_Static_assert(LAB_NO_ID == LABYRINTH_FRAME_NONE, "no frame has two numbers");

/* What is known of the frames around an address: their indexes, or LABYRINTH_FRAME_NONE. */
struct neighbours {
	uint32_t below; /* the nearest frame that begins at or below it */
	uint32_t above; /* the nearest frame that begins above it */
};

static uintptr_t
frame_at(const struct labyrinth *lab, uint32_t index)
{
	return index == LABYRINTH_FRAME_NONE ? 0 : (uintptr_t)lab->table[index];
}

static struct neighbours
neighbours_find(const struct labyrinth *lab, uintptr_t at)
{
	struct neighbours found = {LABYRINTH_FRAME_NONE, LABYRINTH_FRAME_NONE};
	uintptr_t below = 0;
	uintptr_t above = UINTPTR_MAX;
	uint32_t i;

	for (i = 0; i < lab->frames; i++) {
		uintptr_t frame = (uintptr_t)lab->table[i];

		if (frame <= at && frame > below) {
			below = frame;
			found.below = i;
		} else if (frame > at && frame < above) {
			above = frame;
			found.above = i;
		}
	}
	return found;
}

/* --- findings ------------------------------------------------------------------- */

/* Where two words differ. */
static void
bad_bytes(uintptr_t at, uint64_t want, struct labyrinth_finding *finding)
{
	uint64_t differ = lab_glance(at) ^ want;
	unsigned int first;
	unsigned int last;

	/* It was mended just now. */
	if (differ == 0)
		differ = UINT64_MAX;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	first = (unsigned int)__builtin_ctzll(differ) / 8;
	last = 7 - (unsigned int)__builtin_clzll(differ) / 8;
#else
	first = (unsigned int)__builtin_clzll(differ) / 8;
	last = 7 - (unsigned int)__builtin_ctzll(differ) / 8;
#endif
	finding->at = (const void *)(at + first);
	finding->bad = last - first + 1;
}

/*
 * False when it is the far end of an overflow that is told of where it began: that ran over
 * the frame in front as well, or came from its end over the gap.
 */
static LAB_COLD bool
header_describe(const struct labyrinth *lab, uint32_t index, struct labyrinth_finding *finding)
{
	uintptr_t header = (uintptr_t)lab_header(lab->table[index]);
	uint32_t front = lab_id_before(lab, frame_at(lab, index) - 1);
	uintptr_t below = frame_at(lab, front);
	bool gap;

	*finding = (struct labyrinth_finding){
		.kind = LABYRINTH_HEADER,
		.victim = lab->table[index],
		.victim_index = index,
		.culprit_index = LABYRINTH_FRAME_NONE,
	};
	bad_bytes(header, lab_seal_of(lab, lab->table[index]), finding);
	if (below == 0)
		return true;
	finding->culprit = (const void *)below;
	finding->culprit_index = front;
	gap = lab_has_end(lab, below) && lab_frame_end(lab, below) != header;
	finding->joined = !gap;
	return gap ? lab_end_is_whole(lab, below) : lab_seal_holds(lab, finding->culprit);
}

/*
 * False when the word in question is the seal of the next frame, which is told of there, or
 * when what ran over this frame from in front may have run on to its end.
 */
static LAB_COLD bool
end_describe(const struct labyrinth *lab, uint32_t index, struct labyrinth_finding *finding)
{
	uintptr_t frame = frame_at(lab, index);
	uintptr_t end = lab_frame_end(lab, frame);
	uint32_t next = lab_id_after(lab, frame);
	uintptr_t above = frame_at(lab, next);

	if (above == end + LABYRINTH_HEADER_LEN || !lab_seal_holds(lab, (const void *)frame))
		return false;
	*finding = (struct labyrinth_finding){
		.kind = LABYRINTH_CANARY,
		.victim_index = LABYRINTH_FRAME_NONE,
		.culprit = (const void *)frame,
		.culprit_index = index,
		.joined = true,
	};
	bad_bytes(end, lab_end_wanted(lab, frame), finding);
	if (above == 0)
		return true;
	finding->victim = (const void *)above;
	finding->victim_index = next;
	finding->reached = !lab_seal_holds(lab, (const void *)above);
	return true;
}

/* Frames that have seals: those that are being added come last. */
static uint32_t
sealed_frames(const struct labyrinth *lab)
{
	return (lab->flags & LAB_F_MARKED) != 0 ? lab->frames - lab->staged : 0;
}

uint32_t
labyrinth_audit(const labyrinth_t *lab, uint32_t from, uint32_t most, labyrinth_audit_fn *found,
                void *arg)
{
	const uint32_t frames = sealed_frames(lab);
	struct labyrinth_finding finding;
	uint32_t i;

	if (from >= frames)
		return 0;
	if (most > frames - from)
		most = frames - from;
	for (i = 0; i < most; i++) {
		uintptr_t frame = (uintptr_t)lab->table[from + i];

		if (lab_unlikely(!lab_seal_holds(lab, lab->table[from + i])) &&
		    header_describe(lab, from + i, &finding) && !found(lab, &finding, arg))
			/* Its end is looked at the next time. */
			return i > 0 ? i : 1;
		if (lab_has_end(lab, frame) && lab_unlikely(!lab_end_is_whole(lab, frame)) &&
		    end_describe(lab, from + i, &finding) && !found(lab, &finding, arg))
			return i + 1;
	}
	return most;
}

void
labyrinth_audit_mend(labyrinth_t *lab, const struct labyrinth_finding *finding,
                     labyrinth_mend_fn *fn, void *arg)
{
	uint32_t index = finding->victim_index;

	if (finding->kind == LABYRINTH_CANARY)
		lab_end_lay(lab, (uintptr_t)finding->culprit);
	while (index != LABYRINTH_FRAME_NONE && !lab_seal_holds(lab, lab->table[index])) {
		uintptr_t frame = frame_at(lab, index);

		lab_seal_write(lab_header((const void *)frame),
		               lab_seal_of(lab, (const void *)frame));
		if (!fn(lab, index, arg) || !finding->joined || !lab_has_end(lab, frame))
			return;
		/* What ran over all of this frame goes on behind it. */
		index = lab_id_after(lab, frame);
		if (frame_at(lab, index) == lab_frame_end(lab, frame) + LABYRINTH_HEADER_LEN)
			continue;
		if (lab_end_is_whole(lab, frame))
			return;
		lab_end_lay(lab, frame);
	}
}

/* --- states --------------------------------------------------------------------- */

/* Is there a frame of this number that has an owner word? */
static bool
has_word(const struct labyrinth *lab, uint32_t index)
{
	return (lab->flags & LABYRINTH_F_SEAL) != 0 && index < sealed_frames(lab);
}

bool
labyrinth_audit_owned(const labyrinth_t *lab, uint32_t index, uint64_t *state)
{
	const struct lab_word *word;

	if (!has_word(lab, index))
		return false;
	word = lab_id_word(lab, index);
	if (!lab_word_owned(lab_word_look(word)))
		return false;
	*state = lab_word_got(word);
	return true;
}

void
labyrinth_audit_age(labyrinth_t *lab, uint32_t index)
{
	struct lab_word *word;
	uint32_t got;

	if (!has_word(lab, index))
		return;
	word = lab_id_word(lab, index);
	got = lab_word_got(word);
	if (!lab_own_is_old(got))
		return;
	/* @atomic got-age: pairs got-write, got-claim. Else: who got the frame just now is
	 * forgotten. */
	atomic_compare_exchange_strong_explicit(&word->got, &got, lab_own_old(got),
	                                        memory_order_relaxed, memory_order_relaxed);
}

/* The first and the last word of what is filled that is not as it was. */
static LAB_GLANCE void
content_bad(const struct labyrinth *lab, const void *frame, struct labyrinth_finding *finding)
{
	const uint64_t *word = lab_poison_begin(lab, frame);
	uint64_t want = lab_poison_word(lab, frame);
	size_t n = lab_poison_bytes(lab) / 8;
	size_t last = n;
	size_t i;

	/* Only a digest of the start is kept: all of it is suspect. */
	finding->at = frame;
	finding->bad = lab->keep_len;
	for (i = n; i > 0; i--) {
		if (word[i - 1] == want)
			continue;
		last = last == n ? i - 1 : last;
		bad_bytes((uintptr_t)&word[i - 1], want, finding);
	}
	if (last < n && (const uint8_t *)finding->at != (const uint8_t *)frame) {
		const uint8_t *end = (const uint8_t *)&word[last];

		for (i = 8; i > 1 && end[i - 1] == ((const uint8_t *)&want)[i - 1]; i--)
			;
		finding->bad = (size_t)(end + i - (const uint8_t *)finding->at);
	}
}

/* What a frame holds, as one number. */
static LAB_GLANCE uint64_t
content_sum(const struct labyrinth *lab, const void *frame)
{
	const uint64_t *word = frame;
	const uint64_t *end = lab_poison_begin(lab, frame) + lab_poison_bytes(lab) / 8;
	uint64_t sum = 0;

	for (; word < end; word++)
		sum = (sum ^ *word) * 0x9e3779b97f4a7c15;
	return sum;
}

/* Does it stay written, by the same bytes, while nobody gets it? */
static bool
content_stays(const struct labyrinth *lab, const void *frame, const struct lab_word *word,
              uint64_t seen, uint64_t sum)
{
	unsigned int i;

	for (i = 0; i < LOOKS; i++) {
		if (lab_word_read(word) != seen || content_sum(lab, frame) != sum)
			return false;
	}
	return lab_word_read(word) == seen;
}

bool
labyrinth_audit_content(const labyrinth_t *lab, uint32_t index, struct labyrinth_finding *finding,
                        uint64_t *state)
{
	const struct lab_word *word;
	const void *frame;
	uint64_t seen;
	uint64_t sum;

	if (!has_word(lab, index))
		return false;
	frame = lab->table[index];
	word = lab_id_word(lab, index);
	seen = lab_word_read(word);
	if (!lab_word_watched(seen) || lab_poison_intact(lab, frame) || lab_word_read(word) != seen)
		return false;
	sum = content_sum(lab, frame);
	if (!content_stays(lab, frame, word, seen, sum))
		return false;
	*finding = (struct labyrinth_finding){
		.kind = LABYRINTH_WRITE_AFTER_FREE,
		.victim = frame,
		.victim_index = index,
		.culprit_index = LABYRINTH_FRAME_NONE,
	};
	content_bad(lab, frame, finding);
	*state = seen;
	return true;
}

void
labyrinth_audit_count(labyrinth_t *lab)
{
	/* @atomic audit-violations-add: pairs violations-read. Else: one is not counted. */
	atomic_fetch_add_explicit(&lab->violations, 1, memory_order_relaxed);
}

/* --- places --------------------------------------------------------------------- */

static bool
is_wall(const struct labyrinth *lab, uintptr_t at)
{
	return lab->window && at - lab->entrance < lab->span && !lab_slot_is_open(lab, at);
}

static void
place_in(const struct labyrinth *lab, uint32_t index, uintptr_t at, enum labyrinth_part part,
         struct labyrinth_place *place)
{
	place->part = part;
	place->index = index;
	place->frame = (const void *)frame_at(lab, index);
	place->offset = (ptrdiff_t)(at - frame_at(lab, index));
}

void
labyrinth_audit_place(const labyrinth_t *lab, const void *at, struct labyrinth_place *place)
{
	const uintptr_t address = (uintptr_t)at;
	const struct neighbours near = neighbours_find(lab, address);
	uintptr_t below = frame_at(lab, near.below);
	uintptr_t above = frame_at(lab, near.above);
	bool wall = is_wall(lab, address);

	*place = (struct labyrinth_place){.index = LABYRINTH_FRAME_NONE};
	if (wall && below != 0 && (above == 0 || address - below <= above - address))
		place_in(lab, near.below, address, LABYRINTH_PART_WALL, place);
	else if (wall)
		place_in(lab, near.above, address, LABYRINTH_PART_WALL, place);
	else if (below != 0 && address - below < lab->frame_len)
		place_in(lab, near.below, address, LABYRINTH_PART_FRAME, place);
	else if (above != 0 && above - address <= LABYRINTH_HEADER_LEN)
		place_in(lab, near.above, address, LABYRINTH_PART_HEADER, place);
	else if (below != 0 && address < lab_memory_end(lab, below))
		place_in(lab, near.below, address, LABYRINTH_PART_GAP, place);
}
