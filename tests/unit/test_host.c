/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* An old name of a macro of Check. */
#undef fail

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "interrupt.h"
#include "kit.h"
#include "secret.h"

static struct astro_error err;
static struct astro_core core;
static struct engine_job job;
static struct engine_answer answers[4];
static const struct astro_host *host;

static const char file[] = "local:\n"
			   "  core: http://localhost:9\n"
			   "postgres:\n"
			   "  password: hunter2\n"
			   "page_size: \"7\"\n"
			   "page: {api_token: t1, client_secret: t2}\n"
			   "contexts:\n"
			   "  a_example:\n"
			   "    organization: org1\n"
			   "    token: hidden\n"
			   "    refreshtoken: hidden\n"
			   "  b_example:\n"
			   "    organization: org2\n";

static void setup(void)
{
	kit_setup();
	(void)kit_folder(".astro");
	kit_write(".astro/config.yaml", file, strlen(file), 0600);
	memset(&err, 0, sizeof(err));
	memset(&job, 0, sizeof(job));
	memset(answers, 0, sizeof(answers));
	job.name = "a.example";
	job.answers = answers;
	job.no_input = true;
	ck_assert_int_eq(core_open(&core, &job, -1, &err), ASTRO_OK);
	host = &core.host;
}

static void teardown(void)
{
	interrupt_forget();
	clock_replace(NULL, NULL);
	core_close(&core);
	kit_teardown();
}

static void answer(const char *key, const char *text)
{
	answers[job.answer_count].key = key;
	answers[job.answer_count].text = text;
	job.answer_count++;
}

START_TEST(every_function_is_there)
{
	const char *bytes = (const char *)host;
	size_t at;

	ck_assert_uint_eq(host->size, sizeof(*host));
	for (at = offsetof(struct astro_host, fail); at < sizeof(*host);
	     at += sizeof(void *)) {
		void *member;

		memcpy(&member, bytes + at, sizeof(member));
		ck_assert_msg(member != NULL, "nothing at %zu", at);
	}
}
END_TEST

START_TEST(nonsense_from_a_provider_is_an_error_and_no_crash)
{
	struct astro_secret *secret = NULL;
	struct astro_credential *credential = NULL;
	struct astro_response *response = NULL;
	struct astro_question question = {.size = 4};
	struct astro_menu menu = {.size = sizeof(menu), .key = "k"};
	struct astro_request request = {.size = sizeof(request)};
	struct astro_authorization authorization = {
		.size = sizeof(authorization)};
	struct astro_listing listing = {.rows = NULL};
	const struct astro_request *requests[] = {&request};
	char small[4];
	size_t picked;

#define REFUSED(call)                                                          \
	do {                                                                   \
		memset(&err, 0, sizeof(err));                                  \
		ck_assert_int_eq(host->call, ASTRO_BAD_PLUGIN);                \
		ck_assert_msg(strstr(err.message, "make no sense") != NULL,    \
		              "%s", err.message);                              \
	} while (0)
	REFUSED(ask(&core, NULL, &secret, &err));
	REFUSED(ask(&core, &question, &secret, &err));
	REFUSED(ask(&core, &question, NULL, &err));
	REFUSED(choose(&core, NULL, &picked, &err));
	REFUSED(choose(&core, &menu, &picked, &err));
	REFUSED(choose(&core, &menu, NULL, &err));
	REFUSED(browse(&core, NULL, &err));
	REFUSED(browse(&core, "file:///etc/passwd", &err));
	REFUSED(secret_new(&core, NULL, 4, &secret, &err));
	REFUSED(secret_new(&core, "", 0, NULL, &err));
	REFUSED(http(&core, NULL, &response, &err));
	REFUSED(http(&core, &request, &response, &err));
	REFUSED(http(&core, &request, NULL, &err));
	REFUSED(http_all(&core, requests, 1, &response, &err));
	REFUSED(http_all(&core, NULL, 1, &response, &err));
	REFUSED(answer_secret(NULL, NULL, &secret, &err));
	REFUSED(url_escape(&core, NULL, small, sizeof(small), &err));
	REFUSED(url_escape(&core, "a", NULL, 4, &err));
	REFUSED(random(&core, NULL, 4, &err));
	REFUSED(credential_new(&core, NULL, &err));
	REFUSED(credential_set(NULL, "a", NULL, &err));
	REFUSED(credential_set_text(NULL, "a", "b", &err));
	REFUSED(authorize(&core, NULL, &credential, &err));
	REFUSED(authorize(&core, &authorization, &credential, &err));
	REFUSED(list_add(NULL, "a", "b", &err));
	REFUSED(list_add(&listing, NULL, "b", &err));
	REFUSED(store_put(&core, NULL, &err));
	REFUSED(store_put(NULL, NULL, &err));
#undef REFUSED
}
END_TEST

START_TEST(null_is_answered_with_nothing)
{
	size_t len = 5;

	host->log(&core, ASTRO_INFO, NULL);
	host->tell(&core, NULL);
	ck_assert_int_eq(host->has_answer(&core, NULL), 0);
	ck_assert_int_eq(host->has_answer(NULL, "a"), 0);
	ck_assert_int_eq(host->can_ask(NULL), 0);
	ck_assert_ptr_null(host->setting(NULL, "a"));
	ck_assert_ptr_null(host->setting(&core.settings, NULL));
	ck_assert_str_eq(host->secret_bytes(NULL, &len), "");
	ck_assert_uint_eq(len, 0);
	host->secret_free(NULL);
	ck_assert_int_eq(host->answer_status(NULL), 0);
	ck_assert_ptr_null(host->answer_text(NULL, "a"));
	ck_assert_int_eq(host->answer_number(NULL, "a", 7), 7);
	ck_assert_int_eq(host->answer_flag(NULL, "a", 1), 1);
	ck_assert_int_eq(host->answer_count(NULL, ""), -1);
	ck_assert_ptr_nonnull(host->answer_reason(NULL));
	host->answer_free(NULL);
	ck_assert_ptr_null(host->credential_get(NULL, "a"));
	ck_assert_ptr_null(host->credential_text(NULL, "a"));
	ck_assert_ptr_null(host->credential_claim(NULL, "a"));
	host->credential_expires(NULL, 1);
	ck_assert_int_eq(host->credential_expiry(NULL), 0);
	host->credential_free(NULL);
	ck_assert_int_eq(host->token_expiry(&core, NULL, 9), 9);
}
END_TEST

static const struct {
	int given, status;
} failures[] = {{ASTRO_OK, ASTRO_BAD_PLUGIN},
                {-1, ASTRO_BAD_PLUGIN},
                {4711, ASTRO_BAD_PLUGIN},
                {ASTRO_DENIED, ASTRO_DENIED},
                {ASTRO_INTERNAL, ASTRO_INTERNAL}};

START_TEST(failing_is_never_success)
{
	int status = host->fail(&err, (enum astro_status)failures[_i].given,
	                        "do this", "it \x1b[2J failed");

	ck_assert_int_eq(status, failures[_i].status);
	ck_assert_int_eq(err.status, failures[_i].status);
	ck_assert_str_eq(err.message, "it \\x1b[2J failed");
	ck_assert_str_eq(err.hint, "do this");
	ck_assert_int_eq(host->fail(NULL, ASTRO_DENIED, NULL, "x"),
	                 ASTRO_DENIED);
}
END_TEST

static const struct {
	const char *key, *value;
} settings[] = {{"domain", "a.example"},
                {"organization", "org1"},
                {"local.core", "http://localhost:9"},
                {".page_size", "7"},
                {".contexts.b_example.organization", NULL},
                {".", NULL},
                {"", NULL},
                {"absent", NULL},
                {"local.absent", NULL},
                {"token", NULL},
                {"refreshtoken", NULL},
                {"postgres.password", NULL},
                {"page.api_token", NULL},
                {"page.client_secret", NULL},
                {"contexts.a_example.token", NULL},
                {"contexts.b_example.organization", NULL}};

START_TEST(settings_are_the_contexts_own_and_never_secrets)
{
	const char *value = host->setting(&core.settings, settings[_i].key);

	if (settings[_i].value == NULL) {
		ck_assert_ptr_null(value);
		return;
	}
	ck_assert_ptr_nonnull(value);
	ck_assert_str_eq(value, settings[_i].value);
}
END_TEST

static const struct astro_question question = {
	.size = sizeof(question),
	.key = "username",
	.label = "Username",
	.fallback = "jane",
};

START_TEST(an_answer_given_in_advance_is_not_asked_for)
{
	struct astro_secret *secret;

	answer("username", "joe");
	ck_assert_int_eq(host->has_answer(&core, "username"), 1);
	ck_assert_int_eq(host->ask(&core, &question, &secret, &err), ASTRO_OK);
	ck_assert_str_eq(secret_bytes(secret, NULL), "joe");
	secret_free(secret);
}
END_TEST

START_TEST(an_empty_answer_takes_the_fallback)
{
	struct astro_secret *secret;

	answer("username", "");
	ck_assert_int_eq(host->ask(&core, &question, &secret, &err), ASTRO_OK);
	ck_assert_str_eq(secret_bytes(secret, NULL), "jane");
	secret_free(secret);
}
END_TEST

static const struct {
	const char *key, *hint;
} flags[] = {{"username", "give it with -u NAME"},
             {"password", "give it with --password-stdin"},
             {"token", "give it with --token-login -"},
             {"organization", "give it with --organization ID"},
             {"workspace", "give it with --workspace ID"}};

START_TEST(where_nobody_can_be_asked_the_flag_is_named)
{
	struct astro_question asked = question;
	struct astro_secret *secret;

	asked.key = flags[_i].key;
	ck_assert_int_eq(host->can_ask(&core), 0);
	ck_assert_int_eq(host->ask(&core, &asked, &secret, &err), ASTRO_DENIED);
	ck_assert_ptr_null(secret);
	ck_assert_ptr_nonnull(strstr(err.message, flags[_i].key));
	ck_assert_str_eq(err.hint, flags[_i].hint);
}
END_TEST

static const struct astro_item rows[] = {{"1", "one"},
                                         {"2", "two"},
                                         {"two", "three"},
                                         {"4", "twin"},
                                         {"5", "twin"}};
static const struct astro_menu menu = {
	.size = sizeof(menu),
	.key = "organization",
	.label = "Choose",
	.items = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static const struct {
	const char *answer;
	int status;
	size_t picked;
	const char *says;
} choices[] = {
	{"2", ASTRO_OK, 1, NULL},
	{"one", ASTRO_OK, 0, NULL},
	{"two", ASTRO_OK, 2, NULL}, /* the id comes before the name */
	{"On", ASTRO_NOT_FOUND, 0, "there is no organization \"On\""},
	{"", ASTRO_NOT_FOUND, 0, "there is no organization \"\""},
	{"twin", ASTRO_NOT_FOUND, 0,
         "more than one organization is called \"twin\""},
};

START_TEST(a_row_is_chosen_by_its_id_else_by_its_name)
{
	size_t picked = 99;

	answer("organization", choices[_i].answer);
	ck_assert_int_eq(host->choose(&core, &menu, &picked, &err),
	                 choices[_i].status);
	if (choices[_i].status == ASTRO_OK)
		ck_assert_uint_eq(picked, choices[_i].picked);
	else
		ck_assert_str_eq(err.message, choices[_i].says);
}
END_TEST

START_TEST(waiting_ends_with_an_interrupt)
{
	interrupt_install();
	(void)raise(SIGTERM);
	ck_assert_int_eq(host->wait(&core, 60000, &err), ASTRO_CANCELLED);
}
END_TEST

static int64_t boot_now;

static int64_t fake_wall(void)
{
	return 1;
}

static int64_t fake_boot(void)
{
	return boot_now++;
}

START_TEST(waiting_ends_with_the_deadline)
{
	boot_now = 0;
	clock_replace(fake_wall, fake_boot);
	job.deadline = 2;
	ck_assert_int_eq(host->wait(&core, 4, &err), ASTRO_TIMED_OUT);
	ck_assert_ptr_nonnull(strstr(err.message, "in time"));
}
END_TEST

START_TEST(waiting_takes_its_time_and_no_more)
{
	boot_now = 0;
	clock_replace(fake_wall, fake_boot);
	ck_assert_int_eq(host->wait(&core, 3, &err), ASTRO_OK);
	ck_assert_int_eq(boot_now, 4);
	ck_assert_int_eq(host->now(&core), 1);
}
END_TEST

START_TEST(what_is_put_into_the_store_is_copied_and_the_later_one_counts)
{
	struct astro_credential *credential;

	ck_assert_int_eq(host->credential_new(&core, &credential, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(host->credential_set_text(credential, "a", "1", &err),
	                 ASTRO_OK);
	ck_assert_int_eq(host->store_put(&core, credential, &err), ASTRO_OK);
	ck_assert_int_eq(host->credential_set_text(credential, "a", "2", &err),
	                 ASTRO_OK);
	ck_assert_str_eq(credential_text(core.kept, "a"), "1");
	ck_assert_int_eq(host->store_put(&core, credential, &err), ASTRO_OK);
	ck_assert_str_eq(credential_text(core.kept, "a"), "2");
	host->credential_free(credential);
	ck_assert_str_eq(credential_text(core.kept, "a"), "2");
	ck_assert_int_eq(host->store_erase(&core, &err), ASTRO_OK);
	ck_assert_ptr_null(core.kept);
}
END_TEST

START_TEST(a_list_grows_and_keeps_copies)
{
	struct astro_listing listing = {.rows = NULL};
	char id[] = "id0", name[] = "name";
	int i;

	for (i = 0; i < 9; i++) {
		id[2] = (char)('0' + i);
		ck_assert_int_eq(host->list_add(&listing, id, name, &err),
		                 ASTRO_OK);
	}
	ck_assert_uint_eq(listing.count, 9);
	ck_assert_str_eq(listing.rows[0].id, "id0");
	ck_assert_str_eq(listing.rows[8].id, "id8");
	ck_assert_int_eq(host->list_add(&listing, "only-id", NULL, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(listing.rows[9].name, "only-id");
	listing_clear(&listing);
}
END_TEST

static const char *const bad_ids[] = {"", "a\nb", "\x1b[2J", "\xff"};

START_TEST(a_row_whose_id_cannot_be_kept_is_refused)
{
	struct astro_listing listing = {.rows = NULL};

	ck_assert_int_eq(host->list_add(&listing, bad_ids[_i], "name", &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_uint_eq(listing.count, 0);
}
END_TEST

#define ADD_EACH(tcase, test, table)                                           \
	tcase_add_loop_test(tcase, test, 0,                                    \
	                    (int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("host");
	TCase *tcase = tcase_create("host");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, every_function_is_there);
	tcase_add_test(tcase,
	               nonsense_from_a_provider_is_an_error_and_no_crash);
	tcase_add_test(tcase, null_is_answered_with_nothing);
	ADD_EACH(tcase, failing_is_never_success, failures);
	ADD_EACH(tcase, settings_are_the_contexts_own_and_never_secrets,
	         settings);
	tcase_add_test(tcase, an_answer_given_in_advance_is_not_asked_for);
	tcase_add_test(tcase, an_empty_answer_takes_the_fallback);
	ADD_EACH(tcase, where_nobody_can_be_asked_the_flag_is_named, flags);
	ADD_EACH(tcase, a_row_is_chosen_by_its_id_else_by_its_name, choices);
	tcase_add_test(tcase, waiting_ends_with_an_interrupt);
	tcase_add_test(tcase, waiting_ends_with_the_deadline);
	tcase_add_test(tcase, waiting_takes_its_time_and_no_more);
	tcase_add_test(
		tcase,
		what_is_put_into_the_store_is_copied_and_the_later_one_counts);
	tcase_add_test(tcase, a_list_grows_and_keeps_copies);
	ADD_EACH(tcase, a_row_whose_id_cannot_be_kept_is_refused, bad_ids);
	suite_add_tcase(suite, tcase);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
