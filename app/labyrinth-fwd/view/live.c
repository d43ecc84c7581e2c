/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report.h"

/* Characters of the longest line. */
#define TABLE_WIDTH 116

/* What the last table showed: rates are differences. */
struct shown {
	double seconds;
	struct fwd_sums port[FWD_MAX_PORTS];
	struct fwd_sums lcore[RTE_MAX_LCORE];
	struct fwd_interrupts interrupts[RTE_MAX_LCORE];
	uint64_t failures[RTE_MAX_LCORE];
	uint64_t no_mbuf[FWD_MAX_PORTS];
	unsigned int lines; /* to go up on a terminal */
};

static struct shown last;

/** May a table of so many lines be written over the one before? */
static bool
fits_terminal(unsigned int lines)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	       size.ws_row > lines && size.ws_col > TABLE_WIDTH;
}

/** One line of the table; the rest of an older line is erased on a terminal. */
static void
line(bool terminal, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
line(bool terminal, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	puts(terminal ? "\033[K" : "");
}

static double
rate(uint64_t now, uint64_t before, double seconds)
{
	/* Figures that were not to be had, or cleared, start again. */
	return seconds > 0 && now >= before ? (double)(now - before) / seconds : 0;
}

static void
print_ports(const struct fwd_view *view, bool terminal, double period)
{
	struct fwd_sums now, *before;
	struct rte_eth_stats stats;
	unsigned int i;

	line(terminal, "%-5s %-20s %-5s %12s %12s %12s %12s", "port", "name", "link", "rx pkt/s",
	     "tx pkt/s", "drops/s", "no mbuf/s");
	for (i = 0; i < view->ports->nb; i++) {
		const struct fwd_port *port = &view->ports->port[i];

		now = fwd_sums_of_port(view->lcores, port->id);
		before = &last.port[i];
		memset(&stats, 0, sizeof(stats));
		if (!port->gone)
			rte_eth_stats_get(port->id, &stats);
		line(terminal, "%-5u %-20.20s %-5s %12.0f %12.0f %12.0f %12.0f", port->id,
		     port->name, fwd_report_link(port),
		     rate(now.rx_packets, before->rx_packets, period),
		     rate(now.tx_packets, before->tx_packets, period),
		     rate(now.tx_drops, before->tx_drops, period),
		     rate(stats.rx_nombuf, last.no_mbuf[i], period));
		last.no_mbuf[i] = stats.rx_nombuf;
		*before = now;
	}
}

static void
print_lcores(const struct fwd_view *view, bool terminal, double period)
{
	static struct app_histogram cycles;
	struct fwd_interrupts since, *was;
	uint64_t failures;
	struct fwd_sums now, *before;
	unsigned int i;

	line(terminal, "%-5s %12s %12s %11s %9s %9s %9s %8s %8s %9s %8s %10s", "lcore", "rx pkt/s",
	     "tx pkt/s", "no mbuf/s", "alloc p50", "alloc p99", "p99.9", "faults/s", "waits/s",
	     "preempt/s", "irqs/s", "violations");
	for (i = 0; i < view->lcores->nb; i++) {
		struct fwd_lcore *lcore = view->lcores->lcore[i];

		now = fwd_sums_of_lcore(lcore);
		before = &last.lcore[i];
		app_histogram_reset(&cycles);
		app_histogram_merge(&cycles, &lcore->meter.cycles);
		if (fwd_lcores_interrupts(lcore, &since) != 0)
			memset(&since, 0, sizeof(since));
		was = &last.interrupts[i];
		failures = app_counter_read(&lcore->meter.failures);
		line(terminal,
		     "%-5u %12.0f %12.0f %11.0f %9" PRIu64 " %9" PRIu64 " %9" PRIu64
		     " %8.0f %8.0f %9.0f %8.0f %10" PRIu64,
		     lcore->id, rate(now.rx_packets, before->rx_packets, period),
		     rate(now.tx_packets, before->tx_packets, period),
		     rate(failures, last.failures[i], period),
		     app_histogram_percentile(&cycles, 5000),
		     app_histogram_percentile(&cycles, 9900),
		     app_histogram_percentile(&cycles, 9990),
		     rate(since.minor_faults + since.major_faults,
		          was->minor_faults + was->major_faults, period),
		     rate(since.voluntary, was->voluntary, period),
		     rate(since.involuntary, was->involuntary, period),
		     rate(since.irqs, was->irqs, period), fwd_report_violations(lcore));
		*was = since;
		last.failures[i] = failures;
		*before = now;
	}
}

static void
print_pools(const struct fwd_view *view, bool terminal)
{
	unsigned int i;

	for (i = 0; i < view->pools->nb; i++) {
		struct rte_mempool *mp = view->pools->pool[i].mp;

		line(terminal, "pool %s: %u of %u free", mp->name, rte_mempool_avail_count(mp),
		     mp->size);
	}
}

void
fwd_live_break(void)
{
	last.lines = 0;
}

void
fwd_live_print(const struct fwd_view *view, double seconds)
{
	const bool recovered = view->recovered->processes > 0;
	const unsigned int lines =
		3 + view->ports->nb + view->lcores->nb + view->pools->nb + recovered;
	const bool terminal = fits_terminal(lines);

	if (terminal && last.lines > 0)
		printf("\033[%uA", last.lines);
	else
		printf("\n");
	line(terminal, "after %.0f s", seconds);
	print_ports(view, terminal, seconds - last.seconds);
	print_lcores(view, terminal, seconds - last.seconds);
	print_pools(view, terminal);
	if (recovered)
		line(terminal, FWD_RECOVERED, FWD_RECOVERED_FIGURES(view->recovered));
	last.seconds = seconds;
	last.lines = lines;
	fflush(stdout);
}
