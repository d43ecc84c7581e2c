/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "labyrinth_kernel.h"
#include "labyrinth_say.h"

#define LINE_LEN 1024

static sigjmp_buf escape;
static volatile sig_atomic_t escapable;
static uint64_t deadline;

void
labyrinth_say_begin(void)
{
	deadline = labyrinth_kernel_ns(CLOCK_MONOTONIC) + LABYRINTH_EXPLAIN_NS;
}

bool
labyrinth_say_late(void)
{
	return labyrinth_kernel_ns(CLOCK_MONOTONIC) >= deadline;
}

/* A reader that is gone would end us by a signal that nobody else asked for. */
static void
sigpipe_take(void)
{
	const struct timespec none = {0};
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	(void)sigtimedwait(&pipe, NULL, &none);
}

static void
write_all(const char *text, size_t len)
{
	while (len > 0) {
		struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
		uint64_t now = labyrinth_kernel_ns(CLOCK_MONOTONIC);
		ssize_t ret;

		/* A full pipe that nobody reads must not stop the end of the process. */
		if (now >= deadline || poll(&ready, 1, (int)((deadline - now) / 1000000)) <= 0)
			return;
		ret = write(STDERR_FILENO, text, len);
		if (ret < 0 && errno == EPIPE)
			sigpipe_take();
		if (ret <= 0)
			return;
		text += ret;
		len -= (size_t)ret;
	}
}

void
labyrinth_say(const char *format, ...)
{
	char text[LINE_LEN];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len >= (int)sizeof(text)) {
		len = sizeof(text) - 1;
		text[len - 1] = '\n';
	}
	if (len > 0)
		write_all(text, (size_t)len);
}

bool
labyrinth_say_try(void (*fn)(void *arg), void *arg)
{
	const sig_atomic_t outer = escapable;
	sigjmp_buf to_outer;

	memcpy(&to_outer, &escape, sizeof(escape));
	if (sigsetjmp(escape, 0) != 0) {
		memcpy(&escape, &to_outer, sizeof(escape));
		escapable = outer;
		return false;
	}
	escapable = 1;
	fn(arg);
	memcpy(&escape, &to_outer, sizeof(escape));
	escapable = outer;
	return true;
}

void
labyrinth_say_escape(void)
{
	if (escapable != 0)
		siglongjmp(escape, 1);
}
