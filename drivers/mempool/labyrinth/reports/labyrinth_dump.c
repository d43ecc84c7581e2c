/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <rte_errno.h>

#include "labyrinth_dump.h"
#include "labyrinth_kernel.h"
#include "labyrinth_log.h"

#define LINE_BYTES 32
/* Bits of coredump_filter: memory of files that is shared, huge pages that are. */
#define FILTER_FILES 0x08u
#define FILTER_HUGE  0x40u

void
labyrinth_dump_allow(const struct rte_mempool *mp, const struct labyrinth_pool *pool)
{
	unsigned int bit = pool->maze.pages == LABYRINTH_MAZE_HUGE ? FILTER_HUGE : FILTER_FILES;
	int ret;

	if (pool->options.dump != LABYRINTH_DUMP_ON)
		return;
	ret = labyrinth_maze_dump(&pool->maze);
	if (ret != 0)
		LAB_LOG(WARNING, "pool %s: dump=on: the kernel leaves its memory out of cores: %s",
		        mp->name, rte_strerror(-ret));
	else if ((labyrinth_kernel_number("/proc/self/coredump_filter", 16, UINT64_MAX) & bit) == 0)
		LAB_LOG(WARNING,
		        "pool %s: dump=on: its memory is in a core only with bit 0x%x of "
		        "/proc/PID/coredump_filter: echo 0x7f >/proc/self/coredump_filter in the "
		        "shell before",
		        mp->name, bit);
}

static void
line_log(const uint8_t *from, const uint8_t *end, const uint8_t *frame)
{
	char text[2 * LINE_BYTES + 1];
	unsigned int i;

	for (i = 0; i < LINE_BYTES && from + i < end; i++)
		snprintf(text + 2 * (size_t)i, 3, "%02x", from[i]);
	LAB_LOG(CRIT, "  dump %6td: %s", from - frame, text);
}

void
labyrinth_dump_frame(const struct labyrinth_violation *violation)
{
	const struct labyrinth_pool *pool = labyrinth_pool_of_lab(violation->lab);
	const uint8_t *frame = violation->nearest;
	const uint8_t *end = frame + violation->frame_len;
	const uint8_t *at;

	if (pool->options.dump == LABYRINTH_DUMP_OFF || frame == NULL)
		return;
	LAB_LOG(CRIT, "  frame %p of pool %s as it is, from its header on:", (const void *)frame,
	        pool->mp->name);
	for (at = frame - LABYRINTH_HEADER_LEN; at < end; at += LINE_BYTES)
		line_log(at, end, frame);
}
