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
#include <rte_ethdev.h>

#include "arguments.h"
#include "message.h"
#include "options.h"

static int
append(struct fwd_arguments *arguments, char *argument)
{
	if (argument == NULL) {
		fwd_error("no memory for EAL arguments");
		return -1;
	}
	if (arguments->eal_argc == FWD_MAX_EAL_ARGUMENTS) {
		free(argument);
		fwd_error("more than %d EAL arguments", FWD_MAX_EAL_ARGUMENTS);
		return -1;
	}
	arguments->eal_argv[arguments->eal_argc++] = argument;
	arguments->eal_argv[arguments->eal_argc] = NULL;
	return 0;
}

int
fwd_arguments_add(struct fwd_arguments *arguments, const char *format, ...)
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
fwd_arguments_split(struct fwd_arguments *arguments, int argc, char **argv)
{
	int i;

	memset(arguments, 0, sizeof(*arguments));
	for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			arguments->help = true;
		else if (fwd_options_is_own(argv[i])) {
			fwd_error("%s: stands among EAL's options; put it behind --, as in "
			          "labyrinth-fwd [EAL options] -- %s",
			          argv[i], argv[i]);
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

/** EAL leaves an empty directory behind; one in use is not empty and stays. */
static void
remove_runtime_dir(void)
{
	if (runtime_dir[0] != '\0')
		rmdir(runtime_dir);
}

int
fwd_arguments_start_eal(const struct fwd_arguments *arguments)
{
	/* EAL writes to the array: a copy, so that each string is freed just once. */
	static char *argv[FWD_MAX_EAL_ARGUMENTS + 1];
	int out, null, ret;

	/* EAL removes its telemetry socket at exit: handlers run last in, first out. */
	if (atexit(remove_runtime_dir) != 0)
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
	ret = rte_eal_init(arguments->eal_argc, argv);
	fflush(stdout);
	if (out >= 0 && null >= 0)
		dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
	snprintf(runtime_dir, sizeof(runtime_dir), "%s", rte_eal_get_runtime_dir());
	return ret;
}

/** Is this the value of a --vdev that should have made a port of that name? */
static bool
names_port(const char *value, char *name, size_t size)
{
	/* This one is about ports that other drivers make. */
	static const char no_port[] = "net_vdev_netvsc";
	size_t len = strcspn(value, ",");

	if (strncmp(value, "net_", 4) != 0 || len >= size ||
	    strncmp(value, no_port, sizeof(no_port) - 1) == 0)
		return false;
	memcpy(name, value, len);
	name[len] = '\0';
	return true;
}

int
fwd_arguments_check_ports(const struct fwd_arguments *arguments)
{
	static const char option[] = "--vdev";
	const size_t len = sizeof(option) - 1;
	char name[RTE_ETH_NAME_MAX_LEN];
	const char *argument, *value;
	uint16_t port;
	int i;

	for (i = 1; i < arguments->eal_argc; i++) {
		argument = arguments->eal_argv[i];
		if (strncmp(argument, option, len) != 0)
			continue;
		/* After the last argument stands NULL. */
		value = argument[len] == '=' ? argument + len + 1 : arguments->eal_argv[i + 1];
		if (value == NULL || !names_port(value, name, sizeof(name)))
			continue;
		if (rte_eth_dev_get_port_by_name(name, &port) != 0) {
			fwd_error("--vdev=%s: this port could not be made; EAL's own lines above "
			          "say why",
			          value);
			return -1;
		}
	}
	return 0;
}

void
fwd_arguments_free(struct fwd_arguments *arguments)
{
	while (arguments->eal_argc > 0)
		free(arguments->eal_argv[--arguments->eal_argc]);
}
