/* SPDX-License-Identifier: Apache-2.0 */
#include "kit_findings.h"

#include <check.h>
#include <string.h>

static const char *text_of(const json_t *finding, const char *key)
{
	const char *text = json_string_value(json_object_get(finding, key));

	ck_assert_msg(text != NULL, "a finding without %s", key);
	return text;
}

bool kit_has_finding(const json_t *document, const char *level,
                     const char *rule, const char *part)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(document, "findings"), i, finding)
	{
		/* Whatever it is, it can be acted upon. */
		ck_assert_str_ne(text_of(finding, "must"), "");
		ck_assert_str_ne(text_of(finding, "fix"), "");
		if (strcmp(text_of(finding, "level"), level) == 0 &&
		    (rule == NULL ||
		     strcmp(text_of(finding, "rule"), rule) == 0) &&
		    (part == NULL ||
		     strstr(text_of(finding, "text"), part) != NULL))
			return true;
	}
	return false;
}
