/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "rte_mempool_labyrinth.h"
#include "stress.h"

#define BULK       64
#define HELD_MOST  400
#define THREADS    8
#define REGISTERED 4 /* of these, where EAL allows it: without secondaries */

struct worker {
	pthread_t thread;
	uint64_t seed;
	bool registers;
	bool started;
	bool runs;
	unsigned int held;
	void *objects[HELD_MOST + BULK];
};

static struct worker workers[THREADS + RTE_MAX_LCORE];

uint64_t
stress_draw(uint64_t *seed)
{
	*seed += 0x9e3779b97f4a7c15ull;
	return (*seed ^ *seed >> 29) * 0xbf58476d1ce4e5b9ull >> 20;
}

void
stress_count(uint64_t *counter, uint64_t by)
{
	__atomic_fetch_add(counter, by, __ATOMIC_RELAXED);
}

void
stress_wrong(const char *what)
{
	/* Maybe in a signal handler. */
	if (write(STDERR_FILENO, what, strlen(what)) > 0)
		stress_count(&stress_shared->wrong, 1);
}

bool
stress_stopping(void)
{
	return __atomic_load_n(&stress_shared->stop, __ATOMIC_RELAXED);
}

/* --- values ------------------------------------------------------------------- */

static uint64_t *
words_of(void *object)
{
	return ((struct rte_mbuf *)object)->buf_addr;
}

static uint64_t
value_for(const void *object, uint64_t of)
{
	return (of ^ (uintptr_t)object) * 0x94d049bb133111ebull;
}

/* The caller owns these: each gets a value nobody else knows. */
static void
sign(void *const *objects, unsigned int n, uint64_t of)
{
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		uint64_t *content = words_of(objects[i]);

		content[0] = of + i;
		for (k = 1; k < STRESS_ROOM / 8; k += 8)
			content[k] = value_for(objects[i], of + i + k);
	}
}

void
stress_verify(void *const *objects, unsigned int n)
{
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		const uint64_t *content = words_of(objects[i]);

		for (k = 1; k < STRESS_ROOM / 8; k += 8) {
			if (content[k] != value_for(objects[i], content[0] + k)) {
				stress_wrong("stress: a frame was written to by another one\n");
				break;
			}
		}
	}
}

/* --- what threads do ---------------------------------------------------------- */

static void
get_some(struct worker *worker)
{
	unsigned int n = 1 + stress_draw(&worker->seed) % BULK;
	int ret = rte_mempool_get_bulk(stress_pool, &worker->objects[worker->held], n);

	if (ret != 0) {
		if (ret != -ENOENT && ret != -ENOBUFS)
			stress_wrong("stress: a get fails for no good reason\n");
		return;
	}
	sign(&worker->objects[worker->held], n, stress_draw(&worker->seed));
	worker->held += n;
	stress_count(&stress_shared->gets, n);
}

static void
put_some(struct worker *worker, unsigned int n)
{
	n = RTE_MIN(n, worker->held);
	worker->held -= n;
	if (n == 0)
		return;
	stress_verify(&worker->objects[worker->held], n);
	rte_mempool_put_bulk(stress_pool, &worker->objects[worker->held], n);
}

/* To any process, our own too. */
static void
pass_some(struct worker *worker)
{
	unsigned int to = stress_draw(&worker->seed) % (stress_secondaries + 1);
	unsigned int n = RTE_MIN(1 + stress_draw(&worker->seed) % BULK, worker->held);
	void **first = &worker->objects[worker->held - n];
	unsigned int process = __atomic_load_n(&stress_shared->process[to], __ATOMIC_ACQUIRE);

	if (process == 0 || n == 0)
		return;
	stress_verify(first, n);
	if (rte_labyrinth_hand_over(stress_pool, first, n, process - 1, rte_get_main_lcore()) != 0)
		stress_wrong("stress: frames cannot be handed over\n");
	n = rte_ring_enqueue_burst(stress_rings[to], first, n, NULL);
	memmove(first, first + n,
	        (size_t)(&worker->objects[worker->held] - first - n) * sizeof(*first));
	worker->held -= n;
	stress_count(&stress_shared->passed, n);
}

static void
receive_some(struct worker *worker)
{
	void **to = &worker->objects[worker->held];
	unsigned int n = rte_ring_dequeue_burst(stress_rings[stress_place], to, BULK, NULL);

	stress_verify(to, n);
	sign(to, n, stress_draw(&worker->seed));
	worker->held += n;
}

/* It may have interrupted a get or put of the same pool, by the same lcore. */
static void
on_signal(int signum)
{
	uint64_t of = (uint64_t)(uintptr_t)&signum;
	int interrupted = errno;
	void *objects[4];

	if (rte_mempool_get_bulk(stress_pool, objects, RTE_DIM(objects)) == 0) {
		sign(objects, RTE_DIM(objects), of);
		stress_verify(objects, RTE_DIM(objects));
		rte_mempool_put_bulk(stress_pool, objects, RTE_DIM(objects));
	}
	stress_count(&stress_shared->signals, 1);
	errno = interrupted;
}

static int
work(void *arg)
{
	struct worker *worker = arg;

	if (worker->registers && rte_thread_register() != 0)
		stress_wrong("stress: a thread cannot be registered\n");
	worker->thread = pthread_self();
	__atomic_store_n(&worker->runs, true, __ATOMIC_RELEASE);
	while (!stress_stopping()) {
		if (worker->held <= HELD_MOST - BULK)
			get_some(worker);
		if (stress_draw(&worker->seed) % 4 == 0)
			pass_some(worker);
		if (worker->held <= HELD_MOST - BULK)
			receive_some(worker);
		put_some(worker, worker->held > HELD_MOST - BULK
		                         ? worker->held
		                         : (unsigned int)(stress_draw(&worker->seed) % (BULK + 8)));
	}
	put_some(worker, worker->held);
	if (worker->registers)
		rte_thread_unregister();
	return 0;
}

static void *
work_thread(void *arg)
{
	work(arg);
	return NULL;
}

void *
stress_churn(void *arg)
{
	static void *objects[512];

	(void)arg;
	while (!stress_stopping()) {
		struct rte_mempool *mp = rte_labyrinth_pktmbuf_pool_create(
			"churn", RTE_DIM(objects), 0, 0, STRESS_ROOM, SOCKET_ID_ANY,
			stress_options);

		if (mp == NULL || rte_mempool_get_bulk(mp, objects, RTE_DIM(objects)) != 0) {
			stress_wrong("stress: no pool meanwhile\n");
			return NULL;
		}
		rte_mempool_put_bulk(mp, objects, RTE_DIM(objects));
		rte_mempool_free(mp);
		stress_count(&stress_shared->pools, 1);
		usleep(20000);
	}
	return NULL;
}

/* --- who starts and ends them ------------------------------------------------- */

unsigned int
stress_start(uint64_t seed)
{
	unsigned int n = 0, i, lcore;

	signal(SIGUSR1, on_signal);
	for (i = 0; i < THREADS; i++, n++) {
		workers[n].seed = seed * 1000 + stress_place * 100 + n;
		workers[n].registers = stress_secondaries == 0 && i < REGISTERED;
		workers[n].started =
			pthread_create(&workers[n].thread, NULL, work_thread, &workers[n]) == 0;
		if (!workers[n].started)
			stress_wrong("stress: a thread cannot be started\n");
	}
	RTE_LCORE_FOREACH_WORKER (lcore) {
		workers[n].seed = seed * 1000 + stress_place * 100 + n;
		rte_eal_remote_launch(work, &workers[n++], lcore);
	}
	return n;
}

void
stress_finish(void)
{
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
	}
	rte_eal_mp_wait_lcore();
}

void
stress_interrupt(unsigned int n, uint64_t *seed)
{
	struct worker *worker = &workers[stress_draw(seed) % n];

	if (__atomic_load_n(&worker->runs, __ATOMIC_ACQUIRE))
		pthread_kill(worker->thread, SIGUSR1);
}
