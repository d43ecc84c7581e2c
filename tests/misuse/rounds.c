/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>

#include "client.h"
#include "rounds.h"

static struct map_client client;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
rounds_open(void)
{
	char path[sizeof(client.path)];

	snprintf(path, sizeof(path), "%s/dpdk_telemetry.v2", rte_eal_get_runtime_dir());
	if (map_client_open(&client, path) != 0)
		_exit(2);
}

uint64_t
rounds_read(void)
{
	json_int_t rounds = 0;
	json_t *answer;

	pthread_mutex_lock(&lock);
	answer = map_client_ask(&client, "/labyrinth/patrol");
	pthread_mutex_unlock(&lock);
	if (json_unpack(answer, "{s:I}", "rounds", &rounds) != 0)
		_exit(2);
	json_decref(answer);
	return (uint64_t)rounds;
}
