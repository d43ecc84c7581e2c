/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pair.h"

/* Enough for a core to count as written. */
#define CORE_LEN 4096
#define SECONDS  20

static void
run(bool ours, void (*child)(bool ours), struct pair_end *end)
{
	const struct rlimit core = {CORE_LEN, CORE_LEN};
	size_t used = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	memset(end, 0, sizeof(*end));
	if (pipe(ends) != 0 || (pid = fork()) < 0)
		exit(96);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		setrlimit(RLIMIT_CORE, &core);
		alarm(SECONDS);
		child(ours);
		_exit(0);
	}
	close(ends[1]);
	while (used < PAIR_TEXT_LEN - 1 &&
	       (got = read(ends[0], end->text + used, PAIR_TEXT_LEN - 1 - used)) > 0)
		used += (size_t)got;
	close(ends[0]);
	if (waitpid(pid, &end->status, 0) != pid)
		exit(95);
}

bool
pair_run(struct pair *pair, void (*child)(bool ours))
{
	run(false, child, &pair->without);
	run(true, child, &pair->with);
	pair->core = WIFSIGNALED(pair->without.status) && WCOREDUMP(pair->without.status);
	return pair->without.status == pair->with.status &&
	       strcmp(pair->without.text, pair->with.text) == 0;
}

static void
end_print(const char *which, const struct pair_end *end)
{
	printf("    | %s: signal %d, exit status %d, core %d\n%s", which,
	       WIFSIGNALED(end->status) ? WTERMSIG(end->status) : 0,
	       WIFEXITED(end->status) ? WEXITSTATUS(end->status) : 0,
	       WIFSIGNALED(end->status) && WCOREDUMP(end->status) ? 1 : 0, end->text);
}

void
pair_print(const struct pair *pair)
{
	end_print("without", &pair->without);
	end_print("with", &pair->with);
}
