/* SPDX-License-Identifier: Apache-2.0 */
/* Draws QR codes. */
#include "qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "terminal.h"
#include "text.h"

/* ISO/IEC 18004 wants four modules around it; cameras are content with two,
 * and a terminal's rows are few. */
enum { QUIET = 2, LIMIT = 64 * 1024 };

/* Upper half dark or light, lower half dark or light. */
static const char *const halves[2][2] = {
	{"\xe2\x96\x88", "\xe2\x96\x80"}, /* both light: full; upper light */
	{"\xe2\x96\x84", " "},            /* lower light; both dark */
};

/* Outside is light. */
static bool is_dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return (code->data[(size_t)y * (size_t)code->width + (size_t)x] & 1) !=
	       0;
}

/* Light modules are drawn and dark ones left out: on a dark terminal that is
 * right as it stands, on a light one COLOUR says so. */
static bool draw_blocks(const QRcode *code, bool colour, struct text *out)
{
	bool ok = true;
	int x, y;

	for (y = -QUIET; ok && y < code->width + QUIET; y += 2) {
		if (colour)
			ok = text_add_string(out, "\033[97;40m");
		for (x = -QUIET; ok && x < code->width + QUIET; x++)
			ok = text_add_string(out,
			                     halves[is_dark(code, x, y)]
			                           [is_dark(code, x, y + 1)]);
		ok = ok && text_add_string(out, colour ? "\033[0m\n" : "\n");
	}
	return ok;
}

/* Without colour and with it: a light module, a dark one. */
static const char *const modules[2][2] = {
	{"##", "  "},
	{"\033[107m  ", "\033[40m  "},
};

static bool draw_ascii(const QRcode *code, bool colour, struct text *out)
{
	bool ok = true;
	int x, y;

	for (y = -QUIET; ok && y < code->width + QUIET; y++) {
		for (x = -QUIET; ok && x < code->width + QUIET; x++)
			ok = text_add_string(
				out, modules[colour][is_dark(code, x, y)]);
		ok = ok && text_add_string(out, colour ? "\033[0m\n" : "\n");
	}
	return ok;
}

bool qr_draw(const char *text, enum qr_style style, bool colour, size_t columns,
             struct text *out)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	size_t width;
	bool ok = false;

	if (code == NULL)
		return false;
	width = (size_t)code->width + 2 * QUIET;
	if ((style == QR_ASCII ? 2 * width : width) < columns)
		ok = style == QR_ASCII ? draw_ascii(code, colour, out)
		                       : draw_blocks(code, colour, out);
	QRcode_free(code);
	return ok;
}

/* What the locale says; setlocale() is not called for this alone. */
static bool is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strcasestr(value, "UTF-8") != NULL ||
			       strcasestr(value, "utf8") != NULL;
	}
	return false;
}

bool qr_show(const char *text)
{
	struct text picture;
	bool shown;

	if (!terminal_can_draw(stderr))
		return false;
	text_init(&picture, LIMIT);
	shown = qr_draw(text, is_utf8() ? QR_BLOCKS : QR_ASCII,
	                terminal_has_colour(stderr), terminal_width(stderr),
	                &picture) &&
	        fputs(picture.bytes, stderr) >= 0;
	text_clear(&picture);
	return shown;
}
