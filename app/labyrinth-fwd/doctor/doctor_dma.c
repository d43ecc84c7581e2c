/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <glob.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_common.h"

/* User space has 47 bits of addresses; fewer leave the window fewer places. */
#define WANTED_BITS 47u
/* An Intel IOMMU's capability register tells its width in bits 16 to 21. */
#define WIDTH(cap) ((unsigned int)((cap) >> 16 & 0x3f) + 1)

static size_t
count(const struct fwd_doctor *doctor, const char *pattern)
{
	char path[PATH_MAX];
	glob_t found;
	size_t nb = 0;

	snprintf(path, sizeof(path), "%s%s", doctor->root, pattern);
	if (glob(path, 0, NULL, &found) == 0)
		nb = found.gl_pathc;
	globfree(&found);
	return nb;
}

static void
check_iova(struct fwd_doctor *doctor)
{
	size_t groups = count(doctor, "/sys/kernel/iommu_groups/*");

	if (groups > 0)
		fwd_doctor_well(doctor, "IOVA",
		                "an IOMMU with %zu groups: addresses as virtual "
		                "(--iova-mode=va), for any user",
		                groups);
	else if (fwd_doctor_capable(doctor, CAP_SYS_ADMIN))
		fwd_doctor_well(doctor, "IOVA",
		                "no IOMMU: physical addresses (--iova-mode=pa), and this "
		                "user may ask for them");
	else
		fwd_doctor_problem(
			doctor, "IOVA",
			"no IOMMU, and this user may not ask for physical addresses, so "
			"no real device can be used; run as root (CAP_SYS_ADMIN), or boot "
			"with intel_iommu=on or amd_iommu=on");
}

static void
check_one(struct fwd_doctor *doctor, const char *path)
{
	char text[64];
	unsigned int bits;

	/* The pattern has put the root before the path. */
	if (!fwd_doctor_read(doctor, text, sizeof(text), "%s", path + strlen(doctor->root)))
		return;
	bits = WIDTH(strtoull(text, NULL, 16));
	if (bits < WANTED_BITS)
		fwd_doctor_problem(
			doctor, "IOMMU width",
			"%s: %u bits, so that mazes have %u fewer random bits and memory "
			"above them no device can reach; give EAL --iova-mode=pa, or a "
			"--base-virtaddr below 0x%llx; of a virtual IOMMU set aw-bits=48",
			path, bits, WANTED_BITS - bits, 1ULL << bits);
	else
		fwd_doctor_well(doctor, "IOMMU width", "%u bits", bits);
}

static void
check_width(struct fwd_doctor *doctor)
{
	char pattern[PATH_MAX];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/sys/class/iommu/*/intel-iommu/cap", doctor->root);
	if (glob(pattern, 0, NULL, &found) != 0) {
		fwd_doctor_well(doctor, "IOMMU width", "no IOMMU that tells a narrow one");
		globfree(&found);
		return;
	}
	for (i = 0; i < found.gl_pathc; i++)
		check_one(doctor, found.gl_pathv[i]);
	globfree(&found);
}

void
fwd_doctor_dma(struct fwd_doctor *doctor)
{
	check_iova(doctor);
	check_width(doctor);
}
