/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "peer.h"

#define LASTS "30"

bool
peer_leave(const char *how)
{
	int fd;

	if (strcmp(how, "close") == 0) {
		for (fd = STDERR_FILENO + 1; fd < 1024; fd++)
			close(fd);
		return true;
	}
	printf("ok: %s\n", how);
	fflush(stdout);
	if (strcmp(how, "exec") == 0) {
		execl("/bin/sleep", "sleep", LASTS, (char *)NULL);
	} else if (fork() == 0) {
		/* It has all of its parent's descriptors, but none of its locks. */
		sleep(3);
		_exit(0);
	} else {
		kill(getpid(), SIGKILL);
	}
	return false;
}
