/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Pools as rte_mempool_create() makes them, in a process whose environment or INI
 * file says something of all= when EAL starts:
 *
 *   test_all on|off TEXT    from LABYRINTH_OPTIONS: pools are the driver's, or not
 *   test_all bad TEXT       no such pool can be made
 *   test_all file on|off TEXT [OPTIONS]
 *                           TEXT is what the file says; '|' ends a line, '_' is a blank
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>

#include "harness.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define SIZE     500
#define LOG_MOST 8192
#define PRIVATE  0x5a5aa5a5u
#define SP_SC    (RTE_MEMPOOL_F_SP_PUT | RTE_MEMPOOL_F_SC_GET)

static const char *
ops_of(const struct rte_mempool *mp)
{
	return rte_mempool_get_ops(mp->ops_index)->name;
}

static void
private_set(struct rte_mempool *mp, void *arg)
{
	RTE_SET_USED(arg);
	*(uint32_t *)rte_mempool_get_priv(mp) = PRIVATE;
}

static void
object_count(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	unsigned int *made = arg;

	memset(object, (int)(index % 251), mp->elt_size);
	(*made)++;
}

static struct rte_mempool *
create(const char *name, unsigned int elt, unsigned int cache, unsigned int flags)
{
	unsigned int made = 0;
	struct rte_mempool *mp =
		rte_mempool_create(name, SIZE, elt, cache, sizeof(uint32_t), private_set, NULL,
	                           object_count, &made, SOCKET_ID_ANY, flags);

	if (mp != NULL && made != SIZE)
		die("%s: %u objects were made", name, made);
	return mp;
}

/* --- all=on ---------------------------------------------------------------------- */

static void
one_shape(const char *what, unsigned int elt, unsigned int cache, unsigned int flags, size_t align)
{
	struct rte_mempool *mp;
	struct traces before;

	log_clear();
	traces_take(&before);
	mp = create("made", elt, cache, flags);
	if (mp == NULL) {
		check(false, "%s: %s", what, rte_strerror(rte_errno));
		return;
	}
	check(rte_labyrinth_is(mp), "%s: the driver's (%s)", what, ops_of(mp));
	check(*(uint32_t *)rte_mempool_get_priv(mp) == PRIVATE && rte_mempool_lookup("made") == mp,
	      "%s: its private data is as written", what);
	pool_expect_sound(mp, what, align);
	rte_mempool_free(mp);
	traces_check(what, &before);
}

static void
shapes(void)
{
	one_shape("many producers, many consumers", 2048, 32, 0, 64);
	one_shape("one producer, many consumers", 2048, 32, RTE_MEMPOOL_F_SP_PUT, 64);
	one_shape("many producers, one consumer", 2048, 32, RTE_MEMPOOL_F_SC_GET, 64);
	one_shape("one producer, one consumer", 2048, 32, SP_SC, 64);
	one_shape("8 bytes, no cache", 8, 0, 0, 64);
	one_shape("1 byte, not aligned", 1, 0, RTE_MEMPOOL_F_NO_CACHE_ALIGN, 8);
	one_shape("100 bytes, not spread", 100, 250, RTE_MEMPOOL_F_NO_SPREAD, 64);
	one_shape("100 bytes, not contiguous", 100, 0, RTE_MEMPOOL_F_NO_IOVA_CONTIG, 64);
	one_shape("100,000 bytes", 100000, 0, 0, 64);
}

/* Nobody names a handler: mempool takes the first in its table. */
static void
unnamed(void)
{
	struct rte_mempool *mp =
		rte_mempool_create_empty("unnamed", SIZE, 64, 0, 0, SOCKET_ID_ANY, 0);

	check(mp != NULL && rte_mempool_populate_default(mp) == SIZE && rte_labyrinth_is(mp),
	      "a pool whose maker names no handler: the driver's");
	rte_mempool_free(mp);
}

/* A ring does not look at it, so it may be anything. */
static void
strange_config(void)
{
	struct rte_mempool *mp =
		rte_mempool_create_empty("strange", SIZE, 64, 0, 0, SOCKET_ID_ANY, 0);
	int ret = rte_mempool_set_ops_byname(mp, "ring_sp_sc", (void *)16);

	check(ret == 0 && rte_mempool_populate_default(mp) == SIZE && rte_labyrinth_is(mp),
	      "a configuration that a ring would not read is not read");
	rte_mempool_free(mp);
}

static void
of_another(const char *ops)
{
	struct rte_mempool *mp =
		rte_mempool_create_empty("other", SIZE, 64, 0, 0, SOCKET_ID_ANY, 0);
	int ret = rte_mempool_set_ops_byname(mp, ops, NULL);

	if (ret != 0)
		skip(ops, "this DPDK has no such handler");
	else
		check(rte_mempool_populate_default(mp) == SIZE && strcmp(ops_of(mp), ops) == 0,
		      "%s, named by its maker: stays what it is", ops);
	rte_mempool_free(mp);
}

/* What all this is for. */
static void
double_free(void)
{
	struct rte_mempool *mp = create("freed twice", 64, 32, 0);
	struct rte_labyrinth_stats stats;
	void *object;

	if (rte_mempool_get(mp, &object) != 0)
		die("an empty pool");
	rte_mempool_put(mp, object);
	log_clear();
	rte_mempool_put(mp, object);
	check(rte_labyrinth_stats_get(mp, &stats) == 0 && stats.violations == 1,
	      "an element that is no mbuf is freed twice: found");
	rte_mempool_free(mp);
}

/* The pool is refused and could be tried again, as the ring's it was. */
static void
refused(void)
{
	struct rte_mempool *mp =
		rte_mempool_create_empty("refused", SIZE, 64, 0, 0, SOCKET_ID_ANY, 0);
	char before[RTE_MEMPOOL_OPS_NAMESIZE];
	const char *options = getenv("LABYRINTH_OPTIONS");

	snprintf(before, sizeof(before), "%s", ops_of(mp));
	setenv("LABYRINTH_OPTIONS", "all=on,backing=moon", 1);
	check(rte_mempool_populate_default(mp) == -EINVAL && strcmp(ops_of(mp), before) == 0,
	      "a pool that cannot be is %s as before", before);
	setenv("LABYRINTH_OPTIONS", options, 1);
	check(rte_mempool_populate_default(mp) == SIZE && rte_labyrinth_is(mp),
	      "and can be made when that is mended");
	rte_mempool_free(mp);
}

static void
on(void)
{
	traces_warm_up();
	shapes();
	unnamed();
	strange_config();
	of_another("stack");
	of_another("ring_mt_rts");
	double_free();
	refused();
}

/* --- anything else ------------------------------------------------------------------ */

static void
ring(const char *what)
{
	struct rte_mempool *mp = create("ring", 64, 32, SP_SC);

	check(mp != NULL && !rte_labyrinth_is(mp) && strcmp(ops_of(mp), "ring_sp_sc") == 0,
	      "%s: a pool is the ring it was", what);
	rte_mempool_free(mp);
}

static void
followed(const char *what)
{
	struct rte_mempool *mp = create("followed", 64, 32, SP_SC);

	check(mp != NULL && rte_labyrinth_is(mp), "%s: a pool is the driver's", what);
	rte_mempool_free(mp);
}

/* One line, which says what is wrong. */
static void
bad(const char *text)
{
	char log[LOG_MOST];
	struct rte_mempool *mp;

	log_clear();
	rte_errno = 0;
	mp = create("bad", 64, 32, 0);
	log_read(log, sizeof(log));
	check(mp == NULL && rte_errno == EINVAL, "%s: no pool", text);
	check(strstr(log, "\" from environment LABYRINTH_OPTIONS: allowed values are on, off\n") !=
	              NULL,
	      "%s: and the line says what is allowed", text);
	rte_mempool_free(mp);
}

static void
file_make(const char *text, char *path)
{
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	for (; file != NULL && *text != '\0'; text++)
		fputc(*text == '|' ? '\n' : *text == '_' ? ' ' : *text, file);
	if (file == NULL || fclose(file) != 0)
		die("cannot write %s", path);
	setenv("LABYRINTH_CONFIG", path, 1);
}

int
main(int argc, char **argv)
{
	char path[] = "/tmp/labyrinth-all.XXXXXX";
	bool file = argc >= 4 && strcmp(argv[1], "file") == 0;
	const char *what = argc < 3 ? "" : argv[argc - 1];
	const char *mode = argc < 3 ? "" : argv[file ? 2 : 1];
	const char *options = !file ? what : argc > 4 ? argv[4] : NULL;

	if (file)
		file_make(argv[3], path);
	if (options != NULL)
		setenv("LABYRINTH_OPTIONS", options, 1);
	eal_start("all", 64, "-l 0");
	if (strcmp(mode, "on") == 0 && !file)
		on();
	else if (strcmp(mode, "on") == 0)
		followed(what);
	else if (strcmp(mode, "off") == 0)
		ring(what);
	else if (strcmp(mode, "bad") == 0)
		bad(what);
	else
		die("Usage: test_all on|off|bad OPTIONS, or file on|off TEXT [OPTIONS]");
	if (file)
		unlink(path);
	return finish();
}
