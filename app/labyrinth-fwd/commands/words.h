/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_WORDS_H
#define FWD_WORDS_H

/**
 * @file
 * A kind of token for librte_cmdline: any word is taken, so that the command
 * itself can say what is wrong with it; a list serves for completion.
 */

#include <stddef.h>

#include <cmdline_parse.h>
#include <cmdline_parse_string.h>

struct fwd_word_token {
	struct cmdline_token_hdr hdr;
	/** Write the index-th choice; return -1 behind the last one. */
	int (*choice)(unsigned int index, char *text, unsigned int size);
};

extern struct cmdline_token_ops fwd_word_ops;

#define FWD_WORD(structure, field, choice)                          \
	{                                                           \
		{&fwd_word_ops, offsetof(structure, field)}, choice \
	}

#endif /* FWD_WORDS_H */
