/* SPDX-License-Identifier: Apache-2.0 */
/* astro credential kubectl: the exec credential plugin of Kubernetes clients.
 * It never asks: standard input is kubectl's. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "error.h"
#include "exec_info.h"
#include "handoff.h"
#include "json_out.h"
#include "output.h"

static const struct option options_kubectl[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "the context, instead of the current one"},
};

static int refuse_server(const struct context *context, const char *server,
                         struct astro_error *err)
{
	char hint[HOST_SIZE + DOMAIN_NAME_MAX + 64];

	(void)snprintf(hint, sizeof(hint),
	               "if it may have the token, add %s to `hosts:` of the "
	               "context %s",
	               server, context_name(context));
	return error_set(err, ASTRO_UNSAFE, hint,
	                 "the context %s does not name the server %s",
	                 context_name(context), server);
}

static int find_access(struct files *files, const struct options *options,
                       const struct exec_info *info, struct access *out,
                       struct astro_error *err)
{
	const char *typed = options_text(options, "domain");
	const struct context *context;
	int status;

	/* Without -d the token of the environment needs no file, unless a host
	 * must be named. */
	if (typed == NULL && !info->has_server)
		return handoff_access(files, NULL, out, err);
	status = files_open(files, err);
	if (status == ASTRO_OK)
		status = files_pick(files, typed, &context, err);
	if (status == ASTRO_OK && info->has_server &&
	    !host_is_of(context, HOST_DOMAIN, info->server))
		status = refuse_server(context, info->server, err);
	if (status == ASTRO_OK)
		status = handoff_access(files, context, out, err);
	return status;
}

static int print_answer(const struct exec_info *info,
                        const struct access *access, struct astro_error *err)
{
	struct json_out json;
	int status;

	json_out_init_line(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "kind", "ExecCredential");
	json_out_string(&json, "apiVersion", info->version);
	json_out_object(&json, "status");
	/* Left out, it lasts until the process ends or the server says 401. */
	if (access->expiry != INT64_MAX)
		json_out_time(&json, "expirationTimestamp", access->expiry);
	json_out_secret(&json, "token", access->token);
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int run_kubectl(const struct options *options, struct astro_error *err)
{
	struct exec_info info;
	struct access access;
	struct files files;
	int status;

	memset(&files, 0, sizeof(files));
	memset(&access, 0, sizeof(access));
	status = exec_info_read(getenv("KUBERNETES_EXEC_INFO"), &info, err);
	if (status == ASTRO_OK)
		status = find_access(&files, options, &info, &access, err);
	if (status == ASTRO_OK)
		status = print_answer(&info, &access, err);
	access_clear(&access);
	files_clear(&files);
	return status;
}

const struct command command_credential_kubectl = {
	.group = "credential",
	.name = "kubectl",
	.summary = "Answer as an exec credential plugin of kubectl",
	.operands = "",
	.options = options_kubectl,
	.option_count = sizeof(options_kubectl) / sizeof(options_kubectl[0]),
	.text = "Also called kubectl-credential-astro.  Prints an "
		"ExecCredential of the version\nthat KUBERNETES_EXEC_INFO asks "
		"for (v1, v1beta1).  Where that names the cluster's\nserver "
		"(provideClusterInfo), the context must name it too: its "
		"domain, or an entry\nunder its `hosts:`, with the port if "
		"there is one.  Nobody is asked for anything.",
	.run = run_kubectl,
};
