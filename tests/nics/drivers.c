/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "devices.h"
#include "harness.h"
#include "nics.h"
#include "pools.h"
#include "regions.h"
#include "rte_mempool_labyrinth.h"

/* Some pages, more than there are halls in one of the cases. */
#define MBUFS    9000
#define PAGES    11
#define LOG_MOST 4096

enum expected {
	EAL,      /* EAL's memory */
	EAL_PA,   /* only with physical IOVAs; else as ONE */
	ONE,      /* a maze of one hall */
	ORDINARY, /* a maze as without the device */
};

/* How often a driver is asked to map for DMA. */
enum mapped {
	NEVER,
	PIECES, /* each piece of the maze, and all are mapped */
	REFUSES /* once, and it says that it does not */
};

static const struct {
	struct nics_device device;
	enum expected expected;
	enum mapped mapped;
} drivers[] = {
	{{"0000:01:00.0", "pci", "mlx5_pci", NULL, NICS_MAPS}, ONE, NEVER},
	{{"0000:01:00.0", "pci", "mlx5_pci", "mr_mempool_reg_en=1", NICS_MAPS}, ONE, NEVER},
	{{"0000:01:00.0", "pci", "mlx5_pci", "mprq_en=1,mr_mempool_reg_en=0", NICS_MAPS},
         ONE,
         PIECES},
	{{"mlx5_core.sf.2", "auxiliary", "mlx5_auxiliary", NULL, NICS_MAPS}, ONE, NEVER},
	{{"mlx5_core.sf.2", "auxiliary", "mlx5_auxiliary", "mr_mempool_reg_en=0", NICS_MAPS},
         ONE,
         PIECES},
	{{"0000:02:00.0", "pci", "net_mlx4", NULL, 0}, ONE, REFUSES},
	{{"7870:00:00.0", "pci", "net_mana", NULL, 0}, EAL_PA, REFUSES},
	{{"0000:03:00.0", "pci", "net_thunderx", NULL, 0}, EAL, NEVER},
	{{"0000:04:00.0", "pci", "net_nbl", NULL, 0}, EAL, NEVER},
	{{"crypto_virtio_user0", "vdev", "crypto_virtio_user", NULL, 0}, EAL, NEVER},
	{{"net_af_xdp0", "vdev", "net_af_xdp", NULL, 0}, EAL, NEVER},
	{{"net_memif0", "vdev", "net_memif", "role=client,zero-copy=yes", 0}, EAL, NEVER},
	{{"net_memif0", "vdev", "net_memif", "role=client,zero-copy=no", 0}, ORDINARY, NEVER},
	{{"0000:05:00.0", "pci", "net_nfp_pf", NULL, 0}, ORDINARY, REFUSES},
	{{"0000:06:00.0", "pci", "net_ice", NULL, NICS_MAPS}, ORDINARY, PIECES},
	{{"0000:07:00.0", "pci", "net_sfc_efx", NULL, NICS_MAPS}, ORDINARY, PIECES},
	{{"a000.dma", "platform", "dma_some", NULL, NICS_MAPS}, ORDINARY, PIECES},
	{{"cdx-00:01", "cdx", "dma_other", NULL, NICS_MAPS}, ORDINARY, PIECES},
	/* Unused by this program, or on its way. */
	{{"0000:01:00.0", "pci", NULL, NULL, NICS_EARLY}, ORDINARY, NEVER},
};

static bool
is_pa(void)
{
	return rte_eal_iova_mode() == RTE_IOVA_PA;
}

static bool
backing_fits(enum expected expected, const struct rte_mempool *mp, unsigned int ranges)
{
	struct rte_labyrinth_info info;

	if (rte_labyrinth_info_get(mp, &info) != 0)
		return false;
	if (expected == EAL || (expected == EAL_PA && is_pa()))
		return info.backing == RTE_LABYRINTH_BACKING_EAL;
	return info.backing == RTE_LABYRINTH_BACKING_MAZE &&
	       (expected == ORDINARY ? ranges > 1 : ranges == 1);
}

static void
driver(unsigned int i)
{
	const struct nics_device *device = &drivers[i].device;
	struct pool_spec spec = {.name = "driven", .n = MBUFS, .config = "backing=auto"};
	bool eal = drivers[i].expected == EAL || (drivers[i].expected == EAL_PA && is_pa());
	unsigned int pieces = is_pa() || drivers[i].expected == ORDINARY ? PAGES : 1;
	unsigned int wanted = drivers[i].mapped == PIECES ? pieces : 0;
	unsigned int asked = drivers[i].mapped == REFUSES && !eal ? 1 : wanted;
	unsigned int mapped;
	unsigned int ranges;
	unsigned int walls;
	struct rte_mempool *mp;
	char text[LOG_MOST];
	const char *line;
	const char *name = device->driver == NULL ? "no driver" : device->driver;

	nics_devices_set(device, 1);
	log_clear();
	mp = pool_must(&spec);
	log_read(text, sizeof(text));
	line = strstr(text, "backing=");
	line = line == NULL ? "no line" : line;
	ranges = nics_ranges_of_eal(mp, &walls);
	mapped = nics_devices_mapped();
	check(backing_fits(drivers[i].expected, mp, ranges), "%s %s: %.*s", name,
	      device->args == NULL ? "" : device->args, (int)strcspn(line, "\n"), line);
	check(mapped == wanted && nics_devices_asked() == asked,
	      "%s: %u pieces are mapped for DMA after %u calls", name, mapped,
	      nics_devices_asked());
	if (drivers[i].expected != ORDINARY)
		check(strstr(text, device->name) != NULL, "%s: the line names the device", name);
	rte_mempool_free(mp);
	check(nics_devices_mapped() == 0, "%s: nothing stays mapped", name);
}

/* As nfp: what lies above 40 bits is cut off. */
static void
narrow(void)
{
	static const struct nics_device nfp = {
		.name = "0000:05:00.0", .bus = "pci", .driver = "net_nfp_vf"};
	struct pool_spec spec = {.name = "narrow", .n = MBUFS, .config = "backing=maze"};
	unsigned int beyond = 0;
	unsigned int i;

	if (is_pa()) {
		skip("as nfp", "with physical IOVAs the window's place does not matter");
		return;
	}
	nics_devices_set(&nfp, 1);
	/* Without the driver's knowledge one of 64 would be below by chance. */
	for (i = 0; i < 20; i++) {
		struct rte_mempool *mp = pool_must(&spec);

		beyond += nics_iovas_beyond(mp, 40);
		if (eal_huge() && rte_mem_check_dma_mask(40) != 0)
			beyond++;
		rte_mempool_free(mp);
	}
	check(beyond == 0, "as nfp: %u buffers of 20 pools lie beyond 40 bits", beyond);
}

/* Said once for all pools, so this comes first. */
static void
said_once(void)
{
	static const struct nics_device two[] = {
		{.name = "0000:11:00.0", .bus = "pci", .driver = "net_one"},
		{.name = "a100.net", .bus = "platform", .driver = "net_two"},
	};
	struct pool_spec spec = {.name = "said", .config = "backing=maze"};
	char text[LOG_MOST];
	unsigned int i;

	nics_devices_set(two, 2);
	for (i = 0; i < 2; i++) {
		bool named;

		log_clear();
		rte_mempool_free(pool_must(&spec));
		log_read(text, sizeof(text));
		named = strstr(text, "0000:11:00.0, a100.net") != NULL;
		check(named == (i == 0), "devices that do not map are named %s",
		      i == 0 ? "with the first pool" : "once only");
	}
}

void
nics_drivers(void)
{
	unsigned int i;

	said_once();
	for (i = 0; i < RTE_DIM(drivers); i++)
		driver(i);
	narrow();
	nics_devices_set(NULL, 0);
}
