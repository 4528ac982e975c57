/* SPDX-License-Identifier: Apache-2.0 */
/* A case made real: settings and faults that could be ordered by hand too. */
#ifndef SANDBOX_OP_RECIPE_H
#define SANDBOX_OP_RECIPE_H

#include <jansson.h>

struct op_case;
struct sandbox;

/* Make the provider honest again: settings, clock and faults. */
void op_recipe_reset(struct sandbox *box);
/* ... and then behave as in PLAYED. */
void op_recipe_play(struct sandbox *box, const struct op_case *played);
/* The first tokens are out: what the recipe keeps for "later" begins. */
void op_recipe_go_on(struct sandbox *box);

#endif
