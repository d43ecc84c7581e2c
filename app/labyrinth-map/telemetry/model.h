/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_MODEL_H
#define MAP_MODEL_H

/**
 * @file
 * A pool as it is drawn: slots of memory, frames in the order of their
 * addresses, the path through them.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/** As the numbers of "state" in docs/telemetry.md. */
enum map_state {
	MAP_UNKNOWN,
	MAP_DEPOT,
	MAP_LANE,
	MAP_OWNED,
	MAP_QUARANTINED,
	MAP_STATES
};

#define MAP_NO_SLOT  UINT32_MAX
#define MAP_NO_FRAME UINT32_MAX

struct map_frame {
	uint64_t address;
	uint64_t age_ms;
	uint32_t slot; /**< where it lies, as an index of slots */
	uint32_t rank; /**< how many frames of that slot lie before it */
	int lcore;     /**< who has or had it; -1: nobody known */
	uint8_t state; /**< enum map_state */
};

struct map_slot {
	uint64_t address;
	uint32_t frames;
	bool memory;                /**< pages are there, not a wall and not somebody else's */
	uint32_t state[MAP_STATES]; /**< frames of each state */
};

/** How far it is from each frame of the path to the next. */
struct map_steps {
	uint32_t nb;
	uint32_t forward; /**< to the very next frame by address */
	int64_t shortest; /**< bytes, without sign */
	int64_t longest;
};

struct map_pool {
	char name[64];
	char handler[64];
	char program[64]; /**< of the process; "": not told */
	char time[32];    /**< when it was looked at; "": not told */
	uint64_t process; /**< its id; 0: not told */
	bool maze;
	uint64_t slot_len;
	uint64_t frame_stride;
	uint64_t size;    /**< frames of the pool */
	uint64_t sampled; /**< of so many frames one is here */
	uint32_t nb_slots;
	uint32_t nb_pages;  /**< slots with memory */
	uint32_t nb_frames; /**< frames that are here */
	uint32_t nb_path;
	bool states_known;
	bool order_known;
	int order_lcore;
	struct map_slot *slot;   /**< by address */
	struct map_frame *frame; /**< by address */
	uint32_t *path; /**< indices of frame, next to go first; MAP_NO_FRAME if not here */
	json_t *stats;  /**< as /labyrinth/lanes tells, or NULL */
};

/**
 * Read a pool from its JSON.
 *
 * @param where
 *   What to begin a message with.
 * @return
 *   0, or -1 (one line was printed); map_pool_free() is due in both cases.
 */
int
map_pool_read(struct map_pool *pool, const json_t *json, const char *where);

void
map_pool_free(struct map_pool *pool);

/** Measure the first n steps of the path. */
void
map_pool_steps(const struct map_pool *pool, uint32_t n, struct map_steps *steps);

#endif /* MAP_MODEL_H */
