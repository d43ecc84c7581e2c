/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What a pointer that is no frame of its pool does point to: a buffer of another
 * pool, or some other memory of the process.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal_memconfig.h>
#include <rte_tailq.h>

#include "labyrinth_inspect.h"
#include "labyrinth_log.h"
#include "labyrinth_report_text.h"

#define NS_PER_MS 1e6

static const char *const states[LABYRINTH_FRAME_STATES] = {
	[LABYRINTH_FRAME_UNKNOWN] = "in a state nobody notes there",
	[LABYRINTH_FRAME_FREE] = "free",
	[LABYRINTH_FRAME_OWNED] = "allocated",
	[LABYRINTH_FRAME_QUARANTINED] = "out of circulation",
};

/* Where in that pool: the offset in a frame, and whose it is. */
static void
tell_frame(struct labyrinth_told *told, const struct rte_mempool *mp)
{
	const void *pointer = told->violation->frame;
	const labyrinth_t *lab = labyrinth_of(mp);
	struct labyrinth_frame_info info;
	const uint8_t *frame;
	char who[32];
	uint32_t i;

	for (i = 0; (frame = labyrinth_frame(lab, i)) != NULL; i++)
		if ((uintptr_t)pointer - ((uintptr_t)frame - mp->header_size) <
		    labyrinth_frame_stride(mp))
			break;
	if (frame == NULL) {
		LAB_LOG(CRIT, "  it lies in memory of pool %s, between its buffers", mp->name);
		return;
	}
	if (labyrinth_frame_info(lab, i, &info) != 0)
		return;
	told->before_moved = labyrinth_moves(lab, frame, told->before_moves, LABYRINTH_TRACE_MAX);
	labyrinth_tell_lcore(who, sizeof(who), info.by.lane);
	if (info.by.known)
		LAB_LOG(CRIT,
		        "  it belongs to pool %s: buffer %p, offset %td, %s by %s of process %u, "
		        "%.1f ms ago",
		        mp->name, (const void *)frame, (const uint8_t *)pointer - frame,
		        info.state == LABYRINTH_FRAME_FREE ? "freed" : states[info.state], who,
		        info.by.pid, (double)info.by.age / NS_PER_MS);
	else
		LAB_LOG(CRIT, "  it belongs to pool %s: buffer %p, offset %td, %s", mp->name,
		        (const void *)frame, (const uint8_t *)pointer - frame, states[info.state]);
}

/* Objects of another handler: what is in front of them may be overwritten too. */
static void
tell_object(const struct rte_mempool *mp, const struct rte_mempool_memhdr *chunk,
            const void *pointer)
{
	const struct rte_mempool_objhdr *header;
	uint32_t i = 0;

	for (header = STAILQ_FIRST(&mp->elt_list); header != NULL && i < mp->populated_size; i++) {
		uintptr_t object = (uintptr_t)header + sizeof(*header);

		if ((uintptr_t)pointer - (object - mp->header_size) < labyrinth_frame_stride(mp)) {
			LAB_LOG(CRIT,
			        "  it belongs to pool %s: buffer 0x%" PRIxPTR
			        ", offset %td; this pool does not note whose it is",
			        mp->name, object, (intptr_t)((uintptr_t)pointer - object));
			return;
		}
		header = STAILQ_NEXT(header, next);
		if ((uintptr_t)header - (uintptr_t)chunk->addr >= chunk->len)
			break;
	}
	LAB_LOG(CRIT, "  it lies in memory of pool %s", mp->name);
}

/* One that is still being made has no ops yet. */
static bool
is_ours(const struct rte_mempool *mp)
{
	return (mp->flags & RTE_MEMPOOL_F_POOL_CREATED) != 0 && rte_labyrinth_is(mp);
}

static bool
tell_if_in(struct labyrinth_told *told, const struct rte_mempool *mp)
{
	const void *pointer = told->violation->frame;
	const struct rte_mempool_memhdr *chunk;

	STAILQ_FOREACH (chunk, &mp->mem_list, next) {
		if ((uintptr_t)pointer - (uintptr_t)chunk->addr >= chunk->len)
			continue;
		if (is_ours(mp))
			tell_frame(told, mp);
		else
			tell_object(mp, chunk, pointer);
		return true;
	}
	return false;
}

static bool
tell_pool(struct labyrinth_told *told)
{
	struct rte_tailq_head *head = rte_eal_tailq_lookup("RTE_MEMPOOL");
	const struct rte_tailq_entry *entry;
	bool found = false;

	if (head == NULL)
		return false;
	rte_mcfg_mempool_read_lock();
	TAILQ_FOREACH (entry, &head->tailq_head, next) {
		if (tell_if_in(told, entry->data)) {
			found = true;
			break;
		}
	}
	rte_mcfg_mempool_read_unlock();
	return found;
}

/* A line of the kernel's list of mappings names the stack, the heap, or a file. */
static void
tell_mapping(uintptr_t pointer)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		uintptr_t from;
		uintptr_t to;
		int name = 0;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %*s %*s %*s %n", &from, &to,
		           &name) < 2 ||
		    pointer < from || pointer >= to)
			continue;
		line[strcspn(line, "\n")] = '\0';
		LAB_LOG(CRIT,
		        "  it belongs to no pool; it lies in %s, mapped from 0x%" PRIxPTR
		        " to 0x%" PRIxPTR,
		        name > 0 && line[name] != '\0' ? line + name : "memory without a name",
		        from, to);
		fclose(maps);
		return;
	}
	if (maps != NULL) {
		fclose(maps);
		LAB_LOG(CRIT, "  it belongs to no pool, and no memory is mapped there");
	}
}

void
labyrinth_tell_foreign(struct labyrinth_told *told)
{
	/* The list of pools has a lock, which the interrupted thread may hold. */
	if (told->calls.in_signal)
		return;
	if (!tell_pool(told))
		tell_mapping((uintptr_t)told->violation->frame);
}
