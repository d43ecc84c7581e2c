/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_ether.h>

#include "message.h"
#include "parse.h"

/** strtoull() alone takes blanks, a sign and trailing text. */
static int
read_number(const char *text, const char **end, uint64_t *value)
{
	char *stopped;
	int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;

	if (!isdigit((unsigned char)text[0]))
		return -1;
	errno = 0;
	*value = strtoull(text, &stopped, base);
	*end = stopped;
	return errno == 0 ? 0 : -1;
}

int
fwd_parse_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *end;

	if (read_number(text, &end, value) == 0 && *end == '\0' && *value >= min && *value <= max)
		return 0;
	fwd_error("--%s=%s: give a whole number from %" PRIu64 " to %" PRIu64, option, text, min,
	          max);
	return -1;
}

int
fwd_parse_list(const char *option, const char *text, unsigned int limit, uint64_t *mask)
{
	const char *rest = text;
	uint64_t low, high;

	*mask = 0;
	for (;;) {
		if (read_number(rest, &rest, &low) != 0)
			break;
		high = low;
		if (*rest == '-' && read_number(rest + 1, &rest, &high) != 0)
			break;
		if (low > high || high >= limit || high >= 64)
			break;
		for (; low <= high; low++)
			*mask |= UINT64_C(1) << low;
		if (*rest == '\0')
			return 0;
		if (*rest++ != ',')
			break;
	}
	fwd_error("--%s=%s: give port numbers from 0 to %u, such as 0,2-3", option, text,
	          (limit < 64 ? limit : 64) - 1);
	return -1;
}

int
fwd_parse_port_mac(const char *option, const char *text, unsigned int limit, unsigned int *port,
                   struct rte_ether_addr *mac)
{
	const char *rest;
	uint64_t number;

	if (read_number(text, &rest, &number) == 0 && number < limit && *rest == ',' &&
	    rte_ether_unformat_addr(rest + 1, mac) == 0) {
		*port = (unsigned int)number;
		return 0;
	}
	fwd_error("--%s=%s: give a port number from 0 to %u and a MAC address, "
	          "such as 0,02:00:00:00:00:01",
	          option, text, limit - 1);
	return -1;
}
