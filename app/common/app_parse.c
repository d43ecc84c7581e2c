/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "app_message.h"
#include "app_parse.h"

int
app_parse_digits(const char *text, const char **end, uint64_t *value)
{
	char *stopped;
	int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;

	/* strtoull() alone takes blanks and a sign. */
	if (!isdigit((unsigned char)text[0]))
		return -1;
	errno = 0;
	*value = strtoull(text, &stopped, base);
	*end = stopped;
	return errno == 0 ? 0 : -1;
}

int
app_parse_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *end;

	if (app_parse_digits(text, &end, value) == 0 && *end == '\0' && *value >= min &&
	    *value <= max)
		return 0;
	app_error("--%s=%s: give a whole number from %" PRIu64 " to %" PRIu64, option, text, min,
	          max);
	return -1;
}
