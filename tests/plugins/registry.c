/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comes with a container registry: that of the file's test.registry, which has
 * credentials of the person's own where test.own is set.
 */
#include "plain.h"

static int registry_store(struct astro_session *session,
                          const struct astro_credential *credential,
                          struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *name = host->setting(session->settings, "test.registry");
	const char *own = host->setting(session->settings, "test.own");
	const struct astro_secret *token =
		host->credential_get(credential, "access_token");
	int status = host->store_put(host->core, credential, err);

	if (status != ASTRO_OK || name == NULL)
		return status;
	return host->registry_login(host->core, name, "user",
	                            own == NULL ? token : NULL, err);
}

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER("registry"),
	.store = registry_store,
};
