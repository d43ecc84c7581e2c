/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_mempool.h>

#include "app_message.h"
#include "command.h"
#include "commands_show.h"

FWD_CHOICES(port_things, "info", "stats", "xstats", "rss-hash", "summary")
FWD_CHOICES(clear_things, "stats", "xstats", "all")
FWD_CHOICES(config_things, "rxtx", "cores", "fwd")

static int
pool_names(unsigned int index, char *text, unsigned int size)
{
	const struct fwd_pools *pools = &fwd_session->pools[fwd_session->current];

	if (index >= pools->nb)
		return -1;
	snprintf(text, size, "%s", pools->pool[index].mp->name);
	return 0;
}

static void
run_show_port(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	/* testpmd has the port first in this one. */
	const bool turned = strcmp(words->word[3], "rss-hash") == 0;
	const char *what = words->word[turned ? 3 : 2];
	uint64_t mask;
	unsigned int i;
	int ret = fwd_command_ports(words->word[turned ? 2 : 3], &mask);

	(void)cl;
	(void)data;
	if (ret == 0 && strcmp(what, "summary") == 0) {
		fwd_show_summary(fwd_session);
		mask = 0;
	}
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			ret = fwd_show_port(fwd_session, &fwd_session->ports.port[i], what);
	fwd_command_ended(ret);
}

/** `all` is both. */
static int
clear_port(struct fwd_port *port, const char *what)
{
	if (strcmp(what, "all") != 0)
		return fwd_clear_port(port, what);
	return fwd_clear_port(port, "stats") != 0 ? -1 : fwd_clear_port(port, "xstats");
}

static void
run_clear_port(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_command_ports(words->word[3], &mask);

	(void)cl;
	(void)data;
	for (i = 0; i < fwd_session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0 && !fwd_session->ports.port[i].gone)
			ret = clear_port(&fwd_session->ports.port[i], words->word[2]);
	fwd_command_ended(ret);
}

static void
run_fwd_stats(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	struct fwd_view view = fwd_session_view(fwd_session);

	(void)cl;
	(void)data;
	if (fwd_session->lcores.nb == 0) {
		app_error("forwarding has not been started yet; give start");
		fwd_command_ended(-1);
		return;
	}
	if (words->word[0][0] == 'c')
		fwd_lcores_clear(&fwd_session->lcores);
	else
		fwd_summary_tables(&view);
	fwd_command_ended(0);
}

static void
run_config(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;

	(void)cl;
	(void)data;
	fwd_command_ended(fwd_show_config(fwd_session, words->word[2]));
}

static void
run_dump(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	struct rte_mempool *mp;

	(void)cl;
	if (data == NULL) {
		rte_mempool_list_dump(stdout);
		fwd_command_ended(0);
		return;
	}
	mp = rte_mempool_lookup(words->word[1]);
	if (mp == NULL)
		app_error("dump_mempool %s: there is no such pool; dump_mempool shows all",
		          words->word[1]);
	else
		rte_mempool_dump(stdout, mp);
	fwd_command_ended(mp == NULL ? -1 : 0);
}

FWD_FIXED(show_word, 0, "show");
FWD_FIXED(clear_word, 0, "clear");
FWD_FIXED(port_word, 1, "port");
FWD_FIXED(fwd_word, 1, "fwd");
FWD_FIXED(stats_word, 2, "stats");
FWD_FIXED(all_word, 3, "all");
FWD_FIXED(config_word, 1, "config");
FWD_FIXED(dump_word, 0, "dump_mempool");
FWD_ANY(port_thing, 2, port_things);
FWD_ANY(clear_thing, 2, clear_things);
FWD_ANY(port_id, 3, fwd_command_port_ids);
FWD_ANY(config_thing, 2, config_things);
FWD_ANY(pool_name, 1, pool_names);
static char dump_named[] = "N";
FWD_COMMAND(fwd_cmd_show_port, run_show_port, NULL,
            "show port info|stats|xstats|rss-hash|summary ID|all", (void *)&show_word,
            (void *)&port_word, (void *)&port_thing, (void *)&port_id);
FWD_COMMAND(fwd_cmd_clear_port, run_clear_port, NULL, "clear port stats|xstats|all ID|all",
            (void *)&clear_word, (void *)&port_word, (void *)&clear_thing, (void *)&port_id);
FWD_COMMAND(fwd_cmd_show_fwd, run_fwd_stats, NULL,
            "show fwd stats all: ports, lcores, what interrupted them", (void *)&show_word,
            (void *)&fwd_word, (void *)&stats_word, (void *)&all_word);
FWD_COMMAND(fwd_cmd_clear_fwd, run_fwd_stats, NULL,
            "clear fwd stats all: count packets from here on", (void *)&clear_word,
            (void *)&fwd_word, (void *)&stats_word, (void *)&all_word);
FWD_COMMAND(fwd_cmd_show_config, run_config, NULL, "show config rxtx|cores|fwd", (void *)&show_word,
            (void *)&config_word, (void *)&config_thing);
FWD_COMMAND(fwd_cmd_dump, run_dump, NULL, "dump_mempool: all pools", (void *)&dump_word);
FWD_COMMAND(fwd_cmd_dump_one, run_dump, dump_named, "dump_mempool NAME", (void *)&dump_word,
            (void *)&pool_name);
