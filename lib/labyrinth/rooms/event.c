/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Events, and the peak.
 *
 * The data path counts nothing that would tell how many frames are in use. So
 * it is looked now and then, when a lane goes to the depot anyway: the frames
 * that are not in the depot, less those in lanes, are in use. A look walks the
 * lanes, so it is not made at each refill but when the depot is emptier than it
 * ever was, and by each lane once in PEAK_EVERY refills. How empty the depot is,
 * the sum over its shelves tells: that is taken when a shelf is emptier than ever, and
 * by each lane once in SUM_EVERY refills. Between two looks a lane may hand out what
 * it took from the depot since, and what its two rooms hold: the peak may be low by
 * that much a lane.
 */

#include "event.h"
#include "gauge.h"
#include "lane.h"

#define PEAK_EVERY 64
/* Refills of a lane between two looks at all shelves. */
#define SUM_EVERY 4

static _Atomic(labyrinth_event_fn *) handler;

void
labyrinth_event_handler(labyrinth_event_fn *fn)
{
	/*
	 * @atomic event-handler-set: pairs event-handler-call. Else: a handler runs before
	 * its data is there.
	 */
	atomic_store_explicit(&handler, fn, memory_order_release);
}

static void
tell(const struct labyrinth *lab, const struct lab_lane *lane, enum labyrinth_event event,
     uint32_t frames)
{
	labyrinth_event_fn *fn;

	/*
	 * @atomic event-handler-call: pairs event-handler-set. Else: it runs before its data
	 * is there.
	 */
	fn = atomic_load_explicit(&handler, memory_order_acquire);
	if (fn != NULL)
		fn(lab, event, lab_lane_name(lab, lane), frames);
}

/* Frames that are not in the depot. */
static uint32_t
depot_lacks(const struct labyrinth *lab)
{
	uint32_t in = lab_depot_frames(lab);

	return in < lab->frames ? lab->frames - in : 0;
}

/* A maximum; tells whether there is a new one. */
static bool
raise_to(_Atomic uint32_t *most, uint32_t value)
{
	/* @atomic most-look: pairs most-raise. Else: only the swap below fails. */
	uint32_t old = atomic_load_explicit(most, memory_order_relaxed);

	while (old < value) {
		/* @atomic most-raise: pairs most-look, peak-read. Else: a maximum is missed. */
		if (atomic_compare_exchange_weak_explicit(most, &old, value, memory_order_relaxed,
		                                          memory_order_relaxed))
			return true;
	}
	return false;
}

void
lab_peak_note(struct labyrinth *lab, uint32_t used)
{
	raise_to(&lab->peak, used);
}

uint32_t
lab_peak(const struct labyrinth *lab)
{
	/* @atomic peak-read: pairs most-raise. Else: a torn number. */
	return atomic_load_explicit(&lab->peak, memory_order_relaxed);
}

static void
peak_look(struct labyrinth *lab, uint32_t out)
{
	uint32_t idle = lab_quarantined(lab);
	uint32_t i;

	LAB_LANES_FOREACH(lab, i)
	idle += lab_lane_holds(lab, &lab->lanes[i], NULL);
	if (out > idle)
		lab_peak_note(lab, out - idle);
}

void
lab_event(struct labyrinth *lab, struct lab_lane *lane, enum labyrinth_event event, uint32_t frames)
{
	uint32_t out;

	if (event == LABYRINTH_EVENT_REFILL) {
		uint64_t refills = lab_counter_read(&lane->refills);

		if (lane->sunk || refills % SUM_EVERY == 0) {
			out = depot_lacks(lab);
			if (raise_to(&lab->peak_out, out) || refills % PEAK_EVERY == 0)
				peak_look(lab, out);
		}
		lane->sunk = false;
	} else if (event == LABYRINTH_EVENT_FAILURE) {
		peak_look(lab, depot_lacks(lab));
	}
	tell(lab, lane, event, frames);
}
