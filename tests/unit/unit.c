/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "labyrinth_entropy.h"
#include "depot.h"
#include "unit.h"

struct labyrinth_violation unit_last;
uint32_t unit_told;
bool unit_share;
uint32_t unit_piece;

int
unit_main(const char *name, CU_TestInfo *tests)
{
	CU_SuiteInfo suites[] = {
		{name, NULL, NULL, NULL, NULL, tests},
		CU_SUITE_INFO_NULL,
	};
	int status = EXIT_FAILURE;

	/* Children must not write again what their parent has not written yet. */
	setvbuf(stdout, NULL, _IONBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	if (CU_register_suites(suites) == CUE_SUCCESS) {
		CU_basic_set_mode(CU_BRM_VERBOSE);
		CU_basic_run_tests();
		if (CU_get_number_of_tests_run() > 0 && CU_get_number_of_failures() == 0)
			status = EXIT_SUCCESS;
	}
	CU_cleanup_registry();
	return status;
}

uint32_t
unit_rounds(uint32_t n)
{
	uint32_t divisor = UNIT_TSAN ? 16 : UNIT_ASAN ? 4 : 1;

	return n / divisor > 0 ? n / divisor : 1;
}

const uint8_t *
unit_seed(uint64_t number)
{
	static _Thread_local uint8_t seed[LABYRINTH_SEED_LEN];

	memset(seed, 0x5a, sizeof(seed));
	memcpy(seed, &number, sizeof(number));
	return seed;
}

struct labyrinth_params
unit_params(uint32_t frames, uint32_t flags)
{
	struct labyrinth_params params = {
		.frames = frames,
		.lanes = 8,
		.busy_lanes = 8,
		.flags = flags,
		.frame_len = 256,
	};

	return params;
}

/* Memory aligned to a slot, with unmapped memory around it. */
static uint8_t *
slots_map(size_t len)
{
	size_t all = len + 2 * (size_t)LABYRINTH_SLOT_SIZE;
	int sharing = unit_share ? MAP_SHARED : MAP_PRIVATE;
	uint8_t *base = mmap(NULL, all, PROT_NONE, sharing | MAP_ANONYMOUS, -1, 0);
	uint8_t *at;

	if (base == MAP_FAILED)
		return NULL;
	at = (uint8_t *)(((uintptr_t)base + LABYRINTH_SLOT_SIZE) &
	                 ~(uintptr_t)(LABYRINTH_SLOT_SIZE - 1));
	munmap(base, (size_t)(at - base));
	munmap(at + len, (size_t)(base + all - (at + len)));
	if (mprotect(at, len, PROT_READ | PROT_WRITE) == 0)
		return at;
	munmap(at, len);
	return NULL;
}

static bool
memory_make(struct unit_lab *u, const struct labyrinth_params *params)
{
	size_t slot = LABYRINTH_SLOT_SIZE;

	u->frame_len = params->frame_len;
	u->stride = LABYRINTH_HEADER_LEN +
	            ((size_t)params->frame_len + LABYRINTH_CANARY_LEN + 63) / 64 * 64;
	u->memory_len = (u->stride * params->frames + slot - 1) / slot * slot;
	u->memory = slots_map(u->memory_len);
	u->got = calloc(params->frames, sizeof(u->got[0]));
	return u->memory != NULL && u->got != NULL;
}

static bool
frames_add(struct unit_lab *u, const struct labyrinth_params *params)
{
	uint32_t i;

	if (labyrinth_cover(u->lab, u->memory, u->memory_len) != 0)
		return false;
	for (i = 0; i < params->frames; i++) {
		uint8_t *header = u->memory + u->stride * i;

		if (labyrinth_add(u->lab, header + LABYRINTH_HEADER_LEN) != 0)
			return false;
		u->frames++;
		if (unit_piece != 0 && u->frames % unit_piece == 0)
			labyrinth_open(u->lab);
	}
	labyrinth_open(u->lab);
	return labyrinth_count(u->lab) == params->frames;
}

bool
unit_make(struct unit_lab *u, const struct labyrinth_params *params, uint64_t seed)
{
	struct labyrinth_params copy = *params;
	bool good;

	memset(u, 0, sizeof(*u));
	good = memory_make(u, &copy);
	if (copy.slots == 0)
		copy.slots = (uint32_t)(u->memory_len / LABYRINTH_SLOT_SIZE);
	u->len = labyrinth_footprint(&copy);
	u->shared_len = unit_share ? (u->len + LABYRINTH_SLOT_SIZE) & ~(size_t)4095 : 0;
	if (u->len != 0)
		u->lab = (labyrinth_t *)(unit_share ? slots_map(u->shared_len)
		                                    : aligned_alloc(128, u->len));
	good = good && u->lab != NULL &&
	       labyrinth_init(u->lab, u->len, &copy, unit_seed(seed)) == 0 && frames_add(u, &copy);
	CU_ASSERT_TRUE(good);
	if (!good)
		unit_drop(u);
	return good;
}

void
unit_drop(struct unit_lab *u)
{
	if (u->memory != NULL)
		munmap(u->memory, u->memory_len);
	if (u->shared_len == 0)
		free(u->lab);
	else if (u->lab != NULL)
		munmap(u->lab, u->shared_len);
	free(u->got);
	memset(u, 0, sizeof(*u));
}

void *
unit_frame(const struct unit_lab *u, uint32_t index)
{
	return u->memory + u->stride * index + LABYRINTH_HEADER_LEN;
}

uint32_t
unit_index(const struct unit_lab *u, const void *frame)
{
	size_t off = (size_t)((const uint8_t *)frame - u->memory) - LABYRINTH_HEADER_LEN;

	if (off % u->stride != 0 || off / u->stride >= u->frames)
		return UINT32_MAX;
	return (uint32_t)(off / u->stride);
}

bool
unit_all_once(struct unit_lab *u, uint32_t lane)
{
	bool *seen = calloc(u->frames, sizeof(seen[0]));
	uint32_t once = 0;
	uint32_t i;

	if (seen == NULL || labyrinth_get(u->lab, lane, u->got, u->frames) != 0) {
		free(seen);
		return false;
	}
	for (i = 0; i < u->frames; i++) {
		uint32_t index = unit_index(u, u->got[i]);

		if (index == UINT32_MAX || seen[index])
			break;
		seen[index] = true;
		once++;
	}
	free(seen);
	return once == u->frames && labyrinth_count(u->lab) == 0;
}

void
unit_remember(const struct labyrinth_violation *violation)
{
	unit_last = *violation;
	unit_told++;
}

void
unit_lanes_busy(labyrinth_t *lab, bool busy)
{
	uint32_t i;

	for (i = 0; i < lab->lane_count; i++) {
		if (busy)
			atomic_fetch_or(&lab->lanes[i].slot, LAB_BUSY);
		else
			atomic_fetch_and(&lab->lanes[i].slot, ~LAB_BUSY);
	}
}

uint32_t
unit_hide_rooms(labyrinth_t *lab)
{
	uint32_t n = 0;
	uint32_t i;

	for (i = 0; i < LAB_SHELVES; i++)
		while (lab_depot_pop(lab, &lab->empty[i], NULL) != LAB_NO_ROOM)
			n++;
	return n;
}

void
unit_hide_all_rooms(labyrinth_t *lab)
{
	uint32_t i;

	unit_hide_rooms(lab);
	for (i = 0; i < lab->lane_count; i++)
		lab->lanes[i].slot &= ~LAB_SLOT_ROOMS;
}
