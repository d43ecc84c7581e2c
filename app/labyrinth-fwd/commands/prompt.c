/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmdline.h>
#include <cmdline_socket.h>

#include "app_message.h"
#include "command.h"
#include "commands.h"
#include "prompt.h"
#include "stop.h"

#define PROMPT "labyrinth-fwd> "
/* What a terminal sends for Ctrl-C while librte_cmdline has it. */
#define CTRL_C 3
/* Files that load files. */
#define LOADS_MOST 8

struct input {
	struct cmdline *cl;
	bool terminal;
	char line[1024]; /* from elsewhere: what has come of the next one */
	size_t len;
};

/** A whole line, not typed: show it, and say what is wrong with it. */
static void
take_line(struct input *input, struct fwd_session *session)
{
	const size_t len = strlen(input->line);
	int ret;

	printf("%s\n", input->line);
	fflush(stdout);
	/* The parser wants the end of the line, too. */
	input->line[len] = '\n';
	input->line[len + 1] = '\0';
	ret = cmdline_parse(input->cl, input->line);
	input->line[len] = '\0';
	if (ret == CMDLINE_PARSE_NOMATCH || ret == CMDLINE_PARSE_AMBIGUOUS) {
		app_error("%s: no such command; help lists them", input->line);
		session->failed = true;
	} else if (ret == CMDLINE_PARSE_BAD_ARGS) {
		app_error("%s: not as help shows it", input->line);
		session->failed = true;
	}
	if (fwd_commands_failed())
		session->failed = true;
	if (!fwd_commands_quit())
		printf(PROMPT);
}

/* For the command load, which gets nothing of ours. */
static struct {
	struct cmdline *cl;
	struct fwd_session *session;
	unsigned int depth;
} loading;

int
fwd_command_load(const char *path)
{
	struct input input = {.cl = loading.cl};
	FILE *file;

	if (loading.depth == LOADS_MOST) {
		app_error("load %s: files that load files, more than %d deep", path, LOADS_MOST);
		return -1;
	}
	file = fopen(path, "re");
	if (file == NULL) {
		app_error("load %s: %s", path, strerror(errno));
		return -1;
	}
	loading.depth++;
	while (!fwd_commands_quit() && fgets(input.line, sizeof(input.line) - 2, file) != NULL) {
		input.line[strcspn(input.line, "\n")] = '\0';
		if (input.line[0] != '\0' && input.line[0] != '#')
			take_line(&input, loading.session);
	}
	loading.depth--;
	fclose(file);
	return 0;
}

static void
take_char(struct input *input, struct fwd_session *session, char c)
{
	if (c == '\n') {
		input->line[input->len] = '\0';
		input->len = 0;
		take_line(input, session);
	} else if (input->len + 2 < sizeof(input->line)) {
		input->line[input->len++] = c;
	}
}

/** Returns false at the end of input. */
static bool
take(struct input *input, struct fwd_session *session)
{
	char chars[256];
	ssize_t n = read(STDIN_FILENO, chars, sizeof(chars)), i;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	for (i = 0; i < n && !fwd_commands_quit(); i++) {
		if (!input->terminal)
			take_char(input, session, chars[i]);
		else if (chars[i] == CTRL_C)
			fwd_stop_ask(SIGINT);
		else if (cmdline_in(input->cl, &chars[i], 1) < 0)
			return false;
		fflush(stdout);
	}
	/* A last line without an end is a line all the same. */
	if (n <= 0 && input->len > 0)
		take_char(input, session, '\n');
	return n > 0;
}

static void
serve(struct input *input, struct fwd_session *session)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
	                       {.fd = fwd_stop_fd(), .events = POLLIN}};

	while (!fwd_commands_quit() && !fwd_stop_wait(0) && !session->orphaned) {
		poll(fds, RTE_DIM(fds), (int)fwd_session_patience(session));
		if (fwd_session_poll(session) != 0 && session->orphaned)
			break;
		if (fds[0].revents != 0 && !take(input, session))
			break;
	}
}

int
fwd_prompt(struct fwd_session *session)
{
	struct input input = {.terminal = isatty(STDIN_FILENO) != 0};
	const struct fwd_options *options = session->options;

	fwd_ports_wait_link(&session->ports);
	if (options->auto_start && fwd_session_start(session, options->tx_first) != 0)
		return -1;
	if (input.terminal)
		input.cl = cmdline_stdin_new(fwd_commands(session), PROMPT);
	else
		input.cl = cmdline_new(fwd_commands(session), PROMPT, STDIN_FILENO, STDOUT_FILENO);
	if (input.cl == NULL) {
		app_error("-i: no memory for the command line");
		return -1;
	}
	loading.cl = input.cl;
	loading.session = session;
	if (options->cmdline_file != NULL && fwd_command_load(options->cmdline_file) != 0)
		session->failed = true;
	serve(&input, session);
	/* The first gives the terminal back and frees, too. */
	if (input.terminal)
		cmdline_stdin_exit(input.cl);
	else
		cmdline_free(input.cl);
	return fwd_session_close(session);
}
