/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The places options come from, in the order in which they win.
 */

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cfgfile.h>

#include "labyrinth_log.h"
#include "labyrinth_options.h"

#define ENV_FILE        "LABYRINTH_CONFIG"
#define ENV_OPTIONS     "LABYRINTH_OPTIONS"
#define SECTION_DEFAULT "default"
#define SECTION_POOL    "pool "

/* Options of one section; a profile counts before the rest of it. */
static int
section_apply(struct labyrinth_options *options, struct rte_cfgfile *file, int index,
              const char *origin)
{
	char name[CFG_NAME_LEN];
	int n = rte_cfgfile_section_num_entries_by_index(file, name, index);
	struct rte_cfgfile_entry *entries;
	int profile;
	int ret = 0;
	int i;

	if (n <= 0)
		return 0;
	entries = calloc((size_t)n, sizeof(*entries));
	if (entries == NULL) {
		LAB_LOG(ERR, "%s: no memory for its %d options", origin, n);
		return -ENOMEM;
	}
	n = rte_cfgfile_section_entries_by_index(file, index, name, entries, n);
	for (profile = 1; profile >= 0; profile--) {
		for (i = 0; i < n && ret == 0; i++) {
			if ((strcmp(entries[i].name, "profile") == 0) != (profile == 1))
				continue;
			ret = labyrinth_option_set(options, entries[i].name, entries[i].value,
			                           origin);
		}
	}
	free(entries);
	return ret;
}

/* [pool "glob"]: is it for this pool? Returns -EINVAL for any other section. */
static int
section_matches(const char *name, const char *pool)
{
	char glob[CFG_NAME_LEN];
	size_t len;

	if (strcmp(name, SECTION_DEFAULT) == 0)
		return 0;
	if (strncmp(name, SECTION_POOL, strlen(SECTION_POOL)) != 0)
		return -EINVAL;
	name += strlen(SECTION_POOL);
	len = strlen(name);
	if (len < 3 || name[0] != '"' || name[len - 1] != '"')
		return -EINVAL;
	snprintf(glob, sizeof(glob), "%.*s", (int)len - 2, name + 1);
	return fnmatch(glob, pool, 0) == 0;
}

static int
file_apply(struct labyrinth_options *options, struct rte_cfgfile *file, const char *path,
           const char *pool)
{
	int sections = rte_cfgfile_num_sections(file, NULL, 0);
	char name[CFG_NAME_LEN];
	char origin[512];
	int pools;
	int ret;
	int i;

	/* First what is for all pools, then what is for some. */
	for (pools = 0; pools < 2; pools++) {
		for (i = 0; i < sections; i++) {
			if (rte_cfgfile_section_num_entries_by_index(file, name, i) < 0)
				continue;
			ret = section_matches(name, pool);
			if (ret < 0) {
				LAB_LOG(ERR,
				        "section [%s] of %s: allowed are [default] and "
				        "[pool \"glob\"]",
				        name, path);
				return ret;
			}
			if (ret != pools || (pools == 0 && strcmp(name, SECTION_DEFAULT) != 0))
				continue;
			snprintf(origin, sizeof(origin), "section [%s] of %s", name, path);
			ret = section_apply(options, file, i, origin);
			if (ret != 0)
				return ret;
		}
	}
	return 0;
}

#define BLANKS " \t\r\n\v\f"

/* Nothing, or a comment? */
static bool
line_says_nothing(const char *line)
{
	line += strspn(line, BLANKS);
	return line[0] == '\0' || line[0] == ';';
}

/* What rte_cfgfile skips or cuts without a word: it could be something that was meant. */
static bool
line_means_something(const char *line)
{
	size_t len;

	line += strspn(line, BLANKS);
	if (line[0] != '[')
		return line_says_nothing(line) || line[strcspn(line, "=;")] == '=';
	len = strcspn(line, "]");
	/* One that does not end is found by rte_cfgfile. */
	return line[len] == '\0' || (len <= CFG_NAME_LEN && line_says_nothing(line + len + 1));
}

/* Can it be read, and is there nothing in it but sections, options and comments? */
static int
file_check(const char *path)
{
	char line[CFG_NAME_LEN + CFG_VALUE_LEN + 4];
	FILE *file = fopen(path, "r");
	unsigned int number = 0;
	int ret = 0;

	if (file != NULL) {
		while (ret == 0 && fgets(line, sizeof(line), file) != NULL) {
			number++;
			ret = line_means_something(line) ? 0 : -EINVAL;
		}
		if (ret != 0)
			LAB_LOG(ERR,
			        "line %u of %s: allowed are [section], key = value and "
			        "; comment",
			        number, path);
		else if (ferror(file))
			ret = -ENOENT;
		fclose(file);
	}
	if (file == NULL || ret == -ENOENT) {
		LAB_LOG(ERR, "file %s from %s: cannot be read: %s", path, ENV_FILE,
		        strerror(errno));
		ret = -ENOENT;
	}
	return ret;
}

static int
file_load(struct labyrinth_options *options, const char *path, const char *pool)
{
	struct rte_cfgfile *file;
	int ret;

	ret = file_check(path);
	if (ret != 0)
		return ret;
	file = rte_cfgfile_load(path, 0);
	if (file == NULL) {
		LAB_LOG(ERR,
		        "file %s from %s: is no INI file: an option without section or value, "
		        "or a line too long",
		        path, ENV_FILE);
		return -EINVAL;
	}
	ret = file_apply(options, file, path, pool);
	rte_cfgfile_close(file);
	return ret;
}

int
labyrinth_options_load(struct labyrinth_options *options, const char *pool, const char *pool_config)
{
	const char *path = getenv(ENV_FILE);
	const char *text = getenv(ENV_OPTIONS);
	int ret = 0;

	labyrinth_options_default(options);
	if (path != NULL && path[0] != '\0')
		ret = file_load(options, path, pool);
	if (ret == 0 && text != NULL && text[0] != '\0')
		ret = labyrinth_options_parse(options, text, "environment " ENV_OPTIONS);
	if (ret == 0 && pool_config != NULL && pool_config[0] != '\0')
		ret = labyrinth_options_parse(options, pool_config, "pool_config");
	if (ret == 0)
		ret = labyrinth_options_check(options, pool);
	return ret;
}
