/* SPDX-License-Identifier: Apache-2.0 */
/* The client that the provider knows us as, and what it asks for. */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCOPES_USUAL "openid profile email offline_access"

static bool is(const char *text, const char *other)
{
	return text != NULL && strcmp(text, other) == 0;
}

/* An answer given by a flag, else the context's, into OUT. */
static int take(struct astro_session *session, const char *key, char *out,
                size_t size, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_question question = {
		.size = sizeof(question),
		.key = key,
		.label = key,
	};
	const char *text = host->setting(session->settings, key);
	struct astro_secret *answer = NULL;
	int status = ASTRO_OK, len;

	out[0] = '\0';
	if (host->has_answer(host->core, key)) {
		status = host->ask(host->core, &question, &answer, err);
		if (status != ASTRO_OK)
			return status;
		text = host->secret_bytes(answer, NULL);
	}
	len = text == NULL ? 0 : snprintf(out, size, "%s", text);
	host->secret_free(answer);
	if (len >= 0 && (size_t)len < size)
		return ASTRO_OK;
	return host->fail(err, ASTRO_BAD_CONFIG, NULL, "the %s is too long",
	                  key);
}

/* A word of LIST, which is separated by blanks. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

/* What a server does not list it may refuse, and the usual scopes are our own
 * idea; those of the person stand as they are. */
static int settle_scopes(struct astro_session *session, struct astro_error *err)
{
	int status = take(session, "scopes", session->scopes,
	                  sizeof(session->scopes), err);

	if (status != ASTRO_OK || session->scopes[0] != '\0')
		return status;
	if (!session->is_openid)
		return ASTRO_OK;
	(void)snprintf(session->scopes, sizeof(session->scopes), "%s",
	               discovery_lists(session, "scopes_supported",
	                               "offline_access", true)
	                       ? SCOPES_USUAL
	                       : "openid profile email");
	return ASTRO_OK;
}

static void add_parameter(struct astro_session *session, const char *name,
                          const char *text)
{
	if (text == NULL || session->parameter_count == PARAMETERS_MAX)
		return;
	session->parameters[session->parameter_count++] =
		(struct astro_field){.name = name, .text = text};
}

/* The context's `parameters`: "acr_values=high&ui_locales=de". */
static int add_extra(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *text = host->setting(session->settings, "parameters");
	char *at, *next;

	if (text == NULL)
		return ASTRO_OK;
	session->extra = strdup(text);
	if (session->extra == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	for (at = session->extra; at != NULL; at = next) {
		char *value = strchr(at, '=');

		next = strchr(at, '&');
		if (value == NULL || (next != NULL && value > next) ||
		    value == at)
			return host->fail(err, ASTRO_BAD_CONFIG,
			                  "write them as name=value&name=value",
			                  "the context's parameters make no "
			                  "sense");
		if (next != NULL)
			*next++ = '\0';
		*value++ = '\0';
		add_parameter(session, at, value);
	}
	return ASTRO_OK;
}

static int settle_parameters(struct astro_session *session,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;

	session->parameter_count = 0;
	add_parameter(session, "audience",
	              host->setting(session->settings, "audience"));
	add_parameter(session, "resource",
	              host->setting(session->settings, "resource"));
	/* OpenID Connect Core, 11: without it the server must ignore the wish
	 * for a refresh token. */
	if (has_word(session->scopes, "offline_access"))
		add_parameter(session, "prompt", "consent");
	return add_extra(session, err);
}

static int take_secret(struct astro_session *session, struct astro_error *err)
{
	static const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_OFF,
		.key = "client_secret",
		.label = "Client secret:",
	};
	const struct astro_host *host = session->host;

	if (session->client_secret != NULL ||
	    !host->has_answer(host->core, "client_secret"))
		return ASTRO_OK;
	return host->ask(host->core, &question, &session->client_secret, err);
}

/* How the secret travels.  RFC 6749, 2.3.1 wants HTTP Basic of every server;
 * not all know, and what a client was registered for may be narrower than what
 * the server lists. */
static int settle_method(struct astro_session *session, struct astro_error *err)
{
	static const char methods[] = "token_endpoint_auth_methods_supported";
	const char *method =
		session->host->setting(session->settings, METHOD_KEY);

	if (is(method, METHOD_POST))
		session->posts_secret = true;
	else if (method != NULL && !is(method, METHOD_BASIC))
		return session->host->fail(
			err, ASTRO_BAD_CONFIG,
			"it is " METHOD_BASIC " or " METHOD_POST,
			"the context's " METHOD_KEY " is not supported: %s",
			method);
	else if (method == NULL &&
	         !discovery_lists(session, methods, METHOD_BASIC, true) &&
	         discovery_lists(session, methods, METHOD_POST, false))
		session->posts_secret = true;
	return ASTRO_OK;
}

static void fill_client(struct astro_session *session)
{
	session->client = (struct astro_client){
		.size = sizeof(session->client),
		.id = session->client_id,
		.secret = session->client_secret,
	};
	if (session->posts_secret)
		session->client.flags |= ASTRO_CLIENT_POSTS_SECRET;
	if (is(session->host->setting(session->settings, "dpop"), "true"))
		session->client.flags |= ASTRO_CLIENT_PROVES_POSSESSION;
}

int client_settle(struct astro_session *session, bool may_register,
                  struct astro_error *err)
{
	int status = take(session, "client_id", session->client_id,
	                  sizeof(session->client_id), err);

	if (status == ASTRO_OK)
		status = take_secret(session, err);
	if (status == ASTRO_OK)
		status = settle_method(session, err);
	if (status == ASTRO_OK)
		status = settle_scopes(session, err);
	if (status == ASTRO_OK)
		status = settle_parameters(session, err);
	if (status == ASTRO_OK && session->client_id[0] == '\0') {
		if (may_register)
			status = registration_run(session, err);
		else
			status = session->host->fail(
				err, ASTRO_BAD_CONFIG, "log in again",
				"the context has no client_id");
	}
	if (status == ASTRO_OK)
		fill_client(session);
	return status;
}
