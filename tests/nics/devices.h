/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef NICS_DEVICES_H
#define NICS_DEVICES_H

/*
 * Devices that are none: EAL's functions that the driver asks about devices are
 * defined here and stand in front of the real ones.
 */

#include <stdbool.h>

struct nics_device {
	const char *name;
	const char *bus;
	const char *driver; /* NULL: none */
	const char *args;   /* NULL: none */
	bool maps;          /* its driver maps memory for DMA */
	bool early;         /* the bus does not count it as probed yet */
};

/* There are these devices from now on, and no mapping is counted yet. */
void
nics_devices_set(const struct nics_device *devices, unsigned int n);

/* Pieces of memory that all these devices together have mapped at this moment. */
unsigned int
nics_devices_mapped(void);

/* Calls that asked one of them to map, whatever came of it. */
unsigned int
nics_devices_asked(void);

/* VFIO is in the kernel, and a device of it is open in this process, or not. */
void
nics_vfio_set(bool there, bool open);

/* Pieces of memory mapped in VFIO's container at this moment. */
unsigned int
nics_vfio_mapped(void);

#endif /* NICS_DEVICES_H */
