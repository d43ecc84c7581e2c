/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>

#include "bar.h"

#define RING   BENCH_BAR_RING
#define FAST   BENCH_BAR_FAST
#define GUARD  BENCH_BAR_GUARD
#define STRICT BENCH_BAR_STRICT
#define SHORT  BENCH_BAR_SHORT
#define MEAN   BENCH_BAR_MEAN
#define WORST  BENCH_BAR_WORST

/* Times faster, or rates, as the ratio of cycles they are. */
#define TIMES(n) (1.0 / (n))

/* clang-format off */
const struct bench_bar_line bench_bar_lines[] = {
	{"guard, touching, bulk 8 and up, 512 kept, mean", MEAN, {0.95, 1.05},
	 {"touch", GUARD, RING, 256, 0, 0, 8, 0, 512, 512, 0}},
	{"guard, the same, every cell", WORST, {1.2, 1.25},
	 {"touch", GUARD, RING, 256, 0, 0, 8, 0, 512, 512, 0}},
	{"guard, touching, bulk 8 and up, 4096 kept, mean", MEAN, {1.25, 1.45},
	 {"touch", GUARD, RING, 256, 0, 0, 8, 0, 4096, 4096, 0}},
	{"guard, the same, every cell", WORST, {1.35, 1.55},
	 {"touch", GUARD, RING, 256, 0, 0, 8, 0, 4096, 4096, 0}},
	{"guard, objects of 256 bytes, half of them kept by 2 lcores", WORST, {2.1, 2.1},
	 {"touch", GUARD, RING, 256, 2, 2, 8, 0, 4096, 4096, BENCH_BAR_ELT}},
	{"guard, touching, bulk 8 and up, 128 kept", WORST, {2.6, 2.8},
	 {"touch", GUARD, RING, 256, 0, 0, 8, 0, 1, 128, 0}},
	{"guard, touching, bulk 1, 512 and 4096 kept", WORST, {1.5, 1.8},
	 {"touch", GUARD, RING, 256, 0, 0, 1, 1, 512, 0, 0}},
	{"guard, touching, bulk 1, 128 kept", WORST, {2.1, 2.1},
	 {"touch", GUARD, RING, 256, 0, 0, 1, 1, 1, 128, 0}},
	{"guard, producer to consumer, cached", WORST, {1.3, 1.3},
	 {"pipe", GUARD, RING, 256, 2, 2, 1, 0, 1, 0, 0}},
	{"guard, no cache, touching, 1 lcore", WORST, {1.1, 1.2},
	 {"touch", GUARD, RING, 0, 1, 1, 1, 0, 1, 0, 0}},
	{"guard, no cache, touching, 2 lcores, bulk 32", WORST, {1.0, 1.1},
	 {"touch", GUARD, RING, 0, 2, 2, 32, 32, 1, 0, 0}},
	{"guard, forwarding over net_null, io: 0.85 of the rate", WORST, {TIMES(0.85), 0},
	 {"nullio", GUARD, RING, 256, 1, 1, 1, 0, 1, 0, 0}},
	{"guard, the dream: no cell slower", WORST, {1.0, 1.0},
	 {"touch", GUARD, RING, 256, 0, 0, 1, 0, 1, 0, 0}},
	{"fast, touching, 512 kept and more, mean", MEAN, {0.55, 0.75},
	 {"touch", FAST, RING, 256, 0, 0, 1, 0, 512, 0, 0}},
	{"fast, the same, every cell", WORST, {1.0, 1.05},
	 {"touch", FAST, RING, 256, 0, 0, 1, 0, 512, 0, 0}},
	{"fast, touching, to the best stock handler", WORST, {1.05, 0},
	 {"touch", FAST, "stock", 256, 0, 0, 1, 0, 1, 0, 0}},
	{"fast, producer to consumer, cached: 1.25 times the rate", MEAN, {TIMES(1.25), 0},
	 {"pipe", FAST, RING, 256, 2, 2, 1, 0, 1, 0, 0}},
	{"fast, no cache, 2 lcores, bulk 1: 10 times faster", MEAN, {TIMES(10), 0},
	 {"touch", FAST, RING, 0, 2, 2, 1, 1, 1, 0, 0}},
	{"fast, no cache, 2 lcores, bulk 32: 4 times faster", MEAN, {TIMES(4), 0},
	 {"touch", FAST, RING, 0, 2, 2, 32, 32, 1, 0, 0}},
	{"fast, no cache, 1 lcore: never slower", WORST, {1.0, 0},
	 {"touch", FAST, RING, 0, 1, 1, 1, 0, 1, 0, 0}},
	{"fast, forwarding over net_null, io: the same rate", WORST, {1.0, 0},
	 {"nullio", FAST, RING, 256, 1, 1, 1, 0, 1, 0, 0}},
	{"fast, making the largest pool", WORST, {1.5, 0},
	 {"create", FAST, RING, 256, 0, 0, 1, 0, 1, 0, 0}},
	{"guard, making the largest pool", WORST, {1.5, 0},
	 {"create", GUARD, RING, 256, 0, 0, 1, 0, 1, 0, 0}},
	{"strict, poison=64, touching", WORST, {6, 0},
	 {"touch", SHORT, RING, 256, 1, 1, 8, 0, 512, 512, 0}},
	{0},
};

const struct bench_bar_beside bench_bar_besides[] = {
	{"fast, 2 lcores on a CPU, to a CPU each", 2,
	 {"loop", FAST, FAST, -1, 2, 1, 1, 0, 1, 0, 0}, "loop", 2},
	{"guard, 2 lcores on a CPU, to a CPU each", 2,
	 {"loop", GUARD, GUARD, -1, 2, 1, 1, 0, 1, 0, 0}, "loop", 2},
	{"strict, to ring_mp_mc that writes and compares all bytes", 1.5,
	 {"touch", STRICT, RING, 256, 1, 1, 8, 0, 512, 512, 0}, "fill", 1},
	{0},
};
/* clang-format on */
