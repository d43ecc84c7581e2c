/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_ENTROPY_H
#define LABYRINTH_ENTROPY_H

/**
 * @file
 * Cryptographic random numbers: ChaCha20 (RFC 8439) keyed from the kernel.
 *
 * Everything secret in a labyrinth (addresses, orders, keys) is drawn from
 * here. A generator is a plain object: it allocates nothing, and once seeded
 * it makes no system call, so that the data path may draw from it.
 */

#include <stdint.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a seed. */
#define LABYRINTH_SEED_LEN 32

/** Blocks of ChaCha20 that are made at once: as many as a vector of any processor has words. */
#define LABYRINTH_ENTROPY_BLOCKS 4

/** A generator; not thread-safe, one per user. */
struct labyrinth_entropy {
	uint32_t state[16]; /**< ChaCha20 input block: constants, key, counter */
	uint32_t block[16 * LABYRINTH_ENTROPY_BLOCKS]; /**< output not handed out yet, at its end */
	uint32_t left;                                 /**< bytes of block not handed out */
};

/**
 * Draw a seed from the kernel (getrandom). Thread-safe. A system call.
 *
 * @param seed
 *   Filled in; owned by the caller, who should wipe it after use.
 * @return
 *   0, or a negative errno: -ENOSYS on kernels without getrandom.
 */
int
labyrinth_seed_draw(uint8_t seed[LABYRINTH_SEED_LEN]);

/**
 * Start a generator from a seed. Two purposes give two unrelated streams of
 * the same seed. Not thread-safe for one generator.
 *
 * @param ent
 *   The generator.
 * @param seed
 *   32 secret bytes.
 * @param purpose
 *   Any number; it separates streams drawn from one seed.
 */
void
labyrinth_entropy_init(struct labyrinth_entropy *ent, const uint8_t seed[LABYRINTH_SEED_LEN],
                       uint64_t purpose);

/**
 * Hand out random bytes. Not thread-safe for one generator.
 *
 * @param ent
 *   The generator.
 * @param out
 *   Where the bytes go.
 * @param len
 *   How many bytes.
 */
void
labyrinth_entropy_fill(struct labyrinth_entropy *ent, void *out, size_t len);

/** 64 random bits. Not thread-safe for one generator. */
uint64_t
labyrinth_entropy_u64(struct labyrinth_entropy *ent);

/**
 * A random number below a bound, without bias. Not thread-safe for one
 * generator.
 *
 * @param ent
 *   The generator.
 * @param bound
 *   At least 1.
 * @return
 *   0 to bound - 1, each as likely as any other.
 */
uint32_t
labyrinth_entropy_below(struct labyrinth_entropy *ent, uint32_t bound);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_ENTROPY_H */
