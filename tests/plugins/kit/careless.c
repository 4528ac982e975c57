/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers whose logins go well, mostly: what is wrong with them shows when
 * something fails, on the second look, or to the rest of the process.
 */
#include "operation.h"

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct astro_host *first_host;
static void *kept_alive;

static int ask_password(const struct astro_host *host,
                        struct astro_secret **out, struct astro_error *err)
{
	const struct astro_question question = {.size = sizeof(question),
	                                        .echo = ASTRO_ECHO_OFF,
	                                        .key = "password",
	                                        .label = "Password:"};

	return host->ask(host->core, &question, out, err);
}

static int get(const struct astro_host *host, const struct astro_secret *secret,
               struct astro_response **out, struct astro_error *err){
	const struct astro_field fields[] = {
		{.name = "password",
#ifdef KIT_secret_in_field
                 .text = host->secret_bytes(secret, NULL)},
#else
                 .secret = secret},
#endif
	};
const struct astro_request request = {
	.size = sizeof(request),
#ifdef KIT_asks_in_plain
	.url = "http://login.example/session",
#else
	.url = "https://login.example/session",
#endif
	.fields = fields,
	.field_count = 1,
};

return host->http(host->core, &request, out, err);
}

static void *sleep_on(void *unused)
{
	(void)unused;
	for (;;)
		(void)pause();
	return NULL;
}

/* Before the login is earned. */
static void meddle(const struct astro_host *host)
{
	pthread_t thread;

	(void)host;
	(void)thread;
	(void)sleep_on;
#if defined(KIT_leaks_memory)
	kept_alive = malloc(100);
#elif defined(KIT_caches_memory)
	if (kept_alive == NULL)
		kept_alive = malloc(100);
#elif defined(KIT_leaks_descriptor)
	(void)open("/dev/null", O_RDONLY | O_CLOEXEC);
#elif defined(KIT_closes_stdin)
	(void)close(0);
#elif defined(KIT_leaves_thread)
	(void)pthread_create(&thread, NULL, sleep_on, NULL);
#elif defined(KIT_leaves_process)
	if (fork() == 0) {
		(void)alarm(20);
		(void)sleep_on(NULL);
	}
#elif defined(KIT_sets_environment)
	(void)setenv("CORP_REALM", "main", 1);
#elif defined(KIT_sets_locale)
	(void)setlocale(LC_ALL, "C.UTF-8");
#elif defined(KIT_changes_folder)
	if (chdir("/proc") != 0)
		abort();
#elif defined(KIT_changes_mask)
	(void)umask(0);
#elif defined(KIT_takes_signal)
	(void)signal(SIGINT, SIG_IGN);
#elif defined(KIT_sets_alarm)
	(void)alarm(100);
#elif defined(KIT_prints)
	(void)printf("Welcome to Corp!\n");
#elif defined(KIT_prints_errors)
	(void)fprintf(stderr, "Welcome to Corp!\n");
#endif
}

static int careless_open(const struct astro_host *host,
                         const struct astro_settings *settings,
                         struct astro_session **out, struct astro_error *err)
{
#if defined(KIT_uses_first_host)
	if (first_host == NULL)
		first_host = host;
	(void)first_host->now(first_host->core);
	if (first_host->wait(first_host->core, 1, err) != ASTRO_OK) {
		*out = NULL;
		return ASTRO_CANCELLED;
	}
#elif defined(KIT_one_session_for_all)
	static struct astro_session session;

	session.host = host;
	session.settings = settings;
	*out = &session;
	return ASTRO_OK;
#elif defined(KIT_reads_fresh_memory)
	int *volatile *volatile fresh = malloc(sizeof(*fresh));

	if (fresh != NULL && *fresh != NULL)
		**fresh = 1;
	free((void *)fresh);
#elif defined(KIT_trusts_memory)
	struct astro_session *session = malloc(sizeof(*session));

	(void)err;
	session->host = host;
	session->settings = settings;
	*out = session;
	return ASTRO_OK;
#endif
	return plain_open(host, settings, out, err);
}

static void careless_close(struct astro_session *session)
{
#if defined(KIT_closes_nothing_badly)
	session->host->log(session->host->core, ASTRO_DEBUG, "closed");
#elif defined(KIT_one_session_for_all)
	(void)session;
	return;
#elif defined(KIT_frees_session_twice)
	struct astro_session *volatile twin = session;

	free(session);
	session = twin;
#endif
	plain_close(session);
}

/* What the server has answered, taken for granted or not. */
static int take_answer(const struct astro_host *host,
                       struct astro_credential *credential,
                       struct astro_response *answer, struct astro_error *err)
{
	struct astro_secret *token = NULL;
	int status;

#ifdef KIT_trusts_server
	if (strlen(host->answer_text(answer, "user.name")) == 0)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL, "no name");
#endif
	status = host->answer_secret(answer, "token", &token, err);
	if (status != ASTRO_OK)
		return status;
#if defined(KIT_secret_in_log)
	host->log(host->core, ASTRO_DEBUG, "token %s",
	          host->secret_bytes(token, NULL));
#elif defined(KIT_secret_for_person)
	host->tell(host->core, "Your token is %s",
	           host->secret_bytes(token, NULL));
#elif defined(KIT_secret_as_text)
	status = host->credential_set_text(
		credential, "user_email", host->secret_bytes(token, NULL), err);
	if (status != ASTRO_OK) {
		host->secret_free(token);
		return status;
	}
#elif defined(KIT_secret_printed)
	(void)fprintf(stderr, "token %s\n", host->secret_bytes(token, NULL));
#endif
	status = host->credential_set(credential, "access_token", token, err);
#ifndef KIT_leaks_secret
	host->secret_free(token);
#endif
#ifdef KIT_frees_secret_twice
	host->secret_free(token);
#endif
	return status;
}

static int earn(const struct astro_host *host, struct astro_credential **out,
                struct astro_secret *password, struct astro_error *err)
{
	struct astro_response *answer = NULL;
	struct astro_credential *credential = NULL;
	int status = get(host, password, &answer, err);

	if (status == ASTRO_OK && host->answer_status(answer) != 200)
#ifdef KIT_secret_in_message
		status = host->fail(err, ASTRO_DENIED, NULL, "%s is wrong",
		                    host->secret_bytes(password, NULL));
#else
		status = host->fail(err, ASTRO_DENIED, NULL,
		                    "the password is wrong");
#endif
	if (status == ASTRO_OK)
		status = host->credential_new(host->core, &credential, err);
	if (status == ASTRO_OK)
		status = take_answer(host, credential, answer, err);
#ifndef KIT_leaks_answer
	host->answer_free(answer);
#endif
#ifdef KIT_uses_freed_answer
	if (answer != NULL)
		(void)host->answer_text(answer, "name");
#endif
	if (status == ASTRO_OK) {
		*out = credential;
		return ASTRO_OK;
	}
#ifdef KIT_gives_on_failure
	*out = credential;
#elif !defined(KIT_leaks_on_failure)
	host->credential_free(credential);
#endif
	return status;
}

static int careless_authenticate(struct astro_session *session,
                                 struct astro_credential **out,
                                 struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_secret *password = NULL;
	int status = ASTRO_OK;

	*out = NULL;
	meddle(host);
#ifdef KIT_asks_for_ever
	do {
		host->secret_free(password);
		status = ask_password(host, &password, err);
	} while (status == ASTRO_OK &&
	         strlen(host->secret_bytes(password, NULL)) != 4);
#else
	status = ask_password(host, &password, err);
#endif
#ifdef KIT_swallows_cancel
	if (status != ASTRO_OK)
		return host->fail(err, ASTRO_DENIED, NULL, "no password");
#endif
	if (status == ASTRO_OK)
		status = earn(host, out, password, err);
	host->secret_free(password);
	return status;
}

#ifdef KIT_exports_more
ASTRO_EXPORT int helper_of_corp(void);
int helper_of_corp(void)
{
	return 0;
}
#endif

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = KIT_NAME,
	.title = "Test " KIT_NAME,
	.open = careless_open,
	.close = careless_close,
	.authenticate = careless_authenticate,
};
