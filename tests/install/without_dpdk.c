/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What a program without DPDK does with the installed library.
 */

#include <stdio.h>
#include <stdlib.h>

#include <labyrinth.h>
#include <labyrinth_entropy.h>

#define LANES 1

int
main(void)
{
	const struct labyrinth_params params = {.frames = 64,
	                                        .lanes = LANES,
	                                        .processes = 1,
	                                        .busy_lanes = 1,
	                                        .slots = 1,
	                                        .frame_len = 4096,
	                                        .keep_len = 4096};
	uint8_t seed[LABYRINTH_SEED_LEN];
	size_t len = labyrinth_footprint(&params);
	void *at;
	int ret = -1;

	if (len > 0 && posix_memalign(&at, 128, len) == 0) {
		if (labyrinth_seed_draw(seed) == 0)
			ret = labyrinth_init(at, len, &params, seed);
		free(at);
	}
	printf("%s\n", ret == 0 ? "a labyrinth" : "none");
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
