/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>

#include <CUnit/Basic.h>

#include "stats.h"

#define NEAR 1e-9

static void
test_no_samples(void)
{
	double nothing = 0;
	struct bench_summary s = {.median = 7};

	CU_ASSERT_EQUAL(bench_stats(&nothing, 0, &s), 0);
	CU_ASSERT_EQUAL(s.count, 0);
	CU_ASSERT_EQUAL(s.median, 0);
	CU_ASSERT_EQUAL(bench_quantile(&nothing, 0, 0.5), 0);
	CU_ASSERT_EQUAL(bench_geomean(&nothing, 0), 0);
	CU_ASSERT_EQUAL(bench_largest(&nothing, 0), 0);
}

static void
test_one_sample(void)
{
	double samples[] = {4.5};
	struct bench_summary s;

	CU_ASSERT_EQUAL(bench_stats(samples, 1, &s), 0);
	CU_ASSERT_EQUAL(s.min, 4.5);
	CU_ASSERT_EQUAL(s.q1, 4.5);
	CU_ASSERT_EQUAL(s.median, 4.5);
	CU_ASSERT_EQUAL(s.q3, 4.5);
	CU_ASSERT_EQUAL(s.max, 4.5);
	CU_ASSERT_EQUAL(s.mad, 0);
	CU_ASSERT_EQUAL(s.count, 1);
}

static void
test_odd_count(void)
{
	double samples[] = {9, 1, 5, 3, 100};
	struct bench_summary s;

	CU_ASSERT_EQUAL(bench_stats(samples, 5, &s), 0);
	CU_ASSERT_EQUAL(s.min, 1);
	CU_ASSERT_EQUAL(s.q1, 3);
	CU_ASSERT_EQUAL(s.median, 5);
	CU_ASSERT_EQUAL(s.q3, 9);
	CU_ASSERT_EQUAL(s.max, 100);
	/* Distances 4, 4, 0, 2, 95: one wild sample moves neither median nor MAD. */
	CU_ASSERT_EQUAL(s.mad, 4);
	/* Sorted on the way. */
	CU_ASSERT_EQUAL(samples[0], 1);
	CU_ASSERT_EQUAL(samples[4], 100);
}

static void
test_even_count(void)
{
	double samples[] = {4, 1, 3, 2};
	struct bench_summary s;

	CU_ASSERT_EQUAL(bench_stats(samples, 4, &s), 0);
	CU_ASSERT_DOUBLE_EQUAL(s.q1, 1.75, NEAR);
	CU_ASSERT_DOUBLE_EQUAL(s.median, 2.5, NEAR);
	CU_ASSERT_DOUBLE_EQUAL(s.q3, 3.25, NEAR);
	/* Distances 1.5, 1.5, 0.5, 0.5. */
	CU_ASSERT_DOUBLE_EQUAL(s.mad, 1, NEAR);
}

static void
test_quantiles_never_fall(void)
{
	double samples[101], before = -1, value;
	unsigned int i;

	for (i = 0; i < 101; i++)
		samples[i] = (double)i * i;
	for (i = 0; i <= 1000; i++) {
		value = bench_quantile(samples, 101, i / 1000.0);
		CU_ASSERT(value >= before);
		before = value;
	}
	CU_ASSERT_EQUAL(bench_quantile(samples, 101, 0), 0);
	CU_ASSERT_EQUAL(bench_quantile(samples, 101, 1), 10000);
}

static void
test_geometric_mean(void)
{
	const double halves[] = {0.5, 2}, mixed[] = {1, 10, 100}, zero[] = {1, 0};

	/* Twice as fast here and twice as slow there: the same. */
	CU_ASSERT_DOUBLE_EQUAL(bench_geomean(halves, 2), 1, NEAR);
	CU_ASSERT_DOUBLE_EQUAL(bench_geomean(mixed, 3), 10, NEAR);
	CU_ASSERT_EQUAL(bench_geomean(zero, 2), 0);
}

static void
test_largest(void)
{
	const double values[] = {-3, -1, -2};

	CU_ASSERT_EQUAL(bench_largest(values, 3), -1);
}

int
main(void)
{
	CU_pSuite suite;
	unsigned int failures;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	suite = CU_add_suite("bench stats", NULL, NULL);
	CU_add_test(suite, "no samples", test_no_samples);
	CU_add_test(suite, "one sample", test_one_sample);
	CU_add_test(suite, "odd count", test_odd_count);
	CU_add_test(suite, "even count", test_even_count);
	CU_add_test(suite, "quantiles never fall", test_quantiles_never_fall);
	CU_add_test(suite, "geometric mean", test_geometric_mean);
	CU_add_test(suite, "largest", test_largest);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
