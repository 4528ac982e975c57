/* SPDX-License-Identifier: Apache-2.0 */
/* astro login: flags into a job for the engine, and the last word. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "engine_open.h"
#include "error.h"
#include "files.h"
#include "log.h"
#include "login_report.h"
#include "secret.h"
#include "terminal.h"
#include "text.h"
#include "token.h"

enum {
	ANSWERS_MAX = 9,
	NAME_MAX_BYTES = 1024,
	TIMEOUT_SECONDS = 300,
	TIMEOUT_SECONDS_MAX = 24 * 60 * 60,
	/* For what comes after the person: requests, writing the file. */
	GRACE_MS = 60 * 1000
};

static const struct option options_login[] = {
	{"login-link", 'l', OPTION_SWITCH, NULL,
         "print the link and open nothing; finish here, or by\n"
         "pasting the address that a browser elsewhere ended on"},
	{"token-login", 't', OPTION_SECRET, "TOKEN",
         "log in with a token, no browser; - reads it from\n"
         "standard input, where nobody sees it (recommended)"},
	{"oauth", 'o', OPTION_SWITCH, NULL,
         "APC: ask for the token, not for user and password"},
	{"username", 'u', OPTION_TEXT, "NAME", "APC: the user name"},
	{"password-stdin", 0, OPTION_SWITCH, NULL,
         "APC: read the password from standard input, one line"},
	{"device", 0, OPTION_SWITCH, NULL,
         "a short code, a link and its QR code, for another device"},
	{"organization", 0, OPTION_TEXT, "ID",
         "the organization, instead of a menu"},
	{"workspace", 0, OPTION_TEXT, "NAME",
         "the workspace's id or name, instead of a menu"},
	{"client-id", 0, OPTION_TEXT, "ID",
         "an OpenID provider: the client it knows us as"},
	{"scopes", 0, OPTION_TEXT, "SCOPES",
         "an OpenID provider: what to ask for, separated by blanks"},
	{"provider", 0, OPTION_TEXT, "NAME",
         "the provider, instead of the domain's own"},
	{"store", 0, OPTION_TEXT, "STORE",
         "where to keep the login: file (as the Go CLI does), keyring,\n"
         "helper:NAME (docker-credential-NAME), session (until the\n"
         "machine restarts), or none (print the token, keep nothing)"},
	{"timeout", 0, OPTION_TEXT, "SECONDS",
         "how long to wait for you (300)"},
	{"no-input", 0, OPTION_SWITCH, NULL,
         "never ask: exit 4 at once where you are needed"},
	{"json", 0, OPTION_SWITCH, NULL,
         "for a program that drives the login: events and answers\n"
         "as lines of JSON on standard output and input"},
};

static const char text_login[] =
	"Without a domain: the current context, or astronomer.io.  A domain "
	"of Astro\n(astronomer.io) logs in there, any other to APC "
	"(Astronomer Software) at that\ndomain, an https:// address to the "
	"OpenID provider of that issuer.\n\n"
	"Tokens for --token-login come from https://cloud.astronomer.io/token "
	"(or\nhttps://cloud.<domain>/token), and for APC from "
	"https://app.<domain>/token.";

/* What a login is made of, freed in one place. */
struct login {
	const struct options *options;
	struct files files;
	char name[DOMAIN_NAME_MAX];
	struct astro_secret *token;
	struct astro_secret *password;
	struct engine_answer answers[ANSWERS_MAX];
	struct engine_job job;
};

static int check_conflicts(const struct options *options,
                           struct astro_error *err)
{
	static const char *const pairs[][2] = {
		{"token-login", "login-link"},
		{"token-login", "oauth"},
		{"token-login", "device"},
		{"token-login", "username"},
		{"token-login", "password-stdin"},
		{"login-link", "device"},
		{"login-link", "username"},
		{"oauth", "device"},
		{"oauth", "username"},
		{"device", "username"},
		{"json", "password-stdin"},
		{"json", "no-input"},
	};
	size_t i;
	int status;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		status =
			options_exclude(options, pairs[i][0], pairs[i][1], err);
		if (status != ASTRO_OK)
			return status;
	}
	if (options_has(options, "password-stdin") &&
	    !options_has(options, "username"))
		return options_refuse(options, err,
		                      "--password-stdin needs -u/--username");
	return ASTRO_OK;
}

/* Text that goes into a request or a menu's answer. */
static int check_text(const struct options *options, const char *name,
                      struct astro_error *err)
{
	const char *value = options_text(options, name);
	size_t len;

	if (value == NULL)
		return ASTRO_OK;
	len = strlen(value);
	if (len > NAME_MAX_BYTES)
		return options_refuse(options, err,
		                      "--%s: longer than %d bytes", name,
		                      NAME_MAX_BYTES);
	if (!text_is_utf8(value, len))
		return options_refuse(options, err, "--%s: is not UTF-8", name);
	if (!text_is_line(value, len))
		return options_refuse(options, err,
		                      "--%s: holds a control character", name);
	return ASTRO_OK;
}

static int check_texts(const struct options *options, struct astro_error *err)
{
	static const char *const names[] = {
		"username",  "organization", "workspace", "provider",
		"client-id", "scopes",       "store"};
	size_t i;
	int status = ASTRO_OK;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		status = check_text(options, names[i], err);
		if (status != ASTRO_OK)
			break;
	}
	return status;
}

static int read_token(struct login *login, struct astro_error *err)
{
	static const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_OFF,
		.key = "token",
		.label = "Token:",
	};
	const struct astro_secret *given =
		options_secret(login->options, "token-login");
	struct astro_secret *line = NULL;
	const char *bytes;
	size_t len;
	int status;

	if (given == NULL)
		return ASTRO_OK;
	bytes = secret_bytes(given, &len);
	if (strcmp(bytes, "-") == 0 && options_has(login->options, "json"))
		return options_refuse(login->options, err,
		                      "--json reads its answers from standard "
		                      "input: no token can come from there");
	if (strcmp(bytes, "-") != 0) {
		status = token_clean(bytes, len, "--token-login", ASTRO_USAGE,
		                     &login->token, err);
		if (status == ASTRO_OK)
			log_write(ASTRO_WARNING,
			          "an argument is visible to others on this "
			          "machine and stays in the shell's history; "
			          "use `--token-login -`");
		return status;
	}

	/* Typed or pasted by a person, it is a secret like a password. */
	if (isatty(STDIN_FILENO))
		status = terminal_ask(&question, login->job.deadline, &line,
		                      err);
	else
		status = terminal_read_stdin("token", TOKEN_MAX_BYTES, &line,
		                             err);
	if (status == ASTRO_OK) {
		bytes = secret_bytes(line, &len);
		token_trim(&bytes, &len);
		status = token_clean(bytes, len, "standard input", ASTRO_DENIED,
		                     &login->token, err);
	}
	secret_free(line);
	return status;
}

static int read_secrets(struct login *login, struct astro_error *err)
{
	int status = read_token(login, err);

	if (status == ASTRO_OK && options_has(login->options, "password-stdin"))
		status = terminal_read_stdin("password", TERMINAL_PASSWORD_MAX,
		                             &login->password, err);
	return status;
}

static void use_context(struct login *login, const struct context *context)
{
	(void)snprintf(login->name, sizeof(login->name), "%s",
	               context_name(context));
	login->job.is_issuer = context_value(context, "issuer") != NULL;
}

/* The context that no argument means: the current one, stored or not. */
static int name_current(struct login *login, struct astro_error *err)
{
	const char *wanted = getenv("ASTRO_DOMAIN");
	const struct context *context;
	int status;

	status = files_current(&login->files, &context, err);
	if (status != ASTRO_OK)
		return status;
	if (context != NULL) {
		use_context(login, context);
		return ASTRO_OK;
	}
	if (wanted == NULL || wanted[0] == '\0')
		wanted = config_current_name(login->files.config);
	return domain_canonical(wanted, login->name, &login->job.is_issuer,
	                        err);
}

static int name_typed(struct login *login, const char *typed,
                      struct astro_error *err)
{
	const struct context *context;
	int status;

	status = domain_canonical(typed, login->name, &login->job.is_issuer,
	                          err);
	/* A name as `context list` shows it: an issuer's is no domain. */
	context = config_find(login->files.config,
	                      status == ASTRO_OK ? login->name : typed);
	if (context == NULL)
		return status;
	use_context(login, context);
	return ASTRO_OK;
}

static int find_name(struct login *login, struct astro_error *err)
{
	login->job.name = login->name;
	if (login->options->operand_count == 0)
		return name_current(login, err);
	return name_typed(login, login->options->operands[0], err);
}

static void add_answer(struct login *login, const char *key, const char *text,
                       const struct astro_secret *secret)
{
	struct engine_answer *answer;

	if (text == NULL && secret == NULL)
		return;
	answer = &login->answers[login->job.answer_count++];
	answer->key = key;
	answer->text = text;
	answer->secret = secret;
}

static void fill_job(struct login *login, int64_t timeout)
{
	const struct options *options = login->options;
	struct engine_job *job = &login->job;

	job->task = ENGINE_LOGIN;
	job->flow = ENGINE_FLOW_AUTO;
	if (options_has(options, "login-link"))
		job->flow = ENGINE_FLOW_LINK;
	else if (options_has(options, "device"))
		job->flow = ENGINE_FLOW_DEVICE;
	else if (options_has(options, "oauth"))
		job->flow = ENGINE_FLOW_TOKEN;
	job->provider = options_text(options, "provider");
	job->store = options_text(options, "store");
	job->no_input = options_has(options, "no-input");
	job->verbose = log_is_verbose();
	job->deadline = clock_boot() + timeout * 1000;

	job->answers = login->answers;
	add_answer(login, "link",
	           options_has(options, "login-link") ? "true" : NULL, NULL);
	add_answer(login, "oauth",
	           options_has(options, "oauth") ? "true" : NULL, NULL);
	add_answer(login, "token", NULL, login->token);
	add_answer(login, "username", options_text(options, "username"), NULL);
	add_answer(login, "password", NULL, login->password);
	add_answer(login, "organization", options_text(options, "organization"),
	           NULL);
	add_answer(login, "workspace", options_text(options, "workspace"),
	           NULL);
	add_answer(login, "client_id", options_text(options, "client-id"),
	           NULL);
	add_answer(login, "scopes", options_text(options, "scopes"), NULL);
}

static int run_login(const struct options *options, struct astro_error *err)
{
	struct login login;
	struct report *report = NULL;
	int64_t timeout = TIMEOUT_SECONDS;
	int status;

	memset(&login, 0, sizeof(login));
	login.options = options;
	status = check_conflicts(options, err);
	if (status == ASTRO_OK)
		status = check_texts(options, err);
	if (status == ASTRO_OK)
		status = options_number(options, "timeout", 1,
		                        TIMEOUT_SECONDS_MAX, &timeout, err);
	login.job.json = options_has(options, "json");
	if (status == ASTRO_OK)
		status = files_open(&login.files, err);
	if (status == ASTRO_OK)
		status = find_name(&login, err);
	if (status == ASTRO_OK)
		status = read_secrets(&login, err);
	if (status != ASTRO_OK)
		goto out;

	fill_job(&login, timeout);
	status = engine_run(&login.job, login.job.deadline + GRACE_MS, &report,
	                    err);
	if (status == ASTRO_OK && login.job.json) {
		status = login_report_event(report, err);
	} else if (status == ASTRO_OK) {
		login_report_show(report);
		status = login_report_token(report, err);
	}
out:
	if (status != ASTRO_OK && status != ASTRO_USAGE && login.job.json)
		login_report_failure(err);
	report_free(report);
	secret_free(login.token);
	secret_free(login.password);
	files_clear(&login.files);
	return status;
}

const struct command command_login = {
	.name = "login",
	.summary = "Authenticate to Astro or APC",
	.operands = "[BASEDOMAIN or ISSUER]",
	.operands_max = 1,
	.options = options_login,
	.option_count = sizeof(options_login) / sizeof(options_login[0]),
	.text = text_login,
	.run = run_login,
};

const struct command command_auth_login = {
	.group = "auth",
	.name = "login",
	.summary = "Authenticate to Astro or APC",
	.operands = "[BASEDOMAIN or ISSUER]",
	.operands_max = 1,
	.options = options_login,
	.option_count = sizeof(options_login) / sizeof(options_login[0]),
	.text = text_login,
	.run = run_login,
};
