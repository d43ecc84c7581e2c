/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * When a process learns of the others: as EAL scans for virtual devices. Then
 * it knows whether it is primary or secondary and has a channel to the other
 * side, has not attached to memory yet (addresses are as free as they will ever
 * be), and main() has not got control back.
 */

#include <errno.h>
#include <pthread.h>

#include <rte_bus_vdev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_tailq.h>

#include "labyrinth_copies.h"
#include "labyrinth_log.h"
#include "labyrinth_ops_all.h"
#include "labyrinth_ops_place.h"
#include "labyrinth_refuse.h"
#include "labyrinth_report.h"
#include "labyrinth_share.h"
#include "labyrinth_shared.h"
#include "labyrinth_signals.h"

/*
 * A scan cannot fail, and a process that lacks a maze must not start. EAL fails
 * in a secondary when it needs a list that the primary does not have, and prints
 * the list's name.
 */
static void
fail_start(void)
{
	static struct rte_tailq_elem missing = {.name = "labyrinth: see the error above"};

	LAB_LOG(ERR, "this secondary process cannot use the pools of its primary: not started");
	(void)rte_eal_tailq_register(&missing);
}

static void
start_primary(void)
{
	labyrinth_ops_leave_room();
	/* Without a channel there are no secondaries. */
	if (labyrinth_share_listen() == 0)
		(void)labyrinth_shared_open();
	(void)labyrinth_process_claim();
	labyrinth_ops_all_start();
}

static void
start_secondary(void)
{
	int ret = labyrinth_shared_open();

	if (ret == -ENOENT) {
		LAB_LOG(NOTICE, "the primary process has not loaded this driver: there are no "
		                "pools of it to use");
		return;
	}
	if (ret != 0) {
		if (ret != -EPROTO)
			LAB_LOG(ERR, "what the primary process shares cannot be used: %s",
			        rte_strerror(-ret));
		fail_start();
		return;
	}
	labyrinth_ops_leave_room();
	labyrinth_ops_adopt();
	labyrinth_ops_all_start();
	/* Without an entry it works, but calls are not waited for. */
	(void)labyrinth_process_claim();
	labyrinth_signals_start();
	if (labyrinth_follow_start() != 0)
		fail_start();
}

void
labyrinth_share_start(void)
{
	static bool started;

	/* Buses are scanned again when a device is plugged. */
	if (started)
		return;
	started = true;
	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		start_primary();
	else
		start_secondary();
}

static void
forked(void)
{
	labyrinth_report_forked();
	if (labyrinth_process_forked())
		labyrinth_refuse_mazes();
}

static void
scan(void *arg)
{
	RTE_SET_USED(arg);
	labyrinth_share_start();
}

RTE_INIT(labyrinth_start_init)
{
	if (labyrinth_is_second_copy())
		return;
	(void)pthread_atfork(NULL, NULL, forked);
	if (rte_vdev_add_custom_scan(scan, NULL) != 0)
		LAB_LOG(ERR, "no memory: other processes cannot share this one's pools");
}
