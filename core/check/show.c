/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program is shown of an answer: the script's body, or JSON that is made
 * up from the names it asks for.  One that wants the whole gets the usual names
 * of OAuth (RFC 6749, 7662, 8414, 8628) and of accounts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "http.h"
#include "json.h"
#include "json_out.h"
#include "server.h"
#include "text.h"

enum {
	PATH_SIZE = 300,
	ROWS_MAX = 5000,
	/* Of a text among others: the whole must fit into a line. */
	PART_MAX = 16 * 1024
};

static const char *const usual_names[] = {
	"issuer",
	"authorization_endpoint",
	"token_endpoint",
	"userinfo_endpoint",
	"jwks_uri",
	"revocation_endpoint",
	"introspection_endpoint",
	"device_authorization_endpoint",
	"registration_endpoint",
	"end_session_endpoint",
	"access_token",
	"refresh_token",
	"id_token",
	"token",
	"token_type",
	"expires_in",
	"scope",
	"device_code",
	"user_code",
	"verification_uri",
	"verification_uri_complete",
	"interval",
	"active",
	"sub",
	"id",
	"name",
	"username",
	"preferred_username",
	"email",
	"email_verified",
	"user",
	"error",
	"message",
	NULL,
};
static const char *const names_of_object[] = {"id", "name", "email", NULL};
static const char *const names_of_row[] = {"id", "name", NULL};

enum shape {
	SHAPE_TEXT,
	SHAPE_NUMBER,
	SHAPE_FLAG,
	SHAPE_TEXTS,
	SHAPE_ROWS,
	SHAPE_OBJECT
};

static bool ends_with(const char *word, const char *end)
{
	size_t len = strlen(word), most = strlen(end);

	return len > most && strcmp(word + len - most, end) == 0;
}

/* "workspaces", and no "address", "status" or "analysis". */
static bool is_plural(const char *word)
{
	return ends_with(word, "s") && !ends_with(word, "ss") &&
	       !ends_with(word, "us") && !ends_with(word, "is");
}

static enum shape shape_of(const char *word)
{
	static const struct {
		const char *word;
		enum shape shape;
	} known[] = {
		{"interval", SHAPE_NUMBER},  {"exp", SHAPE_NUMBER},
		{"iat", SHAPE_NUMBER},       {"nbf", SHAPE_NUMBER},
		{"auth_time", SHAPE_NUMBER}, {"expires", SHAPE_NUMBER},
		{"count", SHAPE_NUMBER},     {"total", SHAPE_NUMBER},
		{"active", SHAPE_FLAG},      {"enabled", SHAPE_FLAG},
		{"success", SHAPE_FLAG},     {"ok", SHAPE_FLAG},
		{"aud", SHAPE_TEXTS},        {"amr", SHAPE_TEXTS},
		{"groups", SHAPE_TEXTS},     {"roles", SHAPE_TEXTS},
		{"scopes", SHAPE_TEXTS},     {"emails", SHAPE_TEXTS},
		{"user", SHAPE_OBJECT},      {"account", SHAPE_OBJECT},
		{"profile", SHAPE_OBJECT},   {"viewer", SHAPE_OBJECT},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(word, known[i].word) == 0)
			return known[i].shape;
	if (ends_with(word, "_in"))
		return SHAPE_NUMBER;
	if (ends_with(word, "_verified") || strncmp(word, "is_", 3) == 0 ||
	    strncmp(word, "has_", 4) == 0)
		return SHAPE_FLAG;
	if (ends_with(word, "_supported"))
		return SHAPE_TEXTS;
	return is_plural(word) ? SHAPE_ROWS : SHAPE_TEXT;
}

/* One answer on its way into JSON. */
struct showing {
	/* The texts that it lends are made when they are asked for. */
	struct astro_response *response;
	struct json_out json;
	size_t text_max;
};

/* Under KEY, or as an element of a list where KEY is NULL. */
static void show_text(struct showing *showing, const char *key,
                      const char *path)
{
	const char *text = server_text(showing->response, path);
	char part[PART_MAX + 1];

	if (text != NULL && strlen(text) > showing->text_max) {
		(void)snprintf(part, sizeof(part), "%.*s",
		               (int)showing->text_max, text);
		text = part;
	}
	json_out_string(&showing->json, key, text);
}

static void show_members(struct showing *showing, const char *path,
                         const char *const *names);

static void show_list(struct showing *showing, const char *key,
                      const char *path, bool has_rows)
{
	int64_t count = server_count(showing->response, path), i;
	char item[PATH_SIZE];

	if (count < 0) {
		json_out_string(&showing->json, key, NULL);
		return;
	}
	json_out_array(&showing->json, key);
	for (i = 0; i < count && i < ROWS_MAX; i++) {
		(void)snprintf(item, sizeof(item), "%.200s.%" PRId64, path, i);
		if (!has_rows) {
			show_text(showing, NULL, item);
			continue;
		}
		json_out_object(&showing->json, NULL);
		show_members(showing, item, names_of_row);
		json_out_close(&showing->json);
	}
	json_out_close(&showing->json);
}

static void show_one(struct showing *showing, const char *key, const char *path)
{
	const char *dot = strrchr(path, '.');
	enum shape shape = shape_of(dot == NULL ? path : dot + 1);

	/* It may have something to complain of all the same. */
	if (!server_is_full(showing->response))
		shape = SHAPE_TEXT;
	switch (shape) {
	case SHAPE_TEXT:
		show_text(showing, key, path);
		break;
	case SHAPE_NUMBER:
		json_out_number(&showing->json, key,
		                server_number(showing->response, path, 0));
		break;
	case SHAPE_FLAG:
		json_out_bool(&showing->json, key,
		              server_flag(showing->response, path, 0) != 0);
		break;
	case SHAPE_TEXTS:
		show_list(showing, key, path, false);
		break;
	case SHAPE_ROWS:
		show_list(showing, key, path, true);
		break;
	case SHAPE_OBJECT:
		json_out_object(&showing->json, key);
		show_members(showing, path, names_of_object);
		json_out_close(&showing->json);
		break;
	}
}

/* Those of NAMES that the answer has. */
static void show_members(struct showing *showing, const char *path,
                         const char *const *names)
{
	char whole[PATH_SIZE];

	for (; *names != NULL; names++) {
		(void)snprintf(whole, sizeof(whole), "%.200s%s%s", path,
		               path[0] == '\0' ? "" : ".", *names);
		if (server_text(showing->response, whole) != NULL)
			show_one(showing, *names, whole);
	}
}

static void show_whole(struct showing *showing)
{
	if (server_says_nothing(showing->response)) {
		json_out_string(&showing->json, NULL, NULL);
		return;
	}
	showing->text_max = PART_MAX;
	json_out_object(&showing->json, NULL);
	show_members(showing, "", usual_names);
	json_out_close(&showing->json);
}

static int make_up(const struct astro_response *response, const char *path,
                   struct text *out, struct astro_error *err)
{
	struct showing showing = {
		.response = (struct astro_response *)(uintptr_t)response,
		.text_max = SIZE_MAX,
	};
	const struct text *line;
	int status = ASTRO_OK;

	json_out_init_line(&showing.json);
	if (path[0] == '\0')
		show_whole(&showing);
	else
		show_one(&showing, NULL, path);
	line = json_out_end(&showing.json);
	/* Without the end of the line. */
	if (line == NULL)
		status = error_no_memory(err);
	else if (!text_add(out, line->bytes, line->len - 1))
		status = error_set(err, ASTRO_BAD_ANSWER, NULL,
		                   "the answer is too long to be shown");
	json_out_clear(&showing.json);
	return status;
}

int response_show(const struct astro_response *response, const char *path,
                  struct text *out, struct astro_error *err)
{
	const struct json *body = server_body(response);

	if (body == NULL)
		return make_up(response, path, out, err);
	if (json_kind(body, path) != JSON_KIND_ABSENT)
		return json_write(out, body, path, err);
	return text_add_string(out, "null") ? ASTRO_OK : error_no_memory(err);
}
