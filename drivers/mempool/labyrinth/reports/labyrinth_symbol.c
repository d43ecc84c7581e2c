/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "labyrinth_dwfl.h"
#include "labyrinth_symbol.h"

/* Reports of one fault after another ask for the same places. */
#define KEPT 64
/* Who holds the lock may have been stopped, or be the parent this process was forked from. */
#define WAIT_MS 2000

struct kept_source {
	uintptr_t call;
	bool known;
	struct labyrinth_source source;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept_source kept[KEPT];

static bool
lock_soon(void)
{
	const struct timespec ms = {.tv_nsec = 1000000};
	int i;

	for (i = 0; i < WAIT_MS; i++) {
		if (pthread_mutex_trylock(&lock) == 0)
			return true;
		nanosleep(&ms, NULL);
	}
	return false;
}

static bool
find_source(uintptr_t call, struct labyrinth_source *source)
{
	struct kept_source *slot = &kept[(call >> 2) % KEPT];
	bool known;

	if (!lock_soon())
		return false;
	if (slot->call != call) {
		slot->known = labyrinth_dwfl_find(call, &slot->source);
		slot->call = call;
	}
	*source = slot->source;
	known = slot->known;
	pthread_mutex_unlock(&lock);
	return known;
}

bool
labyrinth_place_object(const void *call, struct labyrinth_object *object)
{
	uintptr_t at = (uintptr_t)call - 1;
	struct link_map *map = NULL;
	Dl_info info;
	ssize_t len;

	object->path[0] = '\0';
	object->offset = at;
	if (call == NULL || dladdr1((const void *)at, &info, (void **)&map, RTLD_DL_LINKMAP) == 0 ||
	    map == NULL)
		return false;
	object->offset = at - map->l_addr;
	if (map->l_name != NULL && map->l_name[0] != '\0') {
		snprintf(object->path, sizeof(object->path), "%s", map->l_name);
		return true;
	}
	/* The program itself has no name there. */
	len = readlink("/proc/self/exe", object->path, sizeof(object->path) - 1);
	if (len > 0)
		object->path[len] = '\0';
	else
		snprintf(object->path, sizeof(object->path), "%s", info.dli_fname);
	return true;
}

bool
labyrinth_place_plain(const void *call, char *text, size_t len)
{
	struct labyrinth_object object;
	bool found = labyrinth_place_object(call, &object);

	if (found)
		snprintf(text, len, "%s+0x%zx", object.path, (size_t)object.offset);
	else
		snprintf(text, len, "%p", call);
	return found;
}

static bool
place(const void *call, char *text, size_t len, bool brief)
{
	struct labyrinth_source source;
	char where[320];

	if (!labyrinth_place_plain(call, where, sizeof(where)) ||
	    !find_source((uintptr_t)call - 1, &source)) {
		snprintf(text, len, "%s", where);
		return false;
	}
	if (source.line == 0)
		snprintf(text, len, "%s() in %s", source.function, where);
	else if (brief)
		snprintf(text, len, "%s() at %s:%d", source.function, source.file, source.line);
	else
		snprintf(text, len, "%s() at %s:%d (%s)", source.function, source.file, source.line,
		         where);
	return source.line > 0;
}

bool
labyrinth_place(const void *call, char *text, size_t len)
{
	return place(call, text, len, false);
}

bool
labyrinth_place_short(const void *call, char *text, size_t len)
{
	return place(call, text, len, true);
}

bool
labyrinth_place_is_dpdk(const void *call)
{
	struct labyrinth_source source;
	struct labyrinth_object object;
	const char *slash;

	if (!labyrinth_place_object(call, &object))
		return false;
	slash = strrchr(object.path, '/');
	if (strncmp(slash == NULL ? object.path : slash + 1, "librte_", 7) == 0)
		return true;
	return find_source((uintptr_t)call - 1, &source) && source.dpdk;
}

const void *
labyrinth_place_own(const void *call, const void *caller)
{
	return caller != NULL && labyrinth_place_is_dpdk(call) && !labyrinth_place_is_dpdk(caller)
	               ? caller
	               : call;
}
