/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

/**
 * @file
 * How long single calls took.
 */

#include "app_histogram.h"

/** The calls of all rounds, as histograms of cycles. */
struct bench_latency {
	struct app_histogram wall;    /**< from call to return */
	struct app_histogram running; /**< without the time another thread had the CPU */
};

#endif /* BENCH_LATENCY_H */
