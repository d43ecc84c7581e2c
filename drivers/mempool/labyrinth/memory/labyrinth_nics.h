/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_NICS_H
#define LABYRINTH_NICS_H

/*
 * What drivers of devices ask of a pool's memory: a table, read from their source.
 * Knows no device that is there; see labyrinth_needs.h for that.
 */

#include <stdint.h>

/* Cannot use external memory: backing=auto takes EAL's. */
#define LABYRINTH_NIC_EAL (1u << 0)
/* The same, with physical IOVAs only. */
#define LABYRINTH_NIC_EAL_PA (1u << 1)
/* Looks up the memory region of each packet: the fewer regions, the faster. */
#define LABYRINTH_NIC_LOOKUP (1u << 2)
/* Registers the memory of every pool with its device by itself. */
#define LABYRINTH_NIC_OWN_DMA (1u << 3)

struct labyrinth_nic {
	const char *driver; /* of a virtual device: what its name begins with */
	const char *args;   /* only with these devargs, or NULL */
	const char *why;    /* what it does, for a log line: NULL if there is nothing to say */
	uint16_t vendor;    /* only this PCI vendor, or 0 */
	uint8_t dma_bits;   /* width of its DMA addresses, 0: as wide as ours */
	uint8_t traits;     /* LABYRINTH_NIC_* */
};

/* A device as the table is asked for it. */
struct labyrinth_nic_query {
	const char *bus;
	const char *name;
	const char *driver; /* NULL: has none */
	const char *args;   /* its devargs, or NULL */
	uint16_t vendor;    /* of a PCI device, or 0 */
};

/* What is known of a device's driver. NULL: it takes any memory. Thread-safe. */
const struct labyrinth_nic *
labyrinth_nic_find(const struct labyrinth_nic_query *query);

#endif /* LABYRINTH_NICS_H */
