/* SPDX-License-Identifier: Apache-2.0 */
/* Whose token is this, and may they come in: one round of requests. */
#include "session.h"

#include <string.h>

bool email_is_sane(const char *email)
{
	size_t i;

	for (i = 0; email[i] != '\0'; i++) {
		if ((unsigned char)email[i] <= 0x20 || email[i] == 0x7f)
			return false;
	}
	return i > 0 && i <= EMAIL_MAX && strchr(email, '@') != NULL;
}

/* OpenID Connect Core, 5.3.2: of the same person as the id_token. */
static int identity_take(struct astro_session *session,
                         const struct astro_response *answer,
                         struct astro_credential *credential,
                         struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *proven = host->credential_claim(credential, "sub");
	const char *subject = host->answer_text(answer, "sub");
	const char *email = host->answer_text(answer, "email");
	int status;

	status = answer_check(session, answer, "to say whose token this is",
	                      err);
	if (status != ASTRO_OK)
		return status;
	if (proven != NULL && subject != NULL && strcmp(proven, subject) != 0)
		return host->fail(err, ASTRO_UNSAFE, "log in again",
		                  "the server gave out a token of another "
		                  "account than the one that logged in");
	if (email == NULL || *email == '\0')
		return host->fail(err, ASTRO_DENIED,
		                  "add an e-mail address to the account, or "
		                  "log in with another one",
		                  "cannot retrieve email: the account has no "
		                  "email address");
	if (!email_is_sane(email))
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "the account's email address makes no "
		                  "sense: %s",
		                  email);
	return host->credential_set_text(credential, "user_email", email, err);
}

/* Where the requests go; the texts live as long as the requests. */
struct round {
	char identity[ADDRESS_MAX];
	char self[ADDRESS_MAX];
	char organization[ADDRESS_MAX];
};

static int round_address(struct astro_session *session,
                         const struct organization_wish *wish,
                         struct round *round, struct astro_error *err)
{
	int status;

	status = address_format(session, round->identity, err, "%suserinfo",
	                        session->issuer);
	if (status == ASTRO_OK)
		status = address_format(session, round->self, err,
		                        "%s/v1/users/self?createIfNotExist="
		                        "true",
		                        session->api);
	if (status == ASTRO_OK)
		status = organization_address(session, wish,
		                              round->organization, err);
	return status;
}

int account_verify(struct astro_session *session,
                   struct astro_credential *credential, struct astro_error *err)
{
	enum { IDENTITY, SELF, ORGANIZATION, COUNT };
	const struct astro_host *host = session->host;
	const struct astro_secret *bearer =
		host->credential_get(credential, "access_token");
	struct astro_response *answers[COUNT] = {NULL};
	struct astro_request requests[COUNT];
	const struct astro_request *all[COUNT];
	struct organization_wish wish;
	struct round round;
	size_t i;
	int status;

	status = organization_wish_read(session, &wish, err);
	if (status == ASTRO_OK)
		status = round_address(session, &wish, &round, err);
	if (status != ASTRO_OK)
		return status;
	request_prepare(&requests[IDENTITY], round.identity, bearer);
	request_prepare(&requests[SELF], round.self, bearer);
	request_prepare(&requests[ORGANIZATION], round.organization, bearer);
	/* The identity server's business is not the API's client's headers. */
	requests[IDENTITY].header_count = 0;
	for (i = 0; i < COUNT; i++)
		all[i] = &requests[i];
	status = host->http_all(host->core, all, COUNT, answers, err);
	if (status != ASTRO_OK)
		return status;
	status = identity_take(session, answers[IDENTITY], credential, err);
	if (status == ASTRO_OK)
		status = answer_check(session, answers[SELF],
		                      "the account to log in", err);
	if (status == ASTRO_OK) {
		status = organization_select(
			session, &wish, answers[ORGANIZATION], credential, err);
		answers[ORGANIZATION] = NULL; /* handed over */
	}
	for (i = 0; i < COUNT; i++)
		host->answer_free(answers[i]);
	return status;
}
