/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef MAP_HTML_H
#define MAP_HTML_H

/**
 * @file
 * A page that needs nothing but a browser: pools under the pointer, samples under a slider.
 */

#include <jansson.h>

/**
 * Write it.
 *
 * @param file
 *   Where to.
 * @param samples
 *   An array of arrays of pools, as --save writes them.
 * @return
 *   0, or -1 (one line was printed).
 */
int
map_html_write(const char *file, const json_t *samples);

#endif /* MAP_HTML_H */
