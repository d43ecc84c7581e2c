/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef APP_PARSE_H
#define APP_PARSE_H

/**
 * @file
 * Numbers in options.
 */

#include <stdint.h>

/**
 * Read a whole decimal number (0x... for hexadecimal) within limits.
 *
 * @return
 *   0, or -1 when text is not such a number.
 */
int
app_parse_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value);

/**
 * Read the digits a text begins with, printing nothing.
 *
 * @param text
 *   A decimal number, or a hexadecimal one with 0x.
 * @param end
 *   Set to what follows the number.
 * @param value
 *   Set to the number.
 * @return
 *   0, or -1 when there is no number, or one beyond 64 bits.
 */
int
app_parse_digits(const char *text, const char **end, uint64_t *value);

#endif /* APP_PARSE_H */
