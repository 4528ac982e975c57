/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up person, messages, settings, and what needs no network. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "credential.h"
#include "error.h"
#include "findings.h"
#include "script.h"
#include "secret.h"
#include "stage.h"

enum {
	TEXT_MAX = 8192,
	QUESTIONS_MAX = 50,
	LINES_MAX = 1000,
	WORDY_LEN = 4096
};

static int fail(struct astro_error *err, enum astro_status status,
                const char *hint, const char *fmt, ...) ASTRO_PRINTF(4, 5);
static int fail(struct astro_error *err, enum astro_status status,
                const char *hint, const char *fmt, ...)
{
	char raw[TEXT_MAX] = "";
	va_list args;

	stage_notice("fail");
	if (err == NULL || fmt == NULL || (int)status <= ASTRO_OK ||
	    (int)status > ASTRO_INTERNAL)
		return stage_misuse("fail", err);
	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	stage_inspect("a message", raw);
	stage_inspect("a hint", hint);
	return error_set(err, status, hint, "%s", raw);
}

static void take_line(const char *function, const char *raw)
{
	stage_inspect(strcmp(function, "log") == 0 ? "the log"
	                                           : "a line for the person",
	              raw);
	(void)stage_is_endless(&stage_now()->lines, LINES_MAX, "lines");
}

static void host_log(struct astro_core *core, enum astro_level level,
                     const char *fmt, ...) ASTRO_PRINTF(3, 4);
static void host_log(struct astro_core *core, enum astro_level level,
                     const char *fmt, ...)
{
	char raw[TEXT_MAX] = "";
	va_list args;

	(void)level;
	stage_notice("log");
	if (core == NULL || fmt == NULL) {
		(void)stage_misuse("log", NULL);
		return;
	}
	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	take_line("log", raw);
}

static void tell(struct astro_core *core, const char *fmt, ...)
	ASTRO_PRINTF(2, 3);
static void tell(struct astro_core *core, const char *fmt, ...)
{
	char raw[TEXT_MAX] = "";
	va_list args;

	stage_notice("tell");
	if (core == NULL || fmt == NULL) {
		(void)stage_misuse("tell", NULL);
		return;
	}
	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	take_line("tell", raw);
}

static bool is_given(const char *key)
{
	struct stage *stage = stage_now();

	if (strcmp(key, "token") == 0)
		stage->wants_token = true;
	return script_given(stage->script, key) != NULL ||
	       (stage->plan->given != NULL &&
	        strcmp(stage->plan->given, key) == 0);
}

static int has_answer(struct astro_core *core, const char *key)
{
	(void)core;
	stage_notice("has_answer");
	return key != NULL && is_given(key) ? 1 : 0;
}

static int can_ask(struct astro_core *core)
{
	(void)core;
	stage_notice("can_ask");
	return stage_now()->plan->nobody ? 0 : 1;
}

static int lend(const char *text, size_t len, struct astro_secret **out,
                struct astro_error *err)
{
	int status = secret_new(text, len, out, err);

	if (status == ASTRO_OK)
		stage_lend(STAGE_SECRET, *out);
	return status;
}

static const char *usual_answer(const struct astro_question *question,
                                char *out, size_t size)
{
	const char *key = question->key;
	const char *text = script_answer(stage_now()->script, key);

	if (text == NULL)
		text = script_given(stage_now()->script, key);
	if (text != NULL)
		return text;
	if (strcmp(key, "email") == 0)
		return "jane@example.com";
	if (strcmp(key, "username") == 0)
		return "jane";
	if (question->echo == ASTRO_ECHO_OFF || strcmp(key, "token") == 0) {
		(void)snprintf(out, size, SERVER_CANARY "-%.32s", key);
		return out;
	}
	return question->fallback != NULL ? question->fallback : "answer";
}

static int answer(const struct astro_question *question,
                  struct astro_secret **out, struct astro_error *err)
{
	static const char odd[] = "\x1b[2J\xc3\xa4 \xe2\x80\xa8\xff\x7f";
	char text[WORDY_LEN];
	const char *usual;

	switch (is_given(question->key) ? PERSON_WILLING
	                                : stage_now()->plan->person) {
	case PERSON_WILLING:
		break;
	case PERSON_SILENT:
		usual = question->fallback != NULL ? question->fallback : "";
		return lend(usual, strlen(usual), out, err);
	case PERSON_ODD:
		return lend(odd, sizeof(odd) - 1, out, err);
	case PERSON_WORDY:
		memset(text, 'a', sizeof(text));
		return lend(text, sizeof(text), out, err);
	}
	usual = usual_answer(question, text, sizeof(text));
	return lend(usual, strlen(usual), out, err);
}

static int ask(struct astro_core *core, const struct astro_question *given,
               struct astro_secret **out, struct astro_error *err)
{
	struct stage *stage = stage_now();
	struct astro_question known;
	const struct astro_question *question = &known;
	const char *fault = abi_question(given, &known);
	int status;

	if (core == NULL || out == NULL || fault != NULL)
		return stage_blame("ask", fault, err);
	*out = NULL;
	stage_inspect("a question", question->label);
	stage_inspect("a fallback", question->fallback);
	status = stage_step(core, "ask", err);
	if (status != ASTRO_OK)
		return status;
	if (stage_is_endless(&stage->questions, QUESTIONS_MAX, "questions") ||
	    (stage->plan->nobody && !is_given(question->key)))
		return error_set(err, ASTRO_DENIED, NULL,
		                 "nobody can be asked for %s", question->key);
	return answer(question, out, err);
}

static int choose(struct astro_core *core, const struct astro_menu *given,
                  size_t *picked, struct astro_error *err)
{
	struct stage *stage = stage_now();
	struct astro_menu known;
	const struct astro_menu *menu = &known;
	const char *fault = abi_menu(given, &known);
	int status;

	if (core == NULL || picked == NULL || fault != NULL)
		return stage_blame("choose", fault, err);
	*picked = 0;
	stage_inspect("a menu", menu->label);
	status = stage_step(core, "choose", err);
	if (status != ASTRO_OK)
		return status;
	if (stage_is_endless(&stage->questions, QUESTIONS_MAX, "questions") ||
	    stage->plan->nobody)
		return error_set(err, ASTRO_DENIED, NULL,
		                 "nobody can be asked for %s", menu->key);
	*picked = menu->count - 1;
	return ASTRO_OK;
}

/* A browser that cannot be opened is no reason to stop. */
static int browse(struct astro_core *core, const char *url,
                  struct astro_error *err)
{
	int status;

	if (core == NULL || url == NULL ||
	    (strncmp(url, "https://", 8) != 0 &&
	     strncmp(url, "http://", 7) != 0))
		return stage_misuse("browse", err);
	stage_inspect("an address for the browser", url);
	status = stage_step(core, "browse", err);
	if (status != ASTRO_OK)
		stage_now()->failure_may_pass = true;
	return status;
}

static const char *setting(const struct astro_settings *settings,
                           const char *key)
{
	const struct stage *stage = stage_now();
	const char *text;

	stage_notice("setting");
	if (settings != &stage->settings || key == NULL) {
		(void)stage_misuse("setting", NULL);
		return NULL;
	}
	/* What a login has kept is in the context from then on. */
	text = stage->kept == NULL ? NULL : credential_text(stage->kept, key);
	if (text == NULL)
		text = script_setting(stage->script, key);
	if (text == NULL && strcmp(key, "domain") == 0)
		text = stage->domain;
	return text;
}

static int host_secret_new(struct astro_core *core, const void *bytes,
                           size_t len, struct astro_secret **out,
                           struct astro_error *err)
{
	int status;

	if (core == NULL || out == NULL || (bytes == NULL && len > 0))
		return stage_misuse("secret_new", err);
	*out = NULL;
	status = stage_step(core, "secret_new", err);
	return status == ASTRO_OK ? lend(bytes, len, out, err) : status;
}

static const char *host_secret_bytes(const struct astro_secret *secret,
                                     size_t *len)
{
	stage_notice("secret_bytes");
	if (len != NULL)
		*len = 0;
	/* One that credential_get() has lent is in no list. */
	return secret == NULL ? "" : secret_bytes(secret, len);
}

static void host_secret_free(struct astro_secret *secret)
{
	stage_notice("secret_free");
	if (secret != NULL &&
	    stage_take_back(STAGE_SECRET, secret, "secret_free"))
		secret_free(secret);
}

static int host_random(struct astro_core *core, void *bytes, size_t len,
                       struct astro_error *err)
{
	if (core == NULL || (bytes == NULL && len > 0))
		return stage_misuse("random", err);
	if (len > 0)
		memset(bytes, 0x5A, len);
	return stage_step(core, "random", err);
}

static int64_t now(struct astro_core *core)
{
	(void)core;
	stage_notice("now");
	return stage_now()->now;
}

/* Time goes on only here: a login that polls comes to its end. */
static int wait(struct astro_core *core, uint32_t ms, struct astro_error *err)
{
	if (core == NULL)
		return stage_misuse("wait", err);
	stage_now()->now += (int64_t)ms / 1000 + 1;
	return stage_step(core, "wait", err);
}

void host_fill_person(struct astro_host *host)
{
	host->fail = fail;
	host->log = host_log;
	host->tell = tell;
	host->has_answer = has_answer;
	host->can_ask = can_ask;
	host->ask = ask;
	host->choose = choose;
	host->browse = browse;
	host->setting = setting;
	host->secret_new = host_secret_new;
	host->secret_bytes = host_secret_bytes;
	host->secret_free = host_secret_free;
	host->random = host_random;
	host->now = now;
	host->wait = wait;
}
