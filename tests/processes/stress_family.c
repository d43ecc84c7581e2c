/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "stress.h"

static pid_t pids[STRESS_PLACES]; /* of the secondaries; 0: none, or it has ended */

bool
stress_die_with_primary(void)
{
	const char *primary = getenv("STRESS_PRIMARY");

	return primary != NULL && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	       getppid() == (pid_t)atoi(primary);
}

/*
 * Runs the program again, without the descriptors of this one: another thread may have EAL
 * lock a directory at this moment, and a descriptor that is inherited keeps the lock for ever.
 */
static bool
run_again(pid_t *pid, char *const *args)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	bool ran;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	ran = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1) == 0 &&
	      posix_spawn(pid, "/proc/self/exe", &actions, NULL, args, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	return ran;
}

/* The same program with the same words, but for its place among the processes. */
static bool
spawn(char *const *words, unsigned int as)
{
	char text[16];
	char *args[STRESS_WORDS];
	unsigned int n;
	pid_t pid;

	for (n = 0; words[n] != NULL && n < STRESS_WORDS - 2; n++)
		args[n] = words[n];
	args[n++] = (char *)(uintptr_t) "--proc-type=secondary";
	args[n] = NULL;
	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("STRESS_PRIMARY", text, 1);
	snprintf(text, sizeof(text), "%u", as);
	setenv("STRESS_PLACE", text, 1);
	if (!run_again(&pid, args))
		return false;
	pids[as - 1] = pid;
	return true;
}

/* Has it ended, or never been there? Says so when it did not end as it should. */
static bool
has_ended(unsigned int i, int how)
{
	int status = 0;

	if (pids[i] <= 0)
		return true;
	if (waitpid(pids[i], &status, how) == 0)
		return false;
	pids[i] = 0;
	if (status != 0)
		stress_wrong("stress: a secondary does not end as it should\n");
	return true;
}

/*
 * It has no end without them: who is killed in the middle of a call of rte_ring keeps
 * others in theirs for ever, so nobody is waited for but the killed.
 */
void
stress_give_up(const char *why)
{
	unsigned int i;

	stress_wrong(why);
	for (i = 0; i < stress_secondaries; i++) {
		if (pids[i] <= 0)
			continue;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	_exit(EXIT_FAILURE);
}

void
stress_start_secondaries(char *const *words)
{
	unsigned int i;

	for (i = 0; i < stress_secondaries; i++) {
		if (!spawn(words, i + 1))
			stress_give_up("stress: a secondary cannot be started\n");
	}
	for (i = 0; i < stress_secondaries; i++) {
		while (__atomic_load_n(&stress_shared->process[i + 1], __ATOMIC_ACQUIRE) == 0) {
			if (has_ended(i, WNOHANG))
				stress_give_up("stress: a secondary ends before it begins\n");
			usleep(1000);
		}
	}
}

void
stress_disturb(unsigned int n, uint64_t seed, unsigned int seconds)
{
	uint64_t end = rte_get_timer_cycles() + seconds * rte_get_timer_hz();

	while (rte_get_timer_cycles() < end) {
		usleep((unsigned int)stress_draw(&seed) % 1000);
		stress_interrupt(n, &seed);
		if (stress_secondaries > 0 && stress_draw(&seed) % 16 == 0) {
			unsigned int i = (unsigned int)stress_draw(&seed) % stress_secondaries;
			pid_t pid = pids[i];

			if (has_ended(i, WNOHANG))
				stress_give_up("stress: a secondary ends before the others\n");
			kill(pid, SIGSTOP);
			usleep((unsigned int)stress_draw(&seed) % 20000);
			kill(pid, SIGCONT);
			stress_count(&stress_shared->stops, 1);
		}
	}
}

void
stress_end_secondaries(void)
{
	unsigned int i;

	for (i = 0; i < stress_secondaries; i++)
		has_ended(i, 0);
}
