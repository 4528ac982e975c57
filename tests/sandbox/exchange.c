/* SPDX-License-Identifier: Apache-2.0 */
/* Requests taken apart and answers put together. */
#include "exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fields.h"

void request_init(struct request *request, const char *target)
{
	const char *question = strchr(target, '?');
	const char *query = question == NULL ? "" : question + 1;

	memset(request, 0, sizeof(*request));
	text_init(&request->body, BODY_MAX);
	request->path = question == NULL
	                        ? strdup(target)
	                        : strndup(target, (size_t)(question - target));
	request->query = strdup(query);
	request->headers = json_object();
	request->arguments = fields_parse(query, strlen(query));
}

void request_clear(struct request *request)
{
	free(request->path);
	free(request->query);
	free(request->operation);
	json_decref(request->headers);
	json_decref(request->arguments);
	text_clear(&request->body);
}

const char *request_header(const struct request *request, const char *name)
{
	return fields_get(request->headers, name);
}

const char *request_argument(const struct request *request, const char *name)
{
	return fields_get(request->arguments, name);
}

static bool has_type(const struct request *request, const char *type)
{
	const char *given = request_header(request, "content-type");
	size_t len = strlen(type);

	return given != NULL && strncasecmp(given, type, len) == 0 &&
	       (given[len] == '\0' || given[len] == ';' || given[len] == ' ');
}

json_t *request_form(const struct request *request)
{
	if (!has_type(request, "application/x-www-form-urlencoded"))
		return NULL;
	return fields_parse(request->body.bytes, request->body.len);
}

json_t *request_json(const struct request *request)
{
	json_t *body;

	if (!has_type(request, "application/json"))
		return NULL;
	body = json_loadb(request->body.bytes, request->body.len,
	                  JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(body)) {
		json_decref(body);
		return NULL;
	}
	return body;
}

char *request_segment(const struct request *request, unsigned index)
{
	const char *at = request->path;

	while (*at == '/') {
		size_t len = strcspn(++at, "/");

		if (index-- == 0)
			return strndup(at, len);
		at += len;
	}
	return NULL;
}

void reply_init(struct reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->headers = json_object();
	reply->cut = -1;
	text_init(&reply->body, ANSWER_MAX);
}

void reply_clear(struct reply *reply)
{
	json_decref(reply->headers);
	text_clear(&reply->body);
}

void reply_header(struct reply *reply, const char *name, const char *value)
{
	json_object_set_new(reply->headers, name, json_string(value));
}

void reply_json(struct reply *reply, unsigned status, json_t *body)
{
	char *plain = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);

	text_clear(&reply->body);
	if (plain == NULL || !text_add_string(&reply->body, plain))
		status = 500;
	free(plain);
	json_decref(body);
	reply->status = status;
	reply_header(reply, "Content-Type", "application/json");
	reply_header(reply, "Cache-Control", "no-store");
}

void reply_message(struct reply *reply, unsigned status, const char *message)
{
	reply_json(reply, status,
	           json_pack("{s:s, s:i, s:s}", "message", message,
	                     "statusCode", (int)status, "requestId",
	                     "sandbox"));
}

void reply_refusal(struct reply *reply, unsigned status, const char *error,
                   const char *description)
{
	reply_json(reply, status,
	           json_pack("{s:s, s:s}", "error", error, "error_description",
	                     description));
	reply_header(reply, "Pragma", "no-cache");
}

void reply_page(struct reply *reply, unsigned status)
{
	reply->status = status;
	reply_header(reply, "Content-Type", "text/html; charset=utf-8");
	reply_header(reply, "Cache-Control", "no-store");
	reply_header(reply, "Referrer-Policy", "no-referrer");
	reply_header(reply, "X-Content-Type-Options", "nosniff");
	reply_header(reply, "Content-Security-Policy",
	             "default-src 'none'; style-src 'unsafe-inline'; "
	             "frame-ancestors 'none'");
}

void reply_redirect(struct reply *reply, const char *url, const json_t *fields)
{
	struct text address;

	text_init(&address, BODY_MAX);
	reply->status = 500;
	if (text_add_string(&address, url) &&
	    (fields == NULL ||
	     (text_add_string(&address, strchr(url, '?') ? "&" : "?") &&
	      fields_write(&address, fields)))) {
		reply->status = 302;
		reply_header(reply, "Location", address.bytes);
		reply_header(reply, "Cache-Control", "no-store");
	}
	text_clear(&address);
}
