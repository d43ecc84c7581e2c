/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>

#include <rte_ether.h>

#include "app_message.h"
#include "app_parse.h"
#include "parse.h"

int
fwd_parse_list(const char *option, const char *text, unsigned int limit, uint64_t *mask)
{
	const char *rest = text;
	uint64_t low, high;

	*mask = 0;
	for (;;) {
		if (app_parse_digits(rest, &rest, &low) != 0)
			break;
		high = low;
		if (*rest == '-' && app_parse_digits(rest + 1, &rest, &high) != 0)
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
	app_error("--%s=%s: give port numbers from 0 to %u, such as 0,2-3", option, text,
	          (limit < 64 ? limit : 64) - 1);
	return -1;
}

int
fwd_parse_port_mac(const char *option, const char *text, unsigned int limit, unsigned int *port,
                   struct rte_ether_addr *mac)
{
	const char *rest;
	uint64_t number;

	if (app_parse_digits(text, &rest, &number) == 0 && number < limit && *rest == ',' &&
	    rte_ether_unformat_addr(rest + 1, mac) == 0) {
		*port = (unsigned int)number;
		return 0;
	}
	app_error("--%s=%s: give a port number from 0 to %u and a MAC address, "
	          "such as 0,02:00:00:00:00:01",
	          option, text, limit - 1);
	return -1;
}
