/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Adding and getting frames, counting. */

#include <errno.h>
#include <string.h>

#include "frames_model.h"
#include "told.h"

/* What out[n] holds if nobody wrote there. */
#define UNTOUCHED ((void *)(uintptr_t)0x5a5a5a5a)

struct model_frame *
model_find(struct model *m, const void *at)
{
	uint32_t low = 0;
	uint32_t high = m->params.frames;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if ((uintptr_t)m->frame[middle].at < (uintptr_t)at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == m->params.frames || m->frame[low].at != at ||
	    m->frame[low].where == MODEL_ABSENT)
		return NULL;
	return &m->frame[low];
}

struct model_frame *
model_pick(struct model *m, uint32_t from, enum model_where where)
{
	uint32_t i;

	for (i = 0; i < m->params.frames; i++) {
		struct model_frame *frame = &m->frame[(from + i) % m->params.frames];

		if (frame->where == where)
			return frame;
	}
	return NULL;
}

void
model_add(struct model *m, uint32_t n)
{
	uint32_t i;

	for (; n > 0 && m->added < m->params.frames; n--) {
		struct model_frame *frame = &m->frame[m->order[m->added]];
		int ret = labyrinth_add(m->lab, frame->at);

		FUZZ_EXPECT(ret == 0, "add: frame %u: %d", m->added, ret);
		frame->where = MODEL_STAGED;
		m->added++;
	}
	if (model_has(m, LABYRINTH_F_SEAL) && m->added < m->params.frames)
		FUZZ_EXPECT(labyrinth_add(m->lab, m->frame[0].at + 8) == -EINVAL,
		            "add: a misaligned frame was taken");
	if (m->added == m->params.frames)
		FUZZ_EXPECT(labyrinth_add(m->lab, m->frame[0].at) == -ENOSPC,
		            "add: one frame too many was taken");
	model_check_counts(m);
	labyrinth_open(m->lab);
	for (i = 0; i < m->params.frames; i++) {
		if (m->frame[i].where == MODEL_STAGED)
			m->frame[i].where = MODEL_FREE;
	}
}

static bool
body_matters(const struct model *m, const struct model_frame *frame)
{
	return model_has(m, LABYRINTH_F_POISON) && frame->got.known && frame->body_bad;
}

/* Only what looks at packet memory on a get sees a header before the frame comes back. */
static bool
seal_matters(const struct model *m, const struct model_frame *frame)
{
	return frame->seal_bad && model_strict(m);
}

/* Could it be handed out? */
static bool
good(const struct model *m, const struct model_frame *frame)
{
	return frame->where == MODEL_FREE && !seal_matters(m, frame) && !frame->sealed_off &&
	       !body_matters(m, frame);
}

static uint32_t
good_frames(const struct model *m)
{
	uint32_t n = 0;
	uint32_t i;

	for (i = 0; i < m->params.frames; i++)
		n += good(m, &m->frame[i]);
	return n;
}

static uint32_t
lane_shown(const struct model *m, uint32_t lane)
{
	return lane < m->params.lanes ? lane : LABYRINTH_LANE_ANY;
}

static void
moved(const struct model *m, struct model_frame *frame, bool put, uint32_t lane, const void *site)
{
	struct model_move move = {true, put, lane_shown(m, lane), site};

	frame->last = move;
	frame->moves++;
	frame->moved_since = false;
	if (put) {
		frame->put = move;
	} else {
		frame->got = move;
		/* Who put an owned frame before is not remembered. */
		frame->put.known = false;
	}
}

/* A frame met in a room that cannot be handed out. */
static void
met_bad(struct model *m, struct model_frame *frame, const struct labyrinth_violation *said)
{
	enum labyrinth_violation_kind kind = LABYRINTH_WRITE_AFTER_FREE;
	const void *at = frame->body_at;
	size_t bad = frame->body_len;

	if (frame->seal_bad) {
		kind = LABYRINTH_HEADER;
		at = frame->at - LABYRINTH_HEADER_LEN;
		bad = 8;
	} else if (frame->sealed_off) {
		kind = LABYRINTH_DOUBLE_FREE;
		at = NULL;
		bad = 0;
	}
	FUZZ_EXPECT(said->kind == kind, "get: told \"%s\" of a frame with \"%s\"",
	            labyrinth_violation_name(said->kind), labyrinth_violation_name(kind));
	FUZZ_EXPECT(said->at == at && said->bad == bad, "get: %zu bad bytes at %p, not %zu at %p",
	            said->bad, said->at, bad, at);
	m->quarantined += kind != LABYRINTH_DOUBLE_FREE;
	frame->sealed_off = true;
	frame->seal_bad = false;
	frame->where = MODEL_LOST;
}

/* A failing get puts back what it got; then what lies around a frame is looked at. */
static void
met_on_return(struct model *m, struct model_frame *frame, const struct labyrinth_violation *said,
              uint32_t lane, const void *site)
{
	if (frame->seal_bad)
		FUZZ_EXPECT(said->kind == LABYRINTH_HEADER &&
		                    said->at == frame->at - LABYRINTH_HEADER_LEN && said->bad == 8,
		            "get: told \"%s\" of a broken header",
		            labyrinth_violation_name(said->kind));
	else
		FUZZ_EXPECT(said->kind == LABYRINTH_CANARY && frame->canary_bad &&
		                    said->at == frame->canary_at && said->bad == 1,
		            "get: told \"%s\" of a good frame",
		            labyrinth_violation_name(said->kind));
	frame->seal_bad = false;
	m->quarantined++;
	moved(m, frame, false, lane, site);
	frame->sealed_off = true;
	frame->where = MODEL_LOST;
}

static void
get_told(struct model *m, uint32_t lane, const void *site, bool failed)
{
	uint32_t i;

	FUZZ_EXPECT(told.count == 0 || model_has(m, LABYRINTH_F_REPORT), "get: told by mistake");
	for (i = 0; i < told.count; i++) {
		const struct labyrinth_violation *said = &told.list[i];
		struct model_frame *frame = model_find(m, said->frame);

		FUZZ_EXPECT(frame != NULL && frame->where == MODEL_FREE,
		            "get: told \"%s\" of a frame that is not free",
		            labyrinth_violation_name(said->kind));
		FUZZ_EXPECT(said->lane == lane_shown(m, lane) && !said->stop, "get: wrong lane");
		if (!good(m, frame))
			met_bad(m, frame, said);
		else if (failed)
			met_on_return(m, frame, said, lane, site);
		else
			fuzz_finding("get: told of a good frame");
	}
	m->violations += told.count;
}

/*
 * A get for more than a room has may give up as soon as it knows that there are too few, with
 * some frames got and put back: nobody can tell which.
 */
static void
maybe_moved(struct model_frame *frame)
{
	frame->moved_since = true;
	frame->moves_more += 2;
	/* It was filled anew, or nobody has had it yet, whose content does not matter. */
	if (!frame->got.known)
		frame->body_bad = false;
}

static void
get_failed(struct model *m, uint32_t lane, uint32_t n, const void *site)
{
	uint32_t i;

	FUZZ_EXPECT(good_frames(m) < n, "get: %u frames failed, %u are free", n, good_frames(m));
	get_told(m, lane, site, true);
	m->failures++;
	/* Then it does not even look. */
	if (n > m->added)
		return;
	for (i = 0; i < m->params.frames; i++) {
		struct model_frame *frame = &m->frame[i];

		if (frame->where != MODEL_FREE)
			continue;
		if (n > LABYRINTH_ROOM_FRAMES) {
			maybe_moved(frame);
			continue;
		}
		/* Of what went back not every header was looked at. */
		FUZZ_EXPECT(good(m, frame) &&
		                    !(frame->canary_bad && model_has(m, LABYRINTH_F_CANARY)),
		            "get: found no frame, and did not find a bad one");
		moved(m, frame, false, lane, site);
		moved(m, frame, true, lane, site);
		frame->body_bad = false;
	}
}

static void
get_done(struct model *m, uint32_t lane, void **out, uint32_t n, const void *site)
{
	uint32_t i;

	get_told(m, lane, site, false);
	for (i = 0; i < n; i++) {
		struct model_frame *frame = model_find(m, out[i]);

		FUZZ_EXPECT(frame != NULL, "get: %p is no frame", out[i]);
		FUZZ_EXPECT(good(m, frame), "get: frame %p is not free (%d)", out[i],
		            (int)frame->where);
		frame->where = MODEL_OWNED;
		frame->body_bad = false;
		moved(m, frame, false, lane, site);
	}
}

/* Of each group of gets of a lane, one fails. */
static bool
get_injected(struct model *m, uint32_t lane)
{
	uint32_t index = lane < m->params.lanes ? lane : MODEL_LANES;
	struct labyrinth_stats stats;
	bool injected;

	if (!model_has(m, LABYRINTH_F_FAIL))
		return false;
	labyrinth_stats(m->lab, &stats);
	injected = stats.injected != m->injected;
	FUZZ_EXPECT(stats.injected == m->injected + injected, "fail: counted twice");
	m->injected = stats.injected;
	m->failed[index] += injected;
	m->turns[index]++;
	FUZZ_EXPECT(m->failed[index] <= m->turns[index] / m->params.fail + 1 &&
	                    m->failed[index] >= m->turns[index] / m->params.fail,
	            "fail: %u of %u gets", (unsigned int)m->failed[index],
	            (unsigned int)m->turns[index]);
	return injected;
}

void
model_get(struct model *m, uint32_t lane, uint32_t n, const void *site)
{
	static void *out[MODEL_FRAMES + 32];
	int ret;

	told_clear();
	out[n] = UNTOUCHED;
	ret = labyrinth_get_from(m->lab, out, n, lane, site);
	FUZZ_EXPECT(out[n] == UNTOUCHED, "get: wrote behind the end");
	if (get_injected(m, lane))
		FUZZ_EXPECT(ret == -ENOENT && told.count == 0, "fail: did not fail");
	else if (ret == 0)
		get_done(m, lane, out, n, site);
	else if (ret == -ENOENT)
		get_failed(m, lane, n, site);
	else
		fuzz_finding("get: returned %d", ret);
}

void
model_check_counts(struct model *m)
{
	struct labyrinth_stats stats;
	uint32_t free_frames = 0;
	uint32_t i;

	for (i = 0; i < m->params.frames; i++)
		free_frames += m->frame[i].where == MODEL_FREE;
	labyrinth_stats(m->lab, &stats);
	FUZZ_EXPECT(labyrinth_count(m->lab) == free_frames, "count: %u, but %u are free",
	            labyrinth_count(m->lab), free_frames);
	FUZZ_EXPECT(stats.available + stats.cached == free_frames, "stats: %u and %u, but %u free",
	            stats.available, stats.cached, free_frames);
	FUZZ_EXPECT(stats.frames == m->added, "stats: %u frames, %u were added", stats.frames,
	            m->added);
	FUZZ_EXPECT(stats.quarantined == m->quarantined, "stats: quarantined %u, not %u",
	            stats.quarantined, m->quarantined);
	FUZZ_EXPECT(stats.violations == m->violations, "stats: violations %u, not %u",
	            (unsigned int)stats.violations, m->violations);
	FUZZ_EXPECT(stats.failures == m->failures && stats.injected == m->injected,
	            "stats: failures %u and %u, not %u and %u", (unsigned int)stats.failures,
	            (unsigned int)stats.injected, (unsigned int)m->failures,
	            (unsigned int)m->injected);
}

void
model_check_frames(struct model *m)
{
	uint32_t i;

	for (i = 0; i < m->params.frames; i++)
		m->frame[i].seen = false;
	for (i = 0; i < m->added; i++) {
		struct model_frame *frame = model_find(m, labyrinth_frame(m->lab, i));

		FUZZ_EXPECT(frame != NULL && !frame->seen, "frame %u: none, or seen before", i);
		frame->seen = true;
	}
	FUZZ_EXPECT(labyrinth_frame(m->lab, m->added) == NULL, "there is one frame more");
	FUZZ_EXPECT(labyrinth_lanes(m->lab) == m->params.lanes + LABYRINTH_GUEST_LANES,
	            "another number of lanes");
}

void
model_check_moves(struct model *m, struct model_frame *frame)
{
	struct labyrinth_move moves[LABYRINTH_TRACE_MAX + 1];
	uint32_t n = labyrinth_moves(m->lab, frame->at, moves, LABYRINTH_TRACE_MAX + 1);
	uint32_t kept = model_has(m, LABYRINTH_F_TRACE) ? m->params.trace : 0;
	uint32_t least = frame->moves < kept ? frame->moves : kept;
	uint32_t most = frame->moves + frame->moves_more;

	if (most > kept)
		most = kept;
	FUZZ_EXPECT(n >= least && n <= most, "moves: %u, not %u to %u", n, least, most);
	if (n == 0)
		return;
	FUZZ_EXPECT(moves[0].put == frame->last.put && moves[0].site == frame->last.site &&
	                    moves[0].by.known && moves[0].by.lane == frame->last.lane,
	            "moves: the latest one is another");
}
