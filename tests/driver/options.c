/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Options, every value of every key from each of the places, and which place
 * wins. Read from the pool that was made.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "harness.h"
#include "labyrinth_pool.h"
#include "places.h"
#include "pools.h"
#include "rte_mempool_labyrinth.h"
#include "traces.h"

#define TEXT_LEN 256

#define SAMPLE "sample=16384"
#define PARTS  "canary=off,poison=off," SAMPLE ",patrol=1000"
#define GUARD  "seal=on," PARTS ",reuse=hot"

/* What the options are if nobody says anything. */
static const char defaults[] =
	"profile=guard,backing=auto,pages=auto,halls=0,owner-words=auto," GUARD
	",violation=panic,trace=0,fail=0";

/* What is said, and what of the defaults that changes. */
static const struct saying {
	const char *text;
	const char *from;
	const char *to;
} sayings[] = {
	{"profile=guard", "profile=guard", "profile=guard"},
	{"profile=fast", "profile=guard", "profile=fast"},
	{"profile=strict", "profile=guard", "profile=strict"},
	{"backing=auto", "backing=auto", "backing=auto"},
	{"backing=maze", "backing=auto", "backing=maze"},
	{"backing=eal", "backing=auto", "backing=eal"},
	{"pages=auto", "pages=auto", "pages=auto"},
	{"pages=1g", "pages=auto", "pages=1g"},
	{"pages=2m", "pages=auto", "pages=2m"},
	{"pages=huge", "pages=auto", "pages=2m"},
	{"pages=thp", "pages=auto", "pages=thp"},
	{"pages=small", "pages=auto", "pages=small"},
	{"halls=auto", "halls=0", "halls=0"},
	{"halls=1", "halls=0", "halls=1"},
	{"halls=64", "halls=0", "halls=64"},
	{"owner-words=auto", "owner-words=auto", "owner-words=auto"},
	{"owner-words=compact", "owner-words=auto", "owner-words=compact"},
	{"owner-words=wide", "owner-words=auto", "owner-words=wide"},
	{"seal=on", "seal=on", "seal=on"},
	{"seal=off", "seal=on," PARTS, "seal=off,canary=off,poison=off,sample=0,patrol=0"},
	{"canary=off", "canary=off", "canary=off"},
	{"canary=on", "canary=off", "canary=on"},
	{"poison=off", "poison=off", "poison=off"},
	{"poison=full", "poison=off," SAMPLE, "poison=full,sample=1"},
	{"poison=8", "poison=off," SAMPLE, "poison=8,sample=1"},
	{"poison=65528", "poison=off," SAMPLE, "poison=65528,sample=1"},
	{"sample=off", SAMPLE, "sample=0"},
	{"sample=1", "canary=off,poison=off," SAMPLE, "canary=on,poison=full,sample=1"},
	{"sample=2", SAMPLE, "sample=2"},
	{"sample=1000000", SAMPLE, "sample=1000000"},
	{"reuse=hot", "reuse=hot", "reuse=hot"},
	{"reuse=random", "reuse=hot", "reuse=random"},
	{"reuse=fifo", "reuse=hot", "reuse=fifo"},
	{"violation=panic", "violation=panic", "violation=panic"},
	{"violation=report", "violation=panic", "violation=report"},
	{"trace=off", "trace=0", "trace=0"},
	{"trace=1", "trace=0", "trace=1"},
	{"trace=15", "trace=0", "trace=15"},
	{"patrol=off", "patrol=1000", "patrol=0"},
	{"patrol=1", "patrol=1000", "patrol=1"},
	{"patrol=1000", "patrol=1000", "patrol=1000"},
	{"patrol=3600000", "patrol=1000", "patrol=3600000"},
	{"fail=off", "fail=0", "fail=0"},
	{"fail=0", "fail=0", "fail=0"},
	{"fail=1", "fail=0", "fail=1"},
	{"fail=1000000", "fail=0", "fail=1000000"},
};

/* The defaults with one piece of them replaced, and what a profile brings. */
static void
expectation(const struct saying *saying, char *text)
{
	const char *parts = GUARD;
	const char *at = strstr(defaults, saying->from);
	char changed[TEXT_LEN];

	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - defaults), defaults, saying->to,
	         at + strlen(saying->from));
	if (strcmp(saying->to, "profile=fast") == 0)
		parts = "seal=off,canary=off,poison=off,sample=0,patrol=0,reuse=hot";
	if (strcmp(saying->to, "profile=strict") == 0)
		parts = "seal=on,canary=on,poison=full,sample=1,patrol=1000,reuse=random";
	at = strstr(changed, GUARD);
	if (at == NULL || strcmp(parts, GUARD) == 0)
		snprintf(text, TEXT_LEN, "%s", changed);
	else
		snprintf(text, TEXT_LEN, "%.*s%s%s", (int)(at - changed), changed, parts,
		         at + strlen(GUARD));
}

static void
expect(const char *what, const char *expected)
{
	char text[TEXT_LEN];
	const char *is = options_under(text, sizeof(text));
	bool good = is != NULL && strcmp(is, expected) == 0;

	check(good, "%s%s%s", what, good ? "" : ": ",
	      good         ? ""
	      : is == NULL ? "the pool was refused"
	                   : is);
}

/* Every value, said in each place by itself. */
static void
every_value(void)
{
	unsigned int place;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sayings); i++) {
		char expected[TEXT_LEN];

		expectation(&sayings[i], expected);
		for (place = 0; place < PLACES; place++) {
			char what[128];

			log_clear();
			places_clear();
			places_say(place, sayings[i].text);
			snprintf(what, sizeof(what), "%s from %s", sayings[i].text,
			         place_names[place]);
			expect(what, expected);
		}
	}
	places_clear();
	expect("nothing said: the defaults", defaults);
}

/* All sets of places say something else: the latest of them wins. */
static void
which_wins(void)
{
	static const char *const texts[PLACES] = {"trace=1", "trace=2", "trace=3", "trace=4"};
	unsigned int set;
	unsigned int place;

	for (set = 1; set < 1u << PLACES; set++) {
		struct saying saying = {NULL, "trace=0", NULL};
		char what[128] = "of";
		char expected[TEXT_LEN];

		log_clear();
		places_clear();
		for (place = 0; place < PLACES; place++) {
			if ((set & 1u << place) == 0)
				continue;
			places_say(place, texts[place]);
			saying.to = texts[place];
			snprintf(what + strlen(what), sizeof(what) - strlen(what), " %s",
			         place_names[place]);
		}
		strncat(what, ": the last wins", sizeof(what) - strlen(what) - 1);
		expectation(&saying, expected);
		expect(what, expected);
	}
}

struct under {
	const char *what;
	const char *file;
	const char *environment;
	const char *pool_config;
	const char *expected;
};

static const struct under together[] = {
	{"all keys in one string", NULL, NULL,
         "profile=strict,backing=eal,pages=small,halls=7,owner-words=wide,seal=on,"
         "canary=off,poison=64,sample=off,patrol=1000,reuse=hot,violation=report,trace=3,fail=50",
         "profile=strict,backing=eal,pages=small,halls=7,owner-words=wide,seal=on,"
         "canary=off,poison=64,sample=1,patrol=1000,reuse=hot,violation=report,trace=3,fail=50"},
	{"a key said twice: the latter wins", NULL, "poison=8,poison=16", NULL,
         "profile=guard,backing=auto,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=off,poison=16,sample=1,patrol=1000,reuse=hot,violation=panic,trace=0,fail=0"},
	{"a part said before the profile still counts", NULL, "poison=8,profile=strict", NULL,
         "profile=strict,backing=auto,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=on,poison=8,sample=1,patrol=1000,reuse=random,violation=panic,trace=0,fail=0"},
	{"a part in a section before the profile still counts",
         "[default]\npoison=8\nprofile=strict\n", NULL, NULL,
         "profile=strict,backing=auto,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=on,poison=8,sample=1,patrol=1000,reuse=random,violation=panic,trace=0,fail=0"},
	{"a later profile sets all parts anew", NULL, "poison=8,canary=on", "profile=fast",
         "profile=fast,backing=auto,pages=auto,halls=0,owner-words=auto,seal=off,"
         "canary=off,poison=off,sample=0,patrol=0,reuse=hot,violation=panic,trace=0,fail=0"},
	{"places add up", "[default]\nbacking=eal\n[pool \"rx_*\"]\ntrace=2\n", "violation=report",
         "canary=on",
         "profile=guard,backing=eal,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=on,poison=off,sample=16384,patrol=1000,reuse=hot,violation=report,trace=2,fail=0"},
	{"sections for other pools do not count",
         "[pool \"tx_*\"]\nbacking=eal\n[pool \"rx_pool_\"]\ntrace=2\n", NULL, NULL, defaults},
	{"of two sections that match the latter wins",
         "[pool \"rx_pool_?\"]\npoison=8\ntrace=1\n[pool \"*_7\"]\npoison=16\n", NULL, NULL,
         "profile=guard,backing=auto,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=off,poison=16,sample=1,patrol=1000,reuse=hot,violation=panic,trace=1,fail=0"},
	{"a section for a pool wins over [default] behind it",
         "[pool \"rx_pool_7\"]\npoison=8\n[default]\npoison=16\n", NULL, NULL,
         "profile=guard,backing=auto,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=off,poison=8,sample=1,patrol=1000,reuse=hot,violation=panic,trace=0,fail=0"},
	{"comments, spaces and empty sections do not count",
         "; a comment\n\n[default]\n  \npoison =  8 ; so many\n[pool \"rx_*\"]\n", NULL, NULL,
         "profile=guard,backing=auto,pages=auto,halls=0,owner-words=auto,seal=on,"
         "canary=off,poison=8,sample=1,patrol=1000,reuse=hot,violation=panic,trace=0,fail=0"},
	{"empty strings say nothing", NULL, "", "", defaults},
};

static void
said_together(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(together); i++) {
		log_clear();
		places_clear();
		places_file(together[i].file);
		places_say(PLACE_ENVIRONMENT, together[i].environment);
		places_say(PLACE_POOL_CONFIG, together[i].pool_config);
		expect(together[i].what, together[i].expected);
	}
}

/* Lines key = value of the file: one for each key, and what is built in. */
static void
file_of_defaults(const char *path)
{
	static const char *const keys[] = {"profile",     "backing",   "pages", "halls",
	                                   "owner-words", "violation", "seal",  "canary",
	                                   "poison",      "reuse",     "trace", "sample",
	                                   "patrol",      "fail",      "all"};
	FILE *file = fopen(path, "r");
	unsigned int found = 0;
	char line[512];
	char key[64];
	char value[64];
	unsigned int i;

	if (file == NULL)
		die("options: cannot read %s", path);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == ';' || sscanf(line, "%63s = %63s", key, value) != 2)
			continue;
		for (i = 0; i < RTE_DIM(keys); i++)
			found += strcmp(keys[i], key) == 0 ? 1u << i : 0;
	}
	fclose(file);
	check(found == (1u << RTE_DIM(keys)) - 1, "labyrinth.ini names each key once");
	log_clear();
	places_clear();
	places_file_path(path);
	expect("labyrinth.ini is what is built in", defaults);
}

/* Options are not only kept, they are followed. */
static void
followed(void)
{
	struct rte_labyrinth_info info = {0};
	struct rte_mempool *mp;

	log_clear();
	places_clear();
	places_say(PLACE_ENVIRONMENT, "profile=fast,backing=eal");
	mp = places_pool();
	check(mp != NULL && rte_labyrinth_info_get(mp, &info) == 0 &&
	              info.backing == RTE_LABYRINTH_BACKING_EAL &&
	              strcmp(info.profile, "fast") == 0 && rte_mempool_default_cache(mp, 0) != NULL,
	      "backing=eal, profile=fast are what the pool says, and DPDK's cache is used");
	rte_mempool_free(mp);
	places_say(PLACE_ENVIRONMENT, "backing=maze");
	mp = places_pool();
	check(mp != NULL && rte_labyrinth_info_get(mp, &info) == 0 &&
	              info.backing == RTE_LABYRINTH_BACKING_MAZE && info.entrance != NULL &&
	              info.pages > 0 && rte_mempool_default_cache(mp, 0) == NULL,
	      "backing=maze is what the pool says, and DPDK's cache is bypassed");
	rte_mempool_free(mp);
}

/* Bytes of a pool's rooms, lanes and owner words; 0 if it was refused. */
static size_t
footprint_under(const char *text)
{
	struct rte_mempool *mp;
	size_t len = 0;

	places_clear();
	places_say(PLACE_ENVIRONMENT, text);
	mp = places_pool();
	if (mp != NULL)
		len = labyrinth_pool_of(mp)->footprint;
	rte_mempool_free(mp);
	return len;
}

/* Wide words take more memory than compact ones; a process of one lcore has compact ones. */
static void
words_followed(void)
{
	size_t compact = footprint_under("owner-words=compact");
	size_t wide = footprint_under("owner-words=wide");

	log_clear();
	check(compact > 0 && wide > compact, "owner-words=wide takes %zu bytes, compact %zu", wide,
	      compact);
	check(footprint_under("owner-words=auto") == compact,
	      "owner-words=auto is compact where there is one lcore");
}

int
main(int argc, char **argv)
{
	struct traces before;

	if (argc != 2)
		die("usage: test_options labyrinth.ini");
	eal_start("options", 64, "-l 0");
	traces_warm_up();
	traces_take(&before);
	every_value();
	which_wins();
	said_together();
	file_of_defaults(argv[1]);
	followed();
	words_followed();
	traces_check("options", &before);
	return finish();
}
