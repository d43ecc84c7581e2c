/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_version.h>

#include "app_message.h"
#include "export.h"
#include "stop.h"

static void
write_text(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(file, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			fprintf(file, "\\u%04x", (unsigned char)*text);
		else
			fputc(*text, file);
	}
	fputc('"', file);
}

/** Pairs of upper bound, in nanoseconds, and count; empty buckets are left out. */
static void
write_histogram(FILE *file, const char *name, const struct app_histogram *h)
{
	const char *separator = "";
	unsigned int i;
	uint64_t n;

	fprintf(file, ",\n\"%s\": [", name);
	for (i = 0; i < APP_HISTOGRAM_BUCKETS; i++) {
		n = app_counter_read(&h->buckets[i]);
		if (n == 0)
			continue;
		fprintf(file, "%s[%.1f, %" PRIu64 "]", separator,
		        bench_ns(app_histogram_bucket_high(i)), n);
		separator = ", ";
	}
	fputc(']', file);
}

static void
write_result(FILE *file, const struct bench_results *results, uint32_t index)
{
	const struct bench_result *r = results->result[index];
	const struct bench_summary *s = &r->summary;
	const struct bench_cell *c = &r->cell;
	uint32_t i;

	fprintf(file, "{\"workload\": \"%s\", \"handler\": ", c->workload->name);
	write_text(file, bench_result_label(r));
	fprintf(file,
	        ", \"cache\": %u, \"lcores\": %u, \"cpus\": %u, \"bulk\": %u, \"kept\": %u, "
	        "\"size\": %u, \"elt\": %u, \"touch_lines\": %u, \"aged\": %s,\n",
	        c->cache, c->lcores, c->cpus, c->bulk, c->kept, c->size, c->elt, c->touch_lines,
	        c->aged ? "true" : "false");
	fprintf(file,
	        "\"median\": %.4f, \"q1\": %.4f, \"q3\": %.4f, \"mad\": %.4f, \"ratio\": %.4f,\n"
	        "\"reason\": ",
	        s->median, s->q1, s->q3, s->mad, bench_results_ratio(results, index));
	write_text(file, r->reason);
	fputs(",\n\"samples\": [", file);
	for (i = 0; i < r->nb; i++)
		fprintf(file, "%s%.4f", i == 0 ? "" : ", ", r->samples[i]);
	fputc(']', file);
	if (r->latency != NULL) {
		write_histogram(file, "wall_ns", &r->latency->wall);
		write_histogram(file, "running_ns", &r->latency->running);
	}
	fputs(index + 1 < results->nb ? "},\n" : "}\n", file);
}

int
bench_json_write(const char *path, const struct bench_options *options, const char *command,
                 const struct bench_results *results)
{
	FILE *file = fopen(path, "w");
	uint32_t i;
	int bad;

	if (file == NULL) {
		app_error("--json=%s: %s", path, strerror(errno));
		return -1;
	}
	fputs("{\"command\": ", file);
	write_text(file, command);
	fputs(", \"dpdk\": ", file);
	write_text(file, rte_version());
	fprintf(file,
	        ", \"clock_hz\": %" PRIu64 ", \"rounds\": %u, \"ms\": %u, "
	        "\"quick\": %s, \"complete\": %s, "
	        "\"unit\": \"cycles of a CPU per object, got and put\",\n\"results\": [\n",
	        rte_get_tsc_hz(), options->rounds, options->ms, options->quick ? "true" : "false",
	        bench_stop_asked() ? "false" : "true");
	for (i = 0; i < results->nb; i++)
		write_result(file, results, i);
	fputs("]}\n", file);
	bad = ferror(file);
	if (fclose(file) == 0 && !bad)
		return 0;
	app_error("--json=%s: %s", path, strerror(errno));
	return -1;
}
