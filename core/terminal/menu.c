/* SPDX-License-Identifier: Apache-2.0 */
/* Menus: a numbered table, and a row's number, id or name for an answer. */
#include "terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "secret.h"

enum { TRIES = 3, COLUMNS = 3, NUMBER_MAX = 24 };

static size_t current_row(const struct astro_menu *menu)
{
	size_t i;

	if (!ASTRO_HAS(struct astro_menu, menu, current))
		return SIZE_MAX;
	for (i = 0; i < menu->count; i++)
		if (strcmp(menu->items[i].id, menu->current) == 0)
			return i;
	return SIZE_MAX;
}

static int show(FILE *stream, const struct astro_menu *menu)
{
	static const char *const header[COLUMNS] = {"#", "NAME", "ID"};
	const char **cells = calloc(menu->count, COLUMNS * sizeof(*cells));
	char(*numbers)[NUMBER_MAX] = calloc(menu->count, sizeof(*numbers));
	int status = ASTRO_NO_MEMORY;
	size_t i;

	if (cells == NULL || numbers == NULL)
		goto out;
	for (i = 0; i < menu->count; i++) {
		(void)snprintf(numbers[i], NUMBER_MAX, "%zu", i + 1);
		cells[i * COLUMNS] = numbers[i];
		cells[i * COLUMNS + 1] = menu->items[i].name;
		cells[i * COLUMNS + 2] = menu->items[i].id;
	}
	terminal_table(stream, header, COLUMNS, cells, menu->count,
	               current_row(menu));
	status = ASTRO_OK;
out:
	free(cells);
	free(numbers);
	return status;
}

/* On standard error, or where the question is if that goes elsewhere. */
static int show_table(const struct astro_menu *menu, struct astro_error *err)
{
	FILE *terminal = isatty(STDERR_FILENO) ? NULL : fopen("/dev/tty", "we");
	int status = show(terminal != NULL ? terminal : stderr, menu);

	if (terminal != NULL)
		(void)fclose(terminal);
	return status == ASTRO_OK ? ASTRO_OK : error_no_memory(err);
}

/* The row that ANSWER means: menu->count for none, or more than one. */
static size_t find_row(const struct astro_menu *menu, const char *answer)
{
	size_t i, row = menu->count;
	char number[NUMBER_MAX];

	for (i = 0; i < menu->count; i++) {
		(void)snprintf(number, sizeof(number), "%zu", i + 1);
		if (strcmp(answer, number) == 0)
			return i;
	}
	for (i = 0; i < menu->count; i++)
		if (strcmp(answer, menu->items[i].id) == 0)
			return i;
	for (i = 0; i < menu->count; i++) {
		if (strcmp(answer, menu->items[i].name) != 0)
			continue;
		if (row != menu->count)
			return menu->count;
		row = i;
	}
	return row;
}

static int ask_once(const struct astro_menu *menu, int64_t deadline,
                    size_t *row, struct astro_error *err)
{
	struct astro_question question = {.size = sizeof(question),
	                                  .echo = ASTRO_ECHO_ON,
	                                  .key = menu->key,
	                                  .label = ">"};
	struct astro_secret *answer;
	const char *text;
	int status;

	status = terminal_ask(&question, deadline, &answer, err);
	if (status != ASTRO_OK)
		return status;
	text = secret_bytes(answer, NULL);
	*row = text[0] == '\0' ? menu->count : find_row(menu, text);
	secret_free(answer);
	return ASTRO_OK;
}

int terminal_choose(const struct astro_menu *menu, int64_t deadline,
                    size_t *picked, struct astro_error *err)
{
	size_t row = menu->count;
	int status, tries;

	*picked = 0;
	if (menu->count == 0)
		return error_set(err, ASTRO_NOT_FOUND, NULL,
		                 "nothing to choose from for the %s",
		                 menu->key);
	terminal_tell("%s", menu->label);
	status = show_table(menu, err);

	for (tries = 0; status == ASTRO_OK && tries < TRIES; tries++) {
		status = ask_once(menu, deadline, &row, err);
		if (status != ASTRO_OK)
			return status;
		if (row < menu->count) {
			*picked = row;
			return ASTRO_OK;
		}
		terminal_tell("that is none of the rows: type a number from 1 "
		              "to %zu",
		              menu->count);
	}
	if (status == ASTRO_OK)
		status = error_set(err, ASTRO_NOT_FOUND,
		                   "run it again, and type a row's number",
		                   "no usable answer for the %s in %d tries",
		                   menu->key, (int)TRIES);
	return status;
}
