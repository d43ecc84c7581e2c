/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include "app_build.h"
#include "app_message.h"
#include "app_version.h"

bool
app_version_asked(int argc, char **argv, const char *runs_on)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--version") != 0)
			continue;
		printf("%s %s", app_name, APP_VERSION);
		if (runs_on != NULL)
			printf(" (%s)", runs_on);
		printf("\n");
		return true;
	}
	return false;
}
