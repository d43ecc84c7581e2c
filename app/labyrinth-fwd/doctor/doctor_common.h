/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_DOCTOR_COMMON_H
#define FWD_DOCTOR_COMMON_H

/**
 * @file
 * The parts of the doctor, and what they share.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "app_arguments.h"

/** What labyrinth-fwd wants by itself: 64 huge pages of 2 MiB. */
#define FWD_DOCTOR_PAGES 64u
/** And, where pages of 1 GiB are reserved, of these: one is EAL's. */
#define FWD_DOCTOR_LARGE 2u
#define FWD_DOCTOR_BYTES ((uint64_t)FWD_DOCTOR_PAGES << 21)

struct fwd_doctor {
	FILE *out;             /**< where its lines go */
	const char *root;      /**< stands before /proc and /sys */
	unsigned int problems; /**< found so far */
};

/** Print a line about what is as it should be. */
void
fwd_doctor_well(const struct fwd_doctor *doctor, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Print a line about what is not, and what to do; count it. */
void
fwd_doctor_problem(struct fwd_doctor *doctor, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * Read a small file below the root.
 *
 * @return
 *   true when it is there; text is then without the line's end.
 */
bool
fwd_doctor_read(const struct fwd_doctor *doctor, char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** Read a number from a file below the root; false when there is none. */
bool
fwd_doctor_number(const struct fwd_doctor *doctor, uint64_t *value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Has this process the capability of that number (capability.h)? */
bool
fwd_doctor_capable(const struct fwd_doctor *doctor, unsigned int capability);

/** Huge pages, their NUMA nodes, and limits on memory. */
void
fwd_doctor_memory(struct fwd_doctor *doctor);

/** Limits of the control group this process is in. */
void
fwd_doctor_cgroup(struct fwd_doctor *doctor);

/** Addresses for devices: IOVA mode and the IOMMU. */
void
fwd_doctor_dma(struct fwd_doctor *doctor);

/** The directory of the plugin. */
void
fwd_doctor_directory(struct fwd_doctor *doctor);

/** Start and end EAL with its plugins, and look at its table of mempool ops. */
void
fwd_doctor_eal(struct fwd_doctor *doctor, const struct app_arguments *arguments);

/** Places in the table of mempool ops, where EAL runs. */
void
fwd_doctor_table(struct fwd_doctor *doctor);

/** NICs, their drivers of those that EAL has loaded, and what pools do for them. */
void
fwd_doctor_nics(const struct fwd_doctor *doctor);

#endif /* FWD_DOCTOR_COMMON_H */
