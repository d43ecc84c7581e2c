/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_ARGUMENTS_H
#define FWD_ARGUMENTS_H

/**
 * @file
 * The command line in two parts, EAL's and ours.
 */

#include <stdbool.h>

#define FWD_MAX_EAL_ARGUMENTS 512

struct fwd_arguments {
	int eal_argc;
	char *eal_argv[FWD_MAX_EAL_ARGUMENTS + 1]; /**< owned copies, NULL-terminated */
	int own_argc;
	char **own_argv;
	bool help; /**< --help or -h on EAL's side: ours is the one to print */
};

/**
 * Split argv at the first `--`.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_arguments_free() is due in both cases.
 */
int
fwd_arguments_split(struct fwd_arguments *arguments, int argc, char **argv);

/** Append a formatted EAL argument. 0, or -1 (one line was printed). */
int
fwd_arguments_add(struct fwd_arguments *arguments, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Start EAL, and see to it that its runtime directory goes at exit. As rte_eal_init(). */
int
fwd_arguments_start_eal(const struct fwd_arguments *arguments);

/**
 * EAL goes on when a port of --vdev cannot be made: tell the user.
 *
 * @return
 *   0, or -1 when a port is not there (one line was printed).
 */
int
fwd_arguments_check_ports(const struct fwd_arguments *arguments);

/** Release EAL's part. */
void
fwd_arguments_free(struct fwd_arguments *arguments);

#endif /* FWD_ARGUMENTS_H */
