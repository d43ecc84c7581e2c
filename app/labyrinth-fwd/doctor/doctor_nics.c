/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app_parse.h"
#include "doctor_common.h"
#include "doctor_nics.h"

#define DEVICES "/sys/bus/pci/devices/"
/* The base class of a PCI device, in the highest byte of three. */
#define CLASS(class)  ((class) >> 16)
#define CLASS_NETWORK 2

void
fwd_nics_describe(const struct rte_labyrinth_nic *nic, char *text, size_t size)
{
	struct rte_labyrinth_nic_needs needs;
	char below[32] = "";

	if (rte_labyrinth_nic_needs_get(nic, &needs) != 0)
		needs = (struct rte_labyrinth_nic_needs){0};
	if (needs.addr_bits != 0)
		snprintf(below, sizeof(below), " below 2^%u", needs.addr_bits);
	if (needs.eal)
		snprintf(text, size, "backing=auto takes EAL's memory: %s", needs.why);
	else
		snprintf(text, size, "backing=auto takes a maze%s, halls=auto %s%s%s%s", below,
		         needs.halls == 1 ? "one hall"
		                          : "a hall for each page, 64 at most behind VFIO",
		         needs.why != NULL ? ": " : "", needs.why != NULL ? needs.why : "",
		         needs.eal_pa ? "; with --iova-mode=pa EAL's memory" : "");
}

static uint64_t
number(const struct fwd_doctor *doctor, const char *device, const char *file)
{
	uint64_t value;

	return fwd_doctor_number(doctor, &value, DEVICES "%s/%s", device, file) ? value : 0;
}

static void
find_kernel_driver(const struct fwd_doctor *doctor, struct fwd_nic *nic)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "%s" DEVICES "%s/driver", doctor->root, nic->name);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		return;
	link[len] = '\0';
	snprintf(nic->kernel, sizeof(nic->kernel), "%s", basename(link));
}

static void
tell(const struct fwd_doctor *doctor, const struct fwd_nic *nic)
{
	const struct rte_labyrinth_nic device = {
		.bus = "pci",
		.name = nic->name,
		.driver = nic->driver,
		.vendor = nic->vendor,
	};
	char words[256] = "no driver that EAL loads here takes it";
	char driver[128] = "";

	if (nic->driver[0] != '\0') {
		fwd_nics_describe(&device, words, sizeof(words));
		snprintf(driver, sizeof(driver), ", driver %s", nic->driver);
	}
	fwd_doctor_well(doctor, "NIC", "%s (%04x:%04x, kernel driver %s)%s: %s", nic->name,
	                nic->vendor, nic->device, nic->kernel[0] != '\0' ? nic->kernel : "none",
	                driver, words);
}

void
fwd_doctor_nics(const struct fwd_doctor *doctor)
{
	char pattern[PATH_MAX];
	struct fwd_nic *nics = NULL;
	size_t nb = 0, i;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s" DEVICES "*", doctor->root);
	if (glob(pattern, 0, NULL, &found) == 0)
		nics = calloc(found.gl_pathc, sizeof(*nics));
	for (i = 0; nics != NULL && i < found.gl_pathc; i++) {
		struct fwd_nic *nic = &nics[nb];

		nic->name = basename(found.gl_pathv[i]);
		if (CLASS(number(doctor, nic->name, "class")) != CLASS_NETWORK)
			continue;
		nic->vendor = (uint16_t)number(doctor, nic->name, "vendor");
		nic->device = (uint16_t)number(doctor, nic->name, "device");
		nic->subsystem_vendor = (uint16_t)number(doctor, nic->name, "subsystem_vendor");
		nic->subsystem_device = (uint16_t)number(doctor, nic->name, "subsystem_device");
		find_kernel_driver(doctor, nic);
		nb++;
	}
	fwd_nics_find_drivers(nics, nb);
	for (i = 0; i < nb; i++)
		tell(doctor, &nics[i]);
	if (nb == 0)
		fwd_doctor_well(doctor, "NIC", "no network device on the PCI bus");
	free(nics);
	globfree(&found);
}
