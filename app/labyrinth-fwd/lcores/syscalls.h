/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_SYSCALLS_H
#define FWD_SYSCALLS_H

/**
 * @file
 * Names of the system calls that drivers are likely to make.
 */

/** The name of a system call, or "of this number" for one that is not known here. */
const char *
fwd_syscall_name(int number);

#endif /* FWD_SYSCALLS_H */
