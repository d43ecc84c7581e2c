/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What happens after a check has failed: find out what is wrong, tell the
 * handler, stop or take the frame out of circulation. Nothing here is on the
 * path of a program without errors.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seal.h"

static _Atomic(labyrinth_violation_fn *) handler;

void
labyrinth_violation_handler(labyrinth_violation_fn *fn)
{
	/* @atomic handler-set: pairs handler-call. Else: a handler runs before its data is there.
	 */
	atomic_store_explicit(&handler, fn, memory_order_release);
}

const char *
labyrinth_violation_name(enum labyrinth_violation_kind kind)
{
	static const char *const names[LABYRINTH_VIOLATION_KINDS] = {
		[LABYRINTH_DOUBLE_FREE] = "double free",
		[LABYRINTH_NEVER_ALLOCATED] = "free of a frame that was never allocated",
		[LABYRINTH_DOUBLE_ALLOC] = "double allocation",
		[LABYRINTH_FOREIGN] = "free of a foreign pointer",
		[LABYRINTH_INTERIOR] = "free of an interior or misaligned pointer",
		[LABYRINTH_HEADER] = "overflow into a frame's header",
		[LABYRINTH_CANARY] = "overflow behind a frame",
		[LABYRINTH_WRITE_AFTER_FREE] = "write after free",
		[LABYRINTH_NO_EXIT] = "no page left",
		[LABYRINTH_NO_ROOM] = "no room left",
		[LABYRINTH_LOST] = "buffer that can never come back",
	};

	return (unsigned int)kind < LABYRINTH_VIOLATION_KINDS ? names[kind] : "unknown";
}

void
labyrinth_violation_stop(const char *message)
{
	size_t len = strlen(message);

	/* write() and not stdio: the caller may be a signal handler. */
	while (len > 0) {
		ssize_t ret = write(STDERR_FILENO, message, len);

		if (ret <= 0)
			break;
		message += ret;
		len -= (size_t)ret;
	}
	abort();
}

static void
find_neighbours(const struct labyrinth *lab, struct labyrinth_violation *violation)
{
	uintptr_t at = (uintptr_t)violation->frame;
	uintptr_t nearest = 0;
	uintptr_t before = 0;
	uint32_t i;

	for (i = 0; i < lab->frames; i++) {
		uintptr_t frame = (uintptr_t)lab->table[i];

		/* What points into a frame's header is taken for that frame. */
		if (frame - LABYRINTH_HEADER_LEN <= at && frame > nearest)
			nearest = frame;
	}
	if (nearest != 0 && at - nearest >= lab->frame_len && at >= nearest)
		nearest = 0;
	for (i = 0; i < lab->frames; i++) {
		uintptr_t frame = (uintptr_t)lab->table[i];

		if (frame < (nearest != 0 ? nearest : at) && frame > before)
			before = frame;
	}
	violation->nearest = (const void *)nearest;
	violation->before = (const void *)before;
}

uint32_t
lab_id_of(const struct labyrinth *lab, const void *frame)
{
	uint32_t i;

	for (i = 0; i < lab->frames; i++) {
		if (lab->table[i] == frame)
			return i;
	}
	return LAB_NO_ID;
}

static void
read_deeds(const struct labyrinth *lab, struct labyrinth_violation *violation)
{
	uint32_t before = lab_id_of(lab, violation->before);
	uint32_t id = lab_id_of(lab, violation->nearest);

	if (before != LAB_NO_ID)
		lab_record_read(lab, lab_deeds_got(&lab->deeds[before]), &violation->before_got);
	if (id == LAB_NO_ID)
		return;
	lab_record_read(lab, lab_deeds_got(&lab->deeds[id]), &violation->got);
	lab_put_read(lab, lab_deeds_put(&lab->deeds[id]), &violation->put);
}

/*
 * A frame that cannot be trusted leaves circulation: it is neither free nor
 * anybody's, which its deeds say from now on.
 */
static void
quarantine(struct labyrinth *lab, const struct labyrinth_violation *violation)
{
	uint32_t id = lab_id_of(lab, violation->frame);

	if (violation->kind != LABYRINTH_HEADER && violation->kind != LABYRINTH_CANARY &&
	    violation->kind != LABYRINTH_WRITE_AFTER_FREE)
		return;
	/* A copy of it may have been met before. */
	if (id == LAB_NO_ID ||
	    lab_put_unpack(lab_deeds_put(&lab->deeds[id])).room == LAB_QUARANTINED)
		return;
	lab_deeds_put_set(&lab->deeds[id], lab_put_pack(LAB_QUARANTINED, 0));
	/* @atomic quarantined-add: pairs quarantined-read. Else: a frame is not counted. */
	atomic_fetch_add_explicit(&lab->quarantined, 1, memory_order_relaxed);
}

void
lab_violation(struct labyrinth *lab, const struct lab_lane *lane,
              struct labyrinth_violation *violation)
{
	labyrinth_violation_fn *fn;

	violation->lab = lab;
	violation->lane = lab_lane_name(lab, lane);
	violation->frame_len = lab->frame_len;
	violation->stop = (lab->flags & LABYRINTH_F_REPORT) == 0;
	if ((lab->flags & LABYRINTH_F_SEAL) != 0 && violation->kind != LABYRINTH_NO_ROOM) {
		find_neighbours(lab, violation);
		read_deeds(lab, violation);
	}
	/* @atomic violations-add: pairs violations-read. Else: one is not counted. */
	atomic_fetch_add_explicit(&lab->violations, 1, memory_order_relaxed);
	/* @atomic handler-call: pairs handler-set. Else: it runs before its data is there. */
	fn = atomic_load_explicit(&handler, memory_order_acquire);
	if (fn != NULL)
		fn(violation);
	if (violation->kind == LABYRINTH_NO_EXIT)
		labyrinth_violation_stop("Sorry, the labyrinth has no exit\n");
	if (violation->stop)
		labyrinth_violation_stop("labyrinth: stopped after a violation\n");
	quarantine(lab, violation);
}

uint32_t
lab_put_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.frame = frame};
	uint64_t seen = lab->frames;
	uint32_t id;

	/* No surprise, and to be quick about. The last region of all may have holes. */
	if (lab->regions < LAB_REGIONS_MAX && lab_plausible_elsewhere(lab, frame))
		seen = lab_seal_id(frame, lab->key[0], lab->key[1]);
	if (seen < lab->frames && lab->table[seen] == frame && lab_deeds_owned(&lab->deeds[seen]))
		return (uint32_t)seen;
	id = lab_id_of(lab, frame);
	if (id == LAB_NO_ID) {
		/* A pointer into some frame is interior, any other is foreign. */
		violation.kind = LABYRINTH_INTERIOR;
		find_neighbours(lab, &violation);
		if (violation.nearest == NULL)
			violation.kind = LABYRINTH_FOREIGN;
	} else if (!lab_deeds_owned(&lab->deeds[id])) {
		violation.kind = lab_deeds_got(&lab->deeds[id]) == 0 ? LABYRINTH_NEVER_ALLOCATED
		                                                     : LABYRINTH_DOUBLE_FREE;
	} else if (lab_seal_holds(lab, id)) {
		return id;
	} else {
		violation.kind = LABYRINTH_HEADER;
		violation.at = lab_header(frame);
		violation.bad = sizeof(lab_header(frame)->seal);
	}
	lab_violation(lab, lane, &violation);
	return LAB_NO_ID;
}

void
lab_get_surprise(struct labyrinth *lab, const struct lab_lane *lane, uint32_t id)
{
	struct labyrinth_violation violation = {.kind = LABYRINTH_HEADER};
	void *frame = lab->table[id];

	violation.frame = frame;
	if (lab_deeds_owned(&lab->deeds[id])) {
		violation.kind = LABYRINTH_DOUBLE_ALLOC;
	} else if (lab_seal_holds(lab, id)) {
		/* Put twice at the same time: this is the copy that does not count. */
		violation.kind = LABYRINTH_DOUBLE_FREE;
	} else {
		violation.at = lab_header(frame);
		violation.bad = sizeof(lab_header(frame)->seal);
	}
	lab_violation(lab, lane, &violation);
}
