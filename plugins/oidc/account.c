/* SPDX-License-Identifier: Apache-2.0 */
/* Who logged in: the id_token's claims, and what userinfo adds to them. */
#include "session.h"

#include <string.h>

/* One line that a file and a screen can show. */
static bool is_sane(const char *text)
{
	size_t i;

	if (text == NULL || text[0] == '\0' || strlen(text) > TEXT_MAX)
		return false;
	for (i = 0; text[i] != '\0'; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

/* The person's name for the account, the best known first. */
static const char *pick_name(const struct astro_session *session,
                             const struct astro_credential *credential,
                             const struct astro_response *userinfo)
{
	static const char *const keys[] = {"email", "preferred_username",
	                                   "name", "sub"};
	const struct astro_host *host = session->host;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *text =
			userinfo == NULL ? NULL
					 : host->answer_text(userinfo, keys[i]);

		if (!is_sane(text))
			text = host->credential_claim(credential, keys[i]);
		if (is_sane(text))
			return text;
	}
	return NULL;
}

/* *OUT is NULL with ASTRO_OK where the endpoint gives nothing to this token:
 * one that is bound to a resource is refused there, and a signed answer is
 * not read here.  The id_token says who it is all the same. */
static int ask_userinfo(struct astro_session *session,
                        const struct astro_credential *credential,
                        struct astro_response **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_request request = {
		.size = sizeof(request),
		.url = host->answer_text(session->metadata,
	                                 "userinfo_endpoint"),
		.bearer = host->credential_get(credential, "access_token"),
	};
	int status;

	*out = NULL;
	if (request.url == NULL || request.bearer == NULL)
		return ASTRO_OK;
	status = host->http(host->core, &request, out, err);
	if (status == ASTRO_BAD_ANSWER) {
		host->log(host->core, ASTRO_DEBUG,
		          "the userinfo endpoint says nothing usable");
		return ASTRO_OK;
	}
	if (status != ASTRO_OK || host->answer_status(*out) == 200)
		return status;
	host->answer_free(*out);
	*out = NULL;
	return ASTRO_OK;
}

/* OpenID Connect Core, 5.3.2: before any of it is used. */
static int check_subject(const struct astro_session *session,
                         const struct astro_response *userinfo,
                         const char *subject, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *other;

	if (userinfo == NULL || subject == NULL)
		return ASTRO_OK;
	other = host->answer_text(userinfo, "sub");
	if (other != NULL && strcmp(other, subject) == 0)
		return ASTRO_OK;
	return host->fail(err, ASTRO_UNSAFE, NULL,
	                  "the userinfo endpoint of %s answers for another "
	                  "account (sub)",
	                  session->issuer);
}

/* Whoever shares a machine, or a browser, is told at once. */
static void tell_change(const struct astro_session *session,
                        const char *subject, const char *name)
{
	const struct astro_host *host = session->host;
	const char *before = host->setting(session->settings, "subject");
	const char *name_before =
		host->setting(session->settings, "user_email");

	if (before == NULL || subject == NULL || strcmp(before, subject) == 0)
		return;
	host->tell(host->core,
	           "This context was the login of %s; it is now "
	           "that of %s",
	           name_before != NULL ? name_before : before,
	           name != NULL ? name : subject);
}

int account_identify(struct astro_session *session,
                     struct astro_credential *credential,
                     struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *subject = host->credential_claim(credential, "sub");
	struct astro_response *userinfo = NULL;
	const char *name;
	int status;

	/* Core, 3.1.3.3: a login that asks for openid is answered with one. */
	if (session->is_openid && subject == NULL && session->token == NULL)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s sent no id_token", session->issuer);
	status = ask_userinfo(session, credential, &userinfo, err);
	if (status == ASTRO_OK)
		status = check_subject(session, userinfo, subject, err);
	if (status != ASTRO_OK)
		goto out;
	if (subject == NULL && userinfo != NULL)
		subject = host->answer_text(userinfo, "sub");
	if (is_sane(subject))
		status = host->credential_set_text(credential, "subject",
		                                   subject, err);
	name = pick_name(session, credential, userinfo);
	if (status == ASTRO_OK && name != NULL)
		status = host->credential_set_text(credential, "user_email",
		                                   name, err);
	if (status == ASTRO_OK)
		tell_change(session, subject, name);
out:
	host->answer_free(userinfo);
	return status;
}
