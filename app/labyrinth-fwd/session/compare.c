/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app_message.h"
#include "compare.h"
#include "stop.h"

/** What one turn of one handler has come to. */
struct turn {
	double rate;      /* packets per second */
	uint64_t typical; /* cycles of an allocation, median */
	uint64_t slow;    /* p99 */
	uint64_t stalls;  /* page faults and waiting of the lcores */
};

struct results {
	uint32_t rounds; /* complete ones */
	struct turn turn[FWD_MAX_HANDLERS][FWD_MAX_ROUNDS];
};

static int
by_rate(const void *a, const void *b)
{
	const struct turn *one = a, *other = b;

	return (one->rate > other->rate) - (one->rate < other->rate);
}

static int
by_typical(const void *a, const void *b)
{
	const struct turn *one = a, *other = b;

	return (one->typical > other->typical) - (one->typical < other->typical);
}

static int
by_slow(const void *a, const void *b)
{
	const struct turn *one = a, *other = b;

	return (one->slow > other->slow) - (one->slow < other->slow);
}

/** Have the ports allocate from another handler's pools. */
static int
change_pools(struct fwd_session *session, unsigned int handler)
{
	const struct fwd_pools *pools = &session->pools[session->current];

	fwd_ports_drain(&session->ports, session->options, pools->pool[0].mp->size);
	if (handler == session->current)
		return 0;
	session->current = handler;
	if (fwd_ports_stop(&session->ports) != 0)
		return -1;
	return fwd_ports_start(&session->ports, session->options, &session->pools[handler]);
}

/** Returns 0, -1 on failure (one line was printed), or 1 when asked to stop. */
static int
take_turn(struct fwd_session *session, unsigned int handler, double seconds, struct turn *turn)
{
	static struct app_histogram cycles;
	const struct fwd_options *options = session->options;
	struct fwd_own_interrupts own;
	uint64_t packets = 0;
	unsigned int i;

	if (change_pools(session, handler) != 0 ||
	    fwd_session_start(session, options->tx_first) != 0)
		return -1;
	while (fwd_session_seconds(session) < seconds) {
		double left = seconds - fwd_session_seconds(session);

		if (fwd_stop_wait(
			    RTE_MIN((uint64_t)(left * 1000) + 1, fwd_session_patience(session))))
			break;
		if (fwd_session_poll(session) != 0)
			return -1;
	}
	fwd_session_stop(session);
	app_histogram_reset(&cycles);
	for (i = 0; i < session->lcores.nb; i++) {
		struct fwd_sums sums = fwd_sums_of_lcore(session->lcores.lcore[i]);

		packets += RTE_MAX(sums.rx_packets, sums.tx_packets);
		app_histogram_merge(&cycles, &session->lcores.lcore[i]->meter.cycles);
	}
	own = fwd_report_own_interrupts(&session->lcores);
	*turn = (struct turn){(double)packets / session->seconds,
	                      app_histogram_percentile(&cycles, 5000),
	                      app_histogram_percentile(&cycles, 9900), own.faults + own.waits};
	return fwd_stop_signal() != 0 ? 1 : 0;
}

/** Write `labyrinth:profile=fast`. */
static const char *
handler_label(const struct fwd_handlers *handlers, unsigned int index, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", handlers->name[index],
	         handlers->options[index][0] != '\0' ? ":" : "", handlers->options[index]);
	return text;
}

static uint64_t
stalls_of(const struct turn *turn, uint32_t nb)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < nb; i++)
		sum += turn[i].stalls;
	return sum;
}

static void
print_results(const struct fwd_session *session, struct results *results)
{
	const struct fwd_handlers *handlers = &session->options->compare;
	const uint32_t nb = results->rounds, middle = nb / 2;
	char label[RTE_MEMPOOL_OPS_NAMESIZE + FWD_MAX_HANDLER_OPTIONS];
	double median, first = 0;
	unsigned int h;

	printf("\n=== Comparison: mode %s, medians of %u rounds%s ===\n",
	       session->options->engine->name, nb,
	       nb < session->options->rounds ? " (stopped early)" : "");
	if (nb == 0)
		return;
	printf("\n%-26s %11s %11s %11s %9s %9s %6s %7s\n", "handler", "packets/s", "lowest",
	       "highest", "alloc p50", "alloc p99", "stalls", "ratio");
	for (h = 0; h < handlers->nb; h++) {
		struct turn *turn = results->turn[h];
		uint64_t typical, slow;

		qsort(turn, nb, sizeof(*turn), by_typical);
		typical = turn[middle].typical;
		qsort(turn, nb, sizeof(*turn), by_slow);
		slow = turn[middle].slow;
		qsort(turn, nb, sizeof(*turn), by_rate);
		median = nb % 2 != 0 ? turn[middle].rate
		                     : (turn[middle - 1].rate + turn[middle].rate) / 2;
		first = h == 0 ? median : first;
		printf("%-26s %11.0f %11.0f %11.0f %9" PRIu64 " %9" PRIu64 " %6" PRIu64 " %7.3f\n",
		       handler_label(handlers, h, label, sizeof(label)), median, turn[0].rate,
		       turn[nb - 1].rate, typical, slow, stalls_of(turn, nb),
		       first > 0 ? median / first : 0);
	}
	printf("(alloc: TSC cycles of an allocation of %u mbufs; stalls: page faults and waiting "
	       "of lcores\nin all rounds; the ratio is to %s)\n",
	       session->options->burst, handlers->name[0]);
	fflush(stdout);
}

/** Every other round in reverse order: whoever goes first has a CPU that is no warmer. */
static int
take_rounds(struct fwd_session *session, struct results *results)
{
	const struct fwd_options *options = session->options;
	const uint32_t nb = options->compare.nb;
	const double seconds = (double)options->duration / (options->rounds * nb);
	uint32_t round, i, h;
	int ret;

	for (round = 0; round < options->rounds; round++) {
		for (i = 0; i < nb; i++) {
			h = round % 2 == 0 ? i : nb - 1 - i;
			ret = take_turn(session, h, seconds, &results->turn[h][round]);
			if (ret != 0)
				return ret;
			if (options->stats_period != 0)
				printf("round %u %-16s %14.0f packets/s\n", round + 1,
				       options->compare.name[h], results->turn[h][round].rate);
		}
		results->rounds++;
		fflush(stdout);
	}
	return 0;
}

int
fwd_compare(struct fwd_session *session)
{
	static struct results results;
	int ret;

	fwd_ports_wait_link(&session->ports, FWD_LINK_MS);
	ret = take_rounds(session, &results);
	if (ret >= 0)
		print_results(session, &results);
	if (fwd_session_count_back(session) != 0)
		return -1;
	return ret < 0 ? -1 : 0;
}
