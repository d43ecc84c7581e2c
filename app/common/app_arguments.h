/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_ARGUMENTS_H
#define APP_ARGUMENTS_H

/**
 * @file
 * The command line in two parts, EAL's and ours.
 */

#include <stdbool.h>

#define APP_MAX_EAL_ARGUMENTS 512

struct app_arguments {
	int eal_argc;
	char *eal_argv[APP_MAX_EAL_ARGUMENTS + 1]; /**< owned copies, NULL-terminated */
	int own_argc;
	char **own_argv;
	bool help; /**< --help or -h on EAL's side: ours is the one to print */
};

/**
 * Split argv at the first `--`.
 *
 * @param arguments
 *   Filled in by the call.
 * @param argc
 *   Words of argv.
 * @param argv
 *   Of main(); our part of it must outlive arguments.
 * @param is_own
 *   Tells options that are ours and never EAL's.
 * @return
 *   0, or -1 (one line was printed); app_arguments_free() is due in both cases.
 */
int
app_arguments_split(struct app_arguments *arguments, int argc, char **argv,
                    bool (*is_own)(const char *argument));

/** Append a formatted EAL argument. 0, or -1 (one line was printed). */
int
app_arguments_add(struct app_arguments *arguments, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Start EAL, and see to it that its runtime directory goes at exit. As rte_eal_init(). */
int
app_arguments_start_eal(const struct app_arguments *arguments);

/** Release EAL's part. */
void
app_arguments_free(struct app_arguments *arguments);

#endif /* APP_ARGUMENTS_H */
