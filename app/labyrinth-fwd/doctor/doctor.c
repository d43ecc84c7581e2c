/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include "doctor.h"
#include "doctor_common.h"

int
fwd_doctor(const struct app_arguments *arguments, const struct fwd_options *options)
{
	struct fwd_doctor doctor = {.out = stdout, .root = options->doctor_root};

	fwd_doctor_memory(&doctor);
	fwd_doctor_cgroup(&doctor);
	fwd_doctor_dma(&doctor);
	fwd_doctor_directory(&doctor);
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
