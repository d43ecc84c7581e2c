/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* What is known of drivers: each name is treated as the table in docs/nics.md says, and told so. */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "harness.h"
#include "labyrinth_nics.h"
#include "rte_mempool_labyrinth.h"

#define EAL    LABYRINTH_NIC_EAL
#define EAL_PA LABYRINTH_NIC_EAL_PA
#define LOOKUP LABYRINTH_NIC_LOOKUP
#define OWN    LABYRINTH_NIC_OWN_DMA
#define COUNT  (sizeof(cases) / sizeof(cases[0]))

static const struct {
	struct labyrinth_nic_query query;
	unsigned int traits;
	unsigned int bits;
} cases[] = {
	{{"pci", "0000:01:00.0", "mlx5_pci", NULL, 0x15b3}, LOOKUP | OWN, 0},
	{{"pci", "0000:01:00.0", "mlx5_pci", "", 0x15b3}, LOOKUP | OWN, 0},
	{{"pci", "0000:01:00.0", "mlx5_pci", "mr_mempool_reg_en=1", 0x15b3}, LOOKUP | OWN, 0},
	{{"pci", "0000:01:00.0", "mlx5_pci", "mr_mempool_reg_en=0", 0x15b3}, LOOKUP, 0},
	{{"pci", "0000:01:00.0", "mlx5_pci", "mr_mempool_reg_en=0,mprq_en=1", 0x15b3}, LOOKUP, 0},
	{{"pci", "0000:01:00.0", "mlx5_pci", "xmr_mempool_reg_en=0", 0x15b3}, LOOKUP | OWN, 0},
	{{"pci", "0000:01:00.0", "mlx5_pci", "mr_mempool_reg_en=01", 0x15b3}, LOOKUP | OWN, 0},
	{{"auxiliary", "mlx5_core.sf.2", "mlx5_auxiliary", NULL, 0}, LOOKUP | OWN, 0},
	{{"auxiliary", "mlx5_core.sf.2", "mlx5_auxiliary", "mr_mempool_reg_en=0", 0}, LOOKUP, 0},
	{{"pci", "0000:01:00.0", "net_mlx4", NULL, 0x15b3}, LOOKUP, 0},
	{{"pci", "7870:00:00.0", "net_mana", NULL, 0x1414}, LOOKUP | EAL_PA, 0},
	{{"pci", "0000:01:00.0", "net_thunderx", NULL, 0x177d}, EAL, 0},
	{{"pci", "0000:01:00.0", "net_nbl", NULL, 0x1f0f}, EAL, 0},
	/* EF100 has Xilinx's number, those before it their own. */
	{{"pci", "0000:01:00.0", "net_sfc_efx", NULL, 0x10ee}, EAL, 0},
	{{"pci", "0000:01:00.0", "net_sfc_efx", NULL, 0x1924}, 0, 0},
	{{"pci", "0000:01:00.0", "net_nfp_pf", NULL, 0x19ee}, 0, 40},
	{{"pci", "0000:01:00.0", "net_nfp_vf", NULL, 0x19ee}, 0, 40},
	{{"vdev", "net_af_xdp0", "net_af_xdp", NULL, 0}, EAL, 0},
	{{"vdev", "net_virtio_user3", NULL, NULL, 0}, EAL, 0},
	{{"vdev", "virtio_user0", "net_virtio_user", NULL, 0}, EAL, 0},
	{{"vdev", "crypto_virtio_user0", "crypto_virtio_user", NULL, 0}, EAL, 0},
	{{"vdev", "net_memif0", "net_memif", "id=1,zero-copy=yes", 0}, EAL, 0},
	{{"vdev", "net_memif0", "net_memif", "zero-copy=no", 0}, 0, 0},
	{{"vdev", "net_memif0", "net_memif", NULL, 0}, 0, 0},
	{{"vdev", "net_null0", "net_null", NULL, 0}, 0, 0},
	/* A name alone makes no driver: virtual devices and others have tables of their own. */
	{{"vdev", "mlx5_pci0", "mlx5_pci", NULL, 0}, 0, 0},
	{{"pci", "net_af_xdp0", "net_ice", NULL, 0x8086}, 0, 0},
	{{"pci", "0000:01:00.0", "net_ice", NULL, 0x8086}, 0, 0},
	{{"pci", "0000:01:00.0", "net_i40e", NULL, 0x8086}, 0, 0},
	{{"pci", "0000:01:00.0", "net_bnxt", NULL, 0x14e4}, 0, 0},
	{{"pci", "0000:01:00.0", "net_ena", NULL, 0x1d0f}, 0, 0},
	{{"pci", "0000:01:00.0", "net_vmxnet3", NULL, 0x15ad}, 0, 0},
	{{"pci", "0000:01:00.0", "net_virtio", NULL, 0x1af4}, 0, 0},
	{{"pci", "0000:01:00.0", "crypto_virtio", NULL, 0x1af4}, 0, 0},
	{{"vmbus", "device", "net_netvsc", NULL, 0}, 0, 0},
	{{"pci", "0000:01:00.0", NULL, NULL, 0x15b3}, 0, 0},
};

/* What programs are told is what pools do. */
static void
told(const struct labyrinth_nic_query *query, unsigned int traits, unsigned int bits)
{
	const struct rte_labyrinth_nic nic = {query->bus, query->name, query->driver, query->args,
	                                      query->vendor};
	struct rte_labyrinth_nic_needs needs;
	int ret = rte_labyrinth_nic_needs_get(&nic, &needs);

	check(ret == 0 && needs.eal == ((traits & EAL) != 0) &&
	              needs.eal_pa == ((traits & EAL_PA) != 0) &&
	              needs.own_dma == ((traits & OWN) != 0) &&
	              needs.halls == ((traits & LOOKUP) != 0 ? 1 : 0) && needs.addr_bits == bits,
	      "%s: programs are told the same", query->name);
	/* Whatever changes a pool is explained. */
	check((needs.why != NULL) == (traits != 0 || bits != 0), "%s: and why", query->name);
}

static void
misused(void)
{
	const struct rte_labyrinth_nic nic = {.bus = "pci", .name = "0000:01:00.0"};
	const struct rte_labyrinth_nic nameless = {.bus = "pci"}, busless = {.name = "x"};
	struct rte_labyrinth_nic_needs needs;

	check(rte_labyrinth_nic_needs_get(NULL, &needs) == -EINVAL, "no device: EINVAL");
	check(rte_labyrinth_nic_needs_get(&nic, NULL) == -EINVAL, "told into nothing: EINVAL");
	check(rte_labyrinth_nic_needs_get(&nameless, &needs) == -EINVAL, "no name: EINVAL");
	check(rte_labyrinth_nic_needs_get(&busless, &needs) == -EINVAL, "no bus: EINVAL");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT; i++) {
		const struct labyrinth_nic *nic = labyrinth_nic_find(&cases[i].query);
		unsigned int traits = nic == NULL ? 0 : nic->traits;
		unsigned int bits = nic == NULL ? 0 : nic->dma_bits;
		const char *driver = cases[i].query.driver;

		check(traits == cases[i].traits && bits == cases[i].bits,
		      "%s, %s (%s): traits %#x, %u bits", cases[i].query.bus,
		      driver == NULL ? cases[i].query.name : driver,
		      cases[i].query.args == NULL ? "" : cases[i].query.args, traits, bits);
		told(&cases[i].query, traits, bits);
	}
	misused();
	return finish();
}
