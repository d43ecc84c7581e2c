/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef CHI_SQUARE_H
#define CHI_SQUARE_H

/*
 * Pearson's test: are these counts what the expected ones would give by chance?
 */

/*
 * The probability of counts that differ at least as much, if the expected ones
 * are true. `ties` are the degrees of freedom used up, 1 for a given total.
 */
double
chi_square_p(const unsigned int *counts, const double *expected, unsigned int bins,
             unsigned int ties);

/* As above, for bins that are equally likely. */
double
chi_square_uniform_p(const unsigned int *counts, unsigned int bins);

/* Are row and column of a square table independent? */
double
chi_square_independent_p(const unsigned int *counts, unsigned int side);

#endif /* CHI_SQUARE_H */
