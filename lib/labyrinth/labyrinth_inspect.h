/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_INSPECT_H
#define LABYRINTH_INSPECT_H

/**
 * @file
 * Looking into a labyrinth while it works: lanes, frames, the order in which
 * frames will be handed out, and events off the data path.
 *
 * Nothing here stops or slows down the threads that get and put, beyond reading
 * memory they write. So what is told of frames that move meanwhile may be a
 * moment old, or not fit together; it is exact while no call is under way.
 */

#include "labyrinth.h"
#include "labyrinth_violation.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Gauges and counters of a lane. */
struct labyrinth_lane_stats {
	uint32_t lane;     /**< lcore id, or LABYRINTH_LANE_ANY: one of the guest lanes */
	uint32_t index;    /**< its place among all lanes, guest lanes first */
	bool busy;         /**< somebody is inside of it just now, or was killed there */
	uint32_t cached;   /**< free frames in it */
	uint64_t refills;  /**< rooms it took from the depot */
	uint64_t flushes;  /**< rooms it gave to the depot */
	uint64_t steals;   /**< times it took another lane's rooms */
	uint64_t failures; /**< gets by it that found too few frames */
};

/**
 * Gauges and counters of a labyrinth and of its lanes, from one look: what the
 * lanes hold adds up to stats->cached while no call is under way. Thread-safe;
 * walks the rooms.
 *
 * @param lab
 *   The labyrinth.
 * @param stats
 *   Filled in as by labyrinth_stats(); owned by the caller.
 * @param lanes
 *   Filled in, guest lanes first; owned by the caller. May be NULL if most is 0.
 * @param most
 *   Room there; labyrinth_lanes() suffices.
 * @return
 *   How many lanes were filled in.
 */
uint32_t
labyrinth_lane_stats(const labyrinth_t *lab, struct labyrinth_stats *stats,
                     struct labyrinth_lane_stats *lanes, uint32_t most);

/** What is known of a frame. */
enum labyrinth_frame_state {
	LABYRINTH_FRAME_UNKNOWN, /**< not in a room, and no seal tells more, or none that is whole
	                          */
	LABYRINTH_FRAME_FREE,
	LABYRINTH_FRAME_OWNED,
	LABYRINTH_FRAME_QUARANTINED, /**< out of circulation after a violation */
};

/** Number of states. */
#define LABYRINTH_FRAME_STATES (LABYRINTH_FRAME_QUARANTINED + 1)

/** A frame as seen. */
struct labyrinth_frame_info {
	const void *frame;                /**< the frame */
	enum labyrinth_frame_state state; /**< what is known of it */
	struct labyrinth_mover by;        /**< owned: who got it; free: who put it; needs a seal */
	uint32_t room;                    /**< free: the room it is in, 0 when it is in none */
	uint32_t position;                /**< free: its place there, from the bottom */
	bool cached;                      /**< free: that room is in a lane, not in the depot */
};

/** Most frames one call of labyrinth_frames_info() tells of. */
#define LABYRINTH_INSPECT_MOST 256

/**
 * Tell of one frame, as labyrinth_frames_info() does of several. Thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param index
 *   Which one, as for labyrinth_frame().
 * @param info
 *   Filled in; owned by the caller.
 * @return
 *   0; -EINVAL when there are not so many frames.
 */
int
labyrinth_frame_info(const labyrinth_t *lab, uint32_t index, struct labyrinth_frame_info *info);

/**
 * Tell of several frames. Thread-safe; with a seal looks into one room for each, without walks
 * all rooms once.
 *
 * @param lab
 *   The labyrinth.
 * @param first
 *   The first one, as for labyrinth_frame().
 * @param infos
 *   Filled in; owned by the caller.
 * @param most
 *   Room there.
 * @return
 *   How many were filled in: at most LABYRINTH_INSPECT_MOST, 0 behind the last.
 */
uint32_t
labyrinth_frames_info(const labyrinth_t *lab, uint32_t first, struct labyrinth_frame_info *infos,
                      uint32_t most);

/**
 * Who owns a frame. Thread-safe; reads the frame's header and nothing else.
 *
 * @param lab
 *   The labyrinth.
 * @param index
 *   Which frame, as for labyrinth_frame().
 * @param owner
 *   Filled in on success; owned by the caller.
 * @return
 *   0; -ENOENT when nobody owns it; -ENOTSUP without LABYRINTH_F_SEAL; -EINVAL
 *   when there are not so many frames.
 */
int
labyrinth_frame_owner(const labyrinth_t *lab, uint32_t index, struct labyrinth_mover *owner);

/**
 * Which frames a lane would get next, if it got one at a time and nobody else
 * did anything: those in its rooms, then those in the depot. A burst hands out
 * the same frames, the last ones of a room in the opposite order. Thread-safe;
 * a best effort while others get and put.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param lane
 *   The lane (an lcore id); LABYRINTH_LANE_ANY begins with the depot.
 * @param frames
 *   Filled in; they stay whose they are.
 * @param n
 *   How many to tell of.
 * @return
 *   How many were filled in; -ENOTSUP with LABYRINTH_F_RANDOM_REUSE, where the
 *   order is drawn at each get, with LABYRINTH_F_FIFO_REUSE and with LABYRINTH_F_PAGES.
 */
int
labyrinth_peek_order(const labyrinth_t *lab, uint32_t lane, const void **frames, uint32_t n);

/** What happens off the data path. */
enum labyrinth_event {
	LABYRINTH_EVENT_REFILL,   /**< a lane took a room from the depot: frames in it */
	LABYRINTH_EVENT_FLUSH,    /**< a lane gave a room to the depot: frames in it */
	LABYRINTH_EVENT_STEAL,    /**< a lane took another lane's rooms: frames in them */
	LABYRINTH_EVENT_FAILURE,  /**< a get found too few frames: frames it asked for */
	LABYRINTH_EVENT_ROOMLESS, /**< frames found no room with space: frames left to be put */
};

/** Number of events. */
#define LABYRINTH_EVENTS (LABYRINTH_EVENT_ROOMLESS + 1)

/**
 * Told of events, by the thread they happen to, inside of its call: must be
 * quick, must not call back into the labyrinth.
 */
typedef void
labyrinth_event_fn(const labyrinth_t *lab, enum labyrinth_event event, uint32_t lane,
                   uint32_t frames);

/**
 * Set who is told of events in this process. Thread-safe.
 *
 * @param fn
 *   The handler, or NULL for none.
 */
void
labyrinth_event_handler(labyrinth_event_fn *fn);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_INSPECT_H */
