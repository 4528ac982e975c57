/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON from servers and programs (jansson behind json.c), and from the tools
 * that ask for a credential (json_in.c): what the strict one takes, the other
 * does as well, and both read the same.
 */
#include <string.h>

#include "error.h"
#include "fuzz.h"
#include "json.h"
#include "json_in.h"
#include "text.h"

static const char *const paths[] = {"",           "spec.cluster.server",
                                    "kind",       "a.b.c",
                                    "items.0.id", "key",
                                    "answer",     "a..b",
                                    ".",          "0"};

static void look_around(const struct json *json)
{
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		(void)json_text(json, paths[i]);
		(void)json_number(json, paths[i], -1);
		(void)json_flag(json, paths[i], -1);
		(void)json_count(json, paths[i]);
		(void)json_kind(json, paths[i]);
	}
}

static enum json_kind kind_of(const struct json_in_value *value)
{
	switch (value->kind) {
	case JSON_IN_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_IN_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_IN_STRING:
		return JSON_KIND_STRING;
	case JSON_IN_NUMBER:
		return JSON_KIND_NUMBER;
	case JSON_IN_TRUE:
	case JSON_IN_FALSE:
		return JSON_KIND_FLAG;
	case JSON_IN_NULL:
		break;
	}
	return JSON_KIND_NULL;
}

struct side {
	const struct json_in_value *next;
};

static int compare(const struct json_in_value *strict, const struct json *json);

static int compare_next(void *data, const char *name, const struct json *json)
{
	struct side *side = data;
	const struct json_in_value *value = side->next;

	MUST(value != NULL);
	side->next = value->next;
	MUST((name == NULL) == (value->name == NULL));
	MUST(name == NULL || strcmp(name, value->name) == 0);
	return compare(value, json);
}

static int compare(const struct json_in_value *strict, const struct json *json)
{
	struct side side = {strict->first};

	MUST(json_kind(json, "") == kind_of(strict));
	if (strict->kind == JSON_IN_STRING)
		MUST(strcmp(json_text(json, ""), strict->text) == 0);
	if (strict->kind == JSON_IN_OBJECT || strict->kind == JSON_IN_ARRAY) {
		(void)json_each(json, compare_next, &side);
		MUST(side.next == NULL);
	}
	return ASTRO_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	struct astro_error err = {.status = ASTRO_OK};
	struct json_in *strict = NULL;
	struct json *json = NULL;
	int status = json_parse(text, len, &json, &err);
	int strictly;

	MUST(status == ASTRO_OK || err.message[0] != '\0');
	MUST(text_is_utf8(err.message, strlen(err.message)));
	strictly = json_in_read(text, len, "input", &strict, &err);
	MUST(strictly == ASTRO_OK || err.message[0] != '\0');
	if (status == ASTRO_OK)
		look_around(json);
	if (status == ASTRO_OK && strictly == ASTRO_OK)
		(void)compare(json_in_root(strict), json);
	json_in_free(strict);
	json_free(json);
	return 0;
}
