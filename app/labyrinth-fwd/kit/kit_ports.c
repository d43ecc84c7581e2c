/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Sections [port N]. */

#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "doctor_common.h"
#include "doctor_nics.h"
#include "kit_machine.h"

#define DEVICE "/sys/bus/%s/devices/%s/%s"

/** A PCI id of two parts, as lspci writes it. */
static uint64_t
print_id(struct fwd_kit_text *text, const char *what, const char *device, const char *vendor,
         const char *model)
{
	const struct fwd_doctor machine = {.root = ""};
	uint64_t one = 0, other = 0;

	if (fwd_doctor_number(&machine, &one, DEVICE, "pci", device, vendor) &&
	    fwd_doctor_number(&machine, &other, DEVICE, "pci", device, model))
		fwd_kit_print(text, "%s: %04" PRIx64 ":%04" PRIx64 "\n", what, one, other);
	return one;
}

static void
print_kernel_driver(struct fwd_kit_text *text, const char *bus, const char *device)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), DEVICE, bus, device, "driver");
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		return;
	link[len] = '\0';
	fwd_kit_print(text, "kernel driver: %s\n", basename(link));
}

static void
print_device(struct fwd_kit_text *text, const struct fwd_port *port, const struct rte_device *dev)
{
	const struct rte_bus *bus = dev != NULL ? rte_dev_bus(dev) : NULL;
	const struct rte_devargs *devargs = dev != NULL ? rte_dev_devargs(dev) : NULL;
	struct rte_labyrinth_nic nic = {
		.bus = bus != NULL ? rte_bus_name(bus) : "unknown",
		.name = dev != NULL ? rte_dev_name(dev) : port->name,
		.driver = port->driver,
		.args = devargs != NULL ? devargs->args : NULL,
	};
	char words[256];

	fwd_kit_print(text, "bus: %s\ndriver: %s\n", nic.bus, nic.driver);
	print_kernel_driver(text, nic.bus, nic.name);
	if (strcmp(nic.bus, "pci") == 0) {
		nic.vendor = (uint16_t)print_id(text, "PCI id", nic.name, "vendor", "device");
		(void)print_id(text, "subsystem id", nic.name, "subsystem_vendor",
		               "subsystem_device");
		/* Those of virtual devices may name files and addresses. */
		if (nic.args != NULL && nic.args[0] != '\0')
			fwd_kit_print(text, "arguments: %s\n", nic.args);
	}
	fwd_nics_describe(&nic, words, sizeof(words));
	fwd_kit_print(text, "pools: %s\n", words);
}

static void
print_firmware(struct fwd_kit_text *text, uint16_t id)
{
	char version[256] = "";
	int ret = rte_eth_dev_fw_version_get(id, version, sizeof(version));

	if (ret < 0)
		fwd_kit_print(text, "firmware: unknown (%s)\n", rte_strerror(-ret));
	else
		fwd_kit_print(text, "firmware: %s\n", version);
}

static void
print_link(struct fwd_kit_text *text, uint16_t id)
{
	struct rte_eth_link link;

	memset(&link, 0, sizeof(link));
	if (rte_eth_link_get_nowait(id, &link) != 0)
		fwd_kit_print(text, "link: unknown\n");
	else if (link.link_status != RTE_ETH_LINK_UP)
		fwd_kit_print(text, "link: down\n");
	else if (link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		fwd_kit_print(text, "link: up, unknown speed\n");
	else
		fwd_kit_print(text, "link: up, %u Mbps\n", link.link_speed);
}

bool
fwd_kit_ports_descriptors(const struct fwd_port *port, uint16_t *rxd, uint16_t *txd)
{
	struct rte_eth_rxq_info rx;
	struct rte_eth_txq_info tx;
	bool told = rte_eth_rx_queue_info_get(port->id, 0, &rx) == 0 &&
	            rte_eth_tx_queue_info_get(port->id, 0, &tx) == 0;

	*rxd = told ? rx.nb_desc : port->rxd;
	*txd = told ? tx.nb_desc : port->txd;
	return told;
}

static void
print_paths(struct fwd_kit_text *text, const struct fwd_port *port, const struct fwd_options *o)
{
	struct rte_eth_burst_mode mode;
	uint16_t rxd, txd;
	bool told = fwd_kit_ports_descriptors(port, &rxd, &txd);

	fwd_kit_print(text, "queues: %u of %u to receive, %u of %u to send%s\n", o->rxq, rxd,
	              o->txq, txd, told ? "" : ", as asked for: the driver does not tell");
	memset(&mode, 0, sizeof(mode));
	if (rte_eth_rx_burst_mode_get(port->id, 0, &mode) == 0)
		fwd_kit_print(text, "receive path: %s\n", mode.info);
	memset(&mode, 0, sizeof(mode));
	if (rte_eth_tx_burst_mode_get(port->id, 0, &mode) == 0)
		fwd_kit_print(text, "transmit path: %s\n", mode.info);
}

static void
print_port(struct fwd_kit_text *text, const struct fwd_port *port,
           const struct fwd_options *options, bool busy)
{
	struct rte_eth_dev_info info;

	memset(&info, 0, sizeof(info));
	if (rte_eth_dev_info_get(port->id, &info) != 0)
		info.device = NULL;
	fwd_kit_print(text, "\n[port %u]\nname: %s\n", port->id, port->name);
	print_device(text, port, info.device);
	print_firmware(text, port->id);
	print_link(text, port->id);
	fwd_kit_print(text, "NUMA node: %d\n", rte_eth_dev_socket_id(port->id));
	print_paths(text, port, options);
	fwd_kit_print(text, "traffic: %s\n",
	              busy ? "comes from outside" : "made by this program, and goes round");
}

void
fwd_kit_ports_print(struct fwd_kit_text *text, const struct fwd_ports *ports,
                    const struct fwd_options *options, uint64_t busy)
{
	unsigned int i;

	for (i = 0; i < ports->nb; i++)
		print_port(text, &ports->port[i], options, (busy >> ports->port[i].id & 1) != 0);
}
