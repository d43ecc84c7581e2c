/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <CUnit/Basic.h>

#include "app_message.h"
#include "lists.h"

static void
check_numbers(const char *text, const uint32_t *expected, uint32_t nb)
{
	struct bench_numbers numbers;
	uint32_t i;

	CU_ASSERT_EQUAL_FATAL(bench_list_numbers("x", text, 0, UINT32_MAX, &numbers), 0);
	CU_ASSERT_EQUAL_FATAL(numbers.nb, nb);
	for (i = 0; i < nb; i++)
		CU_ASSERT_EQUAL(numbers.value[i], expected[i]);
}

static void
test_numbers(void)
{
	check_numbers("7", (const uint32_t[]){7}, 1);
	check_numbers("0,256,512", (const uint32_t[]){0, 256, 512}, 3);
	check_numbers("4K,1M,2m", (const uint32_t[]){4096, 1048576, 2097152}, 3);
	check_numbers("0x10", (const uint32_t[]){16}, 1);
}

static void
test_ranges(void)
{
	check_numbers("1..8", (const uint32_t[]){1, 2, 4, 8}, 4);
	check_numbers("3..20", (const uint32_t[]){3, 6, 12}, 3);
	check_numbers("5..5", (const uint32_t[]){5}, 1);
	check_numbers("1,8..32,1K", (const uint32_t[]){1, 8, 16, 32, 1024}, 5);
}

static void
test_bad_numbers(void)
{
	/* Only 1 to 8 is allowed. */
	static const char *const texts[] = {
		"",   ",",    "1,",    "1,,2",       "a",        "1x",      "-1",
		" 1", "8..4", "0..8",  "4..",        "1..x",     "1..2..4", "1KK",
		"9",  "0",    "8..16", "4294967296", "9999999M",
	};
	struct bench_numbers numbers;
	unsigned int i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT_EQUAL(bench_list_numbers("x", texts[i], 1, 8, &numbers), -1);
}

static void
test_too_many_numbers(void)
{
	struct bench_numbers numbers;
	char text[4 * BENCH_MAX_LIST];
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < BENCH_MAX_LIST; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s1",
		                         i == 0 ? "" : ",");
	CU_ASSERT_EQUAL(bench_list_numbers("x", text, 1, 1, &numbers), 0);
	CU_ASSERT_EQUAL(numbers.nb, BENCH_MAX_LIST);
	snprintf(text + used, sizeof(text) - used, ",1");
	CU_ASSERT_EQUAL(bench_list_numbers("x", text, 1, 1, &numbers), -1);
}

static void
test_lcores(void)
{
	static const char *const bad[] = {"",   "0",  "1,", "2@0", "2@3",
	                                  "1@", "@1", "65", "x",   "2@1@1"};
	struct bench_lcores lcores;
	unsigned int i;

	CU_ASSERT_EQUAL_FATAL(bench_list_lcores("x", "1,2@1,64", 64, &lcores), 0);
	CU_ASSERT_EQUAL_FATAL(lcores.nb, 3);
	CU_ASSERT_EQUAL(lcores.place[0].lcores, 1);
	CU_ASSERT_EQUAL(lcores.place[0].cpus, 0);
	CU_ASSERT_EQUAL(lcores.place[1].lcores, 2);
	CU_ASSERT_EQUAL(lcores.place[1].cpus, 1);
	CU_ASSERT_EQUAL(lcores.place[2].lcores, 64);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(bench_list_lcores("x", bad[i], 64, &lcores), -1);
}

int
main(void)
{
	CU_pSuite suite;
	unsigned int failures;

	app_name = "test_lists";
	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	suite = CU_add_suite("bench lists", NULL, NULL);
	CU_add_test(suite, "numbers", test_numbers);
	CU_add_test(suite, "ranges", test_ranges);
	CU_add_test(suite, "bad numbers", test_bad_numbers);
	CU_add_test(suite, "too many numbers", test_too_many_numbers);
	CU_add_test(suite, "lcores", test_lcores);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
