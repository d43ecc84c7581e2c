/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Preloaded by tests/fwd/fwd_processes.sh: a primary process whose ports take long
 * to close (SLOW_CLOSE), or that lacks the maze of a pool (NO_MAZE).
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define CLOSE_SECONDS 3

int
rte_eth_dev_close(uint16_t port);
int
rte_labyrinth_reclaim(void *pool, void *found);

int
rte_eth_dev_close(uint16_t port)
{
	int (*next)(uint16_t) = (int (*)(uint16_t))dlsym(RTLD_NEXT, "rte_eth_dev_close");

	if (getenv("SLOW_CLOSE") != NULL)
		sleep(CLOSE_SECONDS);
	return next(port);
}

int
rte_labyrinth_reclaim(void *pool, void *found)
{
	int (*next)(void *, void *) =
		(int (*)(void *, void *))dlsym(RTLD_NEXT, "rte_labyrinth_reclaim");
	int ret = next(pool, found);

	return ret == 0 && getenv("NO_MAZE") != NULL ? -EFAULT : ret;
}
