/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person's own session at the provider, which the browser holds (OpenID
 * Connect RP-Initiated Logout).  No id_token_hint: the address of a program
 * that is started can be read by everybody on this machine.
 */
#include "session.h"

#include <stdio.h>
#include <string.h>

static int check_endpoint(const struct astro_session *session,
                          const char *endpoint, struct astro_error *err)
{
	static const char https[] = "https://";

	/* An issuer that is reached by plain http is on this machine. */
	if (strncmp(endpoint, https, strlen(https)) != 0 &&
	    strncmp(session->issuer, https, strlen(https)) == 0)
		return session->host->fail(err, ASTRO_UNSAFE, NULL,
		                           "%s ends sessions at an address "
		                           "that is not https: %s",
		                           session->issuer, endpoint);
	if (strchr(endpoint, '#') == NULL)
		return ASTRO_OK;
	return session->host->fail(err, ASTRO_BAD_ANSWER, NULL,
	                           "%s ends sessions at an address that makes "
	                           "no sense: %s",
	                           session->issuer, endpoint);
}

/* Nothing where the context has no such text. */
static int add(const struct astro_session *session, const char *name,
               const char *key, char address[ADDRESS_MAX],
               struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *text = host->setting(session->settings, key);
	size_t used = strlen(address);
	char value[ADDRESS_MAX];
	int written, status;

	if (text == NULL || text[0] == '\0')
		return ASTRO_OK;
	status = host->url_escape(host->core, text, value, sizeof(value), err);
	if (status != ASTRO_OK)
		return status;
	written =
		snprintf(address + used, ADDRESS_MAX - used, "%c%s=%s",
	                 strchr(address, '?') == NULL ? '?' : '&', name, value);
	if (written >= 0 && (size_t)written < ADDRESS_MAX - used)
		return ASTRO_OK;
	return host->fail(err, ASTRO_BAD_CONFIG, NULL,
	                  "the address that ends the session is too long");
}

/* Section 2: the client, and whose session it is as far as we know. */
static int write_address(const struct astro_session *session,
                         char address[ADDRESS_MAX], struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *endpoint =
		host->answer_text(session->metadata, "end_session_endpoint");
	int status;

	if (endpoint == NULL)
		return host->fail(err, ASTRO_UNSUPPORTED,
		                  "sign out there in the browser",
		                  "%s offers no address that ends a session",
		                  session->issuer);
	status = check_endpoint(session, endpoint, err);
	if (status != ASTRO_OK)
		return status;
	if (snprintf(address, ADDRESS_MAX, "%s", endpoint) >= ADDRESS_MAX)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s ends sessions at an address that is too "
		                  "long",
		                  session->issuer);
	status = add(session, "client_id", "client_id", address, err);
	if (status == ASTRO_OK)
		status =
			add(session, "logout_hint", "user_email", address, err);
	return status;
}

int end_session_open(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	char address[ADDRESS_MAX];
	int status = discovery_fetch(session, err);

	if (status == ASTRO_OK)
		status = write_address(session, address, err);
	if (status != ASTRO_OK)
		return status;
	host->tell(host->core, "Opening your browser to end the session there. "
	                       "If it does not open, visit:");
	host->tell(host->core, "%s", address);
	status = host->browse(host->core, address, err);
	if (status != ASTRO_UNSUPPORTED)
		return status;
	host->tell(host->core, "No browser opened: the address above ends the "
	                       "session from any");
	return ASTRO_OK;
}
