/* SPDX-License-Identifier: Apache-2.0 */
/* Requests about secrets and other values, chance and time. */
#include <string.h>

#include "base64.h"
#include "dialogue.h"
#include "error.h"
#include "json.h"
#include "log.h"
#include "request_table.h"
#include "value.h"

enum { RANDOM_MAX = 1024, ESCAPED_SIZE = 3 * 64 * 1024 + 1 };

static int put_secret(struct dialogue *dialogue, const char *keep,
                      const char *bytes, size_t len, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct thing thing = {.name = ""};
	int status;

	memcpy(thing.name, keep, strlen(keep) + 1);
	status = host->secret_new(host->core, bytes, len, &thing.secret, err);
	return status == ASTRO_OK ? shelf_put(&dialogue->shelf, &thing, err)
	                          : status;
}

int request_secret(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	const char *text, *keep;
	int status = value_text(dialogue, request, "text", true, &text, err);

	(void)answer;
	if (status == ASTRO_OK)
		status = value_keep(dialogue, request, &keep, err);
	if (status == ASTRO_OK && keep == NULL)
		status = dialogue_misuse(
			dialogue, err, "makes a secret without a name (keep)");
	if (status != ASTRO_OK || keep == NULL)
		return status;
	return put_secret(dialogue, keep, text, strlen(text), err);
}

/* The one way to see a secret; the trace says so. */
int request_reveal(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	struct json json = json_at(request, "value");
	struct value value;
	int status = value_read(dialogue, &json, &value, err);

	if (status == ASTRO_OK && value.secret != NULL) {
		log_write(ASTRO_DEBUG, "%s: sees a secret", dialogue->provider);
		json_out_string(
			answer, "value",
			dialogue->host->secret_bytes(value.secret, NULL));
	} else if (status == ASTRO_OK) {
		json_out_string(answer, "value", value.text);
	}
	value_clear(dialogue, &value);
	return status;
}

int request_forget(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	const struct thing *thing;
	const char *name;
	int status = value_text(dialogue, request, "name", true, &name, err);

	(void)answer;
	if (status != ASTRO_OK)
		return status;
	thing = shelf_find(&dialogue->shelf, name);
	if (thing == NULL || thing->lent != NULL)
		return dialogue_misuse(dialogue, err,
		                       "wants to forget \"%s\", which is not "
		                       "its own",
		                       name);
	shelf_remove(&dialogue->shelf, name);
	return ASTRO_OK;
}

int request_random(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	int64_t count = json_number(request, "bytes", 0);
	char text[RANDOM_MAX / 3 * 4 + 8];
	unsigned char bytes[RANDOM_MAX];
	const char *keep = NULL;
	int status = value_keep(dialogue, request, &keep, err);

	if (status == ASTRO_OK && (count < 1 || count > RANDOM_MAX))
		status = dialogue_misuse(dialogue, err,
		                         "asks for other than 1 to %d random "
		                         "bytes",
		                         RANDOM_MAX);
	if (status == ASTRO_OK)
		status = host->random(host->core, bytes, (size_t)count, err);
	if (status != ASTRO_OK)
		return status;
	base64_encode(bytes, (size_t)count, text);
	if (keep != NULL)
		status = put_secret(dialogue, keep, text, strlen(text), err);
	else
		json_out_string(answer, "value", text);
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(text, sizeof(text));
	return status;
}

int request_now(struct dialogue *dialogue, const struct json *request,
                struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;

	(void)request;
	(void)err;
	json_out_number(answer, "value", host->now(host->core));
	return ASTRO_OK;
}

int request_wait(struct dialogue *dialogue, const struct json *request,
                 struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	int64_t ms = json_number(request, "ms", -1);

	(void)answer;
	if (ms < 0 || ms > UINT32_MAX)
		return dialogue_misuse(dialogue, err,
		                       "waits for no sensible number of "
		                       "milliseconds (ms)");
	return host->wait(host->core, (uint32_t)ms, err);
}

int request_url_escape(struct dialogue *dialogue, const struct json *request,
                       struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	char escaped[ESCAPED_SIZE];
	const char *text;
	int status = value_text(dialogue, request, "text", true, &text, err);

	if (status == ASTRO_OK)
		status = host->url_escape(host->core, text, escaped,
		                          sizeof(escaped), err);
	if (status == ASTRO_OK)
		json_out_string(answer, "value", escaped);
	return status;
}

int request_token_expiry(struct dialogue *dialogue, const struct json *request,
                         struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct json json = json_at(request, "value");
	struct value value;
	int64_t time = 0;
	int status = value_read(dialogue, &json, &value, err);

	if (status == ASTRO_OK && value.secret == NULL)
		status = dialogue_misuse(dialogue, err,
		                         "asks for the expiry of what is no "
		                         "secret");
	if (status == ASTRO_OK)
		time = host->token_expiry(host->core, value.secret, 0);
	if (status == ASTRO_OK && time != 0)
		json_out_number(answer, "value", time);
	else if (status == ASTRO_OK)
		json_out_string(answer, "value", NULL);
	value_clear(dialogue, &value);
	return status;
}
