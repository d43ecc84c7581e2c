/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_log.h>

#include "harness.h"

#define ARGS_MAX  48
#define HUGE_FREE "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"

static FILE *log_file;
static bool eal_runs;
static unsigned int passed;
static unsigned int failed;

static void
log_show(void)
{
	char text[4096];
	char *line;
	char *save;

	if (log_file == NULL || log_read(text, sizeof(text)) == 0)
		return;
	for (line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
		printf("    | %s\n", line);
}

void
check(bool good, const char *fmt, ...)
{
	va_list ap;

	printf(good ? "ok - " : "not ok - ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (good) {
		passed++;
	} else {
		failed++;
		log_show();
	}
	fflush(stdout);
}

void
note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void
skip(const char *what, const char *why)
{
	printf("skip - %s: %s\n", what, why);
	fflush(stdout);
}

/* EAL leaves an empty directory for each file prefix. */
static void
eal_end(void)
{
	char dir[PATH_MAX];

	if (!eal_runs)
		return;
	snprintf(dir, sizeof(dir), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(dir);
	eal_runs = false;
}

void
die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	log_show();
	fflush(stdout);
	eal_end();
	_exit(2);
}

void
log_clear(void)
{
	rewind(log_file);
	if (ftruncate(fileno(log_file), 0) != 0)
		die("cannot empty the log");
}

size_t
log_read(char *text, size_t len)
{
	long end;
	size_t n;

	fflush(log_file);
	end = ftell(log_file);
	rewind(log_file);
	n = fread(text, 1, len - 1, log_file);
	text[n] = '\0';
	fseek(log_file, end, SEEK_SET);
	return n;
}

unsigned int
huge_pages_free(void)
{
	FILE *file = fopen(HUGE_FREE, "r");
	unsigned int n = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%u", &n) != 1)
		n = 0;
	fclose(file);
	return n;
}

static bool
huge_wanted(unsigned int huge_pages)
{
	const char *no_huge = getenv("NO_HUGE");

	if (no_huge != NULL && strcmp(no_huge, "0") != 0 && no_huge[0] != '\0')
		return false;
	return geteuid() == 0 && huge_pages_free() >= huge_pages;
}

static int
args_split(char *text, char **argv, int argc)
{
	char *word;
	char *save;

	for (word = strtok_r(text, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
		if (argc == ARGS_MAX)
			die("too many EAL options");
		argv[argc++] = word;
	}
	return argc;
}

void
eal_start(const char *program, unsigned int huge_pages, const char *extra)
{
	static char text[1024];
	char *argv[ARGS_MAX + 1];
	int argc = 0;

	log_file = tmpfile();
	if (log_file == NULL)
		die("%s: no temporary file", program);
	/* EAL keeps pointers to some of these words. */
	snprintf(text, sizeof(text),
	         "%s --no-pci --no-telemetry --file-prefix=labyrinth-%s-%d %s %s", program, program,
	         (int)getpid(),
	         huge_wanted(huge_pages) ? "--in-memory" : "--no-huge --no-shconf -m 2048", extra);
	argc = args_split(text, argv, argc);
	argv[argc] = NULL;
	rte_openlog_stream(log_file);
	if (rte_eal_init(argc, argv) < 0)
		die("%s: EAL does not start", program);
	eal_runs = true;
	log_clear();
}

bool
eal_huge(void)
{
	return rte_eal_has_hugepages() != 0;
}

int
finish_quietly(void)
{
	eal_end();
	if (log_file != NULL)
		fclose(log_file);
	log_file = NULL;
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
finish(void)
{
	printf("%u passed, %u failed\n", passed, failed);
	fflush(stdout);
	return finish_quietly();
}

int
compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int
compare_double(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double
median(double *values, unsigned int n)
{
	qsort(values, n, sizeof(values[0]), compare_double);
	return values[n / 2];
}
