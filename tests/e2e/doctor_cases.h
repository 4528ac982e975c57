/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Broken things for `astro auth doctor`: one row each, with the exit code, and
 * the check that has to name it.
 */
#ifndef TESTS_E2E_DOCTOR_CASES_H
#define TESTS_E2E_DOCTOR_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "e2e.h"

enum { DOCTOR_DOMAIN_SIZE = 100 };
/* For -d; "": none. */
extern char doctor_domain[DOCTOR_DOMAIN_SIZE];

/* A healthy login to localhost, and a browser that is never started. */
void doctor_begin(void);
/* Puts right whatever was broken. */
void doctor_end(void);

struct doctor_case {
	bool (*breaks)(void); /* false: it cannot be done here */
	int code;             /* of the command */
	const char *check;    /* "files.config" */
	const char *state;
	int check_code;
	const char *says;
	const char *fix; /* NULL: it does not matter */
};
extern const struct doctor_case doctor_cases[];
extern const size_t doctor_case_count;

#endif
