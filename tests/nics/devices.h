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

/* Its driver maps memory for DMA. */
#define NICS_MAPS (1u << 0)
/* The bus does not count it as probed yet. */
#define NICS_EARLY (1u << 1)
/* It has a port. */
#define NICS_PORT (1u << 2)
/* VFIO serves it, and maps for it and all others that it serves. */
#define NICS_VFIO (1u << 3)

struct nics_device {
	const char *name;
	const char *bus;
	const char *driver; /* NULL: none */
	const char *args;   /* NULL: none */
	unsigned int is;    /* NICS_* */
};

/* There are these devices from now on, and no mapping is counted yet. */
void
nics_devices_set(const struct nics_device *devices, unsigned int n);

/* Pieces of memory that these devices, but those of VFIO, have mapped at this moment. */
unsigned int
nics_devices_mapped(void);

/* Calls that asked one of them to map, whatever came of it. */
unsigned int
nics_devices_asked(void);

/* VFIO is in the kernel, and a device of it is open in this process, or not. */
void
nics_vfio_set(bool there, bool open);

/* Pieces of memory that EAL has mapped for all devices of VFIO, or would for the next one. */
unsigned int
nics_vfio_mapped(void);

/* ethdev tells that a port is about to appear. */
void
nics_port_new(void);

#endif /* NICS_DEVICES_H */
