/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_H
#define LABYRINTH_H

/**
 * @file
 * Labyrinth: an allocator of packet buffers that is hard to attack and
 * impossible to wedge.
 *
 * The words used here, and everywhere else in the project:
 *
 * - labyrinth: one allocator instance.
 * - maze: the randomised memory window (labyrinth_maze.h): pages mapped in
 *   random order into a larger reserved range, with unmapped walls between.
 * - entrance: base address of that window.
 * - frame: one buffer, or one raw 4 KiB page.
 * - colour: the random cache-line offset at which a frame lies.
 * - room: a fixed-size array of free frames, out of reach of any overflow in packet
 *   memory; the indirect index of free frames.
 * - depot: the lock-free store of rooms. Each removal advances a version, so
 *   that a head seen twice is the same head.
 * - lane: the rooms one lcore works from. Whoever enters a lane owns it until
 *   it leaves; a lane found occupied is passed by, never waited for. (A get that finds
 *   frames nowhere else looks at such a lane some dozen times more.)
 * - seal: keyed word in front of each frame that proves its header whole; it never
 *   changes.
 * - owner word: whether a frame is free or owned, and who got or put it last. Found by
 *   the frame's place, out of reach of any overflow in packet memory.
 * - exclusive: a frame has exactly one owner. Taking an owned frame or
 *   returning a free one is a violation.
 *
 * The library allocates nothing: all state lies in memory that the caller
 * hands over, so it works in shared memory mapped at one address by several
 * processes. No call below sleeps, waits for another thread or makes a system
 * call, unless its description says so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labyrinth_entropy.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Frames one room holds. */
#define LABYRINTH_ROOM_FRAMES 256
/** Bytes of the header in front of every frame of a labyrinth that seals. */
#define LABYRINTH_HEADER_LEN 64
/** Bytes at the end of that header which the caller may use (DPDK does). */
#define LABYRINTH_HEADER_CALLER_LEN 32
/** Most moves noted per frame. */
#define LABYRINTH_TRACE_MAX 15
/** Bytes of a canary behind a frame's last byte. */
#define LABYRINTH_CANARY_LEN 8
/** Bytes of a raw page, its alignment too. */
#define LABYRINTH_PAGE_SIZE 4096
/** Bytes of a slot of the maze's window, and alignment of its entrance. */
#define LABYRINTH_SLOT_SIZE (2u << 20)
/** Lanes for threads which have no lcore id, beside those that were asked for. */
#define LABYRINTH_GUEST_LANES 16
/** Most lanes that can be asked for. */
#define LABYRINTH_LANES_MAX 4079
/** Most processes that are told apart. */
#define LABYRINTH_PROCESSES_MAX 64
/** Names no process: it has no number. */
#define LABYRINTH_PROCESS_NONE UINT32_MAX
/** Names no lane: the caller has no lcore id. */
#define LABYRINTH_LANE_ANY UINT32_MAX
/** Most slots of a window. */
#define LABYRINTH_SLOTS_MAX (1u << 20)
/** Most frames one labyrinth can hold. */
#define LABYRINTH_FRAMES_MAX (1u << 27)
/** With LABYRINTH_F_FAIL: most gets of which one fails. */
#define LABYRINTH_FAIL_MAX 1000000

/** With LABYRINTH_F_SAMPLE: fewest and most frames of which one is watched. */
#define LABYRINTH_SAMPLE_LEAST 2
#define LABYRINTH_SAMPLE_MAX   1000000

/** Check who owns a frame on every get and put, and its keyed seal on put. */
#define LABYRINTH_F_SEAL (1u << 0)
/** Check a canary behind each frame on put; needs LABYRINTH_F_SEAL. */
#define LABYRINTH_F_CANARY (1u << 1)
/** Fill frames on put, verify them on get; needs LABYRINTH_F_SEAL. */
#define LABYRINTH_F_POISON (1u << 2)
/** Hand frames out in an order nobody can predict; needs LABYRINTH_F_SEAL. */
#define LABYRINTH_F_RANDOM_REUSE (1u << 3)
/**
 * Hand out every free frame before one is handed out again, up to what lanes hold, two rooms
 * each; exact to an eighth of all frames, or to a room. Not with LABYRINTH_F_RANDOM_REUSE or
 * LABYRINTH_F_PAGES. No lane is kept, whatever lane_frames says.
 */
#define LABYRINTH_F_FIFO_REUSE (1u << 12)
/** After a violation, take the frame out of circulation and go on. */
#define LABYRINTH_F_REPORT (1u << 4)
/** The frames are raw pages: only the page calls work on them. */
#define LABYRINTH_F_PAGES (1u << 5)
/** Note the latest moves of every frame, and who asked for them; needs LABYRINTH_F_SEAL. */
#define LABYRINTH_F_TRACE (1u << 7)
/** A page allocation that finds no page stops the process. */
#define LABYRINTH_F_OOM_PANIC (1u << 6)
/** Of every params.fail gets of a lane one fails, so that callers can test what they do then. */
#define LABYRINTH_F_FAIL (1u << 8)

/**
 * Watch one frame of params.sample that are put, chosen at random: its end word is checked, it is
 * filled, and verified when it is got. Needs LABYRINTH_F_SEAL; not with LABYRINTH_F_POISON,
 * which fills all.
 */
#define LABYRINTH_F_SAMPLE (1u << 9)
/** Lay seals for labyrinth_audit(), and check none on gets and puts; LABYRINTH_F_SEAL has it. */
#define LABYRINTH_F_MARK (1u << 10)

/** Allocator instance: opaque, its size is labyrinth_footprint(). */
typedef struct labyrinth labyrinth_t;

/**
 * What a labyrinth is to be; zero what is not needed. With canary, poison or sample
 * frame_len, keep_len and poison_len are multiples of 8, frame_len is at least
 * 8 and keep_len at most frame_len.
 */
struct labyrinth_params {
	uint32_t frames;    /**< frames it will hold, 1 to LABYRINTH_FRAMES_MAX */
	uint32_t lanes;     /**< lanes, one per possible lcore id, up to LABYRINTH_LANES_MAX */
	uint32_t processes; /**< among which lanes are divided evenly; 0 means 1 */
	/** Not 0: the last of these parts is for all processes with this number or a higher one. */
	uint32_t common;
	uint32_t busy_lanes; /**< lanes expected to be used: their rooms are reserved */
	/**
	 * A lane stays with the thread that uses it first, and keeps at most so many
	 * free frames to itself: no other thread can get these, and the calls of that
	 * thread take no atomic read-modify-write. Below LABYRINTH_ROOM_FRAMES: lanes
	 * are shared, and every free frame can be got by any thread.
	 */
	uint32_t lane_frames;
	uint32_t slots;  /**< slots of the window, or 2 MiB pieces to cover; pages need some */
	uint32_t memory; /**< of these, slots that hold frames, walls not counted; 0: all */
	/** The same, at most; each slot that a piece touches counts. 0: twice as many. */
	uint32_t memory_most;
	/**
	 * Bytes from one owner word to the next: 16, 32 or 64; 0 means 16. Less where frames
	 * take more memory than said.
	 */
	uint32_t word_space;
	uint32_t flags;      /**< LABYRINTH_F_* */
	uint32_t frame_len;  /**< bytes of a frame behind its header */
	uint32_t keep_len;   /**< bytes at a frame's begin that keep their content while free */
	uint32_t trace;      /**< LABYRINTH_F_TRACE: moves noted, 1 to LABYRINTH_TRACE_MAX */
	uint32_t poison_len; /**< bytes behind keep_len to fill; 0 means up to the end */
	/** LABYRINTH_F_SAMPLE: 1 frame in so many, LABYRINTH_SAMPLE_LEAST to ..._MAX. */
	uint32_t sample;
	uint32_t fail; /**< LABYRINTH_F_FAIL: 1 get in so many, 1 to LABYRINTH_FAIL_MAX */
};

/** Gauges and counters; exact while no call is under way, apart from peak. */
struct labyrinth_stats {
	uint32_t frames;      /**< frames added */
	uint32_t available;   /**< free frames in the depot */
	uint32_t cached;      /**< free frames in lanes */
	uint32_t quarantined; /**< frames taken out of circulation */
	uint32_t used;        /**< the others: these four add up to frames, always */
	uint32_t peak;        /**< most frames ever seen used; see docs/telemetry.md */
	uint64_t refills;     /**< rooms taken from the depot */
	uint64_t flushes;     /**< rooms given to the depot */
	uint64_t steals;      /**< rooms taken from other lanes */
	uint64_t failures;    /**< gets that found too few frames */
	uint64_t injected;    /**< gets that failed because of LABYRINTH_F_FAIL */
	uint64_t violations;  /**< broken ownership rules seen */
};

/**
 * Counts up whenever what lies in a labyrinth's memory means something else: who uses one that
 * another process made has to have the same number and the same footprint.
 */
#define LABYRINTH_MEMORY_FORMAT 2

/**
 * How much memory a labyrinth needs. Thread-safe.
 *
 * @param params
 *   What it is to be.
 * @return
 *   Bytes, or 0 when a parameter is outside its documented range or flags
 *   contradict each other (canary, poison, random reuse or trace without
 *   seal; any of these, first in first out, seal or fail with pages; both orders of reuse).
 */
size_t
labyrinth_footprint(const struct labyrinth_params *params);

/**
 * Make a labyrinth without frames. Not thread-safe for one labyrinth.
 *
 * @param lab
 *   labyrinth_footprint() bytes, aligned to 128, owned by the caller, who may
 *   drop them when nobody uses the labyrinth any more: there is nothing to
 *   close. If shared, every process must map them at one address.
 * @param len
 *   Bytes there.
 * @param params
 *   What it is to be; copied.
 * @param seed
 *   32 secret bytes: keys and orders derive from them; copied.
 * @return
 *   0; -EINVAL for bad parameters or alignment; -ENOSPC when len is too small.
 */
int
labyrinth_init(labyrinth_t *lab, size_t len, const struct labyrinth_params *params,
               const uint8_t seed[LABYRINTH_SEED_LEN]);

/**
 * Declare the window that frames will lie in: all walls at first. Not
 * thread-safe, before the first frame.
 *
 * @param lab
 *   The labyrinth.
 * @param entrance
 *   First address, a multiple of LABYRINTH_SLOT_SIZE.
 * @param slots
 *   Slots from there on, at most params.slots.
 * @return
 *   0, -EINVAL for a bad address or too many slots.
 */
int
labyrinth_window(labyrinth_t *lab, void *entrance, uint32_t slots);

/**
 * Declare that one slot of the window is memory, not a wall. Not thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param slot
 *   Its index in the window.
 * @return
 *   0, -EINVAL when there is no such slot; -ENOSPC with more than
 *   params.memory_most of them, and two, at least.
 */
int
labyrinth_window_open(labyrinth_t *lab, uint32_t slot);

/**
 * Declare memory outside of a window that frames may lie in. Pieces of less than 32 MiB
 * that are far from the first one are found by a search, and frames in them are checked in a
 * slow way. So is each piece whose addresses are alike, in the lowest bits that tell slots
 * apart (log2 of params.slots of them, rounded up), to those of memory declared before; then
 * all frames are. Not thread-safe, before frames in it are added.
 *
 * @param lab
 *   The labyrinth.
 * @param base
 *   First address.
 * @param len
 *   Bytes from there on.
 * @return
 *   0, -EINVAL for an empty or wrapping range; -ENOSPC with more than 64 pieces that do not
 *   lie one after the other, or more
 *   memory than params.memory_most tells.
 */
int
labyrinth_cover(labyrinth_t *lab, void *base, size_t len);

/**
 * Add one frame: it is staged, nobody can get it before labyrinth_open().
 * Not thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param frame
 *   The frame; LABYRINTH_HEADER_LEN bytes in front of it are the labyrinth's
 *   when it seals or marks, aligned to 64, and so are the 8 bytes after its last one, unless
 *   the memory ends there or another frame's header begins. With LABYRINTH_F_PAGES: page-aligned,
 * in the window; the pages of a slot one after the other, from its first on. The memory stays the
 * caller's, who must not unmap it while the labyrinth is used.
 * @return
 *   0; -ENOSPC when params.frames are there already; -EINVAL for a frame
 *   outside of what was declared, or misaligned, and for a page that is not the
 *   next of its slot. Without LABYRINTH_F_SEAL and LABYRINTH_F_PAGES nothing is
 *   looked at.
 */
int
labyrinth_add(labyrinth_t *lab, void *frame);

/**
 * Shuffle the staged frames and make them available. Not thread-safe against
 * itself and labyrinth_add(); safe against everything else.
 *
 * @param lab
 *   The labyrinth.
 */
void
labyrinth_open(labyrinth_t *lab);

/**
 * Get frames: all or none. Thread-safe, lock-free, callable by any thread
 * with any lane.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param lane
 *   The caller's lane (its lcore id), or LABYRINTH_LANE_ANY.
 * @param frames
 *   Filled in: the caller is their exclusive owner.
 * @param n
 *   How many.
 * @return
 *   0; -ENOENT when fewer than n frames are free or, with LABYRINTH_F_FAIL, it
 *   is this get's turn to fail (nothing was taken).
 */
int
labyrinth_get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n);

/**
 * Give frames back. A frame that breaks a rule is a violation: the process
 * stops or, with LABYRINTH_F_REPORT, that frame alone is not taken.
 * Thread-safe, lock-free, callable by any thread with any lane.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param lane
 *   The caller's lane (its lcore id), or LABYRINTH_LANE_ANY.
 * @param frames
 *   Frames the caller owns; it owns them no longer.
 * @param n
 *   How many.
 * @return
 *   0, always: for callers that have to return something themselves.
 */
int
labyrinth_put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n);

/**
 * As labyrinth_get(), for callers that know better who asks; its arguments are in the
 * order that mempool handlers get them in. Thread-safe, lock-free.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param frames
 *   Filled in: the caller is their exclusive owner.
 * @param n
 *   How many.
 * @param lane
 *   The caller's lane (its lcore id), or LABYRINTH_LANE_ANY.
 * @param site
 *   Place in the program that gets the frames, noted with LABYRINTH_F_TRACE;
 *   never followed.
 * @return
 *   0; -ENOENT when fewer than n frames are free or, with LABYRINTH_F_FAIL, it
 *   is this get's turn to fail (nothing was taken).
 */
int
labyrinth_get_from(labyrinth_t *lab, void **frames, uint32_t n, uint32_t lane, const void *site);

/** As labyrinth_put(), with arguments as of labyrinth_get_from(). Thread-safe, lock-free. */
int
labyrinth_put_from(labyrinth_t *lab, void *const *frames, uint32_t n, uint32_t lane,
                   const void *site);

/**
 * The lane of the calling thread, or LABYRINTH_LANE_ANY. Called inside of get and put: must
 * be quick, must not call back into the labyrinth.
 */
typedef uint32_t
labyrinth_lane_fn(void);

/**
 * Set who tells the lane of a thread in this process. Not thread-safe; before the first
 * call of labyrinth_get_here() or labyrinth_put_here().
 *
 * @param fn
 *   Asked at a thread's first call, and after it has left its lane
 *   (labyrinth_lane_leave()); NULL: no thread has a lane.
 */
void
labyrinth_lane_finder(labyrinth_lane_fn *fn);

/** Tries to make more frames available; tells whether a get should look again. */
typedef bool
labyrinth_shortage_fn(labyrinth_t *lab);

/**
 * Set who is asked in this process when a get finds too few frames, before it fails. Not
 * thread-safe; before the first get.
 *
 * @param fn
 *   Called by the thread that gets, which is in no lane then, and so may call
 *   labyrinth_open() if nobody else does meanwhile. NULL: nobody is asked.
 */
void
labyrinth_shortage_helper(labyrinth_shortage_fn *fn);

/**
 * As labyrinth_get_from(), with the calling thread's lane, which it remembers from its last
 * calls: the quickest way to get frames. Thread-safe, lock-free.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param frames
 *   Filled in: the caller is their exclusive owner.
 * @param n
 *   How many.
 * @param site
 *   As for labyrinth_get_from().
 * @return
 *   0; -ENOENT as labyrinth_get_from().
 */
int
labyrinth_get_here(labyrinth_t *lab, void **frames, uint32_t n, const void *site);

/** As labyrinth_put_from(), with the lane as for labyrinth_get_here(). Thread-safe, lock-free. */
int
labyrinth_put_here(labyrinth_t *lab, void *const *frames, uint32_t n, const void *site);

/**
 * Which of the processes that share labyrinths this one is: it uses the lanes
 * from number * (lanes / processes) on, and guest lanes of its own. Where a part
 * of them is common, a process may have a higher number: it has no lanes of
 * its own, and LABYRINTH_LANE_ANY is to be the lane of its calls. Not
 * thread-safe; before the first call of this process that gets or puts frames.
 *
 * @param number
 *   Of no other process; 0 until set. Less than the parameter `processes` of each
 *   labyrinth, or where lanes are common, less than LABYRINTH_PROCESSES_MAX. Others, as
 *   LABYRINTH_PROCESS_NONE, name a process that is not recovered when it is killed.
 */
void
labyrinth_process(uint32_t number);

/**
 * End the keeping of a lane: its frames go to the depot, and the next thread that
 * uses it keeps it. Nothing to do where lanes are shared. Thread-safe, but not
 * against a call of the thread that keeps the lane: call it from that thread, or
 * when that has ended. A thread that lives on after another one has released its lane
 * must not get or put any more.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param lane
 *   The lane.
 */
void
labyrinth_lane_release(labyrinth_t *lab, uint32_t lane);

/** As labyrinth_lane_release(), if it is the calling thread that keeps the lane. Thread-safe. */
void
labyrinth_lane_leave(labyrinth_t *lab, uint32_t lane);

/**
 * How many frames are free. Exact while no call is under way; what a call
 * under way is moving may be missed or counted twice. Thread-safe; walks the
 * rooms.
 *
 * @param lab
 *   The labyrinth.
 * @return
 *   Free frames; those in a kept lane only its keeper can get.
 */
uint32_t
labyrinth_count(const labyrinth_t *lab);

/**
 * Gauges and counters. Thread-safe; walks the rooms.
 *
 * @param lab
 *   The labyrinth.
 * @param stats
 *   Filled in; owned by the caller.
 */
void
labyrinth_stats(const labyrinth_t *lab, struct labyrinth_stats *stats);

/**
 * Take one raw 4 KiB page out of the labyrinth: page-aligned, its content
 * whatever it was.
 *
 * Atomic: no system call, no page fault, no lock, no lane, at most one look at
 * each page's version; allowed in signal handlers. Exclusive: the page's
 * version word is claimed by compare-and-swap (odd is owned), so that there
 * can be no second owner. Never reclaims: what is not free is not found.
 * Thread-safe.
 *
 * @param lab
 *   A labyrinth with LABYRINTH_F_PAGES.
 * @param gfp
 *   LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE; there is no other way.
 * @return
 *   The page, owned by the caller until labyrinth_free_page(); NULL when none
 *   is free, gfp is something else, or lab holds no pages. With
 *   LABYRINTH_F_OOM_PANIC the process stops instead of finding none.
 */
void *
alloc_labyrinth_page_atomic_exclusive(labyrinth_t *lab, unsigned int gfp);

/** Long name of alloc_labyrinth_page_atomic_exclusive(): the same call. */
void *
labyrinth_void_alloc_page_gfp_atomic_exclusive(labyrinth_t *lab, unsigned int gfp);

/**
 * Give a page back. Atomic as the allocation is. Thread-safe. A page that is
 * free already, or no page of this labyrinth, is a violation.
 *
 * @param lab
 *   The labyrinth the page came from.
 * @param page
 *   A page the caller owns, or NULL: nothing to do.
 */
void
labyrinth_free_page(labyrinth_t *lab, void *page);

/** Do not sleep, do not make a system call: always so. */
#define LABYRINTH_GFP_ATOMIC (1u << 0)
/** One owner, proven: always so. */
#define LABYRINTH_GFP_EXCLUSIVE (1u << 1)
/** Take one raw page. */
#define LABYRINTH_ALLOC_PAGE(lab) \
	alloc_labyrinth_page_atomic_exclusive((lab), LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE)

/** Lanes of a labyrinth, guest lanes included. Thread-safe. */
uint32_t
labyrinth_lanes(const labyrinth_t *lab);

/**
 * One of the frames that were added, in an order that does not change any more
 * once labyrinth_open() has returned. Thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param index
 *   Less than the number of frames added.
 * @return
 *   The frame, or NULL when there are not so many. It stays whose it is.
 */
void *
labyrinth_frame(const labyrinth_t *lab, uint32_t index);

/** First address of its window, NULL without one. Thread-safe. */
void *
labyrinth_entrance(const labyrinth_t *lab);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_H */
