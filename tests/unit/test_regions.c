/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Frames in several pieces of memory, as EAL and applications bring it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "unit.h"

enum {
	STRIDE = 384,
	HOLE = 64 * 1024,
	KNOWN = 64, /* pieces that are told apart */
};

/* Pieces of one mapping, with holes between them. */
struct pieces {
	struct unit_lab u; /* its memory; its labyrinth is made anew */
	uint32_t pieces;
	uint32_t each;   /* frames of a piece */
	size_t distance; /* bytes from one piece to the next */
};

static uint8_t *
piece_at(const struct pieces *p, uint32_t piece)
{
	return p->u.memory + p->distance * piece;
}

static bool
pieces_make(struct pieces *p, uint32_t pieces, uint32_t each, uint32_t slots)
{
	struct labyrinth_params params =
		unit_params(pieces * each, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	struct labyrinth_params room = unit_params(1, LABYRINTH_F_SEAL);
	uint32_t i;
	uint32_t f;
	bool good;

	memset(p, 0, sizeof(*p));
	p->pieces = pieces;
	p->each = each;
	p->distance = (size_t)each * STRIDE + HOLE;
	params.slots = slots;
	params.memory = (uint32_t)(pieces * p->distance / LABYRINTH_SLOT_SIZE) + 2;
	/* Only for its memory: as many frames as fill it all. */
	room.frames = (uint32_t)(pieces * p->distance / STRIDE + 1);
	room.word_space = 64;
	if (!unit_make(&p->u, &room, 0))
		return false;
	good = labyrinth_footprint(&params) <= p->u.len &&
	       labyrinth_init(p->u.lab, p->u.len, &params, unit_seed(1)) == 0;
	for (i = 0; i < pieces && good; i++) {
		good = labyrinth_cover(p->u.lab, piece_at(p, i), (size_t)each * STRIDE) == 0;
		for (f = 0; f < each && good; f++)
			good = labyrinth_add(p->u.lab, piece_at(p, i) + (size_t)f * STRIDE +
			                                       LABYRINTH_HEADER_LEN) == 0;
	}
	labyrinth_open(p->u.lab);
	CU_ASSERT_TRUE(good);
	return good;
}

static void
check_pieces(uint32_t pieces, uint32_t slots)
{
	uint32_t frames = pieces * 50;
	struct labyrinth_stats stats;
	struct pieces p;
	void *hole;
	uint32_t i;

	if (!pieces_make(&p, pieces, 50, slots))
		return;
	for (i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(labyrinth_get(p.u.lab, 0, p.u.got, frames), 0);
		CU_ASSERT_EQUAL(labyrinth_get(p.u.lab, 0, &hole, 1), -ENOENT);
		labyrinth_put(p.u.lab, 1, p.u.got, frames);
		CU_ASSERT_EQUAL(labyrinth_count(p.u.lab), frames);
	}
	labyrinth_stats(p.u.lab, &stats);
	CU_ASSERT_EQUAL(stats.violations, 0);
	/* What lies between the pieces is foreign, frames put twice are found. */
	labyrinth_violation_handler(unit_remember);
	for (i = 0; i < pieces; i++) {
		unit_told = 0;
		hole = piece_at(&p, i) + p.distance - HOLE / 2;
		labyrinth_put(p.u.lab, 0, &hole, 1);
		CU_ASSERT_EQUAL(unit_told, 1);
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_FOREIGN);
		hole = piece_at(&p, i) + 64;
		labyrinth_put(p.u.lab, 0, &hole, 1);
		CU_ASSERT_EQUAL(unit_told, 2);
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
		hole = piece_at(&p, i) + 64 + 128;
		labyrinth_put(p.u.lab, 0, &hole, 1);
		CU_ASSERT_EQUAL(unit_told, 3);
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_INTERIOR);
	}
	/* Nobody overflows from one piece that is known into the next: there is a hole in between.
	 */
	CU_ASSERT_EQUAL(labyrinth_get(p.u.lab, 0, p.u.got, frames), 0);
	for (i = 0; i < pieces; i++) {
		void *first = piece_at(&p, i) + LABYRINTH_HEADER_LEN;

		memset(piece_at(&p, i), 0, 8);
		/* Of several that are put the first one is looked at. */
		labyrinth_put(p.u.lab, 0, (void *[]){first, (uint8_t *)first + STRIDE}, 2);
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_HEADER);
		CU_ASSERT_PTR_EQUAL(unit_last.nearest, first);
		CU_ASSERT_TRUE(unit_last.before == NULL || pieces > KNOWN);
	}
	labyrinth_violation_handler(NULL);
	unit_drop(&p.u);
}

static void
test_pieces(void)
{
	check_pieces(1, 1);
	check_pieces(2, 1);
	check_pieces(5, 1);
	check_pieces(5, 0);
	check_pieces(64, 1);
	check_pieces(100, 4); /* more than the labyrinth tells apart */
}

/*
 * Three pieces of few frames each, at the same offsets of slots that are so far apart that
 * the later ones are searched for; slot 1 stays a wall.
 */
static void
check_apart(uint32_t flags)
{
	static const uint32_t slot_of[3] = {0, 3, 5};
	const size_t len = 16 * (size_t)LABYRINTH_SLOT_SIZE;
	struct labyrinth_params params = unit_params(12, LABYRINTH_F_SEAL | flags);
	void *got[12];
	uint8_t *memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
	                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	labyrinth_t *lab;
	void *wall;
	uint32_t i;

	params.flags |= LABYRINTH_F_REPORT;
	params.slots = 16;
	lab = aligned_alloc(128, labyrinth_footprint(&params));
	CU_ASSERT_FATAL(memory != MAP_FAILED && lab != NULL);
	CU_ASSERT_EQUAL_FATAL(
		labyrinth_init(lab, labyrinth_footprint(&params), &params, unit_seed(1)), 0);
	for (i = 0; i < 12; i++) {
		uint8_t *piece = memory + (size_t)slot_of[i / 4] * LABYRINTH_SLOT_SIZE;

		if (i % 4 == 0)
			CU_ASSERT_EQUAL(labyrinth_cover(lab, piece, 4 * STRIDE), 0);
		CU_ASSERT_EQUAL(labyrinth_add(lab, piece + i % 4 * STRIDE + LABYRINTH_HEADER_LEN),
		                0);
	}
	labyrinth_open(lab);
	labyrinth_violation_handler(unit_remember);
	unit_told = 0;
	CU_ASSERT_EQUAL(labyrinth_get(lab, 0, got, 12), 0);
	/* A wall at the same offset is no frame of the piece that lies in another one. */
	for (i = 0; i < 4; i++) {
		wall = memory + LABYRINTH_SLOT_SIZE + i * STRIDE + LABYRINTH_HEADER_LEN;
		labyrinth_put(lab, 0, &wall, 1);
		CU_ASSERT_EQUAL(unit_told, i + 1);
		CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_FOREIGN);
	}
	labyrinth_put(lab, 0, got, 12);
	CU_ASSERT_EQUAL(unit_told, 4);
	labyrinth_put(lab, 0, got, 12);
	CU_ASSERT_EQUAL(unit_told, 16);
	CU_ASSERT_EQUAL(unit_last.kind, LABYRINTH_DOUBLE_FREE);
	CU_ASSERT_EQUAL(labyrinth_count(lab), 12);
	labyrinth_violation_handler(NULL);
	free(lab);
	munmap(memory, len);
}

static void
test_apart(void)
{
	check_apart(0);
	check_apart(LABYRINTH_F_CANARY);
}

/*
 * Frames of the first piece are in use before the others come. There are words for twice the
 * memory that was told of, however far apart they were meant to be.
 */
static void
test_piece_by_piece(void)
{
	const uint32_t slots = 8;
	const size_t len = (size_t)slots * LABYRINTH_SLOT_SIZE;
	struct labyrinth_params params =
		unit_params(2 * slots, LABYRINTH_F_SEAL | LABYRINTH_F_REPORT);
	uint8_t *memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
	                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	labyrinth_t *lab;
	void *got[16];
	uint32_t i;

	params.slots = slots;
	params.memory = slots / 2;
	params.word_space = 64;
	lab = aligned_alloc(128, labyrinth_footprint(&params));
	CU_ASSERT_FATAL(memory != MAP_FAILED && lab != NULL);
	CU_ASSERT_EQUAL_FATAL(
		labyrinth_init(lab, labyrinth_footprint(&params), &params, unit_seed(1)), 0);
	for (i = 0; i < slots; i++) {
		uint8_t *piece = memory + (size_t)i * LABYRINTH_SLOT_SIZE;

		CU_ASSERT_EQUAL(labyrinth_cover(lab, piece, LABYRINTH_SLOT_SIZE), 0);
		CU_ASSERT_EQUAL(labyrinth_add(lab, piece + LABYRINTH_HEADER_LEN), 0);
		CU_ASSERT_EQUAL(labyrinth_add(lab, piece + STRIDE + LABYRINTH_HEADER_LEN), 0);
		labyrinth_open(lab);
		CU_ASSERT_EQUAL(labyrinth_get(lab, 0, got, 2 * (i + 1)), 0);
		labyrinth_put(lab, 0, got, 2 * (i + 1));
	}
	CU_ASSERT_EQUAL(labyrinth_count(lab), 2 * slots);
	free(lab);
	munmap(memory, len);
}

static double
seconds_of_puts(struct pieces *p, bool first_piece)
{
	struct timespec from;
	struct timespec to;
	uint32_t frames = p->pieces * p->each;
	uint32_t chosen = 0;
	uint32_t i;

	CU_ASSERT_EQUAL_FATAL(labyrinth_get(p->u.lab, 0, p->u.got, frames), 0);
	/* Those of the piece in question to the front. */
	for (i = 0; i < frames; i++) {
		void *frame = p->u.got[i];

		if (((uint8_t *)frame < piece_at(p, 1)) != first_piece)
			continue;
		p->u.got[i] = p->u.got[chosen];
		p->u.got[chosen++] = frame;
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	labyrinth_put(p->u.lab, 0, p->u.got, chosen);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	labyrinth_put(p->u.lab, 0, p->u.got + chosen, frames - chosen);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* A put must not search all frames because the frame lies in another piece. */
static void
test_no_search(void)
{
	enum {
		ROUNDS = 9
	};
	double first[ROUNDS];
	double second[ROUNDS];
	struct pieces p;
	uint32_t i;

	if (!pieces_make(&p, 2, 20000, 4))
		return;
	for (i = 0; i < ROUNDS; i++) {
		first[i] = seconds_of_puts(&p, true);
		second[i] = seconds_of_puts(&p, false);
	}
	qsort(first, ROUNDS, sizeof(first[0]), compare_doubles);
	qsort(second, ROUNDS, sizeof(second[0]), compare_doubles);
	/* A search of 40000 frames would be hundreds of times slower. */
	CU_ASSERT_TRUE(second[ROUNDS / 2] < 40 * first[ROUNDS / 2]);
	unit_drop(&p.u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"pieces with holes between them", test_pieces},
		{"pieces where the window has walls", test_apart},
		{"memory that comes while frames are in use", test_piece_by_piece},
		{"frames of another piece are not searched for", test_no_search},
		CU_TEST_INFO_NULL,
	};

	return unit_main("regions", tests);
}
