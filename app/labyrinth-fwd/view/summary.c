/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_mempool_labyrinth.h>

#include "report.h"

void
fwd_summary_ports(const struct fwd_view *view)
{
	struct rte_eth_stats stats;
	struct fwd_sums sums;
	unsigned int i;

	if (view->ports->nb == 0)
		return;
	printf("\n%-5s %-20s %14s %14s %12s %10s %10s %10s %10s %s\n", "port", "name", "rx packets",
	       "tx packets", "tx drops", "missed", "no mbuf", "rx errors", "tx errors", "link");
	for (i = 0; i < view->ports->nb; i++) {
		const struct fwd_port *port = &view->ports->port[i];

		sums = fwd_sums_of_port(view->lcores, port->id);
		memset(&stats, 0, sizeof(stats));
		if (!port->gone)
			rte_eth_stats_get(port->id, &stats);
		printf("%-5u %-20.20s %14" PRIu64 " %14" PRIu64 " %12" PRIu64 " %10" PRIu64
		       " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %s\n",
		       port->id, port->name, sums.rx_packets, sums.tx_packets, sums.tx_drops,
		       stats.imissed, stats.rx_nombuf, stats.ierrors, stats.oerrors,
		       fwd_report_link(port));
	}
}

static void
print_lcores(const struct fwd_view *view)
{
	struct fwd_sums sums;
	unsigned int i;

	printf("\n%-5s %-8s %14s %14s %12s %14s %14s\n", "lcore", "CPU", "rx packets", "tx packets",
	       "tx drops", "alloc failures", "rounds");
	for (i = 0; i < view->lcores->nb; i++) {
		const struct fwd_lcore *lcore = view->lcores->lcore[i];

		sums = fwd_sums_of_lcore(lcore);
		printf("%-5u %-8s %14" PRIu64 " %14" PRIu64 " %12" PRIu64 " %14" PRIu64
		       " %14" PRIu64 "\n",
		       lcore->id, lcore->cpus, sums.rx_packets, sums.tx_packets, sums.tx_drops,
		       app_counter_read(&lcore->meter.failures), app_counter_read(&lcore->rounds));
	}
}

static void
print_cycles(const char *name, const struct app_histogram *cycles)
{
	printf("%-5s %14" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %12" PRIu64 "\n", name,
	       app_counter_read(&cycles->count), app_histogram_percentile(cycles, 5000),
	       app_histogram_percentile(cycles, 9900), app_histogram_percentile(cycles, 9990),
	       app_counter_read(&cycles->max));
}

static void
print_allocations(const struct fwd_view *view)
{
	static struct app_histogram all;
	const struct fwd_options *options = view->options;
	const struct fwd_engine *engine = view->lcores->streams.engine;
	char name[16];
	unsigned int i;

	printf("\nTSC cycles of an allocation, one mempool get of %u mbufs", options->burst);
	if ((engine->does & FWD_ALLOCATES) != 0)
		printf(": every one made\n");
	else
		printf(": samples, one every %u rounds,\nput back at once "
		       "(in mode %s it is the ports' drivers that allocate)\n",
		       FWD_SAMPLE_ROUNDS, engine->name);
	printf("%-5s %14s %10s %10s %10s %12s\n", "lcore", "gets", "p50", "p99", "p99.9", "max");
	app_histogram_reset(&all);
	for (i = 0; i < view->lcores->nb; i++) {
		snprintf(name, sizeof(name), "%u", view->lcores->lcore[i]->id);
		print_cycles(name, &view->lcores->lcore[i]->meter.cycles);
		app_histogram_merge(&all, &view->lcores->lcore[i]->meter.cycles);
	}
	print_cycles("all", &all);
	printf("(percentiles are upper bounds within 1/%u; reading the clock costs about %" PRIu64
	       " of each)\n",
	       APP_HISTOGRAM_SUB, fwd_meter_overhead());
}

/** What interrupted an lcore after its warm-up, whether it still runs or not. */
static struct fwd_interrupts
interrupts_of(const struct fwd_lcores *lcores, struct fwd_lcore *lcore)
{
	struct fwd_interrupts since;

	if (!lcores->running)
		return fwd_interrupts_between(&lcore->warm, &lcore->end);
	if (fwd_lcores_interrupts(lcore, &since) != 0)
		memset(&since, 0, sizeof(since));
	return since;
}

static void
print_interrupts(const struct fwd_view *view)
{
	struct fwd_interrupts run, warm;
	unsigned int i;

	printf("\nWhat interrupted the lcores (the first %u rounds are warm-up, apart)\n",
	       FWD_WARMUP_ROUNDS);
	printf("%-5s %12s %12s %12s %12s %12s %12s %22s\n", "lcore", "minor faults", "major faults",
	       "voluntary", "involuntary", "interrupts", "violations", "warm-up faults+switches");
	for (i = 0; i < view->lcores->nb; i++) {
		struct fwd_lcore *lcore = view->lcores->lcore[i];

		run = interrupts_of(view->lcores, lcore);
		memset(&warm, 0, sizeof(warm));
		if (atomic_load_explicit(&lcore->ready, memory_order_acquire))
			warm = fwd_interrupts_between(&lcore->start, &lcore->warm);
		printf("%-5u %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64
		       " %12" PRIu64 " %14" PRIu64 "+%" PRIu64 "\n",
		       lcore->id, run.minor_faults, run.major_faults, run.voluntary,
		       run.involuntary, run.irqs, fwd_report_violations(lcore),
		       warm.minor_faults + warm.major_faults, warm.voluntary + warm.involuntary);
	}
}

struct fwd_own_interrupts
fwd_report_own_interrupts(const struct fwd_lcores *lcores)
{
	struct fwd_own_interrupts own = {0};
	struct fwd_interrupts run;
	unsigned int i;

	for (i = 0; i < lcores->nb; i++) {
		run = interrupts_of(lcores, lcores->lcore[i]);
		own.faults += run.minor_faults + run.major_faults;
		own.waits += run.voluntary;
		own.foreign += run.involuntary;
		own.refused += atomic_load(&lcores->lcore[i]->lockdown.refused);
	}
	return own;
}

/**
 * One line: was an allocation interrupted by the allocator itself? Page faults
 * and waiting are what it could do to an lcore; when the kernel gives the CPU
 * to somebody else, or a device interrupts it, that is not the allocator's doing.
 */
static void
print_verdict(const struct fwd_view *view)
{
	const struct fwd_own_interrupts own = fwd_report_own_interrupts(view->lcores);

	printf("\nInterrupted by %s: ", view->pools->ops);
	if (own.faults + own.waits + own.refused == 0)
		printf("never: no page fault, no waiting%s on any forwarding lcore; ",
		       view->options->lockdown ? ", no system call (--lockdown)" : "");
	else
		printf("cannot be ruled out: %" PRIu64 " page faults, %" PRIu64 " times waiting, "
		       "%" PRIu64 " system calls refused, by the allocator or by a driver; ",
		       own.faults, own.waits, own.refused);
	printf("the kernel took the CPU away %" PRIu64 " times, which is the scheduler's doing\n",
	       own.foreign);
}

void
fwd_summary_tables(const struct fwd_view *view)
{
	fwd_summary_ports(view);
	print_lcores(view);
	print_allocations(view);
	print_interrupts(view);
	fflush(stdout);
}

void
fwd_summary_print(const struct fwd_view *view, double seconds, const char *why)
{
	const struct fwd_engine *engine = view->options->engine;

	if (view->lcores->nb > 0)
		engine = view->lcores->streams.engine;
	printf("\n=== Summary: %.1f s of mode %s on %s (%s) ===\n", seconds, engine->name,
	       view->pools->ops, why);
	if (view->lcores->nb == 0) {
		printf("\nNothing was forwarded.\n");
		return;
	}
	fwd_summary_tables(view);
	print_verdict(view);
	fflush(stdout);
}

static void
print_labyrinth(const struct rte_mempool *mp)
{
	struct rte_labyrinth_stats stats;

	if (rte_labyrinth_stats_get(mp, &stats) != 0)
		return;
	printf("      rooms refilled %" PRIu64 ", flushed %" PRIu64 ", stolen %" PRIu64
	       "; gets failed %" PRIu64 ", on demand %" PRIu64 ", violations %" PRIu64
	       ", quarantined %u\n",
	       stats.refills, stats.flushes, stats.steals, stats.failures, stats.injected,
	       stats.violations, stats.quarantined);
}

/** Print one set of pools; returns the buffers that have not come back. */
static uint64_t
print_pools(const struct fwd_pools *pools)
{
	unsigned int i, after;
	uint64_t lost = 0;
	int64_t missing;

	for (i = 0; i < pools->nb; i++) {
		const struct fwd_pool *pool = &pools->pool[i];

		after = rte_mempool_avail_count(pool->mp);
		missing = (int64_t)pool->before - (int64_t)after;
		printf("%-12s %10u %16u %16u %10" PRId64 "\n", pool->mp->name, pool->mp->size,
		       pool->before, after, missing);
		print_labyrinth(pool->mp);
		/* More than before is as wrong as less. */
		lost += (uint64_t)(missing < 0 ? -missing : missing);
	}
	return lost;
}

/** Of pools that others use, too: what is free there is no matter of ours. */
static void
print_borrowed(const struct fwd_pools *pools)
{
	unsigned int i;

	printf("\n%-12s %10s %16s\n", "pool", "mbufs", "available now");
	for (i = 0; i < pools->nb; i++) {
		const struct rte_mempool *mp = pools->pool[i].mp;

		printf("%-12s %10u %16u (the primary process's)\n", mp->name, mp->size,
		       rte_mempool_avail_count(mp));
	}
	fflush(stdout);
}

void
fwd_summary_recovery(const struct fwd_recovered *recovered)
{
	if (recovered->processes > 0)
		printf("\n" FWD_RECOVERED "\n", FWD_RECOVERED_FIGURES(recovered));
	fflush(stdout);
}

uint64_t
fwd_summary_pools(const struct fwd_pools *pools, unsigned int nb)
{
	uint64_t lost = 0;
	unsigned int i;

	if (pools[0].borrowed) {
		print_borrowed(&pools[0]);
		return 0;
	}
	printf("\n%-12s %10s %16s %16s %10s\n", "pool", "mbufs", "available before",
	       "available after", "lost");
	for (i = 0; i < nb; i++)
		lost += print_pools(&pools[i]);
	fflush(stdout);
	return lost;
}
