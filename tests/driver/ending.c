/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What the driver says after main(), when the application has closed the stream that it
 * gave to rte_openlog_stream(), and its memory has been used for something else.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_log.h>
#include <rte_mempool.h>

#include "harness.h"
#include "rte_mempool_labyrinth.h"

#define LOG_MOST 8192
#define SIZE     63
#define HELD     3
#define OTHERS   64

static const char *const section = "LABYRINTH: section [pool \"other\"] of ";
static const char *const held =
	"LABYRINTH: pool ending: at the end of the process 3 of 63 frames held";

/* As a program that goes on and uses the heap: what lay there is not there any more. */
static void
heap_use(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++) {
		/* The size of a stream of the C library, and its buffer's. */
		size_t len = i % 2 == 0 ? 472 : 4096;
		char *other = malloc(len);

		if (other != NULL)
			memset(other, 0x5a, len);
	}
}

static void
application(const char *config, bool cleanup)
{
	static char *argv[] = {"ending",
	                       "--no-pci",
	                       "--no-telemetry",
	                       "--no-huge",
	                       "--no-shconf",
	                       "-m",
	                       "64",
	                       "-l",
	                       "0",
	                       "--log-level=lib.eal:error",
	                       NULL};
	FILE *log = tmpfile();
	struct rte_mempool *mp;
	void *objects[HELD];

	setenv("LABYRINTH_CONFIG", config, 1);
	setenv("LABYRINTH_OPTIONS", "leaks=on", 1);
	if (log == NULL || rte_openlog_stream(log) != 0 ||
	    rte_eal_init(RTE_DIM(argv) - 1, argv) < 0)
		_exit(2);
	mp = rte_mempool_create_empty("ending", SIZE, 64, 0, 0, SOCKET_ID_ANY, 0);
	if (mp == NULL || rte_mempool_set_ops_byname(mp, "labyrinth", NULL) != 0 ||
	    rte_mempool_populate_default(mp) != SIZE || !rte_labyrinth_is(mp) ||
	    rte_mempool_get_bulk(mp, objects, HELD) != 0)
		_exit(3);
	if (cleanup) {
		rte_mempool_free(mp);
		rte_eal_cleanup();
	}
	fclose(log);
	heap_use();
	exit(EXIT_SUCCESS);
}

/* Runs it in a process of its own; `text` is what that wrote to its standard error. */
static int
application_run(const char *config, bool cleanup, char text[static LOG_MOST])
{
	FILE *out = tmpfile();
	int status = -1;
	size_t n;
	pid_t pid;

	if (out == NULL)
		die("no temporary file");
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(out), STDERR_FILENO);
		application(config, cleanup);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("no process");
	rewind(out);
	n = fread(text, 1, LOG_MOST - 1, out);
	text[n] = '\0';
	fclose(out);
	return status;
}

int
main(void)
{
	static char text[LOG_MOST];
	FILE *file = tmpfile();
	char config[64];
	int status;

	if (file == NULL || fputs("[pool \"other\"]\npatrol=off\n", file) < 0 || fflush(file) != 0)
		die("cannot write a temporary file");
	snprintf(config, sizeof(config), "/proc/self/fd/%d", fileno(file));
	status = application_run(config, false, text);
	check(status == 0, "the log's stream was closed: status at the end (%#x)", status);
	check(strstr(text, section) != NULL, "a section that no pool had: on the standard error");
	check(strstr(text, held) != NULL, "what is still held: on the standard error");
	status = application_run(config, true, text);
	check(status == 0, "after rte_eal_cleanup(): status at the end (%#x)", status);
	check(strstr(text, section) != NULL,
	      "after rte_eal_cleanup(): the section, on the standard error");
	fclose(file);
	return finish();
}
