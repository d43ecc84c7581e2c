/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "plot_common.h"

int
bench_plot_failed(const struct bench_plot *plot)
{
	app_error("--svg=%s: %s", plot->dir, strerror(errno));
	return -1;
}

int
bench_plot_open(const struct bench_plot *plot, struct bench_svg *svg, const char *name,
                double width, double height)
{
	struct bench_plot_names *names = plot->names;
	unsigned int before = 0;
	char numbered[160];
	uint32_t i;

	for (i = 0; i < names->nb; i++)
		before += strcmp(names->name[i], name) == 0;
	if (names->nb < BENCH_PLOT_FILES)
		snprintf(names->name[names->nb++], sizeof(names->name[0]), "%s", name);
	if (before == 0)
		snprintf(numbered, sizeof(numbered), "%s", name);
	else
		snprintf(numbered, sizeof(numbered), "%s-%u", name, before + 1);
	if (bench_svg_open(svg, plot->dir, numbered, width, height) != 0)
		return bench_plot_failed(plot);
	if (plot->quick)
		bench_svg_text(svg, width - 10, 14, 11, BENCH_RIGHT, "--quick: no measurement");
	return 0;
}

const char *
bench_plot_place(const struct bench_cell *cell, char *text, size_t size)
{
	if (cell->lcores == cell->cpus)
		snprintf(text, size, "%u", cell->lcores);
	else
		snprintf(text, size, "%uon%u", cell->lcores, cell->cpus);
	return text;
}

bool
bench_plot_alike(const struct bench_cell *a, const struct bench_cell *b)
{
	return a->workload == b->workload && a->aged == b->aged && a->elt == b->elt;
}

const char *
bench_plot_objects(const struct bench_cell *cell)
{
	return cell->aged ? "aged pools, objects" : "objects";
}

/** Handlers in the order in which they get a series: the first, labyrinth's, the others. */
static unsigned int
rank(const struct bench_handlers *handlers, unsigned int index)
{
	unsigned int i, before = 0, own = 0;
	bool is_own;

	for (i = 0; i < handlers->nb; i++) {
		is_own = i == 0 || strcmp(handlers->handler[i].name, RTE_LABYRINTH_OPS_NAME) == 0;
		own += is_own;
		if (i == index && is_own)
			return own - 1;
		before += i < index && !is_own;
	}
	return own + before;
}

int
bench_plot_series(const struct bench_plot *plot, const struct bench_result *result)
{
	const struct bench_handlers *handlers = plot->handlers;
	unsigned int index, most = BENCH_COLOURS - (result->latency != NULL);

	/* The machine alone comes after the handlers. */
	if (result->handler == NULL)
		return result->latency != NULL ? (int)RTE_MIN(handlers->nb, most) : 0;
	index = (unsigned int)(result->handler - handlers->handler);
	if (handlers->nb > most)
		index = rank(handlers, index);
	return index < most ? (int)index : -1;
}

uint32_t
bench_plot_shown(const struct bench_plot *plot, uint32_t from, uint32_t to)
{
	uint32_t nb = 0;

	for (; from < to; from++)
		nb += bench_plot_series(plot, plot->results->result[from]) >= 0;
	return nb;
}

const char *
bench_plot_colour(const struct bench_plot *plot, const struct bench_result *result)
{
	return bench_svg_colour((unsigned int)RTE_MAX(bench_plot_series(plot, result), 0));
}

uint32_t
bench_plot_cell_end(const struct bench_plot *plot, uint32_t from)
{
	const struct bench_results *results = plot->results;
	uint32_t end = from;

	while (end < results->nb &&
	       bench_cell_equal(&results->result[end]->cell, &results->result[from]->cell))
		end++;
	return end;
}

void
bench_plot_legend(const struct bench_plot *plot, struct bench_svg *svg, uint32_t from, uint32_t to,
                  double x, double y)
{
	const uint32_t more = to - from - bench_plot_shown(plot, from, to);
	char text[64];

	for (; from < to; from++) {
		const struct bench_result *result = plot->results->result[from];

		if (bench_plot_series(plot, result) < 0)
			continue;
		bench_svg_rect(svg, x, y - 9, 10, 10, bench_plot_colour(plot, result), NULL);
		bench_svg_text(svg, x + 16, y, 12, BENCH_LEFT, bench_result_label(result));
		y += 16;
	}
	if (more == 0)
		return;
	snprintf(text, sizeof(text), "%u more in the table", more);
	bench_svg_text(svg, x + 16, y, 11, BENCH_LEFT, text);
}

void
bench_plot_command(const struct bench_plot *plot, struct bench_svg *svg, double y, double width)
{
	/* Characters of 10 pixels are 5.5 wide, as a rule. */
	const size_t most = (size_t)((width - 20) / 5.5);
	const char *rest = plot->command;
	char line[512];
	size_t len;
	int i;

	for (i = 0; i < 3 && *rest != '\0'; i++, y += 13) {
		len = strlen(rest);
		if (len > most) {
			for (len = most; len > 0 && rest[len] != ' '; len--)
				;
			len = len == 0 ? most : len;
		}
		snprintf(line, sizeof(line), "%.*s", (int)len, rest);
		bench_svg_text(svg, 10, y, 10, BENCH_LEFT, line);
		rest += len + (rest[len] == ' ');
	}
}
