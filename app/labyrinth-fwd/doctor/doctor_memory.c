/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_common.h"

#define MIB        (UINT64_C(1) << 20)
#define HUGE       "/sys/kernel/mm/hugepages/hugepages-2048kB"
#define LARGE      "/sys/kernel/mm/hugepages/hugepages-1048576kB"
#define SHMEM      "/sys/kernel/mm/transparent_hugepage/shmem_enabled"
#define NODE       "/sys/devices/system/node/node%u"
#define NODE_HUGE  NODE "/hugepages/hugepages-2048kB"
#define MAX_NODES  1024u
#define LEAST_MAPS 16384u

/**
 * Is there enough in 1 GiB pages? EAL takes one, all pools share others; where that
 * serves, pages of 2 MiB are not missed.
 */
static bool
check_large(struct fwd_doctor *doctor)
{
	uint64_t total, free_pages;

	if (!fwd_doctor_number(doctor, &total, LARGE "/nr_hugepages") || total == 0 ||
	    !fwd_doctor_number(doctor, &free_pages, LARGE "/free_hugepages"))
		return false;
	if (free_pages < FWD_DOCTOR_LARGE) {
		fwd_doctor_problem(
			doctor, "1 GiB pages",
			"only %" PRIu64 " of %" PRIu64 " are free, %u are wanted, one for "
			"EAL and one for pools; end the programs that hold them, or echo "
			"%" PRIu64 " >" LARGE "/nr_hugepages",
			free_pages, total, FWD_DOCTOR_LARGE, total - free_pages + FWD_DOCTOR_LARGE);
		return true;
	}
	fwd_doctor_well(doctor, "1 GiB pages",
	                "%" PRIu64 " of %" PRIu64 " are free; pools share them: walls stand at the "
	                "edges of pages only, and the base is one of some 65,000",
	                free_pages, total);
	return true;
}

/** What a maze lies in where no page is reserved. */
static void
check_transparent(const struct fwd_doctor *doctor)
{
	char text[128];

	if (!fwd_doctor_read(doctor, text, sizeof(text), SHMEM))
		return;
	if (strstr(text, "[never]") != NULL || strstr(text, "[deny]") != NULL)
		fwd_doctor_well(doctor, "transparent huge pages",
		                "not for shared memory: without reserved pages, mazes have 4 KiB "
		                "ones; echo advise >" SHMEM " allows them");
	else
		fwd_doctor_well(
			doctor, "transparent huge pages",
			"allowed for shared memory: mazes without reserved pages have them, "
			"with all walls");
}

/** Returns the number of free pages, so that nobody complains of the same twice. */
static uint64_t
check_huge(struct fwd_doctor *doctor)
{
	uint64_t total, free_pages;
	bool large = check_large(doctor);

	if (!fwd_doctor_number(doctor, &total, HUGE "/nr_hugepages") ||
	    !fwd_doctor_number(doctor, &free_pages, HUGE "/free_hugepages")) {
		if (large)
			return 0;
		fwd_doctor_problem(doctor, "huge pages",
		                   "this kernel has none of 2 MiB; boot one with "
		                   "CONFIG_HUGETLBFS, or run with --no-huge, slower");
		return 0;
	}
	if (total == 0 && large)
		fwd_doctor_well(doctor, "huge pages",
		                "none of 2 MiB is reserved, but some of 1 GiB are");
	else if (total == 0)
		fwd_doctor_problem(doctor, "huge pages",
		                   "none of 2 MiB is reserved; echo %u "
		                   ">/proc/sys/vm/nr_hugepages (or more, for larger pools)",
		                   FWD_DOCTOR_PAGES);
	else if (free_pages < FWD_DOCTOR_PAGES)
		fwd_doctor_problem(doctor, "huge pages",
		                   "only %" PRIu64 " of %" PRIu64 " are free, %u are wanted; end "
		                   "the programs that hold them, or echo %" PRIu64
		                   " >/proc/sys/vm/nr_hugepages",
		                   free_pages, total, FWD_DOCTOR_PAGES,
		                   total - free_pages + FWD_DOCTOR_PAGES);
	else
		fwd_doctor_well(doctor, "huge pages",
		                "%" PRIu64 " of %" PRIu64 " of 2 MiB are free", free_pages, total);
	return total;
}

/** Every node with CPUs needs pages of its own: pools lie where their ports are. */
static void
check_nodes(struct fwd_doctor *doctor)
{
	unsigned int node, with_cpus = 0, before = doctor->problems;
	uint64_t free_pages;
	char cpus[256];

	for (node = 0; node < MAX_NODES; node++) {
		if (!fwd_doctor_read(doctor, cpus, sizeof(cpus), NODE "/cpulist", node) ||
		    cpus[0] == '\0' ||
		    !fwd_doctor_number(doctor, &free_pages, NODE_HUGE "/free_hugepages", node))
			continue;
		with_cpus++;
		if (free_pages < FWD_DOCTOR_PAGES / 2)
			fwd_doctor_problem(doctor, "NUMA",
			                   "node %u (CPUs %s) has %" PRIu64
			                   " free huge pages, %u are wanted; echo %u >" NODE_HUGE
			                   "/nr_hugepages",
			                   node, cpus, free_pages, FWD_DOCTOR_PAGES / 2,
			                   FWD_DOCTOR_PAGES, node);
	}
	if (doctor->problems == before && with_cpus > 0)
		fwd_doctor_well(doctor, "NUMA", "%u node%s with CPUs, each with free huge pages",
		                with_cpus, with_cpus == 1 ? "" : "s");
	else if (with_cpus == 0)
		fwd_doctor_well(doctor, "NUMA", "this kernel knows no nodes");
}

/** Only who lacks CAP_IPC_LOCK is held to the limit. */
static void
check_locked(struct fwd_doctor *doctor)
{
	static const char name[] = "Max locked memory";
	char text[4096];
	const char *line;
	uint64_t bytes;

	if (!fwd_doctor_read(doctor, text, sizeof(text), "/proc/self/limits"))
		return;
	line = strstr(text, name);
	if (line == NULL)
		return;
	line += sizeof(name) - 1;
	line += strspn(line, " ");
	if (strncmp(line, "unlimited", 9) == 0 || fwd_doctor_capable(doctor, CAP_IPC_LOCK)) {
		fwd_doctor_well(doctor, "locked memory", "as much as is wanted");
		return;
	}
	bytes = strtoull(line, NULL, 10);
	if (bytes < FWD_DOCTOR_BYTES)
		fwd_doctor_problem(doctor, "locked memory",
		                   "RLIMIT_MEMLOCK is %" PRIu64 " KiB, %" PRIu64
		                   " are wanted for DMA and for 4 KiB pages; ulimit -l unlimited, "
		                   "or memlock in /etc/security/limits.conf",
		                   bytes / 1024, FWD_DOCTOR_BYTES / 1024);
	else
		fwd_doctor_well(doctor, "locked memory", "up to %" PRIu64 " MiB", bytes / MIB);
}

/** Every page of a maze is a mapping. */
static void
check_maps(struct fwd_doctor *doctor)
{
	uint64_t maps;

	if (!fwd_doctor_number(doctor, &maps, "/proc/sys/vm/max_map_count"))
		return;
	if (maps < LEAST_MAPS)
		fwd_doctor_problem(doctor, "mappings",
		                   "vm.max_map_count is %" PRIu64 ", and every page of a maze is "
		                   "one; sysctl vm.max_map_count=65530",
		                   maps);
	else
		fwd_doctor_well(doctor, "mappings", "up to %" PRIu64, maps);
}

/** EAL keeps files in a hugetlbfs, unless it runs with --in-memory. */
static void
check_mounts(struct fwd_doctor *doctor)
{
	char mounts[16384], line[512], path[PATH_MAX], seen[256] = "";
	const char *rest = mounts;
	size_t len;

	if (!fwd_doctor_read(doctor, mounts, sizeof(mounts), "/proc/mounts"))
		return;
	for (; *rest != '\0'; rest += len + (rest[len] == '\n')) {
		char where[256], kind[64];

		len = strcspn(rest, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, rest);
		if (sscanf(line, "%*s %255s %63s", where, kind) != 2 ||
		    strcmp(kind, "hugetlbfs") != 0)
			continue;
		snprintf(path, sizeof(path), "%s%s", doctor->root, where);
		if (access(path, W_OK | X_OK) == 0) {
			fwd_doctor_well(doctor, "hugetlbfs",
			                "%s is mounted, and this user may write there", where);
			return;
		}
		snprintf(seen, sizeof(seen), "%s", where);
	}
	if (seen[0] != '\0')
		fwd_doctor_problem(doctor, "hugetlbfs",
		                   "this user may not write to %s; run with --in-memory, or as "
		                   "root: mount -t hugetlbfs -o uid=%u nodev DIRECTORY, and give "
		                   "EAL --huge-dir=DIRECTORY",
		                   seen, (unsigned int)getuid());
}

void
fwd_doctor_memory(struct fwd_doctor *doctor)
{
	if (check_huge(doctor) > 0)
		check_nodes(doctor);
	check_transparent(doctor);
	check_mounts(doctor);
	check_locked(doctor);
	check_maps(doctor);
}
