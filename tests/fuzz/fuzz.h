/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FUZZ_H
#define FUZZ_H

/*
 * What the fuzz targets share. A target takes bytes, does what they say to the
 * code under test and to a plain model of it, and stops the process when the
 * two differ. It is linked with libFuzzer, or with fuzz_main.c where that is
 * missing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest input a target looks at. */
#define FUZZ_INPUT_MAX 4096

/* libFuzzer's name for "try this input". */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A random number, for fuzz_generate(). */
typedef uint32_t
fuzz_random_fn(void);

/* Make an input out of random numbers: up to `most` bytes. Returns its length. */
size_t
fuzz_generate(uint8_t *data, size_t most, fuzz_random_fn *draw);

/* One of the totals printed when the process ends; names are static. */
void
fuzz_count(const char *name, uint64_t n);

/* The code differs from the model: print and abort. */
void __attribute__((noreturn, format(printf, 1, 2))) fuzz_finding(const char *fmt, ...);

#define FUZZ_EXPECT(condition, ...)                \
	do {                                       \
		if (!(condition))                  \
			fuzz_finding(__VA_ARGS__); \
	} while (0)

/* Bytes of an input, in order; zeros behind its end. */
struct fuzz_bytes {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t
fuzz_byte(struct fuzz_bytes *bytes)
{
	if (bytes->left == 0)
		return 0;
	bytes->left--;
	return *bytes->at++;
}

static inline uint16_t
fuzz_word(struct fuzz_bytes *bytes)
{
	uint16_t high = fuzz_byte(bytes);

	return (uint16_t)(high << 8 | fuzz_byte(bytes));
}

#endif /* FUZZ_H */
