/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FAULTS_H
#define FAULTS_H

/*
 * Calls that can be made to fail: this program defines functions of libc, of
 * libnuma and of DPDK, which the driver then calls instead of the real ones.
 */

#include <stdbool.h>

enum fault {
	FAULT_MALLOC, /* and realloc */
	FAULT_CALLOC,
	FAULT_MMAP,
	FAULT_MEMFD,
	FAULT_FTRUNCATE,
	FAULT_MADVISE,
	FAULT_FALLOCATE,
	FAULT_MBIND,
	FAULT_MLOCK,
	FAULT_GETRANDOM,
	FAULT_FOPEN,
	FAULT_GLOB,
	FAULT_SIGACTION,
	FAULT_KVARGS,
	FAULT_INI,
	FAULT_MEMPOOL,
	FAULT_SET_OPS,
	FAULT_MEMZONE,
	FAULT_ZMALLOC,
	FAULT_EXTMEM,
	FAULT_VIRT2IOVA,
	FAULT_POPULATE,
	FAULT_MEM_SIZE,
	FAULT_PAGE_SIZE,
	FAULT_PORTS,
	FAULT_DMA,
	FAULTS,
};

/* Its function. */
const char *
fault_name(enum fault fault);

/* The errno it fails with. */
int
fault_errno(enum fault fault);

/*
 * From now on count calls of that function, and let the nth fail (0: none). Only
 * calls out of the driver count, unless `anyone` says otherwise.
 */
void
fault_arm(enum fault fault, unsigned int nth, bool anyone);

/* No more; returns how many calls there were. */
unsigned int
fault_disarm(void);

/* Let madvise() know no more than before Linux 5.14. */
void
fault_old_kernel(bool old);

/* Let the driver see one device more, on a bus it looks at. */
void
fault_device(bool present);

/* Blocks that this device has mapped, or unmapped without; forgets them. */
unsigned int
fault_device_mapped(void);

/* Blocks of libc's heap that the driver holds, and has not given back. */
unsigned int
fault_heap_blocks(void);

#endif /* FAULTS_H */
