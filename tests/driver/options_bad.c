/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Options that cannot be: the pool is refused with the errno documented and
 * one line in the log, which names key, value, place and what is allowed; and
 * nothing is left behind.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "harness.h"
#include "places.h"
#include "pools.h"
#include "traces.h"

/* Words are separated by '|'. */
static bool
names_all(const char *line, const char *words, char *missing, size_t len)
{
	while (*words != '\0') {
		size_t n = strcspn(words, "|");

		snprintf(missing, len, "%.*s", (int)n, words);
		if (strstr(line, missing) == NULL)
			return false;
		words += n + (words[n] == '|');
	}
	return true;
}

/* The driver's lines of the log: how many, and the first of them. */
static unsigned int
driver_line(char *line, size_t len)
{
	char log[8192];
	const char *at = log;
	unsigned int n = 0;

	line[0] = '\0';
	log_read(log, sizeof(log));
	while ((at = strstr(at, "LABYRINTH: ")) != NULL) {
		if (n++ == 0)
			snprintf(line, len, "%.*s", (int)strcspn(at, "\n"), at);
		at += strlen("LABYRINTH: ");
	}
	return n;
}

/* Under what the places say now. */
static void
refused(const char *what, int error, const char *words)
{
	struct rte_mempool *mp;
	struct traces before;
	char missing[128] = "";
	char line[1024];
	unsigned int lines;
	int is;

	traces_take(&before);
	log_clear();
	rte_errno = 0;
	mp = places_pool();
	is = rte_errno;
	lines = driver_line(line, sizeof(line));
	if (mp != NULL || is != error)
		check(false, "%s: %s, expected %s", what, mp != NULL ? "accepted" : strerror(is),
		      strerror(error));
	else if (lines != 1 || !names_all(line, words, missing, sizeof(missing)))
		check(false, "%s: %u lines, '%s' is not named: %s", what, lines, missing, line);
	else
		check(true, "%s: %s", what, line);
	rte_mempool_free(mp);
	traces_check(what, &before);
}

/* In each of the places. */
static void
refused_everywhere(const char *text, const char *words)
{
	unsigned int place;

	for (place = 0; place < PLACES; place++) {
		char what[256];
		char all[256];

		places_clear();
		places_say(place, text);
		snprintf(what, sizeof(what), "\"%s\" from %s", text, place_names[place]);
		snprintf(all, sizeof(all), "%s|%s", words, place_names[place]);
		refused(what, EINVAL, all);
	}
}

static void
bad_values(void)
{
	static const struct {
		const char *text;
		const char *words;
	} all[] = {
		{"bogus=1", "bogus|profile|backing|pages|halls|owner-words|seal|canary|poison|"
	                    "sample|reuse|violation|trace|patrol|fail"},
		{"PROFILE=fast", "PROFILE|profile"},
		{"profile=paranoid", "profile=paranoid|fast, guard, strict"},
		{"backing=moon", "backing=moon|auto, maze, eal"},
		{"pages=1G", "pages=1G|auto, 1g, 2m, thp, small"},
		{"halls=0", "halls=0|auto, or most halls: 1 to 64"},
		{"halls=65", "halls=65|1 to 64"},
		{"halls=off", "halls=off|auto"},
		{"owner-words=64", "owner-words=64|auto, compact, wide"},
		{"owner_words=wide", "owner_words|owner-words"},
		{"seal=yes", "seal=yes|on, off"},
		{"canary=1", "canary=1|on, off"},
		{"poison=7", "poison=7|off, full|8|65528"},
		{"poison=12", "poison=12|multiple of 8"},
		{"poison=0", "poison=0|multiple of 8"},
		{"poison=-8", "poison=-8|multiple of 8"},
		{"poison=65536", "poison=65536|65528"},
		{"poison=8x", "poison=8x|multiple of 8"},
		{"poison=18446744073709551624", "poison=18446744073709551624|65528"},
		{"poison=4294967304", "poison=4294967304|65528"},
		{"sample=0", "sample=0|off, or frames put of which one is watched: 1 to 1000000"},
		{"sample=1/64", "sample=1/64|1 to 1000000"},
		{"sample=1000001", "sample=1000001|1 to 1000000"},
		{"reuse=cold", "reuse=cold|hot, random, fifo"},
		{"violation=ignore", "violation=ignore|panic, report"},
		{"trace=0", "trace=0|1 to 15"},
		{"trace=16", "trace=16|1 to 15"},
		{"patrol=0", "patrol=0|off, or milliseconds from round to round: 1 to 3600000"},
		{"patrol=on", "patrol=on|1 to 3600000"},
		{"patrol=3600001", "patrol=3600001|1 to 3600000"},
		{"fail=-1", "fail=-1|off, or gets of which one fails: 1 to 1000000"},
		{"fail=1000001", "fail=1000001|1 to 1000000"},
		{"fail=1/10", "fail=1/10|1 to 1000000"},
		{"profile=fast,backing=moon", "backing=moon|auto, maze, eal"},
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(all); i++)
		refused_everywhere(all[i].text, all[i].words);
}

/* An option of the process, in a place that is one pool's, and with a bad value. */
static void
process_options(void)
{
	static const enum place pools[] = {PLACE_FILE_POOL, PLACE_POOL_CONFIG};
	static const enum place process[] = {PLACE_FILE_DEFAULT, PLACE_ENVIRONMENT};
	unsigned int i;

	for (i = 0; i < RTE_DIM(pools); i++) {
		char words[128];

		places_clear();
		places_say(pools[i], "all=on");
		snprintf(words, sizeof(words),
		         "all=on|%s|whole process|LABYRINTH_OPTIONS|[default]",
		         place_names[pools[i]]);
		refused("all= where it is one pool's", EINVAL, words);
	}
	for (i = 0; i < RTE_DIM(process); i++) {
		char words[128];

		places_clear();
		places_say(process[i], "all=maybe");
		snprintf(words, sizeof(words), "all=maybe|%s|on, off", place_names[process[i]]);
		refused("all= that is neither on nor off", EINVAL, words);
	}
}

static void
bad_strings(void)
{
	static const struct {
		const char *text;
		const char *words;
	} all[] = {
		{"backing", "backing|auto, maze, eal"},
		{"backing=", "backing|auto, maze, eal"},
		{"=maze", "maze"},
		{"backing==maze", "backing==maze|key=value,key=value"},
		{"profile=seal=off", "profile=seal=off|key=value,key=value"},
		{"backing=eal=", "backing=eal=|key=value,key=value"},
		{"poison=0064", "poison=0064|multiple of 8"},
		{"backing=maze profile=fast", "backing=maze profile=fast|key=value,key=value"},
		{"backing=maze;profile=fast", "backing=maze;profile=fast|key=value,key=value"},
	};
	char name[64];
	unsigned int i;

	for (i = 0; i < RTE_DIM(all); i++) {
		places_clear();
		places_say(PLACE_ENVIRONMENT, all[i].text);
		snprintf(name, sizeof(name), "the string \"%s\"", all[i].text);
		refused(name, EINVAL, all[i].words);
	}
}

/* Parts which need another that is off, said in one place or in two. */
static void
contradictions(void)
{
	static const char *const parts[] = {"canary=on", "poison=full", "poison=8", "reuse=random",
	                                    "trace=3"};
	unsigned int i;

	for (i = 0; i < RTE_DIM(parts); i++) {
		char text[64];
		char words[64];
		char what[128];

		snprintf(words, sizeof(words), "%.*s|seal=on|%s", (int)strcspn(parts[i], "="),
		         parts[i], PLACES_POOL);
		places_clear();
		snprintf(text, sizeof(text), "%s,seal=off", parts[i]);
		places_say(PLACE_POOL_CONFIG, text);
		refused(text, EINVAL, words);
		places_clear();
		places_say(PLACE_FILE_DEFAULT, "profile=fast");
		places_say(PLACE_ENVIRONMENT, parts[i]);
		snprintf(what, sizeof(what), "%s on top of [default] profile=fast", parts[i]);
		refused(what, EINVAL, words);
	}
}

static void
bad_file(const char *what, const char *text, int error, const char *words)
{
	places_clear();
	places_file(text);
	refused(what, error, words);
}

static void
bad_files(void)
{
	bad_file("an unknown section", "[defaults]\nprofile=fast\n", EINVAL,
	         "[defaults]|[default]|[pool \"glob\"]|/tmp/labyrinth-test.");
	bad_file("an unknown section without entries", "[default]\n[other]\n", EINVAL,
	         "[other]|[default]");
	bad_file("a pool section without quotes", "[pool rx_*]\nprofile=fast\n", EINVAL,
	         "[pool rx_*]|[pool \"glob\"]");
	bad_file("a pool section without a glob", "[pool \"\"]\nprofile=fast\n", EINVAL,
	         "[pool \"\"]|[pool \"glob\"]");
	bad_file("a bad value after good ones",
	         "[default]\nprofile=fast\nbacking=eal\n[pool \"rx_*\"]\npages=moon\n", EINVAL,
	         "pages=moon|auto, 1g, 2m, thp, small|[pool \"rx_*\"]");
	bad_file("an entry outside of all sections", "profile=fast\n", EINVAL,
	         "/tmp/labyrinth-test.|line 1|in a section");
	bad_file("an option without value", "[default]\nprofile=\n", EINVAL,
	         "/tmp/labyrinth-test.|\"profile=\"|[default]|fast, guard, strict");
	bad_file("a key that a colon ends", "[default]\nprofile: fast\n", EINVAL,
	         "/tmp/labyrinth-test.|line 2|key = value");
	bad_file("a comment within a section's name", "[pool \"a ;*\"]\n", EINVAL,
	         "/tmp/labyrinth-test.|line 1|[section]");
	bad_file("a comment that is no comment", "[default]\nprofile = fast;er\n", EINVAL,
	         "fast;er|fast, guard, strict");
	bad_file("a line that would be cut",
	         "[default]\nprofile = fast "
	         "                                                                              "
	         "                                                                              "
	         "                                                                       ; fast\n",
	         EINVAL, "/tmp/labyrinth-test.|line 2|198 characters");
	bad_file("a line that is no option", "[default]\nbacking = eal\nprofile strict\n", EINVAL,
	         "/tmp/labyrinth-test.|line 3|key = value");
	bad_file("a value in a comment", "[default]\nprofile ; = strict\n", EINVAL,
	         "/tmp/labyrinth-test.|line 2|key = value");
	bad_file("an option behind a section's name", "[default] profile = fast\n", EINVAL,
	         "/tmp/labyrinth-test.|line 1|key = value");
	bad_file("a section's name that would be cut",
	         "[pool \"rx_pool_7***************************************************\"*\"]\n"
	         "profile = fast\n",
	         EINVAL, "/tmp/labyrinth-test.|line 1|[section]");
	bad_file("a section that does not end", "[default\nprofile=fast\n", EINVAL,
	         "/tmp/labyrinth-test.|line 1|[section]");
	places_clear();
	places_file_path("/nonexistent/labyrinth.ini");
	refused("a file that is not there", ENOENT, "/nonexistent/labyrinth.ini|LABYRINTH_CONFIG");
	places_file_path("/tmp");
	refused("a directory", ENOENT, "/tmp|LABYRINTH_CONFIG");
}

/* A refusal is for good: the next pool is made as if nothing had been. */
static void
afterwards(void)
{
	struct rte_mempool *mp;

	places_clear();
	mp = places_pool();
	check(mp != NULL && rte_mempool_avail_count(mp) == mp->size, "after all that, a pool");
	rte_mempool_free(mp);
}

int
main(void)
{
	eal_start("options_bad", 64, "-l 0");
	traces_warm_up();
	bad_values();
	process_options();
	bad_strings();
	contradictions();
	bad_files();
	afterwards();
	return finish();
}
