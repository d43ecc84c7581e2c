/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "app_cpus.h"
#include "lcores.h"
#include "app_message.h"
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
		lcore = rte_zmalloc_socket("fwd_lcore", sizeof(*lcore), RTE_CACHE_LINE_SIZE,
		                           (int)rte_lcore_to_socket_id(id));
		if (lcore == NULL)
			return -1;
		lcores->lcore[lcores->nb++] = lcore;
		lcore->id = id;
		lcore->engine = options->engine;
		lcore->stop = &lcores->stop;
		if ((options->engine->does & FWD_ALLOCATES) == 0)
			lcore->sample_size = options->burst;
		lcore->streams =
			rte_calloc("fwd_streams", lcores->nb_streams, sizeof(lcore->streams[0]), 0);
		if (lcore->streams == NULL)
			return -1;
	}
	return 0;
}

static struct fwd_stream *
new_stream(const struct fwd_ports *ports, const struct fwd_pools *pools,
           const struct fwd_options *options, unsigned int index, uint16_t queue)
{
	const struct fwd_port *rx = &ports->port[index];
	const struct fwd_port *tx = rx;
	struct fwd_stream *stream;

	if (fwd_engine_forwards(options->engine))
		tx = &ports->port[fwd_ports_pair(ports, index)];
	stream = rte_zmalloc_socket("fwd_stream", sizeof(*stream), RTE_CACHE_LINE_SIZE,
	                            (int)rx->socket);
	if (stream == NULL)
		return NULL;
	stream->rx_port = rx->id;
	stream->rx_queue = queue;
	stream->tx_port = tx->id;
	stream->tx_queue = queue;
	stream->burst = (uint16_t)options->burst;
	stream->own = tx->own;
	stream->peer = tx->peer;
	stream->pool = fwd_pools_of_socket(pools, rx->socket);
	return stream;
}

/** Port by port within a queue, so that the two ports of a pair fall to different lcores. */
static int
deal_out(struct fwd_lcores *lcores, const struct fwd_options *options,
         const struct fwd_ports *ports, const struct fwd_pools *pools)
{
	struct fwd_stream *stream;
	struct fwd_lcore *lcore;
	unsigned int i;

	for (i = 0; i < lcores->nb_streams; i++) {
		stream =
			new_stream(ports, pools, options, i % ports->nb, (uint16_t)(i / ports->nb));
		if (stream == NULL)
			return -1;
		lcore = lcores->lcore[i % lcores->nb];
		stream->meter = &lcore->meter;
		lcore->streams[lcore->nb_streams++] = stream;
		lcores->streams[i] = stream;
	}
	return 0;
}

int
fwd_lcores_assign(struct fwd_lcores *lcores, const struct fwd_options *options,
                  const struct fwd_ports *ports, const struct fwd_pools *pools)
{
	bool receives = (options->engine->does & FWD_RECEIVES) != 0;
	unsigned int queues = receives ? options->rxq : options->txq;
	int nb = fwd_lcores_count(options);

	if (nb < 0)
		return -1;
	lcores->nb_streams = ports->nb * queues;
	if ((unsigned int)nb > lcores->nb_streams) {
		app_notice("%d lcores for %u queues: %u stay idle", nb, lcores->nb_streams,
		           (unsigned int)nb - lcores->nb_streams);
		nb = (int)lcores->nb_streams;
	}
	lcores->streams =
		rte_calloc("fwd_streams", lcores->nb_streams, sizeof(lcores->streams[0]), 0);
	if (lcores->streams == NULL || add_lcores(lcores, options, (unsigned int)nb) != 0 ||
	    deal_out(lcores, options, ports, pools) != 0) {
		app_error("no memory for %u streams; give EAL more (huge pages, -m)",
		          lcores->nb_streams);
		return -1;
	}
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

static int
lcore_main(void *arg)
{
	struct fwd_lcore *lcore = arg;

	fwd_stop_block_signals();
	app_cpus_own(lcore->cpus, sizeof(lcore->cpus));
	lcore->tid = gettid();
	app_histogram_reset(&lcore->meter.cycles);
	touch_stack();
	fwd_interrupts_own(&lcore->start);
	forward(lcore, FWD_WARMUP_ROUNDS);
	app_histogram_reset(&lcore->meter.cycles);
	atomic_store_explicit(&lcore->rounds.value, 0, memory_order_relaxed);
	fwd_interrupts_own(&lcore->warm);
	/* Pairs with the acquire in fwd_lcores_interrupts(): tid and warm are complete. */
	atomic_store_explicit(&lcore->ready, true, memory_order_release);
	forward(lcore, UINT64_MAX);
	fwd_interrupts_own(&lcore->end);
	return 0;
}

int
fwd_lcores_launch(struct fwd_lcores *lcores)
{
	unsigned int i;
	int ret;

	atomic_store(&lcores->stop, false);
	for (i = 0; i < lcores->nb; i++) {
		ret = rte_eal_remote_launch(lcore_main, lcores->lcore[i], lcores->lcore[i]->id);
		if (ret != 0) {
			app_error("lcore %u: not started: %s", lcores->lcore[i]->id,
			          rte_strerror(-ret));
			fwd_lcores_stop(lcores);
			return -1;
		}
	}
	return 0;
}

void
fwd_lcores_stop(struct fwd_lcores *lcores)
{
	atomic_store(&lcores->stop, true);
	rte_eal_mp_wait_lcore();
}

void
fwd_lcores_free(struct fwd_lcores *lcores)
{
	unsigned int i;

	for (i = 0; i < lcores->nb; i++) {
		rte_free(lcores->lcore[i]->streams);
		rte_free(lcores->lcore[i]);
	}
	for (i = 0; lcores->streams != NULL && i < lcores->nb_streams; i++)
		rte_free(lcores->streams[i]);
	rte_free(lcores->streams);
	lcores->nb = 0;
	lcores->streams = NULL;
	lcores->nb_streams = 0;
}

int
fwd_lcores_interrupts(struct fwd_lcore *lcore, struct fwd_interrupts *since)
{
	struct fwd_interrupts now;

	if (!atomic_load_explicit(&lcore->ready, memory_order_acquire) ||
	    fwd_interrupts_of(lcore->tid, &now) != 0)
		return -1;
	*since = fwd_interrupts_between(&lcore->warm, &now);
	return 0;
}
