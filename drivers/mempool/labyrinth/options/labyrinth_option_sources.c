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
#define KEY_ALL     "all"
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

/*
 * The file that LABYRINTH_CONFIG names; else the one that was installed, if it is there.
 * NULL: there is none.
 */
static const char *
file_path(const char **named_by)
{
	const char *path = getenv(ENV_FILE);

	*named_by = ENV_FILE;
	if (path != NULL)
		return path[0] == '\0' ? NULL : path;
	*named_by = "the installation";
	return access(LABYRINTH_INSTALLED_CONFIG, F_OK) == 0 ? LABYRINTH_INSTALLED_CONFIG : NULL;
}

/* The value of a key among key=value,key=value, the last one; NULL: it is not there. */
static const char *
value_find(const char *text, const char *key, size_t *len)
{
	const char *value = NULL;

	for (; text != NULL; text = strchr(text, ',')) {
		size_t key_len = strcspn(text += text[0] == ',', "=,");

		if (key_len != strlen(key) || strncmp(text, key, key_len) != 0)
			continue;
		value = text + key_len + (text[key_len] == '=');
		*len = strcspn(value, ",");
	}
	return value;
}

bool
labyrinth_options_ask_all(void)
{
	const char *named_by;
	const char *path = file_path(&named_by);
	char from_file[8];
	size_t len;
	const char *value = value_find(getenv(ENV_OPTIONS), KEY_ALL, &len);

	if (value == NULL && path != NULL &&
	    labyrinth_option_file_peek(path, KEY_ALL, from_file, sizeof(from_file))) {
		value = from_file;
		len = strlen(value);
	}
	return value != NULL && (len != strlen("off") || strncmp(value, "off", len) != 0);
}

int
labyrinth_options_load(struct labyrinth_options *options, const char *pool, const char *pool_config)
{
	static const struct labyrinth_origin environment = {"environment " ENV_OPTIONS, false};
	static const struct labyrinth_origin config = {"pool_config", true};
	const char *text = getenv(ENV_OPTIONS);
	const char *named_by;
	const char *path = file_path(&named_by);
	int ret = 0;

	environment_check();
	labyrinth_options_default(options);
	if (path != NULL)
		ret = labyrinth_option_file_load(options, path, named_by, pool);
	if (ret == 0 && text != NULL && text[0] != '\0')
		ret = labyrinth_options_parse(options, text, &environment);
	if (ret == 0 && pool_config != NULL && pool_config[0] != '\0')
		ret = labyrinth_options_parse(options, pool_config, &config);
	if (ret == 0)
		ret = labyrinth_options_complete(options, pool);
	return ret;
}
