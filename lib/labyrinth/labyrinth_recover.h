/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_RECOVER_H
#define LABYRINTH_RECOVER_H

/**
 * @file
 * Recovery: what a killed process held is found and given back, while others go
 * on as if nothing had happened.
 *
 * A process that dies leaves two kinds of frames behind. Those in its lanes, or
 * in the middle of a call, are free, but in rooms that nobody else may touch:
 * labyrinth_recover() gives the rooms back. Those that its program had got are
 * owned: labyrinth_reclaim() puts them, if it is told to. Frames that a process
 * passes on to another one count as its own until labyrinth_hand_over() says
 * otherwise.
 */

#include "labyrinth.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What was found. */
struct labyrinth_recovery {
	uint32_t lanes;     /**< lanes that had been left in the middle of a call, or were kept */
	uint32_t rooms;     /**< rooms given back */
	uint32_t frames;    /**< free frames in these, or on their way */
	uint32_t reclaimed; /**< owned frames put */
};

/**
 * Give back what a dead process held in its lanes, from which its threads were at work, or
 * had on the way to or from the places for roomless frames. Thread-safe against every other call.
 * Whoever recovers may be killed, too: the next one goes on, when that one is recovered. Waits for
 * nobody.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param process
 *   The number by which the dead process went (labyrinth_process()).
 * @param found
 *   Counts are added to; owned by the caller.
 * @return
 *   0; -EINVAL when there is no such number, or nothing can have been held by it; -EBUSY when
 *   another recovery is under way; -EAGAIN when some rooms could not be looked for, since they
 *   moved too fast or a live thread is in a call that may move them: the others are given back,
 *   try again for these; also while frames have been added and are not open yet.
 */
int
labyrinth_recover(labyrinth_t *lab, uint32_t process, struct labyrinth_recovery *found);

/** Has the process with this id (its low 22 bits) ended? */
typedef bool
labyrinth_gone_fn(uint32_t pid, void *arg);

/**
 * Put the frames that programs of dead processes owned, after
 * labyrinth_recover(). Frames they had passed on without labyrinth_hand_over() are
 * among them, whoever uses them now. Thread-safe, lock-free.
 *
 * @param lab
 *   A labyrinth that seals.
 * @param gone
 *   Asked for the owner of every owned frame.
 * @param arg
 *   Handed to it.
 * @param lane
 *   The caller's lane, or LABYRINTH_LANE_ANY.
 * @param found
 *   Counts are added to; owned by the caller.
 * @return
 *   0; -ENOTSUP without LABYRINTH_F_SEAL: nothing tells who owns a frame.
 */
int
labyrinth_reclaim(labyrinth_t *lab, labyrinth_gone_fn *gone, void *arg, uint32_t lane,
                  struct labyrinth_recovery *found);

/**
 * Say that frames belong to another lane and process from now on.
 * Thread-safe; the caller owns the frames. Nothing to do without
 * LABYRINTH_F_SEAL.
 *
 * @param lab
 *   A labyrinth without LABYRINTH_F_PAGES.
 * @param lane
 *   The lane of the new owner, LABYRINTH_LANE_ANY if it has none.
 * @param pid
 *   Its process.
 * @param frames
 *   The frames.
 * @param n
 *   How many.
 * @return
 *   0; -EINVAL when there is no such lane, or one of them is no frame that is
 *   owned: those in front of it have been handed over.
 */
int
labyrinth_hand_over(labyrinth_t *lab, uint32_t lane, uint32_t pid, void *const *frames, uint32_t n);

#ifdef __cplusplus
}
#endif

#endif /* LABYRINTH_RECOVER_H */
