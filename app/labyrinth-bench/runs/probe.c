/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>

#include "app_message.h"
#include "pools.h"
#include "probe.h"

#define SIZE 1023

static int
try_handler(const struct bench_handler *handler, uint32_t elt)
{
	const struct bench_cell cell = {.size = SIZE, .elt = elt};
	struct rte_mempool *mp = bench_pool_create(handler, &cell, NULL);

	if (mp == NULL)
		return -rte_errno;
	rte_mempool_free(mp);
	return 0;
}

/** What to change. */
static const char *
remedy(int ret, const struct bench_handler *handler)
{
	if (ret == -EINVAL && handler->options != NULL)
		return "; the line above says which option is wrong";
	if (ret == -ENOTSUP)
		return "; all=on makes it labyrinth's: leave that out of LABYRINTH_OPTIONS and of "
		       "labyrinth.ini";
	return "";
}

int
bench_probe(struct bench_options *options)
{
	struct bench_handlers *handlers = &options->handlers;
	char without[512] = "";
	size_t used = 0;
	unsigned int i = 0;
	int ret;

	while (i < handlers->nb) {
		const struct bench_handler *handler = &handlers->handler[i];

		ret = try_handler(handler, options->elt);
		if (ret == 0) {
			i++;
			continue;
		}
		if (!handler->expanded) {
			app_error("--handlers=%s: makes no pool of %u objects: %s%s",
			          handler->label, SIZE, rte_strerror(-ret), remedy(ret, handler));
			return -1;
		}
		if (used < sizeof(without))
			used += (size_t)snprintf(without + used, sizeof(without) - used, "%s%s",
			                         used == 0 ? "" : ", ", handler->label);
		bench_handlers_remove(handlers, i);
	}
	if (used > 0)
		app_notice("left out, as they make no pool on this machine: %s", without);
	return 0;
}
