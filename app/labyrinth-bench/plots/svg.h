/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef BENCH_SVG_H
#define BENCH_SVG_H

/**
 * @file
 * Plain SVG files, without DPDK: shapes, text and a palette.
 */

#include <stdio.h>

struct bench_svg {
	FILE *file;
	char *path;
};

enum bench_anchor {
	BENCH_LEFT,
	BENCH_MIDDLE,
	BENCH_RIGHT
};

/**
 * Begin a file with a white background.
 *
 * @return
 *   0, or -1 with errno set; bench_svg_close() is due only after 0.
 */
int
bench_svg_open(struct bench_svg *svg, const char *dir, const char *name, double width,
               double height);

/** End the file. 0, or -1 with errno set when not all of it was written. */
int
bench_svg_close(struct bench_svg *svg);

/** A filled rectangle; title is what shows up under the pointer, or NULL. */
void
bench_svg_rect(struct bench_svg *svg, double x, double y, double width, double height,
               const char *colour, const char *title);

void
bench_svg_line(struct bench_svg *svg, double x1, double y1, double x2, double y2,
               const char *colour);

/** Text of so many pixels; characters that mean something in XML are escaped. */
void
bench_svg_text(struct bench_svg *svg, double x, double y, double size, enum bench_anchor anchor,
               const char *text);

/** A line through points: x and y by turns. */
void
bench_svg_curve(struct bench_svg *svg, const double *points, unsigned int nb, const char *colour);

/** Colours that every eye can tell apart: no plot has more series. */
#define BENCH_COLOURS 8u

/** Colour of a series. */
const char *
bench_svg_colour(unsigned int index);

/** Write the colour of a ratio: blue below 1, white at 1, orange above. */
void
bench_svg_heat(double ratio, char *colour, size_t size);

#endif /* BENCH_SVG_H */
