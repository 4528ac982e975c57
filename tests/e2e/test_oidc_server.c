/* SPDX-License-Identifier: Apache-2.0 */
/* What an OpenID provider says of itself: its issuer, its endpoints, and what
 * it insists on. */
#include <stdlib.h>
#include <string.h>

#include "issuer.h"

#define NATIVE "client_id: sandbox-native\n"

START_TEST(pushes_nothing_where_that_is_not_offered)
{
	char *asked;

	sandbox_set("{'op_pushed': false}");
	issuer_write(NULL, NATIVE);
	issuer_works();
	ck_assert_uint_eq(issuer_count("POST", "/op/par"), 0);
	asked = issuer_asked("/op/authorize");
	text_expect(asked, "code_challenge_method=S256");
	text_expect(asked, "nonce=");
	free(asked);
}
END_TEST

/* RFC 9126, 5: only where it must be pushed is failing to do so the end. */
START_TEST(goes_on_without_pushing_where_it_fails_and_need_not)
{
	sandbox_fault("{'path': '/op/par', 'kind': 'status', 'value': 500}");
	issuer_write(NULL, NATIVE);
	issuer_works();
	ck_assert_uint_eq(issuer_count("POST", "/op/par"), 1);
	sandbox_set("{'op_pushed_required': true}");
	issuer_fails(3, "answered 500");
}
END_TEST

/* RFC 9207: neither announced nor there is fine. */
START_TEST(an_answer_needs_no_iss_that_was_not_announced)
{
	sandbox_set("{'op_authorization_iss': false}");
	issuer_write(NULL, NATIVE);
	issuer_works();
}
END_TEST

START_TEST(an_issuer_with_a_slash_too_many_is_told_the_right_one)
{
	char *text;

	issuer_write(NULL, NATIVE);
	(void)strcat(issuer_address, "/");
	text = issuer_log_in(7);
	text_expect(text, "calls itself another issuer: http://127.0.0.1:");
	text_expect(text, "/op\n  try: run `astro login http://127.0.0.1:");
	sandbox_expect("GET /op/.well-known/openid-configuration\n");
	free(text);
}
END_TEST

/* Some have one: Discovery, 4.1 drops it for the address alone. */
START_TEST(an_issuer_may_end_in_a_slash)
{
	char *text, *change;

	ck_assert_int_ge(asprintf(&change,
	                          "{'path':"
	                          " '/op/.well-known/openid-configuration',"
	                          " 'kind': 'merge', 'value': {'issuer':"
	                          " '%s/'}}",
	                          issuer_address),
	                 0);
	sandbox_fault(change);
	free(change);
	ck_assert_int_ge(asprintf(&change,
	                          "{'op_claims': {'iss': '%s/'},"
	                          " 'op_authorization_iss': false}",
	                          issuer_address),
	                 0);
	sandbox_set(change);
	free(change);
	text = issuer_log_in(7);
	text_expect(text, "/op/`\n");
	free(text);
	issuer_write("/op/", NATIVE);
	(void)strcat(issuer_address, "/");
	issuer_works();
	text = home_value("issuer");
	ck_assert_str_eq(text, issuer_address);
	free(text);
}
END_TEST

/* RFC 8414, 3.1 and 5: asked second, between host and path. */
START_TEST(finds_the_metadata_in_the_form_of_oauth)
{
	sandbox_fault("{'path': '/op/.well-known/openid-configuration',"
	              " 'kind': 'status', 'value': 404}");
	issuer_write(NULL, NATIVE);
	issuer_works();
	ck_assert_uint_eq(
		issuer_count("GET",
	                     "/.well-known/oauth-authorization-server/op"),
		1);
	/* It is an OpenID provider all the same: scopes and id_token say so. */
	issuer_expect_keys("domain issuer provider client_id access_token "
	                   "expiresin refresh_token scopes subject user_email");
}
END_TEST

/* Keys are made of names: two names may want the same one. */
START_TEST(refuses_an_issuer_whose_key_is_another_ones)
{
	char *before, *text, *after;

	issuer_write("/o.p", NATIVE);
	before = home_read();
	issuer_of("/o_p", issuer_address);
	text = issuer_log_in(7);
	after = home_read();
	text_expect(text, "/o.p");
	ck_assert_str_eq(before, after);
	sandbox_expect("");
	free(before);
	free(after);
	free(text);
}
END_TEST

/* IDT-07: where the host is another than the issuer's, it is remembered, and
 * another yet is refused. */
START_TEST(the_token_endpoint_may_lie_elsewhere_but_not_move)
{
	struct pty_result result;
	char *before, *after, *fault;

	ck_assert_int_ge(
		asprintf(&fault,
	                 "{'path': '/op/.well-known/openid-configuration',"
	                 " 'kind': 'merge', 'value': {'token_endpoint':"
	                 " 'http://localhost:%u/op/token'}}",
	                 sandbox_port),
		0);
	issuer_write(NULL, NATIVE);
	sandbox_fault(fault);
	sandbox_set("{'op_token_lifetime': 100}");
	issuer_works();
	issuer_expect_keys("domain issuer provider client_id access_token "
	                   "endpoint_host expiresin refresh_token scopes "
	                   "subject user_email");
	sandbox_set("{'op_token_lifetime': 3600}");
	result = astro_ends(0, NULL, "auth", "token", "--min-valid", "600",
	                    NULL);
	pty_result_clear(&result);
	memcpy(strstr(fault, "localhost"), "127.0.0.2", 9);
	sandbox_fault(fault);
	sandbox_forget();
	before = home_read();
	result = astro_ends(7, NULL, "auth", "token", "--min-valid", "7200",
	                    NULL);
	text_expect(result.err, "is at another host than at the login: "
	                        "127.0.0.2:");
	ck_assert_str_eq(result.out, "");
	ck_assert_uint_eq(issuer_count("POST", "/op/token"), 0);
	after = home_read();
	ck_assert_str_eq(before, after);
	pty_result_clear(&result);
	free(before);
	free(after);
	free(fault);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("what an OpenID provider says of itself");
	TCase *server = issuer_case(suite, "server");

	tcase_add_test(server, pushes_nothing_where_that_is_not_offered);
	tcase_add_test(server,
	               goes_on_without_pushing_where_it_fails_and_need_not);
	tcase_add_test(server, an_answer_needs_no_iss_that_was_not_announced);
	tcase_add_test(server,
	               an_issuer_with_a_slash_too_many_is_told_the_right_one);
	tcase_add_test(server, an_issuer_may_end_in_a_slash);
	tcase_add_test(server, finds_the_metadata_in_the_form_of_oauth);
	tcase_add_test(server, refuses_an_issuer_whose_key_is_another_ones);
	tcase_add_test(server,
	               the_token_endpoint_may_lie_elsewhere_but_not_move);

	return e2e_main(suite);
}
