/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for the person, and whether they may have colour. */
#include "terminal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "secret.h"
#include "text.h"

/* A whole line, in pieces that text_escape() does not cut short. */
enum { LINE_BYTES_MAX = 65536, PIECE_SIZE = 256, PIECE_SHOWN_MAX = 4096 };
enum { COLUMNS_USUAL = 80 };

static size_t piece_length(const char *bytes, size_t len)
{
	size_t end = PIECE_SIZE;

	if (len <= PIECE_SIZE)
		return len;
	/* Not in the middle of a character. */
	while (end > PIECE_SIZE - 4 &&
	       ((unsigned char)bytes[end] & 0xC0) == 0x80)
		end--;
	return end;
}

static void escape_whole(struct text *line, const char *bytes, size_t len)
{
	char piece[PIECE_SHOWN_MAX];

	while (len > 0) {
		size_t count = piece_length(bytes, len);

		text_escape(piece, sizeof(piece), bytes, count);
		(void)text_add_string(line, piece);
		bytes += count;
		len -= count;
	}
	explicit_bzero(piece, sizeof(piece));
}

void terminal_tell(const char *fmt, ...)
{
	char *raw = malloc(LINE_BYTES_MAX);
	struct text line;
	va_list args;

	if (raw == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(raw, LINE_BYTES_MAX, fmt, args);
	va_end(args);
	secret_mask(raw);

	text_init(&line, (size_t)LINE_BYTES_MAX * 8);
	escape_whole(&line, raw, strlen(raw));
	(void)text_add_string(&line, "\n");
	(void)fputs(line.bytes, stderr);

	text_clear(&line);
	explicit_bzero(raw, LINE_BYTES_MAX);
	free(raw);
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

bool terminal_is_accessible(void)
{
	return is_set("ACCESSIBLE");
}

bool terminal_can_draw(FILE *stream)
{
	const char *kind = getenv("TERM");

	return !terminal_is_accessible() && isatty(fileno(stream)) &&
	       kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

size_t terminal_width(FILE *stream)
{
	struct winsize size;

	if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS_USUAL;
	return size.ws_col;
}

bool terminal_has_colour(FILE *stream)
{
	const char *forced = getenv("CLICOLOR_FORCE");

	if (is_set("NO_COLOR") || terminal_is_accessible())
		return false;
	if (forced != NULL && forced[0] != '\0' && strcmp(forced, "0") != 0)
		return true;
	return terminal_can_draw(stream);
}
