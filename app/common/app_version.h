/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_VERSION_H
#define APP_VERSION_H

/**
 * @file
 * --version of all programs. It stands alone, wherever among the arguments.
 */

#include <stdbool.h>

/**
 * Print "PROGRAM VERSION" or "PROGRAM VERSION (RUNS ON)" if the arguments ask for it.
 *
 * @param argc
 *   Words of argv.
 * @param argv
 *   Of main(); not changed.
 * @param runs_on
 *   What else has a version, "DPDK 22.11.11" for instance; NULL: nothing.
 * @return
 *   True when it was asked for and printed: the program ends with success.
 */
bool
app_version_asked(int argc, char **argv, const char *runs_on);

#endif /* APP_VERSION_H */
