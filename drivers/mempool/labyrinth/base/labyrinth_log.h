/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_LOG_H
#define LABYRINTH_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_log.h>

extern int labyrinth_logtype;

/*
 * May a line of this level be written, without waiting long for who reads the log? One
 * that nobody reads must not stop a program that has broken a rule.
 */
bool
labyrinth_log_ready(uint32_t level);

/*
 * main() is over: the application may have closed the stream it gave to rte_openlog_stream().
 * Lines go where EAL's own would go without one.
 */
void
labyrinth_log_at_end(void);

#define LAB_LOG_AT(level, fmt, ...)                                                               \
	do {                                                                                      \
		if (labyrinth_log_ready(level))                                                   \
			rte_log(level, labyrinth_logtype, "LABYRINTH: " fmt "\n", ##__VA_ARGS__); \
	} while (0)

#define LAB_LOG(level, fmt, ...) LAB_LOG_AT(RTE_LOG_##level, fmt, ##__VA_ARGS__)

#endif /* LABYRINTH_LOG_H */
