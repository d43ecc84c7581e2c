/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_H
#define FWD_KIT_H

/**
 * @file
 * Option --nic-report: what these NICs and pools do together, in a file to send in.
 */

#include "app_arguments.h"
#include "doctor_common.h"
#include "session.h"

struct fwd_kit {
	struct fwd_doctor doctor;
	char *findings; /**< the doctor's lines; owned */
	size_t len;
};

/**
 * Examine the machine, before EAL takes memory.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_kit_free() is due in both cases.
 */
int
fwd_kit_examine(struct fwd_kit *kit, const struct fwd_options *options);

/**
 * Measure with the ports that EAL has, print and write the report.
 *
 * @return
 *   0, or -1 (one line was printed); fwd_session_free() is due in both cases.
 */
int
fwd_kit_run(struct fwd_kit *kit, struct fwd_session *session);

/** Free what fwd_kit_examine() has made. May be called twice. */
void
fwd_kit_free(struct fwd_kit *kit);

#endif /* FWD_KIT_H */
