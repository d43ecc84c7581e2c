/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "app_message.h"
#include "app_parse.h"
#include "lists.h"

/** A number with K or M behind it, up to 32 bits. */
static int
read_size(const char *text, const char **end, uint64_t *value)
{
	if (app_parse_digits(text, end, value) != 0 || *value > UINT32_MAX)
		return -1;
	if (**end == 'K' || **end == 'k')
		*value <<= 10;
	else if (**end == 'M' || **end == 'm')
		*value <<= 20;
	else
		return 0;
	(*end)++;
	return 0;
}

static int
add_number(struct bench_numbers *numbers, uint64_t value, uint32_t min, uint32_t max)
{
	if (value < min || value > max || numbers->nb == BENCH_MAX_LIST)
		return -1;
	numbers->value[numbers->nb++] = (uint32_t)value;
	return 0;
}

/** One number or one range at the start of a text. */
static int
add_item(struct bench_numbers *numbers, const char **text, uint32_t min, uint32_t max)
{
	uint64_t first, last;

	if (read_size(*text, text, &first) != 0)
		return -1;
	last = first;
	if (strncmp(*text, "..", 2) == 0 &&
	    (read_size(*text + 2, text, &last) != 0 || first == 0 || last < first))
		return -1;
	do {
		if (add_number(numbers, first, min, max) != 0)
			return -1;
		first *= 2;
	} while (first <= last && first > 0);
	return 0;
}

int
bench_list_numbers(const char *option, const char *text, uint32_t min, uint32_t max,
                   struct bench_numbers *numbers)
{
	const char *rest = text;

	numbers->nb = 0;
	while (add_item(numbers, &rest, min, max) == 0) {
		if (*rest == '\0')
			return 0;
		if (*rest++ != ',')
			break;
	}
	app_error("--%s=%s: give up to %d numbers from %u to %u, such as %u or 1,8..64", option,
	          text, BENCH_MAX_LIST, min, max, max < 32 ? max : 32);
	return -1;
}

static int
add_place(struct bench_lcores *list, const char **text, uint32_t max)
{
	uint64_t lcores, cpus = 0;

	if (app_parse_digits(*text, text, &lcores) != 0 || lcores == 0 || lcores > max)
		return -1;
	if (**text == '@' && (app_parse_digits(*text + 1, text, &cpus) != 0 || cpus == 0))
		return -1;
	if (cpus > lcores || list->nb == BENCH_MAX_LIST)
		return -1;
	list->place[list->nb].lcores = (uint32_t)lcores;
	list->place[list->nb++].cpus = (uint32_t)cpus;
	return 0;
}

int
bench_list_lcores(const char *option, const char *text, uint32_t max, struct bench_lcores *lcores)
{
	const char *rest = text;

	lcores->nb = 0;
	while (add_place(lcores, &rest, max) == 0) {
		if (*rest == '\0')
			return 0;
		if (*rest++ != ',')
			break;
	}
	app_error("--%s=%s: give numbers of lcores from 1 to %u, or LCORES@CPUS, such as 1,2,2@1",
	          option, text, max);
	return -1;
}
