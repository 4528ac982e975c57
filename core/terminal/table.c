/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: columns as wide as they must be. */
#include "terminal.h"

#include <string.h>

#include "text.h"

/* A cell of any content, once escaped. */
enum { CELL_MAX = 4096 };

#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static void escape_cell(char *out, const char *cell)
{
	const char *text = cell != NULL ? cell : "";

	text_escape(out, CELL_MAX, text, strlen(text));
}

/* Characters, not bytes. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0xC0) != 0x80)
			width++;
	return width;
}

static size_t column_width(const char *const *header, size_t columns,
                           const char *const *cells, size_t rows, size_t column)
{
	size_t widest = width_of(header[column]), row;
	char cell[CELL_MAX];

	for (row = 0; row < rows; row++) {
		size_t width;

		escape_cell(cell, cells[row * columns + column]);
		width = width_of(cell);
		if (width > widest)
			widest = width;
	}
	return widest;
}

static void print_row(FILE *stream, const char *const *row, size_t columns,
                      const size_t *widths)
{
	char cell[CELL_MAX];
	size_t i;

	for (i = 0; i < columns; i++) {
		int padding = 0;

		escape_cell(cell, row[i]);
		/* No blanks at the end of a line. */
		if (i + 1 < columns)
			padding = (int)(widths[i] - width_of(cell)) + 2;
		(void)fprintf(stream, "%s%*s", cell, padding, "");
	}
}

void terminal_table(FILE *stream, const char *const *header, size_t columns,
                    const char *const *cells, size_t rows, size_t marked)
{
	enum { COLUMNS_MAX = 16 };
	bool is_bold = terminal_has_colour(stream);
	bool has_mark = marked < rows;
	size_t widths[COLUMNS_MAX];
	size_t i;

	if (columns > COLUMNS_MAX)
		return;
	for (i = 0; i < columns; i++)
		widths[i] = column_width(header, columns, cells, rows, i);

	(void)fputs(has_mark ? "  " : "", stream);
	print_row(stream, header, columns, widths);
	(void)fputs("\n", stream);
	for (i = 0; i < rows; i++) {
		bool is_current = has_mark && i == marked;

		(void)fputs(is_current && is_bold ? BOLD : "", stream);
		if (has_mark)
			(void)fputs(is_current ? "* " : "  ", stream);
		print_row(stream, cells + i * columns, columns, widths);
		(void)fputs(is_current && is_bold ? PLAIN "\n" : "\n", stream);
	}
}
