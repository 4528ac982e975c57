/* SPDX-License-Identifier: Apache-2.0 */
/* What a login asks of a provider, in the order in which it does. */
#include "story.h"

#include <string.h>

#include "credential.h"
#include "error.h"
#include "findings.h"
#include "report.h"
#include "secret.h"
#include "stage.h"
#include "talk.h"
#include "text.h"

struct session {
	struct stage *stage;
	const struct astro_provider *provider;
	struct astro_core *core;
	struct astro_session *own;
	struct astro_credential *credential;
};

static void begin(struct stage *stage, const char *operation,
                  struct astro_error *err)
{
	memset(err, 0, sizeof(*err));
	stage->operation = operation;
	report_value(stage->report_fd, "at", operation);
}

/* Statuses that mean the same whoever passes them on. */
static bool is_plain(int status)
{
	return status == ASTRO_NO_MEMORY || status == ASTRO_TIMED_OUT ||
	       status == ASTRO_UNSAFE || status == ASTRO_UNREACHABLE ||
	       status == ASTRO_DENIED;
}

/* A call of the host had failed in this operation, which ended with STATUS. */
static void judge_passing_on(const struct stage *stage, int status)
{
	const char *host = stage->is_program ? "" : "host->";
	const char *call = stage->is_program ? "" : "()";
	int failed = stage->plan->fail_status;

	/* What a fault of the program ends has told its own. */
	if (stage->is_faulty)
		return;
	if (stage->failed == NULL || stage->failure_may_pass ||
	    status == failed)
		return;
	if (failed == ASTRO_CANCELLED)
		finding_tell(stage->report_fd, RULE_CANCEL,
		             "%s%s ends with \"%s\" where %s%s%s was cancelled",
		             stage->operation, call, status_name(status), host,
		             stage->failed, call);
	else if (is_plain(failed) && status != ASTRO_OK)
		finding_tell(stage->report_fd, RULE_PASSING_ON,
		             "%s%s ends with \"%s\" where %s%s%s ended with "
		             "\"%s\"",
		             stage->operation, call, status_name(status), host,
		             stage->failed, call, status_name(failed));
}

/* FAILED is what had failed before it. */
static int judge(struct stage *stage, int status, const char *failed,
                 const struct astro_error *err)
{
	int fd = stage->report_fd;

	if (status < (int)ASTRO_OK || status > (int)ASTRO_INTERNAL)
		finding_tell(fd, RULE_STATUS, "%s() returns %d",
		             stage->operation, status);
	if (status != ASTRO_OK && err->message[0] == '\0')
		finding_tell(fd, RULE_MESSAGE,
		             "%s() fails (%s) and says nothing",
		             stage->operation, status_name(status));
	if (stage->is_program)
		talk_judge(stage, status, err);
	/* One that failed earlier was that operation's. */
	if (failed == NULL && stage->failed != NULL)
		judge_passing_on(stage, status);
	return status;
}

static void judge_out(const struct stage *stage, int status, const void *out)
{
	if (status == ASTRO_OK && out == NULL)
		finding_tell(stage->report_fd, RULE_OUT,
		             "%s() succeeds without giving anything",
		             stage->operation);
	else if (status != ASTRO_OK && out != NULL)
		finding_tell(stage->report_fd, RULE_OUT,
		             "%s() fails, and gives something all the same",
		             stage->operation);
}

/* What a lying server has put into it is not held against the provider: the
 * host refuses it as well. */
static void judge_credential(const struct stage *stage,
                             const struct astro_credential *credential)
{
	const struct astro_secret *token =
		credential_get(credential, "access_token");
	const char *bytes;
	size_t len;

	if (stage->plan->lie != LIE_NONE ||
	    stage->plan->person != PERSON_WILLING)
		return;
	if (token == NULL && credential_is_account_only(credential))
		return;
	if (token == NULL) {
		finding_tell(stage->report_fd, RULE_TOKEN,
		             "%s() gives a credential without access_token",
		             stage->operation);
		return;
	}
	bytes = secret_bytes(token, &len);
	if (len == 0 || !text_is_visible(bytes, len) ||
	    memchr(bytes, ' ', len) != NULL)
		finding_tell(stage->report_fd, RULE_TOKEN,
		             "%s() gives an access_token with characters that "
		             "no token has",
		             stage->operation);
}

static bool key_is_own(const char *name)
{
	static const char *const reserved[] = {"domain", "provider", "store",
	                                       "hosts", "expiresin"};
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(name, reserved[i]) == 0)
			return false;
	return len > 0 && len <= 64 && name[len] == '\0';
}

static bool is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			return false;
	return true;
}

/* WHO keeps it: the host does what store() leaves out. */
static void judge_kept(const struct stage *stage, const char *who)
{
	const struct astro_credential *kept = stage->kept;
	const struct credential_field *field;
	size_t i;

	if (stage->plan->lie != LIE_NONE ||
	    stage->plan->person != PERSON_WILLING)
		return;
	if (kept == NULL || credential_field_at(kept, 0) == NULL) {
		finding_tell(stage->report_fd, RULE_STORE, "%s keeps nothing",
		             who);
		return;
	}
	for (i = 0; (field = credential_field_at(kept, i)) != NULL; i++) {
		if (!key_is_own(field->name))
			finding_tell(stage->report_fd, RULE_STORE,
			             "%s keeps the key %s, which is not its "
			             "own",
			             who, field->name);
		if (field->text != NULL && !is_one_line(field->text))
			finding_tell(stage->report_fd, RULE_STORE,
			             "%s keeps a %s of more than a line", who,
			             field->name);
	}
	if (credential_expiry(kept) < 0)
		finding_tell(stage->report_fd, RULE_STORE,
		             "%s keeps a time of expiry that makes no sense",
		             who);
}

static int open_session(struct session *session, struct astro_error *err)
{
	struct stage *stage = session->stage;
	const char *failed = stage->failed;
	int status;

	session->core = stage_core(stage);
	begin(stage, "open", err);
	status = judge(stage,
	               session->provider->open(&session->core->table,
	                                       &stage->settings, &session->own,
	                                       err),
	               failed, err);
	judge_out(stage, status, session->own);
	if (status != ASTRO_OK)
		session->own = NULL;
	return status;
}

static void close_session(struct session *session)
{
	struct astro_error ignored;

	begin(session->stage, "close", &ignored);
	if (session->own != NULL)
		session->provider->close(session->own);
	session->own = NULL;
	session->core->table.credential_free(session->credential);
	session->credential = NULL;
	session->core->is_closed = true;
	begin(session->stage, "after close", &ignored);
}

static int prompt(struct session *session, struct astro_error *err)
{
	const char *failed = session->stage->failed;

	if (session->provider->prompt == NULL)
		return ASTRO_OK;
	begin(session->stage, "prompt", err);
	return judge(session->stage,
	             session->provider->prompt(session->own, err), failed, err);
}

/* OUT is what an operation has given with STATUS. */
static int take(struct session *session, int status,
                struct astro_credential *out)
{
	judge_out(session->stage, status, out);
	if (status != ASTRO_OK)
		return status;
	if (out == NULL ||
	    !stage_knows(STAGE_CREDENTIAL, out, session->stage->operation))
		return ASTRO_BAD_PLUGIN;
	judge_credential(session->stage, out);
	session->credential = out;
	stage_hand_over(out);
	return ASTRO_OK;
}

static int authenticate(struct session *session, struct astro_error *err)
{
	struct stage *stage = session->stage;
	struct astro_credential *out = NULL;
	const char *failed = stage->failed;
	int status;

	begin(stage, "authenticate", err);
	status = judge(stage,
	               session->provider->authenticate(session->own, &out, err),
	               failed, err);
	return take(session, status, out);
}

static int list(struct session *session, struct astro_error *err)
{
	struct astro_listing listing = {.stage = session->stage};
	const char *failed = session->stage->failed;

	if (session->provider->workspaces == NULL)
		return ASTRO_OK;
	begin(session->stage, "workspaces", err);
	return judge(session->stage,
	             session->provider->workspaces(
			     session->own, session->credential, &listing, err),
	             failed, err);
}

static int store(struct session *session,
                 const struct astro_credential *credential,
                 struct astro_error *err)
{
	const char *failed = session->stage->failed;
	int status;

	/* Without it the host keeps every field as it stands. */
	if (session->provider->store == NULL) {
		credential_free(session->stage->kept);
		session->stage->kept = NULL;
		status =
			credential_copy(credential, &session->stage->kept, err);
		if (status == ASTRO_OK)
			judge_kept(session->stage, "the login");
		return status;
	}
	begin(session->stage, "store", err);
	status = judge(session->stage,
	               session->provider->store(session->own, credential, err),
	               failed, err);
	if (status == ASTRO_OK)
		judge_kept(session->stage, "store()");
	return status;
}

static int refresh(struct session *session, const struct astro_credential *old,
                   struct astro_error *err)
{
	struct stage *stage = session->stage;
	const char *failed = stage->failed;
	struct astro_credential *out = NULL;
	int status;

	if (session->provider->refresh == NULL ||
	    credential_get(old, "refresh_token") == NULL)
		return ASTRO_OK;
	begin(stage, "refresh", err);
	status = judge(stage,
	               session->provider->refresh(session->own, old, &out, err),
	               failed, err);
	return take(session, status, out);
}

/* Its failing is said, and ends nothing. */
static void revoke(struct session *session, const struct astro_credential *old)
{
	const char *failed = session->stage->failed;
	struct astro_error err;

	if (session->provider->revoke == NULL)
		return;
	begin(session->stage, "revoke", &err);
	(void)judge(session->stage,
	            session->provider->revoke(session->own, old, &err), failed,
	            &err);
}

/* Between open() and close() of the login. */
static int log_in(struct session *session, struct astro_error *err)
{
	int status = prompt(session, err);

	if (status == ASTRO_OK)
		status = authenticate(session, err);
	if (status == ASTRO_OK)
		status = list(session, err);
	if (status == ASTRO_OK)
		status = store(session, session->credential, err);
	return status;
}

/* Between those of a later session, with what the login has kept. */
static int renew(struct session *session, const struct astro_credential *old,
                 struct astro_error *err)
{
	int status = refresh(session, old, err);

	if (status == ASTRO_OK && session->credential != NULL)
		status = store(session, session->credential, err);
	/* A program may have ended with its failure. */
	if (!session->stage->has_failed)
		revoke(session, old);
	return status;
}

/* The kept login, as the host hands it out another day. */
static int renew_later(struct stage *stage,
                       const struct astro_provider *provider,
                       struct astro_error *err)
{
	struct session session = {.stage = stage, .provider = provider};
	struct astro_credential *old = NULL;
	int status = credential_copy(stage->kept, &old, err);

	if (status != ASTRO_OK)
		return status;
	stage_lend(STAGE_CREDENTIAL, old);
	stage_hand_over(old);
	status = open_session(&session, err);
	if (status == ASTRO_OK && session.own != NULL)
		status = renew(&session, old, err);
	session.core->table.credential_free(old);
	close_session(&session);
	return status;
}

int story_login(struct stage *stage, const struct astro_provider *provider,
                struct astro_error *err)
{
	struct session session = {.stage = stage, .provider = provider};
	int status = open_session(&session, err);

	if (status == ASTRO_OK && session.own != NULL)
		status = log_in(&session, err);
	close_session(&session);
	if (status == ASTRO_OK && stage->kept != NULL &&
	    (provider->refresh != NULL || provider->revoke != NULL))
		status = renew_later(stage, provider, err);
	return status;
}

int story_open(struct stage *stage, const struct astro_provider *provider,
               struct astro_error *err)
{
	struct session session = {.stage = stage, .provider = provider};
	int status = open_session(&session, err);

	close_session(&session);
	return status;
}

int story_two(struct stage *stage, const struct astro_provider *provider,
              struct astro_error *err)
{
	struct session first = {.stage = stage, .provider = provider};
	struct session second = {.stage = stage, .provider = provider};
	int status = open_session(&first, err);

	if (status == ASTRO_OK)
		status = open_session(&second, err);
	if (first.own != NULL && first.own == second.own)
		finding_tell(stage->report_fd, RULE_OUT,
		             "open() gives the same session twice");
	if (status == ASTRO_OK && first.own != NULL)
		status = prompt(&first, err);
	close_session(&first);
	if (second.core != NULL) {
		if (status == ASTRO_OK && second.own != NULL)
			status = log_in(&second, err);
		close_session(&second);
	}
	return status;
}

void story_close_nothing(struct stage *stage,
                         const struct astro_provider *provider)
{
	struct astro_error ignored;
	size_t before = stage->calls;

	(void)stage_core(stage);
	begin(stage, "close", &ignored);
	provider->close(NULL);
	if (stage->calls != before)
		finding_tell(stage->report_fd, RULE_ARGUMENTS,
		             "close(NULL) calls the host");
}
