/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "labyrinth_entropy.h"

#define ENTROPY_WORDS (16 * LABYRINTH_ENTROPY_BLOCKS)

/* One word of each of the blocks that are made at once. */
typedef uint32_t lanes __attribute__((vector_size(4 * LABYRINTH_ENTROPY_BLOCKS)));

static inline lanes
rotl(lanes v, unsigned int by)
{
	return (v << by) | (v >> (32 - by));
}

static inline __attribute__((always_inline)) void
quarter_round(lanes x[16], unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
	x[a] += x[b];
	x[d] = rotl(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rotl(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rotl(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rotl(x[b] ^ x[c], 7);
}

/* The generator's state as the input of so many blocks: they differ by their count. */
static void
blocks_input(const struct labyrinth_entropy *ent, lanes x[16])
{
	uint64_t count = ent->state[12] | (uint64_t)ent->state[13] << 32;
	unsigned int i;
	unsigned int j;

	for (i = 0; i < 16; i++)
		for (j = 0; j < LABYRINTH_ENTROPY_BLOCKS; j++)
			x[i][j] = ent->state[i];
	for (j = 0; j < LABYRINTH_ENTROPY_BLOCKS; j++) {
		x[12][j] = (uint32_t)(count + j);
		x[13][j] = (uint32_t)((count + j) >> 32);
	}
}

static void
next_blocks(struct labyrinth_entropy *ent)
{
	uint64_t count = ent->state[12] | (uint64_t)ent->state[13] << 32;
	uint32_t *out = ent->block;
	lanes input[16];
	lanes x[16];
	unsigned int i;
	unsigned int j;

	blocks_input(ent, input);
	memcpy(x, input, sizeof(x));
	for (i = 0; i < 10; i++) {
		quarter_round(x, 0, 4, 8, 12);
		quarter_round(x, 1, 5, 9, 13);
		quarter_round(x, 2, 6, 10, 14);
		quarter_round(x, 3, 7, 11, 15);
		quarter_round(x, 0, 5, 10, 15);
		quarter_round(x, 1, 6, 11, 12);
		quarter_round(x, 2, 7, 8, 13);
		quarter_round(x, 3, 4, 9, 14);
	}
	for (i = 0; i < 16; i++)
		x[i] += input[i];
	for (j = 0; j < LABYRINTH_ENTROPY_BLOCKS; j++)
		for (i = 0; i < 16; i++)
			*out++ = x[i][j];
	/* Words 12 and 13 count blocks: 2^64 of them before a repeat. */
	count += LABYRINTH_ENTROPY_BLOCKS;
	ent->state[12] = (uint32_t)count;
	ent->state[13] = (uint32_t)(count >> 32);
	ent->left = sizeof(ent->block);
}

int
labyrinth_seed_draw(uint8_t seed[LABYRINTH_SEED_LEN])
{
	size_t got = 0;

	while (got < LABYRINTH_SEED_LEN) {
		ssize_t ret = getrandom(seed + got, LABYRINTH_SEED_LEN - got, 0);

		if (ret < 0 && errno != EINTR)
			return -errno;
		if (ret > 0)
			got += (size_t)ret;
	}
	return 0;
}

void
labyrinth_entropy_init(struct labyrinth_entropy *ent, const uint8_t seed[LABYRINTH_SEED_LEN],
                       uint64_t purpose)
{
	static const char constants[16] = {'e', 'x', 'p', 'a', 'n', 'd', ' ', '3',
	                                   '2', '-', 'b', 'y', 't', 'e', ' ', 'k'};

	memcpy(&ent->state[0], constants, sizeof(constants));
	memcpy(&ent->state[4], seed, LABYRINTH_SEED_LEN);
	ent->state[12] = 0;
	ent->state[13] = 0;
	ent->state[14] = (uint32_t)purpose;
	ent->state[15] = (uint32_t)(purpose >> 32);
	ent->left = 0;
}

void
labyrinth_entropy_fill(struct labyrinth_entropy *ent, void *out, size_t len)
{
	uint8_t *to = out;

	while (len > 0) {
		size_t n;

		if (ent->left == 0)
			next_blocks(ent);
		n = len < ent->left ? len : ent->left;
		memcpy(to, (const uint8_t *)(ent->block + ENTROPY_WORDS) - ent->left, n);
		ent->left -= (uint32_t)n;
		to += n;
		len -= n;
	}
}

/* As labyrinth_entropy_fill() of a word. */
static inline uint32_t
next_word(struct labyrinth_entropy *ent)
{
	uint32_t v;

	if (ent->left < sizeof(v)) {
		labyrinth_entropy_fill(ent, &v, sizeof(v));
		return v;
	}
	memcpy(&v, (const uint8_t *)(ent->block + ENTROPY_WORDS) - ent->left, sizeof(v));
	ent->left -= (uint32_t)sizeof(v);
	return v;
}

uint64_t
labyrinth_entropy_u64(struct labyrinth_entropy *ent)
{
	uint64_t v;

	labyrinth_entropy_fill(ent, &v, sizeof(v));
	return v;
}

uint32_t
labyrinth_entropy_below(struct labyrinth_entropy *ent, uint32_t bound)
{
	uint64_t wide;

	/*
	 * Of 2^32 numbers, as many as the division leaves over would make some values
	 * likelier than others. Only a remainder below bound can be one of these, so
	 * the division itself is rarely needed.
	 */
	do {
		wide = (uint64_t)next_word(ent) * bound;
	} while ((uint32_t)wide < bound && (uint32_t)wide < (uint32_t)(-bound) % bound);
	return (uint32_t)(wide >> 32);
}
