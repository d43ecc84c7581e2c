/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "path.h"

const struct lab_path *lab_path = &lab_path_plain;

#ifdef LAB_HAS_PATHS

static bool
has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("bmi2");
}

const struct lab_path *
lab_path_nth(uint32_t n)
{
	const struct lab_path *forms[] = {&lab_path_avx512, &lab_path_bmi2, &lab_path_plain};
	uint32_t first = 2;

	__builtin_cpu_init();
	if (has_avx512())
		first = 0;
	else if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
		first = 1;
	return first + n < 3 ? forms[first + n] : NULL;
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
