/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <rte_log.h>

#include "app_message.h"
#include "kit_log.h"

/* How its lines begin; most go on with the pool's name. */
static const char ours[] = "LABYRINTH: ";
static const char about[] = "pool ";

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char words[512];

/** Keep a line, without its end and the name of the pool. */
static void
keep(const char *line, size_t len)
{
	const char *name_end = NULL;

	if (len > sizeof(about) && strncmp(line, about, sizeof(about) - 1) == 0)
		name_end = memmem(line, len, ": ", 2);
	if (name_end != NULL) {
		len -= (size_t)(name_end + 2 - line);
		line = name_end + 2;
	}
	pthread_mutex_lock(&lock);
	snprintf(words, sizeof(words), "%.*s", (int)len, line);
	pthread_mutex_unlock(&lock);
}

/** Called for whole lines, by any thread: EAL flushes after each. */
static ssize_t
write_line(void *cookie, const char *text, size_t len)
{
	const char *line = memmem(text, len, ours, sizeof(ours) - 1);
	const char *end;

	(void)cookie;
	if (line != NULL) {
		line += sizeof(ours) - 1;
		end = memchr(line, '\n', len - (size_t)(line - text));
		keep(line, (size_t)((end != NULL ? end : text + len) - line));
	}
	fwrite(text, 1, len, stderr);
	fflush(stderr);
	return (ssize_t)len;
}

int
fwd_kit_log_open(void)
{
	/* EAL closes it at its end. */
	FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_line});

	if (stream != NULL && rte_openlog_stream(stream) == 0)
		return 0;
	app_error("EAL's log cannot be read along: %s", strerror(errno));
	return -1;
}

void
fwd_kit_log_clear(void)
{
	pthread_mutex_lock(&lock);
	words[0] = '\0';
	pthread_mutex_unlock(&lock);
}

const char *
fwd_kit_log_words(void)
{
	static char copy[sizeof(words)];

	pthread_mutex_lock(&lock);
	memcpy(copy, words, sizeof(copy));
	pthread_mutex_unlock(&lock);
	return copy;
}
