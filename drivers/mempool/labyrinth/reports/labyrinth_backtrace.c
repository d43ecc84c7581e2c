/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The calls that led to a violation, without those inside of the driver: the
 * first line is the place in the program, or in the driver of a port.
 */

#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "labyrinth_log.h"
#include "labyrinth_report.h"
#include "labyrinth_say.h"
#include "labyrinth_symbol.h"

/* With fewer left, the driver is part of the program, and nothing is left out. */
#define CALLS_MIN 3
/* Objects that a command is told for, and bytes of it. */
#define COMMANDS_MOST 4
#define COMMAND_LEN   700

#if defined(__x86_64__)
static const uint8_t signal_return[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
#elif defined(__aarch64__)
static const uint8_t signal_return[] = {0x68, 0x11, 0x80, 0xd2, 0x01, 0, 0, 0xd4};
#else
static const uint8_t signal_return[] = {0};
#endif

static const void *
object_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) == 0 ? NULL : info.dli_fbase;
}

/* Calls on top of the stack which are the driver's own. */
static int
own_calls(void *const *calls, int n)
{
	const void *own = object_of((const void *)(uintptr_t)labyrinth_calls_get);
	int i = 0;

	while (i < n && object_of(calls[i]) == own)
		i++;
	return n - i < CALLS_MIN ? 0 : i;
}

/* A signal handler returns to code that does nothing but leave it. */
static bool
is_signal_return(const void *call)
{
	return sizeof(signal_return) > 1 && object_of(call) != NULL &&
	       memcmp(call, signal_return, sizeof(signal_return)) == 0;
}

void
labyrinth_calls_get(struct labyrinth_calls *calls)
{
	int i;

	calls->n = backtrace(calls->call, LABYRINTH_CALLS_MOST);
	calls->first = own_calls(calls->call, calls->n);
	calls->in_signal = false;
	for (i = 0; i < calls->n && !calls->in_signal; i++)
		calls->in_signal = is_signal_return(calls->call[i]);
}

struct command {
	char path[256];
	char text[COMMAND_LEN];
	size_t used;
};

/* One command for all places of an object. */
static void
command_add(struct command *commands, const void *call)
{
	struct labyrinth_object object;
	struct command *command;
	unsigned int i;
	int len;

	if (!labyrinth_place_object(call, &object) || object.path[0] != '/')
		return;
	for (i = 0; i < COMMANDS_MOST && commands[i].used > 0; i++)
		if (strcmp(commands[i].path, object.path) == 0)
			break;
	if (i == COMMANDS_MOST)
		return;
	command = &commands[i];
	if (command->used == 0) {
		snprintf(command->path, sizeof(command->path), "%s", object.path);
		command->used = (size_t)snprintf(command->text, sizeof(command->text),
		                                 "addr2line -Cfpie '%s'", object.path);
	}
	len = snprintf(command->text + command->used, sizeof(command->text) - command->used,
	               " 0x%zx", (size_t)object.offset);
	if (len > 0 && command->used + (size_t)len < sizeof(command->text))
		command->used += (size_t)len;
	else
		command->text[command->used] = '\0';
}

void
labyrinth_calls_commands(uint32_t level, const void *const *places, unsigned int n)
{
	struct command commands[COMMANDS_MOST] = {0};
	unsigned int i;

	for (i = 0; i < n; i++)
		command_add(commands, places[i]);
	if (commands[0].used > 0)
		LAB_LOG_AT(level, "  for lines that are missing, with files that have debug "
		                  "information in place of those named here:");
	for (i = 0; i < COMMANDS_MOST && commands[i].used > 0; i++)
		LAB_LOG_AT(level, "    %s", commands[i].text);
}

unsigned int
labyrinth_calls_log(const struct labyrinth_calls *calls, const void **unknown)
{
	char text[LABYRINTH_PLACE_LEN];
	unsigned int missing = 0;
	int i;

	for (i = calls->first; i < calls->n; i++) {
		bool known = false;

		if (calls->in_signal)
			(void)labyrinth_place_plain(calls->call[i], text, sizeof(text));
		else
			known = labyrinth_place(calls->call[i], text, sizeof(text));
		/* What starts a program was not written in a language that has lines. */
		if (!known && strncmp(text, "_start()", 8) != 0)
			unknown[missing++] = calls->call[i];
		LAB_LOG(CRIT, "    %d: %s", i - calls->first, text);
	}
	return missing;
}

/* Takes neither memory nor locks: a line that a shell makes one of the source's of. */
static void
place_say(const char *what, const void *call)
{
	struct labyrinth_object object;

	if (labyrinth_place_object(call, &object))
		labyrinth_say("LABYRINTH:   %s %s+0x%zx; function and line: addr2line -Cfpie '%s' "
		              "0x%zx\n",
		              what, object.path, (size_t)object.offset, object.path,
		              (size_t)object.offset);
}

void
labyrinth_calls_say(const void *at)
{
	/* What is told of a call stands in front of the address it returns to. */
	if (at != NULL)
		place_say("the access is at", (const uint8_t *)at + 1);
}

void
labyrinth_move_say(const void *frame, const struct labyrinth_move *move)
{
	char what[64];

	if (move->by.pid != ((uint32_t)getpid() & LABYRINTH_PID_MASK))
		return;
	snprintf(what, sizeof(what), "frame %p was %s at", frame,
	         move->put ? "freed" : "allocated");
	place_say(what, move->site);
	if (move->caller != NULL)
		place_say("  called from", move->caller);
}
