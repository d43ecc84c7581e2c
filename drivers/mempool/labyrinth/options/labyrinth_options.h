/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_OPTIONS_H
#define LABYRINTH_OPTIONS_H

/*
 * Options of a pool: one syntax, key=value,key=value, in four places. Later
 * ones win: built-in defaults, the INI file, the environment, pool_config.
 */

#include <stdbool.h>
#include <stdint.h>

enum labyrinth_profile {
	LABYRINTH_PROFILE_FAST,
	LABYRINTH_PROFILE_GUARD,
	LABYRINTH_PROFILE_STRICT,
};

enum labyrinth_backing_option {
	LABYRINTH_BACKING_AUTO,
	LABYRINTH_BACKING_MAZE,
	LABYRINTH_BACKING_EAL,
};

enum labyrinth_pages_option {
	LABYRINTH_PAGES_AUTO,
	LABYRINTH_PAGES_1G,
	LABYRINTH_PAGES_2M,
	LABYRINTH_PAGES_THP,
	LABYRINTH_PAGES_SMALL,
};

/* How far owner words lie from each other. */
enum labyrinth_words_option {
	LABYRINTH_WORDS_AUTO, /* as the number of lcores needs it */
	LABYRINTH_WORDS_COMPACT,
	LABYRINTH_WORDS_WIDE,
};

/* In which order free frames are handed out again. */
enum labyrinth_reuse_option {
	LABYRINTH_REUSE_HOT,
	LABYRINTH_REUSE_RANDOM,
	LABYRINTH_REUSE_FIFO,
};

/* Which packet memory a core dump has. */
enum labyrinth_dump_option {
	LABYRINTH_DUMP_OFF,
	LABYRINTH_DUMP_VIOLATION, /* none, but the frame at fault is written out by its report */
	LABYRINTH_DUMP_ON,
};

/* poison: how many bytes of a free frame are filled. */
#define LABYRINTH_POISON_OFF  UINT32_MAX
#define LABYRINTH_POISON_FULL 0

/* halls: the most that may be asked for. */
#define LABYRINTH_HALLS_MOST 64

struct labyrinth_options {
	enum labyrinth_profile profile;
	enum labyrinth_backing_option backing;
	enum labyrinth_pages_option pages;
	uint32_t halls; /* most halls of a maze; 0: as devices need it */
	enum labyrinth_words_option words;
	bool seal;
	bool canary;
	enum labyrinth_reuse_option reuse;
	bool report;
	uint32_t poison;
	uint32_t sample;  /* one frame put in so many is watched; 0: none */
	uint32_t trace;   /* moves noted per frame */
	uint32_t patrol;  /* milliseconds from one round to the next; 0: none */
	uint32_t fail;    /* one get in so many fails; 0: none */
	bool crash_audit; /* looked at when the process crashes */
	bool leaks;       /* what is held at the end of the process is told */
	enum labyrinth_dump_option dump;
	bool all; /* of the process: pools that name one of DPDK's rings, too */
};

/* Built-in defaults. */
void
labyrinth_options_default(struct labyrinth_options *options);

/* Where an option stands. */
struct labyrinth_origin {
	const char *name; /* for messages */
	bool one_pool;    /* what is of the whole process has no place there */
};

/*
 * Set one option. Returns 0, or -EINVAL after one log line which names key,
 * value, origin and what is allowed.
 */
int
labyrinth_option_set(struct labyrinth_options *options, const char *key, const char *value,
                     const struct labyrinth_origin *origin);

/* Set options from key=value,key=value; a profile counts first. As above. */
int
labyrinth_options_parse(struct labyrinth_options *options, const char *text,
                        const struct labyrinth_origin *origin);

/*
 * All are set: fill in what follows from others. Do the parts fit together? Returns 0, or
 * -EINVAL after one log line.
 */
int
labyrinth_options_complete(struct labyrinth_options *options, const char *pool);

/* Do frames have seals? Where gets and puts check nothing, the patrol wants them. */
static inline bool
labyrinth_options_marks(const struct labyrinth_options *options)
{
	return options->seal || options->patrol > 0;
}

/*
 * All four places, in their order, for one pool. pool_config may be NULL.
 * Returns 0, -EINVAL for a bad option or file, -ENOENT for a file that cannot be read,
 * after one log line.
 */
int
labyrinth_options_load(struct labyrinth_options *options, const char *pool,
                       const char *pool_config);

/*
 * Does the environment or the file ask for all=on? So does a value that is not
 * allowed: what is wrong with it, the first pool tells.
 */
bool
labyrinth_options_ask_all(void);

/* The profile's name. */
const char *
labyrinth_profile_name(enum labyrinth_profile profile);

#endif /* LABYRINTH_OPTIONS_H */
