/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The table of signals: every signal we handle, however it comes, under every
 * action a program may have set, in a child process with our handlers and in one
 * without. Both must write the same, end the same and leave a core or none.
 */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pair.h"

#define LEN(a)    (sizeof(a) / sizeof((a)[0]))
#define STACK_LEN 65536
/* A handler that comes back to a fault meets it again: so often. */
#define CALLS_MOST 3

static const int signums[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

enum origin {
	BY_FAULT, /* abort() for SIGABRT */
	BY_RAISE,
	BY_KILL,
	BY_QUEUE,
	ORIGINS
};

enum handler {
	DEFAULT,
	IGNORE,
	RETURNS,
	JUMPS,
	RAISES,
	EXITS,
	HANDLERS
};

static const int flag_bits[] = {SA_RESETHAND, SA_NODEFER, SA_SIGINFO, SA_ONSTACK, SA_RESTART};
#define FLAG_SETS (1u << LEN(flag_bits))

struct row {
	int signum;
	enum origin origin;
	enum handler handler;
	int flags;
	bool masked; /* the action's mask has signals in it */
	bool stack;  /* there is an alternate stack */
};

static struct row row;
static sigjmp_buf out;
static volatile sig_atomic_t calls;
static uint8_t *alternate;

static void
say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(99);
}

/* What the program can see of its signals. */
static void
say_state(const char *where)
{
	struct sigaction action;
	char text[256];
	sigset_t mask;
	unsigned int blocked = 0;
	unsigned int i;
	int len;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (i = 1; i < 32; i++)
		blocked |= sigismember(&mask, (int)i) == 1 ? 1u << i : 0;
	sigaction(row.signum, NULL, &action);
	len = snprintf(text, sizeof(text), "%s: blocked %x, action %s, on alternate stack %d\n",
	               where, blocked,
	               action.sa_handler == SIG_DFL   ? "default"
	               : action.sa_handler == SIG_IGN ? "ignore"
	                                              : "handler",
	               (uint8_t *)&mask >= alternate && (uint8_t *)&mask < alternate + STACK_LEN);
	if (len > 0)
		say(text);
}

static void
handle(int signum)
{
	say_state("handler");
	if (++calls >= CALLS_MOST)
		_exit(7);
	switch (row.handler) {
	case JUMPS:
		siglongjmp(out, 1);
	case RAISES:
		raise(signum);
		say_state("after raise");
		break;
	case EXITS:
		_exit(5);
	default:
		break;
	}
}

static void
handle_info(int signum, siginfo_t *info, void *context)
{
	const ucontext_t *seen = context;
	char text[160];
	int len;

	len = snprintf(text, sizeof(text), "code %d, from %s, value %d, address %p, error %lx\n",
	               info->si_code, info->si_code <= 0 && info->si_pid == getpid() ? "me" : "?",
	               info->si_code == SI_QUEUE ? info->si_value.sival_int : 0,
	               info->si_code > 0 ? info->si_addr : NULL,
	               sigismember(&seen->uc_sigmask, signum) == 1 ? 1ul : 0ul);
	if (len > 0)
		say(text);
	handle(signum);
}

static void
set_action(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_flags = row.flags;
	if (row.masked) {
		sigaddset(&action.sa_mask, SIGUSR1);
		sigaddset(&action.sa_mask, SIGFPE);
		sigaddset(&action.sa_mask, SIGSEGV);
	}
	if (row.handler == DEFAULT)
		action.sa_handler = SIG_DFL;
	else if (row.handler == IGNORE)
		action.sa_handler = SIG_IGN;
	else if ((row.flags & SA_SIGINFO) != 0)
		action.sa_sigaction = handle_info;
	else
		action.sa_handler = handle;
	if (sigaction(row.signum, &action, NULL) != 0)
		_exit(98);
}

static void
set_stack(void)
{
	const stack_t on = {.ss_sp = alternate, .ss_size = STACK_LEN};

	if (row.stack && sigaltstack(&on, NULL) != 0)
		_exit(97);
}

static void
fault(void)
{
	volatile int zero = 0;
	char name[] = "/tmp/labyrinth-table.XXXXXX";
	void *page;
	int fd;

	switch (row.signum) {
	case SIGSEGV:
		*(volatile int *)(uintptr_t)(8 + zero) = 1;
		break;
	case SIGBUS:
		fd = mkstemp(name);
		unlink(name);
		page = mmap((void *)0x10000000, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
		zero = *(volatile int *)page;
		break;
	case SIGILL:
		__builtin_trap();
	case SIGFPE:
#ifdef __x86_64__
		__asm__ volatile("xorl %%ecx, %%ecx; idivl %%ecx" ::: "eax", "ecx", "edx");
#else
		raise(SIGFPE);
#endif
		break;
	default:
		abort();
	}
}

static void
trigger(void)
{
	union sigval value = {.sival_int = 4711};

	if (row.origin == BY_FAULT)
		fault();
	else if (row.origin == BY_RAISE)
		raise(row.signum);
	else if (row.origin == BY_KILL)
		kill(getpid(), row.signum);
	else
		sigqueue(getpid(), row.signum, value);
}

static void
child(bool ours)
{
	alternate =
		mmap(NULL, STACK_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	set_stack();
	set_action();
	if (ours)
		labyrinth_signals_start();
	if (sigsetjmp(out, 1) == 0)
		trigger();
	else
		say_state("jumped out");
	say_state("main goes on");
	_exit(0);
}

/* Tells whether both ends are the same. */
static bool
compare(unsigned int *cores)
{
	struct pair pair;

	if (pair_run(&pair, child)) {
		*cores += pair.core;
		return true;
	}
	printf("not ok - signal %d, origin %d, handler %d, flags %x, mask %d, stack %d\n",
	       row.signum, (int)row.origin, (int)row.handler, (unsigned int)row.flags, row.masked,
	       row.stack);
	pair_print(&pair);
	return false;
}

static int
flags_of(unsigned int set)
{
	int flags = 0;
	unsigned int i;

	for (i = 0; i < LEN(flag_bits); i++)
		flags |= (set & 1u << i) != 0 ? flag_bits[i] : 0;
	return flags;
}

/* Rows that differ in nothing that matters are left out. */
static bool
worth_it(unsigned int set)
{
	if (row.handler == IGNORE || row.handler == DEFAULT || row.handler == EXITS)
		return (set & ~4u) == 0;
	/* SA_RESTART shows only in calls that are interrupted: see restarted(). */
	return (set & 16u) == 0 && !(row.stack && (row.flags & SA_ONSTACK) == 0 && row.masked);
}

static unsigned int
rows_of(int signum, unsigned int *failed, unsigned int *cores)
{
	unsigned int all = ORIGINS * HANDLERS * FLAG_SETS * 4;
	unsigned int rows = 0;
	unsigned int i;

	for (i = 0; i < all; i++) {
		unsigned int set = i / 4 % FLAG_SETS;

		row = (struct row){
			.signum = signum,
			.masked = (i & 1) != 0,
			.stack = (i & 2) != 0,
			.flags = flags_of(set),
			.handler = (enum handler)(i / 4 / FLAG_SETS % HANDLERS),
			.origin = (enum origin)(i / 4 / FLAG_SETS / HANDLERS),
		};
		if (!worth_it(set))
			continue;
		rows++;
		*failed += !compare(cores);
	}
	return rows;
}

int
main(void)
{
	unsigned int passed = 0;
	unsigned int failures = 0;
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < LEN(signums); i++) {
		unsigned int failed = 0;
		unsigned int cores = 0;
		unsigned int rows = rows_of(signums[i], &failed, &cores);

		/* Where no core can be written the comparison would see no difference. */
		printf("%s - signal %d: %u rows the same with and without our handler, %u of them "
		       "with a core\n",
		       failed == 0 && cores > 0 ? "ok" : "not ok", signums[i], rows - failed,
		       cores);
		if (failed == 0 && cores > 0)
			passed++;
		else
			failures++;
	}
	printf("%u passed, %u failed\n", passed, failures);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
