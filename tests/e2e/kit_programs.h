/* SPDX-License-Identifier: Apache-2.0 */
/* The kit of broken providers that are programs: one row each, with what a
 * login and what the check must say of it. */
#ifndef TESTS_E2E_KIT_PROGRAMS_H
#define TESTS_E2E_KIT_PROGRAMS_H

#include <stddef.h>
#include <sys/types.h>

struct kit_program {
	const char *name;
	mode_t mode;
	const char *text; /* the whole file */
	int login;        /* the exit code, -1: it is no matter of a login */
	const char *login_says;
	const char *level; /* of what the check finds */
	const char *rule;
	const char *rule_says;
};

extern const struct kit_program kit_programs[];
extern const size_t kit_program_count;

#endif
