/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <sys/stat.h>

#include "plot.h"
#include "plot_common.h"

int
bench_plot_all(const struct bench_plot *plot)
{
	if (mkdir(plot->dir, 0777) != 0 && errno != EEXIST)
		return bench_plot_failed(plot);
	if (bench_plot_bars(plot) != 0 || bench_plot_heat(plot) != 0 ||
	    bench_plot_latency(plot) != 0)
		return -1;
	return 0;
}
