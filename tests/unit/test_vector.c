/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The forms of the data path against the plain one, and the vectors of what frames contain:
 * same results on good and bad input.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth_entropy.h"
#include "labyrinth_private.h"
#include "loops_each.h"
#include "path.h"
#include "poison.h"
#include "unit.h"
#include "vector.h"

#define FRAMES 500
#define BURST  200
#define ROUNDS 10000
#define SLOTS  512
#define ROOM   5
#define PUT    (UINT64_C(77) << LAB_PUT_POS | LAB_WORD_IN(ROOM))
#define OWN    (9u << LAB_OWN_WHO_POS | 2)

/* What a word says. */
struct kept {
	uint64_t state;
	uint64_t got;
};

struct outcome {
	uint32_t good;
	void *frames[BURST];
	struct kept words[FRAMES];
};

static struct unit_lab u;
static struct lab_word *word_of[FRAMES];

/* Slots that become walls: their words are those of walls. */
static void
walls_draw(struct labyrinth_entropy *dice)
{
	uint32_t slots = (uint32_t)(u.memory_len / LABYRINTH_SLOT_SIZE);
	uint8_t *at;

	for (at = u.memory; at < u.memory + u.memory_len; at += LABYRINTH_SLOT_SIZE) {
		if (labyrinth_entropy_below(dice, 2 * slots) == 0)
			u.lab->find.slots[lab_slot_of(u.lab, (uintptr_t)at) - u.lab->slot] =
				lab_place_words(u.lab, u.lab->nowhere);
	}
}

/* Slots as they were. */
static void
walls_end(void)
{
	uint8_t *at;

	for (at = u.memory; at < u.memory + u.memory_len; at += LABYRINTH_SLOT_SIZE) {
		const struct lab_slot *slot = lab_slot_of(u.lab, (uintptr_t)at);

		u.lab->find.slots[slot - u.lab->slot] = lab_place_words(u.lab, slot->place);
	}
}

static void
words_find(void)
{
	uint32_t i;

	for (i = 0; i < FRAMES; i++)
		word_of[i] = lab_id_word(u.lab, i);
}

static void
words_keep(struct kept *to)
{
	uint32_t i;

	for (i = 0; i < FRAMES; i++)
		to[i] = (struct kept){lab_word_read(word_of[i]), lab_word_got(word_of[i])};
}

static void
words_set(const struct kept *from)
{
	uint32_t i;

	for (i = 0; i < FRAMES; i++) {
		lab_word_got_write(word_of[i], (uint32_t)from[i].got);
		lab_word_write(word_of[i], from[i].state);
	}
}

/* A pointer that must not pass: of a kind that the dice choose. */
static void *
bad_pointer(struct labyrinth_entropy *dice, void *frame, void *other)
{
	uint8_t *at = frame;

	switch (labyrinth_entropy_below(dice, 9)) {
	case 0:
		return NULL;
	case 1:
		return at + 8;
	case 2:
		return at + 64;
	case 3:
		return at - 1;
	case 4:
		return (void *)(uintptr_t)(UINT64_C(1) << 63);
	case 5:
		return (void *)((uintptr_t)at ^ UINT64_C(1) << 40);
	case 6:
		return (void *)UINTPTR_MAX;
	case 7:
		return at + LABYRINTH_SLOT_SIZE;
	default:
		return other;
	}
}

/* One after the other by the plain form: what every form must do down to the first bad one. */
static void
free_singly(void *const *frames, uint32_t n, struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	while (outcome->good < n && lab_loops_plain.free(u.lab, &frames[outcome->good], 1, PUT,
	                                                 &outcome->frames[outcome->good]) == 1)
		outcome->good++;
	words_keep(outcome->words);
}

/* From the top downwards, in the order of the room. */
static void
own_singly(void *const *top, uint32_t n, struct outcome *outcome)
{
	void *frame;

	memset(outcome, 0, sizeof(*outcome));
	while (outcome->good < n && lab_loops_plain.own(u.lab, top - outcome->good, 1,
	                                                LAB_WORD_IN(ROOM), OWN, &frame) == 1)
		outcome->good++;
	memcpy(outcome->frames, top - outcome->good, outcome->good * sizeof(frame));
	words_keep(outcome->words);
}

static bool
agrees(const struct outcome *want, const struct outcome *have)
{
	return have->good == want->good &&
	       memcmp(have->frames, want->frames, have->good * sizeof(have->frames[0])) == 0 &&
	       memcmp(have->words, want->words, sizeof(have->words)) == 0;
}

/* One burst by both: a bad one in most rounds. Tells whether they agree. */
static bool
free_agrees(const struct lab_path *form, void **frames, uint32_t n, uint32_t *stopped)
{
	static struct outcome want, have;
	struct kept before[FRAMES];

	words_keep(before);
	free_singly(frames, n, &want);
	words_set(before);
	memset(&have, 0, sizeof(have));
	have.good = form->loops->free(u.lab, frames, n, PUT, have.frames);
	words_keep(have.words);
	*stopped += want.good < n;
	return agrees(&want, &have);
}

static bool
own_agrees(const struct lab_path *form, void **frames, uint32_t n, uint32_t *stopped)
{
	static struct outcome want, have;
	struct kept before[FRAMES];

	words_keep(before);
	own_singly(&frames[n], n, &want);
	words_set(before);
	memset(&have, 0, sizeof(have));
	have.good = form->loops->own(u.lab, &frames[n], n, LAB_WORD_IN(ROOM), OWN, have.frames);
	words_keep(have.words);
	*stopped += want.good < n;
	return agrees(&want, &have);
}

static bool
round_agrees(const struct lab_path *form, struct labyrinth_entropy *dice, uint32_t round,
             uint32_t *stopped)
{
	uint32_t n = 1 + labyrinth_entropy_below(dice, BURST);
	uint32_t at = labyrinth_entropy_below(dice, n);
	struct lab_header *header = NULL;
	bool put = round % 2 == 0;
	void *frames[BURST];
	uint64_t seal = 0;
	uint32_t i;
	bool good;

	walls_end();
	for (i = 0; i < FRAMES; i++) {
		lab_word_own(word_of[i], u.lab->table[i], OWN);
		if (!put)
			lab_word_write(word_of[i], PUT);
	}
	for (i = 0; i < n; i++)
		frames[i] = u.lab->table[(round * 7 + i) % FRAMES];
	if (round % 10 < 2)
		lab_word_write(word_of[labyrinth_entropy_below(dice, FRAMES)],
		               LAB_WORD_IN(ROOM + 1 + !put));
	if (round % 10 < 4)
		walls_draw(dice);
	if (put && round % 10 >= 4 && round % 10 < 8)
		frames[at] = bad_pointer(dice, frames[at], frames[n / 2]);
	if (put && round % 10 >= 8) {
		/* The first header is looked at. */
		header = lab_header(frames[0]);
		seal = lab_seal_read(header);
		lab_seal_write(header, seal ^ UINT64_C(1) << labyrinth_entropy_below(dice, 64));
	}
	good = put ? free_agrees(form, frames, n, stopped) : own_agrees(form, frames, n, stopped);
	if (header != NULL)
		lab_seal_write(header, seal);
	return good;
}

static bool skips;

/* All forms that this processor has, with words side by side and far apart. */
static void
test_same_results(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	uint32_t rounds = unit_rounds(ROUNDS);
	const struct lab_path *form;
	struct labyrinth_entropy dice;
	uint32_t nth;

	params.slots = SLOTS;
	params.frame_len = 16384;
	for (nth = 0; (form = lab_path_nth(nth)) != NULL; nth++) {
		uint32_t stopped = 0;
		uint32_t differ = 0;
		uint32_t round;

		params.word_space = nth % 2 == 0 ? 16 : 64;
		CU_ASSERT_FATAL(unit_make(&u, &params, 1));
		words_find();
		labyrinth_entropy_init(&dice, unit_seed(2), 0);
		for (round = 0; round < rounds; round++)
			differ += !round_agrees(form, &dice, round, &stopped);
		CU_ASSERT_EQUAL(differ, 0);
		CU_ASSERT(stopped > rounds / 8 && stopped < rounds);
		printf("%s ", form->name);
		walls_end();
		unit_drop(&u);
	}
}

/* Is there anything to be compared with the plain loops? If not, says so. */
static bool
have_vector(void)
{
	if (!lab_vector) {
		skips = true;
		printf("skipped: this processor or build has no AVX-512 ... ");
	}
	return lab_vector;
}

/* A frame that stands twice in one bulk, at any distance, is put once. */
static void
test_twice(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	const struct lab_path *form;
	uint32_t nth;
	uint32_t first;
	uint32_t second;

	for (nth = 0; (form = lab_path_nth(nth)) != NULL; nth++) {
		CU_ASSERT_FATAL(unit_make(&u, &params, 1));
		for (first = 0; first < 20; first++) {
			for (second = first + 1; second < 20; second++) {
				void *room[20];
				uint32_t done;

				CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, 20), 0);
				u.got[second] = u.got[first];
				done = form->loops->free(u.lab, u.got, 20, PUT, room);
				CU_ASSERT_EQUAL(done, second);
				unit_drop(&u);
				CU_ASSERT_FATAL(unit_make(&u, &params, 1));
			}
		}
		unit_drop(&u);
	}
}

/* Fill one frame by either loop, look at it by both, break a bit, look again. */
static bool
poison_agrees(struct labyrinth *lab, struct labyrinth_entropy *dice, bool vector)
{
	uint8_t *frame = lab->table[labyrinth_entropy_below(dice, FRAMES)];
	size_t whole = lab->keep_len + lab_poison_bytes(lab);
	uint32_t at = labyrinth_entropy_below(dice, (uint32_t)whole);
	bool good;

	labyrinth_entropy_fill(dice, frame, lab->frame_len);
	if (vector)
		lab_poison_fill_vector(lab, frame);
	else
		lab_poison_fill_plain(lab, frame);
	good = lab_poison_intact_plain(lab, frame) && lab_poison_intact_vector(lab, frame);
	/* Behind the poison nobody looks. */
	if (whole < lab->frame_len)
		frame[whole] ^= 1;
	good = good && lab_poison_intact_plain(lab, frame) && lab_poison_intact_vector(lab, frame);
	frame[at] ^= 1u << labyrinth_entropy_below(dice, 8);
	return good && !lab_poison_intact_plain(lab, frame) &&
	       !lab_poison_intact_vector(lab, frame);
}

static void
test_poison_same_results(void)
{
	static const uint32_t keep[] = {0, 8, 56, 64, 72, 128, 136, 192, 320};
	static const uint32_t fill[] = {0, 8, 64, 72, 128, 1000};
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL | LABYRINTH_F_POISON);
	struct labyrinth_entropy dice;
	uint32_t differ = 0;
	uint32_t i;

	if (!have_vector())
		return;
	params.frame_len = 2048;
	CU_ASSERT_FATAL(unit_make(&u, &params, 1));
	labyrinth_entropy_init(&dice, unit_seed(3), 0);
	for (i = 0; i < unit_rounds(ROUNDS); i++) {
		u.lab->keep_len = keep[i % (sizeof(keep) / sizeof(keep[0]))];
		u.lab->poison_len =
			fill[labyrinth_entropy_below(&dice, sizeof(fill) / sizeof(fill[0]))];
		differ += !poison_agrees(u.lab, &dice, i % 2 == 0);
	}
	CU_ASSERT_EQUAL(differ, 0);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"poison by both loops, same results", test_poison_same_results},
		{"all forms of the data path, same results", test_same_results},
		{"one frame twice in a bulk", test_twice},
		CU_TEST_INFO_NULL,
	};
	int status = unit_main("vector", tests);

	return status == EXIT_SUCCESS && skips ? UNIT_SKIPPED : status;
}
