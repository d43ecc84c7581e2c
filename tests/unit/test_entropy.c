/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "labyrinth_entropy.h"
#include "unit.h"

/* RFC 8439, appendix A.1, test vectors 1 and 2: zero key, zero nonce, blocks 0 and 1. */
static const uint8_t zero_key_blocks[128] = {
	0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd,
	0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36, 0xef, 0xcc, 0x8b, 0x77,
	0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8,
	0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69,
	0xb2, 0xee, 0x65, 0x86, 0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a, 0x98, 0xba, 0x97,
	0x7c, 0x73, 0x2d, 0x08, 0x0d, 0xcb, 0x0f, 0x29, 0xa0, 0x48, 0xe3, 0x65, 0x69, 0x12, 0xc6,
	0x53, 0x3e, 0x32, 0xee, 0x7a, 0xed, 0x29, 0xb7, 0x21, 0x76, 0x9c, 0xe6, 0x4e, 0x43, 0xd5,
	0x71, 0x33, 0xb0, 0x74, 0xd8, 0x39, 0xd5, 0x31, 0xed, 0x1f, 0x28, 0x51, 0x0a, 0xfb, 0x45,
	0xac, 0xe1, 0x0a, 0x1f, 0x4b, 0x79, 0x4d, 0x6f,
};

/* RFC 8439, section 2.3.2: key 00 01 .. 1f, counter 1, nonce below. */
static const uint8_t section_block[64] = {
	0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
	0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
	0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
	0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
	0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e,
};
static const uint8_t section_nonce[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0};

static void
test_rfc_zero_key(void)
{
	const uint8_t seed[LABYRINTH_SEED_LEN] = {0};
	struct labyrinth_entropy ent;
	uint8_t out[128];

	labyrinth_entropy_init(&ent, seed, 0);
	labyrinth_entropy_fill(&ent, out, sizeof(out));
	CU_ASSERT_EQUAL(memcmp(out, zero_key_blocks, sizeof(out)), 0);
}

static void
test_rfc_section(void)
{
	uint8_t seed[LABYRINTH_SEED_LEN];
	struct labyrinth_entropy ent;
	uint8_t out[64];
	unsigned int i;

	for (i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)i;
	labyrinth_entropy_init(&ent, seed, 0);
	ent.state[12] = 1;
	memcpy(&ent.state[13], section_nonce, sizeof(section_nonce));
	labyrinth_entropy_fill(&ent, out, sizeof(out));
	CU_ASSERT_EQUAL(memcmp(out, section_block, sizeof(out)), 0);
}

/* However the output is cut, it is the same stream. */
static void
test_block_borders(void)
{
	struct labyrinth_entropy ent;
	uint8_t want[1024];
	uint8_t out[sizeof(want)];
	size_t piece;

	labyrinth_entropy_init(&ent, unit_seed(1), 7);
	labyrinth_entropy_fill(&ent, want, sizeof(want));
	for (piece = 1; piece <= 200; piece++) {
		size_t at;

		labyrinth_entropy_init(&ent, unit_seed(1), 7);
		memset(out, 0, sizeof(out));
		for (at = 0; at < sizeof(out); at += piece)
			labyrinth_entropy_fill(&ent, out + at,
			                       sizeof(out) - at < piece ? sizeof(out) - at : piece);
		CU_ASSERT_EQUAL(memcmp(out, want, sizeof(out)), 0);
	}
	labyrinth_entropy_init(&ent, unit_seed(1), 7);
	labyrinth_entropy_fill(&ent, out, 0);
	CU_ASSERT_EQUAL(ent.left, 0);
}

/* The block counter goes on into its second word instead of repeating, wherever it starts. */
static void
test_counter_carry(void)
{
	uint8_t want[8][64];
	uint8_t have[8][64];
	struct labyrinth_entropy ent;
	uint32_t before;

	labyrinth_entropy_init(&ent, unit_seed(2), 0);
	ent.state[13] = 1;
	labyrinth_entropy_fill(&ent, want, sizeof(want));
	for (before = 1; before <= LABYRINTH_ENTROPY_BLOCKS; before++) {
		labyrinth_entropy_init(&ent, unit_seed(2), 0);
		ent.state[12] = 0 - before;
		labyrinth_entropy_fill(&ent, have, before * sizeof(have[0]));
		CU_ASSERT_NOT_EQUAL(memcmp(have[before - 1], want[0], sizeof(have[0])), 0);
		labyrinth_entropy_fill(&ent, have, sizeof(have));
		CU_ASSERT_EQUAL(memcmp(have, want, sizeof(have)), 0);
	}
}

static void
test_purposes(void)
{
	static const uint64_t purposes[] = {0, 1, 2, 1ull << 31, 1ull << 32, UINT64_MAX};
	uint64_t first[UNIT_ARRAY_LEN(purposes)];
	struct labyrinth_entropy ent;
	size_t i;
	size_t j;

	for (i = 0; i < UNIT_ARRAY_LEN(purposes); i++) {
		labyrinth_entropy_init(&ent, unit_seed(3), purposes[i]);
		first[i] = labyrinth_entropy_u64(&ent);
		for (j = 0; j < i; j++)
			CU_ASSERT_NOT_EQUAL(first[i], first[j]);
	}
	labyrinth_entropy_init(&ent, unit_seed(3), purposes[0]);
	CU_ASSERT_EQUAL(labyrinth_entropy_u64(&ent), first[0]);
	labyrinth_entropy_init(&ent, unit_seed(4), purposes[0]);
	CU_ASSERT_NOT_EQUAL(labyrinth_entropy_u64(&ent), first[0]);
}

/*
 * Chi-square with k - 1 degrees of freedom has mean k - 1 and standard
 * deviation sqrt(2k - 2); seeds are fixed, so the result is one and the same in
 * each run. Six deviations leave no doubt about the generator.
 */
static void
test_below_uniform(void)
{
	static const uint32_t bounds[] = {2, 3, 7, 10, 64, 100, 255};
	const double draws = 200000;
	size_t b;

	for (b = 0; b < UNIT_ARRAY_LEN(bounds); b++) {
		double freedom = bounds[b] - 1;
		struct labyrinth_entropy ent;
		uint32_t hits[256] = {0};
		double square = 0;
		uint32_t i;

		labyrinth_entropy_init(&ent, unit_seed(5), b);
		for (i = 0; i < (uint32_t)draws; i++) {
			uint32_t v = labyrinth_entropy_below(&ent, bounds[b]);

			CU_ASSERT_TRUE_FATAL(v < bounds[b]);
			hits[v]++;
		}
		for (i = 0; i < bounds[b]; i++) {
			double off = hits[i] - draws / bounds[b];

			square += off * off / (draws / bounds[b]);
		}
		CU_ASSERT_TRUE((square - freedom) * (square - freedom) < 36 * 2 * freedom);
	}
}

/*
 * A bound of 3 x 2^30: without rejection every third value would come up twice
 * as often as the others.
 */
static void
test_below_unbiased(void)
{
	const uint32_t bound = 3u << 30;
	const uint32_t draws = 90000;
	uint32_t hits[3] = {0};
	struct labyrinth_entropy ent;
	uint32_t i;

	labyrinth_entropy_init(&ent, unit_seed(6), 0);
	for (i = 0; i < draws; i++) {
		uint32_t v = labyrinth_entropy_below(&ent, bound);

		CU_ASSERT_TRUE_FATAL(v < bound);
		hits[v % 3]++;
	}
	for (i = 0; i < 3; i++) {
		/* Standard deviation 141; biased, one of them would be 45000. */
		CU_ASSERT_TRUE(hits[i] > draws / 3 - 1500);
		CU_ASSERT_TRUE(hits[i] < draws / 3 + 1500);
	}
}

static void
test_below_edges(void)
{
	struct labyrinth_entropy ent;
	uint32_t high = 0;
	uint32_t i;

	labyrinth_entropy_init(&ent, unit_seed(7), 0);
	for (i = 0; i < 1000; i++) {
		uint32_t v = labyrinth_entropy_below(&ent, UINT32_MAX);

		CU_ASSERT_EQUAL(labyrinth_entropy_below(&ent, 1), 0);
		CU_ASSERT_NOT_EQUAL(v, UINT32_MAX);
		high += v > UINT32_MAX / 2;
	}
	/* Standard deviation 16. */
	CU_ASSERT_TRUE(high > 350 && high < 650);
}

static void
test_seed_draw(void)
{
	uint8_t seeds[3][LABYRINTH_SEED_LEN] = {{0}};

	CU_ASSERT_EQUAL(labyrinth_seed_draw(seeds[0]), 0);
	CU_ASSERT_EQUAL(labyrinth_seed_draw(seeds[1]), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(seeds[0], seeds[1], sizeof(seeds[0])), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(seeds[0], seeds[2], sizeof(seeds[0])), 0);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"ChaCha20: RFC 8439 appendix A.1", test_rfc_zero_key},
		{"ChaCha20: RFC 8439 section 2.3.2", test_rfc_section},
		{"fill across block borders", test_block_borders},
		{"block counter carries", test_counter_carry},
		{"purposes and seeds differ", test_purposes},
		{"below() is uniform", test_below_uniform},
		{"below() rejects what would bias it", test_below_unbiased},
		{"below() at its edges", test_below_edges},
		{"seeds from the kernel differ", test_seed_draw},
		CU_TEST_INFO_NULL,
	};

	return unit_main("entropy", tests);
}
