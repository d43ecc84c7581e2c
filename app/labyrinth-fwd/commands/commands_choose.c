/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Commands that choose what forwards from the next start on, and what is sent. */

#include <stdio.h>
#include <string.h>

#include <rte_lcore.h>

#include "app_message.h"
#include "command.h"
#include "lines.h"
#include "packet.h"
#include "parse.h"

#define CORES_MOST 64

FWD_CHOICES(core_numbers, "1")
FWD_CHOICES(core_lists, "1,2")
FWD_CHOICES(port_lists, "0,1")
FWD_CHOICES(lengths, "64", "1518")
FWD_CHOICES(addresses, "02:00:00:00:00:01")
FWD_CHOICES(files, "commands.txt")

static void
run_set_nbcore(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	struct fwd_options *options = fwd_session->options;
	uint32_t most = rte_lcore_count() - 1;
	int ret;

	(void)cl;
	(void)data;
	if (options->lcore_mask != 0)
		most = (uint32_t)__builtin_popcountll(options->lcore_mask);
	ret = fwd_command_number("set nbcore", words->word[2], 1, most, &options->nb_cores);
	if (ret == 0)
		printf("%u lcores forward from the next start on\n", options->nb_cores);
	fwd_command_ended(ret);
}

static int
check_corelist(const char *word, uint64_t mask)
{
	unsigned int id;

	for (id = 0; id < CORES_MOST; id++) {
		if ((mask & UINT64_C(1) << id) == 0)
			continue;
		if (!rte_lcore_is_enabled(id) || id == rte_get_main_lcore()) {
			app_error("set corelist %s: lcore %u cannot forward; show config cores "
			          "lists those that can",
			          word, id);
			return -1;
		}
	}
	return 0;
}

static void
run_set_corelist(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	uint64_t mask;
	int ret = fwd_parse_list("set corelist", words->word[2], CORES_MOST, &mask);

	(void)cl;
	(void)data;
	if (ret == 0)
		ret = check_corelist(words->word[2], mask);
	if (ret == 0) {
		fwd_session->options->lcore_mask = mask;
		fwd_session->options->nb_cores = 0;
		printf("lcores %s forward from the next start on\n", words->word[2]);
	}
	fwd_command_ended(ret);
}

/** Ports of a list that are none, by the mask of their ids. */
static uint64_t
unknown_ports(uint64_t mask)
{
	unsigned int i;

	for (i = 0; i < fwd_session->ports.nb; i++)
		mask &= ~(UINT64_C(1) << fwd_session->ports.port[i].id);
	return mask;
}

static void
run_set_portlist(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	struct fwd_port *port = fwd_session->ports.port;
	uint64_t mask = 0;
	unsigned int i;
	int ret = fwd_parse_list("set portlist", words->word[2], FWD_MAX_PORTS, &mask);

	(void)cl;
	(void)data;
	if (ret == 0 && unknown_ports(mask) != 0) {
		app_error("set portlist %s: there is no port %d; show port summary all lists "
		          "those there are",
		          words->word[2], __builtin_ctzll(unknown_ports(mask)));
		ret = -1;
	}
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++)
		port[i].left_out = (mask & UINT64_C(1) << port[i].id) == 0;
	if (ret == 0)
		printf("ports %s forward from the next start on\n", words->word[2]);
	fwd_command_ended(ret);
}

static void
run_set_peer(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	struct rte_ether_addr mac;
	char text[2 * sizeof(words->word[2])];
	unsigned int id, i;
	uint64_t mask;
	int ret = fwd_command_ports(words->word[2], &mask);

	(void)cl;
	(void)data;
	snprintf(text, sizeof(text), "%s,%s",
	         strcmp(words->word[2], "all") == 0 ? "0" : words->word[2], words->word[3]);
	if (ret == 0)
		ret = fwd_parse_port_mac("set eth-peer", text, FWD_MAX_PORTS, &id, &mac);
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			fwd_session->ports.port[i].peer = mac;
	if (ret == 0)
		printf("port %s sends to %s from the next start on\n", words->word[2],
		       words->word[3]);
	fwd_command_ended(ret);
}

static void
run_set_txpkts(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	const uint32_t room = fwd_options_largest(fwd_session->options);
	uint32_t length;
	int ret = fwd_command_stopped("set", "txpkts");

	(void)cl;
	(void)data;
	if (ret == 0)
		ret = fwd_command_number("set txpkts", words->word[2], FWD_PACKET_LEN,
		                         RTE_MIN(room - RTE_PKTMBUF_HEADROOM, UINT16_MAX), &length);
	if (ret == 0) {
		fwd_packet_set_length((uint16_t)length);
		printf("generated packets have %u bytes, in one mbuf\n", length);
	}
	fwd_command_ended(ret);
}

static void
run_load(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;

	(void)cl;
	(void)data;
	fwd_command_ended(fwd_lines_load(words->word[1]));
}

FWD_FIXED(set_word, 0, "set");
FWD_FIXED(nbcore_word, 1, "nbcore");
FWD_FIXED(corelist_word, 1, "corelist");
FWD_FIXED(peer_word, 1, "eth-peer");
FWD_FIXED(txpkts_word, 1, "txpkts");
FWD_FIXED(load_word, 0, "load");
FWD_FIXED(portlist_word, 1, "portlist");
FWD_ANY(core_number, 2, core_numbers);
FWD_ANY(core_list, 2, core_lists);
FWD_ANY(port_list, 2, port_lists);
FWD_ANY(peer_port, 2, fwd_command_port_ids);
FWD_ANY(peer_address, 3, addresses);
FWD_ANY(tx_length, 2, lengths);
FWD_ANY(load_file, 1, files);
FWD_COMMAND(fwd_cmd_set_nbcore, run_set_nbcore, NULL, "set nbcore N: so many lcores forward",
            (void *)&set_word, (void *)&nbcore_word, (void *)&core_number);
FWD_COMMAND(fwd_cmd_set_corelist, run_set_corelist, NULL,
            "set corelist N[,N...]: these lcores forward", (void *)&set_word,
            (void *)&corelist_word, (void *)&core_list);
FWD_COMMAND(fwd_cmd_set_portlist, run_set_portlist, NULL,
            "set portlist N[,N...]: these ports forward, in pairs", (void *)&set_word,
            (void *)&portlist_word, (void *)&port_list);
FWD_COMMAND(fwd_cmd_set_peer, run_set_peer, NULL,
            "set eth-peer ID|all MAC: where mac, csum, txonly and flowgen send", (void *)&set_word,
            (void *)&peer_word, (void *)&peer_port, (void *)&peer_address);
FWD_COMMAND(fwd_cmd_set_txpkts, run_set_txpkts, NULL, "set txpkts N: bytes of generated packets",
            (void *)&set_word, (void *)&txpkts_word, (void *)&tx_length);
FWD_COMMAND(fwd_cmd_load, run_load, NULL, "load FILE: run the commands of a file",
            (void *)&load_word, (void *)&load_file);
