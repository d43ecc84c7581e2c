/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The places options come from, in the order in which they win.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_spinlock.h>

#include "labyrinth_build.h"
#include "labyrinth_log.h"
#include "labyrinth_option_file.h"
#include "labyrinth_options.h"

#define ENV_PREFIX  "LABYRINTH_"
#define ENV_FILE    "LABYRINTH_CONFIG"
#define ENV_OPTIONS "LABYRINTH_OPTIONS"
/* So many wrong, missing or additional characters make a name a misspelt one. */
#define SLIPS 2

static const char *const variables[] = {ENV_FILE, ENV_OPTIONS};

/* Fewest characters to change, add or take out that make one word the other. */
static unsigned int
slips_between(const char *a, size_t a_len, const char *b)
{
	unsigned int row[32];
	size_t b_len = strlen(b);
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		unsigned int corner = row[0];

		row[0] = (unsigned int)i;
		for (j = 1; j <= b_len; j++) {
			unsigned int changed = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			row[j] = RTE_MIN(RTE_MIN(row[j], row[j - 1]) + 1, changed);
		}
	}
	return row[b_len];
}

static void
variable_check(const char *variable)
{
	size_t len = strcspn(variable, "=");
	const char *meant = NULL;
	unsigned int i;

	for (i = 0; i < RTE_DIM(variables); i++) {
		unsigned int slips = slips_between(variable, len, variables[i]);

		if (slips == 0)
			return;
		if (slips <= SLIPS)
			meant = variables[i];
	}
	if (meant != NULL)
		LAB_LOG(WARNING, "environment %.*s: no such variable; is %s meant?", (int)len,
		        variable, meant);
	else if (strncmp(variable, ENV_PREFIX, strlen(ENV_PREFIX)) == 0)
		LAB_LOG(WARNING,
		        "environment %.*s: no such variable; there are " ENV_FILE
		        " and " ENV_OPTIONS,
		        (int)len, variable);
}

/* Once a process, with its first pool: one line for each name that means nothing. */
static void
environment_check(void)
{
	static rte_spinlock_t lock = RTE_SPINLOCK_INITIALIZER;
	static bool checked;
	char **variable = environ;

	rte_spinlock_lock(&lock);
	for (; !checked && variable != NULL && *variable != NULL; variable++)
		variable_check(*variable);
	checked = true;
	rte_spinlock_unlock(&lock);
}

/* The file that LABYRINTH_CONFIG names; else the one that was installed, if it is there. */
static int
file_load(struct labyrinth_options *options, const char *pool)
{
	const char *path = getenv(ENV_FILE);

	if (path != NULL && path[0] == '\0')
		return 0;
	if (path != NULL)
		return labyrinth_option_file_load(options, path, ENV_FILE, pool);
	if (access(LABYRINTH_INSTALLED_CONFIG, F_OK) != 0)
		return 0;
	return labyrinth_option_file_load(options, LABYRINTH_INSTALLED_CONFIG, "the installation",
	                                  pool);
}

int
labyrinth_options_load(struct labyrinth_options *options, const char *pool, const char *pool_config)
{
	const char *text = getenv(ENV_OPTIONS);
	int ret;

	environment_check();
	labyrinth_options_default(options);
	ret = file_load(options, pool);
	if (ret == 0 && text != NULL && text[0] != '\0')
		ret = labyrinth_options_parse(options, text, "environment " ENV_OPTIONS);
	if (ret == 0 && pool_config != NULL && pool_config[0] != '\0')
		ret = labyrinth_options_parse(options, pool_config, "pool_config");
	if (ret == 0)
		ret = labyrinth_options_complete(options, pool);
	return ret;
}
