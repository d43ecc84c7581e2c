/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools of all shapes an application may ask DPDK for: other flags, other
 * elements, memory of its own, few elements, and what it may do to them.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define SIZE 1000

static void
one_shape(const char *what, const struct pool_spec *spec, size_t align)
{
	struct rte_mempool *mp;
	struct traces before;
	char text[128];

	log_clear();
	traces_take(&before);
	snprintf(text, sizeof(text), "%s, %s", what, spec->config);
	mp = pool_make(spec);
	if (mp == NULL) {
		check(false, "%s: %s", text, rte_strerror(rte_errno));
		return;
	}
	pool_expect_sound(mp, text, align);
	rte_mempool_free(mp);
	traces_check(text, &before);
}

static void
shapes(const char *config)
{
	struct pool_spec spec = {.n = SIZE, .config = config};

	one_shape("mbufs", &spec, 64);
	spec.elt = 8;
	one_shape("elements of 8 bytes", &spec, 64);
	spec.elt = 1;
	one_shape("elements of 1 byte", &spec, 64);
	spec.flags = RTE_MEMPOOL_F_NO_CACHE_ALIGN;
	one_shape("elements of 1 byte, not aligned", &spec, 8);
	spec.elt = 100;
	one_shape("elements of 100 bytes, not aligned", &spec, 8);
	spec.flags = RTE_MEMPOOL_F_NO_IOVA_CONTIG;
	one_shape("elements of 100 bytes, not contiguous", &spec, 64);
	spec.flags = RTE_MEMPOOL_F_NO_SPREAD;
	one_shape("elements of 100 bytes, not spread", &spec, 64);
	spec.flags = 0;
	spec.elt = 1100000;
	spec.n = 5;
	one_shape("one element a page", &spec, 64);
	spec.elt = 0;
	spec.n = 1;
	one_shape("one mbuf", &spec, 64);
	spec.n = 2;
	one_shape("two mbufs", &spec, 64);
}

static void
fill(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	RTE_SET_USED(arg);
	memset(object, (int)(index % 251), mp->elt_size);
}

struct seen {
	unsigned int good;
	unsigned int calls;
	size_t bytes;
};

static void
inspect(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	struct seen *seen = arg;
	const uint8_t *bytes = object;
	unsigned int i;

	seen->calls++;
	for (i = 0; i < mp->elt_size && bytes[i] == index % 251; i++)
		;
	seen->good += i == mp->elt_size;
}

/* Applications keep things in elements which are no mbufs while they are free. */
static void
content_kept(const char *config)
{
	struct pool_spec spec = {.n = SIZE, .elt = 200, .config = config};
	struct rte_mempool *mp = pool_must(&spec);
	void *objects[SIZE];
	struct seen seen = {0};
	unsigned int round;

	log_clear();
	rte_mempool_obj_iter(mp, fill, NULL);
	for (round = 0; round < 3; round++) {
		if (pool_drain(mp, objects, SIZE) != SIZE)
			die("shapes: cannot drain");
		rte_mempool_put_bulk(mp, objects, SIZE);
	}
	rte_mempool_obj_iter(mp, inspect, &seen);
	check(seen.good == SIZE && seen.calls == SIZE,
	      "%s: %u of %d elements kept their content while free", config, seen.good, SIZE);
	rte_mempool_free(mp);
}

static void
mark(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	RTE_SET_USED(mp);
	RTE_SET_USED(arg);
	*(uint32_t *)object = index;
}

/* Applications prepare packets once, and send all of them again and again. */
static void
all_come_round(const char *config, unsigned int bulk)
{
	struct pool_spec spec = {.n = 4096, .elt = 200, .config = config};
	struct rte_mempool *mp = pool_must(&spec);
	bool seen[4096] = {false};
	unsigned int different = 0;
	void *objects[64];
	unsigned int got;
	unsigned int i;

	rte_mempool_obj_iter(mp, mark, NULL);
	for (got = 0; got < spec.n; got += bulk) {
		if (rte_mempool_get_bulk(mp, objects, bulk) != 0)
			die("shapes: cannot get");
		for (i = 0; i < bulk; i++) {
			uint32_t index = *(uint32_t *)objects[i];

			different += index < spec.n && !seen[index];
			seen[index % spec.n] = true;
		}
		rte_mempool_put_bulk(mp, objects, bulk);
	}
	check(different == spec.n, "%s: by %u, %u different elements of the first %u", config, bulk,
	      different, spec.n);
	rte_mempool_free(mp);
}

static void
count_memory(struct rte_mempool *mp, void *arg, struct rte_mempool_memhdr *memory,
             unsigned int index)
{
	struct seen *seen = arg;

	RTE_SET_USED(mp);
	RTE_SET_USED(index);
	seen->calls++;
	seen->bytes += memory->len;
}

/* Is every element inside of a piece of memory that mempool knows? */
struct inside {
	const void *object;
	bool found;
};

static void
look_inside(struct rte_mempool *mp, void *arg, struct rte_mempool_memhdr *memory,
            unsigned int index)
{
	struct inside *inside = arg;
	uintptr_t off = (uintptr_t)inside->object - (uintptr_t)memory->addr;

	RTE_SET_USED(index);
	if (off < memory->len && off + mp->elt_size <= memory->len)
		inside->found = memory->iova == RTE_BAD_IOVA ||
		                rte_mempool_virt2iova(inside->object) == memory->iova + off;
}

static void
inquiries(const char *config)
{
	struct pool_spec spec = {.name = "asked", .n = 3000, .config = config};
	struct rte_mempool *mp = pool_must(&spec);
	void *objects[3000];
	struct seen seen = {0};
	unsigned int inside = 0;
	unsigned int n;
	unsigned int i;
	char *text = NULL;
	size_t len = 0;
	FILE *file;

	log_clear();
	n = pool_drain(mp, objects, 3000);
	for (i = 0; i < n; i++) {
		struct inside one = {.object = objects[i]};

		rte_mempool_mem_iter(mp, look_inside, &one);
		inside += one.found;
	}
	rte_mempool_mem_iter(mp, count_memory, &seen);
	check(inside == 3000 && seen.calls == mp->nb_mem_chunks,
	      "%s: %u of 3000 elements lie where mempool says, with that IOVA; %u pieces", config,
	      inside, seen.calls);
	rte_mempool_put_bulk(mp, objects, n);
	check(rte_mempool_lookup("asked") == mp, "%s: found by its name", config);
	check(rte_mempool_full(mp) && !rte_mempool_empty(mp), "%s: it is full", config);
	file = open_memstream(&text, &len);
	rte_mempool_dump(file, mp);
	fclose(file);
	check(strstr(text, "size=3000") != NULL && strstr(text, "common_pool_count=3000") != NULL,
	      "%s: dumped with its count", config);
	free(text);
	rte_mempool_audit(mp);
	rte_mempool_free(mp);
	check(rte_mempool_lookup("asked") == NULL, "%s: not found any more", config);
}

static struct {
	unsigned int ready;
	unsigned int destroyed;
	unsigned int complete; /* it had all its elements when it was ready */
} events;

static void
listen(enum rte_mempool_event event, struct rte_mempool *mp, void *arg)
{
	struct seen seen = {0};

	RTE_SET_USED(arg);
	if (event == RTE_MEMPOOL_EVENT_DESTROY) {
		events.destroyed++;
		return;
	}
	events.ready++;
	rte_mempool_mem_iter(mp, count_memory, &seen);
	events.complete +=
		mp->populated_size == mp->size && seen.bytes >= (size_t)mp->size * mp->elt_size;
}

/* Drivers register memory when a pool is ready: that must be once, and not too soon. */
static void
ready_once(unsigned int n, unsigned int elt, const char *config)
{
	struct pool_spec spec = {.n = n, .elt = elt, .config = config};
	struct rte_mempool *mp;

	log_clear();
	memset(&events, 0, sizeof(events));
	mp = pool_must(&spec);
	check(events.ready == 1, "%s, %u elements: ready %u times", config, n, events.ready);
	check(events.complete == events.ready,
	      "%s, %u elements: all are there when it is ready, in memory that mempool knows",
	      config, n);
	rte_mempool_free(mp);
	check(events.destroyed == 1, "%s, %u elements: destroyed %u times", config, n,
	      events.destroyed);
}

static void
events_of(const char *config)
{
	ready_once(1, 0, config);
	ready_once(2, 0, config);
	ready_once(5000, 0, config);
	/* One element in each page, and more pages than elements. */
	ready_once(3, 1100000, config);
	ready_once(70, 1100000, config);
}

int
main(void)
{
	static const char *const configs[] = {
		"profile=fast,backing=maze",   "profile=guard,backing=maze",
		"profile=strict,backing=maze", "profile=fast,backing=eal",
		"profile=guard,backing=eal",   "profile=strict,backing=eal",
	};
	unsigned int i;

	eal_start("shapes", 256, "-l 0");
	traces_warm_up();
	if (rte_mempool_event_callback_register(listen, NULL) != 0)
		die("shapes: cannot listen to events");
	all_come_round("profile=guard,reuse=fifo", 32);
	all_come_round("profile=guard,reuse=fifo", 1);
	all_come_round("profile=guard,reuse=fifo,backing=eal,trace=2", 64);
	all_come_round("profile=fast,reuse=fifo", 32);
	for (i = 0; i < RTE_DIM(configs); i++) {
		shapes(configs[i]);
		content_kept(configs[i]);
		inquiries(configs[i]);
		events_of(configs[i]);
	}
	rte_mempool_event_callback_unregister(listen, NULL);
	return finish();
}
