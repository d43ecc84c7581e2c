/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "app_message.h"
#include "app_options.h"
#include "bar_demands.h"
#include "options.h"
#include "workloads.h"

#define MAX_KEPT (1u << 20)
#define MAX_SIZE (1u << 22)
#define MAX_ELT  UINT16_MAX

/* Kinds of options that only this program has. */
enum option_kind {
	KIND_NUMBERS = APP_OPTION_OWN, /* a list of them */
	KIND_HANDLERS,
	KIND_LCORES,
	KIND_WORKLOADS,
};

#define FIELD(field) offsetof(struct bench_options, field)

static const struct app_option table[] = {
	{"handlers", KIND_HANDLERS, "LIST", "handlers, or all without hardware (see below)", 0, 0,
         0, 0, false},
	{"workload", KIND_WORKLOADS, "LIST", "workloads, or all, see below (loop,touch)", 0, 0, 0,
         0, false},
	{"cache", KIND_NUMBERS, "LIST", "DPDK's cache of each lcore (256)", FIELD(cache), 0,
         RTE_MEMPOOL_CACHE_MAX_SIZE, 0, false},
	{.name = "lcores",
         .kind = KIND_LCORES,
         .argument = "LIST",
         .meaning = "working lcores, N or N@CPUS (1,2)",
         .also_of_eal = true},
	{"bulk", KIND_NUMBERS, "LIST", "objects of one call (32)", FIELD(bulk), 1, BENCH_MAX_BULK,
         0, false},
	{"kept", KIND_NUMBERS, "LIST", "objects an lcore holds at most (512)", FIELD(kept), 1,
         MAX_KEPT, 0, false},
	{"ring", KIND_NUMBERS, "LIST", "rxring: descriptors (1024,4096)", FIELD(ring), 1, MAX_KEPT,
         0, false},
	{"size", KIND_NUMBERS, "LIST", "objects of the pool (what a cell needs)", FIELD(size), 1,
         MAX_SIZE, 0, false},
	{"elt", APP_OPTION_NUMBER, "N", "bytes of an object, mbuf included (2304)", FIELD(elt),
         2 * RTE_CACHE_LINE_SIZE, MAX_ELT, 0, false},
	{"touch-lines", APP_OPTION_NUMBER, "N", "cache lines written of each object (1)",
         FIELD(touch_lines), 1, MAX_ELT / RTE_CACHE_LINE_SIZE, 0, false},
	{"rounds", APP_OPTION_NUMBER, "N", "samples of each handler in a cell (7)", FIELD(rounds),
         1, BENCH_MAX_ROUNDS, 0, false},
	{"ms", APP_OPTION_NUMBER, "N", "milliseconds of a sample (20)", FIELD(ms), 1, 60000, 0,
         false},
	{"fresh", APP_OPTION_FLAG, "", "a new pool for each sample, one at a time", FIELD(fresh), 0,
         0, 0, false},
	{"aged", APP_OPTION_FLAG, "", "all objects taken, shuffled, put back beforehand",
         FIELD(aged), 0, 0, 0, false},
	{"bar", APP_OPTION_FLAG, "", "measure what labyrinth promises, line by line", FIELD(bar), 0,
         0, 0, false},
	{"quick", APP_OPTION_FLAG, "", "as short as can be: no measurement", FIELD(quick), 0, 0, 0,
         false},
	{"csv", APP_OPTION_TEXT, "FILE", "write all figures for programs", FIELD(csv), 0, 0, 0,
         false},
	{"json", APP_OPTION_TEXT, "FILE", "the same, with every sample", FIELD(json), 0, 0, 0,
         false},
	{"svg", APP_OPTION_TEXT, "DIR", "draw plots", FIELD(svg), 0, 0, 0, false},
	{"compare", APP_OPTION_TEXT, "FILE", "compare with a file of --json (or FILE,FILE)",
         FIELD(compare), 0, 0, 0, false},
	{"version", APP_OPTION_FLAG, "", "print the version and end", FIELD(help), 0, 0, 0, false},
	{"help", APP_OPTION_FLAG, "", "print this and end", FIELD(help), 0, 0, 0, false},
};

static int
set_option(void *into, const struct app_option *row, const char *text);

static const struct app_options known = {table, RTE_DIM(table), set_option};

bool
bench_options_is_own(const char *argument)
{
	return app_options_is_own(&known, argument);
}

void
bench_options_help(void)
{
	const struct bench_workload *workload;
	unsigned int i;

	puts("usage: labyrinth-bench [EAL options] -- [options]\n\n"
	     "Measures mempool handlers side by side: cycles of a CPU per object, got and put.\n"
	     "In each cell of the axes the handlers take turns; median and quartiles of all\n"
	     "rounds are shown, and the ratio to the first handler. Lcores and memory that EAL's\n"
	     "options do not choose are chosen: two lcores on each CPU.\n\n"
	     "Options (defaults in parentheses); a LIST is such as 1,8..64,1K or 1M, where A..B\n"
	     "are A and its doubles up to B:");
	app_options_help(&known, 22);
	puts("\nHandlers are NAME or NAME:KEY=VALUE,KEY=VALUE (ring_mp_mc,stack,lf_stack and\n"
	     "labyrinth with each profile).\n\nWorkloads:");
	for (i = 0; (workload = bench_workload_at(i)) != NULL; i++)
		printf("  %-10s %s\n", workload->name, workload->meaning);
	puts("\nExample: labyrinth-bench -- --handlers=ring_mp_mc,labyrinth:profile=guard "
	     "--cache=0,256\n         --lcores=1,2,2@1 --bulk=1,32 --kept=128..4096");
}

static void
set_defaults(struct bench_options *options)
{
	memset(options, 0, sizeof(*options));
	options->cache = (struct bench_numbers){1, {RTE_MIN(256, RTE_MEMPOOL_CACHE_MAX_SIZE)}};
	options->bulk = (struct bench_numbers){1, {32}};
	options->kept = (struct bench_numbers){1, {512}};
	options->ring = (struct bench_numbers){2, {1024, 4096}};
	options->lcores = (struct bench_lcores){2, {{1, 0}, {2, 0}}};
	options->elt = 2304;
	options->touch_lines = 1;
}

static int
set_workloads(struct bench_options *options, const char *list)
{
	const struct bench_workload *workload;
	char name[32];
	size_t len;

	options->nb_workloads = 0;
	if (strcmp(list, "all") == 0) {
		while ((workload = bench_workload_at(options->nb_workloads)) != NULL)
			options->workloads[options->nb_workloads++] = workload;
		return 0;
	}
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		workload = bench_workload_find(name);
		if (workload == NULL || options->nb_workloads == BENCH_MAX_WORKLOADS) {
			app_error("--workload=%s: no such workload; labyrinth-bench --help lists "
			          "them",
			          name);
			return -1;
		}
		options->workloads[options->nb_workloads++] = workload;
		if (list[len] == '\0')
			return 0;
	}
}

static int
set_option(void *into, const struct app_option *row, const char *text)
{
	struct bench_options *options = into;

	switch (row->kind) {
	case KIND_NUMBERS:
		return bench_list_numbers(row->name, text, row->min, row->max,
		                          (void *)((char *)options + row->offset));
	case KIND_HANDLERS:
		return bench_handlers_add(&options->handlers, text);
	case KIND_LCORES:
		return bench_list_lcores(row->name, text, BENCH_MAX_WORKERS, &options->lcores);
	case KIND_WORKLOADS:
		return set_workloads(options, text);
	}
	return -1;
}

/** The cells of the bar are what they are. */
static int
check_bar(struct bench_options *options)
{
	if (options->handlers.nb > 0 || options->nb_workloads > 0) {
		app_error("--bar: chooses handlers and cells itself; leave out --handlers and "
		          "--workload");
		return -1;
	}
	if (options->elt == BENCH_BAR_ELT) {
		app_error("--elt=%u: --bar measures such objects by themselves; give another size",
		          options->elt);
		return -1;
	}
	if (options->rounds < BENCH_BAR_ROUNDS && !options->quick) {
		app_error("--rounds=%u: --bar needs %d or more (or --quick, which measures "
		          "nothing)",
		          options->rounds, BENCH_BAR_ROUNDS);
		return -1;
	}
	return bench_handlers_add(&options->handlers, BENCH_BAR_HANDLERS);
}

/** What no single option can tell. */
static int
check_together(struct bench_options *options)
{
	if (options->touch_lines * RTE_CACHE_LINE_SIZE > options->elt) {
		app_error("--touch-lines=%u: an object of %u bytes (--elt) has only %u lines",
		          options->touch_lines, options->elt, options->elt / RTE_CACHE_LINE_SIZE);
		return -1;
	}
	if (options->rounds == 0)
		options->rounds = options->quick ? 1 : 7;
	if (options->ms == 0)
		options->ms = options->quick ? 1 : 20;
	if (options->bar)
		return check_bar(options);
	if (options->nb_workloads == 0 && set_workloads(options, "loop,touch") != 0)
		return -1;
	if (options->handlers.nb == 0)
		return bench_handlers_add(&options->handlers,
		                          "ring_mp_mc,stack,lf_stack,labyrinth:profile=fast,"
		                          "labyrinth:profile=guard,labyrinth:profile=strict");
	return 0;
}

int
bench_options_parse(int argc, char **argv, struct bench_options *options)
{
	set_defaults(options);
	if (app_options_parse(&known, argc, argv, options) != 0)
		return -1;
	return options->help ? 0 : check_together(options);
}

void
bench_options_free(struct bench_options *options)
{
	bench_handlers_free(&options->handlers);
}
