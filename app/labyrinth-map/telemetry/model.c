/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_message.h"
#include "model.h"

#define FRAMES_MOST (1u << 27)
#define SLOTS_MOST  (1u << 22)
/* Memory further apart than so many slots is drawn without what lies between. */
#define EXTENT_MOST 1024

/* --- reading ------------------------------------------------------------------ */

static int
wrong(const char *where, const char *name, const char *what)
{
	app_error("%s: \"%s\" is %s", where, name, what);
	return -1;
}

static int
read_number(const json_t *json, const char *where, const char *name, uint64_t most, uint64_t *value)
{
	const json_t *number = json_object_get(json, name);
	json_int_t got = json_integer_value(number);

	if (!json_is_integer(number))
		return wrong(where, name, "no number");
	if (got < 0 || (uint64_t)got > most)
		return wrong(where, name, "out of range");
	*value = (uint64_t)got;
	return 0;
}

static int
read_text(const json_t *json, const char *where, const char *name, char *text, size_t size)
{
	const json_t *string = json_object_get(json, name);

	if (!json_is_string(string) || strlen(json_string_value(string)) >= size)
		return wrong(where, name, "no word, or a very long one");
	memcpy(text, json_string_value(string), strlen(json_string_value(string)) + 1);
	return 0;
}

/* An array of so many numbers from low on; NULL and 0 if it may be left out and is. */
static int
read_array(const json_t *json, const char *where, const char *name, size_t len, json_int_t low,
           const json_t **array)
{
	const json_t *found = json_object_get(json, name);
	const json_t *one;
	size_t i;

	*array = NULL;
	if (found == NULL)
		return 0;
	if (!json_is_array(found) || json_array_size(found) != len)
		return wrong(where, name, "no array of the length that belongs to it");
	json_array_foreach(found, i, one)
	{
		if (!json_is_integer(one) || json_integer_value(one) < low)
			return wrong(where, name, "no array of numbers in range");
	}
	*array = found;
	return 0;
}

static uint64_t
at(const json_t *array, size_t i)
{
	return (uint64_t)json_integer_value(json_array_get(array, i));
}

/* --- frames ------------------------------------------------------------------- */

static int
by_address(const void *a, const void *b)
{
	const struct map_frame *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static int
read_frames(struct map_pool *pool, const json_t *json, const char *where)
{
	const json_t *address = json_object_get(json, "address"), *state, *lcore, *age;
	size_t n = json_array_size(address), i;

	if (n == 0 || n > FRAMES_MOST)
		return wrong(where, "address", "no array of frames");
	if (read_array(json, where, "address", n, 1, &address) != 0 ||
	    read_array(json, where, "state", n, 0, &state) != 0 ||
	    read_array(json, where, "lcore", n, -1, &lcore) != 0 ||
	    read_array(json, where, "age_ms", n, 0, &age) != 0)
		return -1;
	pool->frame = calloc(n, sizeof(*pool->frame));
	if (pool->frame == NULL)
		return wrong(where, "address", "too long for the memory there is");
	pool->nb_frames = (uint32_t)n;
	pool->states_known = state != NULL;
	for (i = 0; i < n; i++) {
		struct map_frame *frame = &pool->frame[i];

		frame->address = at(address, i);
		frame->age_ms = age == NULL ? 0 : at(age, i);
		frame->lcore = lcore == NULL ? -1 : (int)at(lcore, i);
		if (state != NULL && at(state, i) >= MAP_STATES)
			return wrong(where, "state", "no array of states from 0 to 4");
		frame->state = state == NULL ? MAP_UNKNOWN : (uint8_t)at(state, i);
	}
	qsort(pool->frame, n, sizeof(*pool->frame), by_address);
	return 0;
}

/* --- slots -------------------------------------------------------------------- */

static struct map_slot *
slot_find(const struct map_pool *pool, uint64_t address)
{
	uint32_t low = 0, high = pool->nb_slots, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (pool->slot[mid].address + pool->slot_len <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == pool->nb_slots || pool->slot[low].address > address)
		return NULL;
	return &pool->slot[low];
}

static int
slots_make(struct map_pool *pool, const char *where, uint64_t base, uint64_t n)
{
	uint32_t i;

	if (n == 0 || n > SLOTS_MOST)
		return wrong(where, "slots", "out of range");
	pool->slot = calloc(n, sizeof(*pool->slot));
	if (pool->slot == NULL)
		return wrong(where, "slots", "too much for the memory there is");
	pool->nb_slots = (uint32_t)n;
	for (i = 0; i < pool->nb_slots; i++)
		pool->slot[i].address = base + i * pool->slot_len;
	return 0;
}

/* Memory that is no window: the slots that frames lie in, and what lies between if it is little. */
static int
slots_around(struct map_pool *pool, const char *where)
{
	uint64_t len = pool->slot_len;
	uint64_t base = pool->frame[0].address / len * len;
	uint64_t last = pool->frame[pool->nb_frames - 1].address / len * len;
	uint64_t n = 0, slot = 0;
	uint32_t i;

	if ((last - base) / len < EXTENT_MOST)
		return slots_make(pool, where, base, (last - base) / len + 1);
	for (i = 0; i < pool->nb_frames; i++) {
		n += i == 0 || pool->frame[i].address / len * len != slot;
		slot = pool->frame[i].address / len * len;
	}
	if (slots_make(pool, where, base, n) != 0)
		return -1;
	for (i = 0, n = 0; i < pool->nb_frames; i++) {
		slot = pool->frame[i].address / len * len;
		if (n == 0 || pool->slot[n - 1].address != slot)
			pool->slot[n++].address = slot;
	}
	return 0;
}

static int
place_frames(struct map_pool *pool, const char *where)
{
	uint32_t i;

	for (i = 0; i < pool->nb_frames; i++) {
		struct map_frame *frame = &pool->frame[i];
		struct map_slot *slot = slot_find(pool, frame->address);

		if (slot == NULL)
			return wrong(where, "address", "an address outside of the window");
		frame->slot = (uint32_t)(slot - pool->slot);
		frame->rank = slot->frames++;
		slot->memory = true;
		slot->state[frame->state]++;
	}
	for (i = 0; i < pool->nb_slots; i++)
		pool->nb_pages += pool->slot[i].memory;
	return 0;
}

static int
read_slots(struct map_pool *pool, const json_t *json, const char *where)
{
	uint64_t entrance, slots, i;
	const json_t *pieces;

	if (read_number(json, where, "entrance", INT64_MAX / 2, &entrance) != 0 ||
	    read_number(json, where, "slots", SLOTS_MOST, &slots) != 0 ||
	    read_number(json, where, "slot_len", UINT32_MAX, &pool->slot_len) != 0)
		return -1;
	if (pool->slot_len < 4096)
		return wrong(where, "slot_len", "less than a page");
	pool->maze = slots > 0;
	if (!pool->maze)
		return slots_around(pool, where);
	if (slots_make(pool, where, entrance, slots) != 0 ||
	    read_array(json, where, "piece_address",
	               json_array_size(json_object_get(json, "piece_address")), 1, &pieces) != 0)
		return -1;
	/* A page without a frame is no wall. */
	for (i = 0; i < json_array_size(pieces); i++) {
		struct map_slot *slot = slot_find(pool, at(pieces, i));

		if (slot != NULL)
			slot->memory = true;
	}
	return 0;
}

/* --- the path ----------------------------------------------------------------- */

static uint32_t
frame_find(const struct map_pool *pool, uint64_t address)
{
	const struct map_frame key = {.address = address};
	const struct map_frame *found =
		bsearch(&key, pool->frame, pool->nb_frames, sizeof(key), by_address);

	return found == NULL ? MAP_NO_FRAME : (uint32_t)(found - pool->frame);
}

static int
read_path(struct map_pool *pool, const json_t *json, const char *where)
{
	size_t n = json_array_size(json_object_get(json, "order")), i;
	const json_t *order;

	pool->order_known = json_integer_value(json_object_get(json, "order_known")) == 1;
	pool->order_lcore = (int)json_integer_value(json_object_get(json, "order_lcore"));
	if (read_array(json, where, "order", n, 0, &order) != 0)
		return -1;
	if (order == NULL || n == 0)
		return 0;
	pool->path = calloc(n, sizeof(*pool->path));
	if (pool->path == NULL)
		return wrong(where, "order", "too long for the memory there is");
	pool->nb_path = (uint32_t)n;
	for (i = 0; i < n; i++)
		pool->path[i] = frame_find(pool, at(order, i));
	return 0;
}

/* Files of older versions do not tell. */
static void
read_origin(struct map_pool *pool, const json_t *json)
{
	const char *program = json_string_value(json_object_get(json, "program"));
	const char *time = json_string_value(json_object_get(json, "time"));
	json_int_t process = json_integer_value(json_object_get(json, "process"));

	snprintf(pool->program, sizeof(pool->program), "%s", program != NULL ? program : "");
	snprintf(pool->time, sizeof(pool->time), "%s", time != NULL ? time : "");
	pool->process = process > 0 ? (uint64_t)process : 0;
}

int
map_pool_read(struct map_pool *pool, const json_t *json, const char *where)
{
	memset(pool, 0, sizeof(*pool));
	if (!json_is_object(json)) {
		app_error("%s: a pool is no JSON object", where);
		return -1;
	}
	if (read_text(json, where, "name", pool->name, sizeof(pool->name)) != 0 ||
	    read_text(json, where, "handler", pool->handler, sizeof(pool->handler)) != 0 ||
	    read_number(json, where, "frame_stride", UINT32_MAX, &pool->frame_stride) != 0 ||
	    read_number(json, where, "size", UINT32_MAX, &pool->size) != 0 ||
	    read_number(json, where, "sampled", UINT32_MAX, &pool->sampled) != 0)
		return -1;
	read_origin(pool, json);
	if (read_frames(pool, json, where) != 0 || read_slots(pool, json, where) != 0 ||
	    place_frames(pool, where) != 0)
		return -1;
	pool->stats = json_incref(json_object_get(json, "stats"));
	return read_path(pool, json, where);
}

void
map_pool_free(struct map_pool *pool)
{
	free(pool->slot);
	free(pool->frame);
	free(pool->path);
	json_decref(pool->stats);
	memset(pool, 0, sizeof(*pool));
}

void
map_pool_steps(const struct map_pool *pool, uint32_t n, struct map_steps *steps)
{
	uint32_t i;

	*steps = (struct map_steps){0};
	for (i = 1; i < n && i < pool->nb_path; i++) {
		uint32_t from = pool->path[i - 1], to = pool->path[i];
		int64_t step;

		if (from == MAP_NO_FRAME || to == MAP_NO_FRAME)
			continue;
		step = llabs((int64_t)(pool->frame[to].address - pool->frame[from].address));
		if (steps->nb == 0 || step < steps->shortest)
			steps->shortest = step;
		if (step > steps->longest)
			steps->longest = step;
		steps->forward += to == from + 1;
		steps->nb++;
	}
}
