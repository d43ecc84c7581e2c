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
#include <rte_ethdev.h>

#include "devices.h"

#define DEVICES_MOST 8
#define PIECES_MOST  4096
#define VFIO_DEVICE  "anon_inode:[vfio-device]"
#define VFIO_DRIVER  "../../../../bus/pci/drivers/vfio-pci"

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
/* What devices have mapped: each of its own, and those of VFIO. */
static const void *pieces[PIECES_MOST];
static const void *vfio_pieces[PIECES_MOST];
static unsigned int mapped;
static unsigned int vfio_mapped;
static unsigned int asked;
static const char *walked; /* the bus whose devices are being told */
static unsigned int next;
static bool walk_real;
static bool vfio_there;
static bool vfio_open;
static rte_eth_dev_cb_fn port_new;

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

/* The first of ours on a bus, or NULL. It stands for the bus as well. */
static struct nics_device *
first_on(const char *bus)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (strcmp(devices[i].bus, bus) == 0)
			return &devices[i];
	}
	return NULL;
}

struct rte_bus *
rte_bus_find_by_name(const char *name)
{
	struct nics_device *device = first_on(name);

	return device != NULL ? (struct rte_bus *)device : REAL(rte_bus_find_by_name, name);
}

int
rte_dev_iterator_init(struct rte_dev_iterator *it, const char *what)
{
	walked = strncmp(what, "bus=", 4) == 0 ? what + 4 : "";
	next = 0;
	/* EAL would complain of a bus that it does not have, and ask one of ours. */
	walk_real = first_on(walked) == NULL && REAL(rte_bus_find_by_name, walked) != NULL;
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
	return ours(dev) != NULL ? (ours(dev)->is & NICS_EARLY) == 0 : REAL(rte_dev_is_probed, dev);
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
	return ours(dev)->driver == NULL || (ours(dev)->is & NICS_EARLY) != 0
	               ? NULL
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

uint16_t
rte_eth_find_next_of(uint16_t port, const struct rte_device *parent)
{
	if (ours(parent) == NULL)
		return REAL(rte_eth_find_next_of, port, parent);
	return (ours(parent)->is & NICS_PORT) != 0 ? port : RTE_MAX_ETHPORTS;
}

int
rte_eth_dev_callback_register(uint16_t port, enum rte_eth_event_type event, rte_eth_dev_cb_fn call,
                              void *arg)
{
	if (event == RTE_ETH_EVENT_NEW)
		port_new = call;
	return REAL(rte_eth_dev_callback_register, port, event, call, arg);
}

void
nics_port_new(void)
{
	if (port_new != NULL)
		port_new(0, RTE_ETH_EVENT_NEW, NULL, NULL);
}

/* One entry that is `from` becomes `to`; false if there is none. */
static bool
swap(const void **list, const void *from, const void *to)
{
	unsigned int i;

	for (i = 0; i < PIECES_MOST; i++) {
		if (list[i] == from) {
			list[i] = to;
			return true;
		}
	}
	return false;
}

int
rte_dev_dma_map(struct rte_device *dev, void *at, uint64_t iova, size_t len)
{
	const struct nics_device *device = ours(dev);
	bool vfio;

	if (device == NULL)
		return REAL(rte_dev_dma_map, dev, at, iova, len);
	asked++;
	vfio = (device->is & NICS_VFIO) != 0;
	if (device->driver == NULL)
		rte_errno = EINVAL;
	else if (!vfio && (device->is & NICS_MAPS) == 0)
		rte_errno = ENOTSUP;
	else if (!swap(vfio ? vfio_pieces : pieces, NULL, at))
		rte_errno = ENOMEM;
	else
		rte_errno = 0;
	if (rte_errno != 0)
		return -1;
	if (vfio)
		vfio_mapped++;
	else
		mapped++;
	return 0;
}

int
rte_dev_dma_unmap(struct rte_device *dev, void *at, uint64_t iova, size_t len)
{
	const struct nics_device *device = ours(dev);
	bool vfio;

	if (device == NULL)
		return REAL(rte_dev_dma_unmap, dev, at, iova, len);
	vfio = (device->is & NICS_VFIO) != 0;
	if (device->driver == NULL || !swap(vfio ? vfio_pieces : pieces, at, NULL)) {
		rte_errno = EINVAL;
		return -1;
	}
	if (vfio)
		vfio_mapped--;
	else
		mapped--;
	return 0;
}

/* What the driver knows of VFIO, it asks the kernel. */
int
access(const char *path, int mode)
{
	if (vfio_there && (strcmp(path, "/sys/module/vfio") == 0 || strcmp(path, "/dev/vfio") == 0))
		return 0;
	return REAL(access, path, mode);
}

/* The kernel's driver of a device. */
ssize_t
readlink(const char *path, char *text, size_t len)
{
	char name[256];
	unsigned int i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "/sys/bus/%s/devices/%s/driver", devices[i].bus,
		         devices[i].name);
		if ((devices[i].is & NICS_VFIO) == 0 || strcmp(path, name) != 0)
			continue;
		memcpy(text, VFIO_DRIVER, RTE_MIN(len, strlen(VFIO_DRIVER)));
		return (ssize_t)RTE_MIN(len, strlen(VFIO_DRIVER));
	}
	return REAL(readlink, path, text, len);
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
