/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_COMPAT_H
#define LABYRINTH_COMPAT_H

/*
 * What differs between the versions of DPDK this driver compiles against:
 * 22.11 to 26.11. Nothing else may ask for a version.
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_lcore.h>
#include <rte_mempool.h>
#include <rte_telemetry.h>
#include <rte_thread.h>
#include <rte_version.h>

/* 23.03 renamed the unsigned integers of telemetry. */
#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint  rte_tel_data_add_dict_u64
#define rte_tel_data_add_array_uint rte_tel_data_add_array_u64
#define LABYRINTH_TEL_UINT          RTE_TEL_U64_VAL
#else
#define LABYRINTH_TEL_UINT RTE_TEL_UINT_VAL
#endif

/*
 * Run a function in a thread of its own, bound to EAL's control CPUs; it ends
 * when the function does. Returns 0, or a negative errno. 23.11 has another call
 * for it than 22.11.
 */
struct labyrinth_thread {
	void (*run)(void *arg);
	void *arg;
};

#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
static inline void *
labyrinth_thread_main(void *thread)
{
	struct labyrinth_thread copy = *(struct labyrinth_thread *)thread;

	free(thread);
	copy.run(copy.arg);
	return NULL;
}
#else
static inline uint32_t
labyrinth_thread_main(void *thread)
{
	struct labyrinth_thread copy = *(struct labyrinth_thread *)thread;

	free(thread);
	copy.run(copy.arg);
	return 0;
}
#endif

/* Nobody waits for its end. */
static inline int
labyrinth_control_thread(const char *name, void (*run)(void *arg), void *arg)
{
	struct labyrinth_thread *thread = malloc(sizeof(*thread));
	int ret;

	if (thread == NULL)
		return -ENOMEM;
	*thread = (struct labyrinth_thread){run, arg};
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
	pthread_t id;

	ret = rte_ctrl_thread_create(&id, name, NULL, labyrinth_thread_main, thread);
	if (ret == 0)
		(void)pthread_detach(id);
#else
	rte_thread_t id;

	ret = rte_thread_create_control(&id, name, labyrinth_thread_main, thread);
	if (ret == 0)
		(void)rte_thread_detach(id);
#endif
	if (ret != 0)
		free(thread);
	return ret;
}

/*
 * How many objects DPDK's cache of an lcore keeps from others, in a pool made with one.
 * Up to 25.11 one and a half times its size, in 26.07 its size. Both have one ABI, so
 * it is not the DPDK this was compiled with that tells, but the one that made the pool.
 */
static inline uint32_t
labyrinth_cache_keeps(const struct rte_mempool *mp)
{
	return mp->cache_size == 0 ? 0 : mp->local_cache[0].flushthresh;
}

#endif /* LABYRINTH_COMPAT_H */
