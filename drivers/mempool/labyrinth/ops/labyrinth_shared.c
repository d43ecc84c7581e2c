/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The file that processes with one --file-prefix share.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "labyrinth_alive.h"
#include "labyrinth_log.h"
#include "labyrinth_pool.h"
#include "labyrinth_shared.h"

#define FILE_NAME "labyrinth"
#define FILE_NEW  "labyrinth_new"
#define LEN       sizeof(struct labyrinth_shared)

static char path[PATH_MAX];
static pid_t maker;

static int
path_make(char *text, const char *name)
{
	int len = snprintf(text, PATH_MAX, "%s/%s", rte_eal_get_runtime_dir(), name);

	return len < 0 || len >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int
map(int fd)
{
	void *at = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	labyrinth_shared = at;
	return 0;
}

/* Lengths and meaning of all that lies in shared memory, in one number. */
static uint64_t
layout_of(void)
{
	const struct labyrinth_params params = {
		.frames = 1000,
		.lanes = 10,
		.processes = 2,
		.slots = 100,
		.frame_len = 2048,
		.flags = LABYRINTH_F_SEAL | LABYRINTH_F_CANARY,
	};
	const size_t lens[] = {
		LEN,
		sizeof(struct labyrinth_entry),
		sizeof(struct labyrinth_pool),
		sizeof(struct labyrinth_options),
		sizeof(struct labyrinth_maze),
		labyrinth_footprint(&params),
		LABYRINTH_MEMORY_FORMAT,
		RTE_MAX_LCORE,
	};
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < RTE_DIM(lens); i++)
		all = all * 1000003 + lens[i];
	return all;
}

static void
head_write(struct labyrinth_shared_head *head)
{
	head->magic = LABYRINTH_SHARED_MAGIC;
	head->layout = layout_of();
	snprintf(head->version, sizeof(head->version), "%s", LABYRINTH_VERSION);
}

/* Is the primary's plugin this one? Pools of another one cannot be used. */
static int
head_check(int fd)
{
	struct labyrinth_shared_head theirs = {0};
	struct stat stat;

	if (pread(fd, &theirs, sizeof(theirs), 0) < 0 || fstat(fd, &stat) != 0)
		return -errno;
	theirs.version[sizeof(theirs.version) - 1] = '\0';
	if (theirs.magic != LABYRINTH_SHARED_MAGIC)
		snprintf(theirs.version, sizeof(theirs.version), "%s", "unknown");
	else if (theirs.layout == layout_of() && (size_t)stat.st_size == LEN &&
	         strcmp(theirs.version, LABYRINTH_VERSION) == 0)
		return 0;
	/* What a primary left that was killed says nothing of this one. */
	if (!labyrinth_alive_locked(0))
		return -ENOENT;
	LAB_LOG(ERR,
	        "%s: the primary process has version %s of this plugin, this process version %s"
	        "%s: load the same file in both",
	        path, theirs.version, LABYRINTH_VERSION,
	        strcmp(theirs.version, LABYRINTH_VERSION) == 0 ? ", built otherwise" : "");
	return -EPROTO;
}

static int
file_make(const char *new_path, int *fd)
{
	*fd = open(new_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (*fd < 0)
		return -errno;
	if (ftruncate(*fd, LEN) != 0)
		return -errno;
	return map(*fd);
}

/*
 * Secondaries of a primary that was killed hold EAL's files: EAL will not start
 * before they have ended, and does not say so.
 */
static void
name_survivors(void)
{
	struct labyrinth_shared *mine = labyrinth_shared;
	struct labyrinth_process process;
	uint32_t i;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat stat;

	if (fd < 0)
		return;
	labyrinth_alive_file(fd);
	if (fstat(fd, &stat) == 0 && (size_t)stat.st_size == LEN && map(fd) == 0) {
		LABYRINTH_PROCESS_FOREACH(i, &process)
		{
			if (i > 0 && process.alive)
				LAB_LOG(ERR,
				        "process %u, a secondary of a primary that is gone, still "
				        "runs: end it, EAL does not start before",
				        process.pid);
		}
		munmap(labyrinth_shared, LEN);
		labyrinth_shared = mine;
	}
	labyrinth_alive_file(-1);
	close(fd);
}

/*
 * A new file takes the place of any old one, which a secondary of a primary
 * that was killed may have mapped still.
 */
static int
create(void)
{
	char new_path[PATH_MAX];
	uint8_t seed[LABYRINTH_SEED_LEN];
	int fd = -1;
	int ret;

	if (path_make(path, FILE_NAME) != 0 || path_make(new_path, FILE_NEW) != 0)
		return -ENAMETOOLONG;
	name_survivors();
	ret = labyrinth_seed_draw(seed);
	if (ret == 0)
		ret = file_make(new_path, &fd);
	if (ret == 0) {
		memcpy(&labyrinth_shared->cookie, seed, sizeof(labyrinth_shared->cookie));
		labyrinth_ops_publish();
		head_write(&labyrinth_shared->head);
		if (rename(new_path, path) != 0)
			ret = -errno;
	}
	if (ret != 0) {
		LAB_LOG(WARNING, "no %s: %s; secondary processes cannot use mazes of this one",
		        path, rte_strerror(-ret));
		if (fd >= 0)
			close(fd);
		(void)unlink(new_path);
		return ret;
	}
	labyrinth_alive_file(fd);
	maker = getpid();
	return 0;
}

static int
attach(void)
{
	struct labyrinth_process primary;
	int fd;
	int ret;

	if (path_make(path, FILE_NAME) != 0)
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	labyrinth_alive_file(fd);
	ret = head_check(fd);
	if (ret == 0)
		ret = map(fd);
	/* Nobody removed the file of a primary that was killed. */
	if (ret == 0 && (!labyrinth_process_get(0, &primary) || !primary.alive))
		ret = -ENOENT;
	/* It stays open for the lock of this process. */
	if (ret != 0) {
		labyrinth_alive_file(-1);
		close(fd);
	}
	return ret;
}

int
labyrinth_shared_open(void)
{
	int ret;

	if (labyrinth_shared_is_open())
		return 0;
	ret = rte_eal_process_type() == RTE_PROC_PRIMARY ? create() : attach();
	if (ret == 0)
		labyrinth_shared_set_open();
	return ret;
}

RTE_FINI(labyrinth_shared_fini)
{
	if (maker != 0 && maker == getpid())
		(void)unlink(path);
}
