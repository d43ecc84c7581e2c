/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>

#include "whole.h"

static int
compare(const void *a, const void *b)
{
	const void *const *left = a;
	const void *const *right = b;

	return *left < *right ? -1 : *left > *right;
}

unsigned int
whole_count(struct rte_mempool *pool, void **all, unsigned int most, unsigned int *twice)
{
	unsigned int n = 0;
	unsigned int i;

	while (n < most && rte_mempool_get(pool, &all[n]) == 0)
		n++;
	qsort(all, n, sizeof(all[0]), compare);
	*twice = 0;
	for (i = 1; i < n; i++)
		*twice += all[i] == all[i - 1];
	for (i = 0; i < n; i++)
		rte_mempool_put(pool, all[i]);
	return n;
}
