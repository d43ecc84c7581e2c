/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Creates one pool as an application would, frees it, and says how that went,
 * in one line: "created", or the name of the errno. Knows nothing of labyrinth,
 * so it runs with any ops: pool_probe EAL-OPTIONS -- OPS [KEY=NUMBER...] [POOL-CONFIG]
 * with the keys n, elt (bytes), cache and socket.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mempool.h>

struct probe {
	const char *ops;
	char *config;
	long n;
	long elt;
	long cache;
	long socket;
};

static const char *
errno_name(int error)
{
	switch (error) {
	case EINVAL:
		return "EINVAL";
	case ENOMEM:
		return "ENOMEM";
	case ENOENT:
		return "ENOENT";
	case EEXIST:
		return "EEXIST";
	case ENOSPC:
		return "ENOSPC";
	case ENAMETOOLONG:
		return "ENAMETOOLONG";
	default:
		return strerror(error);
	}
}

/** Returns 0, or a positive errno. */
static int
probe_pool(const struct probe *probe)
{
	struct rte_mempool *mp;
	void *object;
	int ret;

	mp = rte_mempool_create_empty("probe", (unsigned int)probe->n, (unsigned int)probe->elt,
	                              (unsigned int)probe->cache, 0, (int)probe->socket, 0);
	if (mp == NULL)
		return rte_errno;
	ret = rte_mempool_set_ops_byname(mp, probe->ops, probe->config);
	if (ret != 0) {
		rte_mempool_free(mp);
		return ret == -EINVAL ? ENOENT : -ret;
	}
	ret = rte_mempool_populate_default(mp);
	if (ret > 0 && rte_mempool_avail_count(mp) != (unsigned int)probe->n)
		ret = -ERANGE;
	/* A pool that says it is there must be able to give. */
	if (ret > 0 && rte_mempool_get(mp, &object) == 0) {
		memset(object, 0x5a, (size_t)probe->elt);
		rte_mempool_put(mp, object);
	} else if (ret > 0) {
		ret = -ERANGE;
	}
	rte_mempool_free(mp);
	return ret > 0 ? 0 : ret < 0 ? -ret : ENOBUFS;
}

static int
parse(struct probe *probe, int argc, char **argv)
{
	const struct {
		const char *key;
		long *value;
	} keys[] = {
		{"n=", &probe->n},
		{"elt=", &probe->elt},
		{"cache=", &probe->cache},
		{"socket=", &probe->socket},
	};
	size_t k;
	int i;

	if (argc < 2)
		return -1;
	probe->ops = argv[1];
	for (i = 2; i < argc; i++) {
		for (k = 0; k < RTE_DIM(keys); k++) {
			if (strncmp(argv[i], keys[k].key, strlen(keys[k].key)) == 0)
				break;
		}
		if (k < RTE_DIM(keys))
			*keys[k].value = strtol(argv[i] + strlen(keys[k].key), NULL, 0);
		else
			probe->config = argv[i];
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct probe probe = {.n = 1023, .elt = 2304, .socket = SOCKET_ID_ANY};
	int used, error;

	used = rte_eal_init(argc, argv);
	if (used < 0 || parse(&probe, argc - used, argv + used) != 0) {
		fprintf(stderr, "usage: pool_probe EAL-OPTIONS -- OPS [KEY=NUMBER...] [CONFIG]\n");
		return 2;
	}
	error = probe_pool(&probe);
	printf("result: %s\n", error == 0 ? "created" : errno_name(error));
	rte_eal_cleanup();
	return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
