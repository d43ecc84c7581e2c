/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_common.h"

#define MIB (UINT64_C(1) << 20)
#define TOP "/sys/fs/cgroup"
/* What the program needs beside huge pages. */
#define LEAST_MEMORY (256 * MIB)
#define PATH_LEN     512

/** One limit: its file in version 1 and in version 2 of control groups. */
struct limit {
	const char *what;
	const char *controller;
	const char *file1;
	const char *file2;
	uint64_t least;
};

static const struct limit limits[] = {
	{"control group, huge pages", "hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max",
         FWD_DOCTOR_BYTES},
	{"control group, memory", "memory", "memory.limit_in_bytes", "memory.max", LEAST_MEMORY},
};

/** Does this list of controllers, separated by commas, hold that one? */
static bool
lists(const char *list, size_t len, const char *controller)
{
	size_t one, wanted = strlen(controller);

	for (; len > 0; list += one, len -= one) {
		one = strcspn(list, ",:");
		if (one == wanted && strncmp(list, controller, wanted) == 0)
			return true;
		one = one < len ? one + 1 : len;
	}
	return false;
}

/**
 * Find the group of this process, from lines such as 4:memory:/user or 0::/user.
 *
 * @return
 *   Its version, 1 or 2, or 0 when there is none.
 */
static int
find_group(const struct fwd_doctor *doctor, const char *controller, char *path)
{
	char text[8192], *line, *next, *colon, *group;
	int version = 0;

	if (!fwd_doctor_read(doctor, text, sizeof(text), "/proc/self/cgroup"))
		return 0;
	for (line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		colon = strchr(line, ':');
		group = colon != NULL ? strchr(colon + 1, ':') : NULL;
		if (group == NULL)
			continue;
		if (lists(colon + 1, (size_t)(group - colon - 1), controller)) {
			snprintf(path, PATH_LEN, "%s", group + 1);
			return 1;
		}
		if (group == colon + 1) {
			snprintf(path, PATH_LEN, "%s", group + 1);
			version = 2;
		}
	}
	return version;
}

/** A group is limited by those above it too; in a container some are out of sight. */
static void
check(struct fwd_doctor *doctor, const struct limit *limit)
{
	char group[PATH_LEN], file[PATH_LEN + 128], *slash;
	int version = find_group(doctor, limit->controller, group);
	bool two = version == 2;
	uint64_t bytes;

	if (version == 0)
		return;
	for (;;) {
		snprintf(file, sizeof(file), TOP "%s%s%s/%s", two ? "" : "/",
		         two ? "" : limit->controller, strcmp(group, "/") == 0 ? "" : group,
		         two ? limit->file2 : limit->file1);
		if (fwd_doctor_number(doctor, &bytes, "%s", file) && bytes < limit->least) {
			fwd_doctor_problem(doctor, limit->what,
			                   "%s allows %" PRIu64 " MiB, %" PRIu64
			                   " are wanted; echo %s >%s (or the setting of your "
			                   "container or service for it)",
			                   file, bytes / MIB, limit->least / MIB,
			                   two ? "max" : "-1", file);
			return;
		}
		slash = strrchr(group, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	fwd_doctor_well(doctor, limit->what, "no limit that matters");
}

void
fwd_doctor_cgroup(struct fwd_doctor *doctor)
{
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		check(doctor, &limits[i]);
}
