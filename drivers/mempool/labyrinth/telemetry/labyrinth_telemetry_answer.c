/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* What the telemetry commands have in common: the pool they ask about, arrays. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mempool.h>
#include <rte_telemetry.h>

#include "labyrinth_pool.h"
#include "labyrinth_telemetry.h"

struct question {
	char name[RTE_MEMPOOL_NAMESIZE];
	labyrinth_tel_fn *fn;
	bool any;
	uint32_t number;
	struct rte_tel_data *data;
	int ret;
};

static void
ask_one(struct rte_mempool *mp, void *arg)
{
	struct question *question = arg;

	if (strcmp(mp->name, question->name) != 0 || (!question->any && !rte_labyrinth_is(mp)))
		return;
	question->ret = question->fn(mp, question->number, question->data);
}

static int
number_read(const char *text, uint32_t *number)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || *text == '-' || value > UINT32_MAX)
		return -EINVAL;
	*number = (uint32_t)value;
	return 0;
}

int
labyrinth_tel_answer(const char *params, labyrinth_tel_fn *fn, bool any, uint32_t number,
                     struct rte_tel_data *data)
{
	struct question question = {
		.fn = fn, .any = any, .number = number, .data = data, .ret = -EINVAL};
	const char *comma;
	size_t len;

	if (params == NULL)
		return -EINVAL;
	comma = strchr(params, ',');
	len = comma == NULL ? strlen(params) : (size_t)(comma - params);
	if (len >= sizeof(question.name))
		return -EINVAL;
	memcpy(question.name, params, len);
	if (comma != NULL && number_read(comma + 1, &question.number) != 0)
		return -EINVAL;
	/* Pools are not freed while they are walked. */
	rte_mempool_walk(ask_one, &question);
	return question.ret;
}

int
labyrinth_tel_add(struct rte_tel_data *data, const char *name, struct rte_tel_data *array)
{
	int ret = rte_tel_data_add_dict_container(data, name, array, 0);

	if (ret != 0)
		rte_tel_data_free(array);
	return ret;
}

void
labyrinth_tel_cut(const char *whole, char *text, size_t len)
{
	const char *at = strstr(whole, " at ");
	size_t head = at == NULL ? 0 : (size_t)(at - whole) + 4;
	size_t is = strlen(whole);

	if (head > len / 2)
		head = 0;
	if (is < len)
		snprintf(text, len, "%s", whole);
	else
		snprintf(text, len, "%.*s...%s", (int)head, whole,
		         whole + is - (len - head - sizeof("...")));
}

int
labyrinth_tel_uints(struct rte_tel_data *data, const char *name, const uint64_t *values,
                    unsigned int n)
{
	struct rte_tel_data *array = rte_tel_data_alloc();
	unsigned int i;

	if (array == NULL)
		return -ENOMEM;
	rte_tel_data_start_array(array, LABYRINTH_TEL_UINT);
	for (i = 0; i < n; i++)
		rte_tel_data_add_array_uint(array, values[i]);
	return labyrinth_tel_add(data, name, array);
}

int
labyrinth_tel_ints(struct rte_tel_data *data, const char *name, const int *values, unsigned int n)
{
	struct rte_tel_data *array = rte_tel_data_alloc();
	unsigned int i;

	if (array == NULL)
		return -ENOMEM;
	rte_tel_data_start_array(array, RTE_TEL_INT_VAL);
	for (i = 0; i < n; i++)
		rte_tel_data_add_array_int(array, values[i]);
	return labyrinth_tel_add(data, name, array);
}
