/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_TABLES_H
#define FWD_KIT_TABLES_H

/**
 * @file
 * The tables of a report: one row for each kind of pools, columns separated by blanks.
 */

#include "kit_text.h"
#include "kit_turn.h"

/** What stands above the lines of fwd_kit_turn_print(). */
void
fwd_kit_turns_print(struct fwd_kit_text *text);

/** Begin the line of a turn: should the process end in it, the report tells where. */
void
fwd_kit_turn_print_begin(struct fwd_kit_text *text, unsigned int round, unsigned int row);

/** Its figures; NULL: none, for the row has failed. */
void
fwd_kit_turn_print_end(struct fwd_kit_text *text, const struct fwd_kit_figures *figures);

/** Sections [pools], [rates], [errors] and [counters]; sorts the figures. */
void
fwd_kit_tables_print(struct fwd_kit_text *text, struct fwd_kit_bench *bench);

#endif /* FWD_KIT_TABLES_H */
