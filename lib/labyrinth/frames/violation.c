/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What happens after a check has failed: find out what is wrong, tell the
 * handler, stop or take the frame out of circulation. Nothing here is on the
 * path of a program without errors.
 */

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seal.h"

/* Milliseconds that the last words wait for a reader. */
#define WAIT_MS 1000

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
		struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
		ssize_t ret;

		/* A full pipe that nobody reads is no reason to go on. */
		if (poll(&ready, 1, WAIT_MS) == 0)
			break;
		ret = write(STDERR_FILENO, message, len);
		if (ret <= 0)
			break;
		message += ret;
		len -= (size_t)ret;
	}
	abort();
}

/* The frame that an address points into, its header included, and the one in front of it. */
static void
find_neighbours(const struct labyrinth *lab, struct labyrinth_violation *violation)
{
	uintptr_t at = (uintptr_t)violation->frame;
	uint32_t nearest = lab_id_before(lab, at + LABYRINTH_HEADER_LEN);
	uint32_t before;
	uintptr_t frame;

	violation->nearest = NULL;
	violation->before = NULL;
	/* So close to the end of its memory that no header can follow. */
	if (nearest == LAB_NO_ID)
		nearest = lab_id_before(lab, at);
	if (nearest == LAB_NO_ID)
		return;
	frame = (uintptr_t)lab->table[nearest];
	if (at >= frame && at - frame >= lab->frame_len) {
		/* In the gap after it. */
		violation->before = (const void *)frame;
		return;
	}
	violation->nearest = (const void *)frame;
	before = lab_id_before(lab, frame - 1);
	if (before != LAB_NO_ID)
		violation->before = lab->table[before];
}

/* What ran over the frame in front as well came from further in front. */
static void
find_first(const struct labyrinth *lab, struct labyrinth_violation *violation)
{
	uint32_t before;

	while (violation->before != NULL && !lab_seal_holds(lab, violation->before)) {
		before = lab_id_before(lab, (uintptr_t)violation->before - 1);
		if (before == LAB_NO_ID)
			return;
		violation->before = lab->table[before];
	}
}

static void
read_words(const struct labyrinth *lab, struct labyrinth_violation *violation)
{
	const struct lab_word *word;
	uint64_t state;

	if (violation->before != NULL)
		lab_own_read(lab, lab_word_got(lab_word_of(lab, violation->before)),
		             &violation->before_got);
	if (violation->nearest == NULL)
		return;
	word = lab_word_of(lab, violation->nearest);
	state = lab_word_look(word);
	lab_own_read(lab, lab_word_got(word), &violation->got);
	lab_own_read(lab, lab_word_owned(state) ? 0 : lab_word_putter(state), &violation->put);
}

/*
 * A frame that cannot be trusted leaves circulation: it is neither free nor
 * anybody's, which its word says from now on.
 */
static void
quarantine(struct labyrinth *lab, const struct labyrinth_violation *violation)
{
	struct lab_word *word;
	uint64_t seen;
	uint32_t id;

	if (violation->kind != LABYRINTH_HEADER && violation->kind != LABYRINTH_CANARY &&
	    violation->kind != LABYRINTH_WRITE_AFTER_FREE)
		return;
	id = lab_id_of(lab, violation->frame);
	if (id == LAB_NO_ID)
		return;
	word = lab_id_word(lab, id);
	seen = lab_word_read(word);
	/* A copy of it may have been met before. */
	if (lab_word_quarantined(seen))
		return;
	lab_word_write(word, lab_word_owned(seen) ? LAB_WORD_IN(LAB_QUARANTINED)
	                                          : lab_word_moved(seen, LAB_QUARANTINED));
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
		if (violation->kind == LABYRINTH_HEADER)
			find_first(lab, violation);
		read_words(lab, violation);
	}
	/* First, since telling takes long: the patrol tells of no frame that was taken out. */
	if (!violation->stop)
		quarantine(lab, violation);
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
}

/* What is wrong with a pointer that leads to no frame. */
static enum labyrinth_violation_kind
stranger_kind(const struct labyrinth *lab, void *frame)
{
	struct labyrinth_violation violation = {.frame = frame};

	/* A pointer into some frame is interior, any other is foreign. */
	find_neighbours(lab, &violation);
	return violation.nearest != NULL ? LABYRINTH_INTERIOR : LABYRINTH_FOREIGN;
}

bool
lab_put_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.frame = frame};
	uint32_t id = lab_id_of(lab, frame);
	const struct lab_word *word;

	if (id == LAB_NO_ID) {
		violation.kind = stranger_kind(lab, frame);
	} else {
		word = lab_id_word(lab, id);
		if (!lab_word_owned(lab_word_read(word))) {
			violation.kind = lab_word_got(word) == 0 ? LABYRINTH_NEVER_ALLOCATED
			                                         : LABYRINTH_DOUBLE_FREE;
		} else if (lab_seal_holds(lab, frame)) {
			return true;
		} else {
			violation.kind = LABYRINTH_HEADER;
			violation.at = lab_header(frame);
			violation.bad = sizeof(lab_header(frame)->seal);
		}
	}
	lab_violation(lab, lane, &violation);
	return false;
}

void
lab_get_surprise(struct labyrinth *lab, const struct lab_lane *lane, void *frame)
{
	struct labyrinth_violation violation = {.kind = LABYRINTH_HEADER, .frame = frame};

	if (lab_id_of(lab, frame) == LAB_NO_ID)
		violation.kind = LABYRINTH_FOREIGN;
	else if (lab_word_owned(lab_word_read(lab_word_of(lab, frame)))) {
		violation.kind = LABYRINTH_DOUBLE_ALLOC;
	} else if (lab_seal_holds(lab, frame)) {
		/* Put twice at the same time: this is the copy that does not count. */
		violation.kind = LABYRINTH_DOUBLE_FREE;
	} else {
		violation.at = lab_header(frame);
		violation.bad = sizeof(lab_header(frame)->seal);
	}
	lab_violation(lab, lane, &violation);
}
