/* SPDX-License-Identifier: Apache-2.0 */
/* What `astro provider check --json` has found. */
#ifndef TESTS_E2E_KIT_FINDINGS_H
#define TESTS_E2E_KIT_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>

/* A finding of LEVEL by RULE (NULL: any) whose text has PART (NULL: any) in
 * DOCUMENT; every finding that is looked at can be acted upon. */
bool kit_has_finding(const json_t *document, const char *level,
                     const char *rule, const char *part);

#endif
