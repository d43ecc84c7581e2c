/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_MEMORY_H
#define APP_MEMORY_H

/**
 * @file
 * EAL's memory: huge pages where there are any, else 4 KiB pages.
 */

#include <stdbool.h>
#include <stdint.h>

#include "app_arguments.h"

/** Can this process map that many bytes from the kernel's default huge pages? */
bool
app_memory_huge(uint64_t bytes);

/**
 * Choose EAL's arguments about memory, with one line when it is not to be huge pages.
 *
 * @param arguments
 *   Where to add them.
 * @param huge
 *   Bytes needed on huge pages.
 * @param small
 *   Bytes needed on 4 KiB pages.
 * @param smaller
 *   Options to give smaller when the machine does not have that much.
 * @return
 *   0, or -1 (one line was printed).
 */
int
app_memory_add(struct app_arguments *arguments, uint64_t huge, uint64_t small, const char *smaller);

#endif /* APP_MEMORY_H */
