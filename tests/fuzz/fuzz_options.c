/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The options of a pool from all their places. An input is up to three texts with
 * a zero byte between them: pool_config, LABYRINTH_OPTIONS, the INI file. What the
 * driver makes of them, or that it refuses them, with which errno and with one
 * line in the log, is what the model says.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_log.h>

#include "fuzz.h"
#include "labyrinth_log.h"
#include "options_model.h"

#define POOL "rx_pool_7"

int labyrinth_logtype = 1000;

/* What the driver logged for the input under way. */
static unsigned int lines;
static char line[2 * FUZZ_INPUT_MAX];

/* Instead of DPDK's: it counts. */
int
rte_log(uint32_t level, uint32_t logtype, const char *format, ...)
{
	va_list ap;

	(void)level;
	if (logtype != (uint32_t)labyrinth_logtype)
		return 0;
	lines++;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	return 0;
}

/* Nothing is in its way. */
bool
labyrinth_log_ready(uint32_t level)
{
	(void)level;
	return true;
}

void
labyrinth_log_at_end(void)
{
}

static char environment[FUZZ_INPUT_MAX + 64] = "LABYRINTH_OPTIONS=";
static char config[64] = "LABYRINTH_CONFIG=";
static int file = -1;

static void
places_open(void)
{
	if (file >= 0)
		return;
	/* A library of DPDK's may have found DPDK's own rte_log. */
	rte_log_set_global_level(RTE_LOG_EMERG);
	file = memfd_create("options", 0);
	if (file < 0 || putenv(environment) != 0 || putenv(config) != 0)
		exit(2);
}

/* An empty text says nothing. */
static void
places_say(const struct model_places *places)
{
	snprintf(environment, sizeof(environment), "LABYRINTH_OPTIONS=%s",
	         places->environment == NULL ? "" : places->environment);
	if (places->file == NULL) {
		strcpy(config, "LABYRINTH_CONFIG=");
		return;
	}
	snprintf(config, sizeof(config), "LABYRINTH_CONFIG=/proc/self/fd/%d", file);
	if (ftruncate(file, 0) != 0 ||
	    pwrite(file, places->file, strlen(places->file), 0) != (ssize_t)strlen(places->file))
		exit(2);
}

/* Splits a copy of the input; what is not there says nothing. */
static void
places_read(struct model_places *places, char *text, size_t len)
{
	const char *part[3] = {text, NULL, NULL};
	unsigned int parts = 1;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] != '\0')
			continue;
		if (parts < 3)
			part[parts++] = &text[i + 1];
		else
			text[i] = '\n'; /* a file has no zero byte */
	}
	*places = (struct model_places){
		.pool = POOL,
		.pool_config = part[0],
		.environment = part[1],
		.file = part[2],
	};
}

static bool
same(const struct labyrinth_options *a, const struct labyrinth_options *b)
{
	return a->profile == b->profile && a->backing == b->backing && a->pages == b->pages &&
	       a->halls == b->halls && a->words == b->words && a->seal == b->seal &&
	       a->canary == b->canary && a->reuse == b->reuse && a->report == b->report &&
	       a->poison == b->poison && a->trace == b->trace && a->sample == b->sample &&
	       a->patrol == b->patrol && a->fail == b->fail && a->all == b->all;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char text[FUZZ_INPUT_MAX + 1];
	struct labyrinth_options expected;
	struct labyrinth_options options;
	struct model_places places;
	char blame[64];
	bool good;
	int ret;

	places_open();
	if (len > FUZZ_INPUT_MAX)
		len = FUZZ_INPUT_MAX;
	memcpy(text, data, len);
	text[len] = '\0';
	places_read(&places, text, len);
	places_say(&places);
	lines = 0;
	line[0] = '\0';
	ret = labyrinth_options_load(&options, POOL, places.pool_config);
	good = model_options(&places, &expected, blame);
	FUZZ_EXPECT(ret == 0 || ret == -EINVAL, "options: returned %d", ret);
	FUZZ_EXPECT((ret == 0) == good, "options: the driver %s what the model %s: %s",
	            ret == 0 ? "takes" : "refuses", good ? "takes" : "refuses", line);
	FUZZ_EXPECT(ret != 0 || same(&options, &expected),
	            "options: other values than the model's");
	FUZZ_EXPECT(ret != 0 || labyrinth_options_ask_all() == options.all,
	            "options: all is %s, but not as the process was told",
	            options.all ? "on" : "off");
	FUZZ_EXPECT(lines == (ret == 0 ? 0 : 1), "options: %u lines in the log", lines);
	FUZZ_EXPECT(strstr(line, blame) != NULL, "options: \"%s\" is not named: %s", blame, line);
	fuzz_count("inputs", 1);
	fuzz_count("option strings", 1 + (places.environment != NULL));
	fuzz_count("INI files", places.file != NULL);
	fuzz_count("accepted", ret == 0);
	return 0;
}

static const char *const words[] = {
	"profile=",
	"fast",
	"guard",
	"strict",
	"backing=",
	"auto",
	"maze",
	"eal",
	"pages=",
	"huge",
	"small",
	"seal=",
	"on",
	"off",
	"canary=",
	"poison=",
	"full",
	"8",
	"64",
	"65528",
	"65536",
	"reuse=",
	"hot",
	"random",
	"violation=",
	"panic",
	"report",
	"trace=",
	"1",
	"15",
	"fail=",
	"all=",
	"sample=",
	"halls=",
	"owner-words=",
	"compact",
	"wide",
	"patrol=",
	"1000000",
	"0",
	",",
	"=",
	"\n",
	"[default]\n",
	";",
	" ",
	"[",
	"]",
	"[pool \"rx_*\"]\n",
	"[pool \"tx\"]\n",
	"\\;",
	"profile=strict,",
	"seal=off,",
	"backing=eal,",
	"08",
};

static const char *const good[] = {
	"profile=fast",     "profile=guard",    "profile=strict",   "backing=auto",
	"backing=maze",     "backing=eal",      "pages=auto",       "pages=huge",
	"pages=small",      "seal=on",          "seal=off",         "canary=on",
	"canary=off",       "poison=off",       "poison=full",      "poison=8",
	"poison=4096",      "reuse=hot",        "reuse=random",     "reuse=fifo",
	"violation=panic",  "trace=off",        "trace=7",          "sample=off",
	"sample=64",        "fail=off",         "patrol=off",       "patrol=20",
	"fail=100",         "all=on",           "all=off",          "halls=auto",
	"halls=8",          "violation=report", "owner-words=auto", "owner-words=compact",
	"owner-words=wide", "pages=1g",         "pages=2m",         "pages=thp",
};

static size_t
append(uint8_t *data, size_t len, size_t most, const char *word)
{
	size_t n = strlen(word);

	if (n > most - len)
		n = most - len;
	memcpy(data + len, word, n);
	return len + n;
}

size_t
fuzz_generate(uint8_t *data, size_t most, fuzz_random_fn *draw)
{
	const char *between = ",";
	uint32_t parts = draw() % 8 == 0 ? 3 : 1 + draw() % 2;
	uint32_t tame = draw() % 4;
	size_t len = 0;
	uint32_t part;
	uint32_t n;

	for (part = 0; part < parts; part++) {
		if (part > 0 && len < most)
			data[len++] = '\0';
		if (part == 2) {
			between = "\n";
			len = append(data, len, most, "[default]\n");
		}
		for (n = draw() % 8; n > 0; n--) {
			if (tame > 0 && draw() % 8 != 0) {
				len = append(data, len, most,
				             good[draw() % (sizeof(good) / sizeof(good[0]))]);
				len = append(data, len, most, between);
			} else {
				len = append(data, len, most,
				             words[draw() % (sizeof(words) / sizeof(words[0]))]);
			}
		}
	}
	return len;
}
