/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "doctor_common.h"

/*
 * After a failed start EAL still knows that it was to run in memory, which does not go with
 * the --no-huge that it is tried with.
 */
static bool
eal_may_start(const struct app_arguments *arguments, const struct fwd_options *options)
{
	int i;

	for (i = 1; i < arguments->eal_argc && !options->doctor; i++) {
		if (strcmp(arguments->eal_argv[i], "--in-memory") == 0)
			return false;
	}
	return true;
}

int
fwd_doctor(const struct app_arguments *arguments, const struct fwd_options *options)
{
	struct fwd_doctor doctor = {.out = stdout, .root = options->doctor_root};

	fwd_doctor_memory(&doctor);
	fwd_doctor_cgroup(&doctor);
	fwd_doctor_dma(&doctor);
	fwd_doctor_directory(&doctor);
	if (eal_may_start(arguments, options))
		fwd_doctor_eal(&doctor, arguments);
	fwd_doctor_nics(&doctor);
	if (doctor.problems == 0)
		printf("All is well.\n");
	else
		printf("%u problem%s: what to do stands behind each.\n", doctor.problems,
		       doctor.problems == 1 ? "" : "s");
	fflush(stdout);
	return doctor.problems == 0 ? 0 : -1;
}
