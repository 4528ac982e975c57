/* SPDX-License-Identifier: Apache-2.0 */
/* astro credential docker: Docker's credential helper protocol. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "error.h"
#include "handoff.h"
#include "input.h"
#include "json_out.h"
#include "output.h"
#include "secret.h"

enum { ADDRESS_MAX = 2048, SEEN_MAX = 1024 * 1024 };

/* Docker compares these to the byte. */
static const char not_found[] = "credentials not found in native keychain\n";
static const char no_address[] = "no credentials server URL\n";

static const struct option options_docker[] = {
	{"version", 0, OPTION_SWITCH, NULL, "print the version"},
};

/* The name that goes with a token: a registry of an APC takes "user"
 * (protocol.md, 5.5), Astro's "cli", others what OAuth has made usual. */
static const char *user_of(const struct context *context)
{
	const char *provider = context_provider(context);

	if (strcmp(provider, "software") == 0)
		return "user";
	return strcmp(provider, "astro") == 0 ? "cli" : "oauth2";
}

/* The protocol puts reasons on standard output.  Docker shows them where it
 * does not know them; standard error would be in the way of those it knows. */
static int say_known(const char *text, struct astro_error *err)
{
	int status = output_write(text, strlen(text), err);

	if (status == ASTRO_OK)
		status = error_set(err, ASTRO_NOT_FOUND, NULL, "%s", "");
	return status;
}

/* Docker shows this one with its own words around it. */
static void say_reason(const struct astro_error *reason)
{
	struct astro_error ignored;

	(void)output_write(reason->message, strlen(reason->message), &ignored);
	(void)output_write("\n", 1, &ignored);
}

static int print_answer(const char *address, const char *user,
                        const struct access *access, struct astro_error *err)
{
	struct json_out json;
	int status;

	json_out_init_line(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "ServerURL", address);
	json_out_string(&json, "Username", user);
	json_out_secret(&json, "Secret", access->token);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int answer(const char *address, const char *host,
                  struct astro_error *err)
{
	const struct context *context = NULL;
	struct access access;
	struct files files;
	int status;

	memset(&access, 0, sizeof(access));
	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status = handoff_pick(&files, HOST_REGISTRY, host, &context,
		                      err);
	if (status == ASTRO_OK && context == NULL) {
		status = say_known(not_found, err);
		goto out;
	}
	if (status == ASTRO_OK)
		status = handoff_access(&files, context, &access, err);
	if (status == ASTRO_OK)
		status = print_answer(address, user_of(context), &access, err);
	else if (status != ASTRO_USAGE)
		say_reason(err);
out:
	access_clear(&access);
	files_clear(&files);
	return status;
}

/* Blanks and line ends around it are not part of an address. */
static void trim(const char **bytes, size_t *len)
{
	static const char blanks[] = " \t\r\n";

	while (*len > 0 && memchr(blanks, (*bytes)[*len - 1], 4) != NULL)
		(*len)--;
	while (*len > 0 && memchr(blanks, **bytes, 4) != NULL) {
		(*bytes)++;
		(*len)--;
	}
}

/* A key of credHelpers has no scheme, a registry's address may have one. */
static bool read_address(const char *address, char *host)
{
	if (strstr(address, "://") != NULL)
		return host_of_url(address, host);
	return host_read(address, strcspn(address, "/"), host);
}

static int run_get(struct astro_error *err)
{
	char address[ADDRESS_MAX], host[HOST_SIZE];
	const char *bytes;
	struct text input;
	size_t len;
	int status;

	status = input_read(INPUT_END, "docker", &input, err);
	if (status != ASTRO_OK)
		goto out;
	bytes = input.bytes;
	len = input.len;
	trim(&bytes, &len);
	if (len == 0) {
		status = say_known(no_address, err);
		goto out;
	}
	if (len >= sizeof(address) || !text_is_visible(bytes, len)) {
		status = error_set(err, ASTRO_USAGE, NULL,
		                   "docker: refused: this is no address");
		goto out;
	}
	memcpy(address, bytes, len);
	address[len] = '\0';
	status = read_address(address, host) ? answer(address, host, err)
	                                     : say_known(not_found, err);
out:
	text_clear(&input);
	return status;
}

static int drop_input(struct astro_error *err)
{
	struct text input;
	int status = input_read(INPUT_END, "docker", &input, err);

	text_clear(&input);
	return status;
}

static const char *refresh_key(const struct context *context)
{
	const char *provider = context_provider(context);

	return strcmp(provider, "astro") == 0 ||
	                       strcmp(provider, "software") == 0
	               ? "refreshtoken"
	               : "refresh_token";
}

/* Docker asks for each one that is listed, and fails when one has no answer. */
static bool has_login(const struct context *context)
{
	const char *store = context_value(context, "store");
	struct astro_secret *token = NULL, *refresh = NULL;
	bool is_usable = false;

	/* A login elsewhere: the file knows when it ends. */
	if (store != NULL && strcmp(store, "file") != 0 &&
	    strcmp(store, "none") != 0)
		return context_value(context, "expiresin") != NULL;
	if (context_access_token(context, &token, NULL) != ASTRO_OK ||
	    context_secret(context, refresh_key(context), &refresh, NULL) !=
	            ASTRO_OK)
		goto out;
	is_usable = token != NULL &&
	            (refresh != NULL || context_expiry(context) > clock_wall());
out:
	secret_free(token);
	secret_free(refresh);
	return is_usable;
}

/* SEEN: the hosts so far, one a line. */
static int list_hosts(const struct files *files, const struct context *context,
                      struct text *seen, struct json_out *json,
                      struct astro_error *err)
{
	char line[HOST_SIZE + 2] = "\n", address[HOST_SIZE + 16];
	char *host = line + 1;
	const struct context *picked;
	struct host_list list;

	host_list(context, HOST_REGISTRY, &list);
	while (host_list_next(&list, host)) {
		size_t len = strlen(host);

		(void)snprintf(address, sizeof(address), "https://%s", host);
		host[len] = '\n';
		host[len + 1] = '\0';
		if (strstr(seen->bytes, line) != NULL)
			continue;
		if (!text_add_string(seen, line))
			return error_no_memory(err);
		host[len] = '\0';
		/* One that two contexts name, `get` does not answer. */
		if (handoff_pick(files, HOST_REGISTRY, host, &picked, NULL) ==
		            ASTRO_OK &&
		    picked == context)
			json_out_string(json, address, user_of(context));
	}
	return ASTRO_OK;
}

static int run_list(struct astro_error *err)
{
	struct json_out json;
	struct files files;
	struct text seen;
	size_t i;
	int status;

	json_out_init_line(&json);
	text_init(&seen, SEEN_MAX);
	status = files_open(&files, err);
	json_out_object(&json, NULL);
	for (i = 0; status == ASTRO_OK && i < config_count(files.config); i++)
		if (has_login(config_at(files.config, i)))
			status = list_hosts(&files, config_at(files.config, i),
			                    &seen, &json, err);
	json_out_close(&json);
	if (status == ASTRO_OK)
		status = json_out_print(&json, err);
	text_clear(&seen);
	json_out_clear(&json);
	files_clear(&files);
	return status;
}

static int print_version(void)
{
	(void)printf("docker-credential-astro (astro) v%s\n", ASTRO_VERSION);
	return ASTRO_OK;
}

static int run_docker(const struct options *options, struct astro_error *err)
{
	const char *operation = options->operands[0];

	if (options_has(options, "version"))
		return print_version();
	if (operation == NULL)
		return options_refuse(options, err, "%s is missing",
		                      command_credential_docker.operands);
	if (strcmp(operation, "get") == 0)
		return run_get(err);
	if (strcmp(operation, "store") == 0 || strcmp(operation, "erase") == 0)
		return drop_input(err);
	if (strcmp(operation, "list") == 0)
		return run_list(err);
	if (strcmp(operation, "version") == 0)
		return print_version();
	return options_refuse(options, err, "%s is none of its operations",
	                      operation);
}

const struct command command_credential_docker = {
	.group = "credential",
	.name = "docker",
	.summary = "Answer Docker's credential helper protocol",
	.operands = "get|store|erase|list|version",
	.operands_max = 1,
	.options = options_docker,
	.option_count = sizeof(options_docker) / sizeof(options_docker[0]),
	.text = "Also called docker-credential-astro.  Answers for "
		"registry.DOMAIN of an APC, and\nfor the hosts under a "
		"context's `hosts:`.  store and erase change nothing: "
		"`docker\nlogin` and `docker logout` do not log in and out "
		"here.",
	.run = run_docker,
};
