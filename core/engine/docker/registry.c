/* SPDX-License-Identifier: Apache-2.0 */
/* Docker logged in to a registry, and out of it. */
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "docker_file.h"
#include "error.h"
#include "helper.h"
#include "json.h"
#include "log.h"
#include "report.h"
#include "secret.h"
#include "text.h"

enum { LINE_MAX_BYTES = ERROR_MESSAGE_MAX + 400, ANSWER_MAX = 128 * 1024 };

/* The helper that is this program itself: it knows the token anyway. */
static const char own_helper[] = "astro";

static bool name_is_plain(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	const char *port = name + len;

	if (len == 0 || name[0] == '.' || name[0] == '-' ||
	    strlen(name) >= REGISTRY_NAME_MAX)
		return false;
	return *port == '\0' ||
	       (*port == ':' && port[1] != '\0' &&
	        strspn(port + 1, "0123456789") == strlen(port + 1));
}

/* ":" sets the user name off from the secret. */
static bool user_is_plain(const char *user)
{
	size_t len = strlen(user);

	return len > 0 && len < REGISTRY_USER_MAX && text_is_utf8(user, len) &&
	       strpbrk(user, ":\"\\\r\n") == NULL;
}

int registry_new(const char *name, const char *user,
                 const struct astro_secret *secret, struct registry **out,
                 struct astro_error *err)
{
	struct registry *registry;
	int status = ASTRO_OK;

	*out = NULL;
	if (!name_is_plain(name) || !user_is_plain(user))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "\"%s\" is no name of a registry, or \"%s\" "
		                 "of a user",
		                 name, user);
	registry = calloc(1, sizeof(*registry));
	if (registry == NULL)
		return error_no_memory(err);
	(void)snprintf(registry->name, sizeof(registry->name), "%s", name);
	(void)snprintf(registry->user, sizeof(registry->user), "%s", user);
	if (secret != NULL)
		status = secret_copy(secret, &registry->secret, err);
	if (status != ASTRO_OK) {
		registry_free(registry);
		return status;
	}
	*out = registry;
	return ASTRO_OK;
}

void registry_free(struct registry *registry)
{
	if (registry == NULL)
		return;
	secret_free(registry->secret);
	free(registry);
}

static void tell(int report_fd, const char *key, const char *fmt,
                 const struct registry *registry, const char *more)
{
	struct text line;

	text_init(&line, LINE_MAX_BYTES);
	if (text_addf(&line, fmt, registry->name, more))
		report_value(report_fd, key, line.bytes);
	text_clear(&line);
}

static void tell_refused(int report_fd, const struct registry *registry,
                         const char *why)
{
	tell(report_fd, "registry", "Not logged in to the registry %s: %s",
	     registry, why);
}

/* ---- through a helper ---- */

/* Errors stand on its standard output; what may hold a secret is not shown. */
static int refused(const struct helper_run *run, int code,
                   struct astro_error *err)
{
	size_t len = strcspn(run->output->bytes, "\r\n");

	if (len == 0 || run->output->bytes[0] == '{')
		return error_set(err, ASTRO_STORE, NULL,
		                 "docker-credential-%s ended with %d",
		                 run->name, code);
	return error_set(err, ASTRO_STORE, NULL,
	                 "docker-credential-%s said: %.*s", run->name,
	                 len < 200 ? (int)len : 200, run->output->bytes);
}

static int run_helper(const char *name, const char *verb,
                      const struct text *input, struct text *output,
                      struct astro_error *err)
{
	const struct helper_run run = {name, verb, input, output};
	int code, status;

	status = helper_run(&run, &code, err);
	if (status != ASTRO_OK || code == 0)
		return status;
	if (strncmp(output->bytes, "credentials not found", 21) == 0)
		return error_set(err, ASTRO_NOT_FOUND, NULL,
		                 "docker-credential-%s has none", name);
	return refused(&run, code, err);
}

static int helper_put(const char *name, const struct registry *registry,
                      struct astro_error *err)
{
	const struct astro_field fields[] = {
		{"ServerURL", registry->name, NULL},
		{"Username", registry->user, NULL},
		{"Secret", NULL, registry->secret},
	};
	struct text input, output;
	int status;

	text_init(&input, ANSWER_MAX);
	text_init(&output, ANSWER_MAX);
	status = json_write_fields(&input, NULL, fields,
	                           sizeof(fields) / sizeof(fields[0]), err);
	if (status == ASTRO_OK)
		status = run_helper(name, "store", &input, &output, err);
	text_clear(&input);
	text_clear(&output);
	return status;
}

/* get and erase: the name alone goes in. */
static int helper_ask(const char *name, const char *verb,
                      const struct registry *registry, struct text *output,
                      struct astro_error *err)
{
	struct text input;
	int status = ASTRO_OK;

	text_init(&input, REGISTRY_NAME_MAX);
	if (!text_add_string(&input, registry->name))
		status = error_no_memory(err);
	if (status == ASTRO_OK)
		status = run_helper(name, verb, &input, output, err);
	text_clear(&input);
	return status;
}

/* *SAME: what it has for the registry is REGISTRY's secret. */
static int helper_compare(const char *name, const struct registry *registry,
                          bool *same, struct astro_error *err)
{
	struct json *json = NULL;
	struct text output;
	const char *user, *secret, *bytes;
	size_t len;
	int status;

	*same = false;
	text_init(&output, ANSWER_MAX);
	status = helper_ask(name, "get", registry, &output, err);
	if (status == ASTRO_OK)
		status = json_parse(output.bytes, output.len, &json, err);
	user = json_text(json, "Username");
	secret = json_text(json, "Secret");
	if (user != NULL && secret != NULL && registry->secret != NULL) {
		bytes = secret_bytes(registry->secret, &len);
		*same = strcmp(user, registry->user) == 0 &&
		        secret_equal(secret, strlen(secret), bytes, len);
	}
	json_free(json);
	text_clear(&output);
	return status;
}

/* ---- in ---- */

/* The credentials of a registry of the person's own are the person's to give:
 * the token would be of no use there, and is none of its business. */
static void look_for_own(const struct docker_file *config,
                         const struct registry *registry, int report_fd)
{
	const char *helper = docker_file_helper(config, registry->name);
	struct astro_error why;
	struct text output;
	bool has;

	text_init(&output, ANSWER_MAX);
	has = helper == NULL ? docker_file_has(config, registry->name)
	                     : helper_ask(helper, "get", registry, &output,
	                                  &why) == ASTRO_OK;
	text_clear(&output);
	if (!has)
		tell(report_fd, "registry",
		     "The private registry %s has credentials of its own: run "
		     "`docker login %s`",
		     registry, registry->name);
}

static void give(const struct docker_file *config,
                 const struct registry *registry, bool plain, int report_fd)
{
	const char *helper = docker_file_helper(config, registry->name);
	struct astro_error why;
	int status;

	if (helper != NULL && strcmp(helper, own_helper) == 0) {
		log_write(ASTRO_INFO, "registry %s: docker-credential-astro",
		          registry->name);
		return;
	}
	if (helper == NULL && !plain) {
		tell(report_fd, "registry",
		     "Not logged in to the registry %s: Docker has no "
		     "credential helper, and would keep the token in plain "
		     "text in %s",
		     registry, config->path);
		return;
	}
	status = helper != NULL ? helper_put(helper, registry, &why)
	                        : docker_file_put(config, registry->name,
	                                          registry->user,
	                                          registry->secret, &why);
	if (status != ASTRO_OK)
		tell_refused(report_fd, registry, why.message);
	else if (helper != NULL)
		tell(report_fd, "registry",
		     "Logged in to the registry %s (docker-credential-%s)",
		     registry, helper);
	else
		tell(report_fd, "registry",
		     "Logged in to the registry %s (unencrypted, in %s)",
		     registry, config->path);
}

void registry_log_in(const struct registry *registry, bool plain, int report_fd)
{
	struct docker_file config;
	struct astro_error why;
	int status = docker_file_read(&config, &why);

	if (status == ASTRO_NOT_FOUND)
		log_write(ASTRO_INFO, "registry %s: %s", registry->name,
		          why.message);
	else if (status != ASTRO_OK)
		tell_refused(report_fd, registry, why.message);
	else if (registry->secret == NULL)
		look_for_own(&config, registry, report_fd);
	else
		give(&config, registry, plain, report_fd);
	docker_file_clear(&config);
}

/* ---- out ---- */

static int take_from_helper(const char *helper, const struct registry *registry,
                            bool *taken, struct astro_error *err)
{
	struct astro_error why;
	struct text output;
	bool same;
	int status;

	*taken = false;
	if (helper_compare(helper, registry, &same, &why) != ASTRO_OK) {
		log_write(ASTRO_INFO, "registry %s: %s", registry->name,
		          why.message);
		return ASTRO_OK;
	}
	if (!same)
		return ASTRO_OK;
	text_init(&output, ANSWER_MAX);
	status = helper_ask(helper, "erase", registry, &output, err);
	text_clear(&output);
	*taken = status == ASTRO_OK;
	return status;
}

int registry_log_out(const struct registry *registry, int report_fd,
                     struct astro_error *err)
{
	struct docker_file config;
	const char *helper;
	bool taken = false;
	int status;

	if (docker_file_read(&config, NULL) != ASTRO_OK) {
		docker_file_clear(&config);
		return ASTRO_OK;
	}
	helper = docker_file_helper(&config, registry->name);
	if (helper != NULL && strcmp(helper, own_helper) == 0)
		helper = NULL;
	status = ASTRO_OK;
	if (helper != NULL)
		status = take_from_helper(helper, registry, &taken, err);
	/* Also where a helper has come since. */
	if (status == ASTRO_OK &&
	    docker_file_holds(&config, registry->name, registry->user,
	                      registry->secret)) {
		status = docker_file_put(&config, registry->name, NULL, NULL,
		                         err);
		taken = status == ASTRO_OK;
	}
	if (taken)
		tell(report_fd, "done",
		     "Erased Docker's credentials for the registry %s%s",
		     registry, "");
	docker_file_clear(&config);
	return status;
}
