/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdint.h>
#include <stdlib.h>

#include <CUnit/Basic.h>

#include "app_histogram.h"

static struct app_histogram histogram;

/** Values around every power of two: where an index is most easily wrong. */
static unsigned int
edge_values(uint64_t *values)
{
	unsigned int bit, n = 0;

	values[n++] = 0;
	for (bit = 0; bit < 64; bit++) {
		if (bit > 0)
			values[n++] = (UINT64_C(1) << bit) - 1;
		values[n++] = UINT64_C(1) << bit;
		values[n++] = (UINT64_C(1) << bit) + 1;
	}
	values[n++] = UINT64_MAX - 1;
	values[n++] = UINT64_MAX;
	return n;
}

static void
test_small_values_are_exact(void)
{
	uint64_t value;

	for (value = 0; value < 2 * APP_HISTOGRAM_SUB; value++) {
		CU_ASSERT_EQUAL(app_histogram_bucket(value), value);
		CU_ASSERT_EQUAL(app_histogram_bucket_high((unsigned int)value), value);
	}
}

static void
test_every_value_lies_in_its_bucket(void)
{
	uint64_t values[256], low, high;
	unsigned int n = edge_values(values), i, bucket;

	for (i = 0; i < n; i++) {
		bucket = app_histogram_bucket(values[i]);
		CU_ASSERT_FATAL(bucket < APP_HISTOGRAM_BUCKETS);
		high = app_histogram_bucket_high(bucket);
		low = bucket == 0 ? 0 : app_histogram_bucket_high(bucket - 1) + 1;
		CU_ASSERT(low <= values[i] && values[i] <= high);
		/* The promised resolution. */
		CU_ASSERT(high - low <= low / APP_HISTOGRAM_SUB);
	}
}

static void
test_buckets_follow_each_other(void)
{
	unsigned int bucket;
	uint64_t high;

	for (bucket = 0; bucket + 1 < APP_HISTOGRAM_BUCKETS; bucket++) {
		high = app_histogram_bucket_high(bucket);
		CU_ASSERT_EQUAL(app_histogram_bucket(high), bucket);
		CU_ASSERT_EQUAL(app_histogram_bucket(high + 1), bucket + 1);
	}
	CU_ASSERT_EQUAL(app_histogram_bucket_high(APP_HISTOGRAM_BUCKETS - 1), UINT64_MAX);
}

static void
test_empty(void)
{
	app_histogram_reset(&histogram);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 5000), 0);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 10000), 0);
}

static void
test_percentiles_of_known_values(void)
{
	uint64_t value;

	app_histogram_reset(&histogram);
	for (value = 1; value <= 50; value++)
		app_histogram_add(&histogram, value);
	/* All below 2 * APP_HISTOGRAM_SUB: exact. */
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 5000), 25);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 5001), 26);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 9800), 49);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 9900), 50);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 0), 1);
	CU_ASSERT_EQUAL(app_counter_read(&histogram.count), 50);
	CU_ASSERT_EQUAL(app_counter_read(&histogram.max), 50);
}

static void
test_rare_value_shows_where_it_should(void)
{
	unsigned int i;

	app_histogram_reset(&histogram);
	for (i = 0; i < 9990; i++)
		app_histogram_add(&histogram, 40);
	for (i = 0; i < 10; i++)
		app_histogram_add(&histogram, 1000000);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 9990), 40);
	/* One more than the share of the small ones; never above the maximum. */
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 9991), 1000000);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 10000), 1000000);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

/** Against sorting: the histogram's answer is the exact one, rounded up within its resolution. */
static void
test_percentiles_match_sorting(void)
{
	static const unsigned int shares[] = {1, 100, 2500, 5000, 9000, 9900, 9990, 9999};
	static uint64_t values[20000];
	const unsigned int n = sizeof(values) / sizeof(values[0]);
	uint64_t state = 88172645463325252u, exact, got;
	unsigned int i;

	app_histogram_reset(&histogram);
	for (i = 0; i < n; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		/* Spread over many powers of two, as latencies are. */
		values[i] = state >> (20 + state % 40);
		app_histogram_add(&histogram, values[i]);
	}
	qsort(values, n, sizeof(values[0]), compare);
	for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		exact = values[((uint64_t)n * shares[i] + 9999) / 10000 - 1];
		got = app_histogram_percentile(&histogram, shares[i]);
		CU_ASSERT(got >= exact);
		CU_ASSERT(got - exact <= exact / APP_HISTOGRAM_SUB);
	}
}

static void
test_merge_is_sum(void)
{
	static struct app_histogram other;
	unsigned int i;

	app_histogram_reset(&histogram);
	app_histogram_reset(&other);
	for (i = 0; i < 100; i++)
		app_histogram_add(&histogram, 10);
	for (i = 0; i < 300; i++)
		app_histogram_add(&other, 5000);
	app_histogram_merge(&histogram, &other);
	CU_ASSERT_EQUAL(app_counter_read(&histogram.count), 400);
	CU_ASSERT_EQUAL(app_counter_read(&histogram.max), 5000);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 2500), 10);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 2501), 5000);
	/* The source stays as it was. */
	CU_ASSERT_EQUAL(app_counter_read(&other.count), 300);
}

static void
test_reset_forgets(void)
{
	app_histogram_reset(&histogram);
	app_histogram_add(&histogram, UINT64_MAX);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 5000), UINT64_MAX);
	app_histogram_reset(&histogram);
	CU_ASSERT_EQUAL(app_counter_read(&histogram.count), 0);
	CU_ASSERT_EQUAL(app_counter_read(&histogram.max), 0);
	app_histogram_add(&histogram, 7);
	CU_ASSERT_EQUAL(app_histogram_percentile(&histogram, 10000), 7);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"small values are exact", test_small_values_are_exact},
		{"every value lies in its bucket", test_every_value_lies_in_its_bucket},
		{"buckets follow each other", test_buckets_follow_each_other},
		{"an empty histogram", test_empty},
		{"percentiles of known values", test_percentiles_of_known_values},
		{"a rare value", test_rare_value_shows_where_it_should},
		{"percentiles match sorting", test_percentiles_match_sorting},
		{"merging adds", test_merge_is_sum},
		{"reset forgets", test_reset_forgets},
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{"fwd histogram", NULL, NULL, NULL, NULL, tests},
		CU_SUITE_INFO_NULL,
	};
	unsigned int failures;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
		return EXIT_FAILURE;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
