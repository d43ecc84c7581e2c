/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "labyrinth_entropy.h"

static inline uint32_t
rotl32(uint32_t v, unsigned int by)
{
	return (v << by) | (v >> (32 - by));
}

static inline void
quarter_round(uint32_t x[16], unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
	x[a] += x[b];
	x[d] = rotl32(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rotl32(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rotl32(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rotl32(x[b] ^ x[c], 7);
}

static void
next_block(struct labyrinth_entropy *ent)
{
	uint32_t x[16];
	unsigned int i;

	memcpy(x, ent->state, sizeof(x));
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
		x[i] += ent->state[i];
	memcpy(ent->block, x, sizeof(ent->block));
	/* Words 12 and 13 count blocks: 2^64 of them before a repeat. */
	if (++ent->state[12] == 0)
		ent->state[13]++;
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
			next_block(ent);
		n = len < ent->left ? len : ent->left;
		memcpy(to, ent->block + sizeof(ent->block) - ent->left, n);
		ent->left -= (uint32_t)n;
		to += n;
		len -= n;
	}
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
	uint32_t v;

	/*
	 * Of 2^32 numbers, as many as the division leaves over would make some values
	 * likelier than others. Only a remainder below bound can be one of these, so
	 * the division itself is rarely needed.
	 */
	do {
		labyrinth_entropy_fill(ent, &v, sizeof(v));
		wide = (uint64_t)v * bound;
	} while ((uint32_t)wide < bound && (uint32_t)wide < (uint32_t)(-bound) % bound);
	return (uint32_t)(wide >> 32);
}
