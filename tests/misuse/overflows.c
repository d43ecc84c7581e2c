/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Overflows of many lengths, freed as programs free:
 *
 *   overflows EAL-OPTIONS -- zeros|letters|random|headers free|put|keep PROFILE FIRST STEP
 *
 * Lengths are FIRST, FIRST + STEP, and so on.
 * One line: how many were found at the call, at the crash that the call ended in,
 * by the patrol, never; in how many the buffer that was named is the one that was
 * overrun from, and in how many another one was named as well; how long the patrol
 * took, in its rounds (1: in the first that began after the overflow) and in time.
 */

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_mempool_labyrinth.h>

#include "rounds.h"

#define MBUFS       4095
#define ROOM        2176
#define LENGTH_MOST 4096
#define HEADER      64
/* Buffers of one trial: the longest overflow ends in the last of them. */
#define GROUP 4
/* How long the patrol is given; many of its rounds. */
#define WAIT_MS   10000
#define MS        1000000ull
#define SECOND    1000000000ull
#define TRIALS    (MBUFS / GROUP)
#define PATROL_MS 20

struct trial {
	uint8_t *front;
	uint8_t *behind;
	size_t length;
	bool changed; /* what was written is not what was there */
	bool crashed;
	bool explained; /* by what was said at the crash */
	uint64_t begun;
	uint64_t begun_round;
	_Atomic bool at_call;
	_Atomic bool by_patrol;
	_Atomic bool right; /* the buffer that was named */
	_Atomic bool wrong; /* another one was named, too */
	_Atomic uint64_t found;
	_Atomic uint64_t found_round;
};

static struct trial trials[TRIALS];
static unsigned int n;
static struct rte_mempool *pool;
static uint8_t *all[MBUFS];
static pthread_t main_thread;
static sigjmp_buf crash;
static FILE *out;
static off_t said_before;

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

/* The trial that a report is about: its culprit, or a buffer that was overrun. */
static struct trial *
trial_of(const uint8_t *frame)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (frame >= trials[i].front &&
		    frame <= trials[i].front + pool->elt_size + LENGTH_MOST + HEADER)
			return &trials[i];
	return NULL;
}

static void
on_violation(const struct rte_labyrinth_violation *violation, void *arg)
{
	struct trial *t = violation->frame == NULL ? NULL : trial_of(violation->frame);

	(void)arg;
	if (t == NULL)
		return;
	if (!t->at_call && !t->by_patrol) {
		t->found = now();
		t->found_round = rounds_read();
		if (pthread_equal(pthread_self(), main_thread))
			t->at_call = true;
		else
			t->by_patrol = true;
	}
	/* At last: it is what the end of the program waits for. */
	if (violation->culprit == t->front)
		t->right = true;
	else if (violation->culprit != NULL)
		t->wrong = true;
}

static void
on_crash(int signum)
{
	(void)signum;
	siglongjmp(crash, 1);
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (uint8_t *const *)a;
	uintptr_t y = (uintptr_t) * (uint8_t *const *)b;

	return x < y ? -1 : x > y;
}

/* Groups of neighbours in one page, with lengths from 1 on. */
static void
groups_find(size_t length, size_t step)
{
	unsigned int i;

	for (i = 1; i + GROUP <= MBUFS && length <= LENGTH_MOST; i++) {
		if ((uintptr_t)all[i - 1] >> 21 != (uintptr_t)all[i + GROUP - 1] >> 21)
			continue;
		trials[n].front = all[i];
		trials[n].behind = all[i + 1];
		trials[n].length = length;
		n++;
		length += step;
		i += GROUP - 1;
	}
}

static void
overflow(struct trial *t, const char *bytes)
{
	static uint8_t before[LENGTH_MOST];
	uint8_t *at = t->front + pool->elt_size;
	size_t i;

	memcpy(before, at, t->length);
	t->begun = now();
	if (strcmp(bytes, "zeros") == 0)
		memset(at, 0, t->length);
	else if (strcmp(bytes, "letters") == 0)
		memset(at, 'A', t->length);
	else if (strcmp(bytes, "headers") == 0)
		/* As if the buffer behind were this one. */
		memmove(at, at - (t->behind - t->front), t->length);
	else
		for (i = 0; i < t->length; i++)
			at[i] = (uint8_t)rand();
	t->changed = memcmp(before, at, t->length) != 0;
	/* Afterwards: it may be found even now, and at the latest in the next round. */
	t->begun_round = rounds_read();
}

/* Was the culprit named in what was written to standard error since the last look? */
static bool
explained(const struct trial *t)
{
	static char text[65536];
	char name[32];
	ssize_t len = pread(STDERR_FILENO, text, sizeof(text) - 1, said_before);

	if (len <= 0)
		return false;
	said_before += len;
	text[len] = '\0';
	snprintf(name, sizeof(name), "0x%zx", (size_t)(uintptr_t)t->front);
	return strstr(text, name) != NULL;
}

static void
give_back(struct trial *t, const char *how)
{
	if (strcmp(how, "keep") == 0)
		return;
	if (sigsetjmp(crash, 1) != 0) {
		t->crashed = true;
		t->explained = explained(t);
		return;
	}
	if (strcmp(how, "put") == 0)
		rte_mempool_put(pool, t->behind);
	else
		rte_pktmbuf_free((struct rte_mbuf *)t->behind);
}

/* Trials whose culprit was not named yet. */
static unsigned int
unfound(void)
{
	unsigned int left = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		left += trials[i].changed && !trials[i].right && !trials[i].explained;
	return left;
}

static int
result(const char *bytes, const char *how, const char *profile)
{
	unsigned int call = 0, crashes = 0, patrol = 0, never = 0, right = 0, wrong = 0, of = 0, i;
	uint64_t longest = 0;
	uint64_t rounds = 0;

	for (i = 0; i < n; i++) {
		struct trial *t = &trials[i];

		if (!t->changed)
			continue;
		of++;
		call += t->at_call;
		crashes += !t->at_call && t->explained;
		patrol += !t->at_call && !t->explained && t->by_patrol;
		never += !t->at_call && !t->explained && !t->by_patrol;
		right += t->right || t->explained;
		wrong += t->wrong;
		if (!t->by_patrol)
			continue;
		longest = RTE_MAX(longest, t->found - t->begun);
		if (t->found_round > t->begun_round)
			rounds = RTE_MAX(rounds, t->found_round - t->begun_round);
	}
	fprintf(out, "%-8s %-5s %-6s | %5u | %5u %5u %5u %5u | %5u %5u | %6u %5.0f\n", bytes, how,
	        profile, of, call, crashes, patrol, never, right, wrong, (unsigned int)rounds,
	        (double)longest / (double)MS);
	return never == 0 && right == of && wrong == 0 && rounds <= 1 && of > 0 ? 0 : 1;
}

static void
be_quiet(void)
{
	FILE *said = tmpfile();

	out = fdopen(dup(STDOUT_FILENO), "w");
	if (said == NULL || out == NULL)
		exit(2);
	dup2(fileno(said), STDERR_FILENO);
	rte_log_set_level_pattern("pmd.mempool.labyrinth", RTE_LOG_EMERG);
}

static void
pool_make(const char *profile)
{
	char options[96];

	snprintf(options, sizeof(options), "profile=%s,violation=report,patrol=%d", profile,
	         PATROL_MS);
	pool = rte_labyrinth_pktmbuf_pool_create("overrun", MBUFS, 0, 0, ROOM, SOCKET_ID_ANY,
	                                         options);
	if (pool == NULL || rte_mempool_get_bulk(pool, (void **)all, MBUFS) != 0) {
		fprintf(out, "overflows: no pool: %s\n", rte_strerror(rte_errno));
		exit(2);
	}
	qsort(all, MBUFS, sizeof(all[0]), by_address);
}

/* Before the driver's, which hand on to these what they have told. */
static void
catch_crashes(void)
{
	struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
	unsigned int i;

	for (i = 0; i < RTE_DIM(signals); i++)
		sigaction(signals[i], &action, NULL);
}

int
main(int argc, char **argv)
{
	unsigned int i;
	int used;
	int ret;

	catch_crashes();
	used = rte_eal_init(argc, argv);
	if (used < 0 || argc - used != 6) {
		fprintf(stderr, "usage: overflows EAL-OPTIONS -- zeros|letters|random|headers "
		                "free|put|keep PROFILE FIRST STEP\n");
		return 2;
	}
	argv += used;
	rounds_open();
	be_quiet();
	main_thread = pthread_self();
	rte_labyrinth_violation_cb_set(on_violation, NULL);
	pool_make(argv[3]);
	groups_find(strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10));
	for (i = 0; i < n; i++) {
		overflow(&trials[i], argv[1]);
		give_back(&trials[i], argv[2]);
	}
	for (i = 0; i < WAIT_MS && unfound() > 0; i++)
		usleep(1000);
	ret = result(argv[1], argv[2], argv[3]);
	fclose(out);
	/* What was overrun may have broken anything. */
	_exit(ret);
}
