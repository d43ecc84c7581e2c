/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_PRIVATE_H
#define LABYRINTH_PRIVATE_H

/*
 * What a labyrinth looks like in memory:
 *
 *   struct labyrinth   what never changes, then one cache line per head of the depot
 *   lanes[]            guest lanes of every process first, then the lanes asked for
 *   rooms[]            rooms[0] is never used: index 0 means "no room"
 *   table[]            every frame ever added; its place here is the frame's id
 *   find.slots[]       table of slots: where the words of each begin; see word.h
 *   slot[]             beside it: which slot each entry stands for
 *   words[]            sealed only: one owner word a cell, with the number of the frame there
 *   ids[]              marked and not sealed: the number of the frame that begins in a cell
 *   roomless[]         frames that no room has space for: a bit each, or their addresses
 *   versions[]         pages only: one word per page, odd is owned
 *   slot_page[]        pages only: index of the first page of each slot
 *   dice[]             random reuse only: one generator per lane
 *   watch_sites[]      sample only: where watched frames were put
 *   notes[]            trace only: moves of every frame, by its address
 *   fails[]            failures on demand only: one count per lane
 *
 * Who may touch what:
 *   a room's frames    whoever took the room out of the depot or entered the
 *                      lane which names it, nobody else
 *   a lane's slot      anybody, by compare-and-swap while it is not busy;
 *                      only who made it busy while it is, or who recovers it after
 *                      that process has died
 *   an owner word      who owns the frame, or holds the room that it is in
 *   a depot head       anybody, by compare-and-swap
 */

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "labyrinth.h"

#define LAB_MAGIC 0x4c4142595249ull
#define LAB_LINE  64
/* Adjacent-line prefetchers pull lines in pairs. */
#define LAB_FALSE_SHARING 128
#define LAB_LANES_MAX     4096
#define LAB_REGIONS_MAX   64
/* Rooms beyond what frames and lanes need: every thread stopped in a call holds some. */
#define LAB_SPARE_ROOMS 32
#define LAB_NO_ROOM     0
/* Any of these: frames take the slow path, where their content is looked at. */
#define LAB_F_STRICT \
	(LABYRINTH_F_CANARY | LABYRINTH_F_POISON | LABYRINTH_F_RANDOM_REUSE | LABYRINTH_F_TRACE)
/* Any of these: frames have seals and end words. */
#define LAB_F_MARKED (LABYRINTH_F_SEAL | LABYRINTH_F_MARK)
/* What a lane that is kept may hold, at most and at least: two rooms, one room. */
#define LAB_KEPT_MOST  (2 * LABYRINTH_ROOM_FRAMES)
#define LAB_KEPT_LEAST LABYRINTH_ROOM_FRAMES
/*
 * The depot has so many shelves. A lane's rooms go to and come from its own, so that
 * lcores neither wait for each other's stacks nor for each other's frames.
 */
#ifndef LAB_SHELVES
#define LAB_SHELVES 16
#endif
#define lab_likely(x)   __builtin_expect(!!(x), 1)
#define lab_unlikely(x) __builtin_expect(!!(x), 0)
#define LAB_COLD        __attribute__((cold, noinline))

/* Addresses of free frames. */
struct lab_room {
	_Atomic uint32_t below; /* the room under this one in the depot */
	_Atomic uint32_t count; /* frames in it; written by its holder alone */
	_Atomic uint64_t moves; /* times somebody was about to move this room */
	alignas(LAB_LINE) void *frames[LABYRINTH_ROOM_FRAMES];
};

/* A count written by one thread at a time and read by any. */
struct lab_counter {
	_Atomic uint64_t value;
};

/*
 * A lane's slot: front room (20 bits), back room (20 bits), version (23 bits),
 * busy (1 bit). The rooms stay named while the lane is busy, so that what a
 * killed process held can be found. The version advances whenever the lane is
 * left or stolen from: who enters it with the slot read before knows that what was
 * read of its rooms in between still holds.
 */
#define LAB_ROOM_BITS        20
#define LAB_ROOM_MASK        ((1u << LAB_ROOM_BITS) - 1)
#define LAB_BUSY             (1ull << 63)
#define LAB_SLOT_ROOMS       ((1ull << 2 * LAB_ROOM_BITS) - 1)
#define LAB_SLOT_VERSION_ONE (1ull << 2 * LAB_ROOM_BITS)
/* The number of a room that is none: of roomless frames. A word that is all ones tells no room. */
#define LAB_ROOMLESS (LAB_ROOM_MASK - 1)
/* Numbers of processes; those without one go by the last of these. */
#define LAB_NAMES (LABYRINTH_PROCESSES_MAX + 1)
/* No part of the lanes. */
#define LAB_NO_PART UINT32_MAX

/*
 * A lane may be kept: then one thread stays in it between its calls, so that a
 * call takes no atomic read-modify-write. To others it looks busy.
 */
struct lab_lane {
	alignas(LAB_FALSE_SHARING) _Atomic uint64_t slot;
	_Atomic uint64_t keeper; /* the thread that keeps it, or 0 */
	_Atomic uintptr_t room;  /* address of the front room, when nobody is in it; kept: always */
	uint64_t put;            /* who, when and, kept, where: what a put makes of a word */
	_Atomic int32_t left;    /* kept: calls until a look at the clock; -1: in a call */
	uint32_t own;            /* who and when: of frames that are got */
	uint32_t spill;          /* kept: frames in it from which on the back room goes */
	_Atomic uint64_t key;    /* lab_process_key of who looked at the clock last */
	uint32_t id;
	_Atomic uint32_t pid;        /* kept: the process of the thread that keeps it */
	_Atomic uint64_t intent;     /* rooms about to be taken, as in a slot; for recovery */
	const void *site;            /* who asked for the call under way; only with trace */
	_Atomic uint32_t in_hand;    /* frames of a get that may have to give them back */
	_Atomic uint64_t stopped_at; /* a slot that stayed the same while frames were waited for */
	uint64_t random;             /* to choose frames that are watched */
	uint32_t watch_calls;        /* calls up to the next one that chooses such frames */
	uint32_t watch_in;           /* frames that such calls put until one is watched */
	int32_t served_most; /* calls for the data path, as the latest other call left them */
	bool watches;        /* the call under way chooses */
	bool sunk;           /* a shelf has fewer frames than ever: look for a peak */
	struct lab_counter refills;
	struct lab_counter flushes;
	struct lab_counter steals;
	struct lab_counter failures;
	_Atomic uint32_t guest; /* common: one more than the number of the process in it, or 0 */
};

/* A head: room index (20 bits) under a version (44 bits). */
struct lab_head {
	alignas(LAB_FALSE_SHARING) _Atomic uint64_t word;
	/*
	 * Frames in its rooms, and the fewest there ever were, once for each room that
	 * comes or goes. Who is killed in between leaves the first off by a room: the
	 * peak rests on it, where a part of a queue ends, and a guess of what is there.
	 */
	_Atomic int32_t frames;
	_Atomic int32_t fewest;
};

/* Memory that frames may lie in, other than a window. */
struct lab_region {
	uintptr_t base; /* of the first frame header that may be there */
	uintptr_t len;
	uint64_t place; /* of its first byte */
};

/* Who moved frames: a process and a lane. Owner words name it by its place in a table. */
#define LAB_WHO_BITS 10
#define LAB_WHOS     (1u << LAB_WHO_BITS)

/* How the calls of a labyrinth get to frames. */
enum lab_way {
	LAB_WAY_SLOW,   /* always by exchange_slow.c */
	LAB_WAY_KEPT,   /* checked frames, in a lane that the thread keeps */
	LAB_WAY_SHARED, /* checked frames, in a lane that is entered */
	LAB_WAY_PLAIN,  /* frames that are not checked, in a lane that is entered */
};

/* The owner word of a frame: see word.h. */
struct lab_word {
	_Atomic uint64_t state;
	_Atomic uint32_t got;
	uint32_t id;
};

/* How the address of a frame leads to its owner word. */
struct lab_finder {
	uintptr_t *slots;   /* where the words of a slot of memory begin */
	uint64_t slot_bits; /* of an address: which of these */
	uint64_t word_bits; /* and which word, in bytes: without the gap in these bits, */
	uint32_t down;      /* which is so many wide */
};

/* Which slot an entry of that table stands for, and where its places begin. */
struct lab_slot {
	uint64_t number;
	uint64_t place;
};

struct labyrinth {
	/* What every call reads lies closely together. */
	alignas(LAB_FALSE_SHARING) uint64_t magic;
	uint32_t flags;
	uint32_t lane_count;     /* guest lanes included */
	uint64_t serial;         /* of this labyrinth, and of no other */
	struct lab_lane *own;    /* lanes behind those of guests */
	uint32_t owns;           /* how many */
	uint32_t lanes_own;      /* so many of them are entered straight away */
	uintptr_t lane_cache_at; /* where threads remember their lane of it, in bytes */
	struct lab_room *rooms;
	uint32_t way; /* enum lab_way */
	uint32_t fail;
	struct lab_finder find;
	uint64_t key[6]; /* of seals (0, 1), what frames contain (2, 3), canaries (4, 5) */
	struct lab_lane *lanes;
	void **table;
	struct lab_slot *slot; /* beside find.slots[] */
	uintptr_t words;
	uintptr_t ids;         /* of cells, 1 << id_shift bytes from one to the next */
	uint32_t guests;       /* guest lanes of all processes */
	uint32_t processes;    /* among which lanes are divided */
	uint32_t common;       /* the part for all who have none of their own, or LAB_NO_PART */
	uint32_t common_guest; /* the first of its guest lanes */
	uint32_t common_own;   /* the first of its other lanes, which are the last there are */
	uint32_t lane_frames; /* a thread may keep a lane with so many frames; 0: no lane is kept */
	_Atomic uint64_t *roomless; /* frames that no room has space for */
	uintptr_t entrance;         /* base of the window, or the lowest address of most pieces */
	uintptr_t span;             /* bytes from there on */
	uint32_t cell_shift;        /* log2 of the bytes of a cell */
	uint32_t word_shift;        /* log2 of the bytes from one word to the next */
	uint32_t id_shift;
	uint64_t words_len;   /* bytes of all words */
	uint64_t places_most; /* bytes of places that ids[] is for, if there is one */
	uint64_t nowhere;     /* the place of walls, as long as a slot; cells follow no further */
	uint64_t places_used; /* so many bytes of the places in front of it */
	uint64_t memory_len;  /* bytes of memory that are expected to hold frames */
	uint64_t covered;     /* bytes of pieces so far */
	bool window;          /* it was declared by labyrinth_window() */
	bool aliased;         /* memory outside of the table shares entries with memory in it */
	uint32_t regions;     /* used entries of region[] */
	uint32_t nears;       /* and of near_piece[] */
	uint32_t room_count;  /* rooms[1] to rooms[room_count] exist */
	uint32_t frames;      /* frames added */
	uint32_t frames_max;
	uint32_t staged;      /* frames added and not open yet */
	uint32_t staged_room; /* the rooms they are in, chained through below */
	uint32_t slots_max;
	uint32_t frame_len;
	uint32_t keep_len;
	uint32_t poison_len;
	uint32_t trace;
	uint32_t sample;                /* one frame put in so many is watched; 0: none */
	uint32_t watch_calls;           /* one call in so many chooses among its frames */
	_Atomic uint32_t *version;      /* pages: one word each, odd is owned */
	uint32_t *slot_page;            /* pages: index of a slot's first page */
	struct labyrinth_entropy *dice; /* random reuse: one generator per lane */
	_Atomic uint64_t *watch_sites;  /* sample: where watched frames were put */
	uint32_t *notes;                /* trace: places of frames, then what is noted of them */
	struct lab_fail *fails;         /* failures on demand: one count per lane */
	uint64_t seed_key[4];
	struct lab_region region[LAB_REGIONS_MAX];     /* not found by a slot */
	struct lab_region near_piece[LAB_REGIONS_MAX]; /* found by a slot, but not all of it */
	struct lab_head full[LAB_SHELVES];             /* rooms without space */
	struct lab_head partial[LAB_SHELVES];          /* rooms with frames and space */
	struct lab_head empty[LAB_SHELVES];            /* rooms with none */
	_Atomic uint64_t who[LAB_WHOS]; /* process id (32 bits), lane (32 bits); or 0 */
	/* Rarely written, by anybody. */
	alignas(LAB_FALSE_SHARING) _Atomic uint32_t quarantined;
	_Atomic uint64_t violations;
	_Atomic uint64_t ticket;
	_Atomic uint32_t roomless_count; /* frames in roomless[], or about to be */
	_Atomic uint32_t recovering;     /* one more than the number of the process that recovers */
	_Atomic uint32_t peak;           /* most frames ever seen in use */
	_Atomic uint32_t peak_out;       /* most frames ever seen out of the depot */
	_Atomic uint64_t queue;          /* first in, first out: see queue.h */
	_Atomic uint64_t roomless_moves; /* times somebody was about to move roomless frames */
	/* Where roomless frames are looked for, and where they are left, first: hints. */
	_Atomic uint32_t roomless_head;
	_Atomic uint32_t roomless_tail;
	/* Threads at work from a lane on their stack, by the number of their process. */
	_Atomic uint32_t on_stack[LAB_NAMES];
	/* A bit for each lane that may have rooms. */
	_Atomic uint64_t lanes_used[LAB_LANES_MAX / 64];
};

/*
 * What a thread works with from entering a lane to leaving it: the slot's content in plain
 * words.
 */
struct lab_session {
	struct lab_lane *lane;
	uint64_t version; /* of the slot, in its place */
	uint32_t front;
	uint32_t back;
};

/* The lcore id a lane belongs to, LABYRINTH_LANE_ANY for guests and no lane. */
static inline uint32_t
lab_lane_name(const struct labyrinth *lab, const struct lab_lane *lane)
{
	if (lane == NULL || lane->id == UINT32_MAX || lane->id < lab->guests)
		return LABYRINTH_LANE_ANY;
	return lane->id - lab->guests;
}

static inline struct lab_room *
lab_room(const struct labyrinth *lab, uint32_t index)
{
	return &lab->rooms[index];
}

/* The front room of a lane: if it is kept, or if its slot, read before, vouches for it. */
static inline struct lab_room *
lab_lane_front(const struct lab_lane *lane)
{
	/* @atomic front-look: pairs front-note. Else: a torn address is read from. */
	return (struct lab_room *)atomic_load_explicit(&lane->room, memory_order_relaxed);
}

static inline void
lab_lane_front_note(struct lab_lane *lane, const struct lab_room *room)
{
	/* The slot, written later, is what tells that it holds. */
	/* @atomic front-note: pairs front-look. Else: a torn address is read from. */
	atomic_store_explicit(&lane->room, (uintptr_t)room, memory_order_relaxed);
}

static inline uint32_t
lab_room_count(const struct lab_room *room)
{
	/* @atomic room-count-load: pairs room-count-store. Else: a count is torn. */
	return atomic_load_explicit(&room->count, memory_order_relaxed);
}

/* LAB_NO_ROOM is one that never has any. */
static inline bool
lab_has_frames(const struct labyrinth *lab, uint32_t room)
{
	return lab_room_count(lab_room(lab, room)) > 0;
}

/* For who counts frames in rooms others hold: slots read later are not older. */
static inline uint32_t
lab_room_count_seen(const struct lab_room *room)
{
	/*
	 * @atomic room-count-seen: pairs room-count-store. Else: frames put into a room
	 * are counted, but the slot that tells that they cannot be got yet is not seen.
	 */
	return atomic_load_explicit(&room->count, memory_order_acquire);
}

static inline void
lab_room_count_set(struct lab_room *room, uint32_t count)
{
	/*
	 * @atomic room-count-store: pairs room-count-load, room-count-seen. Else: a count
	 * is torn, or seen before the slot that names the room.
	 */
	atomic_store_explicit(&room->count, count, memory_order_release);
}

/*
 * A frame in a room that others may be in: to be trusted only after a further
 * check.
 */
static inline void *
lab_room_peek(const struct lab_room *room, size_t index)
{
	/* @atomic room-frame-load: pairs room-frame-store. Else: a torn address is followed. */
	return __atomic_load_n(&room->frames[index], __ATOMIC_RELAXED);
}

/* Note a frame in a room; others may be peeking. */
static inline void
lab_room_note(void **place, void *frame)
{
	/* @atomic room-frame-store: pairs room-frame-load. Else: a torn address is followed. */
	__atomic_store_n(place, frame, __ATOMIC_RELAXED);
}

static inline void
lab_counter_add(struct lab_counter *counter, uint64_t by)
{
	/* One writer at a time, so a load and a store will do. */
	/* @atomic counter-old: pairs counter-store. Else: a move is not counted. */
	uint64_t old = atomic_load_explicit(&counter->value, memory_order_relaxed);

	/* @atomic counter-store: pairs counter-old, counter-read. Else: a number is torn. */
	atomic_store_explicit(&counter->value, old + by, memory_order_relaxed);
}

static inline uint64_t
lab_counter_read(const struct lab_counter *counter)
{
	/* @atomic counter-read: pairs counter-store. Else: a number is torn. */
	return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

#endif /* LABYRINTH_PRIVATE_H */
