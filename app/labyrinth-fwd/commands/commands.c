/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <cmdline.h>

#include "app_message.h"
#include "command.h"
#include "commands.h"
#include "engines.h"

FWD_CHOICES(bursts, "1")

static cmdline_parse_ctx_t table[] = {
	&fwd_cmd_help,         &fwd_cmd_start,        &fwd_cmd_start_first,
	&fwd_cmd_start_firsts, &fwd_cmd_stop,         &fwd_cmd_show_port,
	&fwd_cmd_clear_port,   &fwd_cmd_show_fwd,     &fwd_cmd_clear_fwd,
	&fwd_cmd_show_config,  &fwd_cmd_set_fwd,      &fwd_cmd_set_burst,
	&fwd_cmd_set_nbcore,   &fwd_cmd_set_corelist, &fwd_cmd_set_portlist,
	&fwd_cmd_set_peer,     &fwd_cmd_set_txpkts,   &fwd_cmd_set_verbose,
	&fwd_cmd_load,         &fwd_cmd_show_queue,   &fwd_cmd_port_config,
	&fwd_cmd_set_promisc,  &fwd_cmd_port,         &fwd_cmd_dump,
	&fwd_cmd_dump_one,     &fwd_cmd_quit,         NULL,
};

static void
run_help(void *parsed, struct cmdline *cl, void *data)
{
	unsigned int i;

	(void)parsed;
	(void)cl;
	(void)data;
	for (i = 0; table[i] != NULL; i++)
		printf("%s\n", table[i]->help_str);
	printf("\nForward modes:\n");
	fwd_engine_help();
	fwd_command_ended(0);
}

static void
run_quit(void *parsed, struct cmdline *cl, void *data)
{
	(void)parsed;
	(void)data;
	fwd_command_quit();
	cmdline_quit(cl);
}

static void
run_start(void *parsed, struct cmdline *cl, void *data)
{
	const struct fwd_words *words = parsed;
	const char *kind = data;
	struct fwd_view view;
	uint32_t first = kind[0] == '1' ? 1 : 0;
	int ret = 0;

	(void)cl;
	if (kind[0] == 'N')
		ret = fwd_command_number("start tx_first", words->word[2], 1, 1024, &first);
	if (ret == 0)
		ret = fwd_session_start(fwd_session, first);
	if (ret == 0) {
		view = fwd_session_view(fwd_session);
		fwd_report_setup(&view);
	}
	fwd_command_ended(ret);
}

static void
run_stop(void *parsed, struct cmdline *cl, void *data)
{
	struct fwd_view view = fwd_session_view(fwd_session);

	(void)parsed;
	(void)cl;
	(void)data;
	if (!fwd_session->lcores.running) {
		app_error("stop: forwarding has not been started");
		fwd_command_ended(-1);
		return;
	}
	fwd_session_stop(fwd_session);
	printf("Stopped after %.1f s of mode %s.\n", fwd_session->seconds,
	       fwd_session->lcores.streams.engine->name);
	fwd_summary_ports(&view);
	fwd_command_ended(0);
}

FWD_FIXED(help_word, 0, "help");
FWD_FIXED(quit_word, 0, "quit");
FWD_FIXED(start_word, 0, "start");
FWD_FIXED(first_word, 1, "tx_first");
FWD_ANY(first_number, 2, bursts);
FWD_FIXED(stop_word, 0, "stop");
/* The library takes no constant for data; these are never written. */
static char start_plain[] = "0", start_one[] = "1", start_many[] = "N";
FWD_COMMAND(fwd_cmd_help, run_help, NULL, "help: list commands and modes", (void *)&help_word);
FWD_COMMAND(fwd_cmd_quit, run_quit, NULL, "quit: stop, print the summary, end", (void *)&quit_word);
FWD_COMMAND(fwd_cmd_start, run_start, start_plain, "start: forward in the mode that is set",
            (void *)&start_word);
FWD_COMMAND(fwd_cmd_start_first, run_start, start_one,
            "start tx_first: send a burst from each port before", (void *)&start_word,
            (void *)&first_word);
FWD_COMMAND(fwd_cmd_start_firsts, run_start, start_many, "start tx_first N: send N bursts before",
            (void *)&start_word, (void *)&first_word, (void *)&first_number);
FWD_COMMAND(fwd_cmd_stop, run_stop, NULL, "stop: stop forwarding, show what was forwarded",
            (void *)&stop_word);

cmdline_parse_ctx_t *
fwd_commands(struct fwd_session *session)
{
	fwd_session = session;
	return table;
}
