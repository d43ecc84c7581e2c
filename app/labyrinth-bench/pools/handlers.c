/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>
#include <rte_mempool_labyrinth.h>

#include "app_message.h"
#include "handlers.h"

#define ALL "all"
/* What `all` has in place of plain labyrinth. */
#define PROFILES                                                       \
	RTE_LABYRINTH_OPS_NAME ":profile=fast," RTE_LABYRINTH_OPS_NAME \
			       ":profile=guard," RTE_LABYRINTH_OPS_NAME ":profile=strict"

static int
add_one(struct bench_handlers *handlers, const char *text, size_t len)
{
	struct bench_handler *handler = &handlers->handler[handlers->nb];
	const char *colon;

	if (handlers->nb == BENCH_MAX_HANDLERS) {
		app_error("--handlers: more than %d handlers", BENCH_MAX_HANDLERS);
		return -1;
	}
	handler->label = strndup(text, len);
	handler->name = strndup(text, len);
	handlers->nb++;
	if (handler->label == NULL || handler->name == NULL) {
		app_error("no memory for a list of handlers");
		return -1;
	}
	colon = strchr(handler->label, ':');
	if (colon != NULL) {
		handler->options = colon + 1;
		handler->name[colon - handler->label] = '\0';
	}
	if (handler->name[0] == '\0' || strchr(handler->name, '=') != NULL ||
	    strlen(handler->name) >= RTE_MEMPOOL_OPS_NAMESIZE || (colon != NULL && !colon[1])) {
		app_error("--handlers=%s: give NAME or NAME:KEY=VALUE,KEY=VALUE, such as "
		          "ring_mp_mc,labyrinth:profile=fast",
		          handler->label);
		return -1;
	}
	return 0;
}

/** Length of a handler at the start of a list: up to a comma behind which a new one begins. */
static size_t
first_len(const char *list)
{
	size_t len = strcspn(list, ",");
	bool options = memchr(list, ':', len) != NULL;
	size_t word;

	while (options && list[len] == ',') {
		word = strcspn(list + len + 1, ",");
		if (memchr(list + len + 1, '=', word) == NULL ||
		    memchr(list + len + 1, ':', word) != NULL)
			break;
		len += 1 + word;
	}
	return len;
}

int
bench_handlers_add(struct bench_handlers *handlers, const char *list)
{
	size_t len;

	for (;;) {
		len = first_len(list);
		if (add_one(handlers, list, len) != 0)
			return -1;
		if (list[len] == '\0')
			return 0;
		list += len + 1;
	}
}

int
bench_handlers_find(const struct bench_handlers *handlers, const char *label)
{
	unsigned int i;

	for (i = 0; i < handlers->nb; i++)
		if (strcmp(handlers->handler[i].label, label) == 0)
			return (int)i;
	return -1;
}

static bool
registered(const char *name, char *known, size_t size)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < table->num_ops; i++) {
		if (strcmp(table->ops[i].name, name) == 0)
			return true;
		if (used < size)
			used += (size_t)snprintf(known + used, size - used, "%s%s",
			                         i == 0 ? "" : ", ", table->ops[i].name);
	}
	return false;
}

/** Some of these end the process where their hardware is missing: they cannot be tried. */
static bool
needs_hardware(const char *name)
{
	static const char *const prefixes[] = {"cn9k", "cn10k", "cn20k", "dpaa", "octeontx"};
	unsigned int i;

	for (i = 0; i < RTE_DIM(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static int
add_all(struct bench_handlers *handlers)
{
	const struct rte_mempool_ops_table *table = &rte_mempool_ops_table;
	uint32_t i;

	for (i = 0; i < table->num_ops; i++) {
		if (strcmp(table->ops[i].name, RTE_LABYRINTH_OPS_NAME) == 0 ||
		    bench_handlers_find(handlers, table->ops[i].name) >= 0 ||
		    needs_hardware(table->ops[i].name))
			continue;
		if (bench_handlers_add(handlers, table->ops[i].name) != 0)
			return -1;
		handlers->handler[handlers->nb - 1].expanded = true;
	}
	return bench_handlers_add(handlers, PROFILES);
}

static void
free_one(struct bench_handler *handler)
{
	free(handler->label);
	free(handler->name);
	memset(handler, 0, sizeof(*handler));
}

void
bench_handlers_remove(struct bench_handlers *handlers, unsigned int index)
{
	struct bench_handler *handler = &handlers->handler[index];

	free_one(handler);
	handlers->nb--;
	memmove(handler, handler + 1, (handlers->nb - index) * sizeof(*handler));
	memset(&handlers->handler[handlers->nb], 0, sizeof(*handler));
}

/** A handler named twice would be measured twice under one label. */
static void
remove_twins(struct bench_handlers *handlers)
{
	unsigned int i = 0;

	while (i < handlers->nb) {
		struct bench_handler *handler = &handlers->handler[i];

		if (strcmp(handler->label, ALL) != 0 &&
		    bench_handlers_find(handlers, handler->label) == (int)i) {
			i++;
			continue;
		}
		bench_handlers_remove(handlers, i);
	}
}

int
bench_handlers_resolve(struct bench_handlers *handlers)
{
	char known[512];
	unsigned int i;

	if (bench_handlers_find(handlers, ALL) >= 0 && add_all(handlers) != 0)
		return -1;
	remove_twins(handlers);
	for (i = 0; i < handlers->nb; i++) {
		if (registered(handlers->handler[i].name, known, sizeof(known)))
			continue;
		app_error("--handlers=%s: no such mempool handler; there are %s",
		          handlers->handler[i].label, known);
		return -1;
	}
	return 0;
}

bool
bench_handler_is_shared(const struct bench_handler *handler)
{
	static const char *const single[] = {"ring_sp_sc", "ring_sp_mc", "ring_mp_sc"};
	unsigned int i;

	for (i = 0; i < RTE_DIM(single); i++)
		if (strcmp(handler->name, single[i]) == 0)
			return false;
	return true;
}

void
bench_handlers_free(struct bench_handlers *handlers)
{
	while (handlers->nb > 0)
		free_one(&handlers->handler[--handlers->nb]);
}
