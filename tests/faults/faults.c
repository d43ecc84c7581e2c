/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "faults.h"
#include "faults_inner.h"

static const struct {
	const char *name;
	int error;
} table[FAULTS] = {
	[FAULT_MALLOC] = {"malloc", ENOMEM},
	[FAULT_CALLOC] = {"calloc", ENOMEM},
	[FAULT_MMAP] = {"mmap", ENOMEM},
	[FAULT_MEMFD] = {"memfd_create", EMFILE},
	[FAULT_FTRUNCATE] = {"ftruncate", EIO},
	[FAULT_MADVISE] = {"madvise", ENOMEM},
	[FAULT_FALLOCATE] = {"fallocate", ENOSPC},
	[FAULT_MBIND] = {"mbind", EIO},
	[FAULT_MLOCK] = {"mlock", ENOMEM},
	[FAULT_GETRANDOM] = {"getrandom", ENOSYS},
	[FAULT_FOPEN] = {"fopen", EMFILE},
	[FAULT_GLOB] = {"glob", ENOMEM},
	[FAULT_SIGACTION] = {"sigaction", EINVAL},
	[FAULT_KVARGS] = {"rte_kvargs_parse", ENOMEM},
	[FAULT_INI] = {"ini_parse_stream", ENOMEM},
	[FAULT_MEMPOOL] = {"rte_mempool_create_empty", ENOMEM},
	[FAULT_SET_OPS] = {"rte_mempool_set_ops_byname", EEXIST},
	[FAULT_MEMZONE] = {"rte_memzone_reserve_aligned", ENOMEM},
	[FAULT_ZMALLOC] = {"rte_zmalloc", ENOMEM},
	[FAULT_EXTMEM] = {"rte_extmem_register", ENOSPC},
	[FAULT_VIRT2IOVA] = {"rte_mem_virt2iova", EPERM},
	[FAULT_POPULATE] = {"rte_mempool_populate_iova", ENOMEM},
	[FAULT_MEM_SIZE] = {"rte_mempool_op_calc_mem_size_helper", EINVAL},
	[FAULT_PAGE_SIZE] = {"rte_mempool_get_page_size", EINVAL},
	[FAULT_PORTS] = {"rte_eth_dev_callback_register", ENOMEM},
	[FAULT_DMA] = {"rte_dev_dma_map", EIO},
};

static struct {
	enum fault fault;
	unsigned int nth;
	bool anyone;
	unsigned int calls;
} armed = {.fault = FAULTS};

/* Where the code of a library is. */
struct code {
	const char *library;
	uintptr_t begin;
	uintptr_t end;
};

static struct code driver = {.library = "librte_mempool_labyrinth"};
/* Where it finds no memory it ends the process, whoever called it; EAL does. */
static struct code numa = {.library = "libnuma"};

static int
find_code(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct code *code = arg;
	int i;

	(void)size;
	if (strstr(info->dlpi_name, code->library) == NULL)
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
			code->begin = info->dlpi_addr + part->p_vaddr;
			code->end = code->begin + part->p_memsz;
		}
	}
	return 1;
}

static bool
code_has(const struct code *code, const void *at)
{
	return (uintptr_t)at - code->begin < code->end - code->begin;
}

bool
fault_by_driver(const void *caller)
{
	return code_has(&driver, caller);
}

bool
fault_due(enum fault fault, const void *caller)
{
	if (armed.fault != fault || (!armed.anyone && !fault_by_driver(caller)) ||
	    code_has(&numa, caller))
		return false;
	if (++armed.calls != armed.nth)
		return false;
	errno = table[fault].error;
	return true;
}

void *
fault_real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

const char *
fault_name(enum fault fault)
{
	return table[fault].name;
}

int
fault_errno(enum fault fault)
{
	return table[fault].error;
}

void
fault_arm(enum fault fault, unsigned int nth, bool anyone)
{
	if (driver.end == 0) {
		dl_iterate_phdr(find_code, &driver);
		dl_iterate_phdr(find_code, &numa);
	}
	armed.nth = nth;
	armed.anyone = anyone;
	armed.calls = 0;
	armed.fault = fault;
}

unsigned int
fault_disarm(void)
{
	armed.fault = FAULTS;
	return armed.calls;
}
