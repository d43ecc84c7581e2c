/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Telemetry: where the memory and the frames of a pool lie, in what state they
 * are and which would be handed out next. Pools of other handlers are told of
 * as far as mempool knows them, so that the two can be compared.
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ring.h>
#include <rte_telemetry.h>

#include "labyrinth_inspect.h"
#include "labyrinth_pool.h"
#include "labyrinth_processes.h"
#include "labyrinth_telemetry.h"

/* What the numbers of a map's "state" mean, in docs/telemetry.md too. */
enum {
	STATE_UNKNOWN,
	STATE_DEPOT,
	STATE_LANE,
	STATE_OWNED,
	STATE_QUARANTINED,
};

static const char *
handler_of(const struct rte_mempool *mp)
{
	return rte_mempool_get_ops(mp->ops_index)->name;
}

static int
lcore_of(uint32_t lane)
{
	return (int)labyrinth_lane_lcore(lane);
}

/* --- memory ------------------------------------------------------------------ */

struct pieces {
	uint64_t address[LABYRINTH_TEL_ADDRESSES / 2];
	uint64_t len[LABYRINTH_TEL_ADDRESSES / 2];
	uint32_t first;
	uint32_t seen;
	uint32_t n;
};

static void
piece_add(struct pieces *pieces, uint64_t address, uint64_t len)
{
	if (pieces->seen++ < pieces->first || pieces->n == RTE_DIM(pieces->len))
		return;
	pieces->address[pieces->n] = address;
	pieces->len[pieces->n++] = len;
}

/* Pages of a maze, or the chunks mempool knows. */
static void
pieces_find(struct rte_mempool *mp, const struct labyrinth_maze *maze, struct pieces *pieces)
{
	const struct rte_mempool_memhdr *chunk;
	uint32_t i;

	if (maze != NULL) {
		for (i = 0; i < maze->blocks; i++)
			piece_add(pieces, (uintptr_t)labyrinth_maze_block(maze, i),
			          LABYRINTH_SLOT_SIZE);
		return;
	}
	STAILQ_FOREACH (chunk, &mp->mem_list, next)
		piece_add(pieces, (uintptr_t)chunk->addr, chunk->len);
}

static int
tell_window(struct rte_mempool *mp, uint32_t first, struct rte_tel_data *data)
{
	const struct labyrinth_maze *maze = NULL;
	struct pieces pieces = {.first = first};
	const char *backing = "none";
	int ret;

	if (rte_labyrinth_is(mp)) {
		backing = "eal";
		if (labyrinth_pool_of(mp)->backing == RTE_LABYRINTH_BACKING_MAZE) {
			maze = &labyrinth_pool_of(mp)->maze;
			backing = "maze";
		}
	}
	pieces_find(mp, maze, &pieces);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	rte_tel_data_add_dict_string(data, "handler", handler_of(mp));
	rte_tel_data_add_dict_string(data, "backing", backing);
	rte_tel_data_add_dict_uint(data, "entrance", maze == NULL ? 0 : (uintptr_t)maze->entrance);
	rte_tel_data_add_dict_uint(data, "slots", maze == NULL ? 0 : maze->slots);
	rte_tel_data_add_dict_uint(data, "slot_len", LABYRINTH_SLOT_SIZE);
	rte_tel_data_add_dict_uint(data, "frame_stride", labyrinth_frame_stride(mp));
	rte_tel_data_add_dict_uint(data, "pieces", pieces.seen);
	rte_tel_data_add_dict_uint(data, "first", first);
	rte_tel_data_add_dict_uint(data, "next", RTE_MIN(first + pieces.n, pieces.seen));
	ret = labyrinth_tel_uints(data, "address", pieces.address, pieces.n);
	return ret != 0 ? ret : labyrinth_tel_uints(data, "len", pieces.len, pieces.n);
}

int
labyrinth_tel_window(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_window, true, 0, data);
}

/* --- frames -------------------------------------------------------------------- */

struct frames {
	uint64_t address[LABYRINTH_TEL_FRAMES];
	uint64_t state[LABYRINTH_TEL_FRAMES];
	uint64_t pid[LABYRINTH_TEL_FRAMES];
	uint64_t age[LABYRINTH_TEL_FRAMES];
	uint64_t room[LABYRINTH_TEL_FRAMES];
	uint64_t position[LABYRINTH_TEL_FRAMES];
	int lane[LABYRINTH_TEL_FRAMES];
	uint32_t n;
};

_Static_assert(LABYRINTH_TEL_FRAMES <= LABYRINTH_INSPECT_MOST, "one call tells of a piece");

static uint64_t
state_number(const struct labyrinth_frame_info *info)
{
	switch (info->state) {
	case LABYRINTH_FRAME_FREE:
		return info->cached ? STATE_LANE : STATE_DEPOT;
	case LABYRINTH_FRAME_OWNED:
		return STATE_OWNED;
	case LABYRINTH_FRAME_QUARANTINED:
		return STATE_QUARANTINED;
	default:
		return STATE_UNKNOWN;
	}
}

static void
frames_of_labyrinth(const struct rte_mempool *mp, uint32_t first, struct frames *frames)
{
	struct labyrinth_frame_info infos[LABYRINTH_TEL_FRAMES];
	uint32_t i;

	frames->n = labyrinth_frames_info(labyrinth_of(mp), first, infos, LABYRINTH_TEL_FRAMES);
	for (i = 0; i < frames->n; i++) {
		frames->address[i] = (uintptr_t)infos[i].frame;
		frames->state[i] = state_number(&infos[i]);
		frames->lane[i] = infos[i].by.known ? lcore_of(infos[i].by.lane) : -1;
		frames->pid[i] = infos[i].by.known ? infos[i].by.pid : 0;
		frames->age[i] = infos[i].by.known ? infos[i].by.age / 1000000 : 0;
		frames->room[i] = infos[i].room;
		frames->position[i] = infos[i].position;
	}
}

/* The objects of a pool of another handler, in the order mempool lists them. */
static void
frames_of_other(struct rte_mempool *mp, uint32_t first, struct frames *frames)
{
	const struct rte_mempool_objhdr *header;
	uint32_t i = 0;

	STAILQ_FOREACH (header, &mp->elt_list, next) {
		if (i++ < first)
			continue;
		if (frames->n == LABYRINTH_TEL_FRAMES)
			return;
		frames->address[frames->n] = (uintptr_t)header + sizeof(*header);
		frames->lane[frames->n++] = -1;
	}
}

/* The ring of a pool that keeps its objects in one, else NULL. */
static const struct rte_ring *
ring_of(const struct rte_mempool *mp)
{
	return strncmp(handler_of(mp), "ring_", 5) == 0 ? mp->pool_data : NULL;
}

/* Object number i of a ring, counted from the next to go. */
static uint64_t
ring_peek(const struct rte_ring *ring, uint32_t i)
{
	void *const volatile *objects = (void *const volatile *)(const void *)&ring[1];

	return (uintptr_t)objects[(ring->cons.tail + i) & ring->mask];
}

static void
free_in_ring(const struct rte_ring *ring, struct frames *frames)
{
	uint32_t count = rte_ring_count(ring);
	uint32_t i;
	uint32_t f;

	/* Objects come from few places, mostly in order: a guess finds nearly all at once. */
	for (i = 0, f = 0; i < count; i++) {
		uint64_t object = ring_peek(ring, i);
		uint32_t tries;

		for (tries = 0; tries < frames->n && frames->address[f] != object; tries++)
			f = f + 1 < frames->n ? f + 1 : 0;
		if (tries < frames->n)
			frames->state[f] = STATE_DEPOT;
	}
}

static int
tell_map(struct rte_mempool *mp, uint32_t first, struct rte_tel_data *data)
{
	struct frames frames = {0};
	bool ours = rte_labyrinth_is(mp);
	const struct rte_ring *ring = ring_of(mp);
	int ret;

	if (ours)
		frames_of_labyrinth(mp, first, &frames);
	else
		frames_of_other(mp, first, &frames);
	if (ring != NULL && frames.n > 0)
		free_in_ring(ring, &frames);
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	rte_tel_data_add_dict_string(data, "handler", handler_of(mp));
	rte_tel_data_add_dict_uint(data, "size", mp->populated_size);
	rte_tel_data_add_dict_uint(data, "first", first);
	rte_tel_data_add_dict_uint(data, "next", RTE_MIN(first + frames.n, mp->populated_size));
	ret = labyrinth_tel_uints(data, "address", frames.address, frames.n);
	if (ret == 0 && (ours || ring != NULL))
		ret = labyrinth_tel_uints(data, "state", frames.state, frames.n);
	if (ret != 0 || !ours)
		return ret;
	ret = labyrinth_tel_ints(data, "lcore", frames.lane, frames.n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "pid", frames.pid, frames.n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "age_ms", frames.age, frames.n);
	ret = ret != 0 ? ret : labyrinth_tel_uints(data, "room", frames.room, frames.n);
	return ret != 0 ? ret : labyrinth_tel_uints(data, "position", frames.position, frames.n);
}

int
labyrinth_tel_map(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_map, true, 0, data);
}

/* --- the order ------------------------------------------------------------------ */

static int
tell_order(struct rte_mempool *mp, uint32_t lane, struct rte_tel_data *data)
{
	const void *frames[LABYRINTH_TEL_ADDRESSES];
	uint64_t order[LABYRINTH_TEL_ADDRESSES];
	const struct rte_ring *ring = ring_of(mp);
	int n = -ENOTSUP;
	int i;

	if (rte_labyrinth_is(mp)) {
		n = labyrinth_peek_order(labyrinth_of(mp), lane, frames, LABYRINTH_TEL_ADDRESSES);
		for (i = 0; i < n; i++)
			order[i] = (uintptr_t)frames[i];
	} else if (ring != NULL) {
		n = (int)RTE_MIN(rte_ring_count(ring), (unsigned int)LABYRINTH_TEL_ADDRESSES);
		for (i = 0; i < n; i++)
			order[i] = ring_peek(ring, (uint32_t)i);
	}
	rte_tel_data_start_dict(data);
	rte_tel_data_add_dict_string(data, "name", mp->name);
	rte_tel_data_add_dict_string(data, "handler", handler_of(mp));
	rte_tel_data_add_dict_int(data, "lcore", lcore_of(lane));
	rte_tel_data_add_dict_int(data, "known", n >= 0);
	return labyrinth_tel_uints(data, "address", order, n < 0 ? 0 : (unsigned int)n);
}

int
labyrinth_tel_order(const char *cmd, const char *params, struct rte_tel_data *data)
{
	RTE_SET_USED(cmd);
	return labyrinth_tel_answer(params, tell_order, true, LABYRINTH_LANE_ANY, data);
}
