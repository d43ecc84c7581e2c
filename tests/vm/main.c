/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "vmtest.h"

static const struct {
	const char *name;
	int (*run)(void);
	const char *help;
} jobs[] = {
	{"exchange", vm_job_exchange, "frames both ways between the two ports there are"},
	{"plug", vm_job_plug, "pools first, then devices=, then as exchange"},
	{"unplug", vm_job_unplug, "as exchange, devices removed and plugged again, three times"},
	{"unmapped", vm_job_unmapped, "as exchange, then the DMA mappings are taken away"},
	{"crypto", vm_job_crypto,
         "a crypto device on frames, plugged after the pool if devices= tells"},
	{"node", vm_job_node, "a pool on node=: every page of it must lie there"},
	{"limit", vm_job_limit, "pools until one is refused; free and again"},
	{"refused", vm_job_refused, "a pool that must be refused, and one that must not"},
	{"serve", vm_job_serve, "ports and pools for a secondary process, until wait= appears"},
	{"join", vm_job_join, "as exchange, in a secondary process"},
};

struct vm_args vm_args = {.frames = 1000, .mbufs = 4095, .queues = 1};
struct vm_port vm_port[VM_PORTS];
unsigned int vm_verified;

int
vm_fail(const char *fmt, ...)
{
	va_list ap;

	fputs("vmtest: failed: ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return -1;
}

void
vm_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static bool
parse_one(const char *word)
{
	static const struct {
		const char *key;
		const char **text;
		unsigned int *number;
	} keys[] = {
		{"options=", &vm_args.options, NULL}, {"devices=", &vm_args.devices, NULL},
		{"ops=", &vm_args.ops, NULL},         {"wait=", &vm_args.wait_for, NULL},
		{"expect=", &vm_args.expect, NULL},   {"frames=", NULL, &vm_args.frames},
		{"mbufs=", NULL, &vm_args.mbufs},     {"node=", NULL, &vm_args.node},
		{"queues=", NULL, &vm_args.queues},
	};
	size_t i;

	for (i = 0; i < RTE_DIM(keys); i++) {
		size_t len = strlen(keys[i].key);

		if (strncmp(word, keys[i].key, len) != 0)
			continue;
		if (keys[i].text != NULL)
			*keys[i].text = word + len;
		else
			*keys[i].number = (unsigned int)strtoul(word + len, NULL, 0);
		return true;
	}
	return false;
}

static int
usage(void)
{
	size_t i;

	puts("usage: vmtest EAL-OPTIONS -- JOB [KEY=VALUE...]\n"
	     "keys: options, ops, devices, wait, expect, frames, mbufs, node, queues; jobs:");
	for (i = 0; i < RTE_DIM(jobs); i++)
		printf("  %-9s %s\n", jobs[i].name, jobs[i].help);
	return EXIT_FAILURE;
}

static int
run(const char *name)
{
	size_t i;
	int ret;

	for (i = 0; i < RTE_DIM(jobs); i++) {
		if (strcmp(jobs[i].name, name) != 0)
			continue;
		ret = jobs[i].run();
		printf("vmtest: %s, frames verified: %u\n", ret == 0 ? "passed" : "not passed",
		       vm_verified);
		return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	return usage();
}

int
main(int argc, char **argv)
{
	int used;
	int ret;
	int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	used = rte_eal_init(argc, argv);
	if (used < 0 || argc - used < 2)
		return usage();
	for (i = used + 2; i < argc; i++) {
		if (!parse_one(argv[i]))
			return usage();
	}
	if (vm_args.queues < 1 || vm_args.queues > VM_QUEUES)
		return usage();
	ret = run(argv[used + 1]);
	rte_eal_cleanup();
	return ret;
}
