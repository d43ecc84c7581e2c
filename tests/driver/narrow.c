/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Behind an IOMMU of few address bits, of which most are taken: pools that come and go never run
 * out of addresses, though those of freed pools stay reserved for a while.
 */

#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <rte_errno.h>

#include "harness.h"
#include "pools.h"

#define CLASS "/sys/class/iommu"
/* Bits 16 to 21 of the register: one less than 36 bits. */
#define CAP "230000"
/* Mazes lie between these; all is taken but the upper 4 GiB, room for 32 windows of 128 MiB. */
#define LOWEST (1ull << 34)
#define END    (1ull << 36)
#define FREE   (1ull << 32)
#define POOLS  150

/* An IOMMU for this process alone. */
static bool
iommu_make(void)
{
	FILE *file;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", CLASS, "tmpfs", 0, NULL) != 0 || mkdir(CLASS "/dmar0", 0755) != 0 ||
	    mkdir(CLASS "/dmar0/intel-iommu", 0755) != 0)
		return false;
	file = fopen(CLASS "/dmar0/intel-iommu/cap", "we");
	if (file == NULL)
		return false;
	fputs(CAP "\n", file);
	return fclose(file) == 0;
}

static bool
take_most(void)
{
	void *want = (void *)(uintptr_t)LOWEST;

	return mmap(want, END - FREE - LOWEST, PROT_NONE,
	            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
	            0) == want;
}

static bool
is_low(struct rte_mempool *mp)
{
	void *object;
	bool low;

	if (rte_mempool_get(mp, &object) != 0)
		return false;
	low = (uintptr_t)object < END;
	rte_mempool_put(mp, object);
	return low;
}

int
main(void)
{
	const struct pool_spec spec = {.n = 63, .config = "backing=maze"};
	unsigned int made;
	unsigned int low = 0;

	if (!iommu_make()) {
		skip("few address bits", "needs root and " CLASS);
		return finish();
	}
	eal_start("narrow", 8, "--iova-mode=va --base-virtaddr=0x500000000000");
	if (!take_most()) {
		skip("few address bits", "addresses below 2^36 are taken, as by a sanitizer");
		return finish();
	}
	log_clear();
	for (made = 0; made < POOLS; made++) {
		struct rte_mempool *mp = pool_make(&spec);

		if (mp == NULL)
			break;
		low += is_low(mp);
		rte_mempool_free(mp);
	}
	check(made == POOLS, "%u of %u pools made and freed: %s", made, POOLS,
	      made == POOLS ? "all" : rte_strerror(rte_errno));
	check(low == made && low > 0, "%u of them below 2^36", low);
	return finish();
}
