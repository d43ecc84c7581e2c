/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "app_message.h"
#include "stop.h"

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
#define NB_STOP_SIGNALS (sizeof(stop_signals) / sizeof(stop_signals[0]))

/* A flag alone would leave a window between testing it and going to sleep. */
static int wake_fd = -1;
static atomic_int caught;

static time_t
seconds_now(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void
fwd_stop_wake(void)
{
	const uint64_t one = 1;
	ssize_t ignored = write(wake_fd, &one, sizeof(one));

	(void)ignored; /* the counter is never full, and there is nobody to tell */
}

int
fwd_stop_fd(void)
{
	return wake_fd;
}

void
fwd_stop_ask(int signum)
{
	atomic_store(&caught, signum);
}

static void
on_signal(int signum)
{
	static _Atomic time_t first;
	int saved = errno;

	/*
	 * Who sends it to a process and to its group, as timeout(1) does, sends it
	 * twice at once: only a later one means that the user is tired of waiting.
	 */
	if (atomic_exchange(&caught, signum) == 0)
		atomic_store(&first, seconds_now());
	else if (signum != SIGPIPE && seconds_now() > atomic_load(&first) + 1) {
		signal(signum, SIG_DFL);
		raise(signum);
	}
	fwd_stop_wake();
	errno = saved;
}

int
fwd_stop_init(void)
{
	struct sigaction action, old;
	size_t i;

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0) {
		app_error("eventfd: %s", strerror(errno));
		return -1;
	}
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	sigemptyset(&action.sa_mask);
	for (i = 0; i < NB_STOP_SIGNALS; i++) {
		/* nohup(1) ignores it for us, and means it. */
		if (stop_signals[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		if (sigaction(stop_signals[i], &action, NULL) != 0) {
			app_error("sigaction(%d): %s", stop_signals[i], strerror(errno));
			return -1;
		}
	}
	return 0;
}

bool
fwd_stop_wait(uint64_t milliseconds)
{
	struct pollfd poll_fd = {.fd = wake_fd, .events = POLLIN};
	int timeout = milliseconds > 60000 ? 60000 : (int)milliseconds;

	uint64_t count;

	if (atomic_load(&caught) == 0 && poll(&poll_fd, 1, timeout) > 0 &&
	    read(wake_fd, &count, sizeof(count)) < 0)
		errno = 0; /* somebody else has read it */
	return atomic_load(&caught) != 0;
}

int
fwd_stop_signal(void)
{
	return atomic_load(&caught);
}

void
fwd_stop_block_signals(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < NB_STOP_SIGNALS; i++)
		sigaddset(&set, stop_signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}
