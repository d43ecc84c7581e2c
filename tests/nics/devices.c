/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_common.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_vfio.h>

#include "devices.h"

#define DEVICES_MOST 8
#define PIECES_MOST  4096
#define VFIO_DEVICE  "anon_inode:[vfio-device]"

/* Calls the real function. */
#define REAL(function, ...)                                                       \
	({                                                                        \
		static __typeof__(&function) real;                                \
		if (real == NULL)                                                 \
			real = (__typeof__(real))(uintptr_t)real_find(#function); \
		real(__VA_ARGS__);                                                \
	})

static struct nics_device devices[DEVICES_MOST];
static unsigned int count;
static const void *pieces[PIECES_MOST];
static unsigned int mapped;
static unsigned int asked;
static const char *walked; /* the bus whose devices are being told */
static unsigned int next;
static bool walk_real;
static bool vfio_there;
static bool vfio_open;
static unsigned int vfio_mapped;

static void *
real_find(const char *name)
{
	void *real = dlsym(RTLD_NEXT, name);

	if (real == NULL) {
		fprintf(stderr, "no %s: %s\n", name, dlerror());
		exit(2);
	}
	return real;
}

void
nics_devices_set(const struct nics_device *these, unsigned int n)
{
	memcpy(devices, these, n * sizeof(*these));
	count = n;
	mapped = 0;
	asked = 0;
	memset(pieces, 0, sizeof(pieces));
}

unsigned int
nics_devices_mapped(void)
{
	return mapped;
}

unsigned int
nics_devices_asked(void)
{
	return asked;
}

void
nics_vfio_set(bool there, bool open)
{
	vfio_there = there;
	vfio_open = open;
}

unsigned int
nics_vfio_mapped(void)
{
	return vfio_mapped;
}

/* One of ours, or NULL. Devices and their drivers have one address. */
static const struct nics_device *
ours(const void *what)
{
	const struct nics_device *device = what;

	return device >= devices && device < devices + count ? device : NULL;
}

struct rte_bus *
rte_bus_find_by_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (strcmp(devices[i].bus, name) == 0)
			return (struct rte_bus *)&devices[i];
	}
	return REAL(rte_bus_find_by_name, name);
}

int
rte_dev_iterator_init(struct rte_dev_iterator *it, const char *what)
{
	walked = strncmp(what, "bus=", 4) == 0 ? what + 4 : "";
	next = 0;
	/* EAL would complain of a bus that it does not have. */
	walk_real = REAL(rte_bus_find_by_name, walked) != NULL;
	return walk_real ? REAL(rte_dev_iterator_init, it, what) : 0;
}

struct rte_device *
rte_dev_iterator_next(struct rte_dev_iterator *it)
{
	while (next < count) {
		struct nics_device *device = &devices[next++];

		if (strcmp(device->bus, walked) == 0)
			return (struct rte_device *)device;
	}
	return walk_real ? REAL(rte_dev_iterator_next, it) : NULL;
}

int
rte_dev_is_probed(const struct rte_device *dev)
{
	return ours(dev) != NULL ? !ours(dev)->early : REAL(rte_dev_is_probed, dev);
}

const char *
rte_dev_name(const struct rte_device *dev)
{
	return ours(dev) != NULL ? ours(dev)->name : REAL(rte_dev_name, dev);
}

const struct rte_driver *
rte_dev_driver(const struct rte_device *dev)
{
	if (ours(dev) == NULL)
		return REAL(rte_dev_driver, dev);
	return ours(dev)->driver == NULL || ours(dev)->early ? NULL
	                                                     : (const struct rte_driver *)dev;
}

const char *
rte_driver_name(const struct rte_driver *driver)
{
	return ours(driver) != NULL ? ours(driver)->driver : REAL(rte_driver_name, driver);
}

const struct rte_devargs *
rte_dev_devargs(const struct rte_device *dev)
{
	static struct rte_devargs args;

	if (ours(dev) == NULL)
		return REAL(rte_dev_devargs, dev);
	args.args = ours(dev)->args;
	return &args;
}

/* One entry that is `from` becomes `to`; false if there is none. */
static bool
swap(const void *from, const void *to)
{
	unsigned int i;

	for (i = 0; i < PIECES_MOST; i++) {
		if (pieces[i] == from) {
			pieces[i] = to;
			return true;
		}
	}
	return false;
}

int
rte_dev_dma_map(struct rte_device *dev, void *at, uint64_t iova, size_t len)
{
	if (ours(dev) == NULL)
		return REAL(rte_dev_dma_map, dev, at, iova, len);
	asked++;
	if (!ours(dev)->maps || !swap(NULL, at)) {
		rte_errno = ours(dev)->maps ? ENOMEM : ENOTSUP;
		return -1;
	}
	mapped++;
	return 0;
}

int
rte_dev_dma_unmap(struct rte_device *dev, void *at, uint64_t iova, size_t len)
{
	if (ours(dev) == NULL)
		return REAL(rte_dev_dma_unmap, dev, at, iova, len);
	if (swap(at, NULL))
		mapped--;
	return 0;
}

int
rte_vfio_is_enabled(const char *module)
{
	return vfio_there ? 1 : REAL(rte_vfio_is_enabled, module);
}

int
rte_vfio_container_dma_map(int container, uint64_t at, uint64_t iova, uint64_t len)
{
	if (!vfio_there)
		return REAL(rte_vfio_container_dma_map, container, at, iova, len);
	if (!vfio_open) {
		rte_errno = ENODEV;
		return -1;
	}
	vfio_mapped++;
	return 0;
}

int
rte_vfio_container_dma_unmap(int container, uint64_t at, uint64_t iova, uint64_t len)
{
	if (!vfio_there)
		return REAL(rte_vfio_container_dma_unmap, container, at, iova, len);
	vfio_mapped--;
	return 0;
}

/* Descriptors of open devices are known by what their links read. */
ssize_t
readlinkat(int fd, const char *path, char *text, size_t len)
{
	if (!vfio_open)
		return REAL(readlinkat, fd, path, text, len);
	memcpy(text, VFIO_DEVICE, RTE_MIN(len, strlen(VFIO_DEVICE)));
	return (ssize_t)RTE_MIN(len, strlen(VFIO_DEVICE));
}
