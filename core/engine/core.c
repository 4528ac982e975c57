/* SPDX-License-Identifier: Apache-2.0 */
/* What one run of the engine works with, and the answers given in advance. */
#include "core.h"

#include <string.h>
#include <unistd.h>

#include "credential.h"
#include "drive.h"
#include "error.h"
#include "exec.h"
#include "host.h"
#include "http.h"
#include "log.h"
#include "proved.h"
#include "registry.h"
#include "secret.h"
#include "terminal.h"

#ifndef ASTRO_VERSION
#define ASTRO_VERSION "0"
#endif

void core_know_client_secret(struct astro_core *core,
                             struct astro_secret *secret)
{
	secret_free(core->client_secret_bytes);
	core->client_secret_bytes = secret;
	core->client_secret = (struct engine_answer){
		.key = secret == NULL ? NULL : "client_secret",
		.secret = secret,
	};
}

int core_learn_login(struct astro_core *core,
                     const struct astro_credential *login,
                     struct astro_error *err)
{
	const struct astro_secret *secret = NULL;
	struct astro_secret *copy = NULL;
	int status = ASTRO_OK;

	/* One that somebody has written into the file since is newer. */
	if (core->client_secret.key == NULL)
		secret = credential_get(login, "client_secret");
	if (secret != NULL)
		status = secret_copy(secret, &copy, err);
	if (copy != NULL)
		core_know_client_secret(core, copy);
	return status;
}

static int find_client_secret(struct astro_core *core, struct astro_error *err)
{
	struct astro_secret *secret = NULL;
	int status;

	if (core->settings.context == NULL)
		return ASTRO_OK;
	status = context_secret(core->settings.context, "client_secret",
	                        &secret, err);
	if (status == ASTRO_OK)
		core_know_client_secret(core, secret);
	return status;
}

int core_open(struct astro_core *core, const struct engine_job *job,
              int report_fd, struct astro_error *err)
{
	int events = job->events_fd > 0 ? job->events_fd : STDOUT_FILENO;
	int status;

	memset(core, 0, sizeof(*core));
	core->job = job;
	core->report_fd = report_fd;
	status = paths_find(&core->paths, err);
	if (status != ASTRO_OK)
		return status;
	status = config_load(&core->paths, &core->config, err);
	if (status != ASTRO_OK)
		return status;
	core->settings.config = core->config;
	core->settings.context = config_find(core->config, job->name);
	core->settings.name = job->name;

	status = find_client_secret(core, err);
	if (status == ASTRO_OK && job->json)
		status = drive_new(events, &core->drive, err);
	if (status != ASTRO_OK)
		return status;
	status = loader_folders_find(&core->paths, job->library_folder,
	                             &core->folders, err);
	core->folders.report_fd = report_fd;
	host_fill(&core->host, core);
	return status;
}

int core_reload(struct astro_core *core, struct astro_error *err)
{
	struct config *config;
	int status = config_load(&core->paths, &config, err);

	if (status != ASTRO_OK)
		return status;
	config_free(core->config);
	core->config = config;
	core->settings.config = config;
	core->settings.context = config_find(config, core->settings.name);
	return ASTRO_OK;
}

int core_connect(struct astro_core *core, const char *provider,
                 struct astro_error *err)
{
	struct http_options options = {.user_agent = "astro/" ASTRO_VERSION};
	const char *skip =
		config_value(core->config, "houston.skip_verify_tls");
	int status;

	if (core->http != NULL)
		return ASTRO_OK;
	status = config_check_settings(&core->paths, core->config, err);
	if (status != ASTRO_OK)
		return status;
	/* The switch is Houston's: no other provider gets it. */
	if (skip != NULL && strcmp(skip, "true") == 0 &&
	    strcmp(provider, "software") == 0) {
		options.skip_verify = true;
		log_write(ASTRO_WARNING,
		          "certificates are not checked: "
		          "houston.skip_verify_tls is true in %s; name your "
		          "authority with SSL_CERT_FILE instead",
		          core->paths.file);
	}
	return http_new(&options, &core->http, err);
}

void core_close(struct astro_core *core)
{
	secret_free(core->client_secret_bytes);
	credential_free(core->kept);
	registry_free(core->registry);
	drive_free(core->drive);
	proved_free(core->proved);
	http_free(core->http);
	loader_folders_clear(&core->folders);
	config_free(core->config);
	paths_clear(&core->paths);
	memset(core, 0, sizeof(*core));
}

const struct engine_answer *core_answer(const struct astro_core *core,
                                        const char *key)
{
	size_t i;

	if (core == NULL || key == NULL)
		return NULL;
	for (i = 0; i < core->job->answer_count; i++)
		if (strcmp(core->job->answers[i].key, key) == 0)
			return &core->job->answers[i];
	if (core->client_secret.key != NULL &&
	    strcmp(core->client_secret.key, key) == 0)
		return &core->client_secret;
	return NULL;
}

struct exec_program *core_program(const struct astro_core *core)
{
	return core->program;
}

bool core_can_ask(const struct astro_core *core)
{
	return core != NULL && !core->job->no_input &&
	       (core->drive != NULL || terminal_can_ask());
}

int core_refuse_asking(const char *key, const char *what,
                       struct astro_error *err)
{
	static const struct {
		const char *key, *hint;
	} flags[] = {
		{"organization", "give it with --organization ID"},
		{"workspace", "give it with --workspace ID"},
		{"username", "give it with -u NAME"},
		{"token", "give it with --token-login -"},
		{"client_id", "give it with --client-id ID"},
		{"password", "give it with --password-stdin"},
	};
	const char *hint = "run this on a terminal";
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (key != NULL && strcmp(flags[i].key, key) == 0)
			hint = flags[i].hint;
	return error_set(err, ASTRO_DENIED, hint,
	                 "%s would have to be asked for, and nobody can be "
	                 "asked",
	                 key != NULL ? key : what);
}

static bool answer_is(const struct engine_answer *answer, const char *text)
{
	const char *given = answer->secret != NULL
	                            ? secret_bytes(answer->secret, NULL)
	                            : answer->text;

	return given != NULL && text != NULL && strcmp(given, text) == 0;
}

int core_match(const struct engine_answer *answer,
               const struct astro_item *items, size_t count, size_t *picked,
               struct astro_error *err)
{
	size_t i, found = 0;

	for (i = 0; i < count; i++) {
		if (answer_is(answer, items[i].id)) {
			*picked = i;
			return ASTRO_OK;
		}
	}
	for (i = 0; i < count; i++) {
		if (answer_is(answer, items[i].name)) {
			*picked = i;
			found++;
		}
	}
	if (found == 1)
		return ASTRO_OK;
	return error_set(
		err, ASTRO_NOT_FOUND, found > 1 ? "name it by its id" : NULL,
		found > 1 ? "more than one %s is called \"%s\""
			  : "there is no %s \"%s\"",
		answer->key, answer->text != NULL ? answer->text : "***");
}
