/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app_message.h"
#include "app_options.h"
#include "app_parse.h"

/* getopt_long() returns it plus a row: above every character it may return itself. */
#define LONG 256

bool
app_options_is_own(const struct app_options *known, const char *argument)
{
	const char *name = argument + 2;
	unsigned int i;
	size_t len;

	if (strncmp(argument, "--", 2) != 0)
		return false;
	len = strcspn(name, "=");
	for (i = 0; i < known->nb; i++)
		if (strlen(known->table[i].name) == len &&
		    strncmp(known->table[i].name, name, len) == 0)
			return !known->table[i].also_of_eal;
	return false;
}

void
app_options_help(const struct app_options *known, int width)
{
	char left[64], letter[8];
	unsigned int i;

	for (i = 0; i < known->nb; i++) {
		const struct app_option *row = &known->table[i];
		bool equals = row->argument[0] != '\0' && row->argument[0] != '[';

		snprintf(letter, sizeof(letter), ", -%c", row->letter);
		snprintf(left, sizeof(left), "--%s%s%s%s", row->name, equals ? "=" : "",
		         row->argument, row->letter != 0 ? letter : "");
		printf("  %-*s %s\n", width, left, row->meaning);
	}
}

static int
has_argument(const struct app_option *row)
{
	return row->argument[0] == '\0'  ? no_argument
	       : row->argument[0] == '[' ? optional_argument
	                                 : required_argument;
}

/** What getopt_long() wants to know; shorts is large enough for every letter. */
static void
describe(const struct app_options *known, struct option *longs, char *shorts)
{
	unsigned int i;

	/* `+`: stop at the first word that is no option; `:`: tell a missing value apart. */
	shorts = stpcpy(shorts, "+:");
	for (i = 0; i < known->nb; i++) {
		const struct app_option *row = &known->table[i];

		longs[i] = (struct option){row->name, has_argument(row), NULL, LONG + (int)i};
		if (row->letter != 0)
			*shorts++ = row->letter;
	}
	*shorts = '\0';
}

/** Say why getopt_long() returned `?` or `:`. */
static void
refuse(const char *argument, int why)
{
	int len = (int)strcspn(argument, "=");

	if (why == ':')
		app_error("%s: a value is missing; give %s=VALUE", argument, argument);
	else if (optopt >= LONG)
		app_error("%.*s: takes no value", len, argument);
	else
		app_error("%.*s: unknown or shortened in an ambiguous way; %s --help lists all "
		          "options",
		          len, argument, app_name);
}

static int
set(const struct app_options *known, const struct app_option *row, void *options, const char *text)
{
	void *field = (char *)options + row->offset;
	uint64_t value;

	switch (row->kind) {
	case APP_OPTION_NUMBER:
		if (app_parse_number(row->name, text, row->min, row->max, &value) != 0)
			return -1;
		*(uint32_t *)field = (uint32_t)value;
		return 0;
	case APP_OPTION_TEXT:
		*(const char **)field = text;
		return 0;
	case APP_OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	default:
		return known->set(options, row, text);
	}
}

static const struct app_option *
row_of(const struct app_options *known, int got)
{
	unsigned int i;

	if (got >= LONG)
		return &known->table[got - LONG];
	for (i = 0; i < known->nb; i++)
		if (known->table[i].letter == got)
			return &known->table[i];
	return NULL;
}

int
app_options_parse(const struct app_options *known, int argc, char **argv, void *options)
{
	struct option longs[APP_MAX_OPTIONS + 1] = {0};
	char shorts[APP_MAX_OPTIONS + 3];
	const struct app_option *row;
	int got, seen;

	assert(known->nb <= APP_MAX_OPTIONS);
	describe(known, longs, shorts);
	opterr = 0;
	optind = 1;
	for (;;) {
		seen = optind;
		got = getopt_long(argc, argv, shorts, longs, NULL);
		if (got == -1)
			break;
		row = row_of(known, got);
		if (row == NULL) {
			refuse(argv[seen], got);
			return -1;
		}
		if (set(known, row, options, optarg) != 0)
			return -1;
	}
	opterr = 1; /* EAL leaves its messages about unknown options to getopt_long() */
	if (optind < argc) {
		app_error("%s: unexpected; every option starts with --", argv[optind]);
		return -1;
	}
	return 0;
}
