/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "labyrinth_alive.h"

#define LINE_LEN 512

static int file = -1;

void
labyrinth_alive_file(int fd)
{
	file = fd;
}

static struct flock
byte_of(uint32_t entry, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)entry, .l_len = 1};
}

bool
labyrinth_alive_lock(uint32_t entry)
{
	struct flock lock = byte_of(entry, F_WRLCK);

	/* Where there are no locks, they are no sign either. */
	return file < 0 || fcntl(file, F_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

void
labyrinth_alive_unlock(uint32_t entry)
{
	struct flock lock = byte_of(entry, F_UNLCK);

	if (file >= 0)
		(void)fcntl(file, F_SETLK, &lock);
}

bool
labyrinth_alive_locked(uint32_t entry)
{
	struct flock lock = byte_of(entry, F_WRLCK);

	return file >= 0 && fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* Is this file among those that are mapped? Sets `any` when there is something to read. */
static bool
maps_have(FILE *maps, const struct stat *stat, bool *any)
{
	char line[LINE_LEN];
	unsigned int major_id;
	unsigned int minor_id;
	uint64_t inode;

	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%*s %*s %*s %x:%x %" SCNu64, &major_id, &minor_id, &inode) != 3)
			continue;
		*any = true;
		if (inode == stat->st_ino && major_id == major(stat->st_dev) &&
		    minor_id == minor(stat->st_dev))
			return true;
	}
	return false;
}

bool
labyrinth_alive_unmapped(uint32_t pid)
{
	struct stat stat;
	bool any = false;
	char path[32];
	bool mapped;
	FILE *maps;

	if (file < 0 || fstat(file, &stat) != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", pid);
	maps = fopen(path, "re");
	if (maps == NULL)
		return false;
	mapped = maps_have(maps, &stat, &any);
	fclose(maps);
	/* One that has ended, or is another user's, has an empty list. */
	return any && !mapped;
}
