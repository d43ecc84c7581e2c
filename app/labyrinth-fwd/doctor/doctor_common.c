/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_parse.h"
#include "doctor_common.h"

static void
say(FILE *out, const char *kind, const char *what, const char *format, va_list args)
{
	fprintf(out, "%-9s %s: ", kind, what);
	vfprintf(out, format, args);
	fputc('\n', out);
}

void
fwd_doctor_well(const struct fwd_doctor *doctor, const char *what, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(doctor->out, "[ok]", what, format, args);
	va_end(args);
}

void
fwd_doctor_problem(struct fwd_doctor *doctor, const char *what, const char *format, ...)
{
	va_list args;

	doctor->problems++;
	va_start(args, format);
	say(doctor->out, "[problem]", what, format, args);
	va_end(args);
}

static bool
read_file(const struct fwd_doctor *doctor, char *text, size_t size, const char *format,
          va_list args)
{
	char path[PATH_MAX];
	FILE *file;
	size_t len;
	int used;

	used = snprintf(path, sizeof(path), "%s", doctor->root);
	if (used < 0 || (size_t)used >= sizeof(path))
		return false;
	vsnprintf(path + used, sizeof(path) - (size_t)used, format, args);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	len = fread(text, 1, size - 1, file);
	fclose(file);
	text[len] = '\0';
	if (len > 0 && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return len > 0;
}

bool
fwd_doctor_read(const struct fwd_doctor *doctor, char *text, size_t size, const char *format, ...)
{
	va_list args;
	bool there;

	va_start(args, format);
	there = read_file(doctor, text, size, format, args);
	va_end(args);
	return there;
}

bool
fwd_doctor_number(const struct fwd_doctor *doctor, uint64_t *value, const char *format, ...)
{
	char text[64];
	const char *end;
	va_list args;
	bool there;

	va_start(args, format);
	there = read_file(doctor, text, sizeof(text), format, args);
	va_end(args);
	return there && app_parse_digits(text, &end, value) == 0;
}

bool
fwd_doctor_capable(const struct fwd_doctor *doctor, unsigned int capability)
{
	char text[4096];
	const char *line;

	if (!fwd_doctor_read(doctor, text, sizeof(text), "/proc/self/status"))
		return true;
	line = strstr(text, "\nCapEff:");
	return line == NULL || (strtoull(line + 8, NULL, 16) >> capability & 1) != 0;
}
