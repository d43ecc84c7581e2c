/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "svg.h"

static unsigned int
channel(const char *colour, unsigned int index)
{
	char digits[3] = {colour[1 + 2 * index], colour[2 + 2 * index], '\0'};

	return (unsigned int)strtoul(digits, NULL, 16);
}

static void
test_heat_tells_faster_from_slower(void)
{
	static const double ratios[] = {0.01, 0.25, 0.5, 0.9, 1.1, 2, 4, 100};
	char colour[8];
	unsigned int i;

	for (i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		bench_svg_heat(ratios[i], colour, sizeof(colour));
		CU_ASSERT_EQUAL_FATAL(strlen(colour), 7);
		if (ratios[i] < 1)
			CU_ASSERT(channel(colour, 1) > channel(colour, 0))
		else
			CU_ASSERT(channel(colour, 0) > channel(colour, 1))
	}
	bench_svg_heat(1, colour, sizeof(colour));
	CU_ASSERT_STRING_EQUAL(colour, "#ffffff");
}

static void
test_neighbours_differ(void)
{
	unsigned int i;

	for (i = 0; i < 40; i++)
		CU_ASSERT_STRING_NOT_EQUAL(bench_svg_colour(i), bench_svg_colour(i + 1));
}

static void
test_text_is_escaped(void)
{
	char dir[] = "/tmp/test-svg-XXXXXX", path[64], text[2048] = "";
	struct bench_svg svg;
	FILE *file;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	CU_ASSERT_EQUAL_FATAL(bench_svg_open(&svg, dir, "a", 10, 20), 0);
	bench_svg_text(&svg, 1, 2, 3, BENCH_MIDDLE, "a<b & c>d");
	bench_svg_rect(&svg, 1, 2, 3, 4, "#000000", "<title>");
	CU_ASSERT_EQUAL(bench_svg_close(&svg), 0);
	snprintf(path, sizeof(path), "%s/a.svg", dir);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	unlink(path);
	rmdir(dir);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, ">a&lt;b &amp; c&gt;d</text>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<title>&lt;title&gt;</title>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "</svg>"));
}

static void
test_no_directory(void)
{
	struct bench_svg svg;

	CU_ASSERT_EQUAL(bench_svg_open(&svg, "/nowhere/at/all", "a", 1, 1), -1);
}

int
main(void)
{
	CU_pSuite suite;
	unsigned int failures;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	suite = CU_add_suite("bench svg", NULL, NULL);
	CU_add_test(suite, "heat tells faster from slower", test_heat_tells_faster_from_slower);
	CU_add_test(suite, "neighbours differ", test_neighbours_differ);
	CU_add_test(suite, "text is escaped", test_text_is_escaped);
	CU_add_test(suite, "no directory", test_no_directory);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
