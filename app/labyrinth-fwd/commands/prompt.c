/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <cmdline.h>
#include <cmdline_socket.h>

#include "app_message.h"
#include "command.h"
#include "commands.h"
#include "lines.h"
#include "prompt.h"
#include "stop.h"

/* What a terminal sends for Ctrl-C while librte_cmdline has it. */
#define CTRL_C 3

struct input {
	struct cmdline *cl;
	bool terminal;
	char line[FWD_LINE_ROOM]; /* from elsewhere: what has come of the next one */
	size_t len;
};

static void
take_char(struct input *input, char c)
{
	if (c == '\n') {
		input->line[input->len] = '\0';
		input->len = 0;
		fwd_lines_take(input->line);
	} else if (input->len + 2 < sizeof(input->line)) {
		input->line[input->len++] = c;
	}
}

/** Returns false at the end of input. */
static bool
take(struct input *input)
{
	char chars[256];
	ssize_t n = read(STDIN_FILENO, chars, sizeof(chars)), i;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	for (i = 0; i < n && !fwd_command_has_quit(); i++) {
		if (!input->terminal)
			take_char(input, chars[i]);
		else if (chars[i] == CTRL_C)
			fwd_stop_ask(SIGINT);
		else if (cmdline_in(input->cl, &chars[i], 1) < 0)
			return false;
		fflush(stdout);
	}
	/* A last line without an end is a line all the same. */
	if (n <= 0 && input->len > 0)
		take_char(input, '\n');
	return n > 0;
}

static void
serve(struct input *input, struct fwd_session *session)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
	                       {.fd = fwd_stop_fd(), .events = POLLIN}};

	while (!fwd_command_has_quit() && !fwd_stop_wait(0) && !session->orphaned) {
		poll(fds, RTE_DIM(fds), (int)fwd_session_patience(session));
		if (fwd_session_poll(session) != 0 && session->orphaned)
			break;
		if (fds[0].revents != 0 && !take(input))
			break;
	}
}

int
fwd_prompt(struct fwd_session *session)
{
	struct input input = {.terminal = isatty(STDIN_FILENO) != 0};
	const struct fwd_options *options = session->options;

	fwd_ports_wait_link(&session->ports, FWD_LINK_MS);
	if (options->auto_start && fwd_session_start(session, options->tx_first) != 0)
		return -1;
	if (input.terminal)
		input.cl = cmdline_stdin_new(fwd_commands(session), FWD_PROMPT);
	else
		input.cl =
			cmdline_new(fwd_commands(session), FWD_PROMPT, STDIN_FILENO, STDOUT_FILENO);
	if (input.cl == NULL) {
		app_error("-i: no memory for the command line");
		return -1;
	}
	fwd_lines_begin(input.cl, session);
	if (options->cmdline_file != NULL && fwd_lines_load(options->cmdline_file) != 0)
		session->failed = true;
	serve(&input, session);
	/* The first gives the terminal back and frees, too. */
	if (input.terminal)
		cmdline_stdin_exit(input.cl);
	else
		cmdline_free(input.cl);
	return fwd_session_close(session);
}
