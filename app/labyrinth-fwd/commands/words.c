/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include <rte_common.h>

#include "words.h"

static int
parse(cmdline_parse_token_hdr_t *token, const char *text, void *result, unsigned int size)
{
	size_t len = 0;

	(void)token;
	while (!cmdline_isendoftoken(text[len]))
		len++;
	if (len == 0 || len >= RTE_MIN(size, (unsigned int)STR_TOKEN_SIZE))
		return -1;
	if (result != NULL) {
		memcpy(result, text, len);
		((char *)result)[len] = '\0';
	}
	return (int)len;
}

static int
get_nb(cmdline_parse_token_hdr_t *token)
{
	const struct fwd_word_token *word = (const struct fwd_word_token *)token;
	char text[STR_TOKEN_SIZE];
	unsigned int n = 0;

	while (word->choice(n, text, sizeof(text)) == 0)
		n++;
	return (int)n;
}

static int
get_elt(cmdline_parse_token_hdr_t *token, int index, char *text, unsigned int size)
{
	const struct fwd_word_token *word = (const struct fwd_word_token *)token;

	return word->choice((unsigned int)index, text, size);
}

static int
get_help(cmdline_parse_token_hdr_t *token, char *text, unsigned int size)
{
	const struct fwd_word_token *word = (const struct fwd_word_token *)token;

	if (word->choice(0, text, size) != 0 && size > 0)
		text[0] = '\0';
	return 0;
}

struct cmdline_token_ops fwd_word_ops = {
	.parse = parse,
	.complete_get_nb = get_nb,
	.complete_get_elt = get_elt,
	.get_help = get_help,
};
