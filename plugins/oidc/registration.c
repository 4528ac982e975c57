/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic registration: a client of our own, where the issuer makes them. */
#include "session.h"

#include <stdio.h>
#include <string.h>

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

/* RFC 6749, A.1. */
static bool is_client_id(const char *text)
{
	size_t i;

	if (text == NULL || text[0] == '\0' || strlen(text) >= ID_MAX)
		return false;
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static int registration_read(struct astro_session *session,
                             const struct astro_response *answer,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *id = host->answer_text(answer, "client_id"), *method;
	int status = host->answer_status(answer);

	if (status >= 400)
		return host->fail(err, ASTRO_DENIED,
		                  "register a client there by hand, and name "
		                  "it with --client-id",
		                  "%s refused to register this client: %s",
		                  session->issuer, host->answer_reason(answer));
	if (!is_client_id(id))
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s registered a client without a proper "
		                  "client_id",
		                  session->issuer);
	(void)snprintf(session->client_id, sizeof(session->client_id), "%s",
	               id);
	if (host->answer_text(answer, "client_secret") == NULL)
		return ASTRO_OK;
	/* Asked for none, it may settle on another way (3.2.1). */
	method = host->answer_text(answer, "token_endpoint_auth_method");
	session->posts_secret =
		method != NULL && strcmp(method, METHOD_POST) == 0;
	return host->answer_secret(answer, "client_secret",
	                           &session->client_secret, err);
}

/* RFC 7591, 2: a public native client, RFC 8252's addresses on any port. */
int registration_run(struct astro_session *session, struct astro_error *err)
{
	static const char document[] =
		"{\"client_name\":\"astro\",\"application_type\":\"native\","
		"\"redirect_uris\":[\"http://127.0.0.1/callback\"],"
		"\"response_types\":[\"code\"],"
		"\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
		"\"token_endpoint_auth_method\":\"none\"}";
	static const char document_device[] =
		"{\"client_name\":\"astro\",\"application_type\":\"native\","
		"\"redirect_uris\":[\"http://127.0.0.1/callback\"],"
		"\"response_types\":[\"code\"],"
		"\"grant_types\":[\"authorization_code\",\"refresh_token\","
		"\"" DEVICE_GRANT "\"],"
		"\"token_endpoint_auth_method\":\"none\"}";
	const struct astro_host *host = session->host;
	const struct astro_request request = {
		.size = sizeof(request),
		.url = host->answer_text(session->metadata,
	                                 "registration_endpoint"),
		.body = ASTRO_BODY_DOCUMENT,
		.query = session->server.device_authorization_endpoint != NULL
	                         ? document_device
	                         : document,
	};
	struct astro_response *answer = NULL;
	int status;

	if (request.url == NULL)
		return host->fail(err, ASTRO_BAD_CONFIG,
		                  "register a client there (a public native "
		                  "one, with any port of 127.0.0.1), and name "
		                  "it with --client-id",
		                  "%s needs a client_id, and offers no "
		                  "registration",
		                  session->issuer);
	status = host->http(host->core, &request, &answer, err);
	if (status == ASTRO_OK)
		status = registration_read(session, answer, err);
	host->answer_free(answer);
	if (status == ASTRO_OK)
		host->tell(host->core, "Registered with %s as client %s",
		           session->issuer, session->client_id);
	return status;
}
