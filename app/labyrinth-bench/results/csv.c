/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "app_message.h"
#include "export.h"

/** A text between quotes: handlers with options have commas. */
static void
quote(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

static void
write_histogram(FILE *file, const struct app_histogram *h)
{
	static const unsigned int shares[] = {5000, 9900, 9999, 10000};
	unsigned int i;

	for (i = 0; i < RTE_DIM(shares); i++) {
		fputc(',', file);
		if (h != NULL)
			fprintf(file, "%.1f", bench_ns(app_histogram_percentile(h, shares[i])));
	}
}

static void
write_row(FILE *file, const struct bench_results *results, uint32_t index, bool quick)
{
	const struct bench_result *r = results->result[index];
	const struct bench_summary *s = &r->summary;
	const struct bench_cell *c = &r->cell;

	fprintf(file, "%s,", c->workload->name);
	quote(file, bench_result_label(r));
	fprintf(file, ",%u,%u,%u,%u,%u,%u,%u,%u,%u,%u,%u", c->cache, c->lcores, c->cpus, c->bulk,
	        c->kept, c->size, c->elt, c->touch_lines, c->aged, quick, r->nb);
	fprintf(file, ",%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f", s->median, s->q1, s->q3, s->mad,
	        s->min, s->max, bench_results_ratio(results, index));
	write_histogram(file, r->latency != NULL ? &r->latency->wall : NULL);
	write_histogram(file, r->latency != NULL ? &r->latency->running : NULL);
	fputc(',', file);
	quote(file, r->reason);
	fputc('\n', file);
}

int
bench_csv_write(const char *path, const struct bench_options *options,
                const struct bench_results *results)
{
	FILE *file = fopen(path, "w");
	uint32_t i;
	int bad;

	if (file == NULL) {
		app_error("--csv=%s: %s", path, strerror(errno));
		return -1;
	}
	fputs("workload,handler,cache,lcores,cpus,bulk,kept,size,elt,touch_lines,aged,quick,"
	      "samples,"
	      "median,q1,q3,mad,min,max,ratio,p50_ns,p99_ns,p9999_ns,max_ns,"
	      "running_p50_ns,running_p99_ns,running_p9999_ns,running_max_ns,reason\n",
	      file);
	for (i = 0; i < results->nb; i++)
		write_row(file, results, i, options->quick);
	bad = ferror(file);
	if (fclose(file) == 0 && !bad)
		return 0;
	app_error("--csv=%s: %s", path, strerror(errno));
	return -1;
}
