/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include "app_message.h"
#include "app_parse.h"
#include "command.h"

struct fwd_session *fwd_session;

static bool has_quit;
static bool has_failed;

void
fwd_command_ended(int ret)
{
	if (ret != 0)
		has_failed = true;
	fflush(stdout);
}

void
fwd_command_quit(void)
{
	has_quit = true;
}

bool
fwd_command_has_quit(void)
{
	return has_quit;
}

bool
fwd_command_has_failed(void)
{
	bool failed = has_failed;

	has_failed = false;
	return failed;
}

int
fwd_command_choice(const char *const *list, unsigned int nb, unsigned int index, char *text,
                   unsigned int size)
{
	if (index >= nb)
		return -1;
	snprintf(text, size, "%s", list[index]);
	return 0;
}

int
fwd_command_port_ids(unsigned int index, char *text, unsigned int size)
{
	if (index > fwd_session->ports.nb)
		return -1;
	if (index == 0)
		snprintf(text, size, "all");
	else
		snprintf(text, size, "%u", fwd_session->ports.port[index - 1].id);
	return 0;
}

int
fwd_command_ports(const char *word, uint64_t *mask)
{
	const char *end;
	uint64_t id;
	unsigned int i;

	if (fwd_session->ports.nb == 0) {
		app_error("port %s: a secondary process has no ports", word);
		return -1;
	}
	*mask = strcmp(word, "all") == 0 ? UINT64_MAX >> (64 - fwd_session->ports.nb) : 0;
	if (*mask != 0)
		return 0;
	if (app_parse_digits(word, &end, &id) == 0 && *end == '\0')
		for (i = 0; i < fwd_session->ports.nb; i++)
			if (fwd_session->ports.port[i].id == id)
				*mask = UINT64_C(1) << i;
	if (*mask != 0)
		return 0;
	app_error("port %s: there is no such port; give all or one of show port summary all", word);
	return -1;
}

int
fwd_command_stopped(const char *verb, const char *what)
{
	if (!fwd_session->lcores.running)
		return 0;
	app_error("%s %s: not while forwarding; give stop first", verb, what);
	return -1;
}

int
fwd_command_number(const char *what, const char *word, uint32_t min, uint32_t max, uint32_t *value)
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
