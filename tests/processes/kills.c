/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A secondary that gets and puts without pause is killed at random instants, many
 * times, and the primary watched: does it go on, how fast, is a buffer missing?
 * This process is the supervisor, without EAL: nothing can make it hang.
 *
 * kills COUNT HANDLER OPTIONS -- EAL OPTIONS: prints one line of results:
 * kills, hangs, kills after which it was slow, stops during which it was, lost, twice, reclaimed,
 * in lanes, errors.
 */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kills.h"

#define MS        1000u
#define ARGS_MOST 32
#define SLOW      4 /* a fourth of what it was before is "back" */
#define START_MS  20000
#define HANG_MS   3000
#define COUNT_MS  10000
#define WINDOW_MS 100
#define WINDOWS   10 /* one second */
#define STOPS     2  /* before each kill */
#define RANDOM_US 20000

struct results {
	unsigned int kills, hangs, slow, stalls, errors;
	uint64_t lost, twice, reclaimed, in_lanes;
};

static struct kills_shared *shared;
static char **eal;
static int eal_count;

static pid_t
start(const char *type, const char *lcores)
{
	char proc_type[32];
	char *args[ARGS_MOST];
	int n = 0, i;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	/* Nobody is left behind, whatever ends us. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(proc_type, sizeof(proc_type), "--proc-type=%s", type);
	args[n++] = (char *)(uintptr_t) "kills";
	args[n++] = proc_type;
	args[n++] = (char *)(uintptr_t) "--lcores";
	args[n++] = (char *)(uintptr_t)lcores;
	for (i = 0; i < eal_count && n < ARGS_MOST - 1; i++)
		args[n++] = eal[i];
	args[n] = NULL;
	execv("/proc/self/exe", args);
	_exit(EXIT_FAILURE);
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Until a counter has moved on from what it was, or time is up. */
static bool
moves(_Atomic uint64_t *counter, unsigned int ms)
{
	uint64_t before = atomic_load(counter);

	while (atomic_load(counter) == before && ms-- > 0)
		usleep(MS);
	return atomic_load(counter) != before;
}

static bool
tell(enum kills_order order)
{
	uint32_t number = (atomic_load(&shared->order) / 4 + 1) * 4 + order;
	unsigned int ms = COUNT_MS;

	atomic_store(&shared->order, number);
	while (atomic_load(&shared->done) != number && ms-- > 0)
		usleep(MS);
	return atomic_load(&shared->done) == number;
}

static uint64_t
in_window(void)
{
	uint64_t before = atomic_load(&shared->rounds);

	usleep(WINDOW_MS * MS);
	return atomic_load(&shared->rounds) - before;
}

static bool
is_back(uint64_t before)
{
	unsigned int i;

	for (i = 0; i < WINDOWS; i++) {
		if (in_window() >= before / SLOW)
			return true;
	}
	return false;
}

static pid_t
start_primary(void)
{
	unsigned int ms = START_MS;
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	pid = start("primary", "(0,1)@(0,1)");
	while (!atomic_load(&shared->ready) && ms-- > 0) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return -1;
		usleep(MS);
	}
	if (ms > 0 && moves(&shared->rounds, HANG_MS))
		return pid;
	end(pid);
	return -1;
}

/* Told to end, it does so by itself. */
static bool
ends_well(pid_t pid)
{
	unsigned int ms = COUNT_MS;
	int status;

	while (ms-- > 0) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
		usleep(MS);
	}
	end(pid);
	return false;
}

/* Stopped at a random instant: the primary goes on meanwhile, the secondary afterwards. */
static void
stop_and_continue(pid_t pid, uint64_t before, struct results *results)
{
	int status;

	usleep((unsigned int)rand() % RANDOM_US);
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status)) {
		results->errors++;
		return;
	}
	results->stalls += !is_back(before);
	kill(pid, SIGCONT);
	results->errors += !moves(&shared->other_rounds, HANG_MS);
}

/* One kill. Returns false when the primary hangs. */
static bool
one(struct results *results, uint32_t *missing)
{
	uint64_t before = in_window();
	pid_t pid = start("secondary", "2@(0,1)");
	bool ran = moves(&shared->other_rounds, START_MS);
	unsigned int i;

	for (i = 0; ran && i < STOPS; i++)
		stop_and_continue(pid, before, results);
	usleep((unsigned int)rand() % RANDOM_US);
	end(pid);
	results->kills++;
	results->errors += !ran;
	results->slow += !is_back(before);
	if (!moves(&shared->rounds, HANG_MS))
		return false;
	shared->reclaimed = shared->in_lanes = 0;
	if (!tell(KILLS_RECLAIM) || !tell(KILLS_COUNT))
		return false;
	results->errors += shared->ret != 0;
	results->reclaimed += shared->reclaimed;
	results->in_lanes += shared->in_lanes;
	results->twice += shared->twice;
	results->errors += shared->free != shared->got;
	if (shared->got < KILLS_SIZE - *missing)
		results->lost += KILLS_SIZE - *missing - shared->got;
	*missing = KILLS_SIZE - shared->got;
	return true;
}

static int
supervise(unsigned int count, struct results *results)
{
	uint32_t missing = 0;
	pid_t primary = -1;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (primary < 0) {
			missing = 0;
			primary = start_primary();
		}
		if (primary < 0)
			return -1;
		if (!one(results, &missing)) {
			results->hangs++;
			end(primary);
			primary = -1;
		}
	}
	if (primary < 0)
		return 0;
	results->errors += !tell(KILLS_END);
	results->errors += !ends_well(primary);
	return 0;
}

static int
supervisor(int argc, char **argv)
{
	struct results results = {0};
	char text[16];
	int fd, ret;

	if (argc < 5 || strcmp(argv[4], "--") != 0) {
		fprintf(stderr, "usage: kills COUNT HANDLER OPTIONS -- EAL OPTIONS\n");
		return EXIT_FAILURE;
	}
	fd = memfd_create("kills", 0);
	if (fd < 0 || ftruncate(fd, sizeof(*shared)) != 0)
		return EXIT_FAILURE;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return EXIT_FAILURE;
	snprintf(text, sizeof(text), "%d", fd);
	setenv(KILLS_FD, text, 1);
	setenv(KILLS_OPS, argv[2], 1);
	setenv(KILLS_WITH, argv[3], 1);
	eal = argv + 5;
	eal_count = argc - 5;
	srand((unsigned int)time(NULL));
	ret = supervise((unsigned int)atoi(argv[1]), &results);
	printf("%u %u %u %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u\n", results.kills,
	       results.hangs, results.slow, results.stalls, results.lost, results.twice,
	       results.reclaimed, results.in_lanes, results.errors);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	const char *fd = getenv(KILLS_FD);

	if (fd == NULL)
		return supervisor(argc, argv);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, atoi(fd), 0);
	if (shared == MAP_FAILED)
		return EXIT_FAILURE;
	return strcmp(argv[1], "--proc-type=primary") == 0 ? kills_primary(shared, argc, argv)
	                                                   : kills_secondary(shared, argc, argv);
}
