/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <stdbool.h>
#include <string.h>

#include "labyrinth_nics.h"

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define VENDOR_XILINX 0x10ee

#define NO_EXTERNAL "it cannot use external memory"
#define ONE_PIECE   "it needs all buffers in one piece of memory"
#define LOOKS_UP    "it looks up a memory region for each packet"
#define FEW_REGIONS "it reaches two regions of memory at most"
#define FEW_BITS    "with older firmware it cuts addresses to 40 bits"

/* Virtual devices, by what their names begin with. */
static const struct labyrinth_nic virtual[] = {
	{.driver = "net_af_xdp", .why = ONE_PIECE, .traits = LABYRINTH_NIC_EAL},
	{.driver = "net_virtio_user", .why = NO_EXTERNAL, .traits = LABYRINTH_NIC_EAL},
	{.driver = "virtio_user", .why = NO_EXTERNAL, .traits = LABYRINTH_NIC_EAL},
	{.driver = "crypto_virtio_user", .why = NO_EXTERNAL, .traits = LABYRINTH_NIC_EAL},
	{.driver = "net_memif",
         .args = "zero-copy=yes",
         .why = NO_EXTERNAL,
         .traits = LABYRINTH_NIC_EAL},
};

/*
 * Devices of all other buses, by driver; the first that fits counts.
 *
 * net_mlx4 registers contiguous memory when it meets a buffer. mlx5 registers
 * each pool when it is ready, unless told not to; then it takes what was mapped
 * for DMA. net_nfp cuts addresses with older firmware, or before 23.03.
 */
static const struct labyrinth_nic real[] = {
	{.driver = "mlx5_pci",
         .args = "mr_mempool_reg_en=0",
         .why = LOOKS_UP,
         .traits = LABYRINTH_NIC_LOOKUP},
	{.driver = "mlx5_pci",
         .why = LOOKS_UP,
         .traits = LABYRINTH_NIC_LOOKUP | LABYRINTH_NIC_OWN_DMA},
	{.driver = "mlx5_auxiliary",
         .args = "mr_mempool_reg_en=0",
         .why = LOOKS_UP,
         .traits = LABYRINTH_NIC_LOOKUP},
	{.driver = "mlx5_auxiliary",
         .why = LOOKS_UP,
         .traits = LABYRINTH_NIC_LOOKUP | LABYRINTH_NIC_OWN_DMA},
	{.driver = "net_mlx4", .why = LOOKS_UP, .traits = LABYRINTH_NIC_LOOKUP},
	{.driver = "net_mana",
         .why = LOOKS_UP,
         .traits = LABYRINTH_NIC_LOOKUP | LABYRINTH_NIC_EAL_PA},
	{.driver = "net_thunderx", .why = ONE_PIECE, .traits = LABYRINTH_NIC_EAL},
	{.driver = "net_nbl", .why = NO_EXTERNAL, .traits = LABYRINTH_NIC_EAL},
	{.driver = "net_sfc_efx",
         .vendor = VENDOR_XILINX,
         .why = FEW_REGIONS,
         .traits = LABYRINTH_NIC_EAL},
	{.driver = "net_nfp_pf", .why = FEW_BITS, .dma_bits = 40},
	{.driver = "net_nfp_vf", .why = FEW_BITS, .dma_bits = 40},
};

/* Among arguments separated by commas, as a whole. */
static bool
has_args(const char *all, const char *wanted)
{
	size_t len = strlen(wanted);
	const char *at;

	for (at = all; at != NULL && *at != '\0'; at += at[0] == ',') {
		size_t one = strcspn(at, ",");

		if (one == len && strncmp(at, wanted, len) == 0)
			return true;
		at += one;
	}
	return false;
}

static bool
fits(const struct labyrinth_nic *nic, const struct labyrinth_nic_query *query)
{
	return (nic->args == NULL || has_args(query->args, nic->args)) &&
	       (nic->vendor == 0 || nic->vendor == query->vendor);
}

const struct labyrinth_nic *
labyrinth_nic_find(const struct labyrinth_nic_query *query)
{
	size_t i;

	if (strcmp(query->bus, "vdev") == 0) {
		for (i = 0; i < COUNT(virtual); i++) {
			if (strncmp(query->name, virtual[i].driver, strlen(virtual[i].driver)) ==
			            0 &&
			    fits(&virtual[i], query))
				return &virtual[i];
		}
		return NULL;
	}
	for (i = 0; query->driver != NULL && i < COUNT(real); i++) {
		if (strcmp(query->driver, real[i].driver) == 0 && fits(&real[i], query))
			return &real[i];
	}
	return NULL;
}
