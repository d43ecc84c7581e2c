/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdarg.h>
#include <stdio.h>

#include "app_message.h"

const char *app_name = "labyrinth";

/* Errors are the main thread's to tell. */
static char last[1024];

static void __attribute__((format(printf, 2, 0), nonnull(2)))
say(FILE *where, const char *format, va_list args)
{
	fprintf(where, "%s: ", app_name);
	vfprintf(where, format, args);
	fputc('\n', where);
	fflush(where);
}

void
app_error(const char *format, ...)
{
	va_list args;

	/* Keep the order of the two streams when both go to one file. */
	fflush(stdout);
	va_start(args, format);
	say(stderr, format, args);
	va_end(args);
	va_start(args, format);
	vsnprintf(last, sizeof(last), format, args);
	va_end(args);
}

const char *
app_last_error(void)
{
	return last;
}

void
app_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(stdout, format, args);
	va_end(args);
}
