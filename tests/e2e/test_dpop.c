/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are bound to a key of the login's own (RFC 9449). */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVIDER "http://127.0.0.1:@/op"

static char issuer[64];

static void begin(void)
{
	(void)snprintf(issuer, sizeof(issuer), "http://127.0.0.1:%u/op",
	               sandbox_port);
	home_write("contexts:\n"
	           "    http___127_0_0_1_@_op:\n"
	           "        domain: " PROVIDER "\n"
	           "        issuer: " PROVIDER "\n"
	           "        provider: oidc\n"
	           "        client_id: sandbox-native\n"
	           "        dpop: \"true\"\n");
	env_browser("jane@example.com");
	sandbox_set("{'op_dpop_required': true}");
}

static void log_in(void)
{
	struct pty_result result = astro_ends(0, NULL, "login", issuer, NULL);

	text_expect(result.err, "as jane@example.com");
	pty_result_clear(&result);
}

START_TEST(a_login_makes_a_key_and_keeps_it_with_the_tokens)
{
	begin();
	log_in();

	home_expect("context: http://127.0.0.1:@/op\n"
	            "contexts:\n"
	            "    http___127_0_0_1_@_op:\n"
	            "        domain: " PROVIDER "\n"
	            "        issuer: " PROVIDER "\n"
	            "        provider: oidc\n"
	            "        client_id: sandbox-native\n"
	            "        dpop: \"true\"\n"
	            "        access_token: *\n"
	            "        dpop_key: \"{\\\"kty\\\":\\\"EC\\\"*}\"\n"
	            "        expiresin: *\n"
	            "        refresh_token: *\n"
	            "        scopes: openid profile email offline_access\n"
	            "        subject: auth0|sandbox-jane\n"
	            "        user_email: jane@example.com\n");
}
END_TEST

static const char *const nonces[] = {"never", "once", "each"};

START_TEST(a_server_that_wants_a_nonce_of_its_own_gets_it)
{
	char setting[64];
	struct pty_result result;

	begin();
	(void)snprintf(setting, sizeof(setting), "{'op_dpop_nonce': '%s'}",
	               nonces[_i]);
	sandbox_set(setting);
	log_in();
	/* The refresh is proven by the kept key. */
	home_expire();
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_uint_gt(strlen(result.out), 20);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_server_that_takes_no_nonce_is_asked_twice_and_no_more)
{
	char *before, *after;
	struct pty_result result;

	begin();
	sandbox_set("{'op_dpop_nonce': 'unsatisfied'}");
	before = home_read();
	sandbox_forget();

	result = astro_ends(4, NULL, "login", issuer, NULL);

	text_expect(result.err, "use_dpop_nonce");
	pty_result_clear(&result);
	after = sandbox_requests();
	text_expect(after, "POST /op/token\nPOST /op/token\n");
	text_refuse(after, "POST /op/token\nPOST /op/token\nPOST /op/token\n");
	free(after);
	after = home_read();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

START_TEST(a_token_that_is_not_bound_is_refused)
{
	struct pty_result result;

	begin();
	/* A server that takes the proof for nothing. */
	sandbox_set("{'op_dpop_required': false, 'op_dpop': false}");
	result = astro_ends(7, NULL, "login", issuer, NULL);
	text_expect(result.err,
	            "a token that is not bound to the key of this login");
	pty_result_clear(&result);
}
END_TEST

START_TEST(logging_out_erases_the_key)
{
	struct pty_result result;
	char *file;

	begin();
	log_in();
	result = astro_ends(0, NULL, "logout", NULL);
	text_expect(result.err, "key of the token");
	pty_result_clear(&result);
	file = home_read();
	text_refuse(file, "dpop_key");
	text_refuse(file, "token:");
	free(file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dpop");
	TCase *tcase = e2e_case(suite, "dpop");

	tcase_add_test(tcase, a_login_makes_a_key_and_keeps_it_with_the_tokens);
	tcase_add_loop_test(tcase,
	                    a_server_that_wants_a_nonce_of_its_own_gets_it, 0,
	                    sizeof(nonces) / sizeof(nonces[0]));
	tcase_add_test(tcase,
	               a_server_that_takes_no_nonce_is_asked_twice_and_no_more);
	tcase_add_test(tcase, a_token_that_is_not_bound_is_refused);
	tcase_add_test(tcase, logging_out_erases_the_key);
	return e2e_main(suite);
}
