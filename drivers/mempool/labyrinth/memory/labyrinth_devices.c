/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_common.h>
#include <rte_devargs.h>

#include "labyrinth_devices.h"
#include "labyrinth_kernel.h"

#define SYSFS "/sys/bus/%s/devices/%s/%s"
/* VFIO's drivers of the kernel: vfio-pci, vfio-platform, vfio-cdx. */
#define VFIO "vfio-"
/* Its driver in the kernel, and DPDK's. */
#define MLX5_KERNEL "mlx5_core"
#define MLX5        "mlx5_pci"
#define FDS         "/proc/self/fd"
/* What the link of a descriptor of a device reads. */
#define VFIO_DEVICE "anon_inode:[vfio-device]"
/* There once the kernel has VFIO, and where this process may use it. */
#define VFIO_LOADED  "/sys/module/vfio"
#define VFIO_DEVICES "/dev/vfio"

/* fslmc has a container of its own, and its devices take hardware pools only. */
static const struct {
	const char *name;
	const char *all;
} buses[] = {
	{"pci", "bus=pci"},     {"auxiliary", "bus=auxiliary"},
	{"vmbus", "bus=vmbus"}, {"platform", "bus=platform"},
	{"cdx", "bus=cdx"},     {"vdev", "bus=vdev"},
};

/* The name of a device's driver in the kernel; empty: it has none. */
static void
kernel_driver(const char *bus, const char *name, char driver[PATH_MAX])
{
	char path[PATH_MAX];
	const char *last;
	ssize_t len;

	snprintf(path, sizeof(path), SYSFS, bus, name, "driver");
	len = readlink(path, driver, PATH_MAX - 1);
	driver[len < 0 ? 0 : len] = '\0';
	last = strrchr(driver, '/');
	if (last != NULL)
		memmove(driver, last + 1, strlen(last));
}

static uint16_t
vendor_of(const char *bus, const char *name)
{
	char path[PATH_MAX];

	if (strcmp(bus, "pci") != 0)
		return 0;
	snprintf(path, sizeof(path), SYSFS, bus, name, "vendor");
	return (uint16_t)labyrinth_kernel_number(path, 16, 0);
}

static void
describe(struct rte_device *dev, const char *bus, struct labyrinth_device *device)
{
	const struct rte_devargs *devargs = rte_dev_devargs(dev);
	const struct rte_driver *driver = rte_dev_driver(dev);
	const char *name = rte_dev_name(dev);
	char kernel[PATH_MAX];

	kernel_driver(bus, name, kernel);
	*device = (struct labyrinth_device){
		.dev = dev,
		.query = {.bus = bus,
	                  .name = name,
	                  .driver = driver == NULL ? NULL : rte_driver_name(driver),
	                  .args = devargs == NULL ? NULL : devargs->args,
	                  .vendor = vendor_of(bus, name)},
		.probed = rte_dev_is_probed(dev) != 0,
		.vfio = strncmp(kernel, VFIO, strlen(VFIO)) == 0,
	};
	if (driver == NULL && strcmp(kernel, MLX5_KERNEL) == 0)
		device->query.driver = MLX5;
	device->nic = labyrinth_nic_find(&device->query);
}

int
labyrinth_devices_each(labyrinth_device_fn *call, void *arg)
{
	struct labyrinth_device device;
	struct rte_dev_iterator it;
	struct rte_device *dev;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < RTE_DIM(buses) && ret == 0; i++) {
		/* Of a bus that this program does not have, EAL would complain. */
		if (rte_bus_find_by_name(buses[i].name) == NULL)
			continue;
		RTE_DEV_FOREACH (dev, buses[i].all, &it) {
			if (ret != 0)
				continue;
			describe(dev, buses[i].name, &device);
			ret = call(&device, arg);
		}
	}
	return ret;
}

bool
labyrinth_devices_vfio_there(void)
{
	return access(VFIO_LOADED, F_OK) == 0 && access(VFIO_DEVICES, F_OK) == 0;
}

bool
labyrinth_devices_vfio_open(void)
{
	DIR *fds = opendir(FDS);
	const struct dirent *entry;
	char link[sizeof(VFIO_DEVICE)];
	bool open = false;
	int at;

	if (fds == NULL)
		return false;
	at = dirfd(fds);
	while (at >= 0 && !open && (entry = readdir(fds)) != NULL) {
		ssize_t len = readlinkat(at, entry->d_name, link, sizeof(link));

		open = len == (ssize_t)strlen(VFIO_DEVICE) &&
		       memcmp(link, VFIO_DEVICE, (size_t)len) == 0;
	}
	closedir(fds);
	return open;
}
