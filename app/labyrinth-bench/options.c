/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "app_message.h"
#include "app_parse.h"
#include "bar.h"
#include "options.h"

#define MAX_KEPT (1u << 20)
#define MAX_SIZE (1u << 22)
#define MAX_ELT  UINT16_MAX

/* getopt_long() wants int: numbers above every character it may return itself. */
enum option_kind {
	KIND_NUMBER = 256, /* min to max, stored at offset */
	KIND_NUMBERS,      /* a list of them */
	KIND_TEXT,
	KIND_FLAG,
	KIND_HANDLERS,
	KIND_LCORES,
	KIND_WORKLOADS,
};

/* One table for parsing and for --help, so that neither forgets an option. */
struct option_row {
	const char *name;
	enum option_kind kind;
	const char *argument;
	const char *meaning;
	size_t offset;
	uint32_t min;
	uint32_t max;
};

#define FIELD(field) offsetof(struct bench_options, field)

static const struct option_row table[] = {
	{"handlers", KIND_HANDLERS, "LIST", "handlers, or all without hardware (see below)", 0, 0,
         0},
	{"workload", KIND_WORKLOADS, "LIST", "workloads, or all, see below (loop,touch)", 0, 0, 0},
	{"cache", KIND_NUMBERS, "LIST", "DPDK's cache of each lcore (256)", FIELD(cache), 0,
         RTE_MEMPOOL_CACHE_MAX_SIZE},
	{"lcores", KIND_LCORES, "LIST", "working lcores, N or N@CPUS (1,2)", 0, 0, 0},
	{"bulk", KIND_NUMBERS, "LIST", "objects of one call (32)", FIELD(bulk), 1, BENCH_MAX_BULK},
	{"kept", KIND_NUMBERS, "LIST", "objects an lcore holds at most (512)", FIELD(kept), 1,
         MAX_KEPT},
	{"ring", KIND_NUMBERS, "LIST", "rxring: descriptors (1024,4096)", FIELD(ring), 1, MAX_KEPT},
	{"size", KIND_NUMBERS, "LIST", "objects of the pool (what a cell needs)", FIELD(size), 1,
         MAX_SIZE},
	{"elt", KIND_NUMBER, "N", "bytes of an object, mbuf included (2304)", FIELD(elt),
         2 * RTE_CACHE_LINE_SIZE, MAX_ELT},
	{"touch-lines", KIND_NUMBER, "N", "cache lines written of each object (1)",
         FIELD(touch_lines), 1, MAX_ELT / RTE_CACHE_LINE_SIZE},
	{"rounds", KIND_NUMBER, "N", "samples of each handler in a cell (7)", FIELD(rounds), 1,
         BENCH_MAX_ROUNDS},
	{"ms", KIND_NUMBER, "N", "milliseconds of a sample (20)", FIELD(ms), 1, 60000},
	{"fresh", KIND_FLAG, "", "a new pool for each sample, one at a time", FIELD(fresh), 0, 0},
	{"aged", KIND_FLAG, "", "pools in random order, as after hours of traffic", FIELD(aged), 0,
         0},
	{"bar", KIND_FLAG, "", "measure what labyrinth promises, line by line", FIELD(bar), 0, 0},
	{"quick", KIND_FLAG, "", "as short as can be: no figure means anything", FIELD(quick), 0,
         0},
	{"csv", KIND_TEXT, "FILE", "write all figures for programs", FIELD(csv), 0, 0},
	{"json", KIND_TEXT, "FILE", "the same, with every sample", FIELD(json), 0, 0},
	{"svg", KIND_TEXT, "DIR", "draw plots", FIELD(svg), 0, 0},
	{"help", KIND_FLAG, "", "print this and end", FIELD(help), 0, 0},
};

bool
bench_options_is_own(const char *argument)
{
	const char *name = argument + 2;
	size_t len, i;

	if (strncmp(argument, "--", 2) != 0)
		return false;
	len = strcspn(name, "=");
	for (i = 0; i < RTE_DIM(table); i++)
		if (strlen(table[i].name) == len && strncmp(table[i].name, name, len) == 0)
			/* The one name that EAL has too. */
			return table[i].kind != KIND_LCORES;
	return false;
}

void
bench_options_help(void)
{
	const struct bench_workload *workload;
	char left[64];
	size_t i;

	puts("usage: labyrinth-bench [EAL options] -- [options]\n\n"
	     "Measures mempool handlers side by side: cycles of a CPU per object, got and put.\n"
	     "In each cell of the axes the handlers take turns; median and quartiles of all\n"
	     "rounds are shown, and the ratio to the first handler. Lcores and memory that EAL's\n"
	     "options do not choose are chosen: two lcores on each CPU.\n\n"
	     "Options (defaults in parentheses); a LIST is such as 1,8..64,1K or 1M, where A..B\n"
	     "are A and its doubles up to B:");
	for (i = 0; i < RTE_DIM(table); i++) {
		snprintf(left, sizeof(left), "--%s%s%s", table[i].name,
		         table[i].argument[0] != '\0' ? "=" : "", table[i].argument);
		printf("  %-22s %s\n", left, table[i].meaning);
	}
	puts("\nHandlers are NAME or NAME:KEY=VALUE,KEY=VALUE (ring_mp_mc,stack,lf_stack and\n"
	     "labyrinth with each profile).\n\nWorkloads:");
	for (i = 0; (workload = bench_workload_at((unsigned int)i)) != NULL; i++)
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
set_option(struct bench_options *options, const struct option_row *row, const char *text)
{
	void *field = (char *)options + row->offset;
	uint64_t value;

	switch (row->kind) {
	case KIND_NUMBER:
		if (app_parse_number(row->name, text, row->min, row->max, &value) != 0)
			return -1;
		*(uint32_t *)field = (uint32_t)value;
		return 0;
	case KIND_NUMBERS:
		return bench_list_numbers(row->name, text, row->min, row->max, field);
	case KIND_TEXT:
		*(const char **)field = text;
		return 0;
	case KIND_FLAG:
		*(bool *)field = true;
		return 0;
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

/** Say why getopt_long() returned `?` or `:`. */
static void
refuse(const char *argument, int why)
{
	int len = (int)strcspn(argument, "=");

	if (why == ':')
		app_error("%s: a value is missing; give %s=VALUE", argument, argument);
	else if (optopt >= KIND_NUMBER)
		app_error("%.*s: takes no value", len, argument);
	else
		app_error("%.*s: unknown or shortened in an ambiguous way; "
		          "labyrinth-bench --help lists all options",
		          len, argument);
}

int
bench_options_parse(int argc, char **argv, struct bench_options *options)
{
	struct option longs[RTE_DIM(table) + 1] = {0};
	int got, row = 0, seen;
	size_t i;

	for (i = 0; i < RTE_DIM(table); i++)
		longs[i] = (struct option){table[i].name,
		                           table[i].argument[0] != '\0' ? required_argument
		                                                        : no_argument,
		                           NULL, (int)table[i].kind};
	set_defaults(options);
	opterr = 0;
	optind = 1;
	for (;;) {
		seen = optind;
		/* `+`: stop at the first stray word; `:`: tell a missing value apart. */
		got = getopt_long(argc, argv, "+:", longs, &row);
		if (got == -1)
			break;
		if (got == '?' || got == ':') {
			refuse(argv[seen], got);
			return -1;
		}
		if (set_option(options, &table[row], optarg) != 0)
			return -1;
	}
	opterr = 1; /* EAL leaves its messages about unknown options to getopt_long() */
	if (optind < argc) {
		app_error("%s: unexpected; every option starts with --", argv[optind]);
		return -1;
	}
	return options->help ? 0 : check_together(options);
}

void
bench_options_free(struct bench_options *options)
{
	bench_handlers_free(&options->handlers);
}
