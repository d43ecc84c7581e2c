/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "app_message.h"
#include "gather.h"

/* Answers about frames asked for: of larger pools, every so many. */
#define ANSWERS_MOST 512
/* Answers about pieces of memory. */
#define PIECES_MOST 4096

static const char *const frame_arrays[] = {"address", "state", "lcore", "pid", "age_ms"};

/* The first name of a list of pools: NULL when there is none. Returns -1 when no answer came. */
static int
first_name(struct map_client *client, const char *command, json_t **name)
{
	json_t *list = map_client_ask(client, "%s", command);
	int ret = list == NULL ? -1 : 0;

	*name = json_incref(json_array_get(list, 0));
	json_decref(list);
	return ret;
}

static json_t *
pool_name(struct map_client *client, const char *name)
{
	json_t *found;

	if (name != NULL)
		return json_string(name);
	if (first_name(client, "/labyrinth/list", &found) != 0 || found != NULL)
		return found;
	if (first_name(client, "/mempool/list", &found) == 0 && found == NULL)
		app_error("%s: the process has no pool", client->path);
	return found;
}

/* Append the arrays of an answer to those of the pool. */
static void
append(json_t *pool, const char *to, const json_t *answer, const char *from)
{
	json_t *all = json_object_get(pool, to);
	json_t *some = json_object_get(answer, from);

	if (!json_is_array(some))
		return;
	if (all == NULL) {
		all = json_array();
		json_object_set_new(pool, to, all);
	}
	json_array_extend(all, some);
}

static json_int_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Where the memory lies. Also finds out whether there is such a pool. */
static int
gather_window(struct map_client *client, json_t *pool, const char *name)
{
	static const char *const words[] = {"handler", "backing",  "entrance",
	                                    "slots",   "slot_len", "frame_stride"};
	json_int_t next = 0, pieces;
	json_t *answer;
	size_t i;

	do {
		answer = map_client_ask(client, "/labyrinth/window,%s,%lld", name, (long long)next);
		if (!json_is_object(answer)) {
			if (answer != NULL)
				app_error("%s: no pool \"%s\" there, or the program has not "
				          "loaded labyrinth",
				          client->path, name);
			json_decref(answer);
			return -1;
		}
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			json_object_set(pool, words[i], json_object_get(answer, words[i]));
		append(pool, "piece_address", answer, "address");
		append(pool, "piece_len", answer, "len");
		pieces = number(answer, "pieces");
		if (number(answer, "next") <= next)
			pieces = 0;
		next = number(answer, "next");
		json_decref(answer);
	} while (next < pieces && next < PIECES_MOST);
	return 0;
}

static int
gather_frames(struct map_client *client, json_t *pool, const char *name)
{
	json_int_t first = 0, size = 1, step = 0, every = 1;
	json_t *answer;
	size_t i;

	while (first < size) {
		answer = map_client_ask(client, "/labyrinth/map,%s,%lld", name, (long long)first);
		if (!json_is_object(answer)) {
			if (answer != NULL)
				app_error("%s: pool \"%s\" went away", client->path, name);
			json_decref(answer);
			return -1;
		}
		size = number(answer, "size");
		if (step == 0) {
			step = number(answer, "next");
			every = step > 0 ? (size / step + ANSWERS_MOST) / ANSWERS_MOST : 1;
		}
		for (i = 0; i < sizeof(frame_arrays) / sizeof(frame_arrays[0]); i++)
			append(pool, frame_arrays[i], answer, frame_arrays[i]);
		json_decref(answer);
		if (step <= 0)
			break;
		first += step * every;
	}
	json_object_set_new(pool, "size", json_integer(size));
	json_object_set_new(pool, "sampled", json_integer(every));
	return 0;
}

static int
gather_order(struct map_client *client, json_t *pool, const char *name, int lcore)
{
	json_t *answer = lcore < 0 ? map_client_ask(client, "/labyrinth/order,%s", name)
	                           : map_client_ask(client, "/labyrinth/order,%s,%d", name, lcore);

	if (answer == NULL)
		return -1;
	json_object_set(pool, "order_known", json_object_get(answer, "known"));
	json_object_set_new(pool, "order_lcore", json_integer(lcore));
	append(pool, "order", answer, "address");
	json_decref(answer);
	return 0;
}

/* Gauges, of a labyrinth only. */
static int
gather_stats(struct map_client *client, json_t *pool, const char *name)
{
	json_t *answer = map_client_ask(client, "/labyrinth/lanes,%s", name);

	if (answer == NULL)
		return -1;
	if (json_is_object(answer))
		json_object_set(pool, "stats", answer);
	json_decref(answer);
	return 0;
}

json_t *
map_gather(struct map_client *client, const char *name, int lcore)
{
	json_t *found = pool_name(client, name);
	const char *text = json_string_value(found);
	json_t *pool = json_object();
	int bad = text == NULL || pool == NULL;

	if (!bad)
		json_object_set(pool, "name", found);
	/* The order first: it is the one that ages fastest beside what is drawn of it. */
	bad = bad || gather_window(client, pool, text) != 0 ||
	      gather_order(client, pool, text, lcore) != 0 ||
	      gather_stats(client, pool, text) != 0 || gather_frames(client, pool, text) != 0;
	json_decref(found);
	if (bad) {
		json_decref(pool);
		return NULL;
	}
	return pool;
}
