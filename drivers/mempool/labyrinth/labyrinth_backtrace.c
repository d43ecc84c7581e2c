/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The calls that led to a violation, without those inside of the driver: the
 * first line is the place in the program, or in the driver of a port.
 */

#include <dlfcn.h>
#include <execinfo.h>
#include <stdlib.h>

#include "labyrinth_log.h"
#include "labyrinth_report.h"

#define DEPTH 64
/* With fewer left, the driver is part of the program, and nothing is left out. */
#define CALLS_MIN 3

static const void *
object_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) == 0 ? NULL : info.dli_fbase;
}

/* Calls on top of the stack which are the driver's own. */
static int
own_calls(void *const *calls, int n)
{
	const void *own = object_of((const void *)(uintptr_t)labyrinth_report_backtrace);
	int i = 0;

	while (i < n && object_of(calls[i]) == own)
		i++;
	return n - i < CALLS_MIN ? 0 : i;
}

void
labyrinth_report_backtrace(void)
{
	void *calls[DEPTH];
	int n = backtrace(calls, DEPTH);
	char **names = backtrace_symbols(calls, n);
	int first = own_calls(calls, n);
	int i;

	for (i = first; i < n; i++)
		LAB_LOG(CRIT, "    %d: %s", i - first, names == NULL ? "?" : names[i]);
	free(names);
}
