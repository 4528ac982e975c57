/* SPDX-License-Identifier: Apache-2.0 */
/* A user of the kubeconfig, written by kubectl. */
#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "program.h"
#include "terminal.h"

/* The version that every kubectl from 1.11 on knows. */
#define API_VERSION "client.authentication.k8s.io/v1beta1"
static const char version_flag[] = "--exec-api-version=" API_VERSION;

/* VALUE as YAML text. */
static bool add_value(struct text *text, const char *value)
{
	const char *at;
	bool fits = text_add_string(text, "'");

	for (at = value; fits && *at != '\0'; at++)
		fits = text_add(text, at, 1) &&
		       (*at != '\'' || text_add(text, at, 1));
	return fits && text_add_string(text, "'\n");
}

static bool add_plan(struct text *plan, const char *name, const char *self)
{
	return text_add_string(plan, "users:\n- name: ") &&
	       add_value(plan, name) &&
	       text_add_string(plan, "  user:\n"
	                             "    exec:\n"
	                             "      apiVersion: " API_VERSION "\n"
	                             "      command: ") &&
	       add_value(plan, self) &&
	       text_add_string(plan, "      args:\n"
	                             "      - credential\n"
	                             "      - kubectl\n"
	                             "      - -d\n"
	                             "      - ") &&
	       add_value(plan, name + strlen("astro-")) &&
	       text_add_string(plan,
	                       "      installHint: install astro, and run "
	                       "`astro login`\n"
	                       "      interactiveMode: Never\n"
	                       "      provideClusterInfo: true\n");
}

static void user_name(const struct setup *setup, char *out, size_t size)
{
	(void)snprintf(out, size, "astro-%s", context_name(setup->context));
}

int setup_kubectl_plan(struct setup *setup, struct astro_error *err)
{
	char name[DOMAIN_NAME_MAX + 16];

	user_name(setup, name, sizeof(name));
	return add_plan(&setup->plan, name, setup->self) ? ASTRO_OK
	                                                 : error_no_memory(err);
}

static int run(const char *kubectl, const struct setup *setup,
               const char *cluster_info, struct text *output, int *code,
               struct astro_error *err)
{
	char name[DOMAIN_NAME_MAX + 16], domain[DOMAIN_NAME_MAX + 16];
	char command[PATH_MAX + 32];
	const char *argv[] = {
		kubectl,
		"config",
		"set-credentials",
		name,
		version_flag,
		command,
		"--exec-arg=credential",
		"--exec-arg=kubectl",
		"--exec-arg=-d",
		domain,
		cluster_info,
		cluster_info == NULL ? NULL : "--exec-interactive-mode=Never",
		NULL};

	user_name(setup, name, sizeof(name));
	(void)snprintf(domain, sizeof(domain), "--exec-arg=%s",
	               context_name(setup->context));
	(void)snprintf(command, sizeof(command), "--exec-command=%s",
	               setup->self);
	return tool_run(argv, output, code, err);
}

static void tell(const struct setup *setup, bool with_cluster_info)
{
	char name[DOMAIN_NAME_MAX + 16];

	user_name(setup, name, sizeof(name));
	terminal_tell("astro: the user %s is set; use it with `kubectl config "
	              "set-context --current --user=%s`",
	              name, name);
	if (with_cluster_info)
		terminal_tell("astro: the cluster's server must be under "
		              "`hosts:` of the context, with its port");
	else
		terminal_tell("astro: this kubectl cannot set "
		              "provideClusterInfo; without it astro does not "
		              "know which server gets the token");
}

int setup_kubectl_apply(struct setup *setup, struct astro_error *err)
{
	char kubectl[PATH_MAX], fault[256];
	bool with_cluster_info = true;
	struct text output;
	int code, status;

	if (!program_find("kubectl", kubectl, sizeof(kubectl)))
		return setup_refuse(setup,
		                    "install kubectl, or put these lines into "
		                    "the kubeconfig",
		                    "kubectl is not installed: nothing was "
		                    "changed",
		                    err);
	status = run(kubectl, setup, "--exec-provide-cluster-info", &output,
	             &code, err);
	if (status == ASTRO_OK && code != 0 &&
	    strstr(output.bytes, "unknown flag") != NULL) {
		with_cluster_info = false;
		text_clear(&output);
		status = run(kubectl, setup, NULL, &output, &code, err);
	}
	if (status == ASTRO_OK && code == 0) {
		tell(setup, with_cluster_info);
	} else if (status == ASTRO_OK) {
		(void)snprintf(fault, sizeof(fault),
		               "kubectl config set-credentials: exit %d: %.*s",
		               code, (int)strcspn(output.bytes, "\n"),
		               output.bytes);
		status = setup_refuse(setup,
		                      "put these lines into the kubeconfig",
		                      fault, err);
	}
	text_clear(&output);
	return status;
}
