/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What an application does with the installed driver.
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

int
main(int argc, char **argv)
{
	struct rte_mempool *pool;

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	pool = rte_labyrinth_pktmbuf_pool_create("installed", 1024, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
	                                         SOCKET_ID_ANY, NULL);
	if (pool == NULL)
		return EXIT_FAILURE;
	printf("%u frames, %s\n", rte_mempool_avail_count(pool),
	       rte_labyrinth_is(pool) ? "labyrinth" : "another handler");
	rte_mempool_free(pool);
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
