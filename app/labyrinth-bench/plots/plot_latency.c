/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>

#include <rte_common.h>

#include "export.h"
#include "plot_common.h"
#include "table.h"

#define LEFT   70.0
#define TOP    40.0
#define WIDTH  520.0
#define HEIGHT 280.0
/* From 10 ns to 1 s. */
#define LOW     1.0
#define DECADES 8.0

/* In hundredths of a percent; the last is the maximum. */
static const unsigned int shares[] = {1000, 2500, 5000, 7500, 9000, 9500,
                                      9900, 9950, 9990, 9999, 10000};

static double
place_x(unsigned int index)
{
	return LEFT + WIDTH * index / (RTE_DIM(shares) - 1);
}

static double
place_y(double ns)
{
	double decades = ns > 10 ? log10(ns) - LOW : 0;

	return TOP + HEIGHT - RTE_MIN(decades, DECADES) / DECADES * HEIGHT;
}

static void
draw_axes(struct bench_svg *svg)
{
	static const char *const names[] = {"10 ns", "100 ns", "1 us",   "10 us", "100 us",
	                                    "1 ms",  "10 ms",  "100 ms", "1 s"};
	char text[32];
	unsigned int i;
	double at;

	for (i = 0; i < RTE_DIM(names); i++) {
		at = TOP + HEIGHT - HEIGHT * i / DECADES;
		bench_svg_line(svg, LEFT, at, LEFT + WIDTH, at, "#dddddd");
		bench_svg_text(svg, LEFT - 6, at + 4, 11, BENCH_RIGHT, names[i]);
	}
	for (i = 0; i < RTE_DIM(shares); i++) {
		at = place_x(i);
		bench_svg_line(svg, at, TOP, at, TOP + HEIGHT, "#eeeeee");
		snprintf(text, sizeof(text), shares[i] == 10000 ? "max" : "%g", shares[i] / 100.0);
		bench_svg_text(svg, at, TOP + HEIGHT + 16, 11, BENCH_MIDDLE, text);
	}
	bench_svg_text(svg, LEFT + WIDTH / 2, TOP + HEIGHT + 32, 11, BENCH_MIDDLE,
	               "percentile of single calls, from call to return");
}

static void
draw_curve(const struct bench_plot *plot, struct bench_svg *svg, const struct bench_result *r)
{
	double points[2 * RTE_DIM(shares)];
	unsigned int i;

	for (i = 0; i < RTE_DIM(shares); i++) {
		points[2 * i] = place_x(i);
		points[2 * i + 1] =
			place_y(bench_ns(app_histogram_percentile(&r->latency->wall, shares[i])));
	}
	bench_svg_curve(svg, points, RTE_DIM(shares), bench_plot_colour(plot, r));
}

static int
draw_file(const struct bench_plot *plot, uint32_t from, uint32_t to)
{
	const struct bench_cell *cell = &plot->results->result[from]->cell;
	char name[128], place[32], title[128];
	struct bench_svg svg;
	uint32_t i;

	snprintf(name, sizeof(name), "latency-cache%u-lcores%s-bulk%u-kept%u-size%u", cell->cache,
	         bench_plot_place(cell, place, sizeof(place)), cell->bulk, cell->kept, cell->size);
	bench_place_text(cell, place, sizeof(place));
	snprintf(title, sizeof(title), "latency, cache %u, %s lcores, bulk %u, kept %u",
	         cell->cache, place, cell->bulk, cell->kept);
	if (bench_plot_open(plot, &svg, name, LEFT + WIDTH + 280,
	                    TOP + HEIGHT + 50 + BENCH_PLOT_COMMAND) != 0)
		return -1;
	bench_svg_text(&svg, LEFT, 24, 15, BENCH_LEFT, title);
	draw_axes(&svg);
	for (i = from; i < to; i++)
		if (plot->results->result[i]->nb > 0 &&
		    bench_plot_series(plot, plot->results->result[i]) >= 0)
			draw_curve(plot, &svg, plot->results->result[i]);
	bench_plot_legend(plot, &svg, from, to, LEFT + WIDTH + 20, TOP + 10);
	bench_plot_command(plot, &svg, TOP + HEIGHT + 60, LEFT + WIDTH + 280);
	return bench_svg_close(&svg) == 0 ? 0 : bench_plot_failed(plot);
}

int
bench_plot_latency(const struct bench_plot *plot)
{
	uint32_t i, end;

	for (i = 0; i < plot->results->nb; i = end) {
		end = bench_plot_cell_end(plot, i);
		if (plot->results->result[i]->latency != NULL && draw_file(plot, i, end) != 0)
			return -1;
	}
	return 0;
}
