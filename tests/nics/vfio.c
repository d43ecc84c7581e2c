/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Devices that come and go, most of them behind VFIO. */

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_memory.h>

#include "devices.h"
#include "harness.h"
#include "nics.h"
#include "pools.h"

/* Some pages. */
#define MBUFS    9000
#define PAGES    11
#define HALLS    3
#define LOG_MOST 4096
/* A device of VFIO that is no port is found within 20 ms. */
#define PATIENCE_US 1000
#define PATIENCES   2000

#define VFIO_NIC(address, traits)                                                                 \
	{                                                                                         \
		.name = (address), .bus = "pci", .driver = "net_some", .is = NICS_VFIO | (traits) \
	}

static const struct pool_spec spec = {
	.name = "behind", .n = MBUFS, .config = "backing=maze,halls=3"};

static unsigned int
pieces(void)
{
	return rte_eal_iova_mode() == RTE_IOVA_PA ? PAGES : HALLS;
}

/* Can this process read there? */
static bool
readable(void *at)
{
	char byte;
	struct iovec to = {&byte, 1};
	struct iovec from = {at, 1};

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1;
}

/* A crypto or DMA device comes after the pool, the first behind VFIO. */
static void
comes_late(void)
{
	static const struct nics_device crypto[] = {
		{.name = "0000:22:00.0", .bus = "pci", .is = NICS_VFIO | NICS_EARLY},
		{.name = "0000:23:00.0", .bus = "pci", .driver = "crypto_some", .is = NICS_VFIO},
	};
	struct rte_mempool *mp;
	unsigned int before;
	unsigned int i;

	nics_devices_set(NULL, 0);
	nics_vfio_set(true, false);
	mp = pool_must(&spec);
	usleep(100 * PATIENCE_US);
	before = nics_vfio_mapped();
	nics_devices_set(crypto, RTE_DIM(crypto));
	nics_vfio_set(true, true);
	for (i = 0; i < PATIENCES && nics_vfio_mapped() < pieces(); i++)
		usleep(PATIENCE_US);
	check(before == 0 && nics_vfio_mapped() == pieces(),
	      "first behind VFIO and no port: %u mappings before, %u after it came", before,
	      nics_vfio_mapped());
	rte_mempool_free(mp);
	check(nics_vfio_mapped() == 0, "and none when the pool is freed");
}

/* What one maps serves all, and any of them can take it away. */
static void
shared(void)
{
	static const struct nics_device two[] = {VFIO_NIC("0000:21:00.0", NICS_PORT),
	                                         VFIO_NIC("0000:21:00.1", NICS_PORT)};
	struct rte_mempool *mp;

	nics_devices_set(two, RTE_DIM(two));
	mp = pool_must(&spec);
	check(nics_vfio_mapped() == pieces() && nics_devices_asked() == pieces(),
	      "two devices behind VFIO: %u mappings after %u calls", nics_vfio_mapped(),
	      nics_devices_asked());
	nics_devices_set(&two[1], 1);
	rte_mempool_free(mp);
	check(nics_vfio_mapped() == 0, "and none when the first has gone and the pool is freed");
}

/* A port is plugged after the pool was made; `early`: not probed when ethdev tells of it. */
static void
plugged(bool early)
{
	const struct nics_device port = VFIO_NIC("0000:21:00.0", early ? NICS_EARLY : 0);
	const struct nics_device ready = VFIO_NIC("0000:21:00.0", NICS_PORT);
	struct rte_mempool *mp;

	nics_devices_set(NULL, 0);
	mp = pool_must(&spec);
	nics_devices_set(&port, 1);
	nics_port_new();
	check(nics_vfio_mapped() == pieces(), "a port behind VFIO is plugged%s: %u mappings",
	      early ? ", probed later" : "", nics_vfio_mapped());
	nics_port_new();
	check(nics_devices_asked() == pieces(), "and the next port asks for none");
	nics_devices_set(&ready, 1);
	rte_mempool_free(mp);
	check(nics_vfio_mapped() == 0, "and there is none when the pool is freed");
}

/* One that maps by itself is plugged beside another one that has its mappings. */
static void
plugged_own(bool early)
{
	const struct nics_device two[] = {
		{.name = "0000:31:00.0",
	         .bus = "pci",
	         .driver = "net_own",
	         .is = NICS_MAPS | NICS_PORT},
		{.name = "0000:31:00.1",
	         .bus = "pci",
	         .driver = "net_own",
	         .is = NICS_MAPS | (early ? NICS_EARLY : 0)},
	};
	struct rte_mempool *mp;

	nics_devices_set(two, 1);
	mp = pool_must(&spec);
	nics_devices_set(two, RTE_DIM(two));
	nics_port_new();
	check(nics_devices_asked() == pieces(),
	      "a port that maps is plugged%s: %u calls, of it alone", early ? ", probed later" : "",
	      nics_devices_asked());
	rte_mempool_free(mp);
}

/* Nobody is left to take the mappings away: EAL would make them for the next device. */
static void
last_gone(void)
{
	static const struct nics_device nic = VFIO_NIC("0000:21:00.0", NICS_PORT);
	char text[LOG_MOST];
	struct rte_mempool *mp;
	struct rte_mbuf *m;

	nics_devices_set(&nic, 1);
	mp = pool_must(&spec);
	m = rte_pktmbuf_alloc(mp);
	rte_pktmbuf_free(m);
	nics_devices_set(NULL, 0);
	log_clear();
	rte_mempool_free(mp);
	log_read(text, sizeof(text));
	check(strstr(text, "pool behind: no device of VFIO is left to unmap its 22 MiB from: they "
	                   "stay until one is there and another pool is made\n") != NULL,
	      "a pool is freed after the last device behind VFIO: one line");
	check(readable(m) && rte_mem_virt2memseg_list(m) != NULL,
	      "and its memory stays, for EAL to map");
	rte_mempool_free(pool_must(&spec));
	check(readable(m) && nics_vfio_mapped() == pieces(),
	      "also when another pool comes and goes");
	nics_devices_set(&nic, 1);
	mp = pool_must(&spec);
	check(!readable(m) && rte_mem_virt2memseg_list(m) == NULL && nics_vfio_mapped() == pieces(),
	      "it goes with the first pool after a device has come: %u mappings",
	      nics_vfio_mapped());
	rte_mempool_free(mp);
	check(nics_vfio_mapped() == 0, "and none when that is freed");
}

void
nics_vfio(void)
{
	comes_late();
	nics_vfio_set(true, false);
	shared();
	plugged(true);
	plugged(false);
	plugged_own(true);
	plugged_own(false);
	last_gone();
	nics_vfio_set(false, false);
	nics_devices_set(NULL, 0);
}
