/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <ctype.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "options_model.h"

/* Most pairs of one string; longest line of a file, its end not counted. */
#define PAIRS_MAX 32
#define LINE_MAX  198
#define NAME_MAX  49

/* A piece of text that ends where it is said to. */
struct span {
	const char *at;
	size_t len;
};

/* Of a number that follows from others. */
#define NOT_SAID 4000000000u

struct reading {
	struct labyrinth_options *options;
	char *blame;
	bool one_pool; /* here is no place for what the process is told */
};

static bool
is(struct span text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

/* Index of a word in "one two three", -1 if it is none of them. */
static int
one_of(struct span text, const char *words)
{
	int index = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");
		char word[16] = "";

		memcpy(word, words, len);
		if (is(text, word))
			return index;
		words += len + (words[len] == ' ');
		index++;
	}
	return -1;
}

/* A whole number without zeros in front, 0 if it is none or beyond `most`. */
static uint32_t
number(struct span text, uint32_t most)
{
	uint64_t value = 0;
	size_t i;

	if (text.len == 0 || text.at[0] == '0')
		return 0;
	for (i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return 0;
		value = value * 10 + (uint64_t)(text.at[i] - '0');
		if (value > most)
			return 0;
	}
	return (uint32_t)value;
}

static bool
set_profile(struct labyrinth_options *options, struct span value)
{
	int index = one_of(value, "fast guard strict");

	if (index < 0)
		return false;
	options->profile = (enum labyrinth_profile)index;
	options->seal = index > 0;
	options->canary = index == 2;
	options->reuse = index == 2 ? LABYRINTH_REUSE_RANDOM : LABYRINTH_REUSE_HOT;
	options->poison = index == 2 ? 0 : UINT32_MAX;
	options->sample = NOT_SAID;
	if (index == 0)
		options->patrol = NOT_SAID;
	return true;
}

static bool
set_flag(bool *flag, struct span value, const char *off_and_on)
{
	int index = one_of(value, off_and_on);

	*flag = index == 1;
	return index >= 0;
}

static bool
set_number(uint32_t *to, struct span value, const char *zeros, uint32_t most)
{
	*to = number(value, most);
	return *to != 0 || one_of(value, zeros) >= 0;
}

static bool
set_poison(uint32_t *to, struct span value)
{
	*to = number(value, 65528);
	if (is(value, "full"))
		return true;
	if (is(value, "off")) {
		*to = UINT32_MAX;
		return true;
	}
	return *to != 0 && *to % 8 == 0;
}

static bool
set(struct labyrinth_options *options, struct span key, struct span value)
{
	int index;

	if (is(key, "profile"))
		return set_profile(options, value);
	if (is(key, "backing")) {
		index = one_of(value, "auto maze eal");
		options->backing = (enum labyrinth_backing_option)index;
		return index >= 0;
	}
	if (is(key, "pages")) {
		index = is(value, "huge") ? LABYRINTH_PAGES_2M
		                          : one_of(value, "auto 1g 2m thp small");
		options->pages = (enum labyrinth_pages_option)index;
		return index >= 0;
	}
	if (is(key, "halls"))
		return set_number(&options->halls, value, "auto", 64);
	if (is(key, "owner-words")) {
		index = one_of(value, "auto compact wide");
		options->words = (enum labyrinth_words_option)index;
		return index >= 0;
	}
	if (is(key, "seal"))
		return set_flag(&options->seal, value, "off on");
	if (is(key, "canary"))
		return set_flag(&options->canary, value, "off on");
	if (is(key, "reuse")) {
		index = one_of(value, "hot random fifo");
		options->reuse = (enum labyrinth_reuse_option)index;
		return index >= 0;
	}
	if (is(key, "violation"))
		return set_flag(&options->report, value, "panic report");
	if (is(key, "trace"))
		return set_number(&options->trace, value, "off", 15);
	if (is(key, "patrol"))
		return set_number(&options->patrol, value, "off", 3600000);
	if (is(key, "sample"))
		return set_number(&options->sample, value, "off", 1000000);
	if (is(key, "fail"))
		return set_number(&options->fail, value, "off 0", 1000000);
	if (is(key, "audit"))
		return set_flag(&options->crash_audit, value, "off on");
	if (is(key, "leaks"))
		return set_flag(&options->leaks, value, "off on");
	if (is(key, "dump")) {
		index = one_of(value, "off violation on");
		options->dump = (enum labyrinth_dump_option)index;
		return index >= 0;
	}
	return is(key, "poison") && set_poison(&options->poison, value);
}

static bool
refuse(const struct reading *reading, struct span key)
{
	snprintf(reading->blame, 64, "%.*s", (int)(key.len < 60 ? key.len : 60), key.at);
	return false;
}

/* A key and its value; profiles count first. */
static bool
pair_read(const struct reading *reading, struct span key, struct span value, bool profiles)
{
	if (is(key, "profile") != profiles)
		return true;
	if (is(key, "all"))
		return (!reading->one_pool && set_flag(&reading->options->all, value, "off on")) ||
		       refuse(reading, key);
	return set(reading->options, key, value) || refuse(reading, key);
}

/* One pass over key=value,key=value. */
static bool
string_pass(const struct reading *reading, const char *text, bool profiles)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		size_t key = strcspn(text, "=,");
		struct span value = {text + key + 1, len - key - 1};

		if (key == len)
			value = (struct span){"", 0};
		if (len > 0 && !pair_read(reading, (struct span){text, key}, value, profiles))
			return false;
		text += len + (text[len] == ',');
	}
	return true;
}

static bool
string_form(const char *text)
{
	unsigned int pairs = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		size_t key = strcspn(text, "=,");

		/* A list in brackets, and = in a value, are no values of ours. */
		if (memchr(text, '[', len) != NULL ||
		    (key < len && memchr(text + key + 1, '=', len - key - 1) != NULL))
			return false;
		/* A comma behind the last one that may be is one too many. */
		pairs += len > 0 || pairs == PAIRS_MAX;
		text += len;
		pairs += text[0] == ',' && text[1] == '\0' && pairs == PAIRS_MAX;
		text += text[0] == ',';
	}
	return pairs <= PAIRS_MAX;
}

static bool
string_read(const struct reading *reading, const char *text)
{
	if (!string_form(text))
		return false;
	return string_pass(reading, text, true) && string_pass(reading, text, false);
}

static struct span
trim(struct span text)
{
	while (text.len > 0 && isspace((unsigned char)text.at[0])) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 && isspace((unsigned char)text.at[text.len - 1]))
		text.len--;
	return text;
}

/* What stands before a comment: a semicolon with a blank in front of it. */
static struct span
plain(struct span text)
{
	size_t i;

	for (i = 1; i < text.len; i++) {
		if (text.at[i] == ';' && isspace((unsigned char)text.at[i - 1]))
			text.len = i;
	}
	return text;
}

enum line_kind {
	LINE_BAD,
	LINE_EMPTY,
	LINE_SECTION, /* a is its name */
	LINE_PAIR,    /* a = b */
};

static bool
is_comment(struct span text)
{
	return text.len == 0 || text.at[0] == ';' || text.at[0] == '#';
}

static enum line_kind
section_read(struct span line, struct span *name)
{
	const char *at = memchr(line.at, ']', line.len);

	if (at == NULL)
		return LINE_BAD;
	*name = (struct span){line.at + 1, (size_t)(at - line.at) - 1};
	if (plain(*name).len != name->len)
		return LINE_BAD;
	*name = trim(*name);
	if (name->len > NAME_MAX)
		return LINE_BAD;
	line = (struct span){at + 1, line.len - (size_t)(at + 1 - line.at)};
	return is_comment(trim(line)) ? LINE_SECTION : LINE_BAD;
}

/* [section], key = value, nothing; a comment may follow any of them. */
static enum line_kind
line_read(struct span line, struct span *a, struct span *b)
{
	size_t len;

	if (line.len > LINE_MAX)
		return LINE_BAD;
	line = trim(line);
	if (is_comment(line))
		return LINE_EMPTY;
	if (line.at[0] == '[')
		return section_read(line, a);
	for (len = 0; len < line.len && line.at[len] != '=' && line.at[len] != ':'; len++)
		;
	*a = (struct span){line.at, len};
	if (len == line.len || line.at[len] == ':' || plain(*a).len != len)
		return LINE_BAD;
	*a = trim(*a);
	*b = trim(plain((struct span){line.at + len + 1, line.len - len - 1}));
	return LINE_PAIR;
}

static struct span
line_next(const char **text)
{
	struct span line = {*text, strcspn(*text, "\n")};

	*text += line.len + ((*text)[line.len] == '\n');
	return line;
}

/* Does a section with such a name count? -1: there is no such section. */
static int
section_counts(struct span name, const char *pool, bool of_pools)
{
	char glob[NAME_MAX + 1];

	if (is(name, "default"))
		return !of_pools;
	if (name.len < 8 || memcmp(name.at, "pool \"", 6) != 0 || name.at[name.len - 1] != '"')
		return -1;
	snprintf(glob, sizeof(glob), "%.*s", (int)name.len - 7, name.at + 6);
	return of_pools && fnmatch(glob, pool, 0) == 0;
}

/* Every line must be one, and every option be in a section that there may be. */
static bool
file_form(const char *text, const char *pool)
{
	bool section = false;
	struct span a;
	struct span b;

	while (*text != '\0') {
		switch (line_read(line_next(&text), &a, &b)) {
		case LINE_BAD:
			return false;
		case LINE_SECTION:
			section = true;
			if (section_counts(a, pool, false) < 0)
				return false;
			break;
		case LINE_PAIR:
			if (!section)
				return false;
			break;
		case LINE_EMPTY:
			break;
		}
	}
	return true;
}

/* The options of one section, up to the next one. */
static bool
section_pass(const struct reading *reading, const char *text, bool profiles)
{
	struct span a;
	struct span b;

	while (*text != '\0') {
		enum line_kind kind = line_read(line_next(&text), &a, &b);

		if (kind == LINE_SECTION)
			break;
		if (kind == LINE_PAIR && !pair_read(reading, a, b, profiles))
			return false;
	}
	return true;
}

static bool
file_pass(const struct reading *reading, const char *text, const char *pool, bool of_pools)
{
	const struct reading here = {reading->options, reading->blame, of_pools};
	struct span a;
	struct span b;

	while (*text != '\0') {
		if (line_read(line_next(&text), &a, &b) != LINE_SECTION ||
		    section_counts(a, pool, of_pools) == 0)
			continue;
		if (!section_pass(&here, text, true) || !section_pass(&here, text, false))
			return false;
	}
	return true;
}

static bool
file_read(const struct reading *reading, const char *text, const char *pool)
{
	return file_form(text, pool) && file_pass(reading, text, pool, false) &&
	       file_pass(reading, text, pool, true);
}

/* What was not said. */
static void
complete(struct labyrinth_options *options)
{
	bool filled;

	if (options->patrol == NOT_SAID)
		options->patrol = options->seal ? 1000 : 0;
	if (options->sample == NOT_SAID)
		options->sample = options->seal ? 16384 : 0;
	filled = options->poison != UINT32_MAX;
	if (options->sample == 1) {
		options->canary = true;
		options->poison = filled ? options->poison : 0;
	}
	if (filled)
		options->sample = 1;
}

bool
model_options(const struct model_places *places, struct labyrinth_options *options, char blame[64])
{
	const struct reading reading = {options, blame, false};
	const struct reading of_pool = {options, blame, true};

	memset(options, 0, sizeof(*options));
	options->patrol = NOT_SAID;
	set_profile(options, (struct span){"guard", 5});
	blame[0] = '\0';
	if (places->file != NULL && !file_read(&reading, places->file, places->pool))
		return false;
	if (places->environment != NULL && !string_read(&reading, places->environment))
		return false;
	if (places->pool_config != NULL && !string_read(&of_pool, places->pool_config))
		return false;
	complete(options);
	return options->seal ||
	       (!options->canary && options->poison == UINT32_MAX && options->sample == 0 &&
	        options->reuse != LABYRINTH_REUSE_RANDOM && options->trace == 0);
}
