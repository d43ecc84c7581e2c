/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app_clock.h"
#include "app_message.h"
#include "gather.h"

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

/*
 * A step through so many answers that meets each once and, wherever it ends, has met parts from
 * everywhere: about the golden section, and without a common divisor.
 */
static json_int_t
stride_of(json_int_t answers)
{
	json_int_t stride = (json_int_t)((double)answers * 0.618) + 1, a, b, rest;

	for (;; stride++) {
		for (a = answers, b = stride; b != 0; a = b, b = rest)
			rest = a % b;
		if (a == 1)
			return stride;
	}
}

/* One answer. Returns how many frames one tells of, -1 when none came. */
static json_int_t
ask_frames(struct map_client *client, json_t *pool, const char *name, json_int_t first)
{
	json_t *answer = map_client_ask(client, "/labyrinth/map,%s,%lld", name, (long long)first);
	json_int_t step;
	size_t i;

	if (!json_is_object(answer)) {
		if (answer != NULL)
			app_error("%s: pool \"%s\" went away", client->path, name);
		json_decref(answer);
		return -1;
	}
	json_object_set(pool, "size", json_object_get(answer, "size"));
	for (i = 0; i < sizeof(frame_arrays) / sizeof(frame_arrays[0]); i++)
		append(pool, frame_arrays[i], answer, frame_arrays[i]);
	step = number(answer, "next") - first;
	json_decref(answer);
	return step;
}

/* An answer about a large pool takes its process tens of milliseconds: so time is the limit. */
static int
gather_frames(struct map_client *client, json_t *pool, const char *name,
              const struct map_wish *wish)
{
	const double end = app_seconds() + wish->limit;
	json_int_t step = ask_frames(client, pool, name, 0), size, answers, stride, at, asked;
	size_t got;

	if (step < 0)
		return -1;
	size = number(pool, "size");
	answers = step > 0 ? (size + step - 1) / step : 1;
	stride = stride_of(answers);
	for (asked = 1, at = stride % answers; asked < answers; asked++) {
		if (!wish->all && app_seconds() > end)
			break;
		if (ask_frames(client, pool, name, at * step) < 0)
			return -1;
		at = (at + stride) % answers;
	}
	got = json_array_size(json_object_get(pool, "address"));
	json_object_set_new(pool, "sampled",
	                    json_integer(asked == answers || got == 0
	                                         ? 1
	                                         : (size + (json_int_t)got - 1) / (json_int_t)got));
	return 0;
}

/* Whose pool it is, and when it was looked at. */
static void
gather_origin(const struct map_client *client, json_t *pool)
{
	time_t now = time(NULL);
	struct tm local;
	char text[64];

	map_client_program(client, text, sizeof(text));
	json_object_set_new(pool, "process", json_integer(client->pid));
	json_object_set_new(pool, "program", json_string(text));
	if (localtime_r(&now, &local) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local) > 0)
		json_object_set_new(pool, "time", json_string(text));
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
map_gather(struct map_client *client, const char *name, const struct map_wish *wish)
{
	json_t *found = pool_name(client, name);
	const char *text = json_string_value(found);
	json_t *pool = json_object();
	int bad = text == NULL || pool == NULL;

	if (!bad) {
		json_object_set(pool, "name", found);
		gather_origin(client, pool);
	}
	/* The order first: it is the one that ages fastest beside what is drawn of it. */
	bad = bad || gather_window(client, pool, text) != 0 ||
	      gather_order(client, pool, text, wish->lcore) != 0 ||
	      gather_stats(client, pool, text) != 0 || gather_frames(client, pool, text, wish) != 0;
	json_decref(found);
	if (bad) {
		json_decref(pool);
		return NULL;
	}
	return pool;
}
