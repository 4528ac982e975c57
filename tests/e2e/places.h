/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places beside the context file that keep a login, each the real thing:
 * gnome-keyring on a bus of the test's own, pass with a key of its own, the
 * kernel's keyring.  And what lies in them, seen without astro.
 */
#ifndef TESTS_E2E_PLACES_H
#define TESTS_E2E_PLACES_H

#include "e2e.h"

enum { PLACES = 4 };
/* "keyring", "helper:pass", "helper:secretservice", "session". */
extern const char *const places[PLACES];

/* A case whose tests have a desktop's home beside astro's, with no service
 * running, and solo in the browser. */
TCase *place_case(Suite *suite, const char *name);
/* Ready and empty. */
void place_open(const char *store);
/* How many logins of astro's are in it, those of other homes included. */
unsigned place_count(const char *store);
void place_expect(const char *store, unsigned count);

/* What desktop.h has set in this process, handed on to the program. */
void place_hand_on(void);
/* The collection that gnome-keyring keeps its items in. */
void place_lock_keyring(void);
/* Put a program docker-credential-NAME, of the shell's lines SCRIPT, before the
 * real ones on PATH. */
void place_make_helper(const char *name, const char *script);
/* No file below astro's home holds TEXT. */
void place_expect_no_file_with(const char *text);

#endif
