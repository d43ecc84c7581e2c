/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What the patrol looks for: seals and end words that were overwritten, mbufs that
 * can never come back, poisoned free frames that were written. The latter two are
 * seen in two rounds before they count, in the same hands or the same state.
 */

#include <string.h>

#include <rte_mbuf.h>

#include "labyrinth_audit.h"
#include "labyrinth_inspect.h"
#include "labyrinth_kernel.h"
#include "labyrinth_patrol.h"
#include "labyrinth_report.h"

/* Addresses below are nobody's; those of programs have no more bits than this. */
#define LOWEST    65536
#define USER_BITS 47
/* Who frees an mbuf may be stopped for so long, between its last reference and the put. */
#define LOST_NS 2000000000ull
/* Places where a suspect may stand. */
#define TRIES 4
/* Ages are kept true by one round in so many nanoseconds: see labyrinth_audit_age(). */
#define AGES_NS 3600000000000ull

struct look {
	struct labyrinth_beat *beat;
	const struct labyrinth_pool *pool;
	struct labyrinth_findings *findings;
};

/* --- telling ---------------------------------------------------------------------- */

/* Who has a frame, or had it last. */
static void
hands_of(const labyrinth_t *lab, uint32_t index, struct labyrinth_mover *got,
         struct labyrinth_mover *put)
{
	struct labyrinth_frame_info info;

	if (index == LABYRINTH_FRAME_NONE || labyrinth_frame_info(lab, index, &info) != 0)
		return;
	if (info.state == LABYRINTH_FRAME_FREE && put != NULL)
		*put = info.by;
	else if (info.state == LABYRINTH_FRAME_OWNED)
		*got = info.by;
}

static struct labyrinth_violation *
finding_new(const struct look *look, enum labyrinth_violation_kind kind)
{
	struct labyrinth_violation *violation = &look->findings->violation;

	*violation = (struct labyrinth_violation){
		.kind = kind,
		.lab = labyrinth_of(look->pool->mp),
		.frame_len = look->pool->mp->elt_size,
		.lane = LABYRINTH_LANE_ANY,
		.by_patrol = true,
		.stop = !look->pool->options.report,
	};
	return violation;
}

/* Counted and reported now, while the pool cannot go away. */
static bool
finding_done(const struct look *look)
{
	struct labyrinth_violation *violation = &look->findings->violation;

	labyrinth_audit_count((labyrinth_t *)(uintptr_t)violation->lab);
	labyrinth_report_record(violation);
	labyrinth_report_words(violation, &look->findings->told[look->findings->n++]);
	/* One that stops the process is the last one. */
	return look->findings->n < LABYRINTH_FINDINGS && !violation->stop;
}

/* --- overflows -------------------------------------------------------------------- */

/*
 * Is what never changes in an mbuf not what it was? A copy of another one names that
 * one's data. True if objects are no mbufs: nothing is known of them.
 */
static __attribute__((no_sanitize("thread"))) bool
mbuf_damaged(const struct rte_mempool *mp, const struct rte_mbuf *m)
{
	const char *data = (const char *)m + sizeof(*m) +
	                   rte_pktmbuf_priv_size((struct rte_mempool *)(uintptr_t)mp);

	return !labyrinth_pool_has_mbufs(mp) || m->pool != mp ||
	       (m->buf_addr != data && RTE_MBUF_DIRECT(m));
}

/* Its owner can free it again. */
static void
mbuf_mend(struct rte_mempool *mp, struct rte_mbuf *m)
{
	struct rte_mempool_objhdr *header = RTE_PTR_SUB(m, sizeof(*header));
	uint16_t priv = rte_pktmbuf_priv_size(mp);

	m->pool = mp;
	m->priv_size = priv;
	m->buf_addr = (char *)m + sizeof(*m) + priv;
	m->buf_len = rte_pktmbuf_data_room_size(mp);
	/* What DPDK keeps in front of an object was overwritten with its seal. */
	header->iova = rte_mem_virt2iova(m);
	rte_mbuf_iova_set(m, header->iova + sizeof(*m) + priv);
	m->data_off = RTE_MIN((uint16_t)RTE_PKTMBUF_HEADROOM, m->buf_len);
	m->data_len = 0;
	m->pkt_len = 0;
	m->nb_segs = 1;
	m->next = NULL;
	m->ol_flags = 0;
	rte_mbuf_refcnt_set(m, 1);
}

static void
hit_note(struct labyrinth_beat *beat, uint32_t index, bool over)
{
	if (beat != NULL && index != LABYRINTH_FRAME_NONE)
		beat->hit[index % LABYRINTH_HITS] =
			(struct labyrinth_hit){index + 1, beat->round, over};
}

/* Was it hit in this round or the one before? NULL if not. */
static const struct labyrinth_hit *
hit_lately(const struct labyrinth_beat *beat, uint32_t index)
{
	const struct labyrinth_hit *hit;

	if (beat == NULL || index == LABYRINTH_FRAME_NONE)
		return NULL;
	hit = &beat->hit[index % LABYRINTH_HITS];
	return hit->index == index + 1 && beat->round - hit->round <= 1 ? hit : NULL;
}

/* A frame that was run over. */
static bool
on_mended(const labyrinth_t *lab, uint32_t index, void *arg)
{
	const struct look *look = arg;
	struct rte_mempool *mp = (struct rte_mempool *)(uintptr_t)look->pool->mp;
	struct rte_mbuf *m = (struct rte_mbuf *)(uintptr_t)labyrinth_frame(lab, index);
	bool damaged = mbuf_damaged(mp, m);

	hit_note(look->beat, index, damaged);
	labyrinth_report_relink(mp, index);
	if (damaged && labyrinth_pool_has_mbufs(mp))
		mbuf_mend(mp, m);
	return damaged;
}

static void
finding_mend(const struct look *look, const struct labyrinth_finding *finding)
{
	hit_note(look->beat, finding->victim_index, false);
	labyrinth_audit_mend(labyrinth_of(look->pool->mp), finding, on_mended,
	                     (void *)(uintptr_t)look);
}

/* The rest of an overflow that was under way when its first part was told of. */
static bool
goes_on(const struct look *look, const struct labyrinth_finding *finding)
{
	struct rte_mempool *mp = (struct rte_mempool *)(uintptr_t)look->pool->mp;
	struct rte_mbuf *culprit = (struct rte_mbuf *)(uintptr_t)finding->culprit;
	bool own = finding->kind == LABYRINTH_HEADER && !finding->joined;
	uint32_t index = own ? finding->victim_index : finding->culprit_index;
	const struct labyrinth_hit *hit = hit_lately(look->beat, index);

	if (hit == NULL || own || hit->over)
		return hit != NULL;
	/* It may have met the buffer itself only after its header was mended. */
	if (!labyrinth_pool_has_mbufs(mp) || !mbuf_damaged(mp, culprit))
		return false;
	mbuf_mend(mp, culprit);
	return true;
}

/* True once for each frame that a call took out: it told of it, and left what it had met. */
static bool
out_first(const struct look *look, uint32_t index)
{
	const labyrinth_t *lab = labyrinth_of(look->pool->mp);
	uint32_t *out = &look->beat->out[index % LABYRINTH_HITS];
	struct labyrinth_frame_info info;

	if (index == LABYRINTH_FRAME_NONE || *out == index + 1 ||
	    labyrinth_frame_info(lab, index, &info) != 0 ||
	    info.state != LABYRINTH_FRAME_QUARANTINED)
		return false;
	*out = index + 1;
	return true;
}

static bool
told_by_call(const struct look *look, const struct labyrinth_finding *finding)
{
	bool culprit = finding->joined && out_first(look, finding->culprit_index);

	return out_first(look, finding->victim_index) || culprit;
}

static bool
finding_take(const labyrinth_t *lab, const struct labyrinth_finding *finding, void *arg)
{
	const struct look *look = arg;
	struct labyrinth_violation *violation;
	bool go_on;

	if (goes_on(look, finding) || told_by_call(look, finding)) {
		finding_mend(look, finding);
		return true;
	}
	violation = finding_new(look, finding->kind);
	violation->at = finding->at;
	violation->bad = finding->bad;
	if (finding->kind == LABYRINTH_CANARY) {
		violation->frame = finding->culprit;
		violation->nearest = finding->culprit;
		hands_of(lab, finding->culprit_index, &violation->got, &violation->put);
	} else {
		violation->frame = finding->victim;
		violation->nearest = finding->victim;
		violation->before = finding->culprit;
		violation->underflow = !finding->joined;
		hands_of(lab, finding->victim_index, &violation->got, &violation->put);
		hands_of(lab, finding->culprit_index, &violation->before_got, NULL);
	}
	go_on = finding_done(look);
	if (!violation->stop)
		finding_mend(look, finding);
	return go_on;
}

/* What a finding takes is no part of the round. */
static bool
on_finding(const labyrinth_t *lab, const struct labyrinth_finding *finding, void *arg)
{
	struct look *look = arg;
	uint64_t cpu = labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID);
	bool go_on = finding_take(lab, finding, arg);

	look->findings->told_ns += labyrinth_kernel_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	return go_on;
}

/* --- what must be seen twice ------------------------------------------------------- */

/* The place of a frame: one of a few, so that nothing is searched for. */
static struct labyrinth_suspect *
suspect_find(struct labyrinth_beat *beat, uint32_t index)
{
	struct labyrinth_suspect *free_one = NULL;
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		struct labyrinth_suspect *one = &beat->suspect[(index + i) % LABYRINTH_SUSPECTS];

		if (one->index == index + 1)
			return one;
		/* What was not seen in the last round is forgotten. */
		if (one->index == 0 || beat->round - one->round > 1)
			free_one = one;
	}
	return free_one;
}

/* Has something been seen of this frame that must stay the same to count? */
static bool
is_suspect(struct labyrinth_beat *beat, uint32_t index)
{
	const struct labyrinth_suspect *one = suspect_find(beat, index);

	return one != NULL && one->index == index + 1 && beat->round - one->round <= 1;
}

/* Was it so in each round for so long, in two at least, and is this the first time it counts? */
static bool
seen_again(struct labyrinth_beat *beat, uint32_t index, uint64_t state, uint64_t least_ns)
{
	struct labyrinth_suspect *suspect = suspect_find(beat, index);
	uint64_t now = labyrinth_kernel_ns(CLOCK_MONOTONIC);
	bool same;

	if (suspect == NULL)
		return false;
	same = suspect->index == index + 1 && suspect->state == state &&
	       beat->round - suspect->round == 1;
	*suspect = (struct labyrinth_suspect){
		.index = index + 1,
		.round = beat->round,
		.since = same ? suspect->since : now,
		.state = state,
		.told = suspect->index == index + 1 && suspect->state == state && suspect->told,
	};
	if (!same || suspect->told || now - suspect->since < least_ns)
		return false;
	suspect->told = true;
	return true;
}

static bool
nowhere(const void *pointer, size_t align)
{
	uintptr_t at = (uintptr_t)pointer;

	return at < LOWEST || at >> USER_BITS != 0 || at % align != 0;
}

/* An mbuf that no rte_pktmbuf_free() brings back. */
static __attribute__((no_sanitize("thread"))) bool
is_lost(const struct rte_mempool *mp, const struct rte_mbuf *m)
{
	return rte_mbuf_refcnt_read(m) == 0 || m->pool != mp || nowhere(m->buf_addr, 1) ||
	       (m->next != NULL && nowhere(m->next, RTE_CACHE_LINE_SIZE));
}

/* The first of the fields that keep it from coming back. */
static __attribute__((no_sanitize("thread"))) const void *
lost_field(const struct rte_mempool *mp, const struct rte_mbuf *m)
{
	if (rte_mbuf_refcnt_read(m) == 0)
		return &m->refcnt;
	if (m->pool != mp)
		return &m->pool;
	return nowhere(m->buf_addr, 1) ? (const void *)&m->buf_addr : (const void *)&m->next;
}

static bool
look_for_lost(const struct look *look, uint32_t index)
{
	const labyrinth_t *lab = labyrinth_of(look->pool->mp);
	const struct rte_mbuf *m = labyrinth_frame(lab, index);
	struct labyrinth_violation *violation;
	struct labyrinth_mover owner;
	uint64_t state;

	if (!is_lost(look->pool->mp, m) || !labyrinth_audit_owned(lab, index, &state) ||
	    !seen_again(look->beat, index, state, LOST_NS) ||
	    labyrinth_frame_owner(lab, index, &owner) != 0)
		return true;
	violation = finding_new(look, LABYRINTH_LOST);
	violation->frame = m;
	violation->nearest = m;
	violation->got = owner;
	violation->at = lost_field(look->pool->mp, m);
	violation->bad = violation->at == &m->refcnt ? sizeof(m->refcnt) : sizeof(void *);
	return finding_done(look);
}

static bool
look_for_written(const struct look *look, uint32_t index)
{
	const labyrinth_t *lab = labyrinth_of(look->pool->mp);
	struct labyrinth_violation *violation;
	struct labyrinth_finding finding;
	uint64_t state;

	if (!labyrinth_audit_content(lab, index, &finding, &state) ||
	    !seen_again(look->beat, index, state, 0))
		return true;
	violation = finding_new(look, LABYRINTH_WRITE_AFTER_FREE);
	violation->frame = finding.victim;
	violation->nearest = finding.victim;
	violation->at = finding.at;
	violation->bad = finding.bad;
	hands_of(lab, index, &violation->got, &violation->put);
	return finding_done(look);
}

void
labyrinth_patrol_round(struct labyrinth_beat *beat)
{
	uint64_t now = labyrinth_kernel_ns(CLOCK_MONOTONIC);

	beat->round++;
	beat->ages = now - beat->aged >= AGES_NS;
	if (beat->ages)
		beat->aged = now;
}

uint32_t
labyrinth_patrol_look(struct labyrinth_beat *beat, uint32_t from, uint32_t most,
                      struct labyrinth_findings *findings)
{
	const struct labyrinth_pool *pool = labyrinth_pool_of(beat->mp);
	labyrinth_t *lab = labyrinth_of(beat->mp);
	struct look look = {beat, pool, findings};
	bool mbufs = !beat->last && labyrinth_pool_has_mbufs(beat->mp);
	bool filled = !beat->last && pool->options.sample > 0;
	uint32_t looked = labyrinth_audit(lab, from, most, on_finding, &look);
	uint32_t i;

	for (i = from; i < from + looked && findings->n < LABYRINTH_FINDINGS; i++) {
		if (beat->ages && !is_suspect(beat, i))
			labyrinth_audit_age(lab, i);
		if (mbufs && !look_for_lost(&look, i))
			return i + 1 - from;
		if (filled && !look_for_written(&look, i))
			return i + 1 - from;
	}
	return looked;
}
