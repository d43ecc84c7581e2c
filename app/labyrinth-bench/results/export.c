/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "app_message.h"
#include "export.h"

double
bench_ns(uint64_t cycles)
{
	return (double)cycles * 1e9 / (double)rte_get_tsc_hz();
}

/** A file, or a directory, that is there or can be made. */
static int
check(const char *option, const char *path, int mode)
{
	char copy[PATH_MAX];
	struct stat file;

	if (path == NULL)
		return 0;
	if (access(path, mode) == 0) {
		if (stat(path, &file) == 0 && (S_ISDIR(file.st_mode) != 0) == ((mode & X_OK) != 0))
			return 0;
		errno = (mode & X_OK) != 0 ? ENOTDIR : EISDIR;
	} else if (errno == ENOENT && strlen(path) < sizeof(copy)) {
		memcpy(copy, path, strlen(path) + 1);
		if (path[0] != '\0' && access(dirname(copy), W_OK | X_OK) == 0)
			return 0;
	}
	app_error("--%s=%s: %s", option, path, strerror(errno));
	return -1;
}

int
bench_export_check(const struct bench_options *options)
{
	if (check("csv", options->csv, W_OK) != 0 || check("json", options->json, W_OK) != 0 ||
	    check("svg", options->svg, W_OK | X_OK) != 0)
		return -1;
	return 0;
}
