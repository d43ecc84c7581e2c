/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>

#include "labyrinth_devices.h"
#include "labyrinth_kernel.h"
#include "labyrinth_maze.h"
#include "labyrinth_needs.h"

#define BITS_MAX 47
#define BITS_MIN 36
/* An Intel IOMMU's capability register tells its width in bits 16 to 21. */
#define INTEL_CAP "/sys/class/iommu/*/intel-iommu/cap"

static unsigned int
intel_bits(const char *path)
{
	unsigned int bits = (unsigned int)(labyrinth_kernel_number(path, 16, 0) >> 16 & 0x3f) + 1;

	return bits < BITS_MIN || bits > BITS_MAX ? BITS_MAX : bits;
}

/* Width of the narrowest IOMMU, in bits. */
static unsigned int
iommu_bits(void)
{
	unsigned int bits = BITS_MAX;
	glob_t found;
	size_t i;

	if (glob(INTEL_CAP, 0, NULL, &found) != 0)
		return bits;
	for (i = 0; i < found.gl_pathc; i++) {
		unsigned int one = intel_bits(found.gl_pathv[i]);

		if (one < bits)
			bits = one;
	}
	globfree(&found);
	return bits;
}

static void
say(char *to, size_t len, const struct labyrinth_device *device)
{
	const struct labyrinth_nic_query *query = &device->query;

	if (to[0] != '\0')
		return;
	/* The name of a virtual device tells its driver. */
	if (query->driver == NULL || strcmp(query->bus, "vdev") == 0)
		snprintf(to, len, "%s is there: %s", query->name, device->nic->why);
	else
		snprintf(to, len, "%s is there, driver %s: %s", query->name, query->driver,
		         device->nic->why);
}

static int
ask(const struct labyrinth_device *device, void *arg)
{
	const struct labyrinth_nic *nic = device->nic;
	bool pa = rte_eal_iova_mode() == RTE_IOVA_PA;
	struct labyrinth_needs *needs = arg;

	/* A virtual device may be on its way; of others many are not ours. */
	if (nic == NULL || (!device->probed && strcmp(device->query.bus, "vdev") != 0))
		return 0;
	if ((nic->traits & LABYRINTH_NIC_EAL) != 0 ||
	    (pa && (nic->traits & LABYRINTH_NIC_EAL_PA) != 0))
		say(needs->eal_why, sizeof(needs->eal_why), device);
	if ((nic->traits & LABYRINTH_NIC_LOOKUP) != 0) {
		say(needs->halls_why, sizeof(needs->halls_why), device);
		needs->halls = 1;
	}
	/* With physical IOVAs the width of virtual addresses does not matter. */
	if (!pa && nic->dma_bits != 0 && nic->dma_bits < needs->addr_bits)
		needs->addr_bits = nic->dma_bits;
	return 0;
}

void
labyrinth_needs_find(struct labyrinth_needs *needs)
{
	bool va = rte_eal_iova_mode() == RTE_IOVA_VA;

	*needs = (struct labyrinth_needs){.addr_bits = va ? iommu_bits() : BITS_MAX};
	/* Physically, the pages of a hall are no neighbours; without VFIO nobody counts. */
	if (va && labyrinth_devices_vfio_there())
		needs->halls = LABYRINTH_MAZE_HALLS_MAX;
	(void)labyrinth_devices_each(ask, needs);
}
