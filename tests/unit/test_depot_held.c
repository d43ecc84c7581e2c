/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A process is held at every single instruction of a pop from the depot. Meanwhile the
 * room it has seen on top is taken, and the one below it; only the first comes back. All
 * looks as before, but for the version: were that not to go on, the pop would put a room
 * on top that is somebody's.
 */

#include <unistd.h>

#include "depot.h"
#include "unit_step.h"

enum {
	ROOMS = 6,
	INSTRUCTIONS_MOST = 5000, /* far more than a pop takes */
};

static struct unit_lab u;
static struct lab_head *head;

/* Where the held process leaves what it got: memory that both share. */
static _Atomic uint32_t *
popped(void)
{
	return unit_frame(&u, 0);
}

static void
pops(const void *arg)
{
	(void)arg;
	unit_stop_here();
	*popped() = lab_depot_pop(u.lab, head, NULL);
	unit_stop_here();
	_exit(0);
}

/* Take all rooms off the stack; tells how many, one too many if there is no end to them. */
static uint32_t
take_all(uint32_t rooms[ROOMS + 1])
{
	uint32_t n = 0;

	while (n <= ROOMS && (rooms[n] = lab_depot_pop(u.lab, head, NULL)) != LAB_NO_ROOM)
		n++;
	return n;
}

static bool
all_different(const uint32_t *rooms, uint32_t n)
{
	uint32_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < i; k++) {
			if (rooms[i] == rooms[k])
				return false;
		}
	}
	return true;
}

/* Hold it after so many instructions. Tells whether it had not ended by then. */
static bool
hold_at(uint32_t instructions, bool *good)
{
	pid_t pid = unit_traced(pops, NULL);
	uint32_t rooms[ROOMS + 3];
	bool held = pid > 0;
	uint32_t n, top;

	*good = held;
	while (held && instructions-- > 0)
		held = unit_step(pid) == UNIT_STEPPED;
	top = lab_depot_pop(u.lab, head, NULL);
	rooms[0] = lab_depot_pop(u.lab, head, NULL);
	lab_depot_push(u.lab, head, top);
	*good = *good && unit_run_to_end(pid) == 0;
	rooms[1] = *popped();
	n = 2 + take_all(&rooms[2]);
	*good = *good && n == ROOMS && all_different(rooms, n);
	while (*good && n > 0)
		lab_depot_push(u.lab, head, rooms[--n]);
	return held;
}

static void
test_pop(void)
{
	struct labyrinth_params params = unit_params(ROOMS * LABYRINTH_ROOM_FRAMES, 0);
	uint32_t rooms[ROOMS + 1];
	bool good = true;
	uint32_t at, n;

	if (!unit_make(&u, &params, 1))
		return;
	head = &u.lab->full[0];
	n = take_all(rooms);
	CU_ASSERT_EQUAL_FATAL(n, ROOMS);
	while (n > 0)
		lab_depot_push(u.lab, head, rooms[--n]);
	for (at = 0; at < INSTRUCTIONS_MOST && hold_at(at, &good) && good; at++)
		;
	CU_ASSERT_TRUE(good);
	if (!good)
		fprintf(stderr, "\nheld after %u instructions: a room is in two places, or lost\n",
		        at);
	CU_ASSERT_TRUE(at > 10 && at < INSTRUCTIONS_MOST);
	printf("held at %u instructions ... ", at);
	unit_drop(&u);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"a pop, and its top comes back", test_pop},
		CU_TEST_INFO_NULL,
	};

	if (!unit_may_step())
		return UNIT_SKIPPED;
	unit_share = true;
	return unit_main("depot held", tests);
}
