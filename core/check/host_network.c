/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up servers, as a provider reaches them. */
#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "error.h"
#include "http.h"
#include "secret.h"
#include "stage.h"
#include "url.h"

enum { REQUESTS_MAX = 64, ALL_REQUESTS_MAX = 300 };

/* What goes out as text is logged as text. */
static void inspect(const struct astro_request *request)
{
	size_t i;

	stage_inspect("an address", request->url);
	stage_judge_address("a request", request->url);
	stage_inspect("a query's text", request->query);
	for (i = 0; i < request->header_count; i++)
		stage_inspect("a header's text", request->headers[i].text);
	for (i = 0; i < request->field_count; i++)
		stage_inspect("a field's text", request->fields[i].text);
}

static int respond(const struct astro_request *request,
                   struct astro_response **out, struct astro_error *err)
{
	struct stage *stage = stage_now();
	const struct host_plan *plan = stage->plan;
	enum server_lie lie = LIE_NONE;
	int status;

	inspect(request);
	if (stage_is_endless(&stage->requests, ALL_REQUESTS_MAX, "requests"))
		return error_set(err, ASTRO_UNREACHABLE, NULL,
		                 "the server has heard enough");
	if (++stage->answers == plan->lie_answer || plan->lie_answer == 0)
		lie = plan->lie;
	status = server_answer(stage->script, request, lie, out, err);
	if (status == ASTRO_OK)
		stage_lend(STAGE_RESPONSE, *out);
	return status;
}

static void answer_free(struct astro_response *response)
{
	stage_notice("answer_free");
	if (response != NULL &&
	    stage_take_back(STAGE_RESPONSE, response, "answer_free"))
		server_free(response);
}

static int ask_all(struct astro_core *core, const char *function,
                   const struct astro_request *const *requests, size_t count,
                   struct astro_response **outs, struct astro_error *err)
{
	const char *fault;
	size_t i, j;
	int status;

	if (core == NULL || outs == NULL || count > REQUESTS_MAX)
		return stage_misuse(function, err);
	for (i = 0; i < count; i++)
		outs[i] = NULL;
	for (i = 0; i < count; i++) {
		fault = abi_request(requests == NULL ? NULL : requests[i]);
		if (fault != NULL)
			return stage_blame(function, fault, err);
	}
	status = stage_step(core, function, err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = respond(requests[i], &outs[i], err);
	for (j = 0; j < count && status != ASTRO_OK; j++) {
		answer_free(outs[j]);
		outs[j] = NULL;
	}
	return status;
}

static int http_all(struct astro_core *core,
                    const struct astro_request *const *requests, size_t count,
                    struct astro_response **outs, struct astro_error *err)
{
	return ask_all(core, "http_all", requests, count, outs, err);
}

static int http(struct astro_core *core, const struct astro_request *request,
                struct astro_response **out, struct astro_error *err)
{
	return ask_all(core, "http", &request, 1, out, err);
}

/* Whether RESPONSE and KEY can be looked into.  No response has nothing. */
static bool is_answer(const struct astro_response *response, const char *key,
                      const char *function)
{
	stage_notice(function);
	if (key == NULL)
		(void)stage_misuse(function, NULL);
	if (response == NULL || key == NULL)
		return false;
	return stage_knows(STAGE_RESPONSE, response, function);
}

/* The texts that it lends are made when they are asked for. */
static struct astro_response *own(const struct astro_response *response)
{
	return (struct astro_response *)(uintptr_t)response;
}

static int answer_status(const struct astro_response *response)
{
	return is_answer(response, "", "answer_status")
	               ? server_status(response)
	               : 0;
}

static const char *answer_text(const struct astro_response *response,
                               const char *key)
{
	return is_answer(response, key, "answer_text")
	               ? server_text(own(response), key)
	               : NULL;
}

static int64_t answer_number(const struct astro_response *response,
                             const char *key, int64_t fallback)
{
	return is_answer(response, key, "answer_number")
	               ? server_number(response, key, fallback)
	               : fallback;
}

static int answer_flag(const struct astro_response *response, const char *key,
                       int fallback)
{
	return is_answer(response, key, "answer_flag")
	               ? server_flag(response, key, fallback)
	               : fallback;
}

static int64_t answer_count(const struct astro_response *response,
                            const char *key)
{
	return is_answer(response, key, "answer_count")
	               ? server_count(response, key)
	               : -1;
}

static int answer_secret(const struct astro_response *response, const char *key,
                         struct astro_secret **out, struct astro_error *err)
{
	char marked[256];
	const char *text;
	int status;

	if (out == NULL || !is_answer(response, key, "answer_secret"))
		return stage_misuse("answer_secret", err);
	*out = NULL;
	status = stage_step(NULL, "answer_secret", err);
	if (status != ASTRO_OK)
		return status;
	text = server_text(own(response), key);
	if (text == NULL || text[0] == '\0')
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "the server's answer has no %s", key);
	/* Whatever it is called: who takes it as a secret must keep it one. */
	if (stage_now()->plan->lie == LIE_NONE &&
	    strstr(text, SERVER_CANARY) == NULL) {
		(void)snprintf(marked, sizeof(marked), SERVER_CANARY "-%.100s",
		               text);
		text = marked;
	}
	status = secret_new(text, strlen(text), out, err);
	if (status == ASTRO_OK)
		stage_lend(STAGE_SECRET, *out);
	return status;
}

static const char *answer_reason(const struct astro_response *response)
{
	return is_answer(response, "", "answer_reason")
	               ? server_reason(response)
	               : "there is no answer";
}

static int url_escape(struct astro_core *core, const char *text, char *out,
                      size_t size, struct astro_error *err)
{
	int status;

	if (core == NULL || text == NULL || out == NULL || size == 0)
		return stage_misuse("url_escape", err);
	out[0] = '\0';
	status = stage_step(core, "url_escape", err);
	return status == ASTRO_OK ? url_encode_to(text, out, size, err)
	                          : status;
}

void host_fill_network(struct astro_host *host)
{
	host->http = http;
	host->http_all = http_all;
	host->answer_status = answer_status;
	host->answer_text = answer_text;
	host->answer_number = answer_number;
	host->answer_flag = answer_flag;
	host->answer_count = answer_count;
	host->answer_secret = answer_secret;
	host->answer_reason = answer_reason;
	host->answer_free = answer_free;
	host->url_escape = url_escape;
}
