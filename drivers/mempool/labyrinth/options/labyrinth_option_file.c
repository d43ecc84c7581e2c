/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The INI file. libinih splits its lines; what it would skip, cut or take for the
 * rest of the line above is refused here, since it could be something that was meant.
 */

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>
#include <rte_common.h>
#include <rte_spinlock.h>

#include "labyrinth_log.h"
#include "labyrinth_option_file.h"

#define SECTION_DEFAULT "default"
#define SECTION_POOL    "pool "
#define BLANKS          " \t\r\n\v\f"
#define COMMENTS        ";#"
/* What libinih keeps of a line as most distributions build it, and of a section's name. */
#define LINE_MOST 198
#define NAME_MOST 49

struct entry {
	unsigned int section; /* from 1 on */
	char name[LINE_MOST + 1];
	char value[LINE_MOST + 1];
};

struct section {
	char name[NAME_MOST + 1];
};

struct ini {
	const char *path;
	FILE *file;
	unsigned int line;
	unsigned int nb_sections;
	unsigned int nb_entries;
	struct section *sections;
	struct entry *entries;
	int ret; /* why reading ended early; was logged */
};

/* One more element of an array that grows. NULL: no memory. */
static void *
grow(struct ini *ini, void **array, unsigned int nb, size_t size)
{
	uint8_t *more = realloc(*array, (nb + 1) * size);

	if (more == NULL) {
		LAB_LOG(ERR, "file %s: no memory for its options", ini->path);
		ini->ret = -ENOMEM;
		return NULL;
	}
	*array = more;
	return more + nb * size;
}

/* --- sections ------------------------------------------------------------------ */

/* [pool "glob"]: is it for this pool? Returns -EINVAL for any section there is not. */
static int
section_matches(const char *name, const char *pool)
{
	char glob[NAME_MOST + 1];
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

/* Sections for pools that have matched none yet: told when the process ends. */
static struct {
	char path[256];
	char name[NAME_MOST + 1];
	bool matched;
} seen[32];
static unsigned int nb_seen;
static rte_spinlock_t seen_lock = RTE_SPINLOCK_INITIALIZER;

static void
section_note(const char *path, const char *name, bool matched)
{
	unsigned int i = 0;

	rte_spinlock_lock(&seen_lock);
	while (i < nb_seen && (strcmp(seen[i].name, name) != 0 || strcmp(seen[i].path, path) != 0))
		i++;
	if (i == nb_seen && i < RTE_DIM(seen)) {
		snprintf(seen[i].path, sizeof(seen[i].path), "%s", path);
		snprintf(seen[i].name, sizeof(seen[i].name), "%s", name);
		nb_seen++;
	}
	if (i < nb_seen)
		seen[i].matched |= matched;
	rte_spinlock_unlock(&seen_lock);
}

RTE_FINI(labyrinth_option_file_fini)
{
	unsigned int i;

	for (i = 0; i < nb_seen; i++) {
		if (seen[i].matched)
			continue;
		labyrinth_log_at_end();
		LAB_LOG(WARNING, "section [%s] of %s: no pool of this process had such a name",
		        seen[i].name, seen[i].path);
	}
}

/* --- lines --------------------------------------------------------------------- */

/* "[name]" with nothing but a comment after it. */
static bool
section_read(struct ini *ini, const char *line)
{
	size_t len = strcspn(line, "]");
	struct section *section;
	const char *rest;

	if (line[len] == '\0')
		return false;
	rest = line + len + 1;
	rest += strspn(rest, BLANKS);
	if (rest[0] != '\0' && strchr(COMMENTS, rest[0]) == NULL)
		return false;
	line += 1 + strspn(line + 1, BLANKS);
	len = (size_t)(strchr(line, ']') - line);
	while (len > 0 && strchr(BLANKS, line[len - 1]) != NULL)
		len--;
	if (len > NAME_MOST)
		return false;
	section = grow(ini, (void **)&ini->sections, ini->nb_sections, sizeof(*section));
	if (section == NULL)
		return true;
	snprintf(section->name, sizeof(section->name), "%.*s", (int)len, line);
	if (section_matches(section->name, "") < 0) {
		LAB_LOG(ERR, "section [%s] of %s: allowed are [default] and [pool \"glob\"]",
		        section->name, ini->path);
		ini->ret = -EINVAL;
	}
	ini->nb_sections++;
	return true;
}

static void
line_refuse(struct ini *ini, unsigned int line)
{
	LAB_LOG(ERR,
	        "line %u of %s: allowed are [section], key = value in a section and ; comment, of "
	        "at most %d characters",
	        line, ini->path, LINE_MOST);
	ini->ret = -EINVAL;
}

/* For libinih: a line without blanks in front, which would make it part of the last value. */
static char *
line_next(char *to, int size, void *arg)
{
	char text[LINE_MOST + 2];
	struct ini *ini = arg;
	const char *line;
	size_t len;
	bool good;

	if (ini->ret != 0 || fgets(text, sizeof(text), ini->file) == NULL)
		return NULL;
	ini->line++;
	len = strlen(text);
	line = text + strspn(text, BLANKS);
	if (len > 0 && text[len - 1] == '\n')
		text[len - 1] = '\0';
	else if (len > LINE_MOST || !feof(ini->file))
		goto bad;
	if (line[0] == '[')
		good = section_read(ini, line);
	else
		good = line[0] == '\0' || strchr(COMMENTS, line[0]) != NULL ||
		       line[strcspn(line, "=:")] == '=';
	if (!good || strlen(line) >= (size_t)size)
		goto bad;
	if (ini->ret != 0)
		return NULL;
	snprintf(to, (size_t)size, "%s", line);
	return to;
bad:
	line_refuse(ini, ini->line);
	return NULL;
}

static int
entry_add(void *arg, const char *section, const char *name, const char *value)
{
	struct ini *ini = arg;
	struct entry *entry;

	RTE_SET_USED(section);
	/* libinih reads no line before it has handed on the last one. */
	if (ini->nb_sections == 0) {
		line_refuse(ini, ini->line);
		return 0;
	}
	entry = grow(ini, (void **)&ini->entries, ini->nb_entries, sizeof(*entry));
	if (entry == NULL)
		return 0;
	entry->section = ini->nb_sections;
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	snprintf(entry->value, sizeof(entry->value), "%s", value);
	ini->nb_entries++;
	return 1;
}

/* --- all of it ------------------------------------------------------------------ */

static int
ini_read(struct ini *ini, const char *named_by)
{
	int bad = 0;

	ini->file = fopen(ini->path, "r");
	if (ini->file != NULL)
		bad = ini_parse_stream(line_next, ini, entry_add, ini);
	if (ini->ret != 0) {
		/* Told already. */
	} else if (ini->file == NULL || ferror(ini->file)) {
		LAB_LOG(ERR, "file %s from %s: cannot be read: %s", ini->path, named_by,
		        strerror(errno));
		ini->ret = -ENOENT;
	} else if (bad > 0) {
		line_refuse(ini, (unsigned int)bad);
	} else if (bad < 0) {
		LAB_LOG(ERR, "file %s: no memory to read it", ini->path);
		ini->ret = -ENOMEM;
	}
	if (ini->file != NULL)
		fclose(ini->file);
	return ini->ret;
}

/* Options of one section; a profile counts before the rest of it. */
static int
section_apply(struct labyrinth_options *options, const struct ini *ini, unsigned int section)
{
	const char *name = ini->sections[section - 1].name;
	char text[512];
	const struct labyrinth_origin origin = {text, strcmp(name, SECTION_DEFAULT) != 0};
	unsigned int i;
	int profile;
	int ret;

	snprintf(text, sizeof(text), "section [%s] of %s", name, ini->path);
	for (profile = 1; profile >= 0; profile--) {
		for (i = 0; i < ini->nb_entries; i++) {
			const struct entry *entry = &ini->entries[i];

			if (entry->section != section ||
			    (strcmp(entry->name, "profile") == 0) != (profile == 1))
				continue;
			ret = labyrinth_option_set(options, entry->name, entry->value, &origin);
			if (ret != 0)
				return ret;
		}
	}
	return 0;
}

/* First what is for all pools, then what is for some. */
static int
ini_apply(struct labyrinth_options *options, const struct ini *ini, const char *pool)
{
	unsigned int i;
	int matches;
	int ret = 0;
	int pools;

	for (pools = 0; pools < 2; pools++) {
		for (i = 1; i <= ini->nb_sections && ret == 0; i++) {
			const char *name = ini->sections[i - 1].name;

			if ((strcmp(name, SECTION_DEFAULT) != 0) != (pools == 1))
				continue;
			matches = pools == 0 || section_matches(name, pool) > 0;
			if (pools == 1)
				section_note(ini->path, name, matches);
			if (matches)
				ret = section_apply(options, ini, i);
		}
	}
	return ret;
}

int
labyrinth_option_file_load(struct labyrinth_options *options, const char *path,
                           const char *named_by, const char *pool)
{
	struct ini ini = {.path = path};
	int ret = ini_read(&ini, named_by);

	if (ret == 0)
		ret = ini_apply(options, &ini, pool);
	free(ini.sections);
	free(ini.entries);
	return ret;
}

bool
labyrinth_option_file_peek(const char *path, const char *key, char *value, size_t len)
{
	FILE *file = fopen(path, "re");
	char text[LINE_MOST + 2];
	bool in_default = false;
	bool found = false;

	while (file != NULL && fgets(text, sizeof(text), file) != NULL) {
		const char *line = text + strspn(text, BLANKS);
		size_t key_len = strcspn(line, "=" BLANKS);

		if (line[0] == '[') {
			line += 1 + strspn(line + 1, BLANKS);
			key_len = strcspn(line, "]" BLANKS);
			in_default = key_len == strlen(SECTION_DEFAULT) &&
			             strncmp(line, SECTION_DEFAULT, key_len) == 0;
			continue;
		}
		if (!in_default || key_len != strlen(key) || strncmp(line, key, key_len) != 0)
			continue;
		line += key_len + strspn(line + key_len, "=" BLANKS);
		snprintf(value, len, "%.*s", (int)strcspn(line, BLANKS), line);
		found = true;
	}
	if (file != NULL)
		fclose(file);
	return found;
}
