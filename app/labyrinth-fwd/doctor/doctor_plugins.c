/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mempool.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "doctor_common.h"

/** All of EAL's plugins and next to no memory, without a word. */
static int
choose_arguments(struct app_arguments *ours, const struct app_arguments *given)
{
	int i, ret;

	if (app_arguments_add(ours, "%s", app_name) != 0 ||
	    app_arguments_add(ours, "--no-pci") != 0 || app_arguments_add(ours, "--no-huge") != 0 ||
	    app_arguments_add(ours, "--no-shconf") != 0 ||
	    app_arguments_add(ours, "--no-telemetry") != 0 ||
	    app_arguments_add(ours, "--log-level=error") != 0 ||
	    app_arguments_add(ours, "--file-prefix=labyrinth-doctor-%d", (int)getpid()) != 0 ||
	    app_arguments_add(ours, "-m") != 0 || app_arguments_add(ours, "16") != 0)
		return -1;
	for (i = 1, ret = 0; i < given->eal_argc && ret == 0; i++) {
		if (strncmp(given->eal_argv[i], "-d", 2) != 0)
			continue;
		ret = app_arguments_add(ours, "%s", given->eal_argv[i]);
		if (ret == 0 && given->eal_argv[i][2] == '\0' && i + 1 < given->eal_argc)
			ret = app_arguments_add(ours, "%s", given->eal_argv[++i]);
	}
	return ret;
}

void
fwd_doctor_table(struct fwd_doctor *doctor)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	bool there = false;
	uint32_t i;

	for (i = 0; i < table->num_ops; i++)
		there |= strcmp(table->ops[i].name, RTE_LABYRINTH_OPS_NAME) == 0;
	if (!there)
		fwd_doctor_problem(doctor, "table of mempool ops",
		                   "labyrinth is not in it, and %u of %u places are taken; load "
		                   "fewer drivers: name those you need with -d",
		                   table->num_ops, RTE_MEMPOOL_MAX_OPS_IDX);
	else if (table->num_ops == RTE_MEMPOOL_MAX_OPS_IDX)
		fwd_doctor_problem(
			doctor, "table of mempool ops",
			"all %u places are taken, so a program that loads labyrinth last "
			"has none for it; name the drivers you need with -d instead of "
			"loading all",
			table->num_ops);
	else
		fwd_doctor_well(doctor, "table of mempool ops",
		                "%u of %u places taken, labyrinth's among them", table->num_ops,
		                RTE_MEMPOOL_MAX_OPS_IDX);
}

void
fwd_doctor_eal(struct fwd_doctor *doctor, const struct app_arguments *arguments)
{
	struct app_arguments ours = {0};

	if (choose_arguments(&ours, arguments) == 0 && app_arguments_start_eal(&ours) >= 0) {
		fwd_doctor_table(doctor);
		rte_eal_cleanup();
	} else {
		fwd_doctor_problem(
			doctor, "EAL",
			"does not start even without huge pages and devices: %s; its own "
			"lines say why",
			rte_strerror(rte_errno));
	}
	app_arguments_free(&ours);
}

/** EAL loads nothing from below a directory that everybody may write to. */
void
fwd_doctor_directory(struct fwd_doctor *doctor)
{
	char path[PATH_MAX], *dir;
	struct stat entry;
	Dl_info info;

	if (dladdr((void *)(uintptr_t)rte_labyrinth_is, &info) == 0 ||
	    realpath(info.dli_fname, path) == NULL)
		return;
	for (dir = dirname(path); strcmp(dir, "/") != 0 && strcmp(dir, ".") != 0;
	     dir = dirname(dir)) {
		if (stat(dir, &entry) == 0 && (entry.st_mode & S_IWOTH) != 0) {
			fwd_doctor_problem(
				doctor, "plugin",
				"%s lies below %s, which everybody may write to, so EAL's "
				"-d refuses it; install it (meson install), or chmod o-w %s",
				info.dli_fname, dir, dir);
			return;
		}
	}
	fwd_doctor_well(doctor, "plugin", "%s", info.dli_fname);
}
