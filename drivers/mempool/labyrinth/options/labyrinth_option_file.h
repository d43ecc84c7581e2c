/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_OPTION_FILE_H
#define LABYRINTH_OPTION_FILE_H

#include "labyrinth_options.h"

/*
 * Options of an INI file for one pool. `named_by` tells in messages who named the
 * file. Returns 0, -EINVAL for a bad file or option, -ENOENT for a file that cannot
 * be read, -ENOMEM, each after one log line.
 */
int
labyrinth_option_file_load(struct labyrinth_options *options, const char *path,
                           const char *named_by, const char *pool);

/*
 * The last value of a key in section [default], cut to len, without a look at anything
 * else; false: it is not there. Logs nothing.
 */
bool
labyrinth_option_file_peek(const char *path, const char *key, char *value, size_t len);

#endif /* LABYRINTH_OPTION_FILE_H */
