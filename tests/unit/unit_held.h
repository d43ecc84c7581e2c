/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef UNIT_HELD_H
#define UNIT_HELD_H

/* A process that is held in a call, and the calls it may be held in. */

#include "unit_step.h"

enum {
	HELD_FRAMES = 2600,
	HELD_FEW = 700,      /* where a call looks at all of them */
	HELD_LANES = 4,      /* of one process */
	HELD_OF_LANES = 560, /* frames in a process's hands and lanes that moves no rooms */
	HELD_CORPSE = 2,     /* the process that has been killed before */
};

/* A call may have hold of its lane's two rooms and of two it takes from elsewhere. */
#define HELD_OF_CALL (4 * LABYRINTH_ROOM_FRAMES + UNIT_CALL_MOST)

/* Something that a process does while it is held: gets and puts, or a call of its own. */
struct unit_act {
	const char *name;
	const struct unit_call *exchange;
	bool without_lane;
	bool corpse;         /* somebody has died in mid-call before */
	void (*ready)(void); /* before the call: by itself */
	void (*call)(void);  /* instead of these */
	uint32_t flags;      /* that it takes */
	uint32_t frames;     /* of the labyrinth */
	uint32_t hidden;     /* most of them that others cannot get meanwhile */
};

/* All that are not merely gets and puts. */
extern const struct unit_act unit_acts[];
extern const uint32_t unit_acts_count;

/* In which labyrinth it works, and by which number, unless a later call says otherwise. */
void
unit_held_is(const struct unit_lab *in, uint32_t number);

/*
 * What the held process does, for unit_traced(): it stops before the act and behind it. Its
 * exit status: 0, 1: it could not prepare; 2: it was given a frame of others; 3: it found no
 * frame; 4: the call failed for another reason.
 */
void
unit_held(const void *act);

/* Make a corpse: kill a process HELD_CORPSE in the middle of a call. */
bool
unit_corpse_make(void);

/* Recover and reclaim what it had. */
int
unit_bury(void);

/* May unit_bury() return this? The others may be recovering, too. */
bool
unit_documented(int ret);

#endif /* UNIT_HELD_H */
