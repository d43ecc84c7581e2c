/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Everything at once: threads and processes on few processors get and put bulks of any
 * size out of a pool that is too small for them, pass frames on, are interrupted by
 * signals whose handlers do the same, are stopped and continued, while pools come and go.
 * Each frame carries a value that is checked whenever it changes hands.
 *
 * stress SECONDS SEED SECONDARIES CACHE OPTIONS -- EAL OPTIONS
 */

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "rte_mempool_labyrinth.h"
#include "whole.h"

#define POOL       "stress"
#define SIZE       3000
#define BULK       64
#define HELD_MOST  400
#define PLACES     3 /* the primary and its secondaries */
#define THREADS    8
#define REGISTERED 4 /* of these, where EAL allows it: without secondaries */
#define ROOM       384
#define ARGS_MOST  32

/*
 * What all processes see: plain counts, added to by atomics. @atomic test: no orders
 * matter, but those of rte_ring, by which frames change hands.
 */
struct shared {
	unsigned int process[PLACES]; /* rte_labyrinth_process(), plus one when it is ready */
	bool stop;
	uint64_t gets, passed, signals, stops, pools, wrong;
};

struct worker {
	pthread_t thread;
	uint64_t seed;
	bool registers;
	bool started;
	bool runs;
	unsigned int held;
	void *objects[HELD_MOST + BULK];
};

static struct shared *shared;
static struct rte_mempool *pool;
static struct rte_ring *rings[PLACES];
static unsigned int place;
static unsigned int secondaries;
static pid_t pids[PLACES]; /* of the secondaries; 0: none, or it has ended */
static struct worker workers[THREADS + RTE_MAX_LCORE];
static const char *options;
static char *words[ARGS_MOST]; /* as they were: EAL writes to its own */

static uint64_t
draw(uint64_t *seed)
{
	*seed += 0x9e3779b97f4a7c15ull;
	return (*seed ^ *seed >> 29) * 0xbf58476d1ce4e5b9ull >> 20;
}

static void
count(uint64_t *counter, uint64_t by)
{
	__atomic_fetch_add(counter, by, __ATOMIC_RELAXED);
}

static void
wrong(const char *what)
{
	/* Maybe in a signal handler. */
	if (write(STDERR_FILENO, what, strlen(what)) > 0)
		count(&shared->wrong, 1);
}

static bool
stopping(void)
{
	return __atomic_load_n(&shared->stop, __ATOMIC_RELAXED);
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
		for (k = 1; k < ROOM / 8; k += 8)
			content[k] = value_for(objects[i], of + i + k);
	}
}

/* Nobody else has written to them, whoever signed them. */
static void
verify(void *const *objects, unsigned int n)
{
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		const uint64_t *content = words_of(objects[i]);

		for (k = 1; k < ROOM / 8; k += 8) {
			if (content[k] != value_for(objects[i], content[0] + k)) {
				wrong("stress: a frame was written to by another one\n");
				break;
			}
		}
	}
}

/* --- what threads do ---------------------------------------------------------- */

static void
get_some(struct worker *worker)
{
	unsigned int n = 1 + draw(&worker->seed) % BULK;
	int ret = rte_mempool_get_bulk(pool, &worker->objects[worker->held], n);

	if (ret != 0) {
		if (ret != -ENOENT && ret != -ENOBUFS)
			wrong("stress: a get fails for no good reason\n");
		return;
	}
	sign(&worker->objects[worker->held], n, draw(&worker->seed));
	worker->held += n;
	count(&shared->gets, n);
}

static void
put_some(struct worker *worker, unsigned int n)
{
	n = RTE_MIN(n, worker->held);
	worker->held -= n;
	if (n == 0)
		return;
	verify(&worker->objects[worker->held], n);
	rte_mempool_put_bulk(pool, &worker->objects[worker->held], n);
}

/* To any process, our own too. */
static void
pass_some(struct worker *worker)
{
	unsigned int to = draw(&worker->seed) % (secondaries + 1);
	unsigned int n = RTE_MIN(1 + draw(&worker->seed) % BULK, worker->held);
	void **first = &worker->objects[worker->held - n];
	unsigned int process = __atomic_load_n(&shared->process[to], __ATOMIC_ACQUIRE);

	if (process == 0 || n == 0)
		return;
	verify(first, n);
	if (rte_labyrinth_hand_over(pool, first, n, process - 1, rte_get_main_lcore()) != 0)
		wrong("stress: frames cannot be handed over\n");
	n = rte_ring_enqueue_burst(rings[to], first, n, NULL);
	memmove(first, first + n,
	        (size_t)(&worker->objects[worker->held] - first - n) * sizeof(*first));
	worker->held -= n;
	count(&shared->passed, n);
}

static void
receive_some(struct worker *worker)
{
	void **to = &worker->objects[worker->held];
	unsigned int n = rte_ring_dequeue_burst(rings[place], to, BULK, NULL);

	verify(to, n);
	sign(to, n, draw(&worker->seed));
	worker->held += n;
}

/* It may have interrupted a get or put of the same pool, by the same lcore. */
static void
on_signal(int signum)
{
	uint64_t of = (uint64_t)(uintptr_t)&signum;
	int interrupted = errno;
	void *objects[4];

	if (rte_mempool_get_bulk(pool, objects, RTE_DIM(objects)) == 0) {
		sign(objects, RTE_DIM(objects), of);
		verify(objects, RTE_DIM(objects));
		rte_mempool_put_bulk(pool, objects, RTE_DIM(objects));
	}
	count(&shared->signals, 1);
	errno = interrupted;
}

static int
work(void *arg)
{
	struct worker *worker = arg;

	if (worker->registers && rte_thread_register() != 0)
		wrong("stress: a thread cannot be registered\n");
	worker->thread = pthread_self();
	__atomic_store_n(&worker->runs, true, __ATOMIC_RELEASE);
	while (!stopping()) {
		if (worker->held <= HELD_MOST - BULK)
			get_some(worker);
		if (draw(&worker->seed) % 4 == 0)
			pass_some(worker);
		if (worker->held <= HELD_MOST - BULK)
			receive_some(worker);
		put_some(worker, worker->held > HELD_MOST - BULK
		                         ? worker->held
		                         : (unsigned int)(draw(&worker->seed) % (BULK + 8)));
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

/* Pools come and go while the other one is worked with. */
static void *
churn(void *arg)
{
	static void *objects[512];

	(void)arg;
	while (!stopping()) {
		struct rte_mempool *mp = rte_labyrinth_pktmbuf_pool_create(
			"churn", RTE_DIM(objects), 0, 0, ROOM, SOCKET_ID_ANY, options);

		if (mp == NULL || rte_mempool_get_bulk(mp, objects, RTE_DIM(objects)) != 0) {
			wrong("stress: no pool meanwhile\n");
			return NULL;
		}
		rte_mempool_put_bulk(mp, objects, RTE_DIM(objects));
		rte_mempool_free(mp);
		count(&shared->pools, 1);
		usleep(20000);
	}
	return NULL;
}

/* --- who starts and disturbs them --------------------------------------------- */

/* Start all threads; tells how many there are. */
static unsigned int
start(uint64_t seed)
{
	unsigned int n = 0, i, lcore;

	signal(SIGUSR1, on_signal);
	for (i = 0; i < THREADS; i++, n++) {
		workers[n].seed = seed * 1000 + place * 100 + n;
		workers[n].registers = secondaries == 0 && i < REGISTERED;
		workers[n].started =
			pthread_create(&workers[n].thread, NULL, work_thread, &workers[n]) == 0;
		if (!workers[n].started)
			wrong("stress: a thread cannot be started\n");
	}
	RTE_LCORE_FOREACH_WORKER (lcore) {
		workers[n].seed = seed * 1000 + place * 100 + n;
		rte_eal_remote_launch(work, &workers[n++], lcore);
	}
	return n;
}

static void
finish(void)
{
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
	}
	rte_eal_mp_wait_lcore();
}

/* One signal, to any of the threads. */
static void
interrupt(unsigned int n, uint64_t *seed)
{
	struct worker *worker = &workers[draw(seed) % n];

	if (__atomic_load_n(&worker->runs, __ATOMIC_ACQUIRE))
		pthread_kill(worker->thread, SIGUSR1);
}

/* Says of its own process what others need to pass frames to it. */
static int
ready(void)
{
	unsigned int process;

	if (rte_labyrinth_process(&process) != 0)
		return -1;
	__atomic_store_n(&shared->process[place], process + 1, __ATOMIC_RELEASE);
	return 0;
}

static bool
find_rings(bool make)
{
	char name[RTE_RING_NAMESIZE];
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		snprintf(name, sizeof(name), "stress%u", i);
		rings[i] =
			make ? rte_ring_create(name, 512, SOCKET_ID_ANY, 0) : rte_ring_lookup(name);
		if (rings[i] == NULL)
			return false;
	}
	return true;
}

static int
secondary(uint64_t seed)
{
	const struct rte_memzone *zone = rte_memzone_lookup(POOL);
	unsigned int n;

	pool = rte_mempool_lookup(POOL);
	if (zone == NULL || pool == NULL || !find_rings(false))
		return EXIT_FAILURE;
	shared = zone->addr;
	if (ready() != 0)
		return EXIT_FAILURE;
	n = start(seed);
	while (!stopping()) {
		usleep(300);
		interrupt(n, &seed);
	}
	finish();
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * A secondary dies with its primary, whatever ends that: it would work for ever. False when
 * the primary, whose id it was told, is gone already.
 */
static bool
die_with_primary(void)
{
	const char *primary = getenv("STRESS_PRIMARY");

	return primary != NULL && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	       getppid() == (pid_t)atoi(primary);
}

/* The same program with the same words, but for its place among the processes. */
static bool
spawn(unsigned int as)
{
	extern char **environ;
	char text[16];
	char *args[ARGS_MOST];
	unsigned int n;
	pid_t pid;

	for (n = 0; words[n] != NULL && n < ARGS_MOST - 2; n++)
		args[n] = words[n];
	args[n++] = (char *)(uintptr_t) "--proc-type=secondary";
	args[n] = NULL;
	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("STRESS_PRIMARY", text, 1);
	snprintf(text, sizeof(text), "%u", as);
	setenv("STRESS_PLACE", text, 1);
	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, args, environ) != 0)
		return false;
	pids[as - 1] = pid;
	return true;
}

/* Has it ended, or never been there? Says so when it did not end as it should. */
static bool
has_ended(unsigned int i, int how)
{
	int status = 0;

	if (pids[i] <= 0)
		return true;
	if (waitpid(pids[i], &status, how) == 0)
		return false;
	pids[i] = 0;
	if (status != 0)
		wrong("stress: a secondary does not end as it should\n");
	return true;
}

/*
 * It has no end without them: who is killed in the middle of a call of rte_ring keeps
 * others in theirs for ever, so nobody is waited for but the killed.
 */
static void
give_up(const char *why)
{
	unsigned int i;

	wrong(why);
	for (i = 0; i < secondaries; i++) {
		if (pids[i] <= 0)
			continue;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	_exit(EXIT_FAILURE);
}

/* All of them are there and can be passed frames to. */
static void
start_secondaries(void)
{
	unsigned int i;

	for (i = 0; i < secondaries; i++) {
		if (!spawn(i + 1))
			give_up("stress: a secondary cannot be started\n");
	}
	for (i = 0; i < secondaries; i++) {
		while (__atomic_load_n(&shared->process[i + 1], __ATOMIC_ACQUIRE) == 0) {
			if (has_ended(i, WNOHANG))
				give_up("stress: a secondary ends before it begins\n");
			usleep(1000);
		}
	}
}

/* Nobody works any more: each frame is there, once. */
static void
account(void)
{
	static void *all[SIZE + 1];
	struct rte_labyrinth_recovery found;
	struct rte_labyrinth_stats stats = {0};
	unsigned int n, i, available, twice;

	for (i = 0; i < PLACES; i++) {
		while (rte_ring_dequeue(rings[i], &all[0]) == 0) {
			verify(all, 1);
			rte_mempool_put(pool, all[0]);
		}
	}
	for (i = 0; i < 100 && rte_labyrinth_recover(pool, &found) != 0; i++)
		usleep(1000);
	rte_labyrinth_stats_get(pool, &stats);
	available = rte_mempool_avail_count(pool);
	n = whole_count(pool, all, RTE_DIM(all), &twice);
	printf("%u %u %u %" PRIu64 " ", available, n, twice, stats.steals);
}

static void
disturb(unsigned int n, uint64_t seed, unsigned int seconds)
{
	uint64_t end = rte_get_timer_cycles() + seconds * rte_get_timer_hz();

	while (rte_get_timer_cycles() < end) {
		usleep((unsigned int)draw(&seed) % 1000);
		interrupt(n, &seed);
		if (secondaries > 0 && draw(&seed) % 16 == 0) {
			unsigned int i = (unsigned int)draw(&seed) % secondaries;
			pid_t pid = pids[i];

			if (has_ended(i, WNOHANG))
				give_up("stress: a secondary ends before the others\n");
			kill(pid, SIGSTOP);
			usleep((unsigned int)draw(&seed) % 20000);
			kill(pid, SIGCONT);
			count(&shared->stops, 1);
		}
	}
}

static int
primary(unsigned int seconds, uint64_t seed, unsigned int cache)
{
	const struct rte_memzone *zone;
	pthread_t churner;
	unsigned int i, n;
	int status;

	zone = rte_memzone_reserve(POOL, sizeof(*shared), SOCKET_ID_ANY, 0);
	pool = rte_labyrinth_pktmbuf_pool_create(POOL, SIZE, cache, 0, ROOM, SOCKET_ID_ANY,
	                                         options);
	if (zone == NULL || pool == NULL || !find_rings(true))
		return EXIT_FAILURE;
	shared = zone->addr;
	memset(shared, 0, sizeof(*shared));
	if (ready() != 0)
		return EXIT_FAILURE;
	n = start(seed);
	if (pthread_create(&churner, NULL, churn, NULL) != 0)
		give_up("stress: a thread cannot be started\n");
	start_secondaries();
	disturb(n, seed, seconds);
	__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
	finish();
	pthread_join(churner, NULL);
	for (i = 0; i < secondaries; i++)
		has_ended(i, 0);
	account();
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	       shared->wrong, shared->gets, shared->passed, shared->signals, shared->stops,
	       shared->pools);
	status = shared->wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	rte_mempool_free(pool);
	return rte_eal_cleanup() == 0 ? status : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	const char *as = getenv("STRESS_PLACE");
	uint64_t seed;
	int i;

	if (argc < 7 || strcmp(argv[6], "--") != 0) {
		fprintf(stderr,
		        "usage: stress SECONDS SEED SECONDARIES CACHE OPTIONS -- EAL OPTIONS\n");
		return EXIT_FAILURE;
	}
	for (i = 0; i < argc && i < ARGS_MOST - 1; i++)
		words[i] = strdup(argv[i]);
	seed = strtoull(argv[2], NULL, 10);
	secondaries = RTE_MIN((unsigned int)atoi(argv[3]), (unsigned int)PLACES - 1);
	options = argv[5];
	place = as == NULL ? 0 : (unsigned int)atoi(as);
	if (place != 0 && !die_with_primary())
		return EXIT_FAILURE;
	if (rte_eal_init(argc - 6, argv + 6) < 0)
		return EXIT_FAILURE;
	return place != 0 ? secondary(seed)
	                  : primary((unsigned int)atoi(argv[1]), seed, (unsigned int)atoi(argv[4]));
}
