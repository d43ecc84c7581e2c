/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A thread in seccomp's strict mode may read, write and exit; any other system
 * call kills it. It allocates and frees ten million times, and survives.
 */

#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit_pages.h"

#if UNIT_TSAN
/* The race detector makes system calls of its own. */
int
main(void)
{
	return UNIT_SKIPPED;
}
#else

struct job {
	void (*work)(struct job *job);
	struct unit_lab u;
	struct unit_pages p;
	uint32_t rounds;
	uint32_t failed;
	_Atomic uint32_t done;
};

static void
work_frames(struct job *job)
{
	void *frames[32];
	uint32_t round;

	for (round = 0; round < job->rounds; round++) {
		uint32_t n = round % 4 == 0 ? 32 : 1;
		uint32_t lane = round % 64 == 0 ? LABYRINTH_LANE_ANY : round / 512 % 8;

		job->failed += labyrinth_get(job->u.lab, lane, frames, n) != 0;
		labyrinth_put(job->u.lab, lane, frames, n);
	}
}

static void
work_pages(struct job *job)
{
	uint32_t round;

	for (round = 0; round < job->rounds; round++) {
		void *page = LABYRINTH_ALLOC_PAGE(job->p.lab);

		job->failed += page == NULL;
		labyrinth_free_page(job->p.lab, page);
	}
}

/* What shows that the mode is on. */
static void
work_forbidden(struct job *job)
{
	job->rounds = (uint32_t)syscall(SYS_getppid);
}

static void *
strict_thread(void *arg)
{
	struct job *job = arg;

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
		job->failed = UINT32_MAX;
		return NULL;
	}
	job->work(job);
	atomic_store(&job->done, 1);
	/* Not exit_group(), nor whatever else libc does at the end of a thread. */
	syscall(SYS_exit, 0);
	return NULL;
}

/*
 * Returns whether the thread came to its end. Called in a child: after a thread
 * that left without libc, a process is good for nothing else.
 */
static bool
run(struct job *job)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, strict_thread, job) != 0)
		_exit(10);
	pthread_join(thread, NULL);
	if (job->failed != 0)
		_exit(11);
	return atomic_load(&job->done) == 1;
}

static void
child_frames(void *arg)
{
	uint32_t flags = *(const uint32_t *)arg;
	struct labyrinth_params params = unit_params(2000, flags);
	struct job job = {
		.work = work_frames,
		.rounds = flags <= LABYRINTH_F_SEAL ? 10000000 : 1000000,
	};

	if (!unit_make(&job.u, &params, flags))
		_exit(1);
	if (!run(&job))
		_exit(2);
	if (labyrinth_count(job.u.lab) != 2000)
		_exit(3);
}

static void
test_frames(void)
{
	static const uint32_t profiles[] = {
		0,
		LABYRINTH_F_SEAL,
		LABYRINTH_F_SEAL | LABYRINTH_F_CANARY | LABYRINTH_F_POISON |
			LABYRINTH_F_RANDOM_REUSE,
	};
	struct unit_end end;
	size_t i;

	for (i = 0; i < UNIT_ARRAY_LEN(profiles); i++) {
		uint32_t flags = profiles[i];

		unit_child(child_frames, &flags, &end);
		CU_ASSERT_TRUE(unit_lived(&end));
	}
}

static void
child_pages(void *arg)
{
	struct job job = {.work = work_pages, .rounds = 10000000};

	(void)arg;
	if (!unit_pages_make(&job.p, 1, 0))
		_exit(1);
	if (!run(&job))
		_exit(2);
	if (labyrinth_count(job.p.lab) != 512)
		_exit(3);
}

static void
test_pages(void)
{
	struct unit_end end;

	unit_child(child_pages, NULL, &end);
	CU_ASSERT_TRUE(unit_lived(&end));
}

static void
child_forbidden(void *arg)
{
	struct job job = {.work = work_forbidden};

	(void)arg;
	if (run(&job))
		_exit(1);
}

/* Without this the other tests would prove nothing. */
static void
test_mode_is_on(void)
{
	struct unit_end end;

	unit_child(child_forbidden, NULL, &end);
	CU_ASSERT_TRUE(unit_lived(&end));
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"another system call kills", test_mode_is_on},
		{"ten million frames", test_frames},
		{"ten million pages", test_pages},
		CU_TEST_INFO_NULL,
	};

	return unit_main("seccomp", tests);
}
#endif
