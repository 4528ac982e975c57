/* SPDX-License-Identifier: Apache-2.0 */
/* Operations out, requests in, answers out, results in. */
#include "dialogue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "json.h"
#include "log.h"
#include "request_table.h"
#include "text.h"
#include "turn.h"
#include "value.h"

static const struct {
	const char *word;
	int status;
} words[] = {
	{"cancelled", ASTRO_CANCELLED},
	{"bad_config", ASTRO_BAD_CONFIG},
	{"bad_plugin", ASTRO_BAD_PLUGIN},
	{"denied", ASTRO_DENIED},
	{"expired", ASTRO_EXPIRED},
	{"unreachable", ASTRO_UNREACHABLE},
	{"bad_answer", ASTRO_BAD_ANSWER},
	{"not_found", ASTRO_NOT_FOUND},
	{"unsupported", ASTRO_UNSUPPORTED},
	{"unsafe", ASTRO_UNSAFE},
	{"timed_out", ASTRO_TIMED_OUT},
	{"store", ASTRO_STORE},
	{"usage", ASTRO_USAGE},
	{"no_memory", ASTRO_NO_MEMORY},
	{"internal", ASTRO_INTERNAL},
};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

/* During an operation: the patience with a program is for each line, and would
 * never end with one that sends them. */
enum { REQUESTS_MAX = 10000 };

static const char *word_of(int status)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		if (words[i].status == status)
			return words[i].word;
	return "internal";
}

/* ASTRO_OK: there is no such word. */
static int status_of(const char *word)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].status;
	return ASTRO_OK;
}

int dialogue_misuse(struct dialogue *dialogue, struct astro_error *err,
                    const char *fmt, ...)
{
	char what[ERROR_MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	dialogue->is_broken = true;
	return error_set(
		err, ASTRO_BAD_PLUGIN, "report it to the provider's author",
		"the program of the provider %s %s", dialogue->provider, what);
}

void dialogue_begin(struct json_out *message, const char *operation)
{
	json_out_init_line(message);
	json_out_object(message, NULL);
	json_out_string(message, "operation", operation);
}

void dialogue_refuse(struct dialogue *dialogue, struct json_out *answer,
                     const struct astro_error *err)
{
	dialogue->failure = *err;
	json_out_clear(answer);
	json_out_init_line(answer);
	json_out_object(answer, NULL);
	json_out_bool(answer, "ok", false);
	json_out_string(answer, "failed", word_of(err->status));
	json_out_string(answer, "message", err->message);
	if (err->hint[0] != '\0')
		json_out_string(answer, "hint", err->hint);
}

/* Close the object, and send it. */
static int send_message(struct dialogue *dialogue, struct json_out *message,
                        struct astro_error *err)
{
	const struct text *line;
	int status;

	json_out_close(message);
	line = json_out_end(message);
	if (line == NULL)
		status = error_no_memory(err);
	else
		status = channel_send(&dialogue->channel, line, err);
	json_out_clear(message);
	return status;
}

static bool is_too_long(const struct json_out *answer)
{
	/* With what still has to be closed. */
	return answer->text.len > CHANNEL_LINE_MAX - 2 * JSON_OUT_DEPTH;
}

static int serve(struct dialogue *dialogue, const struct json *request,
                 struct astro_error *err)
{
	struct astro_error why = {.status = ASTRO_OK};
	struct json_out answer;
	int status;

	json_out_init_line(&answer);
	json_out_object(&answer, NULL);
	json_out_bool(&answer, "ok", true);
	dialogue->failure.status = ASTRO_OK;

	status = request_serve(dialogue, request, &answer, &why);
	if (dialogue->is_broken) {
		json_out_clear(&answer);
		*err = why;
		return status;
	}
	if (status == ASTRO_OK && is_too_long(&answer))
		status =
			error_set(&why, ASTRO_BAD_ANSWER,
		                  "keep it with \"keep\", and show parts of it",
		                  "the answer does not fit into a line of %d "
		                  "bytes",
		                  CHANNEL_LINE_MAX);
	if (status != ASTRO_OK)
		dialogue_refuse(dialogue, &answer, &why);
	return send_message(dialogue, &answer, err);
}

/* The program gives up: for its own reason, or for that of its last request. */
static int give_up(struct dialogue *dialogue, const struct json *line,
                   struct astro_error *err)
{
	const char *word = json_text(line, "failed");
	const char *message = json_text(line, "message");
	const char *hint = json_text(line, "hint");
	int status = word != NULL ? status_of(word) : ASTRO_OK;

	if (value_check_members(dialogue, line, "failed message hint",
	                        "its failure", err) != ASTRO_OK)
		return ASTRO_BAD_PLUGIN;
	if (message == NULL && dialogue->failure.status != ASTRO_OK) {
		*err = dialogue->failure;
		return err->status;
	}
	if (message == NULL || message[0] == '\0')
		return dialogue_misuse(dialogue, err,
		                       "failed in %s without saying why",
		                       dialogue->channel.operation);
	if (status == ASTRO_OK)
		return dialogue_misuse(dialogue, err,
		                       "failed with \"%s\", which is none of "
		                       "the words for it, and: %s",
		                       word != NULL ? word : "", message);
	/* Like the words of any provider. */
	if (dialogue->host != NULL)
		return dialogue->host->fail(err, (enum astro_status)status,
		                            hint, "%s", message);
	return error_set(err, (enum astro_status)status, hint, "%s", message);
}

/* *RESULT is NULL while it goes on. */
static int act_on(struct dialogue *dialogue, struct json *line,
                  struct json **result, struct astro_error *err)
{
	struct json view;

	if (json_kind(line, "request") == JSON_KIND_STRING)
		return serve(dialogue, line, err);
	if (json_kind(line, "failed") == JSON_KIND_STRING)
		return give_up(dialogue, line, err);
	if (json_kind(line, "result") != JSON_KIND_OBJECT)
		return dialogue_misuse(dialogue, err,
		                       "sent a line during %s that is neither "
		                       "a request nor a result nor a failure",
		                       dialogue->channel.operation);
	if (value_check_members(dialogue, line, "result", "its line", err) !=
	    ASTRO_OK)
		return ASTRO_BAD_PLUGIN;
	view = json_at(line, "result");
	return json_keep(&view, result, err);
}

static int receive(struct dialogue *dialogue, struct json **out,
                   struct astro_error *err)
{
	struct channel *channel = &dialogue->channel;
	struct astro_error why = {.status = ASTRO_OK};
	const char *line;
	size_t len;
	int status;

	*out = NULL;
	/* What was served may have been the host's turn, and given it back. */
	if (dialogue->core != NULL)
		turn_of_host(dialogue->core);
	status = channel_receive(channel, &line, &len, err);
	if (status != ASTRO_OK) {
		/* A program may simply end when a request has failed. */
		if (status == ASTRO_BAD_PLUGIN && channel->has_ended &&
		    !channel->end.is_killed && WIFEXITED(channel->end.status) &&
		    dialogue->failure.status != ASTRO_OK) {
			*err = dialogue->failure;
			status = err->status;
		}
		dialogue->is_broken = true;
		return status;
	}
	status = json_parse(line, len, out, &why);
	if (status == ASTRO_NO_MEMORY)
		return error_no_memory(err);
	if (status != ASTRO_OK)
		return dialogue_misuse(dialogue, err,
		                       "sent a line during %s that is no JSON: "
		                       "%s",
		                       channel->operation, why.message);
	return ASTRO_OK;
}

int dialogue_run(struct dialogue *dialogue, const char *operation,
                 struct json_out *message, struct json **result,
                 struct astro_error *err)
{
	int status, requests = 0;

	*result = NULL;
	dialogue->channel.operation = operation;
	dialogue->failure.status = ASTRO_OK;
	if (dialogue->is_broken) {
		json_out_clear(message);
		return dialogue_misuse(dialogue, err,
		                       "is not asked for %s any more",
		                       operation);
	}
	if (dialogue->core != NULL)
		turn_of_host(dialogue->core);
	status = send_message(dialogue, message, err);
	if (status != ASTRO_OK)
		dialogue->is_broken = true;
	while (status == ASTRO_OK && *result == NULL) {
		struct json *line;

		status = receive(dialogue, &line, err);
		if (status == ASTRO_OK && requests++ == REQUESTS_MAX &&
		    json_kind(line, "request") == JSON_KIND_STRING)
			status = dialogue_misuse(
				dialogue, err,
				"made more than %d requests during %s",
				REQUESTS_MAX, operation);
		if (status == ASTRO_OK)
			status = act_on(dialogue, line, result, err);
		json_free(line);
	}
	return status;
}
