/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "doctor_nics.h"

/* What DPDK's build puts into the file of each driver, with JSON and a 0 behind it. */
static const char marker[] = "PMD_INFO_STRING= ";

/* An id that stands for all. */
#define ANY_ID 0xffff
/* All of mlx5's PCI tables are served by one driver. */
#define MLX5        "mlx5_eth"
#define MLX5_DRIVER "mlx5_pci"

struct nics {
	struct fwd_nic *nic;
	size_t nb;
};

static bool
fits(const json_t *id, size_t place, uint16_t value)
{
	const json_int_t wanted = json_integer_value(json_array_get(id, place));

	return wanted == ANY_ID || wanted == value;
}

static bool
takes(const json_t *ids, const struct fwd_nic *nic)
{
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		if (json_array_size(id) == 4 && fits(id, 0, nic->vendor) &&
		    fits(id, 1, nic->device) && fits(id, 2, nic->subsystem_vendor) &&
		    fits(id, 3, nic->subsystem_device))
			return true;
	}
	return false;
}

/** Other classes of drivers take the same devices: a NIC's name begins with net_. */
static const char *
driver_name(const json_t *info)
{
	const char *name = json_string_value(json_object_get(info, "name"));

	if (name == NULL)
		return NULL;
	if (strcmp(name, MLX5) == 0)
		return MLX5_DRIVER;
	return strncmp(name, "net_", 4) == 0 ? name : NULL;
}

static void
look_at_info(const char *text, const struct nics *nics)
{
	json_t *info = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
	const char *name = driver_name(info);
	const json_t *ids = json_object_get(info, "pci_ids");
	size_t i;

	for (i = 0; name != NULL && i < nics->nb; i++) {
		struct fwd_nic *nic = &nics->nic[i];

		if (nic->driver[0] == '\0' && takes(ids, nic))
			snprintf(nic->driver, sizeof(nic->driver), "%s", name);
	}
	json_decref(info);
}

static void
look_at_file(const char *bytes, size_t len, const struct nics *nics)
{
	const char *end = bytes + len, *at = bytes;

	while ((at = memmem(at, (size_t)(end - at), marker, sizeof(marker) - 1)) != NULL) {
		at += sizeof(marker) - 1;
		if (memchr(at, '\0', (size_t)(end - at)) == NULL)
			return;
		look_at_info(at, nics);
	}
}

/** Called for each file that this process has loaded; the program itself has no name. */
static int
look(struct dl_phdr_info *object, size_t size, void *arg)
{
	const char *path = object->dlpi_name[0] != '\0' ? object->dlpi_name : "/proc/self/exe";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat entry;
	void *bytes;

	(void)size;
	if (fd < 0)
		return 0;
	if (fstat(fd, &entry) == 0 && entry.st_size > 0) {
		bytes = mmap(NULL, (size_t)entry.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			look_at_file(bytes, (size_t)entry.st_size, arg);
			munmap(bytes, (size_t)entry.st_size);
		}
	}
	close(fd);
	return 0;
}

void
fwd_nics_find_drivers(struct fwd_nic *nics, size_t nb)
{
	struct nics all = {nics, nb};

	if (nb > 0)
		dl_iterate_phdr(look, &all);
}
