/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app_message.h"
#include "client.h"
#include "list.h"

/* Directories that dead processes left behind are no fault. */
static bool
answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	bool alive;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	alive = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return alive;
}

static void
print_program(long long pid)
{
	char path[64], text[64] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%lld/comm", pid);
	file = fopen(path, "r");
	if (file != NULL) {
		if (fgets(text, sizeof(text), file) != NULL)
			text[strcspn(text, "\n")] = '\0';
		fclose(file);
	}
	printf(" %-18s", text);
}

static bool
holds(const json_t *list, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		if (strcmp(json_string_value(entry), name) == 0)
			return true;
	}
	return false;
}

/* All pools; those of labyrinth with a star. */
static void
print_pools(struct map_client *client)
{
	json_t *all = map_client_ask(client, "/mempool/list");
	json_t *own = all != NULL ? map_client_ask(client, "/labyrinth/list") : NULL;
	const json_t *entry;
	size_t i;

	json_array_foreach(all, i, entry)
	{
		if (json_is_string(entry))
			printf(" %s%s", json_string_value(entry),
			       holds(own, json_string_value(entry)) ? "*" : "");
	}
	if (own != NULL && json_array_size(own) == 0 && json_is_null(own))
		printf(" (labyrinth is not loaded: no picture)");
	json_decref(all);
	json_decref(own);
}

static int
print_process(const char *prefix)
{
	struct map_client client = {.fd = -1};
	char path[sizeof(client.path)];

	if (strlen(prefix) > sizeof(path) / 2 || map_client_path(path, sizeof(path), prefix) != 0 ||
	    !answers(path))
		return -1;
	if (map_client_open(&client, path) != 0) {
		map_client_close(&client);
		return -1;
	}
	printf("%-24s %8lld", prefix, client.pid);
	print_program(client.pid);
	print_pools(&client);
	putchar('\n');
	map_client_close(&client);
	return 0;
}

int
map_list(void)
{
	struct dirent **entry = NULL;
	char path[4096];
	int nb, i, found = 0;

	snprintf(path, sizeof(path), "%s/dpdk", map_client_runtime_dir());
	nb = scandir(path, &entry, NULL, alphasort);
	printf("%-24s %8s %-18s %s\n", "file-prefix", "process", "program",
	       "pools (*: of labyrinth)");
	for (i = 0; i < nb; i++) {
		if (entry[i]->d_name[0] != '.')
			found += print_process(entry[i]->d_name) == 0;
		free(entry[i]);
	}
	free(entry);
	if (found > 0)
		return 0;
	app_error("%s: no DPDK process of this user answers; programs with --no-telemetry never do",
	          path);
	return -1;
}
