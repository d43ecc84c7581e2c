/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app_message.h"
#include "command.h"
#include "lines.h"

/* Files that load files. */
#define LOADS_MOST 8

/* For the command load, which gets nothing of ours. */
static struct {
	struct cmdline *cl;
	struct fwd_session *session;
	unsigned int depth;
} lines;

void
fwd_lines_begin(struct cmdline *cl, struct fwd_session *session)
{
	lines.cl = cl;
	lines.session = session;
}

void
fwd_lines_take(char *line)
{
	const size_t len = strlen(line);
	int ret;

	printf("%s\n", line);
	fflush(stdout);
	/* The parser wants the end of the line, too. */
	line[len] = '\n';
	line[len + 1] = '\0';
	ret = cmdline_parse(lines.cl, line);
	line[len] = '\0';
	if (ret == CMDLINE_PARSE_NOMATCH || ret == CMDLINE_PARSE_AMBIGUOUS) {
		app_error("%s: no such command; help lists them", line);
		lines.session->failed = true;
	} else if (ret == CMDLINE_PARSE_BAD_ARGS) {
		app_error("%s: not as help shows it", line);
		lines.session->failed = true;
	}
	if (fwd_command_has_failed())
		lines.session->failed = true;
	if (!fwd_command_has_quit())
		printf(FWD_PROMPT);
}

int
fwd_lines_load(const char *path)
{
	char line[FWD_LINE_ROOM];
	FILE *file;

	if (lines.depth == LOADS_MOST) {
		app_error("load %s: files that load files, more than %d deep", path, LOADS_MOST);
		return -1;
	}
	file = fopen(path, "re");
	if (file == NULL) {
		app_error("load %s: %s", path, strerror(errno));
		return -1;
	}
	lines.depth++;
	while (!fwd_command_has_quit() && fgets(line, sizeof(line) - 2, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			fwd_lines_take(line);
	}
	lines.depth--;
	fclose(file);
	return 0;
}
