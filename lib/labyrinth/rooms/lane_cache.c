/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <pthread.h>
#include <string.h>

#include "lane_cache.h"

__thread uint64_t lab_lane_cache[LAB_LANE_CACHE_LEN];

/* A child has none of the lanes of its parent's thread. */
static void
cache_clear(void)
{
	memset(lab_lane_cache, 0, sizeof(lab_lane_cache));
}

static void __attribute__((constructor)) cache_watch(void)
{
	/* Fails only without memory; then a forked child uses its parent's lanes. */
	(void)pthread_atfork(NULL, NULL, cache_clear);
}
