/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdlib.h>

#include "kit_tables.h"

#define NAME "%-18s"

void
fwd_kit_turns_print(struct fwd_kit_text *text)
{
	fwd_kit_print(text, "\n[turns]\n%5s " NAME " %12s %13s %13s %10s\n", "round", "pool",
	              "packets/s", "cycles/packet", "packets/burst", "get_cycles");
}

void
fwd_kit_turn_print_begin(struct fwd_kit_text *text, unsigned int round, unsigned int row)
{
	fwd_kit_print(text, "%5u " NAME, round, fwd_kit_kinds[row].name);
}

void
fwd_kit_turn_print_end(struct fwd_kit_text *text, const struct fwd_kit_figures *figures)
{
	if (figures == NULL)
		fwd_kit_print(text, " %12s %13s %13s %10s\n", "-", "-", "-", "-");
	else
		fwd_kit_print(text, " %12.0f %13.1f %13.1f %10.0f\n", figures->rate,
		              figures->cycles, figures->fill, figures->get);
}

static void
print_pools(struct fwd_kit_text *text, const struct fwd_kit_row *rows)
{
	unsigned int i;

	fwd_kit_print(text, "\n[pools]\n" NAME " %8s %7s %8s %6s %6s %6s %7s %6s %s\n", "pool",
	              "mbufs", "backing", "page_kB", "pages", "halls", "chunks", "regions", "lists",
	              "why");
	for (i = 0; i < FWD_KIT_ROWS; i++) {
		const struct fwd_kit_memory *memory = &rows[i].memory;

		fwd_kit_print(text, NAME, fwd_kit_kinds[i].name);
		if (memory->backing == NULL)
			fwd_kit_print(text, " %8s %7s %8s %6s %6s %6s %7s %6s", "-", "-", "-", "-",
			              "-", "-", "-", "-");
		else
			fwd_kit_print(text, " %8u %7s %8zu %6u %6u %6u %7u %6u", memory->mbufs,
			              memory->backing, memory->page / 1024, memory->pages,
			              memory->halls, memory->chunks, memory->regions,
			              memory->lists);
		fwd_kit_print(text, " %s\n", rows[i].why[0] != '\0' ? rows[i].why : "-");
	}
}

static int
by_value(const void *a, const void *b)
{
	const double *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/** One column of the figures of a row, sorted, with its median. */
struct column {
	double sorted[FWD_MAX_ROUNDS];
	double median;
};

static void
sort_column(const struct fwd_kit_row *row, size_t offset, struct column *column)
{
	const uint32_t nb = row->turns;
	uint32_t i;

	for (i = 0; i < nb; i++)
		column->sorted[i] =
			*(const double *)(const void *)((const char *)&row->figures[i] + offset);
	qsort(column->sorted, nb, sizeof(column->sorted[0]), by_value);
	column->median = nb % 2 != 0 ? column->sorted[nb / 2]
	                             : (column->sorted[nb / 2 - 1] + column->sorted[nb / 2]) / 2;
}

static double
median_of(const struct fwd_kit_row *row, size_t offset)
{
	static struct column column;

	sort_column(row, offset, &column);
	return column.median;
}

#define MEDIAN(row, field) median_of(row, offsetof(struct fwd_kit_figures, field))

static void
print_rates(struct fwd_kit_text *text, const struct fwd_kit_row *rows)
{
	static struct column rate;
	double first = 0;
	unsigned int i;

	fwd_kit_print(text, "\n[rates]\n" NAME " %6s %12s %12s %12s %6s %13s %13s %10s\n", "pool",
	              "rounds", "packets/s", "lowest", "highest", "ratio", "cycles/packet",
	              "packets/burst", "get_cycles");
	for (i = 0; i < FWD_KIT_ROWS; i++) {
		const struct fwd_kit_row *row = &rows[i];

		if (row->turns == 0) {
			fwd_kit_print(text, NAME " %6u %12s %12s %12s %6s %13s %13s %10s\n",
			              fwd_kit_kinds[i].name, 0, "-", "-", "-", "-", "-", "-", "-");
			continue;
		}
		sort_column(row, offsetof(struct fwd_kit_figures, rate), &rate);
		first = i == 0 ? rate.median : first;
		fwd_kit_print(text, NAME " %6u %12.0f %12.0f %12.0f %6.3f %13.1f %13.1f %10.0f\n",
		              fwd_kit_kinds[i].name, row->turns, rate.median, rate.sorted[0],
		              rate.sorted[row->turns - 1], first > 0 ? rate.median / first : 0,
		              MEDIAN(row, cycles), MEDIAN(row, fill), MEDIAN(row, get));
	}
}

static void
print_errors(struct fwd_kit_text *text, const struct fwd_kit_bench *bench)
{
	unsigned int i;

	fwd_kit_print(text,
	              "\n[errors]\n" NAME " %9s %9s %9s %9s %9s %9s %9s %9s %9s %10s %7s %10s\n",
	              "pool", "made", "again", "left", "intact", "tx_drops", "rx_nombuf", "imissed",
	              "ierrors", "oerrors", "violations", "missing", "dma_faults");
	for (i = 0; i < FWD_KIT_ROWS; i++) {
		const struct fwd_kit_row *row = &bench->rows[i];
		const struct fwd_kit_errors *errors = &bench->counters.errors[i];
		char faults[24] = "-";

		if (row->faults >= 0)
			snprintf(faults, sizeof(faults), "%" PRId64, row->faults);
		fwd_kit_print(text,
		              NAME " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
		                   " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %10" PRIu64
		                   " %7" PRIu64 " %10s\n",
		              fwd_kit_kinds[i].name, row->made, row->again, row->left, row->intact,
		              row->drops, errors->rx_nombuf, errors->imissed, errors->ierrors,
		              errors->oerrors, row->fate.violations, row->fate.missing, faults);
	}
}

void
fwd_kit_tables_print(struct fwd_kit_text *text, struct fwd_kit_bench *bench)
{
	print_pools(text, bench->rows);
	print_rates(text, bench->rows);
	print_errors(text, bench);
	fwd_kit_print(text, "\n[counters]\n" NAME " %4s %12s %s\n", "pool", "port", "value",
	              "name");
	fwd_kit_counters_print(&bench->counters, text);
	if (bench->kernel.why[0] != '\0')
		fwd_kit_print(text, "\n[kernel log]\nrefused DMA: unknown (%s)\n",
		              bench->kernel.why);
}
