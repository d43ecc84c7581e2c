/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <sched.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "app_cpus.h"
#include "lcores.h"
#include "app_message.h"
#include "memory.h"
#include "stop.h"

/* More than the forwarding loop ever uses, drivers included. */
#define STACK_DEPTH (64 * 1024)

int
fwd_lcores_count(const struct fwd_options *options)
{
	unsigned int workers = rte_lcore_count() - 1;

	if (workers == 0) {
		app_error("no lcore left to forward: the main lcore only prints; give EAL two or "
		          "more, such as -l 0,1 (or --lcores=0@0,1@0 on a single CPU)");
		return -1;
	}
	if (options->lcore_mask != 0)
		workers = (unsigned int)__builtin_popcountll(options->lcore_mask);
	if (options->nb_cores > workers) {
		app_error("--nb-cores=%u: only %u lcores can forward; give EAL %u (-l), one of "
		          "which prints, or a smaller --nb-cores",
		          options->nb_cores, workers, options->nb_cores + 1);
		return -1;
	}
	return (int)(options->nb_cores != 0 ? options->nb_cores : workers);
}

static int
add_lcores(struct fwd_lcores *lcores, const struct fwd_options *options, unsigned int nb)
{
	struct fwd_lcore *lcore;
	unsigned int id;

	RTE_LCORE_FOREACH_WORKER (id) {
		if (lcores->nb == nb)
			break;
		if (options->lcore_mask != 0 &&
		    (id >= 64 || (options->lcore_mask & UINT64_C(1) << id) == 0))
			continue;
		lcore = fwd_memory_take("fwd_lcore", sizeof(*lcore),
		                        (int)rte_lcore_to_socket_id(id));
		if (lcore == NULL)
			return -1;
		lcores->lcore[lcores->nb++] = lcore;
		lcore->id = id;
		lcore->engine = options->engine;
		lcore->stop = &lcores->stop;
		lcore->locked = options->lockdown;
		if ((options->engine->does & FWD_ALLOCATES) == 0)
			lcore->sample_size = options->burst;
		lcore->streams = fwd_memory_take("fwd_streams",
		                                 lcores->streams.nb * sizeof(lcore->streams[0]),
		                                 SOCKET_ID_ANY);
		if (lcore->streams == NULL)
			return -1;
	}
	return 0;
}

static void
deal_out(struct fwd_lcores *lcores)
{
	struct fwd_streams *streams = &lcores->streams;
	struct fwd_lcore *lcore;
	unsigned int i;

	for (i = 0; i < streams->nb; i++) {
		lcore = lcores->lcore[i % lcores->nb];
		streams->stream[i]->meter = &lcore->meter;
		lcore->streams[lcore->nb_streams++] = streams->stream[i];
	}
}

int
fwd_lcores_assign(struct fwd_lcores *lcores, const struct fwd_options *options,
                  const struct fwd_ports *ports, const struct fwd_pools *pools)
{
	const unsigned int nb_streams = fwd_streams_count(options, ports);
	int nb = fwd_lcores_count(options);

	if (nb < 0)
		return -1;
	if ((options->engine->does & FWD_STAGES) != 0 && nb < 2) {
		app_error("--forward-mode=%s: receives on one lcore and sends on another, so it "
		          "needs two forwarding lcores; give EAL three (-l), one of which prints",
		          options->engine->name);
		return -1;
	}
	if ((unsigned int)nb > nb_streams) {
		app_notice("%d lcores for %u queues: %u stay idle", nb, nb_streams,
		           (unsigned int)nb - nb_streams);
		nb = (int)nb_streams;
	}
	if (fwd_streams_make(&lcores->streams, options, ports, pools) != 0)
		return -1;
	if (add_lcores(lcores, options, (unsigned int)nb) != 0) {
		app_error("no memory for %d lcores; give EAL more (huge pages, -m)", nb);
		return -1;
	}
	deal_out(lcores);
	return 0;
}

/** The forwarding loop: no system call in here. Returns early when asked to stop. */
static void
forward(struct fwd_lcore *lcore, uint64_t rounds)
{
	struct fwd_stream **streams = lcore->streams;
	unsigned int nb = lcore->nb_streams, i;
	uint64_t round;

	for (round = 0; round < rounds; round++) {
		if (atomic_load_explicit(lcore->stop, memory_order_relaxed))
			break;
		for (i = 0; i < nb; i++)
			if (likely(!atomic_load_explicit(&streams[i]->off, memory_order_relaxed)))
				lcore->engine->run(streams[i]);
		if (lcore->sample_size != 0 && round % FWD_SAMPLE_ROUNDS == 0)
			fwd_meter_sample(&lcore->meter, streams[0]->pool, lcore->sample_size);
		app_counter_add(&lcore->rounds, 1);
	}
}

/** First touches of the stack would count as interruptions by page faults. */
static void
touch_stack(void)
{
	volatile char deep[STACK_DEPTH];
	size_t i;

	for (i = 0; i < sizeof(deep); i += 64)
		deep[i] = 0;
}

/** The CPU the calling thread is bound to, or -1 when it may run on several. */
static int
only_cpu(void)
{
	cpu_set_t set;
	int cpu;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) != 0 || CPU_COUNT(&set) != 1)
		return -1;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((size_t)cpu, &set))
			return cpu;
	return -1;
}

static void
work(void *arg)
{
	struct fwd_lcore *lcore = arg;

	lcore->tid = gettid();
	app_histogram_reset(&lcore->meter.cycles);
	touch_stack();
	fwd_interrupts_own(&lcore->start, lcore->cpu);
	forward(lcore, FWD_WARMUP_ROUNDS);
	app_histogram_reset(&lcore->meter.cycles);
	atomic_store_explicit(&lcore->rounds.value, 0, memory_order_relaxed);
	fwd_interrupts_own(&lcore->warm, lcore->cpu);
	if (lcore->locked)
		fwd_lockdown_close(&lcore->lockdown);
	/* Pairs with the acquire in fwd_lcores_interrupts(): tid and warm are complete. */
	atomic_store_explicit(&lcore->ready, true, memory_order_release);
	forward(lcore, UINT64_MAX);
	if (!lcore->locked) {
		fwd_interrupts_own(&lcore->end, lcore->cpu);
		return;
	}
	fwd_lockdown_open(&lcore->lockdown);
	/* Asking for its own figures would be a system call: the main lcore asks for them. */
	atomic_store_explicit(&lcore->finished, true, memory_order_release);
	while (!atomic_load_explicit(&lcore->released, memory_order_acquire))
		rte_pause();
}

static int
lcore_main(void *arg)
{
	struct fwd_lcore *lcore = arg;
	int error;

	fwd_stop_block_signals();
	app_cpus_own(lcore->cpus, sizeof(lcore->cpus));
	lcore->cpu = only_cpu();
	if (!lcore->locked) {
		work(lcore);
		return 0;
	}
	error = fwd_lockdown_run(work, lcore);
	if (error != 0) {
		lcore->lockdown.error = error;
		atomic_store_explicit(&lcore->ready, true, memory_order_release);
		atomic_store_explicit(&lcore->finished, true, memory_order_release);
	}
	return 0;
}

int
fwd_lcores_launch(struct fwd_lcores *lcores)
{
	unsigned int i;
	int ret;

	atomic_store(&lcores->stop, false);
	lcores->running = true;
	for (i = 0; i < lcores->nb; i++) {
		ret = rte_eal_remote_launch(lcore_main, lcores->lcore[i], lcores->lcore[i]->id);
		if (ret != 0) {
			app_error("lcore %u: not started: %s", lcores->lcore[i]->id,
			          rte_strerror(-ret));
			/* Nobody waits for those that never ran. */
			for (; i < lcores->nb; i++)
				atomic_store(&lcores->lcore[i]->finished, true);
			fwd_lcores_stop(lcores);
			return -1;
		}
	}
	return 0;
}

/** Read the figures of a thread that may not ask for them, and let it go. */
static void
release(struct fwd_lcore *lcore)
{
	while (!atomic_load_explicit(&lcore->finished, memory_order_acquire))
		usleep(1000);
	if (lcore->lockdown.error == 0)
		fwd_interrupts_of(lcore->tid, lcore->cpu, &lcore->end);
	atomic_store_explicit(&lcore->released, true, memory_order_release);
}

void
fwd_lcores_stop(struct fwd_lcores *lcores)
{
	unsigned int i;

	atomic_store(&lcores->stop, true);
	lcores->running = false;
	for (i = 0; i < lcores->nb; i++)
		if (lcores->lcore[i]->locked)
			release(lcores->lcore[i]);
	rte_eal_mp_wait_lcore();
	fwd_streams_end(&lcores->streams);
}

void
fwd_lcores_free(struct fwd_lcores *lcores)
{
	fwd_streams_free(&lcores->streams);
	while (lcores->nb > 0) {
		struct fwd_lcore *lcore = lcores->lcore[--lcores->nb];

		fwd_memory_give(lcore->streams);
		fwd_memory_give(lcore);
	}
}

/** Wait until an lcore has gone through its streams once more. */
static bool
wait_round(const struct fwd_lcores *lcores, struct fwd_lcore *lcore)
{
	uint64_t before;

	/* The warm-up sets the number of rounds back when it is over. */
	while (!atomic_load_explicit(&lcore->ready, memory_order_acquire))
		if (fwd_stop_wait(1))
			return false;
	before = app_counter_read(&lcore->rounds);
	/* Two turns on, the round in which a flag was set is over. */
	while (app_counter_read(&lcore->rounds) - before < 2 && !atomic_load(&lcores->stop))
		if (fwd_stop_wait(1))
			return false;
	return true;
}

bool
fwd_lcores_leave_port(struct fwd_lcores *lcores, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < lcores->streams.nb; i++) {
		struct fwd_stream *stream = lcores->streams.stream[i];

		if (stream->rx_port == port || stream->tx_port == port)
			atomic_store(&stream->off, true);
	}
	for (i = 0; i < lcores->nb; i++)
		if (!wait_round(lcores, lcores->lcore[i]))
			return false;
	return true;
}

const struct fwd_lcore *
fwd_lcores_offender(const struct fwd_lcores *lcores)
{
	unsigned int i;

	for (i = 0; i < lcores->nb; i++)
		if (atomic_load_explicit(&lcores->lcore[i]->lockdown.refused,
		                         memory_order_acquire) != 0)
			return lcores->lcore[i];
	return NULL;
}

struct fwd_lcore *
fwd_lcores_of_id(struct fwd_lcores *lcores, unsigned int id)
{
	unsigned int i;

	for (i = 0; i < lcores->nb; i++)
		if (lcores->lcore[i]->id == id)
			return lcores->lcore[i];
	return NULL;
}

void
fwd_lcores_clear(struct fwd_lcores *lcores)
{
	unsigned int i;

	for (i = 0; i < lcores->streams.nb; i++) {
		struct fwd_stream *stream = lcores->streams.stream[i];

		stream->cleared.rx_packets = app_counter_read(&stream->rx_packets);
		stream->cleared.tx_packets = app_counter_read(&stream->tx_packets);
		stream->cleared.tx_drops = app_counter_read(&stream->tx_drops);
	}
}

int
fwd_lcores_interrupts(struct fwd_lcore *lcore, struct fwd_interrupts *since)
{
	struct fwd_interrupts now;

	if (!atomic_load_explicit(&lcore->ready, memory_order_acquire) ||
	    fwd_interrupts_of(lcore->tid, lcore->cpu, &now) != 0)
		return -1;
	*since = fwd_interrupts_between(&lcore->warm, &now);
	return 0;
}
