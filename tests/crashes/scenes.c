/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * What no table has: crashes that meet threads, stacks, calls and handlers which are
 * in the way, with our signal handlers and without. Both must end the same.
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pair.h"

#define STACK_LEN 65536

static struct sigaction old;
static volatile int *volatile nowhere = (volatile int *)8;

static void
say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(99);
}

static void
start(bool ours)
{
	if (ours)
		labyrinth_signals_start();
}

static void
set(int signum, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigaction(signum, &action, NULL);
}

static void
crash(void)
{
	*nowhere = 1;
}

static void
on_noted(int signum)
{
	(void)signum;
	say("the program's handler\n");
}

static void
on_last(int signum)
{
	(void)signum;
	say("the program's last words\n");
	_exit(3);
}

/* A system call that a signal interrupts: goes on, or not. */
static void
interrupted(bool ours, int flags)
{
	char text[64];
	char byte;
	int ends[2];
	pid_t pid;
	ssize_t ret;

	set(SIGSEGV, on_noted, flags);
	start(ours);
	if (pipe(ends) != 0)
		_exit(98);
	pid = fork();
	if (pid == 0) {
		usleep(100000);
		kill(getppid(), SIGSEGV);
		usleep(100000);
		if (write(ends[1], "x", 1) != 1)
			_exit(97);
		_exit(0);
	}
	ret = read(ends[0], &byte, 1);
	snprintf(text, sizeof(text), "read: %zd, %s\n", ret, ret < 0 ? strerror(errno) : "-");
	say(text);
}

static void
restarted(bool ours)
{
	interrupted(ours, SA_RESTART);
}

static void
not_restarted(bool ours)
{
	interrupted(ours, 0);
}

/* A handler set later that hands on to the one that was there. */
static void
on_later(int signum, siginfo_t *info, void *context)
{
	say("a handler set later\n");
	if ((old.sa_flags & SA_SIGINFO) != 0)
		old.sa_sigaction(signum, info, context);
	else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN)
		old.sa_handler(signum);
	else
		signal(signum, SIG_DFL);
}

static void
later(bool ours)
{
	struct sigaction action = {.sa_sigaction = on_later, .sa_flags = SA_SIGINFO};

	start(ours);
	sigaction(SIGSEGV, &action, &old);
	crash();
}

static void
chained(bool ours)
{
	set(SIGSEGV, on_last, 0);
	later(ours);
}

/* The other way to hand on: put back what was there, then let it come again. */
static void
on_put_back(int signum)
{
	say("put back\n");
	sigaction(signum, &old, NULL);
}

static void
put_back(bool ours)
{
	struct sigaction action = {.sa_handler = on_put_back};

	set(SIGSEGV, on_last, SA_RESETHAND);
	start(ours);
	sigaction(SIGSEGV, &action, &old);
	crash();
}

static void
blocked(bool ours)
{
	sigset_t mask;

	set(SIGSEGV, on_last, 0);
	start(ours);
	sigemptyset(&mask);
	sigaddset(&mask, SIGSEGV);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	crash();
}

static void
pending(bool ours)
{
	sigset_t mask;

	set(SIGABRT, on_noted, 0);
	start(ours);
	sigfillset(&mask);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	raise(SIGABRT);
	say("blocked so far\n");
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	say("and now\n");
}

static int
deeper(int n)
{
	volatile char room[4096];

	room[0] = (char)n;
	return n == 0 ? room[0] : deeper(n + 1) + room[0];
}

static void
overflow(bool ours, int flags, bool alternate)
{
	static char memory[STACK_LEN];
	const stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};

	if (alternate)
		sigaltstack(&stack, NULL);
	set(SIGSEGV, on_last, flags);
	start(ours);
	_exit(deeper(1));
}

static void
overflow_plain(bool ours)
{
	overflow(ours, 0, false);
}

static void
overflow_alternate(bool ours)
{
	overflow(ours, SA_ONSTACK, true);
}

static void
overflow_unused(bool ours)
{
	overflow(ours, 0, true);
}

static void *
crash_there(void *barrier)
{
	pthread_barrier_wait(barrier);
	crash();
	return NULL;
}

static void
crowd(bool ours)
{
	pthread_t thread[8];
	pthread_barrier_t barrier;
	unsigned int i;

	start(ours);
	pthread_barrier_init(&barrier, NULL, 8);
	for (i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, crash_there, &barrier);
	for (i = 0; i < 8; i++)
		pthread_join(thread[i], NULL);
}

/* What is ignored stays so in programs that are started. */
static void
ignored_by_heirs(bool ours)
{
	signal(SIGABRT, SIG_IGN);
	start(ours);
	execl("/bin/sh", "sh", "-c", "kill -ABRT $$; echo lived", (char *)NULL);
}

static void
fault_ignored(bool ours)
{
	signal(SIGSEGV, SIG_IGN);
	start(ours);
	crash();
}

/* A program that mends its faults and goes on, as garbage collectors do. */
static void *page;

static void
on_mend(int signum, siginfo_t *info, void *context)
{
	(void)signum;
	(void)context;
	say(info->si_addr == page ? "mended\n" : "another address\n");
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void
mends(bool ours)
{
	struct sigaction action = {.sa_sigaction = on_mend, .sa_flags = SA_SIGINFO};
	int i;

	sigaction(SIGSEGV, &action, NULL);
	start(ours);
	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 5; i++) {
		mprotect(page, 4096, PROT_NONE);
		*(volatile int *)page = i;
	}
	say("goes on\n");
}

static void
no_reader(bool ours)
{
	int ends[2];

	if (pipe(ends) != 0)
		_exit(98);
	dup2(ends[1], STDERR_FILENO);
	close(ends[0]);
	close(ends[1]);
	start(ours);
	crash();
}

static const struct scene {
	const char *name;
	void (*fn)(bool ours);
} scenes[] = {
	{"a call goes on after a signal, with SA_RESTART", restarted},
	{"a call ends at a signal, without", not_restarted},
	{"a handler set later that calls the default action before it", later},
	{"a handler set later that calls the handler before it", chained},
	{"a handler set later that puts the one before it back", put_back},
	{"a fault while its signal is blocked", blocked},
	{"a signal that was blocked", pending},
	{"a stack overflow, no alternate stack", overflow_plain},
	{"a stack overflow, handled on the alternate stack", overflow_alternate},
	{"a stack overflow, an alternate stack that is not for it", overflow_unused},
	{"eight threads at once", crowd},
	{"a signal that is ignored, in a program that is started", ignored_by_heirs},
	{"a fault that is ignored", fault_ignored},
	{"faults that the program mends", mends},
	{"nobody reads standard error", no_reader},
};

int
main(void)
{
	unsigned int failed = 0;
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		struct pair pair;
		bool same = pair_run(&pair, scenes[i].fn);

		printf("%s - %s: the same with and without our handler\n", same ? "ok" : "not ok",
		       scenes[i].name);
		if (!same)
			pair_print(&pair);
		failed += !same;
	}
	printf("%u passed, %u failed\n", i - failed, failed);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
