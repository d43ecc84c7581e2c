/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_memory.h>
#include <rte_version.h>

#include "app_build.h"
#include "doctor_common.h"
#include "kit_machine.h"

#define HUGE_PAGES "/sys/kernel/mm/hugepages/"
#define NODES      "/sys/devices/system/node/online"

static int
count_list(const struct rte_memseg_list *list, void *arg)
{
	unsigned int *nb = arg;

	(void)list;
	(*nb)++;
	return 0;
}

static int
collect_page(const struct rte_memseg_list *list, void *arg)
{
	uint64_t *sizes = arg;

	/* Page sizes are powers of 2: they serve as a mask. */
	if (!list->external && list->memseg_arr.count > 0)
		*sizes |= list->page_sz;
	return 0;
}

static void
print_software(struct fwd_kit_text *text)
{
	const char *options = getenv("LABYRINTH_OPTIONS");
	const enum rte_iova_mode mode = rte_eal_iova_mode();
	unsigned int lists = 0, bit;
	uint64_t sizes = 0;

	rte_memseg_list_walk(count_list, &lists);
	rte_memseg_list_walk(collect_page, &sizes);
	fwd_kit_print(text, "\n[software]\nlabyrinth: %s\nDPDK: %s\n", APP_VERSION, rte_version());
	fwd_kit_print(text, "IOVA mode: %s\n",
	              mode == RTE_IOVA_VA   ? "VA"
	              : mode == RTE_IOVA_PA ? "PA"
	                                    : "none");
	fwd_kit_print(text, "EAL's pages:");
	for (bit = 0; bit < 64; bit++)
		if ((sizes >> bit & 1) != 0)
			fwd_kit_print(text, " %" PRIu64 " kB", (UINT64_C(1) << bit) / 1024);
	fwd_kit_print(text, "\nmemory segment lists: %u of %u\nlcores: %u\nTSC: %" PRIu64 " Hz\n",
	              lists, RTE_MAX_MEMSEG_LISTS, rte_lcore_count(), rte_get_tsc_hz());
	fwd_kit_print(text, "LABYRINTH_OPTIONS: %s\n", options != NULL ? options : "none");
}

static void
print_cpu(struct fwd_kit_text *text, const struct fwd_doctor *machine)
{
	char info[4096];
	const char *name = NULL;

	if (fwd_doctor_read(machine, info, sizeof(info), "/proc/cpuinfo"))
		name = strstr(info, "\nmodel name");
	if (name != NULL)
		name = strchr(name, ':');
	if (name != NULL)
		fwd_kit_print(text, "CPU: %.*s\n", (int)strcspn(name + 2, "\n"), name + 2);
	else
		fwd_kit_print(text, "CPU: unknown\n");
}

static void
print_huge_pages(struct fwd_kit_text *text, const struct fwd_doctor *machine)
{
	char pattern[PATH_MAX];
	uint64_t total, unused;
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s" HUGE_PAGES "hugepages-*kB", machine->root);
	if (glob(pattern, 0, NULL, &found) != 0) {
		fwd_kit_print(text, "huge pages: none\n");
		globfree(&found);
		return;
	}
	for (i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i] + strlen(machine->root);

		if (fwd_doctor_number(machine, &total, "%s/nr_hugepages", path) &&
		    fwd_doctor_number(machine, &unused, "%s/free_hugepages", path))
			fwd_kit_print(text,
			              "huge pages of %s: %" PRIu64 ", of which %" PRIu64
			              " are free\n",
			              strrchr(path, '-') + 1, total, unused);
	}
	globfree(&found);
}

void
fwd_kit_machine_print(struct fwd_kit_text *text, const char *root)
{
	const struct fwd_doctor machine = {.root = root};
	struct utsname kernel;
	char nodes[64];

	print_software(text);
	fwd_kit_print(text, "\n[machine]\n");
	/* Not its nodename, which is the host's. */
	if (uname(&kernel) == 0)
		fwd_kit_print(text, "kernel: %s %s %s\n", kernel.sysname, kernel.release,
		              kernel.machine);
	print_cpu(text, &machine);
	fwd_kit_print(text, "CPUs: %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	if (fwd_doctor_read(&machine, nodes, sizeof(nodes), NODES))
		fwd_kit_print(text, "NUMA nodes online: %s\n", nodes);
	print_huge_pages(text, &machine);
}
