/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_COMMAND_H
#define FWD_COMMAND_H

/**
 * @file
 * How commands are described to librte_cmdline: for the files that do so only.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_common.h>

#include <cmdline_parse.h>
#include <cmdline_parse_string.h>

#include "session.h"
#include "words.h"

/** What every command is parsed into: its words, one after the other. */
struct fwd_words {
	cmdline_fixed_string_t word[5];
};

/* Commands get no argument of ours that is not a constant. */
extern struct fwd_session *fwd_session;

/** Note how a command has ended: 0, or -1 (one line was printed). */
void
fwd_command_ended(int ret);

/** Has a command failed since the last call? */
bool
fwd_command_has_failed(void);

/** Note that quit was given: no more commands are taken. */
void
fwd_command_quit(void);

/** Has quit been given? */
bool
fwd_command_has_quit(void);

/**
 * The ports a word names, "all" or a number, as a mask of indexes.
 *
 * @return
 *   0, or -1 when there is no such port (one line was printed).
 */
int
fwd_command_ports(const char *word, uint64_t *mask);

/** A whole number from min to max. 0, or -1 (one line was printed). */
int
fwd_command_number(const char *what, const char *word, uint32_t min, uint32_t max, uint32_t *value);

/** For commands that want nothing forwarded meanwhile: 0, or -1 (one line was printed). */
int
fwd_command_stopped(const char *verb, const char *what);

/** One of a list of words; for FWD_CHOICES. */
int
fwd_command_choice(const char *const *list, unsigned int nb, unsigned int index, char *text,
                   unsigned int size);

/** For completion: "all" and the numbers of the ports. */
int
fwd_command_port_ids(unsigned int index, char *text, unsigned int size);

/** A function that lists words for completion. */
#define FWD_CHOICES(name, ...)                                                     \
	static int name(unsigned int index, char *text, unsigned int size)         \
	{                                                                          \
		static const char *const list[] = {__VA_ARGS__};                   \
                                                                                   \
		return fwd_command_choice(list, RTE_DIM(list), index, text, size); \
	}

/** A word that is always the same. */
#define FWD_FIXED(name, index, text)               \
	static cmdline_parse_token_string_t name = \
		TOKEN_STRING_INITIALIZER(struct fwd_words, word[index], text)
/** A word the command itself looks at. */
#define FWD_ANY(name, index, choices) \
	static struct fwd_word_token name = FWD_WORD(struct fwd_words, word[index], choices)
/** A command of such words, for the table. */
#define FWD_COMMAND(name, function, how, help, ...) \
	cmdline_parse_inst_t name = {               \
		.f = function, .data = how, .help_str = help, .tokens = {__VA_ARGS__, NULL}}

/* All commands. */
extern cmdline_parse_inst_t fwd_cmd_help, fwd_cmd_quit, fwd_cmd_start, fwd_cmd_start_first;
extern cmdline_parse_inst_t fwd_cmd_start_firsts, fwd_cmd_stop;
extern cmdline_parse_inst_t fwd_cmd_show_port, fwd_cmd_clear_port, fwd_cmd_show_fwd;
extern cmdline_parse_inst_t fwd_cmd_clear_fwd, fwd_cmd_show_config, fwd_cmd_dump, fwd_cmd_dump_one;
extern cmdline_parse_inst_t fwd_cmd_set_nbcore, fwd_cmd_set_corelist, fwd_cmd_set_peer;
extern cmdline_parse_inst_t fwd_cmd_set_txpkts, fwd_cmd_load, fwd_cmd_show_queue;
extern cmdline_parse_inst_t fwd_cmd_port_config, fwd_cmd_set_verbose, fwd_cmd_set_portlist;
extern cmdline_parse_inst_t fwd_cmd_set_fwd, fwd_cmd_set_burst, fwd_cmd_set_promisc, fwd_cmd_port;

#endif /* FWD_COMMAND_H */
