/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Commands about queues, RSS and settings of ports. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>

#include "app_message.h"
#include "command.h"
#include "commands_show.h"

/* The longest key of today's NICs. */
#define KEY_MOST 128

FWD_CHOICES(queue_numbers, "0")
FWD_CHOICES(mtus, "1500", "9000")
FWD_CHOICES(settings, "mtu")

static int
show_rxq(const struct fwd_port *port, uint16_t queue)
{
	struct rte_eth_rxq_info info;
	int ret = rte_eth_rx_queue_info_get(port->id, queue, &info);

	if (ret != 0)
		return fwd_port_error(port, "rxq info", ret);
	printf("\nport %u, receive queue %u\n", port->id, queue);
	printf("Mempool: %s\n", info.mp != NULL ? info.mp->name : "(none)");
	printf("Descriptors: %u, free threshold %u\n", info.nb_desc, info.conf.rx_free_thresh);
	printf("Buffer size: %u\n", info.rx_buf_size);
	printf("Scattered: %s\nOffloads: 0x%" PRIx64 "\n", info.scattered_rx != 0 ? "on" : "off",
	       info.conf.offloads);
	return 0;
}

static int
show_txq(const struct fwd_port *port, uint16_t queue)
{
	struct rte_eth_txq_info info;
	int ret = rte_eth_tx_queue_info_get(port->id, queue, &info);

	if (ret != 0)
		return fwd_port_error(port, "txq info", ret);
	printf("\nport %u, transmit queue %u\n", port->id, queue);
	printf("Descriptors: %u, free threshold %u, RS threshold %u\n", info.nb_desc,
	       info.conf.tx_free_thresh, info.conf.tx_rs_thresh);
	printf("Offloads: 0x%" PRIx64 "\n", info.conf.offloads);
	return 0;
}

static void
run_show_queue(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	const bool receive = strcmp(words->word[1], "rxq") == 0;
	const uint32_t queues = receive ? fwd_session->options->rxq : fwd_session->options->txq;
	uint32_t queue;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_command_ports(words->word[3], &mask);

	(void)cl;
	(void)data;
	if (ret == 0)
		ret = fwd_command_number(receive ? "show rxq info: queue" : "show txq info: queue",
		                         words->word[4], 0, queues - 1, &queue);
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++) {
		const struct fwd_port *port = &fwd_session->ports.port[i];

		if ((mask & UINT64_C(1) << i) != 0 && !port->gone)
			ret = receive ? show_rxq(port, (uint16_t)queue)
			              : show_txq(port, (uint16_t)queue);
	}
	fwd_command_ended(ret);
}

int
fwd_show_rss(const struct fwd_port *port)
{
	uint8_t key[KEY_MOST] = {0};
	struct rte_eth_rss_conf conf = {.rss_key = key};
	struct rte_eth_dev_info info;
	unsigned int i;
	int ret = rte_eth_dev_info_get(port->id, &info);

	if (ret == 0) {
		/* Not every driver tells how long its key is. */
		conf.rss_key_len =
			RTE_MIN(info.hash_key_size != 0 ? info.hash_key_size : 40, KEY_MOST);
		ret = rte_eth_dev_rss_hash_conf_get(port->id, &conf);
	}
	if (ret != 0)
		return fwd_port_error(port, "rss-hash", ret);
	printf("\nport %u: RSS functions 0x%" PRIx64 "%s\nRSS key: ", port->id, conf.rss_hf,
	       conf.rss_hf == 0 ? " (RSS is off)" : "");
	for (i = 0; i < conf.rss_key_len && i < sizeof(key); i++)
		printf("%02X", key[i]);
	printf("\n");
	return 0;
}

static void
run_port_config(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	uint32_t mtu;
	uint64_t mask;
	unsigned int i;
	int ret = -1;

	(void)cl;
	(void)data;
	if (strcmp(words->word[2], "mtu") != 0)
		app_error("port config %s: give mtu; queues, descriptors and RSS are options of "
		          "the command line",
		          words->word[2]);
	else if (fwd_command_stopped("port", "config") == 0)
		ret = fwd_command_ports(words->word[3], &mask);
	if (ret == 0)
		ret = fwd_command_number("port config mtu", words->word[4], RTE_ETHER_MIN_MTU,
		                         UINT16_MAX, &mtu);
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++) {
		const struct fwd_port *port = &fwd_session->ports.port[i];

		if ((mask & UINT64_C(1) << i) == 0 || port->gone)
			continue;
		ret = rte_eth_dev_set_mtu(port->id, (uint16_t)mtu);
		if (ret != 0)
			fwd_port_error(port, "port config mtu", ret);
		else
			printf("port %u: MTU %u\n", port->id, mtu);
	}
	fwd_command_ended(ret);
}

FWD_FIXED(show_word, 0, "show");
FWD_FIXED(rxq_word, 1, "rxq#txq");
FWD_FIXED(info_word, 2, "info");
FWD_FIXED(port_word, 0, "port");
FWD_FIXED(config_word, 1, "config");
FWD_ANY(queue_port, 3, fwd_command_port_ids);
FWD_ANY(queue_number, 4, queue_numbers);
FWD_ANY(setting, 2, settings);
FWD_ANY(setting_port, 3, fwd_command_port_ids);
FWD_ANY(setting_value, 4, mtus);
FWD_COMMAND(fwd_cmd_show_queue, run_show_queue, NULL, "show rxq|txq info ID|all QUEUE",
            (void *)&show_word, (void *)&rxq_word, (void *)&info_word, (void *)&queue_port,
            (void *)&queue_number);
FWD_COMMAND(fwd_cmd_port_config, run_port_config, NULL, "port config mtu ID|all N",
            (void *)&port_word, (void *)&config_word, (void *)&setting, (void *)&setting_port,
            (void *)&setting_value);
