/* SPDX-License-Identifier: Apache-2.0 */
/* Software, the self-hosted product: which server, and what is kept. */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL_DEFAULT "http://localhost:8888/v1"

static void software_close(struct astro_session *session)
{
	if (session == NULL)
		return;
	session->host->secret_free(session->password);
	session->host->secret_free(session->token);
	free(session);
}

static const char *setting_or(const struct astro_session *session,
                              const char *key, const char *otherwise)
{
	const char *value = session->host->setting(session->settings, key);

	return value != NULL ? value : otherwise;
}

static int addresses_check(const struct astro_session *session, int api_len,
                           int page_len, struct astro_error *err)
{
	const char *api = session->api;

	if (api_len >= ADDRESS_MAX || page_len >= ADDRESS_MAX)
		return session->host->fail(err, ASTRO_BAD_CONFIG, NULL,
		                           "the server's address is too long");
	if (strncmp(api, "https://", 8) != 0 && strncmp(api, "http://", 7) != 0)
		return session->host->fail(
			err, ASTRO_BAD_CONFIG,
			"set local.houston, or cloud.api.protocol, so that it "
			"begins with https://",
			"the server's address is no address: %s", api);
	return ASTRO_OK;
}

static int addresses_find(struct astro_session *session,
                          struct astro_error *err)
{
	const char *domain = setting_or(session, "domain", "");
	const char *scheme = setting_or(session, "cloud.api.protocol", "https");
	const char *port = setting_or(session, "cloud.api.port", "443");
	const char *local = setting_or(session, "local.houston", LOCAL_DEFAULT);
	size_t len = strlen(local);
	int api_len, page_len;

	if (strcmp(domain, "houston") == 0 ||
	    strcmp(domain, "localhost") == 0) {
		while (len > 0 && local[len - 1] == '/')
			len--;
		if (len >= ADDRESS_MAX)
			len = ADDRESS_MAX;
		api_len = snprintf(session->api, ADDRESS_MAX, "%.*s", (int)len,
		                   local);
		page_len = snprintf(session->page, ADDRESS_MAX, "%.*s/token",
		                    (int)len, local);
	} else {
		api_len =
			snprintf(session->api, ADDRESS_MAX,
		                 "%s://houston.%s:%s/v1", scheme, domain, port);
		page_len = snprintf(session->page, ADDRESS_MAX,
		                    "%s://app.%s/token", scheme, domain);
	}
	return addresses_check(session, api_len, page_len, err);
}

static int software_open(const struct astro_host *host,
                         const struct astro_settings *settings,
                         struct astro_session **out, struct astro_error *err)
{
	struct astro_session *session;
	int status;

	*out = NULL;
	session = calloc(1, sizeof(*session));
	if (session == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	session->host = host;
	session->settings = settings;
	status = addresses_find(session, err);
	if (status != ASTRO_OK) {
		software_close(session);
		return status;
	}
	*out = session;
	return ASTRO_OK;
}

/* The Go CLI keeps the bare token, and no time of expiry. */
static int software_store(struct astro_session *session,
                          const struct astro_credential *credential,
                          struct astro_error *err)
{
	static const char *const texts[] = {"workspace", "last_used_workspace"};
	const struct astro_host *host = session->host;
	struct astro_credential *kept = NULL;
	const char *text;
	size_t i;
	int status;

	status = host->credential_new(host->core, &kept, err);
	if (status != ASTRO_OK)
		return status;
	status = host->credential_set(
		kept, "token", host->credential_get(credential, "access_token"),
		err);
	for (i = 0; status == ASTRO_OK && i < sizeof(texts) / sizeof(texts[0]);
	     i++) {
		text = host->credential_text(credential, texts[i]);
		if (text != NULL)
			status = host->credential_set_text(kept, texts[i], text,
			                                   err);
	}
	if (status == ASTRO_OK)
		status = host->store_put(host->core, kept, err);
	if (status == ASTRO_OK)
		status = registry_settle(session, credential, err);
	host->credential_free(kept);
	return status;
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "software",
	.title = "Astronomer Software",
	.open = software_open,
	.close = software_close,
	.prompt = login_prompt,
	.authenticate = login_authenticate,
	.workspaces = workspace_list,
	.store = software_store,
};
