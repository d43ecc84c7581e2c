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
#include <unistd.h>

#include "message.h"
#include "stop.h"

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
#define NB_STOP_SIGNALS (sizeof(stop_signals) / sizeof(stop_signals[0]))

/* A flag alone would leave a window between testing it and going to sleep. */
static int wake_fd = -1;
static atomic_int caught;

static void
on_signal(int signum)
{
	const uint64_t one = 1;
	int saved = errno;
	ssize_t ignored;

	atomic_store(&caught, signum);
	ignored = write(wake_fd, &one, sizeof(one));
	(void)ignored; /* the counter is never full, and there is nobody to tell */
	errno = saved;
}

int
fwd_stop_init(void)
{
	struct sigaction action;
	size_t i;

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0) {
		fwd_error("eventfd: %s", strerror(errno));
		return -1;
	}
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigemptyset(&action.sa_mask);
	for (i = 0; i < NB_STOP_SIGNALS; i++) {
		/* A closed pipe raises SIGPIPE at each of the summary's lines. */
		action.sa_flags = SA_RESTART | (stop_signals[i] == SIGPIPE ? 0 : SA_RESETHAND);
		if (sigaction(stop_signals[i], &action, NULL) != 0) {
			fwd_error("sigaction(%d): %s", stop_signals[i], strerror(errno));
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

	if (atomic_load(&caught) == 0)
		poll(&poll_fd, 1, timeout);
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
