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

/* What was overwritten names a lane that does not exist, most likely. */
static void
believe(const struct labyrinth *lab, struct labyrinth_deed *deed)
{
	if (deed->lane != LABYRINTH_LANE_ANY &&
	    deed->lane >= lab->lane_count - LABYRINTH_GUEST_LANES)
		deed->known = false;
}

/* The records are in packet memory: believed only as far as they make sense. */
static void
read_deeds(struct labyrinth_violation *violation)
{
	const struct lab_header *header;

	if (violation->before != NULL) {
		lab_record_read(lab_header(violation->before)->got, &violation->before_got);
		believe(violation->lab, &violation->before_got);
	}
	if (violation->nearest == NULL)
		return;
	header = lab_header(violation->nearest);
	lab_record_read(header->got, &violation->got);
	lab_record_read(header->put, &violation->put);
	believe(violation->lab, &violation->got);
	believe(violation->lab, &violation->put);
}

/*
 * A frame that cannot be trusted leaves circulation: it is neither free nor
 * anybody's, which its seal says from now on.
 */
static void
quarantine(struct labyrinth *lab, const struct labyrinth_violation *violation)
{
	const void *frame = violation->frame;

	if (violation->kind != LABYRINTH_HEADER && violation->kind != LABYRINTH_CANARY &&
	    violation->kind != LABYRINTH_WRITE_AFTER_FREE)
		return;
	lab_seal_write(lab_header(frame),
	               lab_tag(frame, lab->key[0], lab->key[1]) ^ lab->quarantine_word);
	/* @atomic quarantined-add: pairs quarantined-read. Else: a frame is not counted. */
	atomic_fetch_add_explicit(&lab->quarantined, 1, memory_order_relaxed);
}

void
lab_violation(struct labyrinth *lab, const struct lab_lane *lane,
              struct labyrinth_violation *violation)
{
	labyrinth_violation_fn *fn;

	violation->lab = lab;
	violation->lane = lab_lane_name(lane);
	violation->frame_len = lab->frame_len;
	violation->stop = (lab->flags & LABYRINTH_F_REPORT) == 0;
	if ((lab->flags & LABYRINTH_F_SEAL) != 0 && violation->kind != LABYRINTH_NO_ROOM) {
		find_neighbours(lab, violation);
		read_deeds(violation);
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

static bool
is_frame(const struct labyrinth *lab, const void *frame)
{
	uint32_t i;

	for (i = 0; i < lab->frames; i++) {
		if (lab->table[i] == frame)
			return true;
	}
	return false;
}

bool
lab_put_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.frame = frame};
	const struct lab_header *header = lab_header(frame);
	uint64_t tag = lab_tag(frame, lab->key[0], lab->key[1]);

	/* No surprise, and to be quick about. The last region of all may have holes. */
	if (lab->regions < LAB_REGIONS_MAX && lab_plausible_elsewhere(lab, frame) &&
	    lab_seal_read(header) == (tag ^ lab->owned_word))
		return true;
	if (is_frame(lab, frame)) {
		if (lab_seal_read(header) == (tag ^ lab->owned_word))
			return true;
		if (!lab_seal_is_free(lab, lab_seal_read(header), tag) &&
		    lab_seal_read(header) != (tag ^ lab->quarantine_word)) {
			violation.kind = LABYRINTH_HEADER;
			violation.at = header;
			violation.bad = sizeof(header->seal);
		} else {
			violation.kind = header->got == 0 ? LABYRINTH_NEVER_ALLOCATED
			                                  : LABYRINTH_DOUBLE_FREE;
		}
	} else {
		/* A pointer into some frame is interior, any other is foreign. */
		violation.kind = LABYRINTH_INTERIOR;
		find_neighbours(lab, &violation);
		if (violation.nearest == NULL)
			violation.kind = LABYRINTH_FOREIGN;
	}
	lab_violation(lab, lane, &violation);
	return false;
}

void
lab_get_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.kind = LABYRINTH_HEADER, .frame = frame};
	const struct lab_header *header = lab_header(frame);
	uint64_t tag = lab_tag(frame, lab->key[0], lab->key[1]);

	uint64_t seal = lab_seal_read(header);

	if (seal == (tag ^ lab->owned_word)) {
		violation.kind = LABYRINTH_DOUBLE_ALLOC;
	} else if (lab_seal_is_free(lab, seal, tag) || seal == (tag ^ lab->quarantine_word)) {
		/* Put twice at the same time: this is the copy that does not count. */
		violation.kind = LABYRINTH_DOUBLE_FREE;
	} else {
		violation.at = header;
		violation.bad = sizeof(header->seal);
	}
	lab_violation(lab, lane, &violation);
}
