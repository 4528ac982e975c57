/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry that images are pushed to.  Platforms before 1.0.0 have one of
 * their own, which takes the token; any may be set up with one of the
 * customer's, which has credentials of its own.
 */
#include "session.h"

#include <stdio.h>
#include <string.h>

#define REGISTRY_USER "user"

static const struct operation version_operation = {
	.what = "its version",
	.query = "query Version { appConfig { version } }",
};

static const struct operation registry_operation = {
	.what = "its registry",
	.query = "query Registry { appConfig { byoUpdateRegistryHost "
		 "featureFlags } }",
};

/* What the Go CLI takes for machines of developers, without a registry. */
static bool domain_is_local(const char *domain)
{
	static const char *const names[] = {"localhost", "houston",
	                                    "localhost.me"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(domain, names[i]) == 0)
			return true;
	return false;
}

/* OUT is the host of the customer's own registry, or "". */
static int own_find(struct astro_session *session,
                    const struct astro_secret *token, char *out, size_t size,
                    struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_response *answer = NULL;
	const char *address;
	int status;

	out[0] = '\0';
	status = graphql_ask(session, &registry_operation, token, &answer, err);
	if (status != ASTRO_OK)
		return status;
	address = host->answer_text(answer,
	                            "data.appConfig.byoUpdateRegistryHost");
	if (address != NULL &&
	    host->answer_flag(
		    answer,
		    "data.appConfig.featureFlags.byoUpdateRegistryEnabled",
		    0) == 1)
		(void)snprintf(out, size, "%.*s", (int)strcspn(address, "/"),
		               address);
	host->answer_free(answer);
	return ASTRO_OK;
}

/* The token goes to the installation's own registry, to no other. */
static int registry_find(struct astro_session *session,
                         const struct astro_secret *token, const char *domain,
                         struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_response *answer = NULL;
	char name[ADDRESS_MAX] = "";
	const char *version;
	bool has_own, is_new;
	int status;

	status = graphql_ask(session, &version_operation, token, &answer, err);
	if (status != ASTRO_OK)
		return status;
	version = host->answer_text(answer, "data.appConfig.version");
	has_own = version_reaches(version, 0, 29, 2);
	is_new = version_reaches(version, 1, 0, 0);
	host->answer_free(answer);
	if (has_own)
		status = own_find(session, token, name, sizeof(name), err);
	if (status != ASTRO_OK)
		return status;
	if (name[0] != '\0')
		return host->registry_login(host->core, name, REGISTRY_USER,
		                            NULL, err);
	if (is_new)
		return ASTRO_OK;
	(void)snprintf(name, sizeof(name), "registry.%s", domain);
	return host->registry_login(host->core, name, REGISTRY_USER, token,
	                            err);
}

int registry_settle(struct astro_session *session,
                    const struct astro_credential *credential,
                    struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_secret *token =
		host->credential_get(credential, "access_token");
	const char *domain = host->setting(session->settings, "domain");
	int status;

	if (!ASTRO_HAS(struct astro_host, host, registry_login) ||
	    token == NULL || domain == NULL || domain_is_local(domain) ||
	    !host->has_docker(host->core))
		return ASTRO_OK;
	status = registry_find(session, token, domain, err);
	if (status == ASTRO_OK || status == ASTRO_CANCELLED)
		return status;
	host->log(host->core, ASTRO_INFO, "the registry of %s is not known",
	          domain);
	return ASTRO_OK;
}
