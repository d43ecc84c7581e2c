/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Prints the attack table: attack EAL-OPTIONS -- [TRIALS]
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_mempool_labyrinth.h>

#include "attack.h"

/*
 * A pool with more frames out of circulation gets a successor: those nearest to
 * each other are lost first, and overflows into them count for nothing.
 */
#define LOST_MOST 16

enum kind {
	RING,
	FAST,
	GUARD,
	STRICT,
	KINDS
};

static const char *const kind_name[KINDS] = {"ring_mp_mc", "fast", "guard", "strict"};
static const char *const kind_options[KINDS] = {
	NULL,
	"profile=fast,violation=report,backing=maze,patrol=off,sample=off",
	"profile=guard,violation=report,backing=maze,patrol=off,sample=off",
	"profile=strict,violation=report,backing=maze,patrol=off",
};

/* What came of all trials of one attack on one kind of pool. */
struct result {
	unsigned int trials;
	unsigned int detected;
	unsigned int silent;
	unsigned int at_call; /* detected by the very call, or the write itself */
	unsigned int at_put;  /* at the latest when the frame was put */
	unsigned int median;  /* operations later, of those detected */
	unsigned int harmed;  /* the application got what it must not get */
};

static struct target target;
static FILE *out;
static unsigned int passed;
static unsigned int failed;

/* Does the driver take the frame out of circulation after that? */
static bool
is_out(const char *kind)
{
	return strstr(kind, "overflow") != NULL || strstr(kind, "write") != NULL;
}

static void
on_violation(const struct rte_labyrinth_violation *violation, void *arg)
{
	struct target *t = arg;
	unsigned int index;

	if (violation->mp != t->mp)
		return;
	if (!t->detected) {
		t->detected = true;
		t->detected_at = t->ops;
	}
	index = target_index(t, violation->frame);
	if (index != TARGET_MBUFS && is_out(violation->kind))
		t->is_lost[index] = true;
	if (t->reports < RTE_DIM(t->blamed))
		t->blamed[t->reports] = violation->frame;
	t->reports++;
}

static void
on_fault(int signum, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	if (attack_fault_expected)
		siglongjmp(attack_fault, 1);
	signal(signum, SIG_DFL);
}

static void
collect(struct rte_mempool *mp, void *arg, void *object, unsigned int index)
{
	struct target *t = arg;

	(void)mp;
	t->all[index] = object;
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (void *const *)a;
	uintptr_t y = (uintptr_t) * (void *const *)b;

	return x < y ? -1 : x > y;
}

static struct rte_mempool *
pool(const char *name, const char *options)
{
	struct rte_mempool *mp;

	if (options == NULL)
		mp = rte_pktmbuf_pool_create_by_ops(name, TARGET_MBUFS, 0, 0, TARGET_ROOM,
		                                    SOCKET_ID_ANY, "ring_mp_mc");
	else
		mp = rte_labyrinth_pktmbuf_pool_create(name, TARGET_MBUFS, 0, 0, TARGET_ROOM,
		                                       SOCKET_ID_ANY, options);
	if (mp == NULL) {
		fprintf(out, "attack: no pool %s: %s\n", name, rte_strerror(rte_errno));
		exit(2);
	}
	return mp;
}

static void
target_begin(const char *options)
{
	uint64_t dice = target.dice;

	rte_mempool_free(target.mp);
	target = (struct target){
		.options = options,
		.mp = pool("target", options),
		.bystander = target.bystander,
		.dice = dice,
	};
	rte_mempool_obj_iter(target.mp, collect, &target);
	qsort(target.all, TARGET_MBUFS, sizeof(void *), by_address);
	target_heal(&target);
}

static void
trial_begin(void)
{
	struct rte_labyrinth_stats stats;

	if (target.reports > 0 && rte_labyrinth_stats_get(target.mp, &stats) == 0 &&
	    stats.quarantined > LOST_MOST)
		target_begin(target.options);
	target.ops = 0;
	target.detected = false;
	target.harmed = false;
	target.reports = 0;
	target.victim = NULL;
}

static int
by_number(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a;
	unsigned int y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

static void
run(const struct attack *attack, const char *options, unsigned int trials, struct result *result)
{
	unsigned int *ops = calloc(trials, sizeof(*ops));
	unsigned int i;

	*result = (struct result){.trials = trials};
	target.dice = 0x9e3779b97f4a7c15ull + attack->size;
	target_begin(options);
	for (i = 0; i < trials && ops != NULL; i++) {
		trial_begin();
		result->silent += attack->trial(&target, attack->size);
		result->harmed += target.harmed;
		if (target.detected) {
			ops[result->detected++] = target.detected_at;
			result->at_call += target.detected_at == 0;
			result->at_put += target.detected_at <= 1;
		}
		target_heal(&target);
	}
	qsort(ops, result->detected, sizeof(*ops), by_number);
	if (result->detected > 0)
		result->median = ops[result->detected / 2];
	free(ops);
}

static void
verdict(const char *attack, const char *what, unsigned int is, unsigned int of)
{
	if (is == of) {
		passed++;
		return;
	}
	failed++;
	fprintf(out, "not ok - %s: %s: %u of %u\n", attack, what, is, of);
}

static void
judge(const struct attack *attack, const struct result *results)
{
	const struct result *guard = &results[GUARD];
	const struct result *strict = &results[STRICT];

	if (attack->guard_at_call) {
		verdict(attack->name, "guard, detected at the call", guard->at_call, guard->trials);
		verdict(attack->name, "strict, detected at the call", strict->at_call,
		        strict->trials);
	}
	if (attack->strict_at_put)
		verdict(attack->name, "strict, detected at put", strict->at_put, strict->trials);
	if (attack->strict_at_get) {
		verdict(attack->name, "strict, detected", strict->detected, strict->trials);
		verdict(attack->name, "strict, handed out all the same", strict->harmed, 0);
	}
	/* The attacks are real: without checks nobody notices. */
	if (attack->guard_at_call || attack->strict_at_get)
		verdict(attack->name, "ring_mp_mc, silent", results[RING].silent,
		        results[RING].trials);
	/* What guard lets pass must not have reached another frame's header. */
	if (attack->guard_at_call || attack->strict_at_put)
		verdict(attack->name, "guard, silent", guard->silent, 0);
	verdict(attack->name, "strict, silent", strict->silent, 0);
}

static void
print_row(const struct attack *attack, const struct result *results)
{
	unsigned int kind;

	fprintf(out, "%-26s", attack->name);
	for (kind = 0; kind < KINDS; kind++) {
		const struct result *r = &results[kind];
		char later[16] = "-";

		if (r->detected > 0)
			snprintf(later, sizeof(later), "%u", r->median);
		fprintf(out, " | %6.2f %5s %6.2f", 100.0 * r->detected / r->trials, later,
		        100.0 * r->silent / r->trials);
	}
	fputc('\n', out);
	fflush(out);
}

static void
print_head(unsigned int trials)
{
	unsigned int kind;

	fprintf(out,
	        "%u trials each. Of each kind of pool: %% detected, operations later (median, 0 is "
	        "at once),\n%% that changed another buffer or its owner's and nobody was told.\n\n",
	        trials);
	fprintf(out, "%-26s", "");
	for (kind = 0; kind < KINDS; kind++)
		fprintf(out, " | %-19s", kind_name[kind]);
	fprintf(out, "\n%-26s", "attack");
	for (kind = 0; kind < KINDS; kind++)
		fprintf(out, " | %6s %5s %6s", "found", "later", "silent");
	fputc('\n', out);
}

static void
attack_all(unsigned int trials)
{
	struct result results[KINDS];
	unsigned int kind;
	unsigned int i;

	print_head(trials);
	for (i = 0; i < attack_count; i++) {
		for (kind = 0; kind < KINDS; kind++)
			run(&attacks[i], kind_options[kind], trials, &results[kind]);
		print_row(&attacks[i], results);
		judge(&attacks[i], results);
	}
}

/* Reports of thousands of trials are of no use, and walls write to stderr. */
static void
be_quiet(void)
{
	int nowhere = open("/dev/null", O_WRONLY);

	out = fdopen(dup(STDOUT_FILENO), "w");
	if (out == NULL || nowhere < 0)
		exit(2);
	rte_log_set_level_pattern("pmd.mempool.labyrinth", RTE_LOG_EMERG);
	rte_log_set_level_pattern("lib.eal", RTE_LOG_EMERG);
	dup2(nowhere, STDERR_FILENO);
	close(nowhere);
}

int
main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	unsigned long trials = 10000;
	int used;

	used = rte_eal_init(argc, argv);
	if (used >= 0 && argc - used == 2)
		trials = strtoul(argv[used + 1], NULL, 10);
	if (used < 0 || argc - used > 2 || trials < 1 || trials > 10000000) {
		fprintf(stderr, "usage: attack EAL-OPTIONS -- [TRIALS, 1 to 10000000]\n");
		return 2;
	}
	be_quiet();
	/* Before the driver's, which hands on to it what it has told. */
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	rte_labyrinth_violation_cb_set(on_violation, &target);
	target.bystander = pool("bystander", kind_options[GUARD]);
	attack_all((unsigned int)trials);
	fprintf(out, "%u passed, %u failed\n", passed, failed);
	rte_mempool_free(target.mp);
	rte_mempool_free(target.bystander);
	rte_eal_cleanup();
	return failed == 0 ? 0 : 1;
}
