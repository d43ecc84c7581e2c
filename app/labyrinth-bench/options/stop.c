/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "app_message.h"
#include "stop.h"

static volatile sig_atomic_t asked;

static void
ask(int signal)
{
	(void)signal;
	asked = 1;
}

int
bench_stop_init(void)
{
	/* The second signal finds the default action: it ends the process. */
	struct sigaction action = {.sa_handler = ask, .sa_flags = (int)SA_RESETHAND | SA_RESTART};

	if (sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0)
		return 0;
	app_error("sigaction: %s", strerror(errno));
	return -1;
}

bool
bench_stop_asked(void)
{
	return asked != 0;
}
