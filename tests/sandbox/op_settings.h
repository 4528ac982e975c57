/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_OP_SETTINGS_H
#define SANDBOX_OP_SETTINGS_H

#include <jansson.h>

struct sandbox;

/* The settings of the OpenID provider as they are at the start, into ALL. */
void op_settings_add(json_t *all);
/* Put them back to that. */
void op_settings_reset(struct sandbox *box);

#endif
