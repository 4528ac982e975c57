/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's config.json: no command of Docker's writes credHelpers. */
#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "docker_config.h"
#include "error.h"
#include "json_out.h"
#include "program.h"
#include "terminal.h"

/* docker-credential-NAME is what Docker looks for. */
static const char helper[] = "astro";
static const char program[] = "docker-credential-astro";

/* The file with every host in it; the caller writes or drops it. */
static int edit(const struct setup *setup, struct docker_config *config,
                bool *is_changed, struct astro_error *err)
{
	struct host_list list;
	char host[HOST_SIZE];
	bool is_new;
	int status;

	*is_changed = false;
	status = docker_config_read(config, err);
	host_list(setup->context, HOST_REGISTRY, &list);
	while (status == ASTRO_OK && host_list_next(&list, host)) {
		status = docker_config_set(config, host, helper, &is_new, err);
		*is_changed = *is_changed || is_new;
	}
	return status;
}

/* The members to add, as a document of their own. */
static bool add_snippet(const struct setup *setup, struct text *plan,
                        size_t *count)
{
	struct host_list list;
	struct json_out json;
	char host[HOST_SIZE], member[HOST_SIZE + 4];
	bool fits;

	*count = 0;
	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_object(&json, "credHelpers");
	host_list(setup->context, HOST_REGISTRY, &list);
	while (host_list_next(&list, host)) {
		/* A second mention of a host would be a second member. */
		(void)snprintf(member, sizeof(member), "\"%s\":", host);
		if (strstr(json.text.bytes, member) != NULL)
			continue;
		json_out_string(&json, host, helper);
		(*count)++;
	}
	json_out_close(&json);
	json_out_close(&json);
	fits = !json.is_full &&
	       text_add(plan, json.text.bytes, json.text.len) &&
	       text_add_string(plan, "\n");
	json_out_clear(&json);
	return fits;
}

int setup_docker_plan(struct setup *setup, struct astro_error *err)
{
	struct docker_config config;
	bool is_changed;
	size_t count;
	int status;

	if (!add_snippet(setup, &setup->plan, &count))
		return error_no_memory(err);
	if (count == 0)
		return error_set(err, ASTRO_NOT_FOUND,
		                 "add the registry to its `hosts:`",
		                 "the context %s names no registry",
		                 context_name(setup->context));
	/* A file that cannot be edited is refused here too. */
	status = edit(setup, &config, &is_changed, err);
	docker_config_clear(&config);
	return status;
}

static void tell(const struct setup *setup, const struct docker_config *config)
{
	struct host_list list;
	char host[HOST_SIZE], found[PATH_MAX];

	host_list(setup->context, HOST_REGISTRY, &list);
	while (host_list_next(&list, host))
		terminal_tell("astro: docker asks astro for %s (%s)", host,
		              config->path);
	if (!program_find(program, found, sizeof(found)))
		terminal_tell("astro: %s is not in PATH, where docker looks "
		              "for it; it stands beside %s",
		              program, setup->self);
}

int setup_docker_apply(struct setup *setup, struct astro_error *err)
{
	struct docker_config config;
	bool is_changed;
	int status;

	status = edit(setup, &config, &is_changed, err);
	if (status == ASTRO_OK && is_changed)
		status = docker_config_write(&config, err);
	if (status == ASTRO_OK)
		tell(setup, &config);
	docker_config_clear(&config);
	return status;
}
