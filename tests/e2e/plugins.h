/* SPDX-License-Identifier: Apache-2.0 */
/* Test plugins in the home of a test, and what the program says of them. */
#ifndef TESTS_E2E_PLUGINS_H
#define TESTS_E2E_PLUGINS_H

#include "e2e.h"

/* HOME/NAME; lent until the eighth call after. */
const char *plugin_path(const char *name);
/* Copy the built test plugin FROM to HOME/FOLDER/TO.so, mode 0755; the folder
 * is made, as are those above it. */
void plugin_put(const char *folder, const char *from, const char *to);
/* A plain text file in the home. */
void plugin_write(const char *name, const char *text);

/* `provider list --json`, the row called NAME, borrowed from *DOCUMENT, which
 * the caller gives back with json_decref(). */
json_t *plugin_listed(const char *name, json_t **document);
/* The string under KEY of ROW, or "(null)". */
const char *plugin_text(const json_t *row, const char *key);

#endif
