/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app_message.h"
#include "kit_text.h"

/* A report takes minutes: none is lost to the next one. What is no file may be written to. */
static int
open_file(const char *path, bool *created)
{
	struct stat entry;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	*created = fd >= 0;
	if (fd < 0 && errno == EEXIST && stat(path, &entry) == 0 && !S_ISREG(entry.st_mode))
		fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd;
}

int
fwd_kit_text_open(struct fwd_kit_text *text, const char *path)
{
	int fd = open_file(path, &text->created);

	text->path = path;
	text->error = 0;
	text->file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (text->file != NULL)
		return 0;
	app_error("--nic-report=%s: %s%s", path, strerror(errno),
	          errno == EEXIST ? "; name another file, or remove this one" : "");
	if (fd >= 0)
		close(fd);
	return -1;
}

void
fwd_kit_print(struct fwd_kit_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	va_start(args, format);
	vfprintf(text->file, format, args);
	va_end(args);
	fflush(stdout);
	if (fflush(text->file) != 0 && text->error == 0)
		text->error = errno;
}

int
fwd_kit_text_close(struct fwd_kit_text *text, bool keep)
{
	if (text->file == NULL)
		return 0;
	if (fclose(text->file) != 0 && text->error == 0)
		text->error = errno;
	text->file = NULL;
	if (!keep && text->created)
		unlink(text->path);
	if (text->error == 0)
		return 0;
	app_error("--nic-report=%s: it cannot be written to: %s", text->path,
	          strerror(text->error));
	return -1;
}
