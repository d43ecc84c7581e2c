/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_message.h"
#include "html.h"

/* Where the page holds its data. */
#define PLACE "@DATA@"

static const char page[] = {
#include "page.inc"
	, 0};

/* JSON inside of HTML: a pool's name must not end the element it stands in. */
static void
write_data(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '<')
			fputs("\\u003c", file);
		else
			fputc(*text, file);
	}
}

int
map_html_write(const char *name, const json_t *samples)
{
	const char *place = strstr(page, PLACE);
	char *text = json_dumps(samples, JSON_COMPACT | JSON_ENSURE_ASCII);
	FILE *file;
	int bad;

	if (text == NULL) {
		app_error("--html=%s: no memory", name);
		return -1;
	}
	file = fopen(name, "w");
	if (file != NULL) {
		fwrite(page, 1, (size_t)(place - page), file);
		write_data(file, text);
		fputs(place + strlen(PLACE), file);
	}
	free(text);
	bad = file == NULL || ferror(file) != 0;
	if (file != NULL && fclose(file) != 0)
		bad = 1;
	if (bad)
		app_error("--html=%s: cannot write: %s", name, strerror(errno));
	return bad ? -1 : 0;
}
