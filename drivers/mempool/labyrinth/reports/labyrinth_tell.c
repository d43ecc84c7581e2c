/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Who and where, in words, for all that is told of buffers. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "labyrinth_processes.h"
#include "labyrinth_report_text.h"

void
labyrinth_tell_lcore(char *text, size_t len, uint32_t lane)
{
	if (lane == LABYRINTH_LANE_ANY)
		snprintf(text, len, "a thread without lcore id");
	else
		snprintf(text, len, "lcore %u", labyrinth_lane_lcore(lane));
}

void
labyrinth_tell_site(const struct labyrinth_told *told, const struct labyrinth_move *move,
                    char *text, size_t len, bool brief)
{
	size_t used;

	/* Addresses of another process mean nothing here. */
	if (move->by.pid != ((uint32_t)getpid() & LABYRINTH_PID_MASK)) {
		snprintf(text, len, "%p of that process", move->site);
		return;
	}
	if (told->calls.in_signal) {
		(void)labyrinth_place_plain(move->site, text, len);
		return;
	}
	if (brief) {
		(void)labyrinth_place_short(labyrinth_place_own(move->site, move->caller), text,
		                            len);
		return;
	}
	(void)labyrinth_place(move->site, text, len);
	used = strlen(text);
	if (move->caller == NULL || !labyrinth_place_is_dpdk(move->site) || used + 16 > len)
		return;
	used += (size_t)snprintf(text + used, len - used, ", called from ");
	(void)labyrinth_place(move->caller, text + used, len - used);
}

void
labyrinth_tell_now(const struct labyrinth_told *told, char *text, size_t len)
{
	const struct labyrinth_calls *calls = &told->calls;
	int i = calls->first;

	if (told->violation->by_patrol) {
		snprintf(text, len, "a round of the patrol");
		return;
	}
	if (i >= calls->n) {
		snprintf(text, len, "an unknown place");
		return;
	}
	if (calls->in_signal) {
		(void)labyrinth_place_plain(calls->call[i], text, len);
		return;
	}
	while (i < calls->n && labyrinth_place_is_dpdk(calls->call[i]))
		i++;
	(void)labyrinth_place_short(calls->call[i < calls->n ? i : calls->first], text, len);
}
