/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Everything a correct program may do, at random, on several lcores, for a
 * while: soak EAL-OPTIONS -- SECONDS OPTIONS. No violation may be reported, no
 * buffer be lost, and no buffer have two owners.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>
#include <rte_ring.h>

#define MBUFS       8191
#define HELD_MOST   400
#define BULK_MOST   64
#define SECONDS_MAX 100000
#define LCORES_MAX  16

struct soaker {
	struct rte_mempool *mp;
	struct rte_ring *post; /* mbufs on their way to another lcore */
	uint64_t end;
	uint64_t dice;
	uint64_t steps;
	uint64_t mixed_up; /* buffers whose content was another's */
	struct rte_mbuf *held[HELD_MOST + BULK_MOST];
	unsigned int holds;
	unsigned int lcore;
};

static uint32_t
dice(struct soaker *s, uint32_t below)
{
	s->dice ^= s->dice << 13;
	s->dice ^= s->dice >> 7;
	s->dice ^= s->dice << 17;
	return (uint32_t)(s->dice >> 20) % below;
}

/* Write all a program may write, up to the very last byte. */
static void
fill(struct soaker *s, struct rte_mbuf *m)
{
	uint16_t room = rte_pktmbuf_tailroom(m);
	uint16_t len = dice(s, 4) == 0 ? room : (uint16_t)(dice(s, room) + 1);
	char *data = rte_pktmbuf_append(m, len);

	memset(data, (int)((uintptr_t)m >> 6 & 0xff), len);
	if (dice(s, 4) == 0)
		memset(m->buf_addr, 0xee, m->data_off);
	if (dice(s, 4) == 0)
		memset(rte_mbuf_to_priv(m), 0xdd, rte_pktmbuf_priv_size(s->mp));
}

/* Nobody else may have written there. */
static void
verify(struct soaker *s, const struct rte_mbuf *m)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	const struct rte_mbuf *owner =
		RTE_MBUF_CLONED(m) ? rte_mbuf_from_indirect((struct rte_mbuf *)(uintptr_t)m) : m;
	uint8_t want = (uint8_t)((uintptr_t)owner >> 6);

	if (m->data_len > 0 && (data[0] != want || data[m->data_len - 1] != want))
		s->mixed_up++;
}

static void
hold(struct soaker *s, struct rte_mbuf *m)
{
	if (m != NULL)
		s->held[s->holds++] = m;
}

static struct rte_mbuf *
let_go(struct soaker *s)
{
	unsigned int i = dice(s, s->holds);
	struct rte_mbuf *m = s->held[i];
	const struct rte_mbuf *segment;

	for (segment = m; segment != NULL; segment = segment->next)
		verify(s, segment);
	s->held[i] = s->held[--s->holds];
	return m;
}

static void
get_one(struct soaker *s)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(s->mp);

	if (m != NULL)
		fill(s, m);
	hold(s, m);
}

static void
get_bulk(struct soaker *s)
{
	struct rte_mbuf *m[BULK_MOST];
	unsigned int n = dice(s, BULK_MOST) + 1;
	unsigned int i;

	if (rte_pktmbuf_alloc_bulk(s->mp, m, n) != 0)
		return;
	for (i = 0; i < n; i++) {
		fill(s, m[i]);
		hold(s, m[i]);
	}
}

static void
get_chain(struct soaker *s)
{
	unsigned int segments = dice(s, 6) + 2;
	struct rte_mbuf *head = rte_pktmbuf_alloc(s->mp);
	struct rte_mbuf *m;

	if (head == NULL)
		return;
	fill(s, head);
	while (--segments > 0 && (m = rte_pktmbuf_alloc(s->mp)) != NULL) {
		fill(s, m);
		if (rte_pktmbuf_chain(head, m) != 0) {
			rte_pktmbuf_free(m);
			break;
		}
	}
	hold(s, head);
}

/* Clones outlive what they were made of, or the other way round. */
static void
get_clone(struct soaker *s)
{
	if (s->holds > 0)
		hold(s, rte_pktmbuf_clone(s->held[dice(s, s->holds)], s->mp));
}

static void
get_attached(struct soaker *s)
{
	struct rte_mbuf *direct = rte_pktmbuf_alloc(s->mp);
	struct rte_mbuf *indirect = rte_pktmbuf_alloc(s->mp);

	if (direct == NULL || indirect == NULL) {
		rte_pktmbuf_free(direct);
		rte_pktmbuf_free(indirect);
		return;
	}
	fill(s, direct);
	rte_pktmbuf_attach(indirect, direct);
	if (dice(s, 2) == 0)
		rte_pktmbuf_detach(indirect);
	hold(s, direct);
	hold(s, indirect);
}

static void
free_one(struct soaker *s)
{
	if (s->holds > 0)
		rte_pktmbuf_free(let_go(s));
}

static void
free_bulk(struct soaker *s)
{
	struct rte_mbuf *m[BULK_MOST];
	unsigned int n = 0;

	while (n < BULK_MOST && s->holds > 0 && dice(s, 20) > 0)
		m[n++] = let_go(s);
	rte_pktmbuf_free_bulk(m, n);
}

static void
send_away(struct soaker *s)
{
	if (s->holds == 0)
		return;
	hold(s, let_go(s));
	if (rte_ring_enqueue(s->post, s->held[s->holds - 1]) == 0)
		s->holds--;
}

static void
free_others(struct soaker *s)
{
	void *m = NULL;

	while (dice(s, 8) > 0 && rte_ring_dequeue(s->post, &m) == 0)
		rte_pktmbuf_free(m);
}

/* As a driver's ring does: objects and not mbufs, and none of them touched. */
static void
get_and_put_raw(struct soaker *s)
{
	void *objects[BULK_MOST];
	unsigned int n = dice(s, BULK_MOST) + 1;

	if (rte_mempool_get_bulk(s->mp, objects, n) == 0)
		rte_mempool_put_bulk(s->mp, objects, n);
}

static void
step(struct soaker *s)
{
	static void (*const steps[])(struct soaker *) = {
		get_one,   get_bulk,  get_chain, get_clone,   get_attached,    free_one,
		free_bulk, free_bulk, send_away, free_others, get_and_put_raw,
	};

	if (s->holds >= HELD_MOST - 2)
		free_bulk(s);
	else
		steps[dice(s, RTE_DIM(steps))](s);
	s->steps++;
}

static int
work(void *arg)
{
	struct soaker *s = arg;
	unsigned int i;

	while (rte_rdtsc() < s->end) {
		for (i = 0; i < 1000; i++)
			step(s);
	}
	while (s->holds > 0)
		free_one(s);
	return 0;
}

static int
judge(struct rte_mempool *mp, const struct soaker *soakers, unsigned int n)
{
	struct rte_labyrinth_stats stats;
	unsigned int there = rte_mempool_avail_count(mp);
	uint64_t mixed_up = 0;
	uint64_t steps = 0;
	unsigned int i;

	if (rte_labyrinth_stats_get(mp, &stats) != 0)
		return 1;
	for (i = 0; i < n; i++) {
		steps += soakers[i].steps;
		mixed_up += soakers[i].mixed_up;
	}
	printf("%" PRIu64 " steps, %u of %u buffers there, %" PRIu64 " violations, %" PRIu64
	       " buffers of two owners\n",
	       steps, there, MBUFS, stats.violations, mixed_up);
	return steps > 0 && there == MBUFS && stats.violations == 0 && mixed_up == 0 ? 0 : 1;
}

static void
soak(struct rte_mempool *mp, struct rte_ring *post, struct soaker *soakers, uint64_t seconds)
{
	uint64_t end = rte_rdtsc() + seconds * rte_get_tsc_hz();
	unsigned int n = 0;
	unsigned int lcore;
	void *m = NULL;

	RTE_LCORE_FOREACH (lcore)
		soakers[n++] = (struct soaker){
			.mp = mp,
			.post = post,
			.end = end,
			.dice = rte_rdtsc() | 1,
			.lcore = lcore,
		};
	n = 0;
	RTE_LCORE_FOREACH (lcore) {
		if (lcore != rte_get_main_lcore())
			rte_eal_remote_launch(work, &soakers[n], lcore);
		n++;
	}
	work(&soakers[0]);
	rte_eal_mp_wait_lcore();
	while (rte_ring_dequeue(post, &m) == 0)
		rte_pktmbuf_free(m);
}

int
main(int argc, char **argv)
{
	static struct soaker soakers[LCORES_MAX];
	struct rte_mempool *mp;
	struct rte_ring *post;
	unsigned long seconds = 0;
	int used;
	int ret;

	used = rte_eal_init(argc, argv);
	if (used >= 0 && argc - used == 3)
		seconds = strtoul(argv[used + 1], NULL, 10);
	if (seconds < 1 || seconds > SECONDS_MAX || rte_lcore_count() > LCORES_MAX) {
		fprintf(stderr, "usage: soak EAL-OPTIONS (at most %u lcores) -- SECONDS OPTIONS\n",
		        LCORES_MAX);
		return 2;
	}
	mp = rte_labyrinth_pktmbuf_pool_create("soak", MBUFS, 256, 32, 1024, SOCKET_ID_ANY,
	                                       argv[used + 2]);
	/* Plain rings wait for a thread that was stopped in the middle of a call. */
	post = rte_ring_create("post", 1024, SOCKET_ID_ANY, RING_F_MP_RTS_ENQ | RING_F_MC_RTS_DEQ);
	if (mp == NULL || post == NULL) {
		fprintf(stderr, "soak: no pool or ring: %s\n", rte_strerror(rte_errno));
		return 2;
	}
	soak(mp, post, soakers, seconds);
	ret = judge(mp, soakers, rte_lcore_count());
	rte_mempool_free(mp);
	rte_ring_free(post);
	rte_eal_cleanup();
	return ret;
}
