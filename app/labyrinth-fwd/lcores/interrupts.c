/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "interrupts.h"

/** The column of a CPU in the head line of /proc/interrupts, or -1. */
static int
column_of(const char *head, int cpu)
{
	int column = 0, id, used;

	while (sscanf(head, " CPU%d%n", &id, &used) == 1) {
		if (id == cpu)
			return column;
		column++;
		head += used;
	}
	return -1;
}

/** The number in that column, or 0 where the line is shorter or holds words. */
static uint64_t
number_in(const char *line, int column)
{
	const char *rest = strchr(line, ':');
	char *end;
	uint64_t value = 0;

	if (rest == NULL)
		return 0;
	rest++;
	for (; column >= 0; column--, rest = end) {
		value = strtoull(rest, &end, 10);
		if (end == rest)
			return 0;
	}
	return value;
}

/** All interrupts a CPU has taken, those from timers and from other CPUs included. */
static uint64_t
read_irqs(int cpu)
{
	char *line = NULL;
	size_t size = 0;
	uint64_t sum = 0;
	int column = -1;
	FILE *file;

	file = cpu >= 0 ? fopen("/proc/interrupts", "re") : NULL;
	if (file == NULL)
		return 0;
	if (getline(&line, &size, file) > 0)
		column = column_of(line, cpu);
	while (column >= 0 && getline(&line, &size, file) > 0)
		sum += number_in(line, column);
	free(line);
	fclose(file);
	return sum;
}

void
fwd_interrupts_own(struct fwd_interrupts *now, int cpu)
{
	struct rusage usage;

	memset(now, 0, sizeof(*now));
	now->irqs = read_irqs(cpu);
	/* Last, so that what reading them took does not count after a first reading. */
	if (getrusage(RUSAGE_THREAD, &usage) != 0)
		return;
	now->minor_faults = (uint64_t)usage.ru_minflt;
	now->major_faults = (uint64_t)usage.ru_majflt;
	now->voluntary = (uint64_t)usage.ru_nvcsw;
	now->involuntary = (uint64_t)usage.ru_nivcsw;
}

/** The faults stand in fields 10 and 12 of `stat`, after a name that may hold blanks. */
static int
read_faults(pid_t tid, struct fwd_interrupts *now)
{
	char path[64], line[512];
	const char *rest;
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	len = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[len] = '\0';
	rest = strrchr(line, ')');
	if (rest == NULL)
		return -1;
	if (sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64,
	           &now->minor_faults, &now->major_faults) != 2)
		return -1;
	return 0;
}

static int
read_switches(pid_t tid, struct fwd_interrupts *now)
{
	char path[64], line[256];
	unsigned int found = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)tid);
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "voluntary_ctxt_switches: %" SCNu64, &now->voluntary) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %" SCNu64, &now->involuntary) == 1)
			found++;
	}
	fclose(file);
	return found == 2 ? 0 : -1;
}

int
fwd_interrupts_of(pid_t tid, int cpu, struct fwd_interrupts *now)
{
	memset(now, 0, sizeof(*now));
	if (read_faults(tid, now) != 0)
		return -1;
	now->irqs = read_irqs(cpu);
	return read_switches(tid, now);
}

struct fwd_interrupts
fwd_interrupts_between(const struct fwd_interrupts *before, const struct fwd_interrupts *after)
{
	return (struct fwd_interrupts){
		.minor_faults = after->minor_faults - before->minor_faults,
		.major_faults = after->major_faults - before->major_faults,
		.voluntary = after->voluntary - before->voluntary,
		.involuntary = after->involuntary - before->involuntary,
		.irqs = after->irqs - before->irqs,
	};
}
