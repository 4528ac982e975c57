/* SPDX-License-Identifier: Apache-2.0 */
/* The script, read and looked up. */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "json.h"
#include "text.h"

enum { FILE_MAX = 1024 * 1024, CLAIMS_MAX = 64 * 1024, PATH_TEXT_MAX = 512 };

static const char usual_claims[] =
	"{\"sub\":\"subject\",\"email\":\"jane@example.com\","
	"\"preferred_username\":\"jane\",\"name\":\"Jane\"}";

struct script {
	struct json *json; /* NULL: nothing is said */
	struct text claims;
};

static int read_file(const char *file, struct text *out,
                     struct astro_error *err)
{
	char bytes[4096];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = -1;
	int status = ASTRO_OK;

	while (fd >= 0 && status == ASTRO_OK &&
	       (got = read(fd, bytes, sizeof(bytes))) > 0)
		if (!text_add(out, bytes, (size_t)got))
			status = error_set(err, ASTRO_BAD_CONFIG, NULL,
			                   "%s is longer than 1 MiB", file);
	if (status == ASTRO_OK && got < 0)
		status = error_set_system(err, ASTRO_BAD_CONFIG, errno, NULL,
		                          "%s", file);
	if (fd >= 0)
		(void)close(fd);
	return status;
}

static int read_claims(struct script *script, struct astro_error *err)
{
	if (script->json != NULL &&
	    json_kind(script->json, "claims") == JSON_KIND_OBJECT)
		return json_write(&script->claims, script->json, "claims", err);
	return text_add_string(&script->claims, usual_claims)
	               ? ASTRO_OK
	               : error_no_memory(err);
}

/* A word that is not known was meant to say something. */
static int check_rows(const struct script *script, const char *file,
                      struct astro_error *err)
{
	int64_t count, i;
	char path[64];

	if (script->json == NULL ||
	    json_kind(script->json, "http") == JSON_KIND_ABSENT)
		return ASTRO_OK;
	count = json_count(script->json, "http");
	for (i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "http.%lld.url",
		               (long long)i);
		if (json_text(script->json, path) == NULL)
			break;
		(void)snprintf(path, sizeof(path), "http.%lld.body",
		               (long long)i);
		if (json_kind(script->json, path) != JSON_KIND_OBJECT &&
		    json_kind(script->json, path) != JSON_KIND_ARRAY)
			break;
	}
	if (count >= 0 && i == count)
		return ASTRO_OK;
	return error_set(err, ASTRO_BAD_CONFIG,
	                 "write {\"http\": [{\"url\": \"/part\", \"body\": "
	                 "{...}}]}",
	                 "%s: http: a row has no \"url\" and \"body\"", file);
}

int script_load(const char *file, struct script **out, struct astro_error *err)
{
	struct script *script = calloc(1, sizeof(*script));
	struct text bytes;
	struct astro_error why = {0};
	int status = ASTRO_OK;

	*out = NULL;
	if (script == NULL)
		return error_no_memory(err);
	text_init(&bytes, FILE_MAX);
	text_init(&script->claims, CLAIMS_MAX);
	if (file != NULL)
		status = read_file(file, &bytes, err);
	if (file != NULL && status == ASTRO_OK &&
	    json_parse(bytes.bytes, bytes.len, &script->json, &why) != ASTRO_OK)
		status = error_set(err, ASTRO_BAD_CONFIG, NULL, "%s: %s", file,
		                   why.message);
	if (status == ASTRO_OK)
		status = check_rows(script, file, err);
	if (status == ASTRO_OK)
		status = read_claims(script, err);
	text_clear(&bytes);
	if (status != ASTRO_OK) {
		script_free(script);
		return status;
	}
	*out = script;
	return ASTRO_OK;
}

void script_free(struct script *script)
{
	if (script == NULL)
		return;
	json_free(script->json);
	text_clear(&script->claims);
	free(script);
}

static const char *look_up(const struct script *script, const char *part,
                           const char *key)
{
	char path[PATH_TEXT_MAX];

	if (script->json == NULL || snprintf(path, sizeof(path), "%s.%s", part,
	                                     key) >= (int)sizeof(path))
		return NULL;
	return json_text(script->json, path);
}

const char *script_setting(const struct script *script, const char *key)
{
	return look_up(script, "settings", key);
}

const char *script_answer(const struct script *script, const char *key)
{
	return look_up(script, "answers", key);
}

const char *script_given(const struct script *script, const char *key)
{
	return look_up(script, "given", key);
}

const char *script_claims(const struct script *script)
{
	return script->claims.bytes;
}

static bool row_is_for(const struct script *script, int64_t row,
                       const struct astro_request *request)
{
	char path[64];
	const char *url, *query;

	(void)snprintf(path, sizeof(path), "http.%lld.url", (long long)row);
	url = json_text(script->json, path);
	(void)snprintf(path, sizeof(path), "http.%lld.query", (long long)row);
	query = json_text(script->json, path);
	return url != NULL && strstr(request->url, url) != NULL &&
	       (query == NULL || (request->query != NULL &&
	                          strstr(request->query, query) != NULL));
}

int script_body(const struct script *script,
                const struct astro_request *request, int *status,
                struct json **body, struct astro_error *err)
{
	struct text copy;
	int64_t count =
		script->json == NULL ? -1 : json_count(script->json, "http");
	int64_t i;
	char path[64];
	int result;

	*body = NULL;
	for (i = 0; i < count; i++)
		if (row_is_for(script, i, request))
			break;
	if (i >= count)
		return ASTRO_OK;
	(void)snprintf(path, sizeof(path), "http.%lld.status", (long long)i);
	*status = (int)json_number(script->json, path, 200);
	(void)snprintf(path, sizeof(path), "http.%lld.body", (long long)i);
	text_init(&copy, FILE_MAX);
	result = json_write(&copy, script->json, path, err);
	if (result == ASTRO_OK)
		result = json_parse(copy.bytes, copy.len, body, err);
	text_clear(&copy);
	return result;
}
