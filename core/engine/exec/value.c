/* SPDX-License-Identifier: Apache-2.0 */
/* From a request's members to texts and secrets. */
#include "value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue.h"
#include "error.h"
#include "json.h"

struct members {
	struct dialogue *dialogue;
	const char *known, *what;
	struct astro_error *err;
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list != '\0') {
		size_t next = strcspn(list, " ");

		if (next == len && memcmp(list, word, len) == 0)
			return true;
		list += next;
		list += strspn(list, " ");
	}
	return false;
}

static int check_member(void *data, const char *name, const struct json *value)
{
	const struct members *members = data;

	(void)value;
	if (name != NULL && has_word(members->known, name))
		return ASTRO_OK;
	return dialogue_misuse(members->dialogue, members->err,
	                       "puts \"%s\" into %s, where this astro does not "
	                       "know it",
	                       name != NULL ? name : "[]", members->what);
}

int value_check_members(struct dialogue *dialogue, const struct json *json,
                        const char *known, const char *what,
                        struct astro_error *err)
{
	struct members members = {dialogue, known, what, err};

	return json_each(json, check_member, &members);
}

int value_text(struct dialogue *dialogue, const struct json *json,
               const char *name, bool is_needed, const char **out,
               struct astro_error *err)
{
	enum json_kind kind = json_kind(json, name);

	*out = json_text(json, name);
	if (*out != NULL || (!is_needed && (kind == JSON_KIND_ABSENT ||
	                                    kind == JSON_KIND_NULL)))
		return ASTRO_OK;
	return dialogue_misuse(dialogue, err,
	                       "says no proper \"%s\" in %s: it is "
	                       "a string",
	                       name, dialogue->channel.operation);
}

int value_flag(struct dialogue *dialogue, const struct json *json,
               const char *name, int fallback, int *out,
               struct astro_error *err)
{
	enum json_kind kind = json_kind(json, name);

	*out = json_flag(json, name, fallback);
	if (kind == JSON_KIND_FLAG || kind == JSON_KIND_ABSENT)
		return ASTRO_OK;
	return dialogue_misuse(dialogue, err,
	                       "says no proper \"%s\" in %s: it is "
	                       "true or false",
	                       name, dialogue->channel.operation);
}

int value_keep(struct dialogue *dialogue, const struct json *json,
               const char **out, struct astro_error *err)
{
	int status = value_text(dialogue, json, "keep", false, out, err);

	if (status != ASTRO_OK || *out == NULL)
		return status;
	if (strcmp(*out, SHELF_LOGIN) == 0)
		return dialogue_misuse(dialogue, err,
		                       "gives the name \"%s\" (keep), which is "
		                       "that of what an operation is about",
		                       *out);
	if (shelf_name_is_plain(*out))
		return ASTRO_OK;
	return dialogue_misuse(dialogue, err,
	                       "gives the name \"%s\" (keep): one has 1 to %d "
	                       "letters, digits, _, . and -",
	                       *out, SHELF_NAME_MAX);
}

/* ---- things ---- */

static int find(struct dialogue *dialogue, const char *name,
                const struct thing **out, struct astro_error *err)
{
	*out = shelf_find(&dialogue->shelf, name);
	if (*out != NULL)
		return ASTRO_OK;
	return dialogue_misuse(dialogue, err,
	                       "speaks of \"%s\", which it has not got", name);
}

static int misnamed(struct dialogue *dialogue, const char *name,
                    const char *kind, struct astro_error *err)
{
	return dialogue_misuse(dialogue, err,
	                       "takes \"%s\" for %s, which it is not", name,
	                       kind);
}

static int read_secret(struct dialogue *dialogue, const char *name,
                       struct value *out, struct astro_error *err)
{
	const struct thing *thing;
	int status = find(dialogue, name, &thing, err);

	if (status != ASTRO_OK)
		return status;
	if (thing->secret == NULL)
		return misnamed(dialogue, name, "a secret", err);
	out->secret = thing->secret;
	return ASTRO_OK;
}

static int find_answer(struct dialogue *dialogue, const struct json *json,
                       const struct thing **out, const char **path,
                       struct astro_error *err)
{
	const char *name = json_text(json, "answer");
	int status = value_text(dialogue, json, "path", true, path, err);

	*out = NULL;
	if (status == ASTRO_OK)
		status = find(dialogue, name, out, err);
	if (*out != NULL && (*out)->answer == NULL)
		status = misnamed(dialogue, name, "an answer", err);
	return status;
}

static int read_answer(struct dialogue *dialogue, const struct json *json,
                       struct value *out, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const struct thing *thing;
	const char *path;
	int status = find_answer(dialogue, json, &thing, &path, err), optional;

	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "optional", 0, &optional,
		                    err);
	if (status != ASTRO_OK ||
	    (optional && host->answer_text(thing->answer, path) == NULL))
		return status;
	status = host->answer_secret(thing->answer, path, &out->own, err);
	out->secret = out->own;
	return status;
}

static int read_credential(struct dialogue *dialogue, const struct json *json,
                           struct value *out, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const struct astro_credential *credential;
	const char *name = json_text(json, "credential"), *field, *claim;
	const struct thing *thing;
	int status = value_text(dialogue, json, "field", false, &field, err);

	if (status == ASTRO_OK)
		status = value_text(dialogue, json, "claim", field == NULL,
		                    &claim, err);
	if (status == ASTRO_OK)
		status = find(dialogue, name, &thing, err);
	if (status != ASTRO_OK)
		return status;
	credential = thing->lent != NULL ? thing->lent : thing->credential;
	if (credential == NULL)
		return misnamed(dialogue, name, "a credential", err);
	if (field != NULL) {
		out->secret = host->credential_get(credential, field);
		out->text = host->credential_text(credential, field);
	} else {
		out->text = host->credential_claim(credential, claim);
	}
	return ASTRO_OK;
}

static int read_thing(struct dialogue *dialogue, const struct json *json,
                      struct value *out, struct astro_error *err)
{
	int is_text, status;

	status = value_check_members(
		dialogue, json,
		"secret answer path credential field claim text optional",
		"a value", err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "text", 0, &is_text, err);
	if (status != ASTRO_OK)
		return status;
	if (json_text(json, "secret") != NULL)
		status = read_secret(dialogue, json_text(json, "secret"), out,
		                     err);
	else if (json_text(json, "answer") != NULL)
		status = read_answer(dialogue, json, out, err);
	else if (json_text(json, "credential") != NULL)
		status = read_credential(dialogue, json, out, err);
	else
		status = dialogue_misuse(dialogue, err,
		                         "gives an object for a value that "
		                         "names no secret, answer or "
		                         "credential");
	if (status == ASTRO_OK && is_text && out->secret != NULL) {
		out->text = dialogue->host->secret_bytes(out->secret, NULL);
		out->secret = NULL;
	}
	return status;
}

int value_read(struct dialogue *dialogue, const struct json *json,
               struct value *out, struct astro_error *err)
{
	*out = (struct value){.text = json_text(json, "")};
	switch (json_kind(json, "")) {
	case JSON_KIND_ABSENT:
	case JSON_KIND_NULL:
	case JSON_KIND_STRING:
		return ASTRO_OK;
	case JSON_KIND_NUMBER:
		(void)snprintf(out->number, sizeof(out->number), "%" PRId64,
		               json_number(json, "", 0));
		out->text = out->number;
		return ASTRO_OK;
	case JSON_KIND_OBJECT:
		return read_thing(dialogue, json, out, err);
	case JSON_KIND_FLAG:
	case JSON_KIND_ARRAY:
		break;
	}
	return dialogue_misuse(dialogue, err,
	                       "gives a value in %s that is neither a string "
	                       "nor a number nor an object",
	                       dialogue->channel.operation);
}

void value_clear(const struct dialogue *dialogue, struct value *value)
{
	if (value->own != NULL)
		dialogue->host->secret_free(value->own);
	memset(value, 0, sizeof(*value));
}

int value_number(struct dialogue *dialogue, const struct json *json,
                 int64_t fallback, int64_t *out, struct astro_error *err)
{
	const struct thing *thing;
	const char *path;
	int status;

	*out = json_number(json, "", fallback);
	if (json_kind(json, "") == JSON_KIND_NUMBER ||
	    json_kind(json, "") == JSON_KIND_ABSENT)
		return ASTRO_OK;
	if (json_text(json, "answer") == NULL)
		return dialogue_misuse(dialogue, err,
		                       "gives something for a number in %s "
		                       "that is none",
		                       dialogue->channel.operation);
	status = value_check_members(dialogue, json, "answer path", "a number",
	                             err);
	if (status == ASTRO_OK)
		status = find_answer(dialogue, json, &thing, &path, err);
	if (status == ASTRO_OK)
		*out = dialogue->host->answer_number(thing->answer, path,
		                                     fallback);
	return status;
}

/* ---- fields ---- */

struct reading {
	struct dialogue *dialogue;
	struct fields *fields;
	struct astro_error *err;
};

static int add_field(void *data, const char *name, const struct json *json)
{
	const struct reading *reading = data;
	struct fields *fields = reading->fields;
	struct value *value = &fields->values[fields->count];
	int status;

	if (name == NULL || fields->count == VALUE_FIELDS_MAX)
		return dialogue_misuse(reading->dialogue, reading->err,
		                       "gives fields that are no object of at "
		                       "most %d",
		                       VALUE_FIELDS_MAX);
	status = value_read(reading->dialogue, json, value, reading->err);
	fields->items[fields->count++] = (struct astro_field){
		.name = name,
		.text = value->text,
		.secret = value->secret,
	};
	return status;
}

int fields_read(struct dialogue *dialogue, const struct json *json,
                struct fields *out, struct astro_error *err)
{
	struct reading reading = {dialogue, out, err};
	enum json_kind kind = json_kind(json, "");

	memset(out, 0, sizeof(*out));
	if (kind == JSON_KIND_ABSENT || kind == JSON_KIND_NULL)
		return ASTRO_OK;
	if (kind != JSON_KIND_OBJECT)
		return dialogue_misuse(dialogue, err,
		                       "gives fields in %s that are no object",
		                       dialogue->channel.operation);
	out->items = calloc(VALUE_FIELDS_MAX, sizeof(*out->items));
	out->values = calloc(VALUE_FIELDS_MAX, sizeof(*out->values));
	if (out->items == NULL || out->values == NULL)
		return error_no_memory(err);
	return json_each(json, add_field, &reading);
}

void fields_clear(const struct dialogue *dialogue, struct fields *fields)
{
	while (fields->count > 0)
		value_clear(dialogue, &fields->values[--fields->count]);
	free(fields->items);
	free(fields->values);
	memset(fields, 0, sizeof(*fields));
}
