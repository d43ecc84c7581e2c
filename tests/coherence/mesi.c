/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A model of cache coherence, fed with the accesses of real code as valgrind's lackey
 * prints them: caches without an end, lines of 64 bytes, which one of them has alone after a
 * write, or some after reads (MESI without what capacity adds). Prints, for each packet, the
 * lines that move, since only other lcores have them, and those that are taken from others by a
 * write, since the writer has read them already.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accesses.h"

#define LINE_SHIFT 6
#define TABLE_BITS 22
#define TABLE      (1u << TABLE_BITS)
/* The stack of the thread that stands for all lcores: each would have its own. */
#define STACK_FROM UINT64_C(0x1ff0000000)
#define STACK_TO   UINT64_C(0x2000000000)

struct line {
	uint64_t address; /* of the line, plus one; 0: no line */
	uint64_t holders; /* lcores that have it */
};

static struct line *table;
static uint32_t lines;
static uint64_t moved;
static uint64_t taken;
static uint64_t packets;
static uint32_t lcore = MARK_NOBODY;
static bool counting;

static struct line *
line_of(uint64_t address)
{
	uint64_t key = (address >> LINE_SHIFT) + 1;
	uint32_t at = (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - TABLE_BITS));

	while (table[at].address != 0 && table[at].address != key)
		at = (at + 1) % TABLE;
	if (table[at].address == 0 && ++lines > TABLE / 2) {
		fprintf(stderr, "mesi: more than %u lines\n", TABLE / 2);
		exit(1);
	}
	table[at].address = key;
	return &table[at];
}

static void
access_line(uint64_t address, bool write)
{
	struct line *line = line_of(address);
	uint64_t me = UINT64_C(1) << lcore;
	uint64_t others = line->holders & ~me;
	bool have = (line->holders & me) != 0;

	if (others != 0 && counting) {
		moved += !have;
		taken += have && write;
	}
	line->holders = write ? me : line->holders | me;
}

static void
see_mark(uint64_t mark)
{
	if (mark <= MARK_NOBODY)
		lcore = (uint32_t)mark;
	else if (mark == MARK_COUNT)
		counting = true;
	else if (mark == MARK_PACKET)
		packets++;
}

static void
see(char kind, uint64_t address, uint64_t len)
{
	uint64_t last = (address + len - 1) >> LINE_SHIFT;
	uint64_t at;

	if (address - MARKS_AT < MARKS_LEN) {
		if (kind != 'L')
			see_mark((address - MARKS_AT) / sizeof(uint64_t));
		return;
	}
	if (lcore == MARK_NOBODY || (address >= STACK_FROM && address < STACK_TO))
		return;
	for (at = address >> LINE_SHIFT; at <= last; at++)
		access_line(at << LINE_SHIFT, kind != 'L');
}

int
main(void)
{
	char text[256];

	table = calloc(TABLE, sizeof(table[0]));
	if (table == NULL)
		return 1;
	/* " L 1ffefff8,8": loads, stores, and M for both; I are instructions. */
	while (fgets(text, sizeof(text), stdin) != NULL) {
		uint64_t address;
		char *end;

		if (text[0] != ' ' || (text[1] != 'L' && text[1] != 'S' && text[1] != 'M'))
			continue;
		address = strtoull(text + 3, &end, 16);
		if (*end == ',')
			see(text[1], address, strtoull(end + 1, NULL, 10));
	}
	free(table);
	if (packets == 0) {
		fprintf(stderr, "mesi: no packet was seen\n");
		return 1;
	}
	printf("%.2f %.2f\n", (double)moved / (double)packets, (double)taken / (double)packets);
	return 0;
}
