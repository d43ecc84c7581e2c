/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_DOCTOR_NICS_H
#define FWD_DOCTOR_NICS_H

/**
 * @file
 * NICs: which driver of DPDK takes them, and what pools do for it.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_mempool_labyrinth.h>

/** A PCI device, as sysfs tells of it. */
struct fwd_nic {
	const char *name; /**< 0000:01:00.0; the caller's */
	uint16_t vendor;
	uint16_t device;
	uint16_t subsystem_vendor;
	uint16_t subsystem_device;
	char kernel[32]; /**< driver in the kernel; empty: none */
	char driver[64]; /**< DPDK's; empty: none of those loaded takes it */
};

/**
 * Find the drivers that would take these devices, without touching the devices: the files
 * of drivers name their PCI ids. Only files that this process has loaded are looked at.
 */
void
fwd_nics_find_drivers(struct fwd_nic *nics, size_t nb);

/** Put in words what backing=auto and halls=auto do for a device, and why. */
void
fwd_nics_describe(const struct rte_labyrinth_nic *nic, char *text, size_t size);

#endif /* FWD_DOCTOR_NICS_H */
