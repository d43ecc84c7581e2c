/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_message.h"
#include "client.h"
#include "list.h"

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
	if (json_is_null(own))
		printf(" (labyrinth is not loaded: no picture)");
	json_decref(all);
	json_decref(own);
}

static int
print_process(const char *prefix)
{
	struct map_client client = {.fd = -1};
	char path[sizeof(client.path)];
	char program[64];

	if (strlen(prefix) > sizeof(path) / 2 || map_client_path(path, sizeof(path), prefix) != 0)
		return -1;
	/* Directories that dead processes left behind are no fault. */
	if (map_client_try(&client, path) != 0) {
		map_client_close(&client);
		return -1;
	}
	map_client_program(&client, program, sizeof(program));
	printf("%-24s %8lld %-18s", prefix, client.pid, program);
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
