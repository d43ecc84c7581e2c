/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Functions of DPDK that can be made to fail, and a device that is none. */

#include <string.h>

#include <ini.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_kvargs.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_mempool.h>
#include <rte_memzone.h>

#include "faults_inner.h"

/* Fails as DPDK's functions do. */
#define FAIL(fault, result) (rte_errno = fault_errno(fault), (result))

struct rte_kvargs *
rte_kvargs_parse(const char *text, const char *const keys[])
{
	if (FAULT_DUE(FAULT_KVARGS))
		return NULL;
	return FAULT_REAL(rte_kvargs_parse, "rte_kvargs_parse", text, keys);
}

/* libinih says by -2 that it has no memory. */
int
ini_parse_stream(ini_reader reader, void *stream, ini_handler handler, void *user)
{
	if (FAULT_DUE(FAULT_INI))
		return -2;
	return FAULT_REAL(ini_parse_stream, "ini_parse_stream", reader, stream, handler, user);
}

struct rte_mempool *
rte_mempool_create_empty(const char *name, unsigned int n, unsigned int elt_size,
                         unsigned int cache_size, unsigned int private_data_size, int socket_id,
                         unsigned int flags)
{
	if (FAULT_DUE(FAULT_MEMPOOL))
		return FAIL(FAULT_MEMPOOL, NULL);
	return FAULT_REAL(rte_mempool_create_empty, "rte_mempool_create_empty", name, n, elt_size,
	                  cache_size, private_data_size, socket_id, flags);
}

int
rte_mempool_set_ops_byname(struct rte_mempool *mp, const char *name, void *config)
{
	if (FAULT_DUE(FAULT_SET_OPS))
		return -fault_errno(FAULT_SET_OPS);
	return FAULT_REAL(rte_mempool_set_ops_byname, "rte_mempool_set_ops_byname", mp, name,
	                  config);
}

const struct rte_memzone *
rte_memzone_reserve_aligned(const char *name, size_t len, int socket_id, unsigned int flags,
                            unsigned int align)
{
	if (FAULT_DUE(FAULT_MEMZONE))
		return FAIL(FAULT_MEMZONE, NULL);
	return FAULT_REAL(rte_memzone_reserve_aligned, "rte_memzone_reserve_aligned", name, len,
	                  socket_id, flags, align);
}

void *
rte_zmalloc(const char *type, size_t len, unsigned int align)
{
	if (FAULT_DUE(FAULT_ZMALLOC))
		return FAIL(FAULT_ZMALLOC, NULL);
	return FAULT_REAL(rte_zmalloc, "rte_zmalloc", type, len, align);
}

int
rte_extmem_register(void *at, size_t len, rte_iova_t iovas[], unsigned int pages, size_t page)
{
	if (FAULT_DUE(FAULT_EXTMEM))
		return FAIL(FAULT_EXTMEM, -1);
	return FAULT_REAL(rte_extmem_register, "rte_extmem_register", at, len, iovas, pages, page);
}

rte_iova_t
rte_mem_virt2iova(const void *at)
{
	if (FAULT_DUE(FAULT_VIRT2IOVA))
		return RTE_BAD_IOVA;
	return FAULT_REAL(rte_mem_virt2iova, "rte_mem_virt2iova", at);
}

int
rte_mempool_populate_iova(struct rte_mempool *mp, char *at, rte_iova_t iova, size_t len,
                          rte_mempool_memchunk_free_cb_t *release, void *arg)
{
	if (FAULT_DUE(FAULT_POPULATE))
		return -fault_errno(FAULT_POPULATE);
	return FAULT_REAL(rte_mempool_populate_iova, "rte_mempool_populate_iova", mp, at, iova, len,
	                  release, arg);
}

ssize_t
rte_mempool_op_calc_mem_size_helper(const struct rte_mempool *mp, uint32_t n, uint32_t page_shift,
                                    size_t reserve, size_t *least, size_t *align)
{
	if (FAULT_DUE(FAULT_MEM_SIZE))
		return -fault_errno(FAULT_MEM_SIZE);
	return FAULT_REAL(rte_mempool_op_calc_mem_size_helper,
	                  "rte_mempool_op_calc_mem_size_helper", mp, n, page_shift, reserve, least,
	                  align);
}

int
rte_mempool_get_page_size(struct rte_mempool *mp, size_t *page)
{
	if (FAULT_DUE(FAULT_PAGE_SIZE))
		return -fault_errno(FAULT_PAGE_SIZE);
	return FAULT_REAL(rte_mempool_get_page_size, "rte_mempool_get_page_size", mp, page);
}

int
rte_eth_dev_callback_register(uint16_t port, enum rte_eth_event_type event,
                              rte_eth_dev_cb_fn callback, void *arg)
{
	if (FAULT_DUE(FAULT_PORTS))
		return -fault_errno(FAULT_PORTS);
	return FAULT_REAL(rte_eth_dev_callback_register, "rte_eth_dev_callback_register", port,
	                  event, callback, arg);
}

/* A device that maps memory, among those of the PCI bus. */
static int fake;
static bool fake_present;
static bool fake_is_next;
static void *fake_map[64];
static unsigned int fake_wrong; /* unmapped, though it was not mapped */

#define FAKE ((struct rte_device *)&fake)

void
fault_device(bool present)
{
	fake_present = present;
}

unsigned int
fault_device_mapped(void)
{
	unsigned int n = fake_wrong;
	unsigned int i;

	for (i = 0; i < RTE_DIM(fake_map); i++)
		n += fake_map[i] != NULL;
	fake_wrong = 0;
	memset(fake_map, 0, sizeof(fake_map));
	return n;
}

int
rte_dev_iterator_init(struct rte_dev_iterator *it, const char *what)
{
	fake_is_next = fake_present && strcmp(what, "bus=pci") == 0;
	return FAULT_REAL(rte_dev_iterator_init, "rte_dev_iterator_init", it, what);
}

struct rte_device *
rte_dev_iterator_next(struct rte_dev_iterator *it)
{
	if (!fake_is_next)
		return FAULT_REAL(rte_dev_iterator_next, "rte_dev_iterator_next", it);
	fake_is_next = false;
	return FAKE;
}

int
rte_dev_is_probed(const struct rte_device *dev)
{
	return dev == FAKE ? 1 : FAULT_REAL(rte_dev_is_probed, "rte_dev_is_probed", dev);
}

const char *
rte_dev_name(const struct rte_device *dev)
{
	return dev == FAKE ? "no_device" : FAULT_REAL(rte_dev_name, "rte_dev_name", dev);
}

/* It has a driver of no name, and no arguments. */
const struct rte_driver *
rte_dev_driver(const struct rte_device *dev)
{
	return dev == FAKE ? NULL : FAULT_REAL(rte_dev_driver, "rte_dev_driver", dev);
}

const struct rte_devargs *
rte_dev_devargs(const struct rte_device *dev)
{
	return dev == FAKE ? NULL : FAULT_REAL(rte_dev_devargs, "rte_dev_devargs", dev);
}

/* One entry that is `from` becomes `to`; false if there is none. */
static bool
fake_swap(void *from, void *to)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(fake_map); i++) {
		if (fake_map[i] == from) {
			fake_map[i] = to;
			return true;
		}
	}
	return false;
}

int
rte_dev_dma_map(struct rte_device *dev, void *at, uint64_t iova, size_t len)
{
	if (FAULT_DUE(FAULT_DMA))
		return FAIL(FAULT_DMA, -1);
	if (dev != FAKE)
		return FAULT_REAL(rte_dev_dma_map, "rte_dev_dma_map", dev, at, iova, len);
	return fake_swap(NULL, at) ? 0 : FAIL(FAULT_DMA, -1);
}

int
rte_dev_dma_unmap(struct rte_device *dev, void *at, uint64_t iova, size_t len)
{
	if (dev != FAKE)
		return FAULT_REAL(rte_dev_dma_unmap, "rte_dev_dma_unmap", dev, at, iova, len);
	if (!fake_swap(at, NULL))
		fake_wrong++;
	return 0;
}
