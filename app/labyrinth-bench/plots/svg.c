/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "svg.h"

int
bench_svg_open(struct bench_svg *svg, const char *dir, const char *name, double width,
               double height)
{
	if (asprintf(&svg->path, "%s/%s.svg", dir, name) < 0) {
		errno = ENOMEM;
		return -1;
	}
	svg->file = fopen(svg->path, "w");
	if (svg->file == NULL) {
		free(svg->path);
		return -1;
	}
	fprintf(svg->file,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
	        "viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\">\n",
	        width, height, width, height);
	bench_svg_rect(svg, 0, 0, width, height, "#ffffff", NULL);
	return 0;
}

int
bench_svg_close(struct bench_svg *svg)
{
	int bad;

	fputs("</svg>\n", svg->file);
	bad = ferror(svg->file);
	if (fclose(svg->file) != 0)
		bad = 1;
	free(svg->path);
	return bad ? -1 : 0;
}

static void
escaped(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '<')
			fputs("&lt;", file);
		else if (*text == '>')
			fputs("&gt;", file);
		else if (*text == '&')
			fputs("&amp;", file);
		else
			fputc(*text, file);
	}
}

void
bench_svg_rect(struct bench_svg *svg, double x, double y, double width, double height,
               const char *colour, const char *title)
{
	fprintf(svg->file,
	        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\">", x, y,
	        width, height, colour);
	if (title != NULL) {
		fputs("<title>", svg->file);
		escaped(svg->file, title);
		fputs("</title>", svg->file);
	}
	fputs("</rect>\n", svg->file);
}

void
bench_svg_line(struct bench_svg *svg, double x1, double y1, double x2, double y2,
               const char *colour)
{
	fprintf(svg->file,
	        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1, y1,
	        x2, y2, colour);
}

void
bench_svg_text(struct bench_svg *svg, double x, double y, double size, enum bench_anchor anchor,
               const char *text)
{
	static const char *const anchors[] = {"start", "middle", "end"};

	fprintf(svg->file, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\" text-anchor=\"%s\">", x,
	        y, size, anchors[anchor]);
	escaped(svg->file, text);
	fputs("</text>\n", svg->file);
}

void
bench_svg_curve(struct bench_svg *svg, const double *points, unsigned int nb, const char *colour)
{
	unsigned int i;

	fputs("<polyline fill=\"none\" stroke-width=\"2\" points=\"", svg->file);
	for (i = 0; i < nb; i++)
		fprintf(svg->file, "%.1f,%.1f ", points[2 * i], points[2 * i + 1]);
	fprintf(svg->file, "\" stroke=\"%s\"/>\n", colour);
}

const char *
bench_svg_colour(unsigned int index)
{
	/* Okabe and Ito's, which differ for colour-blind eyes too; its yellow is darker here. */
	static const char *const colours[BENCH_COLOURS] = {"#555555", "#e69f00", "#56b4e9",
	                                                   "#009e73", "#0072b2", "#d55e00",
	                                                   "#cc79a7", "#b8a600"};

	return colours[index % BENCH_COLOURS];
}

void
bench_svg_heat(double ratio, char *colour, size_t size)
{
	/* A factor of four either way is as deep as it gets. */
	double depth = ratio > 0 ? log2(ratio) / 2 : 0;
	int other;

	if (depth > 1)
		depth = 1;
	if (depth < -1)
		depth = -1;
	other = 255 - (int)(fabs(depth) * 170);
	if (depth < 0)
		snprintf(colour, size, "#%02x%02x%02x", (unsigned int)other,
		         255u - (unsigned int)(-depth * 75), 255u);
	else
		snprintf(colour, size, "#%02x%02x%02x", 255u, 255u - (unsigned int)(depth * 100),
		         (unsigned int)other);
}
