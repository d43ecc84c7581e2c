/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * One of several processes that share pools: does what it is told on its
 * standard input, a command a line, and answers each with one line that begins
 * with "ok" or "failed". peer_commands.c has the commands.
 *
 * In the environment: PEER_TAKE=ADDRESS, have a page there before EAL starts;
 * PEER_EXTRA=FILE, a plugin that is loaded before the driver's constructor runs.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "peer.h"

#define WORDS_MAX 8

static void
take_address(void)
{
	const char *address = getenv("PEER_TAKE");
	void *want;

	if (address == NULL)
		return;
	want = (void *)(uintptr_t)strtoull(address, NULL, 0);
	if (mmap(want, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) !=
	    want) {
		fprintf(stderr, "peer: %s is taken already\n", address);
		exit(EXIT_FAILURE);
	}
}

/* Constructors with a priority come before those of the driver, which have none. */
static void __attribute__((constructor(101))) load_extra(void)
{
	const char *file = getenv("PEER_EXTRA");

	if (file != NULL && dlopen(file, RTLD_NOW | RTLD_GLOBAL) == NULL)
		fprintf(stderr, "peer: %s\n", dlerror());
}

static unsigned int
split(char *line, const char **words)
{
	unsigned int n = 0;
	char *rest = NULL;
	char *word;

	for (word = strtok_r(line, " \n", &rest); word != NULL && n < WORDS_MAX;
	     word = strtok_r(NULL, " \n", &rest))
		words[n++] = word;
	return n;
}

int
main(int argc, char **argv)
{
	const char *words[WORDS_MAX];
	char line[256];

	take_address();
	if (rte_eal_init(argc, argv) < 0) {
		printf("failed to start: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ok started\n");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		unsigned int n = split(line, words);

		if (n > 0 && strcmp(words[0], "quit") == 0)
			break;
		if (n > 0)
			peer_command(words, n);
	}
	/* Not after "end", which leaves EAL as it is. */
	return rte_eal_cleanup() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
