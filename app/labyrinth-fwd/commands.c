/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <cmdline.h>
#include <cmdline_parse_string.h>

#include "app_message.h"
#include "app_parse.h"
#include "commands.h"
#include "words.h"

/* Commands get no argument of ours that is not a constant. */
static struct fwd_session *session;
static bool has_quit;
static bool has_failed;

/** What every command is parsed into: its words, one after the other. */
struct words {
	cmdline_fixed_string_t word[5];
};

/** Note how a command has ended. */
static void
ended(int ret)
{
	if (ret != 0)
		has_failed = true;
	fflush(stdout);
}

bool
fwd_commands_quit(void)
{
	return has_quit;
}

bool
fwd_commands_failed(void)
{
	bool failed = has_failed;

	has_failed = false;
	return failed;
}

/* --- words ------------------------------------------------------------------- */

static int
choose(const char *const *list, unsigned int nb, unsigned int index, char *text, unsigned int size)
{
	if (index >= nb)
		return -1;
	snprintf(text, size, "%s", list[index]);
	return 0;
}

#define CHOICES(name, ...)                                                 \
	static int name(unsigned int index, char *text, unsigned int size) \
	{                                                                  \
		static const char *const list[] = {__VA_ARGS__};           \
                                                                           \
		return choose(list, RTE_DIM(list), index, text, size);     \
	}

CHOICES(port_things, "info", "stats", "xstats", "summary")
CHOICES(clear_things, "stats", "xstats")
CHOICES(config_things, "rxtx", "cores", "fwd")
CHOICES(on_off, "on", "off")
CHOICES(port_actions, "start", "stop", "close", "detach")
CHOICES(numbers, "32")
CHOICES(bursts, "1")

static int
modes(unsigned int index, char *text, unsigned int size)
{
	const struct fwd_engine *engine = fwd_engine_at(index);

	if (engine == NULL)
		return -1;
	snprintf(text, size, "%s", engine->name);
	return 0;
}

int
fwd_commands_ports(unsigned int index, char *text, unsigned int size)
{
	if (index > session->ports.nb)
		return -1;
	if (index == 0)
		snprintf(text, size, "all");
	else
		snprintf(text, size, "%u", session->ports.port[index - 1].id);
	return 0;
}

static int
pool_names(unsigned int index, char *text, unsigned int size)
{
	const struct fwd_pools *pools = &session->pools[session->current];

	if (index >= pools->nb)
		return -1;
	snprintf(text, size, "%s", pools->pool[index].mp->name);
	return 0;
}

int
fwd_commands_which(const char *word, uint64_t *mask)
{
	const char *end;
	uint64_t id;
	unsigned int i;

	*mask = strcmp(word, "all") == 0 ? UINT64_MAX >> (64 - session->ports.nb) : 0;
	if (*mask != 0)
		return 0;
	if (app_parse_digits(word, &end, &id) == 0 && *end == '\0')
		for (i = 0; i < session->ports.nb; i++)
			if (session->ports.port[i].id == id)
				*mask = UINT64_C(1) << i;
	if (*mask != 0)
		return 0;
	app_error("port %s: there is no such port; give all or one of show port summary all", word);
	return -1;
}

/** The last but one macro for a command: one whose words are fixed strings and choices. */
#define FIXED(name, index, text)                   \
	static cmdline_parse_token_string_t name = \
		TOKEN_STRING_INITIALIZER(struct words, word[index], text)
#define WORD(name, index, choices) \
	static struct fwd_word_token name = FWD_WORD(struct words, word[index], choices)
#define COMMAND(name, function, how, help, ...) \
	static cmdline_parse_inst_t name = {    \
		.f = function, .data = how, .help_str = help, .tokens = {__VA_ARGS__, NULL}}

/* --- help, quit, start, stop -------------------------------------------------- */

extern cmdline_parse_ctx_t fwd_command_table[];

static void
run_help(void *parsed, struct cmdline *cl, void *data)
{
	unsigned int i;

	(void)parsed;
	(void)cl;
	(void)data;
	for (i = 0; fwd_command_table[i] != NULL; i++)
		printf("%s\n", fwd_command_table[i]->help_str);
	printf("\nForward modes:\n");
	fwd_engine_help();
	ended(0);
}

static void
run_quit(void *parsed, struct cmdline *cl, void *data)
{
	(void)parsed;
	(void)data;
	has_quit = true;
	cmdline_quit(cl);
}

/** A whole number from min to max. 0, or -1 (one line was printed). */
static int
number(const char *what, const char *word, uint32_t min, uint32_t max, uint32_t *value)
{
	const char *end;
	uint64_t n;

	if (app_parse_digits(word, &end, &n) == 0 && *end == '\0' && n >= min && n <= max) {
		*value = (uint32_t)n;
		return 0;
	}
	app_error("%s %s: give a whole number from %u to %u", what, word, min, max);
	return -1;
}

static void
run_start(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	const char *kind = data;
	struct fwd_view view;
	uint32_t first = kind[0] == '1' ? 1 : 0;
	int ret = 0;

	(void)cl;
	if (kind[0] == 'N')
		ret = number("start tx_first", words->word[2], 1, 1024, &first);
	if (ret == 0)
		ret = fwd_session_start(session, first);
	if (ret == 0) {
		view = fwd_session_view(session);
		fwd_report_setup(&view);
	}
	ended(ret);
}

static void
run_stop(void *parsed, struct cmdline *cl, void *data)
{
	struct fwd_view view = fwd_session_view(session);

	(void)parsed;
	(void)cl;
	(void)data;
	if (!session->lcores.running) {
		app_error("stop: forwarding has not been started");
		ended(-1);
		return;
	}
	fwd_session_stop(session);
	printf("Stopped after %.1f s of mode %s.\n", session->seconds,
	       session->lcores.streams.engine->name);
	fwd_summary_ports(&view);
	ended(0);
}

FIXED(help_word, 0, "help");
FIXED(quit_word, 0, "quit");
FIXED(start_word, 0, "start");
FIXED(first_word, 1, "tx_first");
WORD(first_number, 2, bursts);
FIXED(stop_word, 0, "stop");
/* The library takes no constant for data; these are never written. */
static char start_plain[] = "0", start_one[] = "1", start_many[] = "N";
COMMAND(help, run_help, NULL, "help: list commands and modes", (void *)&help_word);
COMMAND(quit, run_quit, NULL, "quit: stop, print the summary, end", (void *)&quit_word);
COMMAND(start, run_start, start_plain, "start: forward in the mode that is set",
        (void *)&start_word);
COMMAND(start_first, run_start, start_one, "start tx_first: send a burst from each port before",
        (void *)&start_word, (void *)&first_word);
COMMAND(start_firsts, run_start, start_many, "start tx_first N: send N bursts before",
        (void *)&start_word, (void *)&first_word, (void *)&first_number);
COMMAND(stop, run_stop, NULL, "stop: stop forwarding, show what was forwarded", (void *)&stop_word);

/* --- show, clear, dump -------------------------------------------------------- */

static void
run_show_port(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	const char *what = words->word[2];
	uint64_t mask;
	unsigned int i;
	int ret = fwd_commands_which(words->word[3], &mask);

	(void)cl;
	(void)data;
	if (ret == 0 && strcmp(what, "summary") == 0) {
		fwd_show_summary(session);
		mask = 0;
	}
	for (i = 0; i < session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			ret = fwd_show_port(session, &session->ports.port[i], what);
	ended(ret);
}

static void
run_clear_port(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_commands_which(words->word[3], &mask);

	(void)cl;
	(void)data;
	for (i = 0; i < session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0 && !session->ports.port[i].gone)
			ret = fwd_clear_port(&session->ports.port[i], words->word[2]);
	ended(ret);
}

static void
run_fwd_stats(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	struct fwd_view view = fwd_session_view(session);

	(void)cl;
	(void)data;
	if (session->lcores.nb == 0) {
		app_error("forwarding has not been started yet; give start");
		ended(-1);
		return;
	}
	if (words->word[0][0] == 'c')
		fwd_lcores_clear(&session->lcores);
	else
		fwd_summary_tables(&view);
	ended(0);
}

static void
run_config(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;

	(void)cl;
	(void)data;
	ended(fwd_show_config(session, words->word[2]));
}

static void
run_dump(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	struct rte_mempool *mp;

	(void)cl;
	if (data == NULL) {
		rte_mempool_list_dump(stdout);
		ended(0);
		return;
	}
	mp = rte_mempool_lookup(words->word[1]);
	if (mp == NULL)
		app_error("dump_mempool %s: there is no such pool; dump_mempool shows all",
		          words->word[1]);
	else
		rte_mempool_dump(stdout, mp);
	ended(mp == NULL ? -1 : 0);
}

FIXED(show_word, 0, "show");
FIXED(clear_word, 0, "clear");
FIXED(port_word, 1, "port");
FIXED(fwd_word, 1, "fwd");
FIXED(stats_word, 2, "stats");
FIXED(all_word, 3, "all");
FIXED(config_word, 1, "config");
FIXED(dump_word, 0, "dump_mempool");
WORD(port_thing, 2, port_things);
WORD(clear_thing, 2, clear_things);
WORD(port_id, 3, fwd_commands_ports);
WORD(config_thing, 2, config_things);
WORD(pool_name, 1, pool_names);
static char dump_named[] = "N";
COMMAND(show_port, run_show_port, NULL, "show port info|stats|xstats|summary ID|all",
        (void *)&show_word, (void *)&port_word, (void *)&port_thing, (void *)&port_id);
COMMAND(clear_port, run_clear_port, NULL, "clear port stats|xstats ID|all", (void *)&clear_word,
        (void *)&port_word, (void *)&clear_thing, (void *)&port_id);
COMMAND(show_fwd, run_fwd_stats, NULL, "show fwd stats all: ports, lcores, what interrupted them",
        (void *)&show_word, (void *)&fwd_word, (void *)&stats_word, (void *)&all_word);
COMMAND(clear_fwd, run_fwd_stats, NULL, "clear fwd stats all: count packets from here on",
        (void *)&clear_word, (void *)&fwd_word, (void *)&stats_word, (void *)&all_word);
COMMAND(show_config, run_config, NULL, "show config rxtx|cores|fwd", (void *)&show_word,
        (void *)&config_word, (void *)&config_thing);
COMMAND(dump, run_dump, NULL, "dump_mempool: all pools", (void *)&dump_word);
COMMAND(dump_one, run_dump, dump_named, "dump_mempool NAME", (void *)&dump_word,
        (void *)&pool_name);

/* --- set, port ---------------------------------------------------------------- */

static void
say_when(void)
{
	if (session->lcores.running)
		printf("It counts from the next start on.\n");
}

static void
run_set_fwd(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	const struct fwd_engine *engine = fwd_engine_find(words->word[2]);
	char known[256];

	(void)cl;
	(void)data;
	if (engine == NULL) {
		fwd_engine_names(known, sizeof(known));
		app_error("set fwd %s: no such mode; give one of %s", words->word[2], known);
		ended(-1);
		return;
	}
	session->options->engine = engine;
	printf("Set %s packet forwarding mode\n", engine->name);
	say_when();
	ended(0);
}

static void
run_set_burst(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	int ret = number("set burst", words->word[2], 1, FWD_MAX_BURST, &session->options->burst);

	(void)cl;
	(void)data;
	if (ret == 0) {
		printf("Number of packets per burst set to %u\n", session->options->burst);
		say_when();
	}
	ended(ret);
}

static int
set_promisc(const struct fwd_port *port, bool on)
{
	int ret;

	if (port->gone)
		return 0;
	ret = on ? rte_eth_promiscuous_enable(port->id) : rte_eth_promiscuous_disable(port->id);
	if (ret != 0)
		app_error("port %u (%s): promiscuous mode: %s", port->id, port->name,
		          rte_strerror(-ret));
	return ret;
}

static void
run_set_promisc(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	bool on = strcmp(words->word[3], "on") == 0;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_commands_which(words->word[2], &mask);

	(void)cl;
	(void)data;
	if (ret == 0 && !on && strcmp(words->word[3], "off") != 0) {
		app_error("set promisc %s %s: give on or off", words->word[2], words->word[3]);
		ret = -1;
	}
	for (i = 0; i < session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			ret = set_promisc(&session->ports.port[i], on);
	ended(ret);
}

static int
act(unsigned int index, const char *action)
{
	struct fwd_port *port = &session->ports.port[index];
	bool leaves = strcmp(action, "close") == 0 || strcmp(action, "detach") == 0;

	/* A port may go at any time, by itself as well. */
	if (leaves) {
		fwd_session_lose_port(session, port);
		return 0;
	}
	if (session->lcores.running) {
		app_error("port %s: not while forwarding; give stop first", action);
		return -1;
	}
	if (strcmp(action, "start") == 0)
		return fwd_ports_start_one(&session->ports, index, session->options,
		                           &session->pools[session->current]);
	if (strcmp(action, "stop") == 0)
		return fwd_ports_stop_one(port);
	app_error("port %s: give start, stop, close or detach", action);
	return -1;
}

static void
run_port(void *parsed, struct cmdline *cl, void *data)
{
	const struct words *words = parsed;
	uint64_t mask;
	unsigned int i;
	int ret = fwd_commands_which(words->word[2], &mask);

	(void)cl;
	(void)data;
	for (i = 0; i < session->ports.nb && ret == 0; i++)
		if ((mask & UINT64_C(1) << i) != 0)
			ret = act(i, words->word[1]);
	if (ret == 0)
		printf("Done\n");
	ended(ret);
}

FIXED(set_word, 0, "set");
FIXED(burst_word, 1, "burst");
FIXED(promisc_word, 1, "promisc");
FIXED(port_verb, 0, "port");
WORD(mode_name, 2, modes);
WORD(burst_number, 2, numbers);
WORD(promisc_id, 2, fwd_commands_ports);
WORD(promisc_state, 3, on_off);
WORD(port_action, 1, port_actions);
WORD(action_id, 2, fwd_commands_ports);
COMMAND(set_fwd, run_set_fwd, NULL, "set fwd MODE", (void *)&set_word, (void *)&fwd_word,
        (void *)&mode_name);
COMMAND(set_burst, run_set_burst, NULL, "set burst N", (void *)&set_word, (void *)&burst_word,
        (void *)&burst_number);
COMMAND(set_promiscuous, run_set_promisc, NULL, "set promisc ID|all on|off", (void *)&set_word,
        (void *)&promisc_word, (void *)&promisc_id, (void *)&promisc_state);
COMMAND(port, run_port, NULL,
        "port start|stop|close|detach ID|all (close and detach: while forwarding, too)",
        (void *)&port_verb, (void *)&port_action, (void *)&action_id);

cmdline_parse_ctx_t fwd_command_table[] = {
	&help,
	&start,
	&start_first,
	&start_firsts,
	&stop,
	&show_port,
	&clear_port,
	&show_fwd,
	&clear_fwd,
	&show_config,
	&set_fwd,
	&set_burst,
	&set_promiscuous,
	&port,
	&dump,
	&dump_one,
	&quit,
	NULL,
};

cmdline_parse_ctx_t *
fwd_commands(struct fwd_session *of)
{
	session = of;
	return fwd_command_table;
}
