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

#endif /* LABYRINTH_OPTION_FILE_H */
