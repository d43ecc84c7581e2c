/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

/**
 * @file
 * A program's own options: one table for parsing and for --help, so that
 * neither forgets an option. Not thread-safe, as getopt_long().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most rows of a table. */
#define APP_MAX_OPTIONS 64

/** What to do with the value of an option. */
enum app_option_kind {
	APP_OPTION_NUMBER, /**< min to max, a uint32_t at offset */
	APP_OPTION_TEXT,   /**< kept by reference, a const char * at offset */
	APP_OPTION_FLAG,   /**< true, a bool at offset */
	APP_OPTION_OWN,    /**< and all above: the program's own set() knows */
};

struct app_option {
	const char *name;
	int kind;             /**< APP_OPTION_NUMBER, ... */
	const char *argument; /**< of --help: "N", "[=N]" when optional, "" for none */
	const char *meaning;  /**< of --help */
	size_t offset;        /**< of the field in the program's options */
	uint32_t min;
	uint32_t max;
	char letter;      /**< a short form, or 0 */
	bool also_of_eal; /**< EAL has an option of that name, too */
};

struct app_options {
	const struct app_option *table;
	unsigned int nb; /**< at most APP_MAX_OPTIONS */
	/**
	 * Take the value of an option of the program's own kinds.
	 *
	 * @param options
	 *   As given to app_options_parse().
	 * @param value
	 *   NULL when there is none.
	 * @return
	 *   0, or -1 (one line was printed).
	 */
	int (*set)(void *options, const struct app_option *option, const char *value);
};

/** Is this argument, standing among EAL's, an option of ours and never EAL's? */
bool
app_options_is_own(const struct app_options *known, const char *argument);

/** Print a line for each option; the column of meanings begins behind width characters. */
void
app_options_help(const struct app_options *known, int width);

/**
 * Parse.
 *
 * @param argc
 *   Number of elements of argv, the program name included.
 * @param argv
 *   Reordered by getopt_long(); kept by reference.
 * @param options
 *   The program's options, defaults set; owned by the caller.
 * @return
 *   0, or -1 on a bad option (one line was printed).
 */
int
app_options_parse(const struct app_options *known, int argc, char **argv, void *options);

#endif /* APP_OPTIONS_H */
