/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_CPUS_H
#define APP_CPUS_H

/**
 * @file
 * Sets of CPUs, as lists such as 0,2-5.
 */

#include <stddef.h>

#include <sched.h>

/** Write a list of the CPUs of a set; ends with ... when size is too small. */
void
app_cpus_format(const cpu_set_t *set, char *list, size_t size);

/** Write a list of the CPUs the calling thread may run on. */
void
app_cpus_own(char *list, size_t size);

#endif /* APP_CPUS_H */
