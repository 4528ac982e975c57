/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider with nothing odd about it: user name, password, workspaces.  How
 * many of them there are is said by the file's test.workspaces.
 */
#include "plain.h"

#include <stdio.h>

struct good {
	struct astro_session plain;
	struct astro_secret *username, *password;
};

static struct good *good_of(struct astro_session *session)
{
	return (struct good *)session;
}

static int good_open(const struct astro_host *host,
                     const struct astro_settings *settings,
                     struct astro_session **out, struct astro_error *err)
{
	struct good *good = calloc(1, sizeof(*good));

	*out = NULL;
	if (good == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	good->plain.host = host;
	good->plain.settings = settings;
	*out = &good->plain;
	return ASTRO_OK;
}

static void good_close(struct astro_session *session)
{
	struct good *good = good_of(session);

	if (session == NULL)
		return;
	session->host->secret_free(good->username);
	session->host->secret_free(good->password);
	free(good);
}

static int ask(struct astro_session *session, const char *key,
               const char *label, enum astro_echo echo,
               struct astro_secret **answer, struct astro_error *err)
{
	const struct astro_question question = {
		.size = sizeof(question),
		.echo = (uint32_t)echo,
		.key = key,
		.label = label,
	};

	return session->host->ask(session->host->core, &question, answer, err);
}

static int good_prompt(struct astro_session *session, struct astro_error *err)
{
	struct good *good = good_of(session);
	int status;

	status = ask(session, "username", "Username", ASTRO_ECHO_ON,
	             &good->username, err);
	if (status == ASTRO_OK)
		status = ask(session, "password", "Password:", ASTRO_ECHO_OFF,
		             &good->password, err);
	return status;
}

static int fill(struct astro_session *session,
                struct astro_credential *credential, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	status =
		plain_set(host, credential, "access_token", "good-access", err);
	if (status == ASTRO_OK)
		status = plain_set(host, credential, "refresh_token",
		                   "good-refresh", err);
	if (status == ASTRO_OK)
		status =
			plain_set(host, credential, "id_token", "good-id", err);
	if (status == ASTRO_OK)
		status = host->credential_set_text(
			credential, "user_email",
			host->secret_bytes(good_of(session)->username, NULL),
			err);
	host->credential_expires(credential, 4102444800);
	return status;
}

static int good_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_credential *credential;
	int status;

	*out = NULL;
	if (strcmp(host->secret_bytes(good_of(session)->password, NULL),
	           "not-the-one") == 0)
		return host->fail(err, ASTRO_DENIED, NULL,
		                  "the password is wrong");
	status = host->credential_new(host->core, &credential, err);
	if (status != ASTRO_OK)
		return status;
	status = fill(session, credential, err);
	if (status != ASTRO_OK) {
		host->credential_free(credential);
		return status;
	}
	*out = credential;
	return ASTRO_OK;
}

static int good_workspaces(struct astro_session *session,
                           const struct astro_credential *credential,
                           struct astro_listing *listing,
                           struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *text = host->setting(session->settings, "test.workspaces");
	long count = text == NULL ? 1 : strtol(text, NULL, 10), i;

	if (host->credential_get(credential, "access_token") == NULL)
		return host->fail(err, ASTRO_EXPIRED, NULL, "not logged in");
	if (count < 0)
		return host->fail(err, ASTRO_UNREACHABLE, NULL,
		                  "the workspaces are away");
	for (i = 1; i <= count; i++) {
		char id[32], name[32];
		int status;

		(void)snprintf(id, sizeof(id), "ws%ld", i);
		(void)snprintf(name, sizeof(name), "Workspace %ld", i);
		status = host->list_add(listing, id, name, err);
		if (status != ASTRO_OK)
			return status;
	}
	return ASTRO_OK;
}

static const char *const domains[] = {"good\\.test", "(.*\\.)?good\\.example",
                                      NULL};

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "good",
	.title = "Good",
	.domains = domains,
	.open = good_open,
	.close = good_close,
	.prompt = good_prompt,
	.authenticate = good_authenticate,
	.workspaces = good_workspaces,
};
