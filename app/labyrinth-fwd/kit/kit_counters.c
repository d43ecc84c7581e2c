/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "app_message.h"
#include "kit_counters.h"

/* In the names of counters that should stay 0. */
static const char *const words[] = {"err",    "drop",   "discard", "miss",       "fail",    "fault",
                                    "no_buf", "nombuf", "nobuf",   "out_of_buf", "overflow"};

static bool
tells_of_errors(const char *name)
{
	size_t i;

	for (i = 0; i < RTE_DIM(words); i++)
		if (strcasestr(name, words[i]) != NULL)
			return true;
	return false;
}

static int
open_port(struct fwd_kit_port *port, uint16_t id)
{
	int nb = rte_eth_xstats_get_names(id, NULL, 0);

	if (nb <= 0)
		return 0;
	port->names = calloc((size_t)nb, sizeof(*port->names));
	port->values = calloc((size_t)nb, sizeof(*port->values));
	port->xbefore = calloc((size_t)nb, sizeof(*port->xbefore));
	port->sums = calloc((size_t)nb * FWD_KIT_ROWS, sizeof(*port->sums));
	if (port->names == NULL || port->values == NULL || port->xbefore == NULL ||
	    port->sums == NULL)
		return -1;
	if (rte_eth_xstats_get_names(id, port->names, (unsigned int)nb) == nb)
		port->nb = (unsigned int)nb;
	return 0;
}

int
fwd_kit_counters_open(struct fwd_kit_counters *counters, const struct fwd_ports *ports)
{
	unsigned int i;

	memset(counters, 0, sizeof(*counters));
	counters->ports = ports;
	for (i = 0; i < ports->nb; i++) {
		if (open_port(&counters->port[i], ports->port[i].id) != 0) {
			app_error("no memory for the counters of port %u", ports->port[i].id);
			return -1;
		}
	}
	return 0;
}

/** A driver that has other counters now than at first tells nothing. */
static bool
read_xstats(struct fwd_kit_port *port, uint16_t id)
{
	return port->nb > 0 && rte_eth_xstats_get(id, port->values, port->nb) == (int)port->nb;
}

static struct fwd_kit_errors
read_errors(uint16_t id)
{
	struct rte_eth_stats stats;

	memset(&stats, 0, sizeof(stats));
	rte_eth_stats_get(id, &stats);
	return (struct fwd_kit_errors){stats.rx_nombuf, stats.imissed, stats.ierrors,
	                               stats.oerrors};
}

void
fwd_kit_counters_begin(struct fwd_kit_counters *counters)
{
	unsigned int i, j;

	for (i = 0; i < counters->ports->nb; i++) {
		struct fwd_kit_port *port = &counters->port[i];
		const uint16_t id = counters->ports->port[i].id;

		port->before = read_errors(id);
		if (!read_xstats(port, id))
			continue;
		for (j = 0; j < port->nb; j++)
			if (port->values[j].id < port->nb)
				port->xbefore[port->values[j].id] = port->values[j].value;
	}
}

/** A counter that was set back meanwhile tells what it has counted since. */
static uint64_t
since(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static void
add_port(struct fwd_kit_port *port, uint16_t id, unsigned int row, struct fwd_kit_errors *sums)
{
	const struct fwd_kit_errors now = read_errors(id);
	unsigned int i;

	sums->rx_nombuf += since(port->before.rx_nombuf, now.rx_nombuf);
	sums->imissed += since(port->before.imissed, now.imissed);
	sums->ierrors += since(port->before.ierrors, now.ierrors);
	sums->oerrors += since(port->before.oerrors, now.oerrors);
	if (!read_xstats(port, id))
		return;
	for (i = 0; i < port->nb; i++) {
		const uint64_t which = port->values[i].id;

		if (which < port->nb)
			port->sums[row * port->nb + which] +=
				since(port->xbefore[which], port->values[i].value);
	}
}

void
fwd_kit_counters_end(struct fwd_kit_counters *counters, unsigned int row)
{
	unsigned int i;

	for (i = 0; i < counters->ports->nb; i++)
		add_port(&counters->port[i], counters->ports->port[i].id, row,
		         &counters->errors[row]);
}

void
fwd_kit_counters_print(const struct fwd_kit_counters *counters, struct fwd_kit_text *text)
{
	unsigned int row, i, j;

	for (row = 0; row < FWD_KIT_ROWS; row++) {
		for (i = 0; i < counters->ports->nb; i++) {
			const struct fwd_kit_port *port = &counters->port[i];

			for (j = 0; j < port->nb; j++)
				if (port->sums[row * port->nb + j] != 0 &&
				    tells_of_errors(port->names[j].name))
					fwd_kit_print(text, "%-18s %4u %12" PRIu64 " %s\n",
					              fwd_kit_kinds[row].name,
					              counters->ports->port[i].id,
					              port->sums[row * port->nb + j],
					              port->names[j].name);
		}
	}
}

void
fwd_kit_counters_close(struct fwd_kit_counters *counters)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(counters->port); i++) {
		struct fwd_kit_port *port = &counters->port[i];

		free(port->names);
		free(port->values);
		free(port->xbefore);
		free(port->sums);
		memset(port, 0, sizeof(*port));
	}
}
