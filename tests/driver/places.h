/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef DRIVER_PLACES_H
#define DRIVER_PLACES_H

/*
 * The places options come from, set and cleared for one pool at a time.
 */

#include <stddef.h>

#include <rte_mempool.h>

enum place {
	PLACE_FILE_DEFAULT, /* [default] */
	PLACE_FILE_POOL,    /* [pool "glob"] */
	PLACE_ENVIRONMENT,
	PLACE_POOL_CONFIG,
	PLACES,
};

/* Name of the pool every call makes. */
#define PLACES_POOL "rx_pool_7"

/* Words by which the driver's messages name a place. */
extern const char *const place_names[PLACES];

/* Forget what all places said. */
void
places_clear(void);

/* Have a place say key=value,... ; text is kept by the caller. */
void
places_say(enum place place, const char *text);

/* An INI file of which every byte is given; wins over places_say(). */
void
places_file(const char *text);

/* A file that is there already, or not. */
void
places_file_path(const char *path);

/* A pool under all that; NULL and rte_errno if it is refused. */
struct rte_mempool *
places_pool(void);

/* What options a pool has, in words. */
void
options_text(const struct rte_mempool *mp, char *text, size_t len);

/* What options it would have, if these were all (key=value,...). NULL if refused. */
const char *
options_under(char *text, size_t len);

#endif /* DRIVER_PLACES_H */
