/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Children that may die: what they write and how they end is for the tests to
 * judge.
 */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#define CHILD_SECONDS 60

static void
child(void (*fn)(void *arg), void *arg, int to)
{
	const struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
	/* Sanitizers turn these into an exit status otherwise. */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	signal(SIGABRT, SIG_DFL);
	dup2(to, STDERR_FILENO);
	close(to);
	alarm(CHILD_SECONDS);
	fn(arg);
	_exit(0);
}

static void
text_read(int from, struct unit_end *end)
{
	size_t len = 0;
	char rest[256];

	for (;;) {
		size_t space = sizeof(end->text) - 1 - len;
		ssize_t got = space > 0 ? read(from, end->text + len, space)
		                        : read(from, rest, sizeof(rest));

		if (got <= 0)
			break;
		if (space > 0)
			len += (size_t)got;
	}
	end->text[len] = '\0';
}

void
unit_child(void (*fn)(void *arg), void *arg, struct unit_end *end)
{
	int ends[2];
	pid_t pid;

	memset(end, 0, sizeof(*end));
	end->status = -1;
	if (pipe(ends) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(fn, arg, ends[1]);
	}
	close(ends[1]);
	text_read(ends[0], end);
	close(ends[0]);
	if (pid < 0 || waitpid(pid, &end->status, 0) != pid)
		end->status = -1;
}

bool
unit_died(const struct unit_end *end, int signum)
{
	if (end->status != -1 && WIFSIGNALED(end->status) && WTERMSIG(end->status) == signum)
		return true;
	fprintf(stderr, "child ended with status 0x%x, not signal %d; it wrote: %s\n",
	        (unsigned int)end->status, signum, end->text);
	return false;
}

bool
unit_lived(const struct unit_end *end)
{
	if (end->status == 0)
		return true;
	fprintf(stderr, "child ended with status 0x%x; it wrote: %s\n", (unsigned int)end->status,
	        end->text);
	return false;
}

void
unit_tell(const struct labyrinth_violation *violation)
{
	dprintf(STDERR_FILENO, "kind: %s\n", labyrinth_violation_name(violation->kind));
}
