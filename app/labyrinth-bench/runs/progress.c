/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

/* Seconds between two lines where nothing can be drawn again. */
#define SELDOM 60

/* Work is counted in samples of --ms. */
static struct {
	uint32_t cells, done;
	uint64_t work, worked;
	time_t began, told;
} progress;

static time_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

void
bench_progress_add(const struct bench_cells *cells)
{
	uint32_t i;

	progress.cells += cells->nb;
	for (i = 0; i < cells->nb; i++)
		progress.work += bench_cell_patience(&cells->cell[i]);
}

/** Write `3 min`, or nothing while nobody can know. */
static const char *
time_left(char *text, size_t size)
{
	const double passed = (double)(now() - progress.began);
	double left;

	text[0] = '\0';
	if (progress.worked == 0 || passed < 1)
		return text;
	left = passed * (double)(progress.work - progress.worked) / (double)progress.worked;
	if (left < 90)
		snprintf(text, size, ", about %.0f s left", left + 1);
	else
		snprintf(text, size, ", about %.0f min left", left / 60);
	return text;
}

void
bench_progress_next(const struct bench_cell *cell)
{
	const bool terminal = isatty(STDERR_FILENO) != 0;
	char left[48];

	if (progress.began == 0)
		progress.began = progress.told = now();
	if (!terminal && now() - progress.told < SELDOM)
		return;
	progress.told = now();
	fprintf(stderr, "%scell %u of %u: %s, bulk %u, kept %u%s%s",
	        terminal ? "\r\033[K" : "labyrinth-bench: ", progress.done + 1, progress.cells,
	        cell->workload->name, cell->bulk, cell->kept, time_left(left, sizeof(left)),
	        terminal ? "" : "\n");
	fflush(stderr);
}

void
bench_progress_done(const struct bench_cell *cell)
{
	progress.done++;
	progress.worked += bench_cell_patience(cell);
	if (isatty(STDERR_FILENO) != 0)
		fputs("\r\033[K", stderr);
}

void
bench_progress_count(uint32_t *done, uint32_t *all)
{
	*done = progress.done;
	*all = progress.cells;
}
