/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>

#include "plot_common.h"
#include "table.h"

#define LEFT   300.0
#define TOP    200.0
#define ROW    20.0
#define COLUMN 64.0

static void
draw_row(const struct bench_plot *plot, struct bench_svg *svg, uint32_t from, uint32_t to, double y)
{
	const struct bench_cell *cell = &plot->results->result[from]->cell;
	char text[96], place[32], colour[8];
	double x = LEFT, ratio;

	snprintf(text, sizeof(text), "cache %u, %s lcores, bulk %u, kept %u", cell->cache,
	         bench_place_text(cell, place, sizeof(place)), cell->bulk, cell->kept);
	bench_svg_text(svg, LEFT - 8, y + 14, 11, BENCH_RIGHT, text);
	for (; from < to; from++) {
		if (bench_plot_series(plot, plot->results->result[from]) < 0)
			continue;
		ratio = bench_results_ratio(plot->results, from);
		bench_svg_heat(ratio, colour, sizeof(colour));
		bench_svg_rect(svg, x, y, COLUMN - 1, ROW - 1, ratio > 0 ? colour : "#eeeeee",
		               bench_result_label(plot->results->result[from]));
		snprintf(text, sizeof(text), ratio > 0 ? "%.2f" : "-", ratio);
		bench_svg_text(svg, x + COLUMN / 2, y + 14, 11, BENCH_MIDDLE, text);
		x += COLUMN;
	}
}

/** Names would not fit side by side: each on a line of its own, with a line down to its column. */
static void
draw_names(const struct bench_plot *plot, struct bench_svg *svg, uint32_t from, uint32_t to)
{
	const double step = (TOP - 50) / bench_plot_shown(plot, from, to);
	double x = LEFT + COLUMN / 2, y = 44;

	for (; from < to; from++) {
		if (bench_plot_series(plot, plot->results->result[from]) < 0)
			continue;
		bench_svg_line(svg, x, y - 4, x, TOP - 2, "#bbbbbb");
		bench_svg_text(svg, x + 4, y, 11, BENCH_LEFT,
		               bench_result_label(plot->results->result[from]));
		x += COLUMN;
		y += step;
	}
}

static int
draw_file(const struct bench_plot *plot, uint32_t from, uint32_t to)
{
	const struct bench_cell *cell = &plot->results->result[from]->cell;
	const char *workload = cell->workload->name;
	const uint32_t cell_end = bench_plot_cell_end(plot, from);
	const uint32_t columns = bench_plot_shown(plot, from, cell_end);
	char name[64], title[128];
	struct bench_svg svg;
	uint32_t i, end, rows = 0;
	double wide;

	for (i = from; i < to; i = bench_plot_cell_end(plot, i))
		rows++;
	snprintf(name, sizeof(name), "heat-%s", workload);
	snprintf(title, sizeof(title),
	         "%s, %s of %u bytes: cycles per object, as a share of the first handler's",
	         workload, bench_plot_objects(cell), cell->elt);
	wide = fmax(LEFT + COLUMN * columns + 240, 640);
	if (bench_plot_open(plot, &svg, name, wide, TOP + ROW * rows + BENCH_PLOT_COMMAND) != 0)
		return -1;
	bench_svg_text(&svg, 10, 22, 15, BENCH_LEFT, title);
	draw_names(plot, &svg, from, cell_end);
	for (i = from, rows = 0; i < to; i = end) {
		end = bench_plot_cell_end(plot, i);
		draw_row(plot, &svg, i, end, TOP + ROW * rows++);
	}
	bench_plot_command(plot, &svg, TOP + ROW * rows + 20, wide);
	return bench_svg_close(&svg) == 0 ? 0 : bench_plot_failed(plot);
}

int
bench_plot_heat(const struct bench_plot *plot)
{
	const struct bench_results *results = plot->results;
	uint32_t i, end;

	for (i = 0; i < results->nb; i = end) {
		const struct bench_cell *cell = &results->result[i]->cell;

		for (end = i + 1; end < results->nb; end++)
			if (!bench_plot_alike(cell, &results->result[end]->cell))
				break;
		if ((cell->workload->flags & (BENCH_NO_POOL | BENCH_LATENCY)) == 0 &&
		    draw_file(plot, i, end) != 0)
			return -1;
	}
	return 0;
}
