/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "app_memory.h"
#include "app_message.h"

#define MIB (UINT64_C(1) << 20)

bool
app_memory_huge(uint64_t bytes)
{
	int fd = memfd_create(app_name, MFD_CLOEXEC | MFD_HUGETLB);
	void *map = MAP_FAILED;
	struct stat file;

	if (fd < 0)
		return false;
	if (fstat(fd, &file) == 0) {
		bytes = RTE_ALIGN_CEIL(bytes, (uint64_t)file.st_blksize);
		/* Mapping reserves: it fails here and not when EAL touches the pages. */
		if (ftruncate(fd, (off_t)bytes) == 0)
			map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	close(fd);
	if (map == MAP_FAILED)
		return false;
	munmap(map, bytes);
	return true;
}

static uint64_t
memory_of_machine(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

int
app_memory_add(struct app_arguments *arguments, uint64_t huge, uint64_t small, const char *smaller)
{
	if (app_memory_huge(huge))
		return app_arguments_add(arguments, "--in-memory");
	if (small > memory_of_machine()) {
		app_error("%" PRIu64 " MiB of memory needed, but the machine has %" PRIu64
		          "; give a smaller %s",
		          small / MIB, memory_of_machine() / MIB, smaller);
		return -1;
	}
	app_notice("fewer than %" PRIu64 " huge pages of 2 MiB free: going on with --no-huge, "
	           "slower (echo %" PRIu64 " >/proc/sys/vm/nr_hugepages)",
	           huge / (2 * MIB), huge / (2 * MIB));
	/* EAL does not take --no-huge and --in-memory together. */
	if (app_arguments_add(arguments, "--no-huge") != 0 ||
	    app_arguments_add(arguments, "--no-shconf") != 0 ||
	    app_arguments_add(arguments, "-m") != 0)
		return -1;
	return app_arguments_add(arguments, "%" PRIu64, small / MIB);
}
