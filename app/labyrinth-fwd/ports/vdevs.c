/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <rte_ethdev.h>

#include "app_message.h"
#include "vdevs.h"

/** Is this the value of a --vdev that should have made a port of that name? */
static bool
names_port(const char *value, char *name, size_t size)
{
	/* This one is about ports that other drivers make. */
	static const char no_port[] = "net_vdev_netvsc";
	size_t len = strcspn(value, ",");

	if (strncmp(value, "net_", 4) != 0 || len >= size ||
	    strncmp(value, no_port, sizeof(no_port) - 1) == 0)
		return false;
	memcpy(name, value, len);
	name[len] = '\0';
	return true;
}

int
fwd_vdevs_check(const struct app_arguments *arguments)
{
	static const char option[] = "--vdev";
	const size_t len = sizeof(option) - 1;
	char name[RTE_ETH_NAME_MAX_LEN];
	const char *argument, *value;
	uint16_t port;
	int i;

	for (i = 1; i < arguments->eal_argc; i++) {
		argument = arguments->eal_argv[i];
		if (argument == NULL || strncmp(argument, option, len) != 0)
			continue;
		/* After the last argument stands NULL. */
		value = argument[len] == '=' ? argument + len + 1 : arguments->eal_argv[i + 1];
		if (value == NULL || !names_port(value, name, sizeof(name)))
			continue;
		if (rte_eth_dev_get_port_by_name(name, &port) != 0) {
			app_error("--vdev=%s: this port could not be made; EAL's own lines above "
			          "say why",
			          value);
			return -1;
		}
	}
	return 0;
}
