/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_DEVICES_H
#define LABYRINTH_DEVICES_H

/*
 * The devices that EAL knows, on all buses that can be asked.
 */

#include <stdbool.h>

#include <rte_dev.h>

#include "labyrinth_nics.h"

/*
 * Of one that is being plugged, EAL does not tell the driver; it is known here where
 * the kernel's driver tells it.
 */
struct labyrinth_device {
	struct rte_device *dev;
	struct labyrinth_nic_query query; /* bus, name, driver, arguments */
	const struct labyrinth_nic *nic;  /* what is known of its driver, or NULL */
	bool probed;
	bool vfio; /* it is behind the container that all such devices share */
};

/* Nonzero ends the walk. */
typedef int
labyrinth_device_fn(const struct labyrinth_device *device, void *arg);

/*
 * Call for each device, virtual ones too. Returns what the last call returned. Not
 * thread-safe beside a device that is being plugged or unplugged.
 */
int
labyrinth_devices_each(labyrinth_device_fn *call, void *arg);

/* Can there be devices that VFIO serves? */
bool
labyrinth_devices_vfio_there(void);

/* Is a device there that VFIO serves and this process has opened? */
bool
labyrinth_devices_vfio_open(void);

#endif /* LABYRINTH_DEVICES_H */
