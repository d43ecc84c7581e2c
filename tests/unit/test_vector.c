/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Vector loops against the plain ones: same results on good and bad input. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth_entropy.h"
#include "labyrinth_private.h"
#include "poison.h"
#include "rest.h"
#include "unit.h"
#include "vector.h"

#define FRAMES 500
#define BURST  200
#define ROUNDS 10000
#define PUT    (UINT64_C(77) << 32 | 5)

struct outcome {
	uint32_t good;
	uint32_t ids[BURST];
	struct lab_deeds deeds[FRAMES];
};

static void
run(struct labyrinth *lab, bool vector, void *const *frames, uint32_t n, struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	lab_vector = vector;
	outcome->good = lab_free_while_good(lab, frames, n, PUT, outcome->ids);
	/* What lies behind the good ones is nobody's. */
	memset(&outcome->ids[outcome->good], 0, (BURST - outcome->good) * sizeof(outcome->ids[0]));
	memcpy(outcome->deeds, lab->deeds, sizeof(outcome->deeds));
}

/* A pointer that must not pass: of a kind that the dice choose. */
static void *
bad_pointer(struct labyrinth_entropy *dice, void *frame, void *other)
{
	uint8_t *at = frame;

	switch (labyrinth_entropy_below(dice, 8)) {
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
	default:
		return other;
	}
}

/* The frames in the middle of a window of as many slots as there are bits, with walls. */
static void
window_draw(struct unit_lab *u, struct labyrinth_entropy *dice, bool walls)
{
	uint32_t slots = (uint32_t)(u->memory_len / LABYRINTH_SLOT_SIZE);
	uint32_t in_front = labyrinth_entropy_below(dice, LAB_WALL_BITS - slots + 1);
	uint32_t i;

	u->lab->first = (uintptr_t)u->memory - (uintptr_t)in_front * LABYRINTH_SLOT_SIZE +
	                LABYRINTH_HEADER_LEN;
	u->lab->lines = (uintptr_t)LAB_WALL_BITS * LABYRINTH_SLOT_SIZE / LAB_LINE;
	memset(u->lab->walls, 1, LAB_WALL_BITS);
	memset(u->lab->wall_bits, 0xff, sizeof(u->lab->wall_bits));
	for (i = in_front; i < in_front + slots; i++) {
		if (walls && labyrinth_entropy_below(dice, 2 * slots) == 0)
			continue;
		u->lab->walls[i] = 0;
		u->lab->wall_bits[i / 64] &= ~(UINT64_C(1) << i % 64);
	}
}

/* What has been put is owned again. */
static void
deeds_forget(struct labyrinth *lab)
{
	uint32_t i;

	for (i = 0; i < FRAMES; i++)
		if (lab_deeds_put(&lab->deeds[i]) == PUT)
			lab_deeds_own(&lab->deeds[i], 0, lab->table[i]);
}

/* One round: a burst, in most rounds with something wrong. Tells whether the loops agree. */
static bool
agree(struct unit_lab *u, struct labyrinth_entropy *dice, uint32_t round, uint32_t *stopped)
{
	static struct outcome plain, vector;
	struct lab_deeds *deeds = u->lab->deeds;
	uint32_t n = 1 + labyrinth_entropy_below(dice, BURST);
	uint32_t at = labyrinth_entropy_below(dice, n);
	struct lab_header *header = NULL;
	void *frames[BURST];
	uint64_t seal = 0;
	uint32_t served;
	uint32_t i;

	window_draw(u, dice, round % 5 == 4);
	for (i = 0; i < FRAMES; i++)
		lab_deeds_own(&deeds[i], 0, u->lab->table[i]);
	for (i = 0; i < n; i++)
		frames[i] = u->lab->table[(round * 7 + i) % FRAMES];
	if (round % 5 == 1)
		frames[at] = bad_pointer(dice, frames[at], frames[n / 2]);
	if (round % 5 == 2) {
		header = lab_header(frames[at]);
		seal = lab_seal_read(header);
		lab_seal_write(header, seal ^ UINT64_C(1) << labyrinth_entropy_below(dice, 64));
	}
	if (round % 5 == 3)
		lab_deeds_put_set(&deeds[labyrinth_entropy_below(dice, FRAMES)], 1);
	run(u->lab, false, frames, n, &plain);
	deeds_forget(u->lab);
	/* So do the blocks by themselves, down to the first bad one. */
	served = lab_free_blocks_while_good(u->lab, frames, n, PUT, vector.ids);
	deeds_forget(u->lab);
	run(u->lab, true, frames, n, &vector);
	if (header != NULL)
		lab_seal_write(header, seal);
	*stopped += plain.good < n;
	return served == plain.good && memcmp(&plain, &vector, sizeof(plain)) == 0;
}

static bool skips;

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

static void
test_same_results(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	uint32_t rounds = unit_rounds(ROUNDS);
	struct labyrinth_entropy dice;
	struct unit_lab u;
	uint32_t differ = 0;
	uint32_t stopped = 0;
	uint32_t round;

	if (!have_vector())
		return;
	params.slots = LAB_WALL_BITS;
	params.frame_len = 16384;
	CU_ASSERT_FATAL(unit_make(&u, &params, 1));
	labyrinth_entropy_init(&dice, unit_seed(2), 0);
	for (round = 0; round < rounds; round++)
		differ += !agree(&u, &dice, round, &stopped);
	CU_ASSERT_EQUAL(differ, 0);
	CU_ASSERT(stopped > rounds / 4 && stopped < rounds);
	lab_vector = true;
	unit_drop(&u);
}

/* The blocks are what serves a burst where they can: the plain loop sees walls here. */
static void
test_blocks_serve(void)
{
	struct labyrinth_params params = unit_params(FRAMES, LABYRINTH_F_SEAL);
	uint32_t ids[BURST];
	struct unit_lab u;

	if (!have_vector())
		return;
	CU_ASSERT_FATAL(unit_make(&u, &params, 1));
	CU_ASSERT_TRUE(u.lab->wall_bits_hold);
	CU_ASSERT_EQUAL_FATAL(labyrinth_get(u.lab, 0, u.got, 100), 0);
	memset(u.lab->walls, 1, u.lab->slots_max);
	CU_ASSERT_EQUAL(lab_free_while_good(u.lab, u.got, 100, PUT, ids), 96);
	unit_drop(&u);
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
	struct unit_lab u;
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
		{"both loops, same results", test_same_results},
		{"blocks serve what they can", test_blocks_serve},
		CU_TEST_INFO_NULL,
	};
	int status = unit_main("vector", tests);

	return status == EXIT_SUCCESS && skips ? UNIT_SKIPPED : status;
}
