/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "path.h"

const struct lab_path *lab_path = &lab_path_plain;

#ifdef LAB_HAS_PATHS

/* The first two generations of Zen take some hundred steps to gather bits of a word. */
static bool
has_quick_extract(void)
{
	return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	       (__builtin_cpu_is("intel") ||
	        (__builtin_cpu_is("amd") && !__builtin_cpu_is("znver1") &&
	         !__builtin_cpu_is("znver2")));
}

const struct lab_path *
lab_path_nth(uint32_t n)
{
	const struct lab_path *forms[2];
	uint32_t count = 0;

	__builtin_cpu_init();
	if (has_quick_extract())
		forms[count++] = &lab_path_bmi2;
	forms[count++] = &lab_path_plain;
	return n < count ? forms[n] : NULL;
}

#else

const struct lab_path *
lab_path_nth(uint32_t n)
{
	return n == 0 ? &lab_path_plain : NULL;
}

#endif

void
lab_path_use(const struct lab_path *path)
{
	lab_path = path;
	lab_loops = path->loops;
}

static __attribute__((constructor)) void
path_choose(void)
{
	lab_path_use(lab_path_nth(0));
}
