/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to servers, and what a program sees of the answers. */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "dialogue.h"
#include "error.h"
#include "http.h"
#include "json.h"
#include "request_table.h"
#include "text.h"
#include "value.h"

enum { TOGETHER_MAX = 16, REFUSED_FROM = 400 };

/* One request, from what was said to what came of it. */
struct asked {
	struct astro_request request;
	struct fields headers, fields;
	struct value bearer;
	struct text document;
	struct json said;
	const char *keep; /* or NULL */
	struct astro_response *response;
};

static int read_body(struct dialogue *dialogue, struct asked *asked,
                     struct astro_error *err)
{
	static const char *const kinds[] = {
		[ASTRO_BODY_FORM] = "form",
		[ASTRO_BODY_JSON] = "json",
		[ASTRO_BODY_GRAPHQL] = "graphql",
	};
	struct astro_request *request = &asked->request;
	const char *word;
	uint32_t kind = ASTRO_BODY_FORM;
	int status;

	status = value_text(dialogue, &asked->said, "query", false,
	                    &request->query, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, &asked->said, "body", false,
		                    &word, err);
	if (status != ASTRO_OK)
		return status;
	if (json_kind(&asked->said, "document") != JSON_KIND_ABSENT) {
		request->body = ASTRO_BODY_DOCUMENT;
		status = json_write(&asked->document, &asked->said, "document",
		                    err);
		request->query = asked->document.bytes;
		return status;
	}
	while (word != NULL && kind <= ASTRO_BODY_GRAPHQL &&
	       strcmp(kinds[kind], word) != 0)
		kind++;
	if (kind > ASTRO_BODY_GRAPHQL)
		return dialogue_misuse(dialogue, err,
		                       "sends a body of the kind \"%s\"; there "
		                       "are form, json and graphql",
		                       word);
	request->body = kind;
	return ASTRO_OK;
}

static int read_flags(struct dialogue *dialogue, struct asked *asked,
                      struct astro_error *err)
{
	int numbers = 0, ignores = 0;
	int64_t patience = json_number(&asked->said, "timeout_ms", 0);
	int status;

	status =
		value_flag(dialogue, &asked->said, "numbers", 0, &numbers, err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, &asked->said, "ignores_body", 0,
		                    &ignores, err);
	if (status == ASTRO_OK && (patience < 0 || patience > UINT32_MAX))
		status = dialogue_misuse(dialogue, err,
		                         "gives a timeout_ms that makes no "
		                         "sense");
	asked->request.timeout_ms = (uint32_t)patience;
	if (numbers)
		asked->request.flags |= ASTRO_REQUEST_NUMBERS;
	if (ignores)
		asked->request.flags |= ASTRO_REQUEST_IGNORES_BODY;
	return status;
}

static int read_fields(struct dialogue *dialogue, struct asked *asked,
                       struct astro_error *err)
{
	struct json headers = json_at(&asked->said, "headers");
	struct json fields = json_at(&asked->said, "fields");
	struct json bearer = json_at(&asked->said, "bearer");
	struct astro_request *request = &asked->request;
	int status = fields_read(dialogue, &headers, &asked->headers, err);

	if (status == ASTRO_OK)
		status = fields_read(dialogue, &fields, &asked->fields, err);
	if (status == ASTRO_OK)
		status = value_read(dialogue, &bearer, &asked->bearer, err);
	if (status == ASTRO_OK && asked->bearer.text != NULL)
		status = dialogue_misuse(dialogue, err,
		                         "gives a bearer that is no secret");
	request->headers = asked->headers.items;
	request->header_count = asked->headers.count;
	request->fields = asked->fields.items;
	request->field_count = asked->fields.count;
	request->bearer = asked->bearer.secret;
	return status;
}

static int asked_read(struct dialogue *dialogue, const struct json *said,
                      struct asked *asked, struct astro_error *err)
{
	struct astro_request *request = &asked->request;
	int status;

	asked->said = *said;
	request->size = sizeof(*request);
	text_init(&asked->document, CHANNEL_LINE_MAX);
	status = value_text(dialogue, said, "url", true, &request->url, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, said, "method", false,
		                    &request->method, err);
	if (status == ASTRO_OK)
		status = value_keep(dialogue, said, &asked->keep, err);
	if (status == ASTRO_OK)
		status = read_body(dialogue, asked, err);
	if (status == ASTRO_OK)
		status = read_flags(dialogue, asked, err);
	if (status == ASTRO_OK)
		status = read_fields(dialogue, asked, err);
	return status;
}

static void asked_clear(const struct dialogue *dialogue, struct asked *asked)
{
	fields_clear(dialogue, &asked->headers);
	fields_clear(dialogue, &asked->fields);
	value_clear(dialogue, &asked->bearer);
	text_clear(&asked->document);
	dialogue->host->answer_free(asked->response);
	asked->response = NULL;
}

/* ---- what is shown of an answer ---- */

struct showing {
	struct dialogue *dialogue;
	const struct astro_response *response;
	struct json_out *answer;
	struct astro_error *err;
};

/* Whatever stands there, as it stands there; null where nothing does. */
static int show_value(struct json_out *answer, const char *key,
                      const struct astro_response *response, const char *path,
                      struct astro_error *err)
{
	struct text text;
	int status;

	text_init(&text, CHANNEL_LINE_MAX);
	status = response_show(response, path, &text, err);
	if (status == ASTRO_OK)
		json_out_json(answer, key, &text);
	text_clear(&text);
	return status;
}

static int show_path(void *data, const char *name, const struct json *json)
{
	const struct showing *showing = data;
	const char *path = json_text(json, "");

	if (name != NULL || path == NULL)
		return dialogue_misuse(showing->dialogue, showing->err,
		                       "wants something shown that is no list "
		                       "of paths");
	return show_value(showing->answer, path, showing->response, path,
	                  showing->err);
}

static int show_paths(struct dialogue *dialogue, const struct json *paths,
                      const struct astro_response *response,
                      struct json_out *answer, struct astro_error *err)
{
	struct showing showing = {dialogue, response, answer, err};
	int status;

	if (json_kind(paths, "") != JSON_KIND_ARRAY)
		return dialogue_misuse(dialogue, err,
		                       "wants something shown that is no list "
		                       "of paths");
	json_out_object(answer, "shown");
	status = json_each(paths, show_path, &showing);
	if (status == ASTRO_OK)
		json_out_close(answer);
	return status;
}

/* The members of ANSWER for one response, which goes to the shelf if it has a
 * name to go by. */
static int answer_one(struct dialogue *dialogue, struct asked *asked,
                      struct json_out *answer, struct astro_error *err)
{
	struct json show = json_at(&asked->said, "show");
	struct thing thing = {.answer = asked->response};
	int status = ASTRO_OK;

	json_out_number(answer, "status",
	                dialogue->host->answer_status(asked->response));
	if (json_kind(&show, "") != JSON_KIND_ABSENT)
		status = show_paths(dialogue, &show, asked->response, answer,
		                    err);
	else if (asked->keep == NULL)
		status = show_value(answer, "body", asked->response, "", err);
	if (status != ASTRO_OK || asked->keep == NULL)
		return status;
	asked->response = NULL; /* handed over */
	memcpy(thing.name, asked->keep, strlen(asked->keep) + 1);
	return shelf_put(&dialogue->shelf, &thing, err);
}

/* GraphQL refuses with a 200. */
static bool is_refused(const struct astro_host *host, const struct asked *asked)
{
	return host->answer_status(asked->response) >= REFUSED_FROM ||
	       (asked->request.body == ASTRO_BODY_GRAPHQL &&
	        host->answer_count(asked->response, "errors") > 0);
}

/* A program that looks no further must not take a refusal for a success. */
static void judge(struct dialogue *dialogue, const struct asked *asked,
                  struct json_out *answer)
{
	const struct astro_host *host = dialogue->host;
	struct astro_error why = {.status = ASTRO_OK};
	char name[300];

	if (!is_refused(host, asked) || dialogue->failure.status != ASTRO_OK)
		return;
	address_host(asked->request.url, name, sizeof(name));
	(void)error_set(&why, ASTRO_DENIED, NULL, "%s refused: %s", name,
	                host->answer_reason(asked->response));
	dialogue_refuse(dialogue, answer, &why);
}

int request_http(struct dialogue *dialogue, const struct json *request,
                 struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct asked asked = {.keep = NULL};
	int status = asked_read(dialogue, request, &asked, err);

	if (status == ASTRO_OK)
		status = host->http(host->core, &asked.request, &asked.response,
		                    err);
	if (status == ASTRO_OK) {
		judge(dialogue, &asked, answer);
		status = answer_one(dialogue, &asked, answer, err);
	}
	asked_clear(dialogue, &asked);
	return status;
}

/* ---- several at once ---- */

struct together {
	struct dialogue *dialogue;
	struct asked *asked;
	size_t count;
	struct astro_error *err;
};

static int add_asked(void *data, const char *name, const struct json *json)
{
	struct together *together = data;
	int status;

	(void)name;
	status = value_check_members(together->dialogue, json,
	                             REQUEST_HTTP_MEMBERS, "http_all",
	                             together->err);
	if (status != ASTRO_OK)
		return status;
	return asked_read(together->dialogue, json,
	                  &together->asked[together->count++], together->err);
}

static int send_all(struct together *together, struct astro_error *err)
{
	const struct astro_host *host = together->dialogue->host;
	const struct astro_request *requests[TOGETHER_MAX];
	struct astro_response *responses[TOGETHER_MAX] = {NULL};
	size_t i;
	int status;

	for (i = 0; i < together->count; i++)
		requests[i] = &together->asked[i].request;
	status = host->http_all(host->core, requests, together->count,
	                        responses, err);
	for (i = 0; i < together->count; i++)
		together->asked[i].response = responses[i];
	return status;
}

static int answer_all(struct together *together, struct json_out *answer,
                      struct astro_error *err)
{
	size_t i;
	int status = ASTRO_OK;

	for (i = 0; i < together->count; i++)
		judge(together->dialogue, &together->asked[i], answer);
	json_out_array(answer, "answers");
	for (i = 0; status == ASTRO_OK && i < together->count; i++) {
		json_out_object(answer, NULL);
		status = answer_one(together->dialogue, &together->asked[i],
		                    answer, err);
		if (status == ASTRO_OK)
			json_out_close(answer);
	}
	if (status == ASTRO_OK)
		json_out_close(answer);
	return status;
}

int request_http_all(struct dialogue *dialogue, const struct json *request,
                     struct json_out *answer, struct astro_error *err)
{
	struct json requests = json_at(request, "requests");
	struct together together = {.dialogue = dialogue, .err = err};
	int64_t count = json_count(request, "requests");
	size_t i;
	int status;

	if (count < 1 || count > TOGETHER_MAX)
		return dialogue_misuse(dialogue, err,
		                       "makes other than 1 to %d requests at "
		                       "once",
		                       TOGETHER_MAX);
	together.asked = calloc(TOGETHER_MAX, sizeof(*together.asked));
	if (together.asked == NULL)
		return error_no_memory(err);
	status = json_each(&requests, add_asked, &together);
	if (status == ASTRO_OK)
		status = send_all(&together, err);
	if (status == ASTRO_OK)
		status = answer_all(&together, answer, err);
	for (i = 0; i < together.count; i++)
		asked_clear(dialogue, &together.asked[i]);
	free(together.asked);
	return status;
}

int request_read(struct dialogue *dialogue, const struct json *request,
                 struct json_out *answer, struct astro_error *err)
{
	struct json show = json_at(request, "show");
	const struct thing *thing;
	const char *name;
	int status = value_text(dialogue, request, "answer", true, &name, err);

	if (status != ASTRO_OK)
		return status;
	thing = shelf_find(&dialogue->shelf, name);
	if (thing == NULL || thing->answer == NULL)
		return dialogue_misuse(dialogue, err,
		                       "reads \"%s\", which is no answer",
		                       name);
	return show_paths(dialogue, &show, thing->answer, answer, err);
}
