/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a login: from a credential to JSON and back. */
#include "record.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "credential.h"
#include "error.h"
#include "fields.h"
#include "json.h"
#include "secret.h"
#include "text.h"

enum { VERSION = 1, NUMBER_SIZE = 24 };

/* The end of year 9999; later is a token without an end. */
static const int64_t time_max = 253402300799;

static const char *const tokens[] = {"access_token", "refresh_token",
                                     "client_secret", "dpop_key"};
enum { TOKENS = sizeof(tokens) / sizeof(tokens[0]) };

/* TIME in digits, or NULL where there is nothing to say. */
static const char *digits(int64_t time, char out[NUMBER_SIZE])
{
	if (time <= 0 || time > time_max)
		return NULL;
	(void)snprintf(out, NUMBER_SIZE, "%lld", (long long)time);
	return out;
}

static int check_tokens(const struct astro_credential *credential,
                        struct astro_error *err)
{
	size_t found = 0, i;

	for (i = 0; i < TOKENS; i++) {
		const struct astro_secret *token =
			credential_get(credential, tokens[i]);
		const char *bytes;
		size_t len;

		if (token == NULL)
			continue;
		bytes = secret_bytes(token, &len);
		if (!fields_can_hold(tokens[i], bytes, len))
			return error_set(err, ASTRO_STORE, NULL,
			                 "the %s is not made of visible "
			                 "characters and cannot be kept",
			                 tokens[i]);
		found++;
	}
	if (found == 0)
		return error_set(err, ASTRO_STORE, NULL,
		                 "a login without a token cannot be kept");
	return ASTRO_OK;
}

int record_write(const struct astro_credential *credential, int64_t obtained_at,
                 struct astro_secret **out, struct astro_error *err)
{
	char expires[NUMBER_SIZE], obtained[NUMBER_SIZE], version[NUMBER_SIZE];
	const struct astro_field fields[] = {
		{.name = "version", .text = digits(VERSION, version)},
		{.name = tokens[0],
	         .secret = credential_get(credential, tokens[0])},
		{.name = tokens[1],
	         .secret = credential_get(credential, tokens[1])},
		{.name = tokens[2],
	         .secret = credential_get(credential, tokens[2])},
		{.name = tokens[3],
	         .secret = credential_get(credential, tokens[3])},
		{.name = "expires_at",
	         .text = digits(credential_expiry(credential), expires)},
		{.name = "obtained_at", .text = digits(obtained_at, obtained)},
	};
	struct json *json = NULL;
	struct text bytes;
	int status;

	*out = NULL;
	text_init(&bytes, RECORD_MAX);
	status = check_tokens(credential, err);
	if (status == ASTRO_OK)
		status = json_write_numbers(&bytes, NULL, fields,
		                            sizeof(fields) / sizeof(fields[0]),
		                            err);
	/* What could not be read again (a token that is all backslashes grows
	 * over the limit of a string) is not written. */
	if (status == ASTRO_OK &&
	    json_parse(bytes.bytes, bytes.len, &json, NULL) != ASTRO_OK)
		status = error_set(err, ASTRO_STORE, NULL,
		                   "the login is too large to be kept");
	if (status == ASTRO_OK)
		status = secret_new(bytes.bytes, bytes.len, out, err);
	json_free(json);
	text_clear(&bytes);
	return status;
}

static int refuse(struct astro_error *err, const char *why)
{
	return error_set(err, ASTRO_STORE, "run `astro login` again",
	                 "the stored login makes no sense: %s", why);
}

static int check_version(const struct json *json, struct astro_error *err)
{
	int64_t version;

	if (json_kind(json, "") != JSON_KIND_OBJECT)
		return refuse(err, "it is no JSON object");
	if (json_kind(json, "version") != JSON_KIND_NUMBER)
		return refuse(err, "it has no version");
	version = json_number(json, "version", 0);
	if (version > VERSION)
		return error_set(err, ASTRO_STORE,
		                 "update astro, or run `astro login` again",
		                 "the stored login is of version %lld, this "
		                 "astro knows %d",
		                 (long long)version, VERSION);
	return version == VERSION ? ASTRO_OK
	                          : refuse(err, "there is no such version");
}

static int read_token(const struct json *json, const char *name,
                      struct astro_credential *credential,
                      struct astro_error *err)
{
	const char *text = json_text(json, name);
	struct astro_secret *token;
	int status;

	if (json_kind(json, name) == JSON_KIND_ABSENT)
		return ASTRO_OK;
	if (text == NULL || !fields_can_hold(name, text, strlen(text)))
		return refuse(err, "a token is no proper text");
	status = secret_new(text, strlen(text), &token, err);
	if (status != ASTRO_OK)
		return status;
	status = credential_set(credential, name, token, err);
	secret_free(token);
	return status;
}

/* A time may be absent; what is there must be one. */
static int read_time(const struct json *json, const char *name, int64_t *out,
                     struct astro_error *err)
{
	*out = 0;
	if (json_kind(json, name) == JSON_KIND_ABSENT)
		return ASTRO_OK;
	if (json_kind(json, name) == JSON_KIND_NUMBER)
		*out = json_number(json, name, 0);
	if (*out <= 0 || *out > time_max)
		return refuse(err, "a time is out of range");
	return ASTRO_OK;
}

static int read_members(const struct json *json,
                        struct astro_credential *credential, int64_t *obtained,
                        struct astro_error *err)
{
	int64_t expires;
	size_t i;
	int status = check_version(json, err);

	for (i = 0; status == ASTRO_OK && i < TOKENS; i++)
		status = read_token(json, tokens[i], credential, err);
	if (status == ASTRO_OK)
		status = read_time(json, "expires_at", &expires, err);
	if (status == ASTRO_OK)
		status = read_time(json, "obtained_at", obtained, err);
	if (status != ASTRO_OK)
		return status;
	if (credential_field_at(credential, 0) == NULL)
		return refuse(err, "it has no token");
	credential_expires(credential, expires);
	return ASTRO_OK;
}

int record_read(const struct astro_secret *record,
                struct astro_credential **out, int64_t *obtained_at,
                struct astro_error *err)
{
	struct astro_error why = {.status = ASTRO_OK};
	struct astro_credential *credential = NULL;
	struct json *json = NULL;
	int64_t obtained = 0;
	const char *bytes;
	size_t len;
	int status;

	*out = NULL;
	bytes = secret_bytes(record, &len);
	status = len > RECORD_MAX ? refuse(err, "it is too large") : ASTRO_OK;
	if (status != ASTRO_OK)
		goto out;
	if (json_parse(bytes, len, &json, &why) != ASTRO_OK) {
		status = refuse(err, why.message);
		goto out;
	}
	status = credential_new(&credential, err);
	if (status == ASTRO_OK)
		status = read_members(json, credential, &obtained, err);
	if (status != ASTRO_OK)
		goto out;
	if (obtained_at != NULL)
		*obtained_at = obtained;
	*out = credential;
	credential = NULL; /* handed over */
out:
	credential_free(credential);
	json_free(json);
	return status;
}
