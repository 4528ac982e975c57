/* SPDX-License-Identifier: Apache-2.0 */
/* What the scripted browser understands of HTML. */
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include <jansson.h>

/* The first form: {"action": …, "fields": {NAME: VALUE…}}; NULL: none. */
json_t *form_parse(const char *html);
/* The text of the first element TAG ("<title>"), "" when there is none; the
 * caller frees. */
char *form_text_of(const char *html, const char *tag);

#endif
