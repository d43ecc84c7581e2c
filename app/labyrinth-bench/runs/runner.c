/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "app_message.h"
#include "budget.h"
#include "pools.h"
#include "progress.h"
#include "runner.h"
#include "stop.h"
#include "table.h"
#include "team.h"

/* Work is not made longer by more than that from one look at the clock to the next. */
#define LARGEST_STEP 64
/* A sample may take so many times longer than it should. */
#define LIMIT 4

/* Calls that stand for those of a handler, in hundredths of a percent. */
#define CALLS_MOST 9000

/** One handler in the cell that is being measured. */
struct contestant {
	struct bench_handler *handler;
	struct bench_result *result;
	struct rte_mempool *mp; /**< NULL when there is none right now */
	uint64_t iterations;
};

struct run {
	const struct bench_options *options;
	struct bench_cell cell;
	struct bench_team *team;
	struct contestant contestant[BENCH_MAX_HANDLERS + 1];
	unsigned int nb;
	bool fresh; /**< pools live for one turn */
};

static void
give_up(struct contestant *c, const char *why)
{
	snprintf(c->result->reason, sizeof(c->result->reason), "%s", why);
}

static bool
can_run(const struct contestant *c)
{
	return c->result->reason[0] == '\0';
}

static bool
needs_pool(const struct run *run)
{
	return (run->cell.workload->flags & BENCH_NO_POOL) == 0;
}

static void
drop_pool(struct contestant *c)
{
	rte_mempool_free(c->mp);
	c->mp = NULL;
}

/** See that there is a pool. */
static int
have_pool(struct run *run, struct contestant *c)
{
	if (!needs_pool(run) || c->handler == NULL || c->mp != NULL)
		return 0;
	c->mp = bench_pool_create(c->handler, &run->cell, NULL);
	if (c->mp != NULL) {
		if (!c->handler->described)
			bench_pool_describe(c->handler->label, c->mp);
		c->handler->described = true;
		return 0;
	}
	give_up(c, rte_strerror(rte_errno));
	return -1;
}

/** How long a sample should take. */
static uint64_t
sample_cycles(const struct run *run)
{
	return rte_get_tsc_hz() / 1000 * run->options->ms * bench_cell_patience(&run->cell);
}

static double
turn(struct run *run, struct contestant *c)
{
	double value;

	if (have_pool(run, c) != 0)
		return -1;
	value = bench_team_run(run->team, c->mp, c->iterations, LIMIT * sample_cycles(run),
	                       c->result->latency);
	if (run->fresh)
		drop_pool(c);
	if (value < 0)
		give_up(c, run->team->ready ? "gets went on failing" : "could not get ready");
	return value;
}

/** Find out how much work takes as long as a sample should. */
static void
calibrate(struct run *run, struct contestant *c)
{
	const uint64_t wanted = sample_cycles(run);
	uint64_t took;

	for (c->iterations = 1; !bench_stop_asked();) {
		if (turn(run, c) < 0)
			return;
		took = RTE_MAX(bench_team_cycles(run->team), UINT64_C(1));
		if (took >= wanted / 2)
			return;
		c->iterations *=
			RTE_MIN(RTE_MAX(wanted / took, UINT64_C(2)), (uint64_t)LARGEST_STEP);
	}
}

/** What the workload is about is making the pool. */
static void
time_creation(struct run *run, struct contestant *c)
{
	uint64_t cycles;

	c->mp = bench_pool_create(c->handler, &run->cell, &cycles);
	if (c->mp == NULL) {
		give_up(c, rte_strerror(rte_errno));
		return;
	}
	bench_result_sample(c->result, (double)cycles / run->cell.size);
	drop_pool(c);
}

static void
one_sample(struct run *run, struct contestant *c)
{
	double value;

	if (!can_run(c))
		return;
	if ((run->cell.workload->flags & BENCH_OWN_CLOCK) != 0) {
		time_creation(run, c);
		return;
	}
	value = turn(run, c);
	if (value >= 0)
		bench_result_sample(c->result, value);
}

static void
all_rounds(struct run *run)
{
	unsigned int round, i;

	/* The order turns too: nobody is always behind the same neighbour. */
	for (round = 0; round < run->options->rounds; round++)
		for (i = 0; i < run->nb && !bench_stop_asked(); i++)
			one_sample(run, &run->contestant[(round + i) % run->nb]);
}

static int
add_contestant(struct run *run, struct bench_handler *handler, struct bench_results *results)
{
	struct contestant *c = &run->contestant[run->nb];

	c->handler = handler;
	c->result = bench_results_add(results, &run->cell, handler, run->options->rounds);
	if (c->result == NULL)
		return -1;
	run->nb++;
	if (handler != NULL && run->cell.lcores > 1 && !bench_handler_is_shared(handler))
		give_up(c, "for one lcore only");
	return 0;
}

static int
finish(struct run *run)
{
	int ret = 0;
	unsigned int i;

	for (i = 0; i < run->nb; i++) {
		drop_pool(&run->contestant[i]);
		/* A handler that failed on the way must not be compared with the others. */
		if (!can_run(&run->contestant[i]))
			run->contestant[i].result->nb = 0;
		else if (run->contestant[i].result->nb == 0)
			give_up(&run->contestant[i], "stopped");
		if (bench_result_finish(run->contestant[i].result) != 0)
			ret = -1;
	}
	return ret;
}

/**
 * The longer a call takes, the more of them the machine interrupts. So what stands for the
 * machine alone, and is the last to be calibrated, takes as long as most calls of the slowest.
 */
static void
note_calls(struct run *run, const struct contestant *c)
{
	uint64_t most;

	if (c->handler == NULL || c->result->latency == NULL)
		return;
	most = app_histogram_percentile(&c->result->latency->running, CALLS_MOST);
	run->team->call = RTE_MAX(run->team->call, most);
}

static int
measure(struct run *run)
{
	unsigned int i;

	if ((run->cell.workload->flags & BENCH_OWN_CLOCK) == 0) {
		run->team = bench_team_new(&run->cell);
		if (run->team == NULL)
			return -1;
		for (i = 0; i < run->nb; i++) {
			if (!can_run(&run->contestant[i]))
				continue;
			calibrate(run, &run->contestant[i]);
			note_calls(run, &run->contestant[i]);
		}
		for (i = 0; i < run->nb; i++)
			bench_result_restart(run->contestant[i].result);
	}
	all_rounds(run);
	return 0;
}

static int
run_cell(const struct bench_options *options, const struct bench_cell *cell,
         struct bench_handler *const *handlers, unsigned int nb, struct bench_results *results)
{
	struct run *run = calloc(1, sizeof(*run));
	unsigned int i;
	int ret = 0;

	if (run == NULL) {
		app_error("no memory for %u handlers in a cell", nb);
		return -1;
	}
	run->options = options;
	run->cell = *cell;
	if (!needs_pool(run))
		ret = add_contestant(run, NULL, results);
	else
		for (i = 0; i < nb && ret == 0; i++)
			ret = add_contestant(run, handlers[i], results);
	/* What the machine itself does to calls that wait for nothing. */
	if (ret == 0 && (cell->workload->flags & BENCH_LATENCY) != 0)
		ret = add_contestant(run, NULL, results);
	run->fresh = options->fresh || !bench_budget_allows(cell, run->nb);
	if (ret == 0)
		ret = measure(run);
	if (finish(run) != 0)
		ret = -1;
	bench_team_free(run->team);
	free(run);
	return ret;
}

int
bench_run_cells(const struct bench_options *options, const struct bench_cells *cells,
                struct bench_handler *const *handlers, unsigned int nb,
                struct bench_results *results)
{
	const struct bench_workload *last = NULL;
	uint32_t i, from;
	int ret;

	for (i = 0; i < cells->nb && !bench_stop_asked(); i++) {
		const struct bench_cell *cell = &cells->cell[i];

		from = results->nb;
		bench_progress_next(cell);
		ret = run_cell(options, cell, handlers, nb, results);
		bench_progress_done(cell);
		if (ret != 0)
			return -1;
		bench_table_cell(results, from, cell->workload != last);
		last = cell->workload;
	}
	return 0;
}
