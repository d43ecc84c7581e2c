/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_memory.h>
#include <rte_ring.h>

#include "labyrinth_shared.h"
#include "peer.h"
#include "rte_mempool_labyrinth.h"

#define HELD_MOST 4096

static void *held[HELD_MOST];
static unsigned int held_count;
static volatile bool told_of_end;

static struct rte_mempool *
pool_of(const char *name)
{
	struct rte_mempool *mp = rte_mempool_lookup(name);

	if (mp == NULL)
		printf("failed: no pool %s\n", name);
	return mp;
}

static void
answer(bool good, const char *what)
{
	printf("%s %s\n", good ? "ok" : "failed", what);
}

/* create NAME COUNT OPTIONS */
static void
create(const char **words)
{
	struct rte_mempool *mp;

	mp = rte_labyrinth_pktmbuf_pool_create(words[1], (unsigned int)atoi(words[2]), 64, 0,
	                                       RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, words[3]);
	answer(mp != NULL, mp == NULL ? rte_strerror(rte_errno) : "created");
}

/* plain NAME COUNT: as programs do that know nothing of labyrinth */
static void
plain(const char **words)
{
	struct rte_pktmbuf_pool_private priv = {.mbuf_data_room_size = RTE_MBUF_DEFAULT_BUF_SIZE};
	struct rte_mempool *mp;

	mp = rte_mempool_create(words[1], (unsigned int)atoi(words[2]),
	                        sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE, 64,
	                        sizeof(priv), rte_pktmbuf_pool_init, &priv, rte_pktmbuf_init, NULL,
	                        SOCKET_ID_ANY, 0);
	answer(mp != NULL, mp == NULL ? rte_strerror(rte_errno) : "created");
}

/* free NAME */
static void
pool_free(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);

	if (mp == NULL)
		return;
	rte_mempool_free(mp);
	answer(true, "freed");
}

/* info NAME: backing and entrance */
static void
info(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	struct rte_labyrinth_info info;

	if (mp == NULL)
		return;
	if (rte_labyrinth_info_get(mp, &info) != 0)
		answer(false, "not labyrinth's");
	else
		printf("ok %s %p %u\n", info.backing == RTE_LABYRINTH_BACKING_MAZE ? "maze" : "eal",
		       info.entrance, info.lanes);
}

/* count NAME */
static void
count(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);

	if (mp != NULL)
		printf("ok %u\n", rte_mempool_avail_count(mp));
}

/* get NAME COUNT: and keep, marked */
static void
get(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	unsigned int n = (unsigned int)atoi(words[2]);
	unsigned int i;
	int ret;

	if (mp == NULL || held_count + n > HELD_MOST)
		return;
	ret = rte_mempool_get_bulk(mp, &held[held_count], n);
	if (ret != 0) {
		answer(false, rte_strerror(-ret));
		return;
	}
	for (i = 0; i < n; i++, held_count++)
		peer_mark(held[held_count], ((uint64_t)getpid() << 32) + held_count * 1000);
	answer(true, "got");
}

/* put NAME: all that is kept, checked */
static void
put(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	bool good = true;

	if (mp == NULL)
		return;
	while (held_count > 0) {
		held_count--;
		good &= peer_holds(held[held_count],
		                   ((uint64_t)getpid() << 32) + held_count * 1000);
		rte_mempool_put(mp, held[held_count]);
	}
	answer(good, "put");
}

/* churn NAME ROUNDS */
static void
churn(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	uint64_t bad;

	if (mp == NULL)
		return;
	bad = peer_churn(mp, strtoull(words[2], NULL, 10));
	printf("%s %" PRIu64 " bad values\n", bad == 0 ? "ok" : "failed", bad);
}

/* twice NAME: frees a buffer two times */
static void
twice(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	void *object;

	if (mp == NULL || rte_mempool_get(mp, &object) != 0)
		return;
	rte_mempool_put(mp, object);
	rte_mempool_put(mp, object);
	answer(true, "freed twice");
}

/* wall NAME: reads where there is no memory */
static void
wall(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	struct rte_labyrinth_info info;

	if (mp == NULL || rte_labyrinth_info_get(mp, &info) != 0)
		return;
	answer(true, "reading");
	answer(*(volatile char *)info.entrance != 0, "nothing there");
}

/* send RING NAME COUNT: buffers marked with their number */
static void
send(const char **words)
{
	struct rte_mempool *mp = pool_of(words[2]);
	struct rte_ring *ring = rte_ring_lookup(words[1]);
	uint64_t n = strtoull(words[3], NULL, 10);
	struct rte_mbuf *packet;
	uint64_t i;

	if (ring == NULL)
		ring = rte_ring_create(words[1], 4096, SOCKET_ID_ANY, 0);
	for (i = 0; mp != NULL && ring != NULL && i < n; i++) {
		packet = rte_pktmbuf_alloc(mp);
		if (packet == NULL)
			break;
		peer_mark(packet, i * 1000);
		if (rte_ring_enqueue(ring, packet) != 0) {
			rte_pktmbuf_free(packet);
			break;
		}
	}
	answer(i == n, "sent");
}

/* receive RING COUNT: check them, look their addresses up, free them */
static void
receive(const char **words)
{
	struct rte_ring *ring = rte_ring_lookup(words[1]);
	uint64_t n = strtoull(words[2], NULL, 10);
	bool good = ring != NULL;
	uint64_t i;
	void *packet;

	for (i = 0; good && i < n; i++) {
		const struct rte_memseg *seg;

		good = rte_ring_dequeue(ring, &packet) == 0;
		if (!good)
			break;
		seg = rte_mem_virt2memseg(packet, NULL);
		good = peer_holds(packet, i * 1000) && seg != NULL &&
		       (seg->len == RTE_PGSIZE_2M || seg->len == RTE_PGSIZE_1G) &&
		       seg->iova != RTE_BAD_IOVA &&
		       rte_mem_virt2iova(packet) ==
		               ((struct rte_mbuf *)packet)->buf_iova - sizeof(struct rte_mbuf);
		rte_pktmbuf_free(packet);
	}
	answer(good && i == n, "received");
}

/* fork NAME: the child tries to get a buffer, and must not */
static void
fork_child(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	int status;
	pid_t pid;

	if (mp == NULL)
		return;
	pid = fork();
	if (pid == 0) {
		void *object;

		_exit(rte_mempool_get(mp, &object) == 0 ? 1 : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		answer(false, "fork");
	else
		answer(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child was refused");
}

/* leave HOW: another way for a process to end, or to seem so; see peer_leave() */
static void
leave(const char **words)
{
	answer(peer_leave(words[1]), words[1]);
}

static void
primary_ended(void *arg)
{
	*(volatile bool *)arg = true;
}

/* watch: be told of the primary's end */
static void
watch(const char **words)
{
	(void)words;
	answer(rte_labyrinth_primary_cb_set(primary_ended, (void *)(uintptr_t)&told_of_end) == 0,
	       "watching");
}

/* primary: does it live, and has the handler been told that it does not? */
static void
primary(const char **words)
{
	(void)words;
	printf("ok %s %s\n", rte_labyrinth_primary_alive() ? "alive" : "gone",
	       told_of_end ? "told" : "untold");
}

/* ops: index of labyrinth in this process's table */
static void
ops(const char **words)
{
	uint32_t i;

	(void)words;
	for (i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		if (strcmp(rte_mempool_ops_table.ops[i].name, RTE_LABYRINTH_OPS_NAME) == 0)
			break;
	}
	printf("ok %u of %u\n", i, rte_mempool_ops_table.num_ops);
}

/* processes: all there are, entry:state:first lane */
static void
processes(const char **words)
{
	struct labyrinth_process process;
	uint32_t i;

	(void)words;
	printf("ok");
	LABYRINTH_PROCESS_FOREACH(i, &process)
	printf(" %u:%s:%d", i, labyrinth_process_dead(i) ? "dead" : "alive",
	       (int)process.first_lane);
	printf("\n");
}

/* forget ENTRY: what a dead process had may be used by others */
static void
forget(const char **words)
{
	struct labyrinth_process process;
	int ret = -ENOENT;

	if (labyrinth_process_get((uint32_t)atoi(words[1]), &process))
		ret = labyrinth_process_forget(process.entry, process.who);
	answer(ret == 0, rte_strerror(-ret));
}

/* hold ENTRY: as who recovers it, or takes it over, does for a moment */
static void
hold(const char **words)
{
	struct labyrinth_process process;
	int ret = -ENOENT;

	if (labyrinth_process_get((uint32_t)atoi(words[1]), &process))
		ret = labyrinth_process_hold(process.entry, process.who);
	answer(ret == 0, rte_strerror(-ret));
}

/* older ENTRY: its process was started a moment before the one that has its id now */
static void
older(const char **words)
{
	atomic_fetch_sub(&labyrinth_shared->process[atoi(words[1])].who, 1);
	answer(true, "older");
}

/* lane: of this thread, and what becomes of it without an lcore id */
static void
lane(const char **words)
{
	unsigned int id = RTE_PER_LCORE(_lcore_id);
	uint32_t own = labyrinth_lane_own();
	uint32_t none;

	(void)words;
	RTE_PER_LCORE(_lcore_id) = LCORE_ID_ANY;
	none = labyrinth_lane_own();
	RTE_PER_LCORE(_lcore_id) = id;
	printf("ok %u %s\n", own, none == LABYRINTH_LANE_ANY ? "any" : "wrong");
}

/* recover POOL: or "all" */
static void
recover(const char **words)
{
	struct rte_mempool *mp = strcmp(words[1], "all") == 0 ? NULL : pool_of(words[1]);

	if (mp != NULL || strcmp(words[1], "all") == 0)
		peer_recover(mp, strcmp(words[0], "reclaim") == 0);
}

/* enter NAME: and never leave */
static void
enter(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);

	if (mp != NULL)
		peer_enter(mp);
}

/* hand NAME PROCESS: all that is kept */
static void
hand(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);

	if (mp != NULL)
		peer_hand_over(mp, held, held_count, (unsigned int)atoi(words[2]));
}

/* number: by which others know this process */
static void
number(const char **words)
{
	unsigned int process;

	(void)words;
	if (rte_labyrinth_process(&process) != 0)
		answer(false, "none");
	else
		printf("ok %u\n", process);
}

/* take: all addresses there are for mazes */
static void
take(const char **words)
{
	(void)words;
	printf("ok %" PRIu64 " GiB taken\n", peer_take_all());
}

/* walk NAME: its maze as a walk over EAL's contiguous memory meets it */
static void
walk(const char **words)
{
	struct rte_mempool *mp = pool_of(words[1]);
	uint64_t ranges = 0;
	int64_t walls;

	if (mp == NULL)
		return;
	walls = peer_walls_seen(mp, &ranges);
	printf("ok %" PRId64 " walls, %s\n", walls, ranges > 0 ? "there" : "not there");
}

static const struct {
	const char *name;
	unsigned int words;
	void (*run)(const char **words);
} commands[] = {
	{"plain", 3, plain},     {"create", 4, create},
	{"free", 2, pool_free},  {"info", 2, info},
	{"count", 2, count},     {"get", 3, get},
	{"put", 2, put},         {"churn", 3, churn},
	{"send", 4, send},       {"receive", 3, receive},
	{"fork", 2, fork_child}, {"twice", 2, twice},
	{"wall", 2, wall},       {"watch", 1, watch},
	{"primary", 1, primary}, {"processes", 1, processes},
	{"forget", 2, forget},   {"lane", 1, lane},
	{"older", 2, older},     {"ops", 1, ops},
	{"take", 1, take},       {"recover", 2, recover},
	{"reclaim", 2, recover}, {"enter", 2, enter},
	{"hand", 3, hand},       {"number", 1, number},
	{"hold", 2, hold},       {"walk", 2, walk},
	{"leave", 2, leave},
};

void
peer_command(const char **words, unsigned int n)
{
	size_t i;

	for (i = 0; i < RTE_DIM(commands); i++) {
		if (strcmp(words[0], commands[i].name) != 0 || n != commands[i].words)
			continue;
		commands[i].run(words);
		return;
	}
	printf("failed: no such command: %s with %u words\n", words[0], n);
}
