/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit_step.h"

const struct unit_call unit_calls[] = {
	{"the first get of all", 0, 0, 4, 0, 1},
	{"a get of one frame", 10, 5, 1, 0, 1},
	{"a put of one frame", 10, 5, 0, 1, 1},
	{"a get of some", 40, 30, 8, 0, 1},
	{"a put of some", 40, 30, 0, 8, 1},
	{"a get that takes another room", 254, 0, 4, 0, 1},
	{"a put that fills a room", 520, 254, 0, 4, 1},
	{"a put that spills", 520, 382, 0, 4, 1},
	{"a get of several rooms", 5, 0, UNIT_CALL_MOST - 5, 0, 331},
	{"a put of several rooms", UNIT_CALL_MOST, 0, 0, UNIT_CALL_MOST, 331},
};

const uint32_t unit_calls_count = UNIT_ARRAY_LEN(unit_calls);
int unit_step_status;

uint32_t
unit_call_prepare(const struct unit_call *call, labyrinth_t *lab, uint32_t lane, void **held)
{
	uint32_t have = call->prepare_get - call->prepare_put;

	if (call->prepare_get > 0 && labyrinth_get(lab, lane, held, call->prepare_get) != 0)
		_exit(1);
	if (call->prepare_put > 0)
		labyrinth_put(lab, lane, &held[have], call->prepare_put);
	return have;
}

int
unit_call_make(const struct unit_call *call, labyrinth_t *lab, uint32_t lane, void **held,
               uint32_t *have)
{
	if (call->get > 0) {
		int ret = labyrinth_get(lab, lane, &held[*have], call->get);

		if (ret != 0)
			return ret;
		*have += call->get;
	}
	if (call->put > 0) {
		*have -= call->put;
		labyrinth_put(lab, lane, &held[*have], call->put);
	}
	return 0;
}

void
unit_stop_here(void)
{
	raise(SIGSTOP);
}

/* What it came to after it was let go. */
static enum unit_step
step_seen(pid_t pid)
{
	if (waitpid(pid, &unit_step_status, 0) != pid || !WIFSTOPPED(unit_step_status))
		return UNIT_ENDED;
	return WSTOPSIG(unit_step_status) == SIGSTOP ? UNIT_AT_STOP : UNIT_STEPPED;
}

pid_t
unit_traced(void (*fn)(const void *arg), const void *arg)
{
	pid_t pid = fork();

	if (pid == 0) {
		/* Untraced, it would stop with nobody to see that. */
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(UNIT_SKIPPED);
		fn(arg);
		_exit(0);
	}
	if (pid < 0 || step_seen(pid) != UNIT_AT_STOP)
		return -1;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_EXITKILL);
	return pid;
}

static void
steps(const void *arg)
{
	(void)arg;
	unit_stop_here();
}

/* Both sides of a step on one CPU: to wake another one takes longer than the step. */
static void
stay_on_this_cpu(void)
{
	int cpu = sched_getcpu();
	cpu_set_t only;

	if (cpu < 0)
		return;
	CPU_ZERO(&only);
	CPU_SET((size_t)cpu, &only);
	sched_setaffinity(0, sizeof(only), &only);
}

bool
unit_may_step(void)
{
	pid_t pid;
	bool may;

	if (UNIT_TSAN || UNIT_ASAN) {
		printf("skipped: with what sanitizers add to a process its steps take for ever\n");
		return false;
	}
	stay_on_this_cpu();
	pid = unit_traced(steps, NULL);
	may = pid > 0 && unit_step(pid) == UNIT_STEPPED;
	if (may)
		unit_kill_now(pid);
	else
		printf("skipped: no process can be stepped through here (ptrace is not allowed)\n");
	return may;
}

bool
unit_everywhere(const char *name)
{
	const char *all = getenv(name);

	return all != NULL && all[0] == '1';
}

uint32_t
unit_stride(uint32_t instructions, uint32_t wanted)
{
	if (getenv("UNIT_FEW") != NULL)
		wanted = wanted / 4 + 1;
	return (instructions / wanted) | 1;
}

enum unit_step
unit_step(pid_t pid)
{
	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0)
		return UNIT_ENDED;
	return step_seen(pid);
}

int
unit_run_to_end(pid_t pid)
{
	int *status = &unit_step_status;

	do {
		if (ptrace(PTRACE_CONT, pid, NULL, NULL) != 0 || waitpid(pid, status, 0) != pid)
			return -1;
	} while (WIFSTOPPED(*status) && WSTOPSIG(*status) == SIGSTOP);
	if (WIFEXITED(*status))
		return WEXITSTATUS(*status);
	unit_kill_now(pid);
	return -1;
}

void
unit_kill_now(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
