/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Where libFuzzer is missing: tries the inputs of the files and directories
 * named, then inputs made of random numbers and changed ones of those read.
 * Knows no coverage. An input with a finding is left in finding.input.
 */

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define SEEDS_MAX 1024

struct seed {
	uint8_t *data;
	size_t len;
};

static struct seed seeds[SEEDS_MAX];
static unsigned int seed_count;
static uint64_t random_state = 1;
static uint8_t input[FUZZ_INPUT_MAX];
static size_t input_len;

/* xorshift64*: good enough to choose inputs by, and the same everywhere. */
static uint32_t
draw(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)(random_state * 0x2545f4914f6cdd1dull >> 32);
}

static void
on_abort(int signum)
{
	FILE *file = fopen("finding.input", "w");

	(void)signum;
	if (file != NULL) {
		fwrite(input, 1, input_len, file);
		fclose(file);
	}
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
}

static void
try_input(void)
{
	LLVMFuzzerTestOneInput(input, input_len);
}

static void
file_read(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	input_len = fread(input, 1, sizeof(input), file);
	fclose(file);
	try_input();
	if (seed_count == SEEDS_MAX)
		return;
	seeds[seed_count].data = malloc(input_len + 1);
	if (seeds[seed_count].data == NULL)
		exit(2);
	memcpy(seeds[seed_count].data, input, input_len);
	seeds[seed_count++].len = input_len;
}

static void
path_read(const char *path)
{
	char inner[4096];
	struct dirent *entry;
	struct stat status;
	DIR *dir;

	if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
		file_read(path);
		return;
	}
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		file_read(inner);
	}
	if (dir != NULL)
		closedir(dir);
}

/* One small change somewhere. */
static void
change(void)
{
	size_t at = input_len == 0 ? 0 : draw() % input_len;

	switch (draw() % 4) {
	case 0:
		if (input_len > 0)
			input[at] ^= (uint8_t)(1u << draw() % 8);
		break;
	case 1:
		if (input_len > 0)
			input[at] = (uint8_t)draw();
		break;
	case 2: /* one byte more */
		if (input_len == sizeof(input))
			break;
		memmove(&input[at + 1], &input[at], input_len - at);
		input[at] = (uint8_t)draw();
		input_len++;
		break;
	default: /* one byte less */
		if (input_len == 0)
			break;
		memmove(&input[at], &input[at + 1], input_len - at - 1);
		input_len--;
	}
}

/* The begin of one seed and the end of another. */
static void
splice(void)
{
	const struct seed *a = &seeds[draw() % seed_count];
	const struct seed *b = &seeds[draw() % seed_count];
	size_t cut = a->len == 0 ? 0 : draw() % (a->len + 1);
	size_t from = b->len == 0 ? 0 : draw() % (b->len + 1);
	size_t more = b->len - from;

	if (more > sizeof(input) - cut)
		more = sizeof(input) - cut;
	memcpy(input, a->data, cut);
	memcpy(input + cut, b->data + from, more);
	input_len = cut + more;
}

static void
input_make(void)
{
	uint32_t changes;

	if (seed_count > 0 && draw() % 2 == 0)
		splice();
	else
		input_len = fuzz_generate(input, sizeof(input), draw);
	for (changes = draw() % 4; changes > 0; changes--)
		change();
}

int
main(int argc, char **argv)
{
	time_t end = 0;
	uint64_t runs = 0;
	int i;

	signal(SIGABRT, on_abort);
	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-runs=", 6) == 0) {
			runs = strtoull(argv[i] + 6, NULL, 10);
		} else if (strncmp(argv[i], "-max_total_time=", 16) == 0) {
			end = time(NULL) + strtol(argv[i] + 16, NULL, 10);
		} else if (strncmp(argv[i], "-seed=", 6) == 0) {
			random_state = strtoull(argv[i] + 6, NULL, 10) * 2 + 1;
		} else if (argv[i][0] == '-') {
			fprintf(stderr,
			        "usage: %s [-runs=N] [-max_total_time=SECONDS] [-seed=N] "
			        "[FILE|DIRECTORY...]\n",
			        argv[0]);
			return 2;
		} else {
			path_read(argv[i]);
		}
	}
	for (; runs > 0 || (end != 0 && time(NULL) < end); runs -= runs > 0) {
		input_make();
		try_input();
	}
	return EXIT_SUCCESS;
}
