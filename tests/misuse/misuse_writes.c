/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Writes to memory that is another's: behind a buffer, in front of it, into a
 * freed one.
 */

#include <stdlib.h>

#include "misuse.h"

#define HEADER 64

/* Guard looks at the header of the first of several that are put. */
static void
put_looked_at(struct scene *scene, void *object)
{
	void *two[2] = {object, NULL};

	rte_mempool_put_bulk(scene->mp, two, rte_mempool_get(scene->mp, &two[1]) == 0 ? 2 : 1);
}

/* All there is, got and put back: whatever is wrong with one is found. */
static void
cycle(struct scene *scene)
{
	void *all[SCENE_MBUFS + 1];
	unsigned int n = scene_drain(scene->mp, all);
	unsigned int i;

	for (i = 0; i + 1 < n; i++) {
		rte_mempool_put_bulk(scene->mp, (void *[]){all[i], all[n - 1]}, 2);
		if (rte_mempool_get(scene->mp, &all[n - 1]) != 0)
			return;
	}
	if (n > 0)
		put_looked_at(scene, all[n - 1]);
}

/* From the end of the front one to `into` bytes of its neighbour's header. */
static void
overflow(struct scene *scene, const struct pair *pair, size_t into)
{
	size_t end = scene->mp->elt_size;
	size_t reach = scene_reach(scene->mp, pair);

	scene_spoil((uint8_t *)pair->front + end, reach - end + into);
}

static void
overflow_found_at_put(struct scene *scene)
{
	struct pair pair = scene_neighbours(scene);

	scene_take(scene, pair.behind);
	overflow(scene, &pair, HEADER);
	put_looked_at(scene, pair.behind);
	rte_mempool_put(scene->mp, pair.front);
}

static void
overflow_found_at_get(struct scene *scene)
{
	struct pair pair = scene_neighbours(scene);

	overflow(scene, &pair, HEADER);
	cycle(scene);
	rte_mempool_put(scene->mp, pair.front);
}

/* One byte into the neighbour's header is enough. */
static void
overflow_by_one_into_header(struct scene *scene)
{
	struct pair pair = scene_neighbours(scene);

	overflow(scene, &pair, 1);
	cycle(scene);
	rte_mempool_put(scene->mp, pair.front);
}

/* As above by a copy that trusts a length, through the mbuf calls. */
static void
packet_too_long(struct scene *scene)
{
	struct pair pair = scene_neighbours(scene);
	struct rte_mbuf *m = pair.front;
	size_t len = scene_reach(scene->mp, &pair) + HEADER;
	uint8_t *packet = calloc(1, len);

	rte_pktmbuf_reset(m);
	len -= (size_t)((uint8_t *)rte_pktmbuf_mtod(m, void *) - (uint8_t *)m);
	memcpy(rte_pktmbuf_mtod(m, void *), packet, len);
	free(packet);
	cycle(scene);
	rte_pktmbuf_free(m);
}

static void
underflow(struct scene *scene)
{
	uint8_t *m = (uint8_t *)scene_alloc(scene);

	/* DPDK's part of the header lies nearer and is put right again. */
	scene_spoil(m - HEADER, HEADER);
	scene_spoil(m - HEADER / 2, HEADER / 2);
	put_looked_at(scene, m);
}

static void
behind_by(struct scene *scene, size_t from, size_t len)
{
	void *object;

	if (rte_mempool_get(scene->mp, &object) != 0)
		scene_fail("no object");
	scene_spoil((uint8_t *)object + scene->mp->elt_size + from, len);
	rte_mempool_put(scene->mp, object);
}

static void
behind_by_one(struct scene *scene)
{
	behind_by(scene, 0, 1);
}

static void
behind_by_eight(struct scene *scene)
{
	behind_by(scene, 0, 8);
}

/* Off by a few: the first bytes behind the buffer stay as they are. */
static void
behind_last_of_canary(struct scene *scene)
{
	behind_by(scene, 7, 1);
}

static void
behind_in_bulk(struct scene *scene)
{
	void *objects[8];

	if (rte_mempool_get_bulk(scene->mp, objects, 8) != 0)
		scene_fail("no objects");
	scene_spoil((uint8_t *)objects[5] + scene->mp->elt_size, 1);
	rte_mempool_put_bulk(scene->mp, objects, 8);
}

static void
packet_by_one_too_long(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);
	uint16_t room = rte_pktmbuf_tailroom(m);
	uint8_t *data = (uint8_t *)rte_pktmbuf_append(m, room);

	scene_spoil(data, room + 1u);
	rte_pktmbuf_free(m);
}

static void
after_free(struct scene *scene, size_t from, size_t len)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_pktmbuf_free(m);
	scene_spoil((uint8_t *)m + from, len);
	cycle(scene);
	/* Where nobody noticed, the mbuf must be one again. */
	scene_spoil((uint8_t *)m + from, len);
}

static void
after_free_data(struct scene *scene)
{
	after_free(scene, sizeof(struct rte_mbuf) + SCENE_PRIV + RTE_PKTMBUF_HEADROOM, 64);
}

static void
after_free_anywhere(struct scene *scene)
{
	/* The clock is as good as dice here: any offset must be noticed. */
	after_free(scene, rte_rdtsc() % scene->mp->elt_size, 1);
}

static void
after_free_first_byte(struct scene *scene)
{
	after_free(scene, 0, 1);
}

static void
after_free_next_pointer(struct scene *scene)
{
	after_free(scene, offsetof(struct rte_mbuf, next), sizeof(void *));
}

static void
after_free_private(struct scene *scene)
{
	after_free(scene, sizeof(struct rte_mbuf) + SCENE_PRIV - 1, 1);
}

static void
after_free_last_byte(struct scene *scene)
{
	after_free(scene, scene->mp->elt_size - 1, 1);
}

/* The header of a free one: what links overflow and use after free. */
static void
after_free_seal(struct scene *scene)
{
	struct rte_mbuf *m = scene_alloc(scene);

	rte_pktmbuf_free(m);
	scene_spoil((uint8_t *)m - HEADER, 8);
	cycle(scene);
}

#define NOTHING            \
	{                  \
		NULL, 0, 0 \
	}
#define CULPRIT "likely culprit: frame"
#define BAD(n)  "bad bytes: " #n " from"

const struct misuse misuse_writes[] = {
	{"overflow-found-at-put",
         overflow_found_at_put,
         {KIND_HEADER, 1, 1},
         {KIND_HEADER, 2, 2},
         false,
         CULPRIT},
	{"overflow-found-at-get",
         overflow_found_at_get,
         {KIND_HEADER, 1, 1},
         {KIND_HEADER, 2, 2},
         false,
         CULPRIT},
	{"overflow-by-one-into-header",
         overflow_by_one_into_header,
         {KIND_HEADER, 1, 1},
         {KIND_HEADER, 2, 2},
         false,
         CULPRIT},
	{"packet-too-long",
         packet_too_long,
         {KIND_HEADER, 1, 1},
         {KIND_HEADER, 2, 2},
         false,
         CULPRIT},
	{"underflow", underflow, {KIND_HEADER, 1, 1}, {KIND_HEADER, 1, 1}, true, BAD(8)},
	{"behind-by-one", behind_by_one, NOTHING, {KIND_CANARY, 1, 1}, true, BAD(1)},
	{"behind-by-eight", behind_by_eight, NOTHING, {KIND_CANARY, 1, 1}, false, BAD(8)},
	{"behind-last-of-canary",
         behind_last_of_canary,
         NOTHING,
         {KIND_CANARY, 1, 1},
         false,
         BAD(1)},
	{"behind-in-bulk", behind_in_bulk, NOTHING, {KIND_CANARY, 1, 1}, false, BAD(1)},
	{"packet-by-one-too-long",
         packet_by_one_too_long,
         NOTHING,
         {KIND_CANARY, 1, 1},
         false,
         BAD(1)},
	{"after-free-data", after_free_data, NOTHING, {KIND_AFTER, 1, 1}, true, BAD(64)},
	{"after-free-anywhere",
         after_free_anywhere,
         NOTHING,
         {KIND_AFTER, 1, 1},
         false,
         "bad bytes:"},
	{"after-free-first-byte",
         after_free_first_byte,
         NOTHING,
         {KIND_AFTER, 1, 1},
         false,
         "bad bytes:"},
	{"after-free-next-pointer",
         after_free_next_pointer,
         NOTHING,
         {KIND_AFTER, 1, 1},
         false,
         "bad bytes:"},
	{"after-free-private",
         after_free_private,
         NOTHING,
         {KIND_AFTER, 1, 1},
         false,
         "bad bytes:"},
	{"after-free-last-byte", after_free_last_byte, NOTHING, {KIND_AFTER, 1, 1}, false, BAD(1)},
	{"after-free-seal",
         after_free_seal,
         {KIND_HEADER, 1, 1},
         {KIND_HEADER, 1, 1},
         true,
         BAD(8)},
	{.name = NULL},
};
