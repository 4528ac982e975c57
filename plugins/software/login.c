/* SPDX-License-Identifier: Apache-2.0 */
/* A name and a password, or a token from the installation's web page. */
#include "session.h"

#include <stdio.h>
#include <string.h>

#include "../pasted.h"

static const struct operation login_settings = {
	.what = "how to log in",
	.query = "query LoginSettings { authConfig { localEnabled "
		 "publicSignup initialSignup "
		 "providers { name displayName url } } }",
};

static const char token_query[] =
	"mutation LogIn($identity: String, $password: String!) { "
	"createToken(identity: $identity, password: $password) { "
	"user { id username } token { value } } }";

/* What the server accepts. */
struct ways {
	bool local; /* a name and a password */
	bool oauth; /* its own identity providers */
};

static int ways_fetch(struct astro_session *session, struct ways *ways,
                      struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_response *answer = NULL;
	int local, status;

	/* Nobody is logged in yet, whatever the context remembers. */
	status = graphql_ask(session, &login_settings, NULL, &answer, err);
	if (status != ASTRO_OK)
		return status;
	local = host->answer_flag(answer, "data.authConfig.localEnabled", -1);
	ways->local = local == 1;
	ways->oauth =
		host->answer_count(answer, "data.authConfig.providers") > 0;
	if (local == -1 && !ways->oauth)
		status = host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                    "%s does not say how to log in",
		                    session->api);
	host->answer_free(answer);
	return status;
}

static int token_read(struct astro_session *session, struct astro_error *err)
{
	static const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_OFF,
		.key = "token",
		.label = "Paste the token:",
	};
	const struct astro_host *host = session->host;
	struct astro_secret *answer = NULL;
	int status;

	status = host->ask(host->core, &question, &answer, err);
	if (status != ASTRO_OK)
		return status;
	status = pasted_token(host, answer, &session->token, err);
	host->secret_free(answer);
	return status;
}

static int token_prompt(struct astro_session *session, const struct ways *ways,
                        struct astro_error *err)
{
	const struct astro_host *host = session->host;

	if (!ways->oauth)
		return host->fail(err, ASTRO_DENIED,
		                  ways->local ? "log in with a user name and "
		                                "a password"
		                              : "ask the administrator how "
		                                "to log in",
		                  "OAuth is disabled on %s", session->api);
	host->tell(host->core, "To get a token, log in on this page:");
	host->tell(host->core, "%s", session->page);
	return token_read(session, err);
}

/* "" for OAuth. */
static int username_read(struct astro_session *session, const struct ways *ways,
                         struct astro_error *err)
{
	const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_ON,
		.key = "username",
		.label = ways->oauth ? "Username (leave blank for OAuth):"
	                             : "Username:",
	};
	const struct astro_host *host = session->host;
	struct astro_secret *answer = NULL;
	const char *bytes;
	size_t len;
	int status;

	status = host->ask(host->core, &question, &answer, err);
	if (status != ASTRO_OK)
		return status;
	bytes = host->secret_bytes(answer, &len);
	if (len >= sizeof(session->username) || strlen(bytes) != len)
		status = host->fail(err, ASTRO_DENIED, NULL,
		                    "that user name is too long");
	else
		memcpy(session->username, bytes, len + 1);
	host->secret_free(answer);
	return status;
}

static int password_read(struct astro_session *session, struct astro_error *err)
{
	static const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_OFF,
		.key = "password",
		.label = "Password:",
	};
	const struct astro_host *host = session->host;
	size_t len;
	int status;

	status = host->ask(host->core, &question, &session->password, err);
	if (status != ASTRO_OK)
		return status;
	(void)host->secret_bytes(session->password, &len);
	if (len == 0)
		return host->fail(err, ASTRO_DENIED, NULL,
		                  "no password was given");
	return ASTRO_OK;
}

/* Said before the server is asked anything. */
static int answers_check(const struct astro_session *session,
                         struct astro_error *err)
{
	const struct astro_host *host = session->host;

	if (host->can_ask(host->core) ||
	    (host->has_answer(host->core, "username") &&
	     host->has_answer(host->core, "password")))
		return ASTRO_OK;
	return host->fail(err, ASTRO_DENIED,
	                  "pass a token with `--token-login -` or "
	                  "ASTRO_API_TOKEN, or a user name and a password with "
	                  "`-u NAME --password-stdin`",
	                  "there is no terminal to ask for the login on");
}

int login_prompt(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct ways ways = {0};
	int status;

	if (host->has_answer(host->core, "token"))
		return token_read(session, err);
	status = answers_check(session, err);
	if (status == ASTRO_OK)
		status = ways_fetch(session, &ways, err);
	if (status != ASTRO_OK)
		return status;
	if (host->has_answer(host->core, "oauth") ||
	    host->has_answer(host->core, "link"))
		return token_prompt(session, &ways, err);
	if (!ways.local && host->has_answer(host->core, "username"))
		return host->fail(err, ASTRO_DENIED, "log in with --oauth",
		                  "user names and passwords are switched off "
		                  "on %s",
		                  session->api);
	if (ways.local) {
		status = username_read(session, &ways, err);
		if (status != ASTRO_OK)
			return status;
	}
	if (session->username[0] == '\0')
		return token_prompt(session, &ways, err);
	return password_read(session, err);
}

/* Trade name and password for a token. */
static int token_create(struct astro_session *session,
                        struct astro_secret **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_field variables[] = {
		{.name = "identity", .text = session->username},
		{.name = "password", .secret = session->password},
	};
	const struct operation operation = {
		.what = "the login",
		.query = token_query,
		.variables = variables,
		.variable_count = sizeof(variables) / sizeof(variables[0]),
	};
	struct astro_response *answer = NULL;
	struct astro_secret *value = NULL;
	int status;

	*out = NULL;
	status = graphql_ask(session, &operation, NULL, &answer, err);
	if (status != ASTRO_OK)
		return status;
	status = host->answer_secret(answer, "data.createToken.token.value",
	                             &value, err);
	if (status == ASTRO_OK)
		status = pasted_answer(host, value, session->api, out, err);
	host->secret_free(value);
	host->answer_free(answer);
	return status;
}

int login_authenticate(struct astro_session *session,
                       struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_credential *credential = NULL;
	int status = ASTRO_OK;

	*out = NULL;
	if (session->token == NULL)
		status = token_create(session, &session->token, err);
	if (status == ASTRO_OK)
		status = host->credential_new(host->core, &credential, err);
	if (status == ASTRO_OK)
		status = host->credential_set(credential, "access_token",
		                              session->token, err);
	if (status == ASTRO_OK && session->username[0] != '\0')
		status = host->credential_set_text(credential, "username",
		                                   session->username, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	host->credential_free(credential);
	return status;
}
