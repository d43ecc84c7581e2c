/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Which processes there are, and whether they still live. A process is named
 * by its id and the time it was started, so that a later one with the same id
 * is not taken for it.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>

#include "labyrinth_alive.h"
#include "labyrinth_log.h"
#include "labyrinth_shared.h"

#define START_BITS 42
#define START_MASK ((1ull << START_BITS) - 1)
/* Fields of /proc/PID/stat, counted from 1. */
#define STAT_STATE   3
#define STAT_THREADS 20
#define STAT_START   22

static struct labyrinth_shared alone;
static bool shared_is_open;

struct labyrinth_shared *labyrinth_shared = &alone;
uint32_t labyrinth_lane_base;

static uint32_t self = LABYRINTH_PROCESS_NONE;
static uint64_t own_who;

struct stat_fields {
	char state;
	uint64_t threads;
	uint64_t start;
};

/* The name in it may contain anything, so fields are counted from its end. */
static int
stat_parse(const char *text, struct stat_fields *fields)
{
	const char *at = strrchr(text, ')');
	unsigned int field;

	if (at == NULL)
		return -EINVAL;
	for (field = STAT_STATE; field <= STAT_START; field++) {
		at = strchr(at, ' ');
		if (at == NULL)
			return -EINVAL;
		at++;
		if (field == STAT_STATE)
			fields->state = *at;
		else if (field == STAT_THREADS)
			fields->threads = strtoull(at, NULL, 10);
		else if (field == STAT_START)
			fields->start = strtoull(at, NULL, 10);
	}
	return 0;
}

static int
stat_read(uint32_t pid, struct stat_fields *fields)
{
	char path[32];
	char text[1024];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return stat_parse(text, fields);
}

static uint32_t
who_pid(uint64_t who)
{
	return (uint32_t)(who >> START_BITS);
}

/* Ended, and only not yet waited for? */
static bool
is_over(const struct stat_fields *fields)
{
	return (fields->state == 'Z' || fields->state == 'X') && fields->threads <= 1;
}

static uint64_t
who_am_i(void)
{
	struct stat_fields fields = {0};

	(void)stat_read((uint32_t)getpid(), &fields);
	return (uint64_t)getpid() << START_BITS | (fields.start & START_MASK);
}

static uint64_t
who_has(uint32_t entry)
{
	if (entry >= LABYRINTH_PROCESSES)
		return 0;
	/*
	 * @atomic process-who: pairs process-claim, process-leave. Else:
	 * half of one process's name is read with half of another's.
	 */
	return atomic_load_explicit(&labyrinth_shared->process[entry].who, memory_order_acquire);
}

static bool
id_gone(uint64_t who)
{
	struct stat_fields fields = {0};
	int ret = stat_read(who_pid(who), &fields);

	/* Without /proc, or where others are hidden in it, ids must do. */
	if (ret != 0)
		return kill((pid_t)who_pid(who), 0) != 0 && errno == ESRCH;
	if ((fields.start & START_MASK) != (who & START_MASK))
		return true;
	return is_over(&fields);
}

/*
 * A lock tells for sure that a process lives, wherever its id counts. Without it, ids
 * tell; and a process that has started another program keeps its id, but not the file.
 */
static bool
who_gone(uint64_t who)
{
	uint32_t i;

	if (who == own_who && self != LABYRINTH_PROCESS_NONE)
		return false;
	for (i = 0; i < LABYRINTH_PROCESSES; i++) {
		if (who_has(i) == who && labyrinth_alive_locked(i))
			return false;
	}
	return id_gone(who) || labyrinth_alive_unmapped(who_pid(who));
}

static void
lanes_choose(uint32_t entry)
{
	self = entry;
	labyrinth_lane_base =
		entry < LABYRINTH_PROCESSES_LANED ? entry * RTE_MAX_LCORE : UINT32_MAX;
	/* Guest lanes are divided, too. */
	labyrinth_process(entry);
}

bool
labyrinth_process_forked(void)
{
	if (own_who == 0)
		return false;
	lanes_choose(LABYRINTH_PROCESS_NONE);
	return true;
}

static bool
swap_who(uint32_t entry, uint64_t from, uint64_t to)
{
	/*
	 * @atomic process-claim: pairs process-who, process-claim, process-leave. Else: two
	 * processes have one entry, or the new one's lanes are read as they were before.
	 */
	return atomic_compare_exchange_strong_explicit(&labyrinth_shared->process[entry].who, &from,
	                                               to, memory_order_acq_rel,
	                                               memory_order_relaxed);
}

static bool
has_ended(uint32_t entry)
{
	/* @atomic ended-look: pairs ended-set, ended-clear. Else: an entry is taken too early. */
	return atomic_load_explicit(&labyrinth_shared->process[entry].ended,
	                            memory_order_acquire) != 0;
}

static bool
hold(struct labyrinth_entry *entry)
{
	uint64_t holder = 0;

	/* Who held it may have been killed. */
	do {
		/* @atomic entry-hold: pairs entry-hold, entry-release. Else: what is used by its
		 * heir is recovered. */
		if (atomic_compare_exchange_strong_explicit(&entry->holder, &holder, own_who,
		                                            memory_order_acq_rel,
		                                            memory_order_acquire))
			return true;
	} while (who_gone(holder));
	return false;
}

int
labyrinth_process_hold(uint32_t entry, uint64_t who)
{
	if (!hold(&labyrinth_shared->process[entry]))
		return -EBUSY;
	if (who != 0 && who_has(entry) == who && who_gone(who))
		return 0;
	labyrinth_process_release(entry);
	return -ESTALE;
}

void
labyrinth_process_release(uint32_t entry)
{
	/* @atomic entry-release: pairs entry-hold. Else: the next one sees what it was before. */
	atomic_store_explicit(&labyrinth_shared->process[entry].holder, 0, memory_order_release);
}

void
labyrinth_process_bar(uint32_t entry)
{
	/* @atomic ended-clear: pairs ended-look. Else: an entry is taken too early. */
	atomic_store_explicit(&labyrinth_shared->process[entry].ended, 0, memory_order_release);
}

/*
 * An entry is free when nobody has it, or when who had it ended by itself: its heir
 * takes over its lanes one by one. Who was killed is to be recovered first.
 */
static bool
claim(uint32_t entry)
{
	uint64_t who = who_has(entry);
	bool good;

	if (who != 0 && (!has_ended(entry) || labyrinth_process_hold(entry, who) != 0))
		return false;
	/* Locked before it is claimed: nobody must find it claimed and not locked. */
	good = labyrinth_alive_lock(entry);
	/* Recovery may have begun before the entry was held. */
	if (good && !((who == 0 || has_ended(entry)) && swap_who(entry, who, own_who))) {
		labyrinth_alive_unlock(entry);
		good = false;
	}
	if (good)
		labyrinth_process_bar(entry);
	if (who != 0)
		labyrinth_process_release(entry);
	return good;
}

int
labyrinth_process_claim(void)
{
	bool primary = rte_eal_process_type() == RTE_PROC_PRIMARY;
	uint32_t first = primary ? 0 : 1;
	uint32_t last = primary ? 0 : LABYRINTH_PROCESSES - 1;
	uint32_t i;

	own_who = who_am_i();
	for (i = first; i <= last; i++) {
		if (!claim(i))
			continue;
		lanes_choose(i);
		return 0;
	}
	lanes_choose(LABYRINTH_PROCESS_NONE);
	LAB_LOG(WARNING,
	        "all %u entries for processes are taken, by living processes or by killed ones "
	        "that nobody recovered: the primary does not know of this one",
	        LABYRINTH_PROCESSES);
	return -ENOSPC;
}

void
labyrinth_shared_set_open(void)
{
	shared_is_open = true;
}

bool
labyrinth_shared_is_open(void)
{
	return shared_is_open;
}

uint32_t
labyrinth_lanes_wanted(void)
{
	return labyrinth_lanes_shares() * RTE_MAX_LCORE;
}

uint32_t
labyrinth_lanes_shares(void)
{
	return labyrinth_shared_is_open() ? LABYRINTH_LANES_SHARES : 1;
}

uint32_t
labyrinth_process_self(void)
{
	return self;
}

bool
labyrinth_process_get(uint32_t entry, struct labyrinth_process *process)
{
	uint64_t who = who_has(entry);
	bool laned = entry < LABYRINTH_PROCESSES_LANED;

	if (who == 0)
		return false;
	*process = (struct labyrinth_process){
		.entry = entry,
		.pid = who_pid(who),
		.who = who,
		.first_lane = laned ? entry * RTE_MAX_LCORE : LABYRINTH_LANE_ANY,
		.lanes = laned ? RTE_MAX_LCORE : 0,
		.alive = !who_gone(who),
	};
	return true;
}

bool
labyrinth_process_dead(uint32_t entry)
{
	uint64_t who = who_has(entry);

	return who != 0 && who_gone(who);
}

int
labyrinth_process_forget(uint32_t entry, uint64_t who)
{
	if (who == 0 || who_has(entry) != who)
		return -ESTALE;
	if (!who_gone(who))
		return -EBUSY;
	return swap_who(entry, who, 0) ? 0 : -ESTALE;
}

/* Has a process with an entry this id, and lives? In a namespace of its own it may be one alone. */
static bool
id_lives(uint32_t pid)
{
	uint32_t i;

	for (i = 0; i < LABYRINTH_PROCESSES; i++) {
		uint64_t who = who_has(i);

		if (who != 0 && who_pid(who) == pid && !who_gone(who))
			return true;
	}
	return false;
}

bool
labyrinth_process_id_gone(uint32_t pid)
{
	struct stat_fields fields = {0};
	int ret;

	if (id_lives(pid))
		return false;
	ret = stat_read(pid, &fields);
	if (ret != 0)
		return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
	return is_over(&fields) || labyrinth_alive_unmapped(pid);
}

/* At the end of a process, even of one that does not clean up. */
RTE_FINI(labyrinth_processes_fini)
{
	if (self == LABYRINTH_PROCESS_NONE)
		return;
	if (self == 0) {
		/*
		 * @atomic process-leave: pairs process-claim, process-who. Else: secondaries
		 * believe that the primary lives.
		 */
		atomic_store_explicit(&labyrinth_shared->process[0].who, 0, memory_order_release);
	} else {
		/* Threads may still be in a call: it has an end only when the process has. */
		/* @atomic ended-set: pairs ended-look. Else: the entry is kept for recovery. */
		atomic_store_explicit(&labyrinth_shared->process[self].ended, 1,
		                      memory_order_release);
	}
	self = LABYRINTH_PROCESS_NONE;
}
