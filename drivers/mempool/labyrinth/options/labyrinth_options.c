/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_kvargs.h>

#include "labyrinth_log.h"
#include "labyrinth_options.h"

/* From one round of the patrol to the next. */
#define PATROL_MS 1000
/* Of so many frames put one is watched: at most 0.3 cycles a frame (docs/mitigations/sampling.md).
 */
#define SAMPLE 16384
/* As the profile has it. */
#define AUTO UINT32_MAX

/* One value of an option that takes one of several words. */
struct word {
	const char *name;
	int value;
};

struct option {
	const char *key;
	const char *allowed;
	const struct word *words; /* ends with a NULL name */
	/* Numbers are allowed too: from least to most, multiples of step; 0: none are. */
	int least;
	int most;
	int step;
	void (*set)(struct labyrinth_options *options, int value);
};

static const struct word on_off[] = {{"on", 1}, {"off", 0}, {NULL, 0}};

static const struct word profiles[] = {{"fast", LABYRINTH_PROFILE_FAST},
                                       {"guard", LABYRINTH_PROFILE_GUARD},
                                       {"strict", LABYRINTH_PROFILE_STRICT},
                                       {NULL, 0}};

static const struct word backings[] = {{"auto", LABYRINTH_BACKING_AUTO},
                                       {"maze", LABYRINTH_BACKING_MAZE},
                                       {"eal", LABYRINTH_BACKING_EAL},
                                       {NULL, 0}};

static const struct word page_kinds[] = {{"auto", LABYRINTH_PAGES_AUTO},
                                         {"1g", LABYRINTH_PAGES_1G},
                                         {"2m", LABYRINTH_PAGES_2M},
                                         {"huge", LABYRINTH_PAGES_2M}, /* its name before */
                                         {"thp", LABYRINTH_PAGES_THP},
                                         {"small", LABYRINTH_PAGES_SMALL},
                                         {NULL, 0}};

static const struct word hall_counts[] = {{"auto", 0}, {NULL, 0}};

static const struct word spaces[] = {{"auto", LABYRINTH_WORDS_AUTO},
                                     {"compact", LABYRINTH_WORDS_COMPACT},
                                     {"wide", LABYRINTH_WORDS_WIDE},
                                     {NULL, 0}};

static const struct word orders[] = {
	{"hot", LABYRINTH_REUSE_HOT},
	{"random", LABYRINTH_REUSE_RANDOM},
	{"fifo", LABYRINTH_REUSE_FIFO},
	{NULL, 0},
};

static const struct word policies[] = {{"panic", 0}, {"report", 1}, {NULL, 0}};

static const struct word failures[] = {{"off", 0}, {"0", 0}, {NULL, 0}};

static const struct word traces[] = {{"off", 0}, {NULL, 0}};

static const struct word dumps[] = {{"off", LABYRINTH_DUMP_OFF},
                                    {"violation", LABYRINTH_DUMP_VIOLATION},
                                    {"on", LABYRINTH_DUMP_ON},
                                    {NULL, 0}};

static const struct word poisons[] = {{"off", -1}, {"full", LABYRINTH_POISON_FULL}, {NULL, 0}};

static void
set_profile(struct labyrinth_options *options, int value)
{
	bool strict = value == LABYRINTH_PROFILE_STRICT;

	options->profile = (enum labyrinth_profile)value;
	options->seal = value != LABYRINTH_PROFILE_FAST;
	options->canary = strict;
	options->reuse = strict ? LABYRINTH_REUSE_RANDOM : LABYRINTH_REUSE_HOT;
	options->poison = strict ? LABYRINTH_POISON_FULL : LABYRINTH_POISON_OFF;
	options->sample = AUTO;
	/* Where nothing is checked, the patrol comes on request only. */
	if (!options->seal)
		options->patrol = AUTO;
}

static void
set_backing(struct labyrinth_options *options, int value)
{
	options->backing = (enum labyrinth_backing_option)value;
}

static void
set_pages(struct labyrinth_options *options, int value)
{
	options->pages = (enum labyrinth_pages_option)value;
}

static void
set_halls(struct labyrinth_options *options, int value)
{
	options->halls = (uint32_t)value;
}

static void
set_words(struct labyrinth_options *options, int value)
{
	options->words = (enum labyrinth_words_option)value;
}

static void
set_seal(struct labyrinth_options *options, int value)
{
	options->seal = value != 0;
}

static void
set_canary(struct labyrinth_options *options, int value)
{
	options->canary = value != 0;
}

static void
set_reuse(struct labyrinth_options *options, int value)
{
	options->reuse = (enum labyrinth_reuse_option)value;
}

static void
set_violation(struct labyrinth_options *options, int value)
{
	options->report = value != 0;
}

static void
set_poison(struct labyrinth_options *options, int value)
{
	options->poison = value < 0 ? LABYRINTH_POISON_OFF : (uint32_t)value;
}

static void
set_trace(struct labyrinth_options *options, int value)
{
	options->trace = (uint32_t)value;
}

static void
set_fail(struct labyrinth_options *options, int value)
{
	options->fail = (uint32_t)value;
}

static void
set_audit(struct labyrinth_options *options, int value)
{
	options->crash_audit = value != 0;
}

static void
set_leaks(struct labyrinth_options *options, int value)
{
	options->leaks = value != 0;
}

static void
set_dump(struct labyrinth_options *options, int value)
{
	options->dump = (enum labyrinth_dump_option)value;
}

static void
set_all(struct labyrinth_options *options, int value)
{
	options->all = value != 0;
}

static void
set_patrol(struct labyrinth_options *options, int value)
{
	options->patrol = (uint32_t)value;
}

static void
set_sample(struct labyrinth_options *options, int value)
{
	options->sample = (uint32_t)value;
}

static const struct option option_table[] = {
	{"profile", "fast, guard, strict", profiles, 0, 0, 0, set_profile},
	{"backing", "auto, maze, eal", backings, 0, 0, 0, set_backing},
	{"pages", "auto, 1g, 2m, thp, small", page_kinds, 0, 0, 0, set_pages},
	{"halls", "auto, or most halls: 1 to 64", hall_counts, 1, LABYRINTH_HALLS_MOST, 1,
         set_halls},
	{"owner-words", "auto, compact, wide", spaces, 0, 0, 0, set_words},
	{"seal", "on, off", on_off, 0, 0, 0, set_seal},
	{"canary", "on, off", on_off, 0, 0, 0, set_canary},
	{"poison", "off, full, or bytes: a multiple of 8 from 8 to 65528", poisons, 8, 65528, 8,
         set_poison},
	{"sample", "off, or frames put of which one is watched: 1 to 1000000", traces, 1, 1000000,
         1, set_sample},
	{"reuse", "hot, random, fifo", orders, 0, 0, 0, set_reuse},
	{"violation", "panic, report", policies, 0, 0, 0, set_violation},
	{"trace", "off, or moves noted per frame: 1 to 15", traces, 1, 15, 1, set_trace},
	{"patrol", "off, or milliseconds from round to round: 1 to 3600000", traces, 1, 3600000, 1,
         set_patrol},
	{"fail", "off, or gets of which one fails: 1 to 1000000", failures, 1, 1000000, 1,
         set_fail},
	{"audit", "on, off", on_off, 0, 0, 0, set_audit},
	{"leaks", "on, off", on_off, 0, 0, 0, set_leaks},
	{"dump", "off, violation, on", dumps, 0, 0, 0, set_dump},
	{"all", "on, off", on_off, 0, 0, 0, set_all},
};

/* "profile, backing, ...": all there are. */
static void
keys_list(char *text, size_t len)
{
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < RTE_DIM(option_table) && used < len; i++)
		used += (size_t)snprintf(text + used, len - used, "%s%s", i == 0 ? "" : ", ",
		                         option_table[i].key);
}

void
labyrinth_options_default(struct labyrinth_options *options)
{
	memset(options, 0, sizeof(*options));
	set_profile(options, LABYRINTH_PROFILE_GUARD);
	set_audit(options, 1);
	options->patrol = AUTO;
}

/* The words of an option, or a number where it takes one. */
static bool
value_parse(const struct option *option, const char *text, int *value)
{
	const struct word *word;
	unsigned long number;
	char *end;

	for (word = option->words; word->name != NULL; word++) {
		if (strcmp(word->name, text) == 0) {
			*value = word->value;
			return true;
		}
	}
	/* No sign, no blank, and no zeros in front. */
	if (option->step == 0 || text[0] < '1' || text[0] > '9')
		return false;
	number = strtoul(text, &end, 10);
	*value = (int)number;
	return *end == '\0' && number >= (unsigned long)option->least &&
	       number <= (unsigned long)option->most && number % (unsigned long)option->step == 0;
}

int
labyrinth_option_set(struct labyrinth_options *options, const char *key, const char *value,
                     const struct labyrinth_origin *origin)
{
	char keys[256];
	unsigned int i;
	int number;

	for (i = 0; i < RTE_DIM(option_table); i++) {
		const struct option *option = &option_table[i];

		if (strcmp(option->key, key) != 0)
			continue;
		if (option->set == set_all && origin->one_pool) {
			LAB_LOG(ERR,
			        "option \"%s=%s\" from %s: it is for the whole process: allowed in "
			        "LABYRINTH_OPTIONS and in section [default]",
			        key, value == NULL ? "" : value, origin->name);
			return -EINVAL;
		}
		if (value != NULL && value_parse(option, value, &number)) {
			option->set(options, number);
			return 0;
		}
		LAB_LOG(ERR, "option \"%s=%s\" from %s: allowed values are %s", key,
		        value == NULL ? "" : value, origin->name, option->allowed);
		return -EINVAL;
	}
	keys_list(keys, sizeof(keys));
	LAB_LOG(ERR, "option \"%s=%s\" from %s: unknown key, allowed keys are %s", key,
	        value == NULL ? "" : value, origin->name, keys);
	return -EINVAL;
}

struct set_arg {
	struct labyrinth_options *options;
	const struct labyrinth_origin *origin;
	bool profile; /* set the profile, or all else */
};

/* Not by rte_kvargs_process(): some versions drop a key without value unseen. */
static int
set_pairs(const struct rte_kvargs *list, const struct set_arg *arg)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < list->count && ret == 0; i++) {
		if ((strcmp(list->pairs[i].key, "profile") == 0) != arg->profile)
			continue;
		ret = labyrinth_option_set(arg->options, list->pairs[i].key, list->pairs[i].value,
		                           arg->origin);
	}
	return ret;
}

/* Of two = in one pair rte_kvargs would drop what stands in front of the second. */
static bool
pairs_plain(const char *text)
{
	const char *second;

	for (; *text != '\0'; text += strcspn(text, ",") + (text[strcspn(text, ",")] == ',')) {
		second = text + strcspn(text, "=,");
		if (*second == '=' && second[1 + strcspn(second + 1, "=,")] == '=')
			return false;
	}
	return true;
}

int
labyrinth_options_parse(struct labyrinth_options *options, const char *text,
                        const struct labyrinth_origin *origin)
{
	struct set_arg arg = {.options = options, .origin = origin, .profile = true};
	struct rte_kvargs *list;
	int ret;

	list = pairs_plain(text) ? rte_kvargs_parse(text, NULL) : NULL;
	if (list == NULL) {
		LAB_LOG(ERR, "options \"%s\" from %s: not of the form key=value,key=value", text,
		        origin->name);
		return -EINVAL;
	}
	ret = set_pairs(list, &arg);
	arg.profile = false;
	if (ret == 0)
		ret = set_pairs(list, &arg);
	rte_kvargs_free(list);
	return ret == 0 ? 0 : -EINVAL;
}

/* What nobody has set follows from the rest. To watch all frames is what strict does. */
static void
options_fill(struct labyrinth_options *options)
{
	if (options->patrol == AUTO)
		options->patrol = options->seal ? PATROL_MS : 0;
	if (options->sample == AUTO)
		options->sample = options->seal ? SAMPLE : 0;
	if (options->sample == 1)
		options->canary = true;
	if (options->sample == 1 && options->poison == LABYRINTH_POISON_OFF)
		options->poison = LABYRINTH_POISON_FULL;
	if (options->poison != LABYRINTH_POISON_OFF)
		options->sample = 1;
}

int
labyrinth_options_complete(struct labyrinth_options *options, const char *pool)
{
	const char *part = NULL;

	options_fill(options);
	if (options->canary)
		part = "canary=on";
	else if (options->poison != LABYRINTH_POISON_OFF)
		part = "poison";
	else if (options->sample > 0)
		part = "sample";
	else if (options->reuse == LABYRINTH_REUSE_RANDOM)
		part = "reuse=random";
	else if (options->trace > 0)
		part = "trace";
	if (part == NULL || options->seal)
		return 0;
	LAB_LOG(ERR, "pool %s: option \"%s\" needs seal=on (or profile=guard or strict)", pool,
	        part);
	return -EINVAL;
}

const char *
labyrinth_profile_name(enum labyrinth_profile profile)
{
	return profiles[profile].name;
}
