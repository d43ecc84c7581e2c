/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <math.h>
#include <stdlib.h>

#include "chi_square.h"

#define TERMS_MAX 10000
#define PRECISION 1e-12
#define SIDE_MAX  32

/* The lower part of the incomplete gamma function by its series, for x < a + 1. */
static double
gamma_lower(double a, double x)
{
	double term = 1.0 / a;
	double sum = term;
	unsigned int i;

	for (i = 1; i < TERMS_MAX && term > sum * PRECISION; i++) {
		term *= x / (a + i);
		sum += term;
	}
	return sum * exp(a * log(x) - x - lgamma(a));
}

/* The upper part by its continued fraction (Lentz), for x >= a + 1. */
static double
gamma_upper(double a, double x)
{
	double b = x + 1.0 - a;
	double c = 1e300;
	double d = 1.0 / b;
	double value = d;
	unsigned int i;

	for (i = 1; i < TERMS_MAX; i++) {
		double an = -(double)i * ((double)i - a);

		b += 2.0;
		d = 1.0 / (an * d + b);
		c = b + an / c;
		value *= d * c;
		if (fabs(d * c - 1.0) < PRECISION)
			break;
	}
	return value * exp(a * log(x) - x - lgamma(a));
}

double
chi_square_p(const unsigned int *counts, const double *expected, unsigned int bins,
             unsigned int ties)
{
	double sum = 0.0;
	double a = (bins - ties) / 2.0;
	double x;
	unsigned int i;

	for (i = 0; i < bins; i++)
		sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
	x = sum / 2.0;
	if (x <= 0.0)
		return 1.0;
	return x < a + 1.0 ? 1.0 - gamma_lower(a, x) : gamma_upper(a, x);
}

double
chi_square_uniform_p(const unsigned int *counts, unsigned int bins)
{
	double *expected = calloc(bins, sizeof(*expected));
	double total = 0.0;
	unsigned int i;
	double p;

	if (expected == NULL)
		return 0.0;
	for (i = 0; i < bins; i++)
		total += counts[i];
	for (i = 0; i < bins; i++)
		expected[i] = total / bins;
	p = chi_square_p(counts, expected, bins, 1);
	free(expected);
	return p;
}

double
chi_square_independent_p(const unsigned int *counts, unsigned int side)
{
	double expected[SIDE_MAX * SIDE_MAX];
	double row[SIDE_MAX] = {0};
	double column[SIDE_MAX] = {0};
	double total = 0.0;
	unsigned int i;

	for (i = 0; i < side * side; i++) {
		row[i / side] += counts[i];
		column[i % side] += counts[i];
		total += counts[i];
	}
	for (i = 0; i < side; i++) {
		/* A row or column nobody ever saw is no sign of independence. */
		if (row[i] <= 0.0 || column[i] <= 0.0)
			return 0.0;
	}
	for (i = 0; i < side * side; i++)
		expected[i] = row[i / side] * column[i % side] / total;
	return chi_square_p(counts, expected, side * side, 2 * side - 1);
}
