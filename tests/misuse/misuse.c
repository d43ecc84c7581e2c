/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Commits one misuse, in a process of its own:
 *
 *   misuse EAL-OPTIONS -- NAME fast|guard|strict panic|report [OPTIONS]
 *   misuse list
 *
 * With violation=report it then looks whether everybody was told, and whether
 * the pool still serves: each of its other buffers once, and not one twice.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mempool_labyrinth.h>

#include "misuse.h"

static const struct misuse *const all_misuses[] = {
	misuse_frees, misuse_mbufs, misuse_pointers, misuse_writes, misuse_walls, misuse_threads,
};

/* What the handler was told of the pool under test. */
static struct {
	const struct rte_mempool *mp;
	unsigned int count;
	unsigned int stops;
} told;

static void
on_violation(const struct rte_labyrinth_violation *violation, void *arg)
{
	if (arg != &told)
		scene_fail("the handler got %p for its argument", arg);
	if (violation->stop)
		fprintf(stderr, "misuse: told before the stop: %s\n", violation->kind);
	if (violation->mp != told.mp)
		return;
	told.count++;
	told.stops += violation->stop;
}

static const char *
word(const char *text)
{
	return text == NULL ? "-" : text;
}

static void
list(void)
{
	const struct misuse *m;
	unsigned int i;

	for (i = 0; i < RTE_DIM(all_misuses); i++) {
		for (m = all_misuses[i]; m->name != NULL; m++)
			printf("%s\t%s\t%s\t%s\t%s\n", m->name, word(m->guard.kind),
			       word(m->strict.kind), m->fast ? "fast" : "-", word(m->also));
	}
}

static const struct misuse *
find(const char *name)
{
	const struct misuse *m;
	unsigned int i;

	for (i = 0; i < RTE_DIM(all_misuses); i++) {
		for (m = all_misuses[i]; m->name != NULL; m++) {
			if (strcmp(m->name, name) == 0)
				return m;
		}
	}
	fprintf(stderr, "misuse: %s: no such misuse; \"misuse list\" names all\n", name);
	exit(2);
}

static struct rte_mempool *
pool(const char *name, const char *options)
{
	struct rte_mempool *mp;

	if (options == NULL)
		mp = rte_pktmbuf_pool_create_by_ops(name, SCENE_MBUFS, 0, SCENE_PRIV, SCENE_ROOM,
		                                    SOCKET_ID_ANY, "ring_mp_mc");
	else
		mp = rte_labyrinth_pktmbuf_pool_create(name, SCENE_MBUFS, 32, SCENE_PRIV,
		                                       SCENE_ROOM, SOCKET_ID_ANY, options);
	if (mp == NULL) {
		fprintf(stderr, "misuse: no pool %s: %s\n", name, rte_strerror(rte_errno));
		exit(2);
	}
	return mp;
}

/* Everything once around, as a forwarder would: written to, no buffer twice. */
static unsigned int
forward(const struct scene *scene)
{
	static struct rte_mbuf *burst[SCENE_MBUFS + 1];
	void *all[SCENE_MBUFS];
	unsigned int n = 0;
	unsigned int i;

	memcpy(all, scene->all, sizeof(all));
	while (n <= SCENE_MBUFS && (burst[n] = rte_pktmbuf_alloc(scene->mp)) != NULL)
		n++;
	for (i = 0; i < n; i++) {
		unsigned int known = 0;

		while (known < SCENE_MBUFS && all[known] != burst[i])
			known++;
		if (known == SCENE_MBUFS)
			scene_fail("%p was handed out twice or is no buffer", (void *)burst[i]);
		all[known] = NULL;
		scene_spoil(rte_pktmbuf_append(burst[i], rte_pktmbuf_tailroom(burst[i])),
		            RTE_PKTMBUF_HEADROOM);
	}
	for (i = 0; i < n; i++)
		rte_pktmbuf_free(burst[i]);
	return n;
}

static bool
as_expected(const char *what, unsigned int is, unsigned int expected)
{
	if (is == expected)
		return true;
	fprintf(stderr, "misuse: %s: %u, expected %u\n", what, is, expected);
	return false;
}

/* 0 means any number but none. */
static bool
violations_as_expected(uint64_t is, const struct expectation *expected)
{
	if (expected->kind != NULL && expected->count == 0)
		return is > 0;
	return as_expected("violations", (unsigned int)is, expected->count);
}

static bool
went_on(const struct scene *scene, const struct expectation *expected)
{
	struct rte_labyrinth_stats stats;
	struct rte_labyrinth_stats after;
	unsigned int round;
	bool good;

	if (rte_labyrinth_stats_get(scene->mp, &stats) != 0)
		scene_fail("no statistics");
	good = violations_as_expected(stats.violations, expected);
	good &= as_expected("quarantined", stats.quarantined, expected->quarantined);
	good &= as_expected("told", told.count, (unsigned int)stats.violations);
	good &= as_expected("told to stop", told.stops, 0);
	for (round = 0; round < 3; round++)
		good &= as_expected("forwarded", forward(scene),
		                    SCENE_MBUFS - expected->quarantined);
	if (rte_labyrinth_stats_get(scene->mp, &after) != 0)
		scene_fail("no statistics");
	good &= as_expected("violations while forwarding",
	                    (unsigned int)(after.violations - stats.violations), 0);
	return good;
}

static int
run(const char *name, const char *profile, const char *policy, const char *more)
{
	const struct misuse *misuse = find(name);
	struct expectation expected = {NULL, 0, 0};
	struct scene scene = {.worker = rte_get_next_lcore(-1, 1, 0)};
	char options[160];

	snprintf(options, sizeof(options), "profile=%s,violation=%s,patrol=off%s%s", profile,
	         policy, more == NULL ? "" : ",", more == NULL ? "" : more);
	scene.options = options;
	scene.mp = pool("scene", options);
	scene.other = pool("other", options);
	scene.ring = pool("ring", NULL);
	/* Before anything is overwritten that DPDK links the objects with. */
	scene.all = scene_objects(scene.mp);
	told.mp = scene.mp;
	rte_labyrinth_violation_cb_set(on_violation, &told);
	if (strcmp(profile, "fast") != 0)
		expected = strcmp(profile, "guard") == 0 ? misuse->guard : misuse->strict;
	misuse->commit(&scene);
	printf("misuse: committed\n");
	/* What fast does not notice may have broken the pool. */
	if (strcmp(profile, "fast") == 0)
		_exit(told.count == 0 ? 0 : 1);
	if (!went_on(&scene, &expected))
		return 1;
	/* DPDK's own list of objects must be whole, whatever was overwritten. */
	free(scene_objects(scene.mp));
	rte_mempool_free(scene.mp);
	rte_mempool_free(scene.other);
	rte_mempool_free(scene.ring);
	free(scene.all);
	printf("misuse: forwarding goes on\n");
	return rte_eal_cleanup() == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const struct rlimit no_core = {0, 0};
	int used;

	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		list();
		return 0;
	}
	setrlimit(RLIMIT_CORE, &no_core);
	setvbuf(stdout, NULL, _IOLBF, 0);
	used = rte_eal_init(argc, argv);
	if (used < 0 || argc - used < 4 || rte_lcore_count() < 2) {
		fprintf(stderr, "usage: misuse EAL-OPTIONS (2 lcores) -- NAME fast|guard|strict "
		                "panic|report [OPTIONS]\n");
		return 2;
	}
	argv += used;
	return run(argv[1], argv[2], argv[3], argv[4]);
}
