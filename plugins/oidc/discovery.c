/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer's metadata: found, and held against the issuer. */
#include "session.h"

#include <stdio.h>
#include <string.h>

static bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A context is named by its issuer without "https://". */
int discovery_locate(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *issuer = host->setting(session->settings, "issuer");
	const char *name = host->setting(session->settings, "domain");
	const char *scheme = "";
	int len;

	if (issuer == NULL) {
		issuer = name;
		if (name != NULL && !text_starts(name, "http://"))
			scheme = "https://";
	}
	if (issuer == NULL)
		return host->fail(err, ASTRO_BAD_CONFIG, NULL,
		                  "the context names no issuer");
	len = snprintf(session->issuer, sizeof(session->issuer), "%s%s", scheme,
	               issuer);
	if (len < 0 || (size_t)len >= sizeof(session->issuer))
		return host->fail(err, ASTRO_BAD_CONFIG, NULL,
		                  "the issuer's address is too long");
	if (!text_starts(session->issuer, "https://") &&
	    !text_starts(session->issuer, "http://"))
		return host->fail(err, ASTRO_BAD_CONFIG,
		                  "set issuer to an address such as "
		                  "https://login.example.com",
		                  "the issuer is no address: %s",
		                  session->issuer);
	return ASTRO_OK;
}

/* Behind the issuer (Discovery, 4.1), or between its host and its path (RFC
 * 8414, 3.1); a "/" at its end is dropped either way. */
static int well_known(const struct astro_session *session, bool is_openid,
                      char address[ADDRESS_MAX], struct astro_error *err)
{
	const char *issuer = session->issuer;
	const char *host_at = strstr(issuer, "://") + 3;
	size_t host_len = strcspn(host_at, "/"), len = strlen(issuer);
	size_t base = (size_t)(host_at - issuer) + host_len;
	int written;

	if (issuer[len - 1] == '/')
		len--;
	if (is_openid)
		written = snprintf(address, ADDRESS_MAX,
		                   "%.*s/.well-known/openid-configuration",
		                   (int)len, issuer);
	else
		written = snprintf(
			address, ADDRESS_MAX,
			"%.*s/.well-known/oauth-authorization-server%.*s",
			(int)base, issuer, len > base ? (int)(len - base) : 0,
			issuer + base);
	if (written >= 0 && written < ADDRESS_MAX)
		return ASTRO_OK;
	return session->host->fail(err, ASTRO_BAD_CONFIG, NULL,
	                           "the issuer's address is too long");
}

/* *OUT is NULL with ASTRO_OK where nothing is published in this form. */
static int ask(struct astro_session *session, bool is_openid,
               struct astro_response **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	char address[ADDRESS_MAX];
	const struct astro_request request = {
		.size = sizeof(request),
		.url = address,
	};
	int status = well_known(session, is_openid, address, err);

	*out = NULL;
	if (status != ASTRO_OK)
		return status;
	status = host->http(host->core, &request, out, err);
	if (status != ASTRO_OK || host->answer_status(*out) == 200)
		return status;
	host->answer_free(*out);
	*out = NULL;
	return ASTRO_OK;
}

bool discovery_lists(const struct astro_session *session, const char *key,
                     const char *value, bool fallback)
{
	const struct astro_host *host = session->host;
	int64_t count = host->answer_count(session->metadata, key), i;
	char path[128];

	if (count < 0)
		return fallback;
	for (i = 0; i < count && i < 1000; i++) {
		const char *text;

		(void)snprintf(path, sizeof(path), "%s.%lld", key,
		               (long long)i);
		text = host->answer_text(session->metadata, path);
		if (text != NULL && strcmp(text, value) == 0)
			return true;
	}
	return false;
}

/* Discovery, 4.3: another issuer's metadata names another issuer's endpoints,
 * and a code would go there. */
static int check_issuer(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *claimed = host->answer_text(session->metadata, "issuer");
	size_t len = strlen(session->issuer);
	char hint[ADDRESS_MAX + 32] = "";

	if (claimed == NULL)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "the metadata of %s names no issuer",
		                  session->issuer);
	if (strcmp(claimed, session->issuer) == 0)
		return ASTRO_OK;
	/* The commonest slip is the "/" at the end. */
	if (session->issuer[len - 1] == '/')
		len--;
	if (strncmp(claimed, session->issuer, len) == 0 &&
	    (claimed[len] == '\0' || strcmp(claimed + len, "/") == 0))
		(void)snprintf(hint, sizeof(hint), "run `astro login %s`",
		               claimed);
	return host->fail(err, ASTRO_UNSAFE, hint[0] != '\0' ? hint : NULL,
	                  "%s calls itself another issuer: %s", session->issuer,
	                  claimed);
}

/* RFC 8414 serves both: an OpenID provider says so by what it supports. */
static bool knows_openid(const struct astro_session *session)
{
	static const char key[] = "id_token_signing_alg_values_supported";

	return session->metadata != NULL &&
	       (session->host->answer_count(session->metadata, key) > 0 ||
	        discovery_lists(session, "scopes_supported", "openid", false));
}

int discovery_fetch(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	if (session->metadata != NULL)
		return ASTRO_OK;
	session->is_openid = true;
	status = ask(session, true, &session->metadata, err);
	if (status == ASTRO_OK && session->metadata == NULL) {
		status = ask(session, false, &session->metadata, err);
		session->is_openid = knows_openid(session);
	}
	if (status == ASTRO_OK && session->metadata == NULL)
		status = host->fail(err, ASTRO_BAD_ANSWER,
		                    "check the issuer's address",
		                    "%s publishes no metadata: it is no OpenID "
		                    "provider",
		                    session->issuer);
	if (status == ASTRO_OK)
		status = check_issuer(session, err);
	if (status == ASTRO_OK)
		status = server_fill(session, err);
	if (status != ASTRO_OK) {
		/* What was refused is not there for whoever asks next. */
		host->answer_free(session->metadata);
		session->metadata = NULL;
		memset(&session->server, 0, sizeof(session->server));
	}
	return status;
}
