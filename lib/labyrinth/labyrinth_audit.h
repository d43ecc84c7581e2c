/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_AUDIT_H
#define LABYRINTH_AUDIT_H

/**
 * @file
 * The audit: which frames were overrun, and by whom.
 *
 * Two words of a sealed frame never change in a correct program: the seal at the
 * begin of its header, and its end word, the 8 bytes right after its last byte.
 * So anybody may check them at any time. The end word takes no memory of its
 * own: it lies in the gap behind the frame or, where there is none, it is the
 * seal of the next frame. The last frame of a page may have none: behind it is a
 * wall.
 *
 * All calls here only read, apart from labyrinth_audit_mend(). They take no lock, make no
 * system call and allocate nothing, so a signal handler may use them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labyrinth.h"
#include "labyrinth_violation.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Stands for no frame where an index is told. */
#define LABYRINTH_FRAME_NONE UINT32_MAX

/** What the audit found. Valid during the call of the function that is told. */
struct labyrinth_finding {
	/**
	 * LABYRINTH_HEADER: the seal of `victim` was overwritten.
	 * LABYRINTH_CANARY: the end word of `culprit` was, and maybe more behind it.
	 */
	enum labyrinth_violation_kind kind;
	const void *victim;     /**< frame that was written to, or is next; NULL: none is near */
	uint32_t victim_index;  /**< as for labyrinth_frame(), or LABYRINTH_FRAME_NONE */
	const void *culprit;    /**< frame in front of the bad bytes; NULL: there is none */
	uint32_t culprit_index; /**< as for labyrinth_frame(), or LABYRINTH_FRAME_NONE */
	/**
	 * The bad bytes are joined to the culprit's end: it overflowed. False: what lies
	 * in between is whole, so the write came from elsewhere, most likely from the
	 * victim's own owner, who wrote in front of its start.
	 */
	bool joined;
	bool reached;   /**< LABYRINTH_CANARY: the seal of the victim was overwritten, too */
	const void *at; /**< first bad byte */
	size_t bad;     /**< bytes known to be bad from there on */
};

/**
 * Told of a finding. Must not call labyrinth_put() or labyrinth_get().
 *
 * @return
 *   True to go on, false to stop the audit.
 */
typedef bool
labyrinth_audit_fn(const labyrinth_t *lab, const struct labyrinth_finding *finding, void *arg);

/**
 * Check the seals and end words of some frames. Thread-safe, async-signal-safe;
 * about 20 ns a frame.
 *
 * @param lab
 *   A labyrinth with LABYRINTH_F_SEAL or LABYRINTH_F_MARK.
 * @param from
 *   The first frame, as for labyrinth_frame().
 * @param most
 *   How many frames, at most.
 * @param found
 *   Told of each finding.
 * @param arg
 *   Handed to it.
 * @return
 *   Frames that were checked: fewer than `most` after the last one, and when
 *   `found` stopped. 0 without these flags.
 */
uint32_t
labyrinth_audit(const labyrinth_t *lab, uint32_t from, uint32_t most, labyrinth_audit_fn *found,
                void *arg);

/**
 * Told of a frame whose seal was overwritten, and is whole again: what lies in the frame is
 * not.
 *
 * @return
 *   True if what ran over the seal went on over the frame's beginning, as far as that can be
 *   told; false if it ended before.
 */
typedef bool
labyrinth_mend_fn(const labyrinth_t *lab, uint32_t index, void *arg);

/**
 * Write anew what one overflow has overwritten, from the end of the culprit to where the
 * overflow ended, so that it is not found again. What others have overwritten stays, and is
 * found. Thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param finding
 *   What the audit has told of.
 * @param fn
 *   Told of each frame that was run over.
 * @param arg
 *   Handed to it.
 */
void
labyrinth_audit_mend(labyrinth_t *lab, const struct labyrinth_finding *finding,
                     labyrinth_mend_fn *fn, void *arg);

/**
 * Is a frame owned? Thread-safe.
 *
 * @param lab
 *   A labyrinth with LABYRINTH_F_SEAL.
 * @param index
 *   The frame, as for labyrinth_frame(); one that there is.
 * @param state
 *   Filled in on success: another number when it was got by somebody else, or at
 *   another time as far as that is noted.
 * @return
 *   True if somebody owns it.
 */
bool
labyrinth_audit_owned(const labyrinth_t *lab, uint32_t index, uint64_t *state);

/**
 * Note that a frame was got long ago, as far as it was: stamps begin again after 39 hours. Looked
 * at once in ten hours or more often, no age seems shorter than it is: from 19.5 hours on
 * all are told as that. Thread-safe.
 *
 * @param lab
 *   The labyrinth.
 * @param index
 *   The frame, as for labyrinth_frame(); nothing happens if there is none, or no
 *   LABYRINTH_F_SEAL.
 */
void
labyrinth_audit_age(labyrinth_t *lab, uint32_t index);

/**
 * Was a free frame written to? Thread-safe. It may have been got and put each time it
 * was looked at: what is found counts when it is found again in a later round, with the
 * same state.
 *
 * @param lab
 *   A labyrinth; without LABYRINTH_F_POISON and LABYRINTH_F_SAMPLE nothing is found.
 * @param index
 *   The frame, as for labyrinth_frame(); one that there is.
 * @param finding
 *   Filled in on success: kind LABYRINTH_WRITE_AFTER_FREE, the frame as the victim.
 * @param state
 *   Filled in on success: another number when it was put by somebody else, or at
 *   another time as far as that is noted.
 * @return
 *   True if it was written to.
 */
bool
labyrinth_audit_content(const labyrinth_t *lab, uint32_t index, struct labyrinth_finding *finding,
                        uint64_t *state);

/** Count a violation that the audit has led to. Thread-safe. */
void
labyrinth_audit_count(labyrinth_t *lab);

/** Which part of the memory an address lies in. */
enum labyrinth_part {
	LABYRINTH_PART_OUTSIDE, /**< neither wall nor memory of this labyrinth */
	LABYRINTH_PART_WALL,    /**< of its window, and not mapped */
	LABYRINTH_PART_HEADER,  /**< in front of the frame, and its header */
	LABYRINTH_PART_FRAME,   /**< in the frame */
	LABYRINTH_PART_GAP,     /**< behind the frame and in front of the next header */
};

/** Where an address lies. */
struct labyrinth_place {
	enum labyrinth_part part; /**< which part */
	const void *frame;        /**< the frame it belongs to; of a wall: the nearest; or NULL */
	uint32_t index;           /**< its index, or LABYRINTH_FRAME_NONE */
	ptrdiff_t offset;         /**< of the address from the start of that frame */
};

/**
 * Tell where an address lies. Thread-safe, async-signal-safe; looks at the
 * addresses of all frames, not at packet memory.
 *
 * @param lab
 *   The labyrinth.
 * @param at
 *   Any address; never followed.
 * @param place
 *   Filled in; owned by the caller.
 */
void
labyrinth_audit_place(const labyrinth_t *lab, const void *at, struct labyrinth_place *place);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_AUDIT_H */
