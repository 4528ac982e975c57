/* SPDX-License-Identifier: Apache-2.0 */
/* Which program opens a web address here, and what it is to be told. */
#ifndef CORE_ENGINE_OPENER_H
#define CORE_ENGINE_OPENER_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

enum {
	OPENER_WORDS_MAX = 64,
	OPENER_COMMAND_MAX = 4096,
	OPENER_PATH_SIZE = 4096
};

/* What to run: ARGV ends in NULL, COUNT words of it stand before the address,
 * and it lends from the rest. */
struct opener {
	char words[OPENER_COMMAND_MAX];
	char path[OPENER_PATH_SIZE];
	const char *argv[OPENER_WORDS_MAX + 2];
	size_t count;
	char *address; /* written another way for this program, or NULL */
};

/*
 * The program that opens URL: ASTRO_BROWSER, else BROWSER (split at blanks, no
 * shell), else VS Code's own helper, on WSL wslview, rundll32.exe or cmd.exe,
 * else xdg-open, x-www-browser, www-browser, wslview; all of them from absolute
 * entries of PATH.  URL is borrowed.  ASTRO_UNSAFE for what is no web address,
 * ASTRO_UNSUPPORTED where there is no such program.  OPENER is zeroed before,
 * and cleared with opener_clear() whatever this returned.
 */
int opener_make(struct opener *opener, const char *url,
                struct astro_error *err);
/* The same without an address, to know whether there is one. */
int opener_find(struct opener *opener, struct astro_error *err);
void opener_clear(struct opener *opener);

/* True when ASTRO_BROWSER or BROWSER names one, "none" not counted. */
bool opener_is_named(void);
/* True when the first of them that is set is "none". */
bool opener_is_refused(void);
/* True inside VS Code, which opens addresses where its window is. */
bool opener_is_editor(void);

#endif
