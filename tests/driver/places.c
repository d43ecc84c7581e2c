/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "labyrinth_pool.h"
#include "places.h"
#include "pools.h"

const char *const place_names[PLACES] = {"[default]", "[pool \"rx_*\"]", "LABYRINTH_OPTIONS",
                                         "pool_config"};

static const char *said[PLACES];
static const char *file_text;
static const char *file_path;

void
places_clear(void)
{
	memset(said, 0, sizeof(said));
	file_text = NULL;
	file_path = NULL;
}

void
places_say(enum place place, const char *text)
{
	said[place] = text;
}

void
places_file(const char *text)
{
	file_text = text;
}

void
places_file_path(const char *path)
{
	file_path = path;
}

/* key=value,key=value as lines of a section. */
static void
write_section(FILE *file, const char *name, const char *text)
{
	if (text == NULL)
		return;
	fprintf(file, "%s\n", name);
	for (; *text != '\0'; text++)
		fputc(*text == ',' ? '\n' : *text, file);
	fputc('\n', file);
}

/* Returns whether there is a file to be read. */
static bool
write_file(char *path)
{
	FILE *file;
	int fd;

	if (file_text == NULL && said[PLACE_FILE_DEFAULT] == NULL && said[PLACE_FILE_POOL] == NULL)
		return false;
	fd = mkstemp(path);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (file == NULL)
		die("places: cannot write %s", path);
	if (file_text != NULL) {
		fputs(file_text, file);
	} else {
		/* The order in the file does not matter. */
		write_section(file, place_names[PLACE_FILE_POOL], said[PLACE_FILE_POOL]);
		write_section(file, place_names[PLACE_FILE_DEFAULT], said[PLACE_FILE_DEFAULT]);
	}
	if (fclose(file) != 0)
		die("places: cannot write %s", path);
	return true;
}

struct rte_mempool *
places_pool(void)
{
	struct pool_spec spec = {
		.name = PLACES_POOL, .n = 64, .cache = 16, .config = said[PLACE_POOL_CONFIG]};
	char path[] = "/tmp/labyrinth-test.XXXXXX";
	bool written = file_path == NULL && write_file(path);
	struct rte_mempool *mp;

	unsetenv("LABYRINTH_CONFIG");
	unsetenv("LABYRINTH_OPTIONS");
	if (file_path != NULL || written)
		setenv("LABYRINTH_CONFIG", written ? path : file_path, 1);
	if (said[PLACE_ENVIRONMENT] != NULL)
		setenv("LABYRINTH_OPTIONS", said[PLACE_ENVIRONMENT], 1);
	mp = pool_make(&spec);
	unsetenv("LABYRINTH_CONFIG");
	unsetenv("LABYRINTH_OPTIONS");
	if (written)
		unlink(path);
	return mp;
}

void
options_text(const struct rte_mempool *mp, char *text, size_t len)
{
	static const char *const profiles[] = {"fast", "guard", "strict"};
	static const char *const backings[] = {"auto", "maze", "eal"};
	static const char *const words[] = {"auto", "compact", "wide"};
	static const char *const reuses[] = {"hot", "random", "fifo"};
	static const char *const pages[] = {"auto", "1g", "2m", "thp", "small"};
	const struct labyrinth_options *options = &labyrinth_pool_of(mp)->options;
	char poison[16] = "off";

	if (options->poison == LABYRINTH_POISON_FULL)
		strcpy(poison, "full");
	else if (options->poison != LABYRINTH_POISON_OFF)
		snprintf(poison, sizeof(poison), "%u", options->poison);
	snprintf(text, len,
	         "profile=%s,backing=%s,pages=%s,halls=%u,owner-words=%s,seal=%s,canary=%s,"
	         "poison=%s,sample=%u,patrol=%u,reuse=%s,violation=%s,trace=%u,fail=%u",
	         profiles[options->profile], backings[options->backing], pages[options->pages],
	         options->halls, words[options->words], options->seal ? "on" : "off",
	         options->canary ? "on" : "off", poison, options->sample, options->patrol,
	         reuses[options->reuse], options->report ? "report" : "panic", options->trace,
	         options->fail);
}

const char *
options_under(char *text, size_t len)
{
	struct rte_mempool *mp = places_pool();

	if (mp == NULL)
		return NULL;
	options_text(mp, text, len);
	rte_mempool_free(mp);
	return text;
}
