/* SPDX-License-Identifier: Apache-2.0 */
/* What a program says in a request: texts, and what it has but does not see. */
#ifndef CORE_ENGINE_EXEC_VALUE_H
#define CORE_ENGINE_EXEC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct dialogue;
struct json;

/*
 * "text", 10, or a thing by its name: {"secret": N}, {"answer": N, "path": P},
 * {"credential": N, "field": F}, {"credential": N, "claim": C}; with
 * "text": true it is taken for no secret, with "optional": true it may be
 * missing in an answer.  Both NULL: null, or not there.
 */
struct value {
	const char *text;
	const struct astro_secret *secret;
	struct astro_secret *own;
	char number[24];
};

/* ASTRO_BAD_PLUGIN (misuse) for what makes no sense, ASTRO_BAD_ANSWER where an
 * answer has no such text.  What it lends lives as long as JSON and the shelf;
 * for value_clear() whatever comes of it. */
int value_read(struct dialogue *dialogue, const struct json *json,
               struct value *out, struct astro_error *err);
void value_clear(const struct dialogue *dialogue, struct value *value);
/* A whole number, or one of an answer; FALLBACK where the answer has none. */
int value_number(struct dialogue *dialogue, const struct json *json,
                 int64_t fallback, int64_t *out, struct astro_error *err);

/* An object of values as form fields, headers or parameters. */
enum { VALUE_FIELDS_MAX = 256 };
struct fields {
	struct astro_field *items;
	struct value *values;
	size_t count;
};
/* JSON may be nothing at all. */
int fields_read(struct dialogue *dialogue, const struct json *json,
                struct fields *out, struct astro_error *err);
void fields_clear(const struct dialogue *dialogue, struct fields *fields);

/* A string under NAME; NULL where there is none.  Misuse where there is
 * something else, or nothing and it IS_NEEDED. */
int value_text(struct dialogue *dialogue, const struct json *json,
               const char *name, bool is_needed, const char **out,
               struct astro_error *err);
/* The same for true and false. */
int value_flag(struct dialogue *dialogue, const struct json *json,
               const char *name, int fallback, int *out,
               struct astro_error *err);
/* The name under "keep", for a thing; NULL where there is none. */
int value_keep(struct dialogue *dialogue, const struct json *json,
               const char **out, struct astro_error *err);
/* Misuse for a member of JSON that is none of KNOWN, which blanks separate. */
int value_check_members(struct dialogue *dialogue, const struct json *json,
                        const char *known, const char *what,
                        struct astro_error *err);

#endif
