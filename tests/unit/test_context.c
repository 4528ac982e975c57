/* SPDX-License-Identifier: Apache-2.0 */
/* config.c and context.c: what the file means. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "config_home.h"
#include "domain.h"
#include "secret.h"
#include "text.h"

static void expect_secret(const struct context *context, const char *key,
                          const char *expected)
{
	struct astro_secret *secret;

	ck_assert_int_eq(context_secret(context, key, &secret, NULL), ASTRO_OK);
	if (expected == NULL)
		ck_assert_ptr_null(secret);
	else
		ck_assert_str_eq(secret_bytes(secret, NULL), expected);
	secret_free(secret);
}

static void expect_token(const struct context *context, const char *expected)
{
	struct astro_secret *secret;

	ck_assert_int_eq(context_access_token(context, &secret, NULL),
	                 ASTRO_OK);
	if (expected == NULL)
		ck_assert_ptr_null(secret);
	else
		ck_assert_str_eq(secret_bytes(secret, NULL), expected);
	secret_free(secret);
}

START_TEST(reads_the_go_clis_file)
{
	const struct context *context, *current;
	struct config *config;
	size_t len;
	char *bytes = read_whole(TEST_DATA "/go-config.yaml", &len);

	config = parse_text(bytes);
	ck_assert_uint_eq(config_count(config), 2);
	ck_assert_str_eq(context_name(config_at(config, 0)), "astronomer.io");
	ck_assert_str_eq(context_name(config_at(config, 1)),
	                 "mycompany.example.com");

	context = config_find(config, "astronomer.io");
	ck_assert_str_eq(context_key(context), "astronomer_io");
	ck_assert_str_eq(context_provider(context), "astro");
	ck_assert_str_eq(context_value(context, "user_email"),
	                 "jane@example.com");
	ck_assert_int_eq(context_expiry(context), 1795623417);
	expect_token(context, "AAA.BBB.CCC");
	expect_secret(context, "token", "Bearer AAA.BBB.CCC");
	expect_secret(context, "refreshtoken", "v1.refresh");
	expect_secret(context, "id_token", NULL);
	ck_assert_ptr_null(context_value(context, "token"));
	ck_assert_ptr_null(context_value(context, "domain"));

	ck_assert_int_eq(config_current(config, &current, NULL), ASTRO_OK);
	ck_assert_str_eq(context_name(current), "mycompany.example.com");
	ck_assert_str_eq(context_provider(current), "software");
	ck_assert_int_eq(context_expiry(current), INT64_MAX);
	expect_token(current, "ey.software.jwt");

	ck_assert_str_eq(config_value(config, "local.core"),
	                 "http://localhost:8888");
	ck_assert_str_eq(config_value(config, "cloud.api.port"), "443");
	ck_assert_ptr_null(config_value(config, "local.houston"));
	ck_assert_ptr_null(config_value(config, "local"));
	ck_assert_ptr_null(config_value(config, "context.x"));
	config_free(config);
	free(bytes);
}
END_TEST

static const struct {
	const char *text, *message;
} wrong[] = {
	{"contexts: []\n", "config.yaml:1:1: contexts: expected a mapping, "
                           "found a sequence"},
	{"a: b\n\ncontexts: 7\n", "config.yaml:3:1: contexts: expected a "
                                  "mapping, found a plain value"},
	{"context: {}\n", "config.yaml:1:1: context: expected a plain value, "
                          "found a mapping"},
	{"- a\n", "config.yaml:1:1: expected a mapping, found a sequence"},
	{"just text\n",
         "config.yaml:1:1: expected a mapping, found a plain value"},
	{"contexts:\n  a_io:\n    token: [a]\n",
         "config.yaml:3:5: token: expected a plain value, found a sequence"},
	{"contexts:\n  a_io: x\n",
         "config.yaml:2:3: a_io: expected a mapping, found a plain value"},
	{"contexts:\n  a_io:\n    token: x\n    Token: y\n",
         "config.yaml:4:5: Token: this key is there twice"},
	{"contexts:\n  a_io: {}\n  A_io: {}\n",
         "config.yaml:3:3: A_io: this key is there twice"},
	{"x: &x {token: y}\ncontexts:\n  a_io:\n    <<: *x\n",
         "config.yaml:4:5: <<: merge keys are not read here"},
	{"contexts:\n  [a, b]: {}\n", "config.yaml:2:3: a key must be a word"},
	{"? {a: b}\n: c\n", "config.yaml:1:3: a key must be a word"},
};

START_TEST(says_what_is_of_the_wrong_kind)
{
	expect_refused(wrong[_i].text, strlen(wrong[_i].text),
	               wrong[_i].message);
}
END_TEST

START_TEST(takes_plain_text_as_it_stands)
{
	static const char *const tokens[] = {"0o17", "no",    "2026-01-01",
	                                     "1e5",  "1_000", "0123",
	                                     "yes",  "12345", "true"};
	size_t i;

	for (i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		struct config *config;
		char text[200];

		(void)snprintf(text, sizeof(text),
		               "contexts:\n  a_io:\n    token: %s\n",
		               tokens[i]);
		config = parse_text(text);
		expect_token(config_at(config, 0), tokens[i]);
		config_free(config);
	}
}
END_TEST

START_TEST(nothing_and_null_are_absent)
{
	static const char *const nothing[] = {
		"", "~", "null", "\"\"", "''", "Bearer", "\"Bearer \""};
	size_t i;

	for (i = 0; i < sizeof(nothing) / sizeof(*nothing); i++) {
		struct config *config;
		char text[200];

		(void)snprintf(text, sizeof(text),
		               "contexts:\n  a_io:\n    token: %s\n",
		               nothing[i]);
		config = parse_text(text);
		expect_token(config_at(config, 0), NULL);
		config_free(config);
	}
}
END_TEST

START_TEST(a_token_with_odd_characters_is_no_token)
{
	static const char *const tokens[] = {"a b", "\"a\\nb\"", "\"\\e[2J\"",
	                                     "b\xc3\xbc"};
	size_t i;

	for (i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		struct astro_secret *secret;
		struct astro_error err = {0};
		struct config *config;
		char text[200];

		(void)snprintf(text, sizeof(text),
		               "contexts:\n  a_io:\n    token: %s\n",
		               tokens[i]);
		config = parse_text(text);
		ck_assert_int_eq(context_access_token(config_at(config, 0),
		                                      &secret, &err),
		                 ASTRO_BAD_CONFIG);
		ck_assert_str_eq(err.message,
		                 "config.yaml:3:12: the token has characters "
		                 "that no token has");
		ck_assert_ptr_null(secret);
		config_free(config);
	}
}
END_TEST

static const struct {
	const char *text, *provider, *token;
} providers[] = {
	{"contexts: {astronomer_io: {token: t}}", "astro", "t"},
	{"contexts: {astronomer-dev_io: {token: t}}", "astro", "t"},
	{"contexts: {corp_io: {token: t}}", "software", "t"},
	{"contexts: {x: {domain: cloud.astronomer.io, token: t}}", "astro",
         "t"},
	{"contexts: {localhost: {token: t}}", "astro", "t"},
	{"contexts: {localhost: {token: t}}\nlocal: {platform: software}",
         "software", "t"},
	{"contexts: {localhost: {token: t}}\nlocal: {platform: cloud}", "astro",
         "t"},
	{"contexts: {localhost_me: {token: t}}", "software", "t"},
	{"contexts: {houston: {token: t}}", "software", "t"},
	{"contexts: {corp_io: {provider: oidc, token: t, access_token: a}}",
         "oidc", "a"},
	{"contexts: {corp_io: {provider: oidc, token: t}}", "oidc", NULL},
	{"contexts: {corp_io: {provider: software, access_token: a}}",
         "software", NULL},
};

START_TEST(tells_the_provider_and_where_it_keeps_its_token)
{
	struct config *config = parse_text(providers[_i].text);
	const struct context *context = config_at(config, 0);

	ck_assert_str_eq(context_provider(context), providers[_i].provider);
	expect_token(context, providers[_i].token);
	config_free(config);
}
END_TEST

static const struct {
	const char *text;
	int64_t expiry;
} expiries[] = {
	{"astronomer_io: {token: t}", 0},
	{"corp_io: {token: t}", INT64_MAX},
	/* {"exp":1795623417} */
	{"astronomer_io: {token: Bearer A.eyJleHAiOjE3OTU2MjM0MTd9.C}",
         1795623417},
	{"corp_io: {token: A.eyJleHAiOjE3OTU2MjM0MTd9.C}", 1795623417},
	{"corp_io: {provider: oidc, access_token: "
         "A.eyJleHAiOjE3OTU2MjM0MTd9.C}",
         1795623417},
	{"corp_io: {expiresin: 1, token: A.eyJleHAiOjE3OTU2MjM0MTd9.C}", 1},
	{"corp_io: {expiresin: garbage, token: t}", 0},
	{"corp_io: {expiresin: true}", 0},
	{"corp_io: {expiresin: \"\", token: t}", INT64_MAX},
	{"corp_io: {expiresin: ~}", INT64_MAX},
	{"corp_io: {expiresin: \"2026-11-25T16:16:57Z\"}", 1795623417},
	{"corp_io: {expiresin: 2026-11-25 16:16:57}", 1795623417},
	{"corp_io: {expiresin: 2026-11-25T11:16:57.044824155-05:00}",
         1795623417},
};

START_TEST(knows_when_a_token_ends)
{
	struct config *config;
	char text[200];

	(void)snprintf(text, sizeof(text), "contexts: {%s}\n",
	               expiries[_i].text);
	config = parse_text(text);
	ck_assert_int_eq(context_expiry(config_at(config, 0)),
	                 expiries[_i].expiry);
	config_free(config);
}
END_TEST

static int64_t noon(void)
{
	return 1795608000; /* 2026-11-25 12:00 UTC */
}

START_TEST(shows_the_end_to_people)
{
	char text[64];

	clock_replace(noon, NULL);
	context_expiry_text(1795623417, text, sizeof(text));
	ck_assert_str_eq(text, "until 2026-11-25 16:16 UTC");
	context_expiry_text(1795608000, text, sizeof(text));
	ck_assert_str_eq(text, "expired 2026-11-25 12:00 UTC");
	context_expiry_text(0, text, sizeof(text));
	ck_assert_str_eq(text, "expired");
	context_expiry_text(INT64_MAX, text, sizeof(text));
	ck_assert_str_eq(text, "no known end");
}
END_TEST

#define TWO                                                                    \
	"contexts:\n"                                                          \
	"  corp_example_com: {token: t}\n"                                     \
	"  login_x_com_realms_a: {domain: login.x.com/realms/a}\n"             \
	"  old_name: {domain: Cloud.Astronomer.io}\n"

static const struct {
	const char *context, *variable, *name, *current;
} currents[] = {
	{"corp.example.com", NULL, "corp.example.com", "corp.example.com"},
	{"corp_example_com", NULL, "corp.example.com", "corp.example.com"},
	{"CORP.Example.com", NULL, "corp.example.com", "corp.example.com"},
	{"https://login.x.com/realms/a", NULL, "login.x.com/realms/a",
         "login.x.com/realms/a"},
	{"login.x.com/realms/a", NULL, "login.x.com/realms/a",
         "login.x.com/realms/a"},
	{"astronomer.io", NULL, "astronomer.io", "astronomer.io"},
	{"\"\"", NULL, NULL, NULL},
	{"~", NULL, NULL, NULL},
	{"gone.io", NULL, "gone.io", NULL},
	{"gone_io", NULL, "gone.io", NULL},
	{"gone.io", "corp.example.com", "corp.example.com", "corp.example.com"},
	{"gone.io", "corp_example_com", "corp.example.com", "corp.example.com"},
	{"gone.io", "https://cloud.astronomer.io", "astronomer.io",
         "astronomer.io"},
	{"gone.io", "login.x.com/realms/a", "login.x.com/realms/a",
         "login.x.com/realms/a"},
	{"gone.io", "", "gone.io", NULL},
	{"corp.example.com", "other.io", "other.io", NULL},
};

START_TEST(finds_the_current_context_by_name_or_key)
{
	const struct context *context;
	struct astro_error err = {0};
	struct config *config;
	char text[400];
	int status;

	if (currents[_i].variable != NULL)
		(void)setenv("ASTRO_DOMAIN", currents[_i].variable, 1);
	(void)snprintf(text, sizeof(text), "context: %s\n" TWO,
	               currents[_i].context);
	config = parse_text(text);
	status = config_current(config, &context, &err);
	ck_assert_pstr_eq(config_current_name(config), currents[_i].name);
	if (currents[_i].current != NULL) {
		ck_assert_str_eq(context_name(context), currents[_i].current);
		ck_assert_int_eq(status, ASTRO_OK);
	} else {
		ck_assert_ptr_null(context);
		ck_assert_int_eq(status, currents[_i].name == NULL
		                                 ? ASTRO_OK
		                                 : ASTRO_EXPIRED);
	}
	config_free(config);
}
END_TEST

START_TEST(an_unknown_current_context_is_told_with_those_that_are_known)
{
	const struct context *context;
	struct astro_error err = {0};
	struct config *config = parse_text("context: gone.io\n" TWO);

	ck_assert_int_eq(config_current(config, &context, &err), ASTRO_EXPIRED);
	ck_assert_str_eq(err.message,
	                 "no context named gone.io; there are: astronomer.io, "
	                 "corp.example.com, login.x.com/realms/a");
	ck_assert_str_eq(err.hint, "run `astro login` for it, or `astro "
	                           "context switch` to one of these");
	config_free(config);
}
END_TEST

START_TEST(a_hostile_astro_domain_is_refused_as_an_argument_would_be)
{
	static const char *const values[] = {"evil.com/https://astronomer.io",
	                                     "a\nb", "-x", "127.0.0.1"};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const struct context *context;
		struct astro_error err = {0};
		struct config *config;

		(void)setenv("ASTRO_DOMAIN", values[i], 1);
		config = parse_text(TWO);
		ck_assert_int_eq(config_current(config, &context, &err),
		                 ASTRO_USAGE);
		ck_assert_int_eq(strncmp(err.message,
		                         "ASTRO_DOMAIN: not a host name: ", 31),
		                 0);
		ck_assert_ptr_null(config_current_name(config));
		config_free(config);
	}
}
END_TEST

START_TEST(a_key_is_never_shared_by_two_names)
{
	struct config *config = parse_text(TWO);
	struct astro_error err = {0};
	char key[DOMAIN_NAME_MAX];

	ck_assert_int_eq(config_key_for(config, "astronomer.io", key, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(key, "old_name");
	ck_assert_int_eq(config_key_for(config, "new.io", key, &err), ASTRO_OK);
	ck_assert_str_eq(key, "new_io");
	ck_assert_int_eq(config_key_for(config, "corp.example/com", key, &err),
	                 ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 "corp.example/com: its key corp_example_com is that "
	                 "of the context corp.example.com");
	config_free(config);
}
END_TEST

START_TEST(an_issuers_last_slash_may_be_left_out)
{
	struct config *config =
		parse_text("contexts: {login_x_com_: {domain: login.x.com/}}");

	ck_assert_ptr_nonnull(config_find(config, "login.x.com/"));
	ck_assert_ptr_eq(config_find(config, "login.x.com"),
	                 config_find(config, "login.x.com/"));
	ck_assert_ptr_null(config_find(config, "login.x"));
	config_free(config);
}
END_TEST

START_TEST(aliases_are_read_where_they_stand)
{
	struct config *config = parse_text(
		"x: &t tok\ny: &c {token: *t}\ncontexts:\n  a_io: *c\n");

	expect_token(config_at(config, 0), "tok");
	config_free(config);
}
END_TEST

START_TEST(there_are_up_to_10000_contexts_in_the_order_of_their_names)
{
	struct astro_error err = {0};
	struct config *config;
	struct text bytes;
	size_t i;

	text_init(&bytes, 1024 * 1024);
	(void)text_add_string(&bytes, "contexts:\n");
	for (i = 0; i < 10000; i++)
		(void)text_addf(&bytes, "  c%zu_io:\n    token: t\n", 9999 - i);
	config = parse_text(bytes.bytes);
	ck_assert_uint_eq(config_count(config), 10000);
	for (i = 1; i < 10000; i++)
		ck_assert_int_lt(strcmp(context_name(config_at(config, i - 1)),
		                        context_name(config_at(config, i))),
		                 0);
	config_free(config);
	(void)text_addf(&bytes, "  one_more:\n    token: t\n");
	ck_assert_int_eq(config_parse(bytes.bytes, bytes.len, "config.yaml",
	                              &config, &err),
	                 ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message,
	                 "config.yaml:1:1: contexts: more than 10000 of them");
	text_clear(&bytes);
}
END_TEST

START_TEST(the_example_files_are_valid)
{
	struct config *config;
	size_t len;
	char *bytes = read_whole(TEST_CONFIGS "/context.example.yaml", &len);

	config = parse_text(bytes);
	ck_assert_uint_eq(config_count(config), 3);
	ck_assert_str_eq(context_provider(config_at(config, 2)), "oidc");
	ck_assert_str_eq(context_name(config_at(config, 2)),
	                 "login.example.com/realms/data");
	config_free(config);
	free(bytes);

	bytes = read_whole(TEST_CONFIGS "/sandbox.yaml", &len);
	config = parse_text(bytes);
	ck_assert_uint_eq(config_count(config), 2);
	ck_assert_str_eq(context_provider(config_find(config, "localhost")),
	                 "astro");
	ck_assert_str_eq(context_provider(config_find(config, "houston")),
	                 "software");
	ck_assert_str_eq(config_value(config, "local.core"),
	                 "http://localhost:8888");
	ck_assert_str_eq(config_value(config, "local.houston"),
	                 "http://localhost:8888/v1");
	config_free(config);
	free(bytes);
}
END_TEST

static void set_up(void)
{
	ck_assert_int_eq(unsetenv("ASTRO_DOMAIN"), 0);
}

/* Each "|" ends a word. */
static const struct {
	const char *hosts;
	const char *words;
} lists[] = {
	{"", ""},
	{"    hosts:\n", ""},
	{"    hosts: ~\n", ""},
	{"    hosts: ''\n", ""},
	{"    hosts: a.b\n", "a.b|"},
	{"    hosts: a.b, c.d  e.f,,g.h,\n", "a.b|c.d|e.f|g.h|"},
	{"    hosts: a.b\n      c.d\n", "a.b|c.d|"},
	{"    hosts: []\n", ""},
	{"    hosts: [a.b, \"c.d\"]\n", "a.b|c.d|"},
	{"    hosts:\n    - a.b\n    - c.d, e.f\n    - ''\n    - g.h\n",
         "a.b|c.d|e.f|g.h|"},
	{"    hosts:\n    - {x: y}\n    - [a.b]\n    - c.d\n", "c.d|"},
	{"    hosts: {x: y}\n", ""},
	{"    hosts: a.b-that-is-too-long\n", "|"},
	{"    first: &x a.b\n    hosts: *x\n", "a.b|"},
	{"    first: &x [a.b]\n    hosts: *x\n", "a.b|"},
	{"    first: &x a.b\n    hosts: [*x, c.d]\n", "a.b|c.d|"},
	{"    HOSTS: a.b\n    token: secret\n", "a.b|"},
};

START_TEST(reads_a_list_of_words_in_every_spelling)
{
	char text[300], found[100] = "", word[12];
	struct context_words words;
	struct config *config;

	(void)snprintf(text, sizeof(text),
	               "contexts:\n  a_b:\n    domain: a.b\n%s"
	               "    zz: after\n",
	               lists[_i].hosts);
	config = parse_text(text);
	context_words(config_at(config, 0), "hosts", &words);
	while (context_words_next(&words, word, sizeof(word)))
		(void)snprintf(found + strlen(found),
		               sizeof(found) - strlen(found), "%s|", word);
	ck_assert_str_eq(found, lists[_i].words);
	context_words(config_at(config, 0), "token", &words);
	ck_assert(!context_words_next(&words, word, sizeof(word)));
	config_free(config);
}
END_TEST

static void tear_down(void)
{
	clock_replace(NULL, NULL);
}

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, reads_the_go_clis_file);
	tcase_add_loop_test(tcase, says_what_is_of_the_wrong_kind, 0,
	                    sizeof(wrong) / sizeof(*wrong));
	tcase_add_test(tcase, takes_plain_text_as_it_stands);
	tcase_add_test(tcase, nothing_and_null_are_absent);
	tcase_add_loop_test(tcase, reads_a_list_of_words_in_every_spelling, 0,
	                    sizeof(lists) / sizeof(*lists));
	tcase_add_test(tcase, a_token_with_odd_characters_is_no_token);
	tcase_add_loop_test(tcase,
	                    tells_the_provider_and_where_it_keeps_its_token, 0,
	                    sizeof(providers) / sizeof(*providers));
	tcase_add_loop_test(tcase, knows_when_a_token_ends, 0,
	                    sizeof(expiries) / sizeof(*expiries));
	tcase_add_test(tcase, shows_the_end_to_people);
	tcase_add_loop_test(tcase, finds_the_current_context_by_name_or_key, 0,
	                    sizeof(currents) / sizeof(*currents));
	tcase_add_test(
		tcase,
		an_unknown_current_context_is_told_with_those_that_are_known);
	tcase_add_test(
		tcase,
		a_hostile_astro_domain_is_refused_as_an_argument_would_be);
	tcase_add_test(tcase, a_key_is_never_shared_by_two_names);
	tcase_add_test(tcase, an_issuers_last_slash_may_be_left_out);
	tcase_add_test(tcase, aliases_are_read_where_they_stand);
	tcase_add_test(
		tcase,
		there_are_up_to_10000_contexts_in_the_order_of_their_names);
	tcase_add_test(tcase, the_example_files_are_valid);
}

int main(void)
{
	return run_case("context", add_tests);
}
