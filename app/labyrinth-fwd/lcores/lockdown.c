/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "app_message.h"
#include "lockdown.h"
#include "stop.h"

#if defined(__SANITIZE_ADDRESS__)
/* No filter. */
#elif defined(__x86_64__)
#define ARCH                       AUDIT_ARCH_X86_64
/* Numbers from here on are those of the x32 ABI. */
#define NUMBER_END                 0x40000000u
#define SET_RESULT(context, value) ((context)->uc_mcontext.gregs[REG_RAX] = (value))
#elif defined(__aarch64__)
#define ARCH                       AUDIT_ARCH_AARCH64
#define NUMBER_END                 0x40000000u
#define SET_RESULT(context, value) ((context)->uc_mcontext.regs[0] = (unsigned long long)(value))
#endif

/* Of Linux's siginfo, but not in every C library's headers. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

struct job {
	void (*work)(void *arg);
	void *arg;
	unsigned int lcore;
};

#ifdef ARCH

/* Of the calling thread, once it is closed. */
static _Thread_local struct fwd_lockdown *own;

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
/* Go on with the next line when equal, else with the one after it. */
#define IF_EQUAL(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)
#define ALLOW(name)     IF_EQUAL(__NR_##name), RETURN(SECCOMP_RET_ALLOW)

/*
 * Allowed is what a thread ends with (the C library blocks signals and gives
 * its stack back), and what a process dies with when a check has failed: its
 * last words on stderr and the signal. Low 32 bits are enough of a small number.
 */
static struct sock_filter program[] = {
	LOAD(arch),
	IF_EQUAL(ARCH),
	BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
	RETURN(SECCOMP_RET_TRAP),
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NUMBER_END, 0, 1),
	RETURN(SECCOMP_RET_TRAP),
	ALLOW(rt_sigreturn),
	ALLOW(rt_sigprocmask),
	ALLOW(rt_sigaction),
	ALLOW(madvise),
	ALLOW(getpid),
	ALLOW(gettid),
	ALLOW(tgkill),
	ALLOW(exit),
	ALLOW(exit_group),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_write, 0, 3),
	LOAD(args[0]),
	IF_EQUAL(STDERR_FILENO),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(SECCOMP_RET_TRAP),
};

/** Runs on the thread whose call was refused; makes none itself but to return. */
static void
on_refused(int signum, siginfo_t *info, void *context)
{
	(void)signum;
	if (own == NULL || info->si_code != SYS_SECCOMP) {
		/* Not one of our filters: as if there were no handler. */
		signal(SIGSYS, SIG_DFL);
		raise(SIGSYS);
		return;
	}
	if (atomic_load_explicit(&own->closed, memory_order_relaxed)) {
		if (atomic_load_explicit(&own->refused, memory_order_relaxed) == 0)
			atomic_store_explicit(&own->first, info->si_syscall, memory_order_relaxed);
		/* Pairs with the acquire of whoever reads first. */
		atomic_fetch_add_explicit(&own->refused, 1, memory_order_release);
	}
	SET_RESULT((ucontext_t *)context, -EPERM);
}

int
fwd_lockdown_init(void)
{
	struct sigaction action;
	const unsigned int trap = SECCOMP_RET_TRAP;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &trap) != 0) {
		app_error("--lockdown: this kernel has no seccomp filters (%s); leave it out",
		          strerror(errno));
		return -1;
	}
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_refused;
	action.sa_flags = SA_SIGINFO;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGSYS, &action, NULL) != 0) {
		app_error("sigaction(%d): %s", SIGSYS, strerror(errno));
		return -1;
	}
	return 0;
}

void
fwd_lockdown_close(struct fwd_lockdown *lockdown)
{
	const struct sock_fprog filter = {(unsigned short)(sizeof(program) / sizeof(program[0])),
	                                  program};

	own = lockdown;
	/* Without this only root may; a thread that forwards starts no program anyway. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
		lockdown->error = errno;
		return;
	}
	atomic_store_explicit(&lockdown->closed, true, memory_order_relaxed);
}

#else

int
fwd_lockdown_init(void)
{
	app_error("--lockdown: not for this kind of machine, nor in a build with AddressSanitizer, "
	          "which makes system calls itself; leave it out");
	return -1;
}

void
fwd_lockdown_close(struct fwd_lockdown *lockdown)
{
	lockdown->error = ENOTSUP;
}

#endif /* ARCH */

void
fwd_lockdown_open(struct fwd_lockdown *lockdown)
{
	atomic_store_explicit(&lockdown->closed, false, memory_order_relaxed);
}

static void *
locked(void *arg)
{
	const struct job *job = arg;

	/* The lcore whose id this is waits until we are done: nobody else uses its caches. */
	RTE_PER_LCORE(_lcore_id) = job->lcore;
	job->work(job->arg);
	return NULL;
}

int
fwd_lockdown_run(void (*work)(void *arg), void *arg)
{
	struct job job = {work, arg, rte_lcore_id()};
	pthread_t thread;
	int error;

	error = pthread_create(&thread, NULL, locked, &job);
	if (error != 0)
		return error;
	pthread_join(thread, NULL);
	return 0;
}
