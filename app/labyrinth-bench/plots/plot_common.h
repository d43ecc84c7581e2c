/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_PLOT_COMMON_H
#define BENCH_PLOT_COMMON_H

/**
 * @file
 * The kinds of plots, and what they share.
 */

#include "plot.h"
#include "svg.h"

/** Pixels that the command takes under a plot. */
#define BENCH_PLOT_COMMAND 50.0

/** Bars by cell, one file for each workload, cache and placement of lcores. 0, or -1. */
int
bench_plot_bars(const struct bench_plot *plot);

/** Ratios to the first handler, one file for each workload. 0, or -1. */
int
bench_plot_heat(const struct bench_plot *plot);

/** Percentiles of single calls, one file for each cell. 0, or -1. */
int
bench_plot_latency(const struct bench_plot *plot);

/**
 * Begin a plot. One of a name that another plot of this run has gets a number behind it:
 * sections of a run may measure a workload twice. 0, or -1 (one line was printed).
 */
int
bench_plot_open(const struct bench_plot *plot, struct bench_svg *svg, const char *name,
                double width, double height);

/** Print the one line about a file that could not be written. Returns -1. */
int
bench_plot_failed(const struct bench_plot *plot);

/** Are two cells of one workload and of objects alike, so that one plot may show both? */
bool
bench_plot_alike(const struct bench_cell *a, const struct bench_cell *b);

/** What the cycles of a cell are of. */
const char *
bench_plot_objects(const struct bench_cell *cell);

/** Write the place of lcores for a file name: `2on1`. */
const char *
bench_plot_place(const struct bench_cell *cell, char *text, size_t size);

/**
 * Which series of a plot shows a result: below BENCH_COLOURS, and the same in all plots. Of more
 * handlers the first, those of labyrinth, and then the others are shown.
 *
 * @return
 *   The series, or -1 where the result is left to the table.
 */
int
bench_plot_series(const struct bench_plot *plot, const struct bench_result *result);

/** How many results of a cell are shown. */
uint32_t
bench_plot_shown(const struct bench_plot *plot, uint32_t from, uint32_t to);

/** Colour of a result that is shown. */
const char *
bench_plot_colour(const struct bench_plot *plot, const struct bench_result *result);

/** A legend of the handlers of one cell, downwards from a point. */
void
bench_plot_legend(const struct bench_plot *plot, struct bench_svg *svg, uint32_t from, uint32_t to,
                  double x, double y);

/** The command, in the last lines of a file: at most BENCH_PLOT_COMMAND high. */
void
bench_plot_command(const struct bench_plot *plot, struct bench_svg *svg, double y, double width);

/** Where the results of the same cell end. */
uint32_t
bench_plot_cell_end(const struct bench_plot *plot, uint32_t from);

#endif /* BENCH_PLOT_COMMON_H */
