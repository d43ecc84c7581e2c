/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_TEXT_H
#define FWD_KIT_TEXT_H

/**
 * @file
 * The report as text: each line goes to the screen and to one file.
 */

#include <stdbool.h>
#include <stdio.h>

struct fwd_kit_text {
	const char *path;
	FILE *file;   /**< NULL: not open */
	bool created; /**< it was not there before */
	int error;    /**< errno of the first line that could not be written; 0: none */
};

/** Make the file, which must not be there yet. 0, or -1 (one line was printed). */
int
fwd_kit_text_open(struct fwd_kit_text *text, const char *path);

/** Print; a line that is complete is in the file, whatever happens then. */
void
fwd_kit_print(struct fwd_kit_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * Close the file. May be called twice.
 *
 * @param keep
 *   false: there is nothing worth keeping, so the file is removed.
 * @return
 *   0, or -1 when the file is not complete (one line was printed).
 */
int
fwd_kit_text_close(struct fwd_kit_text *text, bool keep);

#endif /* FWD_KIT_TEXT_H */
