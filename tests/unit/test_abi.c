/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs of providers that were built for another minor version: an older one,
 * the same, a newer one.
 */
#include "abi.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As version 1.0 was released, byte for byte: these numbers never change. */
enum {
	QUESTION_1_0 = 32,
	MENU_1_0 = 48,
	REQUEST_1_0 = 80,
	SERVER_1_0 = 80,
	CLIENT_1_0 = 24,
	AUTHORIZATION_1_0 = 72,
	REFRESH_1_0 = 48,
	LATER = 64
};

static const struct astro_item items[] = {{.id = "a", .name = "A"}};
static const struct astro_question question = {.size = sizeof(question),
                                               .echo = ASTRO_ECHO_OFF,
                                               .key = "pin",
                                               .label = "PIN:",
                                               .fallback = "0000"};
static const struct astro_menu menu = {.size = sizeof(menu),
                                       .key = "region",
                                       .label = "Choose a region",
                                       .items = items,
                                       .count = 1,
                                       .current = "a"};
static const struct astro_request request = {
	.size = sizeof(request),
	.url = "https://corp.example/login",
};
static const struct astro_server server = {
	.size = sizeof(server),
	.flags = ASTRO_SERVER_NAMES_ITSELF | ASTRO_SERVER_WANTS_PUSHED |
                 ASTRO_SERVER_PUBLISHES_KEYS,
	.issuer = "https://corp.example",
	.authorization_endpoint = "https://corp.example/authorize",
	.token_endpoint = "https://corp.example/token",
	.metadata_uri = "https://corp.example/metadata",
};
static const struct astro_client client = {
	.size = sizeof(client),
	.flags = ASTRO_CLIENT_POSTS_SECRET | ASTRO_CLIENT_PROVES_POSSESSION,
	.id = "corp-cli",
};
static const struct astro_authorization authorization = {
	.size = sizeof(authorization),
	.server = &server,
	.client = &client,
	.scope = "openid",
	.redirect_uri = "http://127.0.0.1:0/callback",
};
static const struct astro_refresh refresh = {
	.size = sizeof(refresh),
	.server = &server,
	.client = &client,
	.scope = "openid",
};

/* Whatever a struct is taken into, with room to see what is beyond it. */
union taken {
	struct astro_question question;
	struct astro_menu menu;
	struct astro_server server;
	struct astro_client client;
	struct abi_authorization authorization;
	struct abi_refresh refresh;
	char bytes[512];
};

static const char *take_question(const void *given, union taken *out)
{
	return abi_question(given, &out->question);
}

static const char *take_menu(const void *given, union taken *out)
{
	return abi_menu(given, &out->menu);
}

static const char *take_request(const void *given, union taken *out)
{
	(void)out;
	return abi_request(given);
}

static const char *take_server(const void *given, union taken *out)
{
	return abi_server(given, &out->server);
}

static const char *take_client(const void *given, union taken *out)
{
	return abi_client(given, &out->client);
}

static const char *take_authorization(const void *given, union taken *out)
{
	return abi_authorization(given, &out->authorization);
}

static const char *take_refresh(const void *given, union taken *out)
{
	return abi_refresh(given, &out->refresh);
}

static const struct {
	const char *name;
	const char *(*take)(const void *given, union taken *out);
	const void *good;
	size_t size, known; /* in version 1.0, and here; 0: it is not copied */
	size_t flags;       /* where they are; 0: they are not judged here */
} structs[] = {
	{"astro_question", take_question, &question, QUESTION_1_0,
         sizeof(question), 0},
	{"astro_menu", take_menu, &menu, MENU_1_0, sizeof(menu),
         offsetof(struct astro_menu, flags)},
	{"astro_request", take_request, &request, REQUEST_1_0, 0, 0},
	{"astro_server", take_server, &server, SERVER_1_0, sizeof(server),
         offsetof(struct astro_server, flags)},
	{"astro_client", take_client, &client, CLIENT_1_0, sizeof(client),
         offsetof(struct astro_client, flags)},
	{"astro_authorization", take_authorization, &authorization,
         AUTHORIZATION_1_0, sizeof(authorization),
         offsetof(struct astro_authorization, flags)},
	{"astro_refresh", take_refresh, &refresh, REFRESH_1_0, sizeof(refresh),
         offsetof(struct astro_refresh, flags)},
};
enum { STRUCTS = sizeof(structs) / sizeof(structs[0]) };

static char given[512];
static union taken taken;

/* The good one of ROW as if it had SIZE bytes, those beyond 1.0 set. */
static const char *take(int row, uint32_t size)
{
	memset(given, 0x5A, sizeof(given));
	memcpy(given, structs[row].good, structs[row].size);
	memcpy(given, &size, sizeof(size));
	memset(&taken, 0x77, sizeof(taken));
	return structs[row].take(given, &taken);
}

START_TEST(one_of_version_1_0_is_taken_for_ever)
{
	size_t at;

	ck_assert_ptr_null(take(_i, (uint32_t)structs[_i].size));
	/* What it was too early for is nothing. */
	for (at = structs[_i].size; at < structs[_i].known; at++)
		ck_assert_int_eq(taken.bytes[at], 0);
}
END_TEST

START_TEST(a_later_one_is_taken_as_far_as_it_is_known)
{
	ck_assert_ptr_null(take(_i, (uint32_t)structs[_i].size + LATER));
	/* Its own size may be kept, or be ours; no byte more is. */
	if (structs[_i].known != 0 && structs[_i].take != take_authorization &&
	    structs[_i].take != take_refresh)
		ck_assert_int_eq(taken.bytes[structs[_i].known], 0x77);
}
END_TEST

START_TEST(one_that_was_never_released_is_refused)
{
	char expected[100];
	const char *fault = take(_i, (uint32_t)structs[_i].size - 1);

	(void)snprintf(expected, sizeof(expected), "%s.size is too small",
	               structs[_i].name);
	ck_assert_pstr_eq(fault, expected);
	ck_assert_pstr_eq(take(_i, 0), expected);
}
END_TEST

START_TEST(none_at_all_is_refused)
{
	char expected[100];

	(void)snprintf(expected, sizeof(expected), "%s is NULL",
	               structs[_i].name);
	ck_assert_pstr_eq(structs[_i].take(NULL, &taken), expected);
}
END_TEST

START_TEST(a_flag_of_later_is_refused_and_not_ignored)
{
	char expected[100];
	uint32_t flag = 1u << 30;

	if (structs[_i].flags == 0)
		return;
	(void)take(_i, (uint32_t)structs[_i].size);
	memcpy(given + structs[_i].flags, &flag, sizeof(flag));
	(void)snprintf(expected, sizeof(expected),
	               "%s.flags has one that this astro does not know",
	               structs[_i].name);
	ck_assert_pstr_eq(structs[_i].take(given, &taken), expected);
}
END_TEST

START_TEST(what_a_login_points_to_is_taken_as_well)
{
	struct astro_authorization asked = authorization;
	struct astro_server later = server;
	struct abi_authorization known;

	ck_assert_ptr_null(abi_authorization(&authorization, &known));
	ck_assert_ptr_eq(known.asked.server, &known.server);
	ck_assert_ptr_eq(known.asked.client, &known.client);
	ck_assert_str_eq(known.server.metadata_uri, server.metadata_uri);
	ck_assert_str_eq(known.client.id, client.id);
	ck_assert_str_eq(known.asked.redirect_uri, authorization.redirect_uri);

	later.size += LATER;
	asked.server = &later;
	ck_assert_ptr_null(abi_authorization(&asked, &known));
	ck_assert_uint_eq(known.server.size, sizeof(known.server));
}
END_TEST

START_TEST(says_what_is_missing)
{
	struct astro_question asked = question;
	struct astro_menu chosen = menu;
	struct astro_server where = server;
	struct astro_client who = client;
	struct astro_authorization login = authorization;
	struct astro_field fields[] = {{.name = "a", .text = "b"},
	                               {.text = "c"}};

	asked.label = NULL;
	ck_assert_pstr_eq(abi_question(&asked, &taken.question),
	                  "astro_question.label is NULL");
	asked = question;
	asked.echo = 2;
	ck_assert_pstr_eq(
		abi_question(&asked, &taken.question),
		"astro_question.echo is not one that this astro knows");
	chosen.count = 0;
	ck_assert_pstr_eq(abi_menu(&chosen, &taken.menu),
	                  "astro_menu has no items");
	where.token_endpoint = NULL;
	ck_assert_pstr_eq(abi_server(&where, &taken.server),
	                  "astro_server.token_endpoint is NULL");
	who.id = NULL;
	ck_assert_pstr_eq(abi_client(&who, &taken.client),
	                  "astro_client.id is NULL");
	login.redirect_uri = NULL;
	ck_assert_pstr_eq(abi_authorization(&login, &taken.authorization),
	                  "astro_authorization.redirect_uri is NULL");
	login = authorization;
	login.parameters = fields;
	login.parameter_count = 2;
	ck_assert_pstr_eq(abi_authorization(&login, &taken.authorization),
	                  "astro_field.name is NULL");
	ck_assert_pstr_eq(abi_fields(NULL, 1), "there are no fields to count");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("abi");
	TCase *tcase = tcase_create("abi");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, one_of_version_1_0_is_taken_for_ever, 0,
	                    STRUCTS);
	tcase_add_loop_test(tcase, a_later_one_is_taken_as_far_as_it_is_known,
	                    0, STRUCTS);
	tcase_add_loop_test(tcase, one_that_was_never_released_is_refused, 0,
	                    STRUCTS);
	tcase_add_loop_test(tcase, none_at_all_is_refused, 0, STRUCTS);
	tcase_add_loop_test(tcase, a_flag_of_later_is_refused_and_not_ignored,
	                    0, STRUCTS);
	tcase_add_test(tcase, what_a_login_points_to_is_taken_as_well);
	tcase_add_test(tcase, says_what_is_missing);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
