/* SPDX-License-Identifier: Apache-2.0 */
/* From a case's recipe to settings and faults. */
#include "op_recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "faults.h"
#include "fields.h"
#include "grants.h"
#include "op.h"
#include "op_cases.h"
#include "op_settings.h"
#include "sandbox.h"
#include "text.h"

enum { STRING_MAX = 4096 };

static const char openid_path[] = "/op/.well-known/openid-configuration";
static const char oauth_path[] = "/.well-known/oauth-authorization-server/op";

/* Members of a recipe that change an answer; the others are settings. */
struct place {
	const char *name, *path, *method;
};

static const struct place places[] = {
	{"metadata", openid_path, NULL},
	{"metadata", oauth_path, NULL},
	{"registration", "/op/register", NULL},
	{"pushed", "/op/par", NULL},
	{"device", "/op/device", NULL},
	{"authorization", "/op/login", "POST"},
	{"token", "/op/token", NULL},
	{"userinfo", "/op/userinfo", NULL},
	{"logout", "/op/logout", NULL},
};

/* What a recipe may leave open. */
struct word {
	const char *name;
	char value[OP_ADDRESS_MAX];
};

enum { WORDS = 5 };

static void words_fill(struct word words[WORDS], const struct sandbox *box,
                       const struct op_case *played)
{
	char *unique = grant_random();

	words[0].name = "{issuer}";
	op_address(box, "", words[0].value);
	words[1].name = "{origin}";
	op_origin(box, words[1].value);
	words[2].name = "{port}";
	(void)snprintf(words[2].value, OP_ADDRESS_MAX, "%u", box->port);
	words[3].name = "{client}";
	(void)snprintf(words[3].value, OP_ADDRESS_MAX, "%s",
	               played->client == NULL ? "sandbox-native"
	                                      : played->client);
	words[4].name = "{unique}";
	(void)snprintf(words[4].value, OP_ADDRESS_MAX, "%s",
	               unique == NULL ? "" : unique);
	free(unique);
}

static json_t *text_filled(const char *from, const struct word words[WORDS])
{
	struct text out;
	json_t *copy;
	size_t i;

	text_init(&out, STRING_MAX);
	while (*from != '\0') {
		for (i = 0; i < WORDS; i++)
			if (strncmp(from, words[i].name,
			            strlen(words[i].name)) == 0)
				break;
		if (i < WORDS) {
			text_add_string(&out, words[i].value);
			from += strlen(words[i].name);
		} else {
			text_add(&out, from++, 1);
		}
	}
	copy = json_stringn(out.bytes, out.len);
	text_clear(&out);
	return copy;
}

/* A copy of VALUE with the words filled in, however deep. */
static json_t *filled(const json_t *value, const struct word words[WORDS])
{
	json_t *out, *entry;
	const char *name;
	size_t i;

	if (json_is_string(value))
		return text_filled(json_string_value(value), words);
	if (json_is_array(value)) {
		out = json_array();
		json_array_foreach((json_t *)value, i, entry)
		{
			json_array_append_new(out, filled(entry, words));
		}
		return out;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	out = json_object();
	json_object_foreach((json_t *)value, name, entry)
	{
		json_object_set_new(out, name, filled(entry, words));
	}
	return out;
}

/* A fault of the recipe; for "metadata" at both of its addresses. */
static void add_fault(struct sandbox *box, const json_t *fault)
{
	json_t *copy = json_deep_copy(fault);

	if (op_is(fault, "path", "metadata")) {
		json_object_set_new(copy, "path", json_string(oauth_path));
		(void)faults_add(box, json_deep_copy(copy));
		json_object_set_new(copy, "path", json_string(openid_path));
	}
	(void)faults_add(box, copy);
}

static bool add_merge(struct sandbox *box, const char *name, json_t *patch)
{
	bool known = false;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		json_t *fault;

		if (strcmp(places[i].name, name) != 0)
			continue;
		known = true;
		fault = json_pack("{s:s, s:s, s:O}", "path", places[i].path,
		                  "kind", "merge", "value", patch);
		if (places[i].method != NULL)
			json_object_set_new(fault, "method",
			                    json_string(places[i].method));
		(void)faults_add(box, fault);
	}
	return known;
}

static void apply(struct sandbox *box, const json_t *recipe)
{
	json_t *member, *fault;
	const char *name;
	size_t i;

	json_object_foreach((json_t *)recipe, name, member)
	{
		if (strcmp(name, "faults") == 0) {
			json_array_foreach(member, i, fault)
			{
				add_fault(box, fault);
			}
		} else if (strcmp(name, "later") == 0) {
			json_object_set(box->op_case, "later", member);
		} else if (!add_merge(box, name, member)) {
			json_object_set(box->settings, name, member);
		}
	}
}

static bool is_own(const json_t *fault)
{
	const char *path = fields_get(fault, "path");

	return path != NULL &&
	       (strncmp(path, "/op/", 4) == 0 || strcmp(path, oauth_path) == 0);
}

void op_recipe_reset(struct sandbox *box)
{
	size_t i = json_array_size(box->faults);

	while (i-- > 0)
		if (is_own(json_array_get(box->faults, i)))
			json_array_remove(box->faults, i);
	json_object_clear(box->op_case);
	json_object_set_new(box->settings, "clock_offset", json_integer(0));
	op_settings_reset(box);
}

void op_recipe_play(struct sandbox *box, const struct op_case *played)
{
	json_t *recipe = data_parse(played->recipe), *whole;
	struct word words[WORDS];

	op_recipe_reset(box);
	json_object_set_new(box->op_case, "name", json_string(played->name));
	words_fill(words, box, played);
	whole = filled(recipe, words);
	apply(box, whole);
	json_decref(whole);
	json_decref(recipe);
}

void op_recipe_go_on(struct sandbox *box)
{
	json_t *later = json_incref(json_object_get(box->op_case, "later"));

	json_object_del(box->op_case, "later");
	apply(box, later);
	json_decref(later);
}
