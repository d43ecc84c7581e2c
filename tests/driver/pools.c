/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"

#define MBUF_LEN (sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE)

static bool
is_labyrinth(const struct pool_spec *spec)
{
	return spec->ops == NULL || strcmp(spec->ops, OPS_LABYRINTH) == 0;
}

struct rte_mempool *
pool_make_empty(const struct pool_spec *spec)
{
	struct rte_pktmbuf_pool_private priv = {.mbuf_data_room_size = RTE_MBUF_DEFAULT_BUF_SIZE};
	const char *ops = spec->ops == NULL ? OPS_LABYRINTH : spec->ops;
	struct rte_mempool *mp;

	mp = rte_mempool_create_empty(spec->name == NULL ? "pool" : spec->name,
	                              spec->n == 0 ? 1023 : spec->n,
	                              spec->elt == 0 ? MBUF_LEN : spec->elt, spec->cache,
	                              spec->elt == 0 ? sizeof(priv) : 0, spec->socket, spec->flags);
	if (mp == NULL)
		return NULL;
	if (rte_mempool_set_ops_byname(
		    mp, ops, is_labyrinth(spec) ? (void *)(uintptr_t)spec->config : NULL) != 0) {
		rte_mempool_free(mp);
		rte_errno = ENOENT;
		return NULL;
	}
	if (spec->elt == 0)
		rte_pktmbuf_pool_init(mp, &priv);
	return mp;
}

struct rte_mempool *
pool_make(const struct pool_spec *spec)
{
	struct rte_mempool *mp = pool_make_empty(spec);
	int ret;

	if (mp == NULL)
		return NULL;
	ret = rte_mempool_populate_default(mp);
	if (ret < 0) {
		rte_mempool_free(mp);
		rte_errno = -ret;
		return NULL;
	}
	/* This also has the driver linked. */
	if (rte_labyrinth_is(mp) != is_labyrinth(spec))
		die("pool %s: these are not the ops asked for", mp->name);
	if (spec->elt == 0)
		rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	return mp;
}

struct rte_mempool *
pool_must(const struct pool_spec *spec)
{
	struct rte_mempool *mp = pool_make(spec);

	if (mp == NULL)
		die("no pool of %u with %s (%s): %s", spec->n, spec->ops == NULL ? "" : spec->ops,
		    spec->config == NULL ? "" : spec->config, rte_strerror(rte_errno));
	return mp;
}

unsigned int
pool_drain(struct rte_mempool *mp, void **objects, unsigned int most)
{
	unsigned int n = 0;

	while (n < most && rte_mempool_get(mp, &objects[n]) == 0)
		n++;
	return n;
}

bool
all_distinct(void **objects, unsigned int n)
{
	unsigned int i;

	qsort(objects, n, sizeof(objects[0]), compare_u64);
	for (i = 1; i < n; i++) {
		if (objects[i] == objects[i - 1])
			return false;
	}
	return true;
}

/* Whether no element's bytes are another's, header and trailer included. */
static bool
none_overlap(struct rte_mempool *mp, void **sorted, unsigned int n)
{
	size_t stride = mp->header_size + mp->elt_size + mp->trailer_size;
	unsigned int i;

	for (i = 1; i < n; i++) {
		if ((uintptr_t)sorted[i] - (uintptr_t)sorted[i - 1] < stride)
			return false;
	}
	return true;
}

static bool
all_aligned(void **objects, unsigned int n, size_t align)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if ((uintptr_t)objects[i] % align != 0)
			return false;
	}
	return true;
}

void
pool_expect_sound(struct rte_mempool *mp, const char *what, size_t align)
{
	void **objects = calloc(mp->size + 1, sizeof(*objects));
	unsigned int n;
	unsigned int i;
	bool own = true;

	if (objects == NULL)
		die("no memory");
	n = pool_drain(mp, objects, mp->size + 1);
	for (i = 0; i < n; i++)
		own = own && rte_mempool_from_obj(objects[i]) == mp;
	check(n == mp->size && all_distinct(objects, n) && none_overlap(mp, objects, n) &&
	              all_aligned(objects, n, align) && own,
	      "%s: %u of %u elements, apart, aligned to %zu, each knows its pool", what, n,
	      mp->size, align);
	for (i = 0; i < n; i++)
		memset(objects[i], 0xa5, mp->elt_size);
	rte_mempool_put_bulk(mp, objects, n);
	check(rte_mempool_avail_count(mp) == mp->size, "%s: all of them came back", what);
	free(objects);
}
