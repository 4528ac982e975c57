/* SPDX-License-Identifier: Apache-2.0 */
/* A client that has a secret with an OpenID provider, and a store that keeps
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "issuer.h"
#include "places.h"

/* Encoded wherever it is sent (RFC 6749, 2.3.1). */
#define SECRET "a+b c:d%/\xc3\xa9&="
/* The context of that client, with STORE as its `store`. */
static void begin(const char *store)
{
	char *lines;

	issuer_of(NULL, issuer_address);
	env_browser("jane@example.com");
	sandbox_set("{'op_token_lifetime': 400}");
	ck_assert_int_ge(asprintf(&lines,
	                          "client_id: sandbox:odd client\n"
	                          "client_secret: %s\n"
	                          "store: %s\n",
	                          SECRET, store),
	                 0);
	issuer_write(NULL, lines);
	free(lines);
}

static void run(int code, const char *group, const char *name,
                const char *operand, const char *store)
{
	struct pty_result result =
		astro_ends(code, NULL, group, name, operand, store, NULL);

	pty_result_clear(&result);
}

/* The token endpoint was asked once, by a client that knows its secret. */
static void expect_proven(void)
{
	char *header = issuer_header("/op/token", "authorization");

	text_expect(header, "Basic ");
	ck_assert_uint_eq(issuer_count("POST", "/op/token"), 1);
	sandbox_forget();
	free(header);
}

static void expect_refreshed(void)
{
	static int lifetime = 1000;
	struct pty_result result;
	char settings[64], wish[16];

	lifetime *= 2;
	(void)snprintf(settings, sizeof(settings), "{'op_token_lifetime': %d}",
	               lifetime);
	(void)snprintf(wish, sizeof(wish), "%d", lifetime * 3 / 4);
	sandbox_set(settings);
	sandbox_forget();
	result = astro_ends(0, NULL, "auth", "token", "-d", issuer_address,
	                    "--min-valid", wish, NULL);
	place_expect_no_file_with(SECRET);
	pty_result_clear(&result);
	expect_proven();
}

START_TEST(the_secret_is_kept_with_the_tokens)
{
	const char *store = places[_i];

	place_open(store);
	begin(store);
	issuer_works();
	expect_proven();
	issuer_expect_keys("domain issuer provider client_id store expiresin "
	                   "scopes subject user_email");
	place_expect_no_file_with(SECRET);
	expect_refreshed();
	/* Whoever logs in anew does not have to write it down again. */
	issuer_works();
	expect_proven();
	place_expect(store, 1);
}
END_TEST

/* It was given to the client, and not by the login. */
START_TEST(the_secret_outlives_a_login_but_not_its_context)
{
	const char *store = places[_i];

	place_open(store);
	begin(store);
	issuer_works();
	run(0, "logout", issuer_address, NULL, NULL);
	run(4, "auth", "token", "-d", issuer_address);
	run(4, "context", "move-store", issuer_address, "file");
	place_expect(store, 1);
	sandbox_forget();
	issuer_works();
	expect_proven();
	run(0, "logout", issuer_address, NULL, NULL);
	run(0, "logout", issuer_address, NULL, NULL);
	place_expect(store, 1);
	run(0, "context", "delete", issuer_address, "-f");
	place_expect(store, 0);
}
END_TEST

START_TEST(the_secret_moves_with_the_login)
{
	char *kept;
	int i;

	for (i = 0; i < PLACES; i++)
		place_open(places[i]);
	begin("file");
	issuer_works();
	for (i = 0; i < PLACES; i++) {
		run(0, "context", "move-store", issuer_address, places[i]);
		expect_refreshed();
	}
	run(0, "context", "move-store", issuer_address, "file");
	kept = home_value("client_secret");
	ck_assert_str_eq(kept, SECRET);
	free(kept);
	for (i = 0; i < PLACES; i++)
		place_expect(places[i], 0);
}
END_TEST

/* A new one, after the old one ran out. */
START_TEST(a_secret_in_the_file_goes_before_the_one_in_the_store)
{
	char *text, *changed;

	place_open("session");
	begin("session");
	issuer_works();
	text = home_read();
	ck_assert_int_ge(
		asprintf(&changed, "%s    client_secret: another\n", text), 0);
	home_write(changed);
	text_expect(text, "user_email: jane@example.com\n");
	sandbox_set("{'op_pushed': false}");
	free(issuer_log_in(4));
	free(changed);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("the client's secret in a store");
	TCase *client = place_case(suite, "client");

	tcase_add_loop_test(client, the_secret_is_kept_with_the_tokens, 0,
	                    PLACES);
	tcase_add_loop_test(client,
	                    the_secret_outlives_a_login_but_not_its_context, 0,
	                    PLACES);
	tcase_add_test(client, the_secret_moves_with_the_login);
	tcase_add_test(client,
	               a_secret_in_the_file_goes_before_the_one_in_the_store);
	return e2e_main(suite);
}
