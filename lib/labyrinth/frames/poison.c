/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "poison.h"

static uint64_t
digest(const struct labyrinth *lab, const void *frame)
{
	const uint64_t *word = frame;
	uint32_t n = lab->keep_len / 8;
	/* Of this frame alone: another one's digest is none of it. */
	uint64_t key = lab->key[2] ^ lab_poison_word(lab, frame);
	uint64_t sum = 0;
	uint32_t block;
	uint32_t i;

	for (block = 0; block < n; block += LAB_DIGEST_WORDS) {
		for (i = block; i < block + LAB_DIGEST_WORDS / 2; i++) {
			uint64_t a = i < n ? word[i] : 0;
			uint64_t b =
				i + LAB_DIGEST_WORDS / 2 < n ? word[i + LAB_DIGEST_WORDS / 2] : 0;

			sum += lab_fold(a ^ key, b ^ lab->key[3]);
			key += LAB_DIGEST_STEP;
		}
	}
	return lab_digest_bind(lab, frame, sum);
}

void
lab_poison_fill_plain(const struct labyrinth *lab, void *frame)
{
	uint64_t *to = lab_poison_begin(lab, frame);
	uint64_t word = lab_poison_word(lab, frame);
	size_t n = lab_poison_bytes(lab) / 8;
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = word;
	lab_header(frame)->content = digest(lab, frame);
}

bool
lab_poison_intact_plain(const struct labyrinth *lab, const void *frame)
{
	const uint64_t *from = lab_poison_begin(lab, frame);
	uint64_t word = lab_poison_word(lab, frame);
	size_t n = lab_poison_bytes(lab) / 8;
	uint64_t differ = 0;
	size_t i;

	for (i = 0; i < n; i++)
		differ |= from[i] ^ word;
	return differ == 0 && lab_header(frame)->content == digest(lab, frame);
}
