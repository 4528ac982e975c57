/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's side of the contract: each function hands what a provider asks
 * for to the module that does it.  A provider may be wrong in any way that C
 * lets us notice: NULL and nonsense become errors here, not crashes.
 */
#include "host.h"

#include <poll.h>
#include <string.h>

#include "abi.h"
#include "browser.h"
#include "clock.h"
#include "core.h"
#include "drive.h"
#include "error.h"
#include "interrupt.h"
#include "log.h"
#include "random.h"
#include "secret.h"
#include "terminal.h"

enum { TOLD_MAX = 4096, WAIT_SLICE_MS = 200 };

int host_misuse(struct astro_error *err, const char *function,
                const char *fault)
{
	return error_set(err, ASTRO_BAD_PLUGIN,
	                 "report this to the provider's author",
	                 "the provider called %s() with arguments that make "
	                 "no sense%s%s",
	                 function, fault == NULL ? "" : ": ",
	                 fault == NULL ? "" : fault);
}

static int host_fail(struct astro_error *err, enum astro_status status,
                     const char *hint, const char *fmt, ...)
{
	va_list args;

	/* Whatever was meant, it was no success. */
	if ((int)status <= ASTRO_OK || (int)status > ASTRO_INTERNAL)
		status = ASTRO_BAD_PLUGIN;
	if (fmt == NULL)
		fmt = "";
	va_start(args, fmt);
	(void)error_set_list(err, status, hint, fmt, args);
	va_end(args);
	return (int)status;
}

static void host_log(struct astro_core *core, enum astro_level level,
                     const char *fmt, ...)
{
	va_list args;

	(void)core;
	if (fmt == NULL)
		return;
	if (level != ASTRO_INFO && level != ASTRO_WARNING)
		level = ASTRO_DEBUG;
	va_start(args, fmt);
	log_write_list(level, fmt, args);
	va_end(args);
}

static void host_tell(struct astro_core *core, const char *fmt, ...)
{
	char line[TOLD_MAX];
	va_list args;

	(void)core;
	if (fmt == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	terminal_tell("%s", line);
	explicit_bzero(line, sizeof(line));
}

static int host_has_answer(struct astro_core *core, const char *key)
{
	return core_answer(core, key) != NULL;
}

static int host_can_ask(struct astro_core *core)
{
	return core_can_ask(core) ? 1 : 0;
}

static int give_answer(const struct engine_answer *answer,
                       const struct astro_question *question,
                       struct astro_secret **out, struct astro_error *err)
{
	const char *text = answer->text;

	if (answer->secret != NULL)
		return secret_copy(answer->secret, out, err);
	if ((text == NULL || text[0] == '\0') && question->fallback != NULL)
		text = question->fallback;
	if (text == NULL)
		text = "";
	return secret_new(text, strlen(text), out, err);
}

static int host_ask(struct astro_core *core, const struct astro_question *given,
                    struct astro_secret **out, struct astro_error *err)
{
	const struct engine_answer *answer;
	struct astro_question question;
	const char *fault;

	if (out == NULL)
		return host_misuse(err, "ask", NULL);
	*out = NULL;
	fault = abi_question(given, &question);
	if (fault != NULL)
		return host_misuse(err, "ask", fault);

	answer = core_answer(core, question.key);
	if (answer != NULL)
		return give_answer(answer, &question, out, err);
	if (!core_can_ask(core))
		return core_refuse_asking(question.key, question.label, err);
	if (core->drive != NULL)
		return drive_ask(core->drive, &question, core->job->deadline,
		                 out, err);
	return terminal_ask(&question, core->job->deadline, out, err);
}

static int host_choose(struct astro_core *core, const struct astro_menu *given,
                       size_t *picked, struct astro_error *err)
{
	const struct engine_answer *answer;
	struct astro_menu menu;
	const char *fault = abi_menu(given, &menu);

	if (picked == NULL || fault != NULL)
		return host_misuse(err, "choose", fault);
	*picked = 0;
	answer = core_answer(core, menu.key);
	if (answer != NULL)
		return core_match(answer, menu.items, menu.count, picked, err);
	if (!core_can_ask(core))
		return core_refuse_asking(menu.key, menu.label, err);
	if (core->drive != NULL)
		return drive_choose(core->drive, &menu, core->job->deadline,
		                    picked, err);
	return terminal_choose(&menu, core->job->deadline, picked, err);
}

static int host_browse(struct astro_core *core, const char *url,
                       struct astro_error *err)
{
	(void)core;
	if (url == NULL || (strncmp(url, "https://", 8) != 0 &&
	                    strncmp(url, "http://", 7) != 0))
		return host_misuse(err, "browse", NULL);
	return browser_open(url, err);
}

/* Another context, and what smells of a secret, is nobody's setting. */
static bool setting_is_private(const char *key)
{
	static const char *const words[] = {"password", "token", "secret"};
	const char *last = strrchr(key, '.');
	size_t i;

	last = last == NULL ? key : last + 1;
	if (context_key_is_secret(last))
		return true;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(last, words[i]) != NULL)
			return true;
	return strncmp(key, "contexts.", 9) == 0;
}

static const char *host_setting(const struct astro_settings *settings,
                                const char *key)
{
	bool is_of_file;

	if (settings == NULL || key == NULL)
		return NULL;
	if (strcmp(key, "domain") == 0)
		return settings->name;
	is_of_file = strchr(key, '.') != NULL;
	if (key[0] == '.') /* of the file's top level: ".page_size" */
		key++;
	if (setting_is_private(key))
		return NULL;
	if (is_of_file)
		return config_value(settings->config, key);
	if (settings->context == NULL)
		return NULL;
	return context_value(settings->context, key);
}

static int host_secret_new(struct astro_core *core, const void *bytes,
                           size_t len, struct astro_secret **out,
                           struct astro_error *err)
{
	(void)core;
	if (out == NULL)
		return host_misuse(err, "secret_new", NULL);
	*out = NULL;
	if (bytes == NULL && len > 0)
		return host_misuse(err, "secret_new", NULL);
	return secret_new(bytes, len, out, err);
}

static const char *host_secret_bytes(const struct astro_secret *secret,
                                     size_t *len)
{
	if (secret == NULL) {
		if (len != NULL)
			*len = 0;
		return "";
	}
	return secret_bytes(secret, len);
}

static int host_random(struct astro_core *core, void *bytes, size_t len,
                       struct astro_error *err)
{
	(void)core;
	if (bytes == NULL && len > 0)
		return host_misuse(err, "random", NULL);
	return random_fill(bytes, len, err);
}

static int64_t host_now(struct astro_core *core)
{
	(void)core;
	return clock_wall();
}

static int host_wait(struct astro_core *core, uint32_t ms,
                     struct astro_error *err)
{
	int64_t end = clock_boot() + (int64_t)ms;

	for (;;) {
		int64_t now = clock_boot();
		int64_t left = end - now;
		int status = interrupt_check(err);

		if (status != ASTRO_OK)
			return status;
		if (core != NULL && core->job->deadline != 0 &&
		    now >= core->job->deadline)
			return error_set(err, ASTRO_TIMED_OUT,
			                 "allow more time with --timeout",
			                 "nobody finished the login in time");
		if (left <= 0)
			return ASTRO_OK;
		/* A signal between the check and poll() is seen after the
		 * slice. */
		(void)poll(NULL, 0,
		           left < WAIT_SLICE_MS ? (int)left : WAIT_SLICE_MS);
	}
}

void host_fill(struct astro_host *host, struct astro_core *core)
{
	*host = (struct astro_host){
		.size = sizeof(*host),
		.abi_major = ASTRO_ABI_MAJOR,
		.abi_minor = ASTRO_ABI_MINOR,
		.core = core,
		.fail = host_fail,
		.log = host_log,
		.tell = host_tell,
		.has_answer = host_has_answer,
		.can_ask = host_can_ask,
		.ask = host_ask,
		.choose = host_choose,
		.browse = host_browse,
		.setting = host_setting,
		.secret_new = host_secret_new,
		.secret_bytes = host_secret_bytes,
		.secret_free = secret_free,
		.random = host_random,
		.now = host_now,
		.wait = host_wait,
	};
	host_fill_answers(host);
	host_fill_credentials(host);
}
