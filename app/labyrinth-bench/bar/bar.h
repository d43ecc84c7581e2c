/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_BAR_H
#define BENCH_BAR_H

/**
 * @file
 * What labyrinth promises about its speed: the cells to measure and, line by
 * line, whether each promise holds.
 */

#include "bar_demands.h"
#include "options.h"
#include "results.h"

/**
 * Measure all cells and print them.
 *
 * @return
 *   0, or -1 (one line was printed).
 */
int
bench_bar_measure(struct bench_options *options, struct bench_results *results);

/** Print every promise with its ratio and whether it holds. */
void
bench_bar_print(const struct bench_results *results);

/** What a promise is about. */
struct bench_bar_select {
	const char *workload;
	const char *handler;
	const char *base; /**< to compare with; NULL: nothing, `stock`: the best stock handler */
	int cache;        /**< below 0: any */
	uint32_t lcores;  /**< 0: any that do not share a CPU */
	uint32_t cpus;
	uint32_t bulk_min, bulk_max; /**< 0: no limit */
	uint32_t kept_min, kept_max;
	uint32_t elt; /**< bytes of an object; 0: those of --elt */
};

enum bench_bar_judge {
	BENCH_BAR_MEAN,
	BENCH_BAR_WORST
};

/** What a promise is about in fresh pools and in aged ones. */
enum bench_bar_age {
	BENCH_BAR_FRESH,
	BENCH_BAR_AGED,
	BENCH_BAR_AGES
};

/** One promise: a figure that is to be at most the limit; a limit of 0 promises nothing. */
struct bench_bar_line {
	const char *text;
	enum bench_bar_judge judge;
	double limit[BENCH_BAR_AGES];
	struct bench_bar_select select;
};

/** All of them; the last one has no text. */
extern const struct bench_bar_line bench_bar_lines[];

/** Compare cells with others of the same cache, bulk and kept objects. */
struct bench_bar_beside {
	const char *text;
	double limit;
	struct bench_bar_select select; /**< .base is the handler of the others */
	const char *workload;           /**< of the others */
	uint32_t cpus;                  /**< of the others */
};

extern const struct bench_bar_beside bench_bar_besides[];

/**
 * Collect what a promise is about.
 *
 * @param results
 *   All results.
 * @param select
 *   Which of them; a workload `loop+touch` stands for both.
 * @param aged
 *   Those of aged pools, or of fresh ones.
 * @param values
 *   Where to put ratios, or cycles when there is no base.
 * @param room
 *   How many there may be.
 * @param worst
 *   Set to the result with the largest value, or NULL.
 * @return
 *   How many there are.
 */
size_t
bench_bar_collect(const struct bench_results *results, const struct bench_bar_select *select,
                  bool aged, double *values, size_t room, const struct bench_result **worst);

/**
 * The largest ratio of cells to those beside them.
 *
 * @param results
 *   All results.
 * @param beside
 *   Which of them.
 * @param worst
 *   Set to the result with the largest ratio, or NULL.
 * @return
 *   The ratio, 0 if there are no such cells.
 */
double
bench_bar_compare(const struct bench_results *results, const struct bench_bar_beside *beside,
                  const struct bench_result **worst);

/** Is a result, of a fresh or an aged pool, one of those that are selected? */
bool
bench_bar_matches(const struct bench_result *result, const struct bench_bar_select *select,
                  bool aged);

#endif /* BENCH_BAR_H */
