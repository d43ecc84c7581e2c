/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>
#include <string.h>

#include "app_cpus.h"

void
app_cpus_format(const cpu_set_t *set, char *list, size_t size)
{
	char item[32];
	size_t used = 0, len;
	int cpu, last;

	list[0] = '\0';
	for (cpu = 0; cpu < CPU_SETSIZE; cpu = last + 1) {
		last = cpu;
		if (!CPU_ISSET((size_t)cpu, set))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET((size_t)last + 1, set))
			last++;
		if (last > cpu)
			snprintf(item, sizeof(item), "%s%d-%d", used > 0 ? "," : "", cpu, last);
		else
			snprintf(item, sizeof(item), "%s%d", used > 0 ? "," : "", cpu);
		len = strlen(item);
		if (used + len + sizeof("...") > size) {
			if (size >= sizeof("..."))
				memcpy(list + used, "...", sizeof("..."));
			return;
		}
		memcpy(list + used, item, len + 1);
		used += len;
	}
}

void
app_cpus_own(char *list, size_t size)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		app_cpus_format(&set, list, size);
	else
		snprintf(list, size, "?");
}
