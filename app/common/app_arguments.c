/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>

#include "app_arguments.h"
#include "app_message.h"

static int
append(struct app_arguments *arguments, char *argument)
{
	if (argument == NULL) {
		app_error("no memory for EAL arguments");
		return -1;
	}
	if (arguments->eal_argc == APP_MAX_EAL_ARGUMENTS) {
		free(argument);
		app_error("more than %d EAL arguments", APP_MAX_EAL_ARGUMENTS);
		return -1;
	}
	arguments->eal_argv[arguments->eal_argc++] = argument;
	arguments->eal_argv[arguments->eal_argc] = NULL;
	return 0;
}

int
app_arguments_add(struct app_arguments *arguments, const char *format, ...)
{
	char *argument = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&argument, format, args);
	va_end(args);
	return append(arguments, len < 0 ? NULL : argument);
}

int
app_arguments_split(struct app_arguments *arguments, int argc, char **argv,
                    bool (*is_own)(const char *argument))
{
	int i;

	memset(arguments, 0, sizeof(*arguments));
	for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			arguments->help = true;
		else if (is_own(argv[i])) {
			app_error("%s: stands among EAL's options; put it behind --, as in "
			          "%s [EAL options] -- %s",
			          argv[i], app_name, argv[i]);
			return -1;
		}
		if (append(arguments, strdup(argv[i])) != 0)
			return -1;
	}
	/* `--` takes the place of the program name in our part. */
	arguments->own_argc = argc - i;
	arguments->own_argv = argv + i;
	return 0;
}

static char runtime_dir[PATH_MAX];
static bool starting;

/** EAL of 25.11 and later ends the process itself on a bad option, with a status of its own. */
static void
ended_by_eal(void)
{
	if (!starting)
		return;
	app_error("EAL did not start; its own lines above say which option it refused");
	fflush(NULL);
	_exit(EXIT_FAILURE);
}

/** EAL leaves an empty directory behind; one in use is not empty and stays. */
static void
remove_runtime_dir(void)
{
	if (runtime_dir[0] != '\0')
		rmdir(runtime_dir);
}

int
app_arguments_start_eal(const struct app_arguments *arguments)
{
	/* EAL writes to the array: a copy, so that each string is freed just once. */
	static char *argv[APP_MAX_EAL_ARGUMENTS + 1];
	int out, null, ret;

	/* EAL removes its telemetry socket at exit: handlers run last in, first out. */
	if (atexit(remove_runtime_dir) != 0 || atexit(ended_by_eal) != 0)
		return -1;
	memcpy(argv, arguments->eal_argv, sizeof(argv));
	/*
	 * On a bad option EAL prints a hundred lines of usage on stdout, out of which
	 * its error message, on stderr, cannot be picked.
	 */
	fflush(stdout);
	out = dup(STDOUT_FILENO);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (out >= 0 && null >= 0)
		dup2(null, STDOUT_FILENO);
	starting = true;
	ret = rte_eal_init(arguments->eal_argc, argv);
	starting = false;
	fflush(stdout);
	if (out >= 0 && null >= 0)
		dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
	snprintf(runtime_dir, sizeof(runtime_dir), "%s", rte_eal_get_runtime_dir());
	return ret;
}

void
app_arguments_free(struct app_arguments *arguments)
{
	while (arguments->eal_argc > 0)
		free(arguments->eal_argv[--arguments->eal_argc]);
}
