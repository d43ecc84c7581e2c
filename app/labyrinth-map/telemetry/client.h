/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_CLIENT_H
#define MAP_CLIENT_H

/**
 * @file
 * Asking a DPDK process over its telemetry socket.
 */

#include <stddef.h>

#include <jansson.h>

struct map_client {
	int fd;
	size_t answer_len; /**< longest answer */
	char *answer;
	long long pid; /**< of the process; 0: it does not tell */
	char path[108];
};

/** The directory EAL chooses for the user; `dpdk/PREFIX/` below it is a process's. */
const char *
map_client_runtime_dir(void);

/** Write the path of the socket of a process with that --file-prefix. 0, or -1 (one line said). */
int
map_client_path(char *path, size_t size, const char *prefix);

/** Connect. 0, or -1 (one line was printed); map_client_close() is due in both cases. */
int
map_client_open(struct map_client *client, const char *path);

/** The same, but where nobody listens it says nothing and returns 1. */
int
map_client_try(struct map_client *client, const char *path);

/** Write the name of the process's program; "?" where that cannot be known. */
void
map_client_program(const struct map_client *client, char *text, size_t size);

/**
 * Ask one question, such as "/labyrinth/pool,NAME".
 *
 * @return
 *   What the answer holds under the command's name, owned by the caller; JSON's
 *   null when the process has no answer; NULL when none came or it was not as
 *   it should be (one line was printed).
 */
json_t *
map_client_ask(struct map_client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void
map_client_close(struct map_client *client);

#endif /* MAP_CLIENT_H */
