/* SPDX-License-Identifier: Apache-2.0 */
/* Who we are to an OpenID provider: a client that is named, remembered, proven
 * or registered, and what it asks for. */
#include <stdlib.h>
#include <string.h>

#include "issuer.h"

#define NATIVE "client_id: sandbox-native\n"
#define CONFIDENTIAL                                                           \
	"client_id: sandbox-confidential\n"                                    \
	"client_secret: sandbox-client-secret\n"
#define POSTING                                                                \
	"client_id: sandbox-post\n"                                            \
	"client_secret: sandbox-client-secret\n"                               \
	"client_auth_method: client_secret_post\n"

START_TEST(client_and_scopes_of_the_first_login_are_remembered)
{
	struct pty_result result =
		astro_ends(0, NULL, "login", issuer_address, "--client-id",
	                   "sandbox-native", "--scopes", "openid email", NULL);
	char *asked;

	pty_result_clear(&result);
	issuer_expect_keys("access_token client_id domain expiresin issuer "
	                   "provider scopes subject user_email");
	sandbox_forget();
	issuer_works();
	asked = issuer_asked("/op/par");
	text_expect(asked, "client_id=sandbox-native");
	text_expect(asked, "scope=openid+email");
	text_refuse(asked, "prompt=consent");
	free(asked);
}
END_TEST

/* audience, resource and parameters of the context. */
START_TEST(asks_for_what_the_context_asks_for)
{
	char *asked;

	issuer_write(NULL,
	             NATIVE "audience: https://data.example.com\n"
	                    "resource: https://data.example.com/api\n"
	                    "parameters: acr_values=high&ui_locales=de\n"
	                    "redirect_uri: http://localhost:0/callback\n");
	issuer_works();
	asked = issuer_asked("/op/par");
	text_expect(asked, "audience=https%3A%2F%2Fdata.example.com&");
	text_expect(asked, "resource=https%3A%2F%2Fdata.example.com%2Fapi");
	text_expect(asked, "acr_values=high");
	text_expect(asked, "ui_locales=de");
	text_expect(asked, "redirect_uri=http%3A%2F%2Flocalhost%3A");
	free(asked);
}
END_TEST

/* The grant's own parameters are nobody's to set, and nonsense is said. */
START_TEST(refuses_parameters_that_are_the_grants_own)
{
	issuer_write(NULL, NATIVE "parameters: code_challenge_method=plain\n");
	issuer_fails(6, "may not set the parameter code_challenge_method");
	issuer_write(NULL, NATIVE "parameters: nonsense\n");
	issuer_fails(5, "the context's parameters make no sense");
}
END_TEST

static const struct {
	const char *lines;
	bool posts;
} secrets[] = {{CONFIDENTIAL, false}, {POSTING, true}};

START_TEST(a_client_with_a_secret_proves_itself)
{
	char *header, *body, *kept;

	issuer_write(NULL, secrets[_i].lines);
	issuer_works();
	header = issuer_header("/op/token", "authorization");
	body = issuer_asked("/op/token");
	if (secrets[_i].posts) {
		ck_assert_str_eq(header, "");
		text_expect(body, "client_secret=sandbox-client-secret");
	} else {
		text_expect(header, "Basic ");
		text_refuse(body, "client_secret");
	}
	kept = home_value("client_secret");
	ck_assert_str_eq(kept, "sandbox-client-secret");
	free(kept);
	free(header);
	free(body);
}
END_TEST

START_TEST(says_that_the_secret_is_wrong)
{
	issuer_write(NULL, "client_id: sandbox-confidential\n"
	                   "client_secret: another-secret\n");
	sandbox_set("{'op_pushed': false}");
	issuer_fails(4, "the server refused: invalid_client");
	issuer_write(NULL, CONFIDENTIAL "client_auth_method: "
	                                "private_key_jwt\n");
	issuer_fails(5, "client_auth_method is not supported: private_key_jwt");
}
END_TEST

START_TEST(registers_where_it_has_no_client_and_the_provider_offers_it)
{
	char *text, *id, *asked;

	sandbox_set("{'op_registration': true}");
	text = issuer_log_in(0);
	id = home_value("client_id");
	text_expect(text, "Registered with http://127.0.0.1:");
	text_expect(text, id);
	asked = issuer_asked("/op/register");
	text_expect(asked, "\"token_endpoint_auth_method\":\"none\"");
	text_expect(asked, "device_code");
	issuer_expect_keys("access_token client_id domain expiresin issuer "
	                   "provider refresh_token scopes subject user_email");
	/* Once: the next login is that client's. */
	issuer_works();
	ck_assert_uint_eq(issuer_count("POST", "/op/register"), 1);
	free(asked);
	free(text);
	free(id);
}
END_TEST

/* Asked for none, the server may still give a secret (RFC 7591, 3.2.1). */
START_TEST(keeps_the_secret_of_a_registration)
{
	sandbox_set("{'op_registration': true, 'op_pushed': false}");
	sandbox_fault("{'path': '/op/register', 'kind': 'body', 'status': 201,"
	              " 'value': {'client_id': 'sandbox-post',"
	              " 'client_secret': 'sandbox-client-secret',"
	              " 'token_endpoint_auth_method': 'client_secret_post'}}");
	issuer_works();
	issuer_expect_keys("access_token client_auth_method client_id "
	                   "client_secret domain expiresin issuer provider "
	                   "refresh_token scopes subject user_email");
	issuer_works();
	ck_assert_uint_eq(issuer_count("POST", "/op/register"), 1);
}
END_TEST

START_TEST(says_how_to_name_a_client_where_there_is_no_registration)
{
	issuer_fails(5, "needs a client_id, and offers no registration");
	issuer_fails(5, "--client-id");
	sandbox_expect("GET /op/.well-known/openid-configuration\n"
	               "GET /op/.well-known/openid-configuration\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("the client of an OpenID provider");
	TCase *client = issuer_case(suite, "client");

	tcase_add_test(client,
	               client_and_scopes_of_the_first_login_are_remembered);
	tcase_add_test(client, asks_for_what_the_context_asks_for);
	tcase_add_test(client, refuses_parameters_that_are_the_grants_own);
	tcase_add_loop_test(client, a_client_with_a_secret_proves_itself, 0, 2);
	tcase_add_test(client, says_that_the_secret_is_wrong);
	tcase_add_test(
		client,
		registers_where_it_has_no_client_and_the_provider_offers_it);
	tcase_add_test(client, keeps_the_secret_of_a_registration);
	tcase_add_test(
		client,
		says_how_to_name_a_client_where_there_is_no_registration);

	return e2e_main(suite);
}
