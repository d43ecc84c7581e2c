/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools as the drivers of NICs see and use them, with imitated drivers:
 *
 *   test_nics IOVA    va or pa
 */

#include <string.h>

#include "harness.h"
#include "nics.h"

/* A pool of 350,000 mbufs takes 401. */
#define HUGE_PAGES 480

int
main(int argc, char **argv)
{
	if (argc != 2 || (strcmp(argv[1], "va") != 0 && strcmp(argv[1], "pa") != 0))
		die("Usage: test_nics va|pa");
	eal_start("nics", HUGE_PAGES,
	          strcmp(argv[1], "va") == 0
	                  ? "-l 0 --iova-mode=va --log-level=pmd.mempool.labyrinth:info"
	                  : "-l 0 --iova-mode=pa --log-level=pmd.mempool.labyrinth:info");
	nics_drivers();
	nics_vfio();
	nics_rings();
	nics_table();
	return finish();
}
