/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the sandbox's own test program. */
#ifndef SANDBOX_SUITES_H
#define SANDBOX_SUITES_H

#include <check.h>

/* A request with one thing wrong: VALUE for PARAMETER, NULL leaves it out. */
struct wrong {
	const char *parameter, *value;
	const char *error; /* NULL: a page, no redirect */
};

void suite_add_oauth(Suite *suite);
void suite_add_tokens(Suite *suite);
void suite_add_services(Suite *suite);
void suite_add_faults(Suite *suite);
void suite_add_devices(Suite *suite);
void suite_add_provider(Suite *suite);
void suite_add_provider_tokens(Suite *suite);
void suite_add_proofs(Suite *suite);
void suite_add_cases(Suite *suite);
void suite_add_forgeries(Suite *suite);

#endif
