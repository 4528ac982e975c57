/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code in the terminal's own characters.  The only door to libqrencode. */
#ifndef CORE_ENGINE_QR_H
#define CORE_ENGINE_QR_H

#include <stdbool.h>
#include <stddef.h>

struct text;

enum qr_style {
	QR_BLOCKS, /* two modules a character, in Unicode's half blocks */
	QR_ASCII   /* two characters a module */
};

/* Draw TEXT into OUT, lines ended by LF, with a quiet zone around it; COLOUR
 * makes it dark on light whatever the terminal's own colours are.  False when
 * it is too long, or wider than COLUMNS characters. */
bool qr_draw(const char *text, enum qr_style style, bool colour, size_t columns,
             struct text *out);

/* Show TEXT on standard error, where that is a terminal that can show it: not
 * with ACCESSIBLE, not on a dumb one.  False when nothing was shown. */
bool qr_show(const char *text);

#endif
