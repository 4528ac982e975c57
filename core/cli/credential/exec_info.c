/* SPDX-License-Identifier: Apache-2.0 */
/* client.authentication.k8s.io, the part that kubectl sends. */
#include "exec_info.h"

#include <string.h>

#include "error.h"
#include "json_in.h"

static const char variable[] = "KUBERNETES_EXEC_INFO";

#define VERSION(number) "client.authentication.k8s.io/" number
static const char *const versions[] = {VERSION("v1"), VERSION("v1beta1")};

static int refuse(struct astro_error *err, const char *fault)
{
	return error_set(err, ASTRO_BAD_CONFIG, NULL, "%s: %s", variable,
	                 fault);
}

static int read_version(const struct json_in_value *root, struct exec_info *out,
                        struct astro_error *err)
{
	const char *version = json_in_text(root, "apiVersion");
	const char *kind = json_in_text(root, "kind");
	size_t i;

	if (kind == NULL || strcmp(kind, "ExecCredential") != 0)
		return refuse(err, "it is no ExecCredential");
	if (version == NULL)
		return refuse(err, "it has no apiVersion");
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (strcmp(version, versions[i]) == 0)
			out->version = versions[i];
	if (out->version != NULL)
		return ASTRO_OK;
	return error_set(err, ASTRO_BAD_CONFIG,
	                 "write apiVersion: client.authentication.k8s.io/v1 "
	                 "in the kubeconfig, and interactiveMode: Never",
	                 "%s: the apiVersion %.100s is not known here",
	                 variable, version);
}

static int read_server(const struct json_in_value *cluster,
                       struct exec_info *out, struct astro_error *err)
{
	const char *server = json_in_text(cluster, "server");

	if (cluster == NULL || cluster->kind == JSON_IN_NULL)
		return ASTRO_OK;
	if (server == NULL)
		return refuse(err, "the cluster has no server");
	out->has_server = true;
	if (host_of_url(server, out->server))
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSAFE,
	                 "name the cluster's server by its https address",
	                 "%s: a token is not given to the server %.200s",
	                 variable, server);
}

static int read_spec(const struct json_in_value *spec, struct exec_info *out,
                     struct astro_error *err)
{
	const struct json_in_value *interactive =
		json_in_member(spec, "interactive");

	if (spec == NULL || spec->kind == JSON_IN_NULL)
		return ASTRO_OK;
	if (spec->kind != JSON_IN_OBJECT)
		return refuse(err, "its spec is no object");
	/* Nobody is asked either way; it must make sense all the same. */
	if (interactive != NULL && interactive->kind != JSON_IN_TRUE &&
	    interactive->kind != JSON_IN_FALSE)
		return refuse(err, "interactive is neither true nor false");
	return read_server(json_in_member(spec, "cluster"), out, err);
}

int exec_info_read(const char *text, struct exec_info *out,
                   struct astro_error *err)
{
	struct json_in *json;
	int status;

	memset(out, 0, sizeof(*out));
	if (text == NULL || text[0] == '\0') {
		out->version = versions[0];
		return ASTRO_OK;
	}
	status = json_in_read(text, strlen(text), variable, &json, err);
	if (status != ASTRO_OK)
		return status;
	status = read_version(json_in_root(json), out, err);
	if (status == ASTRO_OK)
		status = read_spec(json_in_member(json_in_root(json), "spec"),
		                   out, err);
	json_in_free(json);
	return status;
}
