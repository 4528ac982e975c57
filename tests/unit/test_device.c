/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a device authorization endpoint: taken, mended, or refused. */
#include "device.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "http.h"
#include "json.h"
#include "response.h"
#include "secret.h"
#include "text.h"

static struct astro_error err;
static struct device_grant grant;

static int read_answer(int code, const char *body)
{
	struct astro_response *response = NULL;
	struct text bytes;
	struct answer answer = {.host = "op.example",
	                        .status = code,
	                        .content_type = "application/json",
	                        .body = &bytes};
	int status;

	json_setup();
	memset(&err, 0, sizeof(err));
	memset(&grant, 0, sizeof(grant));
	text_init(&bytes, 65536);
	ck_assert(text_add_string(&bytes, body));
	ck_assert_int_eq(response_new(&answer, &response, &err), ASTRO_OK);
	status = device_read(response, "op.example", &grant, &err);
	response_free(response);
	text_clear(&bytes);
	return status;
}

#define CODES "\"device_code\":\"dc\",\"user_code\":\"WDJB-MJHT\","
#define PAGE "\"verification_uri\":\"https://op.example/activate\","

START_TEST(a_proper_answer_is_taken_as_it_stands)
{
	ck_assert_int_eq(
		read_answer(200, "{" CODES PAGE "\"verification_uri_complete\":"
	                         "\"https://op.example/activate?c=WDJB-MJHT\","
	                         "\"expires_in\":1800,\"interval\":7}"),
		ASTRO_OK);
	ck_assert_str_eq(secret_bytes(grant.code, NULL), "dc");
	ck_assert_str_eq(grant.user_code, "WDJB-MJHT");
	ck_assert_str_eq(grant.uri, "https://op.example/activate");
	ck_assert_str_eq(grant.complete,
	                 "https://op.example/activate?c=WDJB-MJHT");
	ck_assert_int_eq(grant.expires_in, 1800);
	ck_assert_uint_eq(grant.interval_ms, 7000);
	device_clear(&grant);
	ck_assert_ptr_null(grant.code);
}
END_TEST

/* RFC 8628, 3.2: five seconds where nothing is said; ours to bound. */
static const struct {
	const char *interval;
	uint32_t ms;
} intervals[] = {
	{"", 5000},
	{",\"interval\":0", 5000},
	{",\"interval\":-1", 5000},
	{",\"interval\":1000000000", 60000},
	{",\"interval\":\"5\"", 5000},
	{",\"interval\":\"soon\"", 5000},
	{",\"interval\":1", 1000},
};

START_TEST(an_odd_interval_becomes_one_that_can_be_kept)
{
	char body[512];

	(void)snprintf(body, sizeof(body),
	               "{" CODES PAGE "\"expires_in\":60%s}",
	               intervals[_i].interval);
	ck_assert_int_eq(read_answer(200, body), ASTRO_OK);
	ck_assert_uint_eq(grant.interval_ms, intervals[_i].ms);
	device_clear(&grant);
}
END_TEST

START_TEST(googles_spelling_of_the_address_is_read)
{
	ck_assert_int_eq(read_answer(200, "{" CODES "\"verification_url\":"
	                                  "\"https://op.example/device\","
	                                  "\"expires_in\":60}"),
	                 ASTRO_OK);
	ck_assert_str_eq(grant.uri, "https://op.example/device");
	device_clear(&grant);
}
END_TEST

static const struct {
	int code;
	const char *body;
	int status;
	const char *message;
} refused[] = {
	{200, "{}", ASTRO_BAD_ANSWER, "without a proper device_code"},
	{200, "{\"device_code\":7}", ASTRO_BAD_ANSWER, "device_code"},
	{200, "{\"device_code\":\"a\\u001bb\"}", ASTRO_BAD_ANSWER,
         "device_code"},
	{200, "{\"device_code\":\"dc\"," PAGE "\"expires_in\":60}",
         ASTRO_BAD_ANSWER, "user_code"},
	{200,
         "{\"device_code\":\"dc\",\"user_code\":\"\\u001b]52;c;x\\u0007\"," PAGE
         "\"expires_in\":60}",
         ASTRO_BAD_ANSWER, "user_code"},
	{200, "{" CODES "\"expires_in\":60}", ASTRO_BAD_ANSWER,
         "verification_uri"},
	{200, "{" CODES PAGE "\"interval\":5}", ASTRO_BAD_ANSWER, "expires_in"},
	{200, "{" CODES PAGE "\"expires_in\":-1}", ASTRO_BAD_ANSWER,
         "expires_in"},
	{200,
         "{" CODES "\"verification_uri\":\"http://op.example/activate\","
         "\"expires_in\":60}",
         ASTRO_UNSAFE, "op.example, is reached by plain http"},
	{200,
         "{" CODES PAGE "\"verification_uri_complete\":"
         "\"http://evil.example/\",\"expires_in\":60}",
         ASTRO_UNSAFE, "evil.example, is reached by plain http"},
	{200,
         "{" CODES "\"verification_uri\":\"javascript:alert(1)\","
         "\"expires_in\":60}",
         ASTRO_UNSAFE, "\"javascript:alert(1)\", which is no https address"},
	{400, "{\"error\":\"unauthorized_client\"}", ASTRO_DENIED,
         "the server refused a login by device code: unauthorized_client"},
	{404, "{}", ASTRO_DENIED, "the server refused a login by device code"},
};

START_TEST(an_answer_that_cannot_be_used_is_refused)
{
	ck_assert_int_eq(read_answer(refused[_i].code, refused[_i].body),
	                 refused[_i].status);
	ck_assert_msg(strstr(err.message, refused[_i].message) != NULL, "%s",
	              err.message);
	ck_assert_ptr_null(grant.code);
	device_clear(&grant);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device");
	TCase *tcase = tcase_create("device");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, a_proper_answer_is_taken_as_it_stands);
	tcase_add_loop_test(tcase, an_odd_interval_becomes_one_that_can_be_kept,
	                    0, sizeof(intervals) / sizeof(intervals[0]));
	tcase_add_test(tcase, googles_spelling_of_the_address_is_read);
	tcase_add_loop_test(tcase, an_answer_that_cannot_be_used_is_refused, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
