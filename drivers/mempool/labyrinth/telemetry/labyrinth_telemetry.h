/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_TELEMETRY_H
#define LABYRINTH_TELEMETRY_H

/*
 * What the telemetry commands share. An answer of DPDK 22.11 has at most 256
 * entries of a dictionary, 512 of an array and 16 KiB in all: what can grow
 * beyond that is told in pieces, and each piece names where the next begins.
 */

#include <stdint.h>

#include <rte_mempool.h>

#include "compat.h"

/* Frames of a piece: at most 60 bytes each. */
#define LABYRINTH_TEL_FRAMES 256
/* Addresses of a piece: at most 21 bytes each. */
#define LABYRINTH_TEL_ADDRESSES 512

/*
 * Answer about one pool. Called while no pool can go away; number is what stood
 * behind the name, or what the command takes for its default.
 */
typedef int
labyrinth_tel_fn(struct rte_mempool *mp, uint32_t number, struct rte_tel_data *data);

/*
 * Find the pool of "NAME" or "NAME,NUMBER" and answer about it. Returns what fn
 * returns, or -EINVAL when there is no such pool, when it is not labyrinth's
 * though it should be, or when the number is none.
 */
int
labyrinth_tel_answer(const char *params, labyrinth_tel_fn *fn, bool any, uint32_t number,
                     struct rte_tel_data *data);

/* Add arrays to a dictionary; 0, or a negative errno. */
int
labyrinth_tel_uints(struct rte_tel_data *data, const char *name, const uint64_t *values,
                    unsigned int n);

int
labyrinth_tel_ints(struct rte_tel_data *data, const char *name, const int *values, unsigned int n);

/* Add a container to a dictionary, or free it; 0, or a negative errno. */
int
labyrinth_tel_add(struct rte_tel_data *data, const char *name, struct rte_tel_data *value);

/*
 * A place in words, cut to what fits: its path loses its start, since the end of one
 * tells more. A function of a very long name loses it, too.
 */
void
labyrinth_tel_cut(const char *whole, char *text, size_t len);

/* The commands, each of which is registered in labyrinth_telemetry.c. */
int
labyrinth_tel_map(const char *cmd, const char *params, struct rte_tel_data *data);

int
labyrinth_tel_window(const char *cmd, const char *params, struct rte_tel_data *data);

int
labyrinth_tel_order(const char *cmd, const char *params, struct rte_tel_data *data);

int
labyrinth_tel_patrol(const char *cmd, const char *params, struct rte_tel_data *data);

int
labyrinth_tel_violations(const char *cmd, const char *params, struct rte_tel_data *data);

int
labyrinth_tel_held(const char *cmd, const char *params, struct rte_tel_data *data);

#endif /* LABYRINTH_TELEMETRY_H */
