/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>

#include "app_message.h"
#include "command.h"
#include "engines.h"

FWD_CHOICES(on_off, "on", "off")
FWD_CHOICES(port_actions, "start", "stop", "close", "detach")
FWD_CHOICES(numbers, "32")

static int
modes(unsigned int index, char *text, unsigned int size)
{
	const struct fwd_engine *engine = fwd_engine_at(index);

	if (engine == NULL)
		return -1;
	snprintf(text, size, "%s", engine->name);
	return 0;
}

static void
say_when(void)
{
	if (fwd_session->lcores.running)
		printf("(from the next start on)\n");
}

static void
run_set_fwd(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	const struct fwd_engine *engine = fwd_engine_find(words->word[2]);
	char known[256];

	(void)cl;
	(void)data;
	if (engine == NULL) {
		fwd_engine_names(known, sizeof(known));
		app_error("set fwd %s: no such mode; give one of %s", words->word[2], known);
		fwd_command_ended(-1);
		return;
	}
	fwd_session->options->engine = engine;
	printf("mode %s is set\n", engine->name);
	say_when();
	fwd_command_ended(0);
}

static void
run_set_burst(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	int ret = fwd_command_number("set burst", words->word[2], 1, FWD_MAX_BURST,
	                             &fwd_session->options->burst);

	(void)cl;
	(void)data;
	if (ret == 0) {
		printf("bursts are of %u packets\n", fwd_session->options->burst);
		say_when();
	}
	fwd_command_ended(ret);
}

static int
set_promisc(const struct fwd_port *port, bool on)
{
	int ret;

	if (port->gone)
		return 0;
	ret = on ? rte_eth_promiscuous_enable(port->id) : rte_eth_promiscuous_disable(port->id);
	if (ret != 0)
		return fwd_port_error(port, "promiscuous mode", ret);
	return 0;
}

static void
run_set_promisc(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	bool on = strcmp(words->word[3], "on") == 0;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_command_ports(words->word[2], &mask);

	(void)cl;
	(void)data;
	if (ret == 0 && !on && strcmp(words->word[3], "off") != 0) {
		app_error("set promisc %s %s: give on or off", words->word[2], words->word[3]);
		ret = -1;
	}
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			ret = set_promisc(&fwd_session->ports.port[i], on);
	fwd_command_ended(ret);
}

static int
act(unsigned int index, const char *action)
{
	struct fwd_port *port = &fwd_session->ports.port[index];
	bool leaves = strcmp(action, "close") == 0 || strcmp(action, "detach") == 0;

	/* A port may go at any time, by itself as well. */
	if (leaves) {
		fwd_session_lose_port(fwd_session, port);
		return 0;
	}
	if (fwd_command_stopped("port", action) != 0)
		return -1;
	if (strcmp(action, "start") == 0)
		return fwd_ports_start_one(&fwd_session->ports, index, fwd_session->options,
		                           &fwd_session->pools[fwd_session->current]);
	if (strcmp(action, "stop") == 0)
		return fwd_ports_stop_one(port);
	app_error("port %s: give start, stop, close or detach", action);
	return -1;
}

static void
run_port(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_command_ports(words->word[2], &mask);

	(void)cl;
	(void)data;
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			ret = act(i, words->word[1]);
	if (ret == 0)
		printf("done\n");
	fwd_command_ended(ret);
}

FWD_FIXED(fwd_word, 1, "fwd");
FWD_FIXED(set_word, 0, "set");
FWD_FIXED(burst_word, 1, "burst");
FWD_FIXED(promisc_word, 1, "promisc");
FWD_FIXED(port_verb, 0, "port");
FWD_ANY(mode_name, 2, modes);
FWD_ANY(burst_number, 2, numbers);
FWD_ANY(promisc_id, 2, fwd_command_port_ids);
FWD_ANY(promisc_state, 3, on_off);
FWD_ANY(port_action, 1, port_actions);
FWD_ANY(action_id, 2, fwd_command_port_ids);
FWD_COMMAND(fwd_cmd_set_fwd, run_set_fwd, NULL, "set fwd MODE", (void *)&set_word,
            (void *)&fwd_word, (void *)&mode_name);
FWD_COMMAND(fwd_cmd_set_burst, run_set_burst, NULL, "set burst N", (void *)&set_word,
            (void *)&burst_word, (void *)&burst_number);
FWD_COMMAND(fwd_cmd_set_promisc, run_set_promisc, NULL, "set promisc ID|all on|off",
            (void *)&set_word, (void *)&promisc_word, (void *)&promisc_id, (void *)&promisc_state);
FWD_COMMAND(fwd_cmd_port, run_port, NULL,
            "port start|stop|close|detach ID|all (close and detach: while forwarding, too)",
            (void *)&port_verb, (void *)&port_action, (void *)&action_id);
