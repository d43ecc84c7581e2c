/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>

#include "plot_common.h"
#include "table.h"

#define LEFT   60.0
#define TOP    40.0
#define HEIGHT 260.0
#define BAR    12.0
#define GAP    24.0

/** What shares a file: all but bulk, kept and size. */
static bool
same_file(const struct bench_cell *a, const struct bench_cell *b)
{
	return bench_plot_alike(a, b) && a->cache == b->cache && a->lcores == b->lcores &&
	       a->cpus == b->cpus;
}

static double
highest(const struct bench_results *results, uint32_t from, uint32_t to)
{
	double high = 1;

	for (; from < to; from++)
		high = fmax(high, results->result[from]->summary.q3);
	return pow(10, ceil(log10(high)));
}

/** From 0.1 to the top, by powers of ten. */
static double
height(double value, double high)
{
	return value > 0.1 ? log10(value * 10) / log10(high * 10) * HEIGHT : 0;
}

static void
draw_axis(struct bench_svg *svg, double high, double width)
{
	char text[32];
	double value, y;

	for (value = 0.1; value <= high * 1.01; value *= 10) {
		y = TOP + HEIGHT - height(value, high);
		bench_svg_line(svg, LEFT, y, width, y, "#dddddd");
		snprintf(text, sizeof(text), "%g", value);
		bench_svg_text(svg, LEFT - 6, y + 4, 11, BENCH_RIGHT, text);
	}
}

/** One bar with the quartiles as a line on top. Returns where the next one goes. */
static double
draw_bar(const struct bench_plot *plot, struct bench_svg *svg, uint32_t index, double x,
         double high)
{
	const struct bench_result *r = plot->results->result[index];
	const double tall = height(r->summary.median, high);
	const double base = TOP + HEIGHT;
	char title[160];

	snprintf(title, sizeof(title), "%s: %.2f cycles (%.2f to %.2f), ratio %.3f",
	         bench_result_label(r), r->summary.median, r->summary.q1, r->summary.q3,
	         bench_results_ratio(plot->results, index));
	bench_svg_rect(svg, x, base - tall, BAR - 2, tall, bench_plot_colour(plot, r), title);
	bench_svg_line(svg, x + BAR / 2 - 1, base - height(r->summary.q1, high), x + BAR / 2 - 1,
	               base - height(r->summary.q3, high), "#000000");
	return x + BAR;
}

static void
draw_cell(const struct bench_plot *plot, struct bench_svg *svg, uint32_t from, uint32_t to,
          double x, double high)
{
	const struct bench_cell *cell = &plot->results->result[from]->cell;
	const double middle = x + BAR * bench_plot_shown(plot, from, to) / 2;
	char text[48];

	for (; from < to; from++)
		if (bench_plot_series(plot, plot->results->result[from]) >= 0)
			x = draw_bar(plot, svg, from, x, high);
	snprintf(text, sizeof(text), "bulk %u", cell->bulk);
	bench_svg_text(svg, middle, TOP + HEIGHT + 16, 11, BENCH_MIDDLE, text);
	snprintf(text, sizeof(text), "kept %u", cell->kept);
	bench_svg_text(svg, middle, TOP + HEIGHT + 30, 11, BENCH_MIDDLE, text);
}

static int
draw_file(const struct bench_plot *plot, uint32_t from, uint32_t to)
{
	const struct bench_results *results = plot->results;
	const struct bench_cell *cell = &results->result[from]->cell;
	const double high = highest(results, from, to);
	const uint32_t legend = bench_plot_cell_end(plot, from);
	char name[96], place[32], title[160];
	struct bench_svg svg;
	double width = LEFT + GAP, wide, tall, x;
	uint32_t i, end;

	for (i = from; i < to; i = end) {
		end = bench_plot_cell_end(plot, i);
		width += fmax(BAR * bench_plot_shown(plot, i, end), 60) + GAP;
	}
	snprintf(name, sizeof(name), "bars-%s-cache%u-lcores%s", cell->workload->name, cell->cache,
	         bench_plot_place(cell, place, sizeof(place)));
	bench_place_text(cell, place, sizeof(place));
	snprintf(title, sizeof(title), "%s, cache %u, %s lcores, %s of %u bytes: cycles per object",
	         cell->workload->name, cell->cache, place, bench_plot_objects(cell), cell->elt);
	wide = fmax(width + 260, 640);
	tall = fmax(TOP + HEIGHT + 40, TOP + 20 + 16 * (legend - from)) + BENCH_PLOT_COMMAND;
	if (bench_plot_open(plot, &svg, name, wide, tall) != 0)
		return -1;
	bench_svg_text(&svg, LEFT, 24, 15, BENCH_LEFT, title);
	draw_axis(&svg, high, width);
	for (i = from, x = LEFT + GAP; i < to; i = end) {
		end = bench_plot_cell_end(plot, i);
		draw_cell(plot, &svg, i, end, x, high);
		x += fmax(BAR * bench_plot_shown(plot, i, end), 60) + GAP;
	}
	bench_plot_legend(plot, &svg, from, legend, width + 10, TOP + 10);
	bench_plot_command(plot, &svg, tall - BENCH_PLOT_COMMAND + 14, wide);
	return bench_svg_close(&svg) == 0 ? 0 : bench_plot_failed(plot);
}

int
bench_plot_bars(const struct bench_plot *plot)
{
	const struct bench_results *results = plot->results;
	uint32_t i, end;

	for (i = 0; i < results->nb; i = end) {
		for (end = i + 1; end < results->nb; end++)
			if (!same_file(&results->result[i]->cell, &results->result[end]->cell))
				break;
		if (results->result[i]->latency == NULL && draw_file(plot, i, end) != 0)
			return -1;
	}
	return 0;
}
