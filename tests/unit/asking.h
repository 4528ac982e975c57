/* SPDX-License-Identifier: Apache-2.0 */
/* A child that asks one question and prints how that went, for pty_spawn(). */
#ifndef TESTS_UNIT_ASKING_H
#define TESTS_UNIT_ASKING_H

#include <stdbool.h>
#include <stdint.h>

#include "pty.h"

struct asking {
	const char *key, *label, *fallback;
	bool is_hidden;
	int64_t deadline;
	bool has_no_handlers; /* interrupt_install() not called */
	int questions;        /* 0 is 1 */
};

/* The work: standard output then has "[STATUS|ANSWER|MESSAGE|HINT]". */
int asking_work(void *asking);
/* On a terminal of its own, standard output apart. */
struct pty *asking_spawn(struct asking *asking);
/* The same with "Password:", hidden. */
struct pty *asking_spawn_password(struct asking *asking);
/* Wait for the end and check what was printed; frees. */
void asking_expect(struct pty *pty, const char *printed);

#endif
