/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "core.h"
#include "error.h"
#include "log.h"

struct astro_session {
	int prompts, closes;
};

static struct astro_session inner;
static struct astro_core core;
static struct astro_error err;
static int64_t boot_now;

static int64_t fake_boot(void)
{
	return boot_now += 7;
}

static int fake_open(const struct astro_host *host,
                     const struct astro_settings *settings,
                     struct astro_session **out, struct astro_error *error)
{
	(void)host;
	(void)settings;
	(void)error;
	*out = &inner;
	return ASTRO_OK;
}

static int fake_open_denied(const struct astro_host *host,
                            const struct astro_settings *settings,
                            struct astro_session **out,
                            struct astro_error *error)
{
	(void)host;
	(void)settings;
	*out = NULL;
	return error_set(error, ASTRO_DENIED, NULL, "no");
}

static void fake_close(struct astro_session *session)
{
	session->closes++;
}

static int fake_prompt(struct astro_session *session, struct astro_error *error)
{
	ck_assert_ptr_eq(session, &inner);
	session->prompts++;
	return error_set(error, ASTRO_UNREACHABLE, NULL, "away");
}

static int fake_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *error)
{
	(void)session;
	(void)error;
	*out = NULL;
	return 4711;
}

static const struct astro_provider plain = {
	.size = sizeof(plain),
	.name = "plain",
	.title = "Plain",
	.open = fake_open,
	.close = fake_close,
	.prompt = fake_prompt,
	.authenticate = fake_authenticate,
};

static char said[4096];
static int saved_stderr;
static FILE *captured;

static void capture(void)
{
	(void)fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	captured = tmpfile();
	ck_assert_int_ge(dup2(fileno(captured), STDERR_FILENO), 0);
}

static void release(void)
{
	size_t len;

	(void)fflush(stderr);
	ck_assert_int_ge(dup2(saved_stderr, STDERR_FILENO), 0);
	(void)close(saved_stderr);
	rewind(captured);
	len = fread(said, 1, sizeof(said) - 1, captured);
	said[len] = '\0';
	(void)fclose(captured);
}

static void setup(void)
{
	memset(&core, 0, sizeof(core));
	memset(&err, 0, sizeof(err));
	core.host.core = &core;
	core.report_fd = -1;
	log_set_verbose(true);
	clock_replace(NULL, fake_boot);
}

static void teardown(void)
{
	clock_replace(NULL, NULL);
	log_set_verbose(false);
}

START_TEST(forwards_each_call_and_logs_its_status_and_duration)
{
	const struct astro_provider *traced = trace_wrap(&core, &plain);
	struct astro_session *session;
	struct astro_credential *credential;

	capture();
	ck_assert_int_eq(traced->open(&core.host, NULL, &session, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(traced->prompt(session, &err), ASTRO_UNREACHABLE);
	ck_assert_int_eq(traced->authenticate(session, &credential, &err),
	                 4711);
	traced->close(session);
	release();

	ck_assert_int_eq(inner.prompts, 1);
	ck_assert_int_eq(inner.closes, 1);
	ck_assert_str_eq(err.message, "away");
	ck_assert_str_eq(said, "debug: plain: open\n"
	                       "debug: plain: open: ok after 7 ms\n"
	                       "debug: plain: prompt\n"
	                       "debug: plain: prompt: unreachable after 7 ms\n"
	                       "debug: plain: authenticate\n"
	                       "debug: plain: authenticate: no status after "
	                       "7 ms\n"
	                       "debug: plain: close\n"
	                       "debug: plain: close: ok after 7 ms\n");
}
END_TEST

START_TEST(has_the_operations_of_the_provider_and_no_others)
{
	const struct astro_provider *traced = trace_wrap(&core, &plain);

	ck_assert_str_eq(traced->name, "plain");
	ck_assert_str_eq(traced->title, "Plain");
	ck_assert(traced->workspaces == NULL);
	ck_assert(traced->store == NULL);
	ck_assert(traced->refresh == NULL);
	ck_assert(traced->revoke == NULL);
	ck_assert(traced->end_session == NULL);
}
END_TEST

START_TEST(passes_on_that_opening_failed)
{
	struct astro_provider denied = plain;
	const struct astro_provider *traced;
	struct astro_session *session;

	denied.open = fake_open_denied;
	traced = trace_wrap(&core, &denied);
	capture();
	ck_assert_int_eq(traced->open(&core.host, NULL, &session, &err),
	                 ASTRO_DENIED);
	release();

	ck_assert_ptr_null(session);
	ck_assert_str_eq(err.message, "no");
	ck_assert_ptr_nonnull(strstr(said, "open: denied"));
}
END_TEST

START_TEST(accepts_that_nothing_is_closed)
{
	trace_wrap(&core, &plain)->close(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace");
	TCase *tcase = tcase_create("trace");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase,
	               forwards_each_call_and_logs_its_status_and_duration);
	tcase_add_test(tcase, has_the_operations_of_the_provider_and_no_others);
	tcase_add_test(tcase, passes_on_that_opening_failed);
	tcase_add_test(tcase, accepts_that_nothing_is_closed);
	suite_add_tcase(suite, tcase);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
