/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Where packet buffers lie, as an application sees it, with any mempool ops:
 * the address of the first one, and how often the next buffer is the address
 * neighbour of the last. Knows nothing of labyrinth but its options.
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "harness.h"
#include "pools.h"

#define BUFFERS_MOST (1u << 20)

struct arguments {
	struct pool_spec spec;
	bool first;
	bool neighbours;
};

static void
usage(FILE *to)
{
	fprintf(to,
	        "Usage: placement [--ops OPS] [--options KEY=VALUE,...] [--count N]\n"
	        "                 [--first] [--neighbours]\n\n"
	        "  --ops OPS     mempool ops of the pool (labyrinth)\n"
	        "  --options S   labyrinth's options for it\n"
	        "  --count N     buffers in the pool, 2 to %u (8191)\n"
	        "  --first       print the address of the first buffer got\n"
	        "  --neighbours  get all buffers; print how many were the address neighbour\n"
	        "                of the one got before, how often that could have been, and n\n",
	        BUFFERS_MOST);
}

static bool
count_parse(const char *text, unsigned int *count)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*count = (unsigned int)n;
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && n >= 2 && n <= BUFFERS_MOST;
}

static void
arguments_parse(struct arguments *args, int argc, char **argv)
{
	static const struct option options[] = {
		{"ops", required_argument, NULL, 'o'},
		{"options", required_argument, NULL, 'c'},
		{"count", required_argument, NULL, 'n'},
		{"first", no_argument, NULL, 'f'},
		{"neighbours", no_argument, NULL, 'x'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			args->spec.ops = optarg;
			break;
		case 'c':
			args->spec.config = optarg;
			break;
		case 'n':
			if (!count_parse(optarg, &args->spec.n))
				die("placement: --count %s: give a number from 2 to %u", optarg,
				    BUFFERS_MOST);
			break;
		case 'f':
			args->first = true;
			break;
		case 'x':
			args->neighbours = true;
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		default:
			exit(2);
		}
	}
	if (optind != argc)
		die("placement: %s: unknown; placement --help lists the options", argv[optind]);
	if (!args->first && !args->neighbours)
		die("placement: nothing to show: give --first or --neighbours");
}

static unsigned int
rank_of(void *const *sorted, unsigned int n, const void *buffer)
{
	void *const *at = bsearch(&buffer, sorted, n, sizeof(sorted[0]), compare_u64);

	if (at == NULL)
		die("placement: a buffer is not where it was");
	return (unsigned int)(at - sorted);
}

/* Neighbours in address order, on either side, whatever lies between them. */
static void
show_neighbours(struct rte_mempool *mp)
{
	void **order = calloc(mp->size, sizeof(*order));
	void **sorted = calloc(mp->size, sizeof(*sorted));
	unsigned int hits = 0;
	unsigned int before;
	unsigned int n;
	unsigned int i;

	if (order == NULL || sorted == NULL)
		die("placement: no memory");
	n = pool_drain(mp, order, mp->size);
	if (n != mp->size)
		die("placement: only %u of %u buffers could be got", n, mp->size);
	memcpy(sorted, order, n * sizeof(*order));
	qsort(sorted, n, sizeof(*sorted), compare_u64);
	before = rank_of(sorted, n, order[0]);
	for (i = 1; i < n; i++) {
		unsigned int rank = rank_of(sorted, n, order[i]);

		hits += rank == before + 1 || before == rank + 1;
		before = rank;
	}
	printf("%u %u %u\n", hits, n - 1, n);
	for (i = 0; i < n; i++)
		rte_mempool_put(mp, order[i]);
	free(order);
	free(sorted);
}

static void
show_first(struct rte_mempool *mp)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mp);

	if (mbuf == NULL)
		die("placement: the pool is empty");
	printf("%p\n", (void *)mbuf);
	rte_pktmbuf_free(mbuf);
}

int
main(int argc, char **argv)
{
	struct arguments args = {.spec = {.ops = OPS_LABYRINTH, .n = 8191, .cache = 0}};
	struct rte_mempool *mp;

	arguments_parse(&args, argc, argv);
	eal_start("placement", 64, "-l 0");
	mp = pool_must(&args.spec);
	if (args.first)
		show_first(mp);
	if (args.neighbours)
		show_neighbours(mp);
	rte_mempool_free(mp);
	return finish_quietly();
}
