/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools that come and go: made and freed many times, freed while frames are
 * out, refused for one reason or another. Nothing of them may stay behind.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define CYCLES 200

static void
cycles(const char *config, unsigned int elt)
{
	struct pool_spec spec = {.config = config, .n = 600, .cache = 64, .elt = elt};
	struct rte_mempool *mp;
	struct traces before;
	void *objects[100];
	unsigned int i;

	log_clear();
	mp = pool_must(&spec);
	rte_mempool_free(mp);
	traces_take(&before);
	for (i = 0; i < CYCLES; i++) {
		mp = pool_must(&spec);
		if (rte_mempool_get_bulk(mp, objects, RTE_DIM(objects)) != 0)
			die("lifecycle: pool %u gives no objects", i);
		/* Some are freed full, some with objects out. */
		if (i % 2 == 0)
			rte_mempool_put_bulk(mp, objects, RTE_DIM(objects));
		rte_mempool_free(mp);
	}
	traces_check(config, &before);
}

/* A pool that nobody ever populated, or gave anything to do. */
static void
barely_made(void)
{
	struct pool_spec spec = {.config = "profile=fast"};
	struct traces before;
	struct rte_mempool *mp;

	traces_take(&before);
	mp = pool_make_empty(&spec);
	check(mp != NULL && rte_mempool_avail_count(mp) == 0, "a pool not populated holds nothing");
	check(!rte_labyrinth_is(mp), "a pool not populated is no labyrinth yet");
	rte_mempool_free(mp);
	traces_check("a pool not populated", &before);
	check(!rte_labyrinth_is(NULL), "no pool is no labyrinth");
}

struct refusal {
	const char *what;
	struct pool_spec spec;
	int error;
	const char *says; /* in the one line of the log; NULL: refused by DPDK */
};

static unsigned int
driver_lines(const char *text)
{
	const char *at = text;
	unsigned int n = 0;

	while ((at = strstr(at, "LABYRINTH: ")) != NULL) {
		n++;
		at++;
	}
	return n;
}

static void
refused(const struct refusal *refusal)
{
	struct rte_mempool *mp;
	struct traces before;
	char log[4096];
	int error;

	traces_take(&before);
	log_clear();
	rte_errno = 0;
	mp = pool_make(&refusal->spec);
	error = rte_errno;
	log_read(log, sizeof(log));
	check(mp == NULL && error == refusal->error, "%s: refused with %s, expected %s",
	      refusal->what, mp != NULL ? "nothing" : strerror(error), strerror(refusal->error));
	if (refusal->says != NULL)
		check(driver_lines(log) == 1 && strstr(log, refusal->says) != NULL,
		      "%s: one line names %s", refusal->what, refusal->says);
	rte_mempool_free(mp);
	traces_check(refusal->what, &before);
}

static void
refusals(void)
{
	static const struct refusal all[] = {
		{"four thousand million elements", {.n = UINT32_MAX, .elt = 8}, EINVAL, "at most"},
		{"more elements than a labyrinth holds",
	         {.n = 200000000, .config = "backing=maze"},
	         EINVAL,
	         "200000000"},
		{"more than all huge pages, maze",
	         {.n = 20000000, .config = "backing=maze,pages=huge"},
	         ENOMEM,
	         "pool pool"},
		{"an element larger than a page, maze",
	         {.n = 16, .elt = 3000000, .config = "backing=maze"},
	         EINVAL,
	         "2 MiB"},
		{"4 KiB pages where physical addresses count",
	         {.config = "backing=maze,pages=small"},
	         EINVAL,
	         "--iova-mode=va"},
		{"a cache larger than the pool", {.n = 16, .cache = 64}, EINVAL, NULL},
		{"a name too long", {.name = "a_name_of_thirty_characters___"}, ENAMETOOLONG, NULL},
		{"an unknown option", {.config = "bogus=1"}, EINVAL, "bogus"},
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(all); i++) {
		if (!eal_huge() && strstr(all[i].what, "huge") != NULL)
			skip(all[i].what, "EAL runs on 4 KiB pages");
		else if (rte_eal_iova_mode() == RTE_IOVA_VA && strstr(all[i].what, "physical"))
			skip(all[i].what, "they do not here");
		else
			refused(&all[i]);
	}
}

/* DPDK refuses it, with one errno or another. */
static void
impossible_socket(void)
{
	struct refusal socket = {"an impossible socket", {.socket = 7}, ENOMEM, NULL};

	if (!eal_huge())
		socket.error = EINVAL;
	refused(&socket);
}

/* The same name twice. */
static void
name_in_use(void)
{
	struct pool_spec spec = {.name = "twice", .n = 100};
	struct refusal again = {"a name in use", {.name = "twice", .n = 100}, EEXIST, NULL};
	struct rte_mempool *mp = pool_must(&spec);

	refused(&again);
	check(rte_mempool_avail_count(mp) == 100, "the pool which has the name is as it was");
	rte_mempool_free(mp);
}

/* The longest name DPDK allows works, whatever the driver appends to it. */
static void
longest_name(const char *config)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct pool_spec spec = {.name = name, .n = 100, .config = config};
	struct rte_mempool *mp;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	spec.ops = OPS_RING;
	mp = pool_make(&spec);
	if (mp == NULL) {
		/* Then DPDK's own naming does not allow it either: one less. */
		name[sizeof(name) - 2] = '\0';
		mp = pool_must(&spec);
	}
	rte_mempool_free(mp);
	spec.ops = OPS_LABYRINTH;
	mp = pool_make(&spec);
	check(mp != NULL, "a name of %zu characters, %s: %s", strlen(name), config,
	      mp != NULL ? "made" : rte_strerror(rte_errno));
	rte_mempool_free(mp);
}

/*
 * What auto does with an element that fits in no page of a maze. With physical
 * addresses EAL finds no memory for it, whatever the ops, unless told that it
 * need not be contiguous.
 */
static void
large_elements(void)
{
	struct pool_spec spec = {.n = 16,
	                         .elt = 3000000,
	                         .config = "backing=auto",
	                         .flags = RTE_MEMPOOL_F_NO_IOVA_CONTIG};
	struct rte_labyrinth_info info = {0};
	struct rte_mempool *mp;
	struct traces before;
	/* More than there are: rte_memcpy() seems to read beyond small arrays to gcc. */
	void *objects[512];
	unsigned int n;
	unsigned int i;

	log_clear();
	traces_take(&before);
	mp = pool_must(&spec);
	rte_labyrinth_info_get(mp, &info);
	check(info.backing == RTE_LABYRINTH_BACKING_EAL, "elements of %u bytes lie in EAL's memory",
	      spec.elt);
	n = pool_drain(mp, objects, RTE_DIM(objects));
	check(n == 16 && all_distinct(objects, n), "%u of 16 could be got", n);
	for (i = 0; i < n; i++)
		memset(objects[i], 0x5a, spec.elt);
	rte_mempool_put_bulk(mp, objects, n);
	check(rte_mempool_avail_count(mp) == 16, "all of them came back");
	rte_mempool_free(mp);
	traces_check("large elements", &before);
}

/* The call of rte_mempool_labyrinth.h. */
static void
own_call(void)
{
	struct rte_labyrinth_info info = {0};
	struct rte_mempool *mp;
	struct traces before;

	traces_take(&before);
	log_clear();
	mp = rte_labyrinth_pktmbuf_pool_create("own", 1023, 128, 8, RTE_MBUF_DEFAULT_BUF_SIZE, 0,
	                                       "profile=fast,backing=eal");
	check(mp != NULL && rte_labyrinth_info_get(mp, &info) == 0 &&
	              strcmp(info.profile, "fast") == 0 &&
	              info.backing == RTE_LABYRINTH_BACKING_EAL && info.frames == 1023 &&
	              rte_pktmbuf_priv_size(mp) == 8,
	      "rte_labyrinth_pktmbuf_pool_create() makes what its options say");
	rte_mempool_free(mp);
	mp = rte_labyrinth_pktmbuf_pool_create("own", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0,
	                                       "backing=moon");
	check(mp == NULL && rte_errno == EINVAL, "and refuses bad ones");
	mp = rte_labyrinth_pktmbuf_pool_create("own", 1023, 0, 1, RTE_MBUF_DEFAULT_BUF_SIZE, 0,
	                                       NULL);
	check(mp == NULL && rte_errno == EINVAL, "and private data that is not aligned");
	mp = rte_labyrinth_pktmbuf_pool_create("own", 0, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0, NULL);
	check(mp == NULL && rte_errno == EINVAL, "and no elements");
	check(rte_labyrinth_info_get(NULL, &info) == -EINVAL, "no pool has no info");
	traces_check("rte_labyrinth_pktmbuf_pool_create()", &before);
}

int
main(void)
{
	eal_start("lifecycle", 128, "-l 0");
	traces_warm_up();
	cycles("profile=fast,backing=maze", 0);
	cycles("profile=guard,backing=maze", 0);
	cycles("profile=strict,backing=maze", 0);
	cycles("profile=guard,backing=eal", 0);
	cycles("profile=strict,backing=auto", 24);
	barely_made();
	refusals();
	impossible_socket();
	name_in_use();
	longest_name("backing=maze");
	longest_name("backing=eal");
	large_elements();
	own_call();
	return finish();
}
