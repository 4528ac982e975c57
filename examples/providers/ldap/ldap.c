/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs in to a directory: a bind with the person's password, and the
 * directory's own word for who that is (RFC 4532).  Nothing is kept but the
 * account: there is no token in LDAP, and the password is not kept.
 *
 * In config.yaml:
 *
 *     ldap:
 *         address: ldaps://directory.example.com     # ldaps://DOMAIN
 *         user: uid=%s,ou=people,dc=example,dc=com
 *
 * SSL_CERT_FILE names the authorities to trust instead of the library's own.
 */
#include "name.h"

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <astro/provider.h>

/* A provider may work for four seconds and a bit between two calls of the host:
 * whoever is silent for longer counts as hanging. */
enum { ADDRESS_MAX = 512, NAME_MAX_BYTES = 1024, PATIENCE_SECONDS = 3 };

struct astro_session {
	const struct astro_host *host;
	const char *pattern; /* lent by the settings */
	char address[ADDRESS_MAX];
	struct astro_secret *user, *password;
};

static void ldap_close(struct astro_session *session)
{
	if (session == NULL)
		return;
	session->host->secret_free(session->user);
	session->host->secret_free(session->password);
	free(session);
}

static int find_directory(struct astro_session *session,
                          const struct astro_settings *settings,
                          struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *address = host->setting(settings, "ldap.address");
	int len;

	session->pattern = host->setting(settings, "ldap.user");
	if (session->pattern == NULL)
		return host->fail(err, ASTRO_BAD_CONFIG,
		                  "write a pattern such as "
		                  "\"uid=%s,ou=people,dc=example,dc=com\" "
		                  "there",
		                  "the context file has no ldap.user");
	if (address != NULL)
		len = snprintf(session->address, ADDRESS_MAX, "%s", address);
	else
		len = snprintf(session->address, ADDRESS_MAX, "ldaps://%s",
		               host->setting(settings, "domain"));
	if (len < 0 || len >= ADDRESS_MAX)
		return host->fail(err, ASTRO_BAD_CONFIG, NULL,
		                  "the address of the directory is too long");
	if (!name_is_safe_address(session->address))
		return host->fail(err, ASTRO_UNSAFE, "use ldaps://",
		                  "a password is not sent to %s",
		                  session->address);
	return ASTRO_OK;
}

static int ldap_open_session(const struct astro_host *host,
                             const struct astro_settings *settings,
                             struct astro_session **out,
                             struct astro_error *err)
{
	struct astro_session *session = calloc(1, sizeof(*session));
	int status;

	*out = NULL;
	if (session == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	if (!ASTRO_HAS(struct astro_host, host, credential_account_only)) {
		free(session);
		return host->fail(err, ASTRO_UNSUPPORTED, "install a newer one",
		                  "this astro keeps no login without a token");
	}
	session->host = host;
	status = find_directory(session, settings, err);
	if (status != ASTRO_OK) {
		ldap_close(session);
		return status;
	}
	*out = session;
	return ASTRO_OK;
}

static int ldap_prompt(struct astro_session *session, struct astro_error *err)
{
	static const struct astro_question user = {
		.size = sizeof(user),
		.key = "username",
		.label = "User name:",
	};
	static const struct astro_question password = {
		.size = sizeof(password),
		.echo = ASTRO_ECHO_OFF,
		.key = "password",
		.label = "Password:",
	};
	const struct astro_host *host = session->host;
	size_t len;
	int status;

	status = host->ask(host->core, &user, &session->user, err);
	if (status == ASTRO_OK)
		status = host->ask(host->core, &password, &session->password,
		                   err);
	if (status != ASTRO_OK)
		return status;
	(void)host->secret_bytes(session->password, &len);
	/* RFC 4513, 5.1.2: without one the directory binds nobody at all, and
	 * calls it a success. */
	if (len == 0)
		return host->fail(err, ASTRO_DENIED, NULL,
		                  "a directory takes no empty password");
	return ASTRO_OK;
}

static enum astro_status status_of(int code)
{
	switch (code) {
	case LDAP_INVALID_CREDENTIALS:
	case LDAP_INAPPROPRIATE_AUTH:
	case LDAP_INSUFFICIENT_ACCESS:
	case LDAP_NO_SUCH_OBJECT:
		return ASTRO_DENIED;
	case LDAP_SERVER_DOWN:
	case LDAP_CONNECT_ERROR:
	case LDAP_TIMEOUT:
	case LDAP_BUSY:
	case LDAP_UNAVAILABLE:
		return ASTRO_UNREACHABLE;
	}
	return ASTRO_BAD_ANSWER;
}

/* What the library says, as a failure of ours. */
static int judge(const struct astro_session *session, LDAP *directory, int code,
                 struct astro_error *err)
{
	const struct astro_host *host = session->host;
	char *detail = NULL;
	int result;

	if (directory != NULL)
		(void)ldap_get_option(directory, LDAP_OPT_DIAGNOSTIC_MESSAGE,
		                      &detail);
	/* It has connected, and then TLS had something to say; what, GnuTLS
	 * does not pass on. */
	if (code == LDAP_SERVER_DOWN && detail != NULL)
		result = host->fail(err, ASTRO_UNSAFE,
		                    "name its authority with SSL_CERT_FILE",
		                    "no secure connection with %s: its "
		                    "certificate is not trusted",
		                    session->address);
	else
		result = host->fail(err, status_of(code), NULL, "%s: %s%s%s",
		                    session->address, ldap_err2string(code),
		                    detail != NULL ? ": " : "",
		                    detail != NULL ? detail : "");
	ldap_memfree(detail);
	return result;
}

static int connect_to(const struct astro_session *session, LDAP **out,
                      struct astro_error *err)
{
	const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND;
	const int fresh = 0;
	const char *authorities = getenv("SSL_CERT_FILE");
	int code = ldap_initialize(out, session->address);

	if (code == LDAP_SUCCESS)
		code = ldap_set_option(*out, LDAP_OPT_PROTOCOL_VERSION,
		                       &version);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(*out, LDAP_OPT_NETWORK_TIMEOUT,
		                       &patience);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(*out, LDAP_OPT_TIMEOUT, &patience);
	/* A referral would be sent the password. */
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(*out, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(*out, LDAP_OPT_X_TLS_REQUIRE_CERT,
		                       &demand);
	if (code == LDAP_SUCCESS && authorities != NULL)
		code = ldap_set_option(*out, LDAP_OPT_X_TLS_CACERTFILE,
		                       authorities);
	if (code == LDAP_SUCCESS)
		code = ldap_set_option(*out, LDAP_OPT_X_TLS_NEWCTX, &fresh);
	if (code == LDAP_SUCCESS)
		code = ldap_connect(*out);
	return code == LDAP_SUCCESS ? ASTRO_OK
	                            : judge(session, *out, code, err);
}

static int bind_as(const struct astro_session *session, LDAP *directory,
                   struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *user = host->secret_bytes(session->user, NULL);
	char name[NAME_MAX_BYTES];
	struct berval password;
	size_t len;
	int code;

	if (user[0] == '\0' ||
	    !name_fill(session->pattern, user, name, sizeof(name)))
		return host->fail(
			err, ASTRO_BAD_CONFIG,
			"ldap.user has one %s in the place of the user",
			"no name can be made of ldap.user and \"%s\"", user);
	/* The library copies both, and changes neither. */
	password.bv_val = (char *)host->secret_bytes(session->password, &len);
	password.bv_len = len;
	code = ldap_sasl_bind_s(directory, name, LDAP_SASL_SIMPLE, &password,
	                        NULL, NULL, NULL);
	return code == LDAP_SUCCESS ? ASTRO_OK
	                            : judge(session, directory, code, err);
}

/* RFC 4532: a bind that nobody is named after is no login. */
static int ask_who(const struct astro_session *session, LDAP *directory,
                   struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct berval *who = NULL;
	int code = ldap_whoami_s(directory, &who, NULL, NULL), status;

	if (code != LDAP_SUCCESS)
		status = judge(session, directory, code, err);
	else if (who == NULL || who->bv_len == 0)
		status = host->fail(err, ASTRO_DENIED, NULL,
		                    "%s has bound nobody", session->address);
	else
		status = ASTRO_OK;
	if (status == ASTRO_OK)
		host->log(host->core, ASTRO_DEBUG, "ldap: bound as %.*s",
		          (int)who->bv_len, who->bv_val);
	ber_bvfree(who);
	return status;
}

static int make_login(const struct astro_session *session,
                      struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_credential *credential;
	int status = host->credential_new(host->core, &credential, err);

	if (status != ASTRO_OK)
		return status;
	host->credential_account_only(credential);
	status = host->credential_set_text(
		credential, "username", host->secret_bytes(session->user, NULL),
		err);
	if (status != ASTRO_OK) {
		host->credential_free(credential);
		return status;
	}
	*out = credential;
	return ASTRO_OK;
}

static int ldap_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;
	LDAP *directory = NULL;
	int status;

	*out = NULL;
	status = connect_to(session, &directory, err);
	/* ^C is heard, and the patience begins anew. */
	if (status == ASTRO_OK)
		status = host->wait(host->core, 0, err);
	if (status == ASTRO_OK)
		status = bind_as(session, directory, err);
	if (status == ASTRO_OK)
		status = host->wait(host->core, 0, err);
	if (status == ASTRO_OK)
		status = ask_who(session, directory, err);
	if (status == ASTRO_OK)
		status = make_login(session, out, err);
	if (directory != NULL)
		(void)ldap_unbind_ext_s(directory, NULL, NULL);
	return status;
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "ldap",
	.title = "LDAP",
	.open = ldap_open_session,
	.close = ldap_close,
	.prompt = ldap_prompt,
	.authenticate = ldap_authenticate,
};
