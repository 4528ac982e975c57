/* SPDX-License-Identifier: Apache-2.0 */
/* Which server a domain means, and what it says about logging in. */
#include "session.h"

#include <arpa/inet.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#define LOCAL_DEFAULT "http://localhost:8888"
#define PREVIEW_PATTERN "^pr[0-9]{4,6}\\.astronomer-dev\\.io$"

static bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool text_matches(const char *text, const char *pattern)
{
	regex_t expression;
	bool matches;

	if (regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	matches = regexec(&expression, text, 0, NULL, 0) == 0;
	regfree(&expression);
	return matches;
}

static void text_drop_end(char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	if (len >= end_len && memcmp(text + len - end_len, end, end_len) == 0)
		text[len - end_len] = '\0';
}

/* `local.core` is the whole base address; older files of the Go CLI have its
 * API version in it. */
static int local_locate(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *base = host->setting(session->settings, "local.core");
	int status;

	if (base == NULL)
		base = LOCAL_DEFAULT;
	if (!text_starts(base, "http://") && !text_starts(base, "https://"))
		return host->fail(err, ASTRO_BAD_CONFIG,
		                  "set local.core to an address such as "
		                  "http://localhost:8888",
		                  "local.core is no address: %s", base);
	status = address_format(session, session->api, err, "%s", base);
	if (status != ASTRO_OK)
		return status;
	text_drop_end(session->api, "/");
	text_drop_end(session->api, "/v1alpha1");
	text_drop_end(session->api, "/");
	return ASTRO_OK;
}

int config_locate(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *domain = host->setting(session->settings, "domain");
	const char *scheme =
		host->setting(session->settings, "cloud.api.protocol");
	size_t label;

	if (domain == NULL)
		return host->fail(err, ASTRO_BAD_CONFIG, NULL,
		                  "the context has no domain");
	if (strcmp(domain, "localhost") == 0)
		return local_locate(session, err);
	if (scheme == NULL)
		scheme = "https";
	if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		return host->fail(err, ASTRO_BAD_CONFIG,
		                  "set cloud.api.protocol to https",
		                  "cloud.api.protocol is no protocol: %s",
		                  scheme);
	if (!text_matches(domain, PREVIEW_PATTERN))
		return address_format(session, session->api, err, "%s://api.%s",
		                      scheme, domain);
	label = strcspn(domain, ".");
	return address_format(session, session->api, err, "%s://%.*s.api%s",
	                      scheme, (int)label, domain, domain + label);
}

/* "localhost", 127.0.0.0/8 and [::1], followed by a port, a path or nothing. */
static bool host_is_loopback(const char *address)
{
	char name[64];
	struct in_addr number;
	size_t len = strcspn(address, ":/");

	if (text_starts(address, "[::1]"))
		return address[5] == '\0' || strchr(":/", address[5]) != NULL;
	if (len >= sizeof(name))
		return false;
	memcpy(name, address, len);
	name[len] = '\0';
	if (strcmp(name, "localhost") == 0)
		return true;
	return inet_pton(AF_INET, name, &number) == 1 &&
	       ntohl(number.s_addr) >> 24 == 127;
}

/* Everything secret goes to the addresses below this one. */
static int issuer_take(struct astro_session *session, const char *address,
                       struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *name = NULL;
	const char *slash;
	size_t i;

	for (i = 0; address[i] != '\0'; i++) {
		if (address[i] <= 0x20 || address[i] >= 0x7f ||
		    strchr("?#@\\", address[i]) != NULL)
			return host->fail(err, ASTRO_UNSAFE, NULL,
			                  "the server names a login address "
			                  "that makes no sense: %s",
			                  address);
	}
	if (text_starts(address, "https://"))
		name = address + strlen("https://");
	else if (text_starts(address, "http://") &&
	         host_is_loopback(address + strlen("http://")))
		name = address + strlen("http://");
	if (name == NULL || *name == '\0' || *name == '/')
		return host->fail(err, ASTRO_UNSAFE, NULL,
		                  "the server names a login address without "
		                  "https: %s",
		                  address);
	slash = address[i - 1] == '/' ? "" : "/";
	return address_format(session, session->issuer, err, "%s%s", address,
	                      slash);
}

/* The endpoints of Astro's identity server, as the host wants them. */
static int server_describe(struct astro_session *session,
                           struct astro_error *err)
{
	const struct {
		char *address;
		const char *format;
	} endpoints[] = {
		{session->authorization, "%sauthorize"},
		{session->token_endpoint, "%soauth/token"},
		{session->revocation, "%soauth/revoke"},
		{session->keys, "%s.well-known/jwks.json"},
		{session->metadata, "%s.well-known/openid-configuration"},
	};
	int status = ASTRO_OK;
	size_t i;

	for (i = 0;
	     status == ASTRO_OK && i < sizeof(endpoints) / sizeof(endpoints[0]);
	     i++)
		status = address_format(session, endpoints[i].address, err,
		                        endpoints[i].format, session->issuer);
	session->server = (struct astro_server){
		.size = sizeof(session->server),
		.issuer = session->issuer,
		.authorization_endpoint = session->authorization,
		.token_endpoint = session->token_endpoint,
		.revocation_endpoint = session->revocation,
		.jwks_uri = session->keys,
		.metadata_uri = session->metadata,
	};
	session->client = (struct astro_client){
		.size = sizeof(session->client),
		.id = session->client_id,
	};
	return status;
}

static int config_take(struct astro_session *session,
                       const struct astro_response *answer,
                       struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *client = host->answer_text(answer, "clientId");
	const char *audience = host->answer_text(answer, "audience");
	const char *address = host->answer_text(answer, "domainUrl");
	const char *flow = host->answer_text(answer, "authFlow");
	int status;

	if (client == NULL || *client == '\0' || audience == NULL ||
	    *audience == '\0' || address == NULL ||
	    strlen(client) >= sizeof(session->client_id) ||
	    strlen(audience) >= sizeof(session->audience))
		return host->fail(err, ASTRO_BAD_ANSWER,
		                  "check the domain, or try again later",
		                  "%s does not say how to log in",
		                  session->api);
	(void)snprintf(session->client_id, sizeof(session->client_id), "%s",
	               client);
	(void)snprintf(session->audience, sizeof(session->audience), "%s",
	               audience);
	session->organization_first = flow != NULL && *flow != '\0' &&
	                              strcmp(flow, "IDENTITY_FIRST") != 0;
	status = issuer_take(session, address, err);
	if (status == ASTRO_OK)
		status = server_describe(session, err);
	return status;
}

int config_fetch(struct astro_session *session, struct astro_error *err)
{
	static const struct astro_field headers[] = {
		{.name = "Content-Type", .text = "application/json"},
		{.name = "X-Astro-Client-Identifier", .text = "cli"},
	};
	const struct astro_host *host = session->host;
	struct astro_response *answer = NULL;
	char address[ADDRESS_MAX];
	struct astro_request request = {
		.size = sizeof(request),
		.url = address,
		.headers = headers,
		.header_count = sizeof(headers) / sizeof(headers[0]),
	};
	int status;

	status = address_format(session, address, err, CONFIG_FORMAT,
	                        session->api);
	if (status != ASTRO_OK)
		return status;
	status = host->http(host->core, &request, &answer, err);
	if (status != ASTRO_OK)
		return status;
	if (host->answer_status(answer) == 200)
		status = config_take(session, answer, err);
	else
		status = host->fail(
			err, ASTRO_BAD_ANSWER,
			"check the domain; a Software installation has one of "
			"its own",
			"%s is no Astro API: it answered %d", session->api,
			host->answer_status(answer));
	host->answer_free(answer);
	return status;
}

int config_lookup_organization(struct astro_session *session,
                               struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_field email = {.name = "email",
	                                  .text = session->email};
	struct astro_response *answer = NULL;
	const char *id;
	char address[ADDRESS_MAX];
	struct astro_request request;
	int status;

	status = address_format(session, address, err,
	                        "%s/hub/organization-lookup", session->api);
	if (status != ASTRO_OK)
		return status;
	request_prepare(&request, address, NULL);
	request.body = ASTRO_BODY_JSON;
	request.fields = &email;
	request.field_count = 1;
	status = host->http(host->core, &request, &answer, err);
	if (status == ASTRO_OK)
		status = answer_check(session, answer,
		                      "to look up the organization", err);
	if (status != ASTRO_OK)
		goto out;
	id = host->answer_text(answer, "organizationIds.0");
	if (id == NULL || *id == '\0' ||
	    strlen(id) >= sizeof(session->login_organization)) {
		status = host->fail(
			err, ASTRO_DENIED,
			"check the address, or ask your Organization Owner to "
			"invite it",
			"no organization is known for %s", session->email);
		goto out;
	}
	(void)snprintf(session->login_organization,
	               sizeof(session->login_organization), "%s", id);
out:
	host->answer_free(answer);
	return status;
}
