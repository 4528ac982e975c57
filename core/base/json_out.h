/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON for --json: one document, indented by 2, or on one line; correct
 * whatever the texts hold.  It is in memory that is wiped, so it may hold a
 * token.
 */
#ifndef CORE_BASE_JSON_OUT_H
#define CORE_BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "text.h"

enum { JSON_OUT_DEPTH = 8 };

struct json_out {
	struct text text;
	bool is_line;
	bool is_full; /* something did not fit; what follows is ignored */
	int depth;
	bool has_members[JSON_OUT_DEPTH];
	char closers[JSON_OUT_DEPTH];
};

void json_out_init(struct json_out *json);
/* The whole document on one line. */
void json_out_init_line(struct json_out *json);
void json_out_clear(struct json_out *json);

/* KEY is NULL inside an array and for the document itself. */
void json_out_object(struct json_out *json, const char *key);
void json_out_array(struct json_out *json, const char *key);
/* Closes what was opened last. */
void json_out_close(struct json_out *json);
/* VALUE NULL is null. */
void json_out_string(struct json_out *json, const char *key, const char *value);
void json_out_secret(struct json_out *json, const char *key,
                     const struct astro_secret *value);
void json_out_number(struct json_out *json, const char *key, int64_t value);
/* VALUE is JSON already, whole and on one line. */
void json_out_json(struct json_out *json, const char *key,
                   const struct text *value);
void json_out_bool(struct json_out *json, const char *key, bool value);
/* Unix seconds, as RFC 3339 in UTC. */
void json_out_time(struct json_out *json, const char *key, int64_t value);

/* The whole document, with its line end, lent until json_out_clear(); NULL
 * when it did not fit into memory. */
const struct text *json_out_end(struct json_out *json);

#endif
