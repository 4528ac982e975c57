/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kit of broken providers: one row each, with what a login and what the
 * check must say of it.  Sources: tests/plugins/kit; files that no compiler
 * makes are made here.
 */
#ifndef TESTS_E2E_KIT_CASES_H
#define TESTS_E2E_KIT_CASES_H

#include <stdbool.h>
#include <stddef.h>

enum kit_make {
	KIT_BUILT,
	KIT_CUT,
	KIT_EMPTY,
	KIT_SCRIPT, /* of the linker */
	KIT_ARCHIVE,
	KIT_MACHINE,
	KIT_CLASS,
	KIT_PROGRAM,
	KIT_FOLDER,
	KIT_FIFO,
	KIT_SOCKET,
	KIT_LINK,
	KIT_SETUID,
	KIT_GROUP,
	KIT_OTHERS,
	KIT_FOREIGN /* only root can make it */
};

/* When it shows. */
enum kit_shows {
	KIT_OUTSIDE, /* before anything of it runs */
	KIT_AT_ONCE,
	KIT_HANGS
};

struct kit_case {
	const char *name;
	enum kit_make make;
	enum kit_shows shows;
	int login; /* the exit code, -1: a login needs a server */
	const char *login_says;
	const char *rule; /* NULL: it passes */
	const char *rule_says;
};

extern const struct kit_case kit_cases[];
extern const size_t kit_case_count;

/* False when it cannot be made here. */
bool kit_can_make(const struct kit_case *broken);
/* Make FOLDER/NAME.so. */
void kit_make(const struct kit_case *broken, const char *folder);

#endif
