/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "labyrinth_crash.h"
#include "labyrinth_freed.h"
#include "labyrinth_log.h"
#include "labyrinth_patrol.h"
#include "labyrinth_say.h"
#include "labyrinth_share.h"
#include "labyrinth_signals.h"
#include "labyrinth_walls.h"

#define STACK_LEN (128 << 10)
/* A program may go on after a fault and meet more of them. */
#define EXPLAINED_MOST 4
/* A thread that finds another one explaining looks again so often. */
#define LOOK_NS 1000000
#define LOOKS   1100
/* x86: the trap of the instruction INTO, which comes after it, not again. */
#define TRAP_OVERFLOW 4
/* Faults at one address after another, for threads that get there at once. */
#define RETRIES_MOST 64

struct watched {
	int signum;
	struct sigaction before; /* what was set when we came */
	atomic_bool handed;      /* and what was before is put back, or about to be */
};

static struct watched watched[] = {{.signum = SIGSEGV},
                                   {.signum = SIGBUS},
                                   {.signum = SIGILL},
                                   {.signum = SIGFPE},
                                   {.signum = SIGABRT}};

/* The thread that explains, by its kernel id; 0: nobody does. */
static _Atomic int explainer;
static unsigned int explained;
/* All that follows is the explainer's. */
static alignas(64) uint8_t stack[STACK_LEN];
static ucontext_t work;
static ucontext_t back;
static struct labyrinth_crash crash;

static int
thread_id(void)
{
	return (int)syscall(SYS_gettid);
}

static struct watched *
watched_find(int signum)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(watched); i++) {
		if (watched[i].signum == signum)
			return &watched[i];
	}
	return NULL;
}

/* --- explaining -------------------------------------------------------------------- */

static void
explain(void *arg)
{
	RTE_SET_USED(arg);
	labyrinth_crash_explain(&crash);
}

/*
 * The alternate stack of this thread is out of use meanwhile: it holds the frame of
 * our handler, over which a fault of ours would be put.
 */
static void
on_own_stack(void)
{
	const stack_t none = {.ss_flags = SS_DISABLE};
	stack_t theirs;
	bool swapped = sigaltstack(&none, &theirs) == 0;

	(void)labyrinth_say_try(explain, NULL);
	if (swapped)
		(void)sigaltstack(&theirs, NULL);
}

/* One thread at a time; others wait, but not for long, so that its words are not lost. */
static bool
explainer_become(int self)
{
	const struct timespec moment = {.tv_nsec = LOOK_NS};
	unsigned int i;
	int nobody = 0;

	/* @atomic explainer-take: pairs explainer-take, explainer-leave, explainer-look,
	 * explainer-self. Else: two use one stack.
	 */
	if (atomic_compare_exchange_strong_explicit(&explainer, &nobody, self, memory_order_acq_rel,
	                                            memory_order_relaxed))
		return true;
	for (i = 0; i < LOOKS; i++) {
		/* @atomic explainer-look: pairs explainer-take, explainer-leave. Else: the wait is
		 * for nobody.
		 */
		if (atomic_load_explicit(&explainer, memory_order_acquire) == 0)
			break;
		nanosleep(&moment, NULL);
	}
	return false;
}

static void
explain_once(const struct labyrinth_crash *what)
{
	if (!explainer_become(thread_id()))
		return;
	if ((what->freed || explained < EXPLAINED_MOST) && getcontext(&work) == 0) {
		explained += !what->freed;
		crash = *what;
		labyrinth_say_begin();
		work.uc_stack.ss_sp = stack;
		work.uc_stack.ss_size = sizeof(stack);
		work.uc_link = &back;
		makecontext(&work, on_own_stack, 0);
		(void)swapcontext(&back, &work);
	}
	/* @atomic explainer-leave: pairs explainer-take, explainer-look. Else: the next one finds
	 * the stack in use.
	 */
	atomic_store_explicit(&explainer, 0, memory_order_release);
}

/* --- what would have happened --------------------------------------------------------- */

/* By an instruction that meets it again when it is tried again. */
static bool
comes_again(int signum, const siginfo_t *info, const void *context)
{
	if (info == NULL || info->si_code <= 0 || signum == SIGABRT)
		return false;
	if (signum == SIGBUS && info->si_code == BUS_MCEERR_AO)
		return false;
#ifdef __x86_64__
	if (signum == SIGSEGV && context != NULL &&
	    ((const ucontext_t *)context)->uc_mcontext.gregs[REG_TRAPNO] == TRAP_OVERFLOW)
		return false;
#else
	RTE_SET_USED(context);
#endif
	return true;
}

/* Sent as it came, to be delivered when our handler returns. */
static void
send_again(int signum, siginfo_t *info)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signum);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (info == NULL ||
	    syscall(SYS_rt_tgsigqueueinfo, getpid(), thread_id(), signum, info) != 0)
		(void)syscall(SYS_tgkill, getpid(), thread_id(), signum);
}

/* A handler set later has called ours, as the one that was there before it. */
static void
call_before(const struct watched *what, siginfo_t *info, void *context)
{
	int signum = what->signum;

	if (what->before.sa_handler == SIG_DFL) {
		signal(signum, SIG_DFL);
		if (!comes_again(signum, info, context))
			raise(signum);
	} else if ((what->before.sa_flags & SA_SIGINFO) != 0) {
		what->before.sa_sigaction(signum, info, context);
	} else {
		what->before.sa_handler(signum);
	}
}

static void
on_signal(int signum, siginfo_t *info, void *context);

static void
hand_over(struct watched *what, siginfo_t *info, void *context)
{
	struct sigaction now;

	if (sigaction(what->signum, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0 &&
	    now.sa_sigaction == on_signal) {
		/* @atomic handed-set: pairs handed-look. Else: another thread takes this for a
		 * handler set later.
		 */
		atomic_store_explicit(&what->handed, true, memory_order_release);
		(void)sigaction(what->signum, &what->before, NULL);
	} else {
		/* @atomic handed-look: pairs handed-set. Else: two threads that crash at once are
		 * taken for a handler set later.
		 */
		if (!atomic_load_explicit(&what->handed, memory_order_acquire)) {
			call_before(what, info, context);
			return;
		}
	}
	if (!comes_again(what->signum, info, context))
		send_again(what->signum, info);
}

/* A signal in the middle of an explanation, to the thread that explains. */
static void
on_nested(int signum, siginfo_t *info, void *context)
{
	if (info->si_code > 0)
		labyrinth_say_escape();
	/* Sent by somebody: its time comes when our handler has ended. */
	sigaddset(&((ucontext_t *)context)->uc_sigmask, signum);
	send_again(signum, info);
}

/* The instruction that a signal interrupted. */
static const void *
place_of(const void *context)
{
#if defined(__x86_64__)
	return (const void *)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (const void *)((const ucontext_t *)context)->uc_mcontext.pc;
#else
	(void)context;
	return NULL;
#endif
}

/*
 * A secondary process touched memory that was being mapped meanwhile: the same
 * access works now. The same address again and again is no such thing.
 */
static bool
mapped_meanwhile(uintptr_t at)
{
	static uintptr_t last;
	static unsigned int times;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		return false;
	times = at == last ? times + 1 : 0;
	last = at;
	if (times > RETRIES_MOST)
		return false;
	return labyrinth_follow_catch_up() || labyrinth_walls_have_memory(at);
}

static void
on_signal(int signum, siginfo_t *info, void *context)
{
	struct watched *what = watched_find(signum);
	struct labyrinth_crash seen = {.signum = signum};
	int err = errno;

	/* @atomic explainer-self: pairs explainer-take. Else: nothing; a thread knows its own id.
	 */
	if (atomic_load_explicit(&explainer, memory_order_relaxed) == thread_id()) {
		on_nested(signum, info, context);
		errno = err;
		return;
	}
	seen.fault = comes_again(signum, info, context);
	if (seen.fault)
		labyrinth_patrol_fault();
	seen.fatal = what->before.sa_handler == SIG_DFL;
	if (seen.fault && (signum == SIGSEGV || signum == SIGBUS)) {
		seen.at = (uintptr_t)info->si_addr;
		seen.pc = place_of(context);
		/* Of addresses that no page table knows the kernel tells nothing. */
		seen.at_known = info->si_code != SI_KERNEL;
	}
	if (seen.at_known && labyrinth_freed_mend(seen.at, &seen.freed)) {
		if (seen.freed)
			explain_once(&seen);
	} else if (!seen.at_known || !mapped_meanwhile(seen.at)) {
		explain_once(&seen);
		hand_over(what, info, context);
	}
	errno = err;
}

/* --- setting them ------------------------------------------------------------------------ */

/*
 * Ours runs where theirs would: on an alternate stack only if theirs does, since that
 * may be too small for it, and a system call goes on after it if it does after theirs.
 */
static int
watch(struct watched *what)
{
	struct sigaction action;

	if (sigaction(what->signum, NULL, &what->before) != 0)
		return -errno;
	/* Ignored is ignored, even by programs started from this one; nothing ends by it. */
	if (what->before.sa_handler == SIG_IGN)
		return 0;
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_signal;
	action.sa_flags = SA_SIGINFO | SA_NODEFER | (what->before.sa_flags & SA_RESTART);
	if (what->before.sa_handler == SIG_DFL || (what->before.sa_flags & SA_ONSTACK) != 0)
		action.sa_flags |= SA_ONSTACK;
	/* All but what a look at memory that is gone may bring. */
	sigfillset(&action.sa_mask);
	sigdelset(&action.sa_mask, SIGSEGV);
	sigdelset(&action.sa_mask, SIGBUS);
	/* A program may answer for system calls that it refuses itself. */
	sigdelset(&action.sa_mask, SIGSYS);
	return sigaction(what->signum, &action, NULL) == 0 ? 0 : -errno;
}

static void
watch_all(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < RTE_DIM(watched) && ret == 0; i++)
		ret = watch(&watched[i]);
	if (ret != 0)
		LAB_LOG(WARNING, "crashes will not be explained: no signal handler: %s",
		        rte_strerror(-ret));
}

void
labyrinth_signals_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, watch_all);
}
