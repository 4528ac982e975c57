/* SPDX-License-Identifier: Apache-2.0 */
/* Which host gets which context's token. */
#include "handoff.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"
#include "error.h"
#include "secret.h"

static struct astro_error err;
static struct files files;

static void set_up(void)
{
	ck_assert_int_eq(unsetenv("ASTRO_DOMAIN"), 0);
}

static void tear_down(void)
{
	files_clear(&files);
}

static const struct {
	const char *text;
	const char *host; /* NULL: it is none */
} hosts[] = {
	{"a", "a"},
	{"git.example.com", "git.example.com"},
	{"GIT.Example.COM", "git.example.com"},
	{"git.example.com:8443", "git.example.com:8443"},
	{"git.example.com:443", "git.example.com:443"},
	{"xn--bcher-kva.example", "xn--bcher-kva.example"},
	{"127.0.0.1:3000", "127.0.0.1:3000"},
	{"[::1]", "[::1]"},
	{"[2001:DB8::1]:65535", "[2001:db8::1]:65535"},
	{"", NULL},
	{".", NULL},
	{"a.", NULL},
	{".a", NULL},
	{"a..b", NULL},
	{"-a.b", NULL},
	{"a-.b", NULL},
	{"a.b-", NULL},
	{"a_b", NULL},
	{"a b", NULL},
	{"a.b ", NULL},
	{"a.b\n", NULL},
	{"a.b\r", NULL},
	{"a.b\t", NULL},
	{"a.b:", NULL},
	{"a.b:0", NULL},
	{"a.b:080", NULL},
	{"a.b:65536", NULL},
	{"a.b:123456", NULL},
	{"a.b:80:80", NULL},
	{"a.b:8x", NULL},
	{":8080", NULL},
	{"a.b/", NULL},
	{"jane@a.b", NULL},
	{"a.b%0a", NULL},
	{"*.a.b", NULL},
	{"b\xc3\xbc"
         "cher.example",
         NULL},
	{"::1", NULL},
	{"[::1", NULL},
	{"[]", NULL},
	{"[::1]x", NULL},
	{"[fe80::1%25eth0]", NULL},
	{"[a.b]", NULL},
};

START_TEST(takes_a_host_and_nothing_else_for_one)
{
	char out[HOST_SIZE];
	bool is_host = host_read(hosts[_i].text, strlen(hosts[_i].text), out);

	ck_assert_int_eq(is_host, hosts[_i].host != NULL);
	ck_assert_str_eq(out, hosts[_i].host == NULL ? "" : hosts[_i].host);
}
END_TEST

static const struct {
	const char *url;
	const char *host;
} urls[] = {
	{"https://a.b", "a.b"},
	{"HTTPS://A.B/", "a.b"},
	{"https://a.b:6443/k8s?x#y", "a.b:6443"},
	{"https://a.b?x", "a.b"},
	{"https://a.b#@evil", "a.b"},
	{"http://a.b", NULL},
	{"a.b", NULL},
	{"https:/a.b", NULL},
	{"https://", NULL},
	{"https:///a.b", NULL},
	{"https://a.b@evil/", NULL},
	{"https://a.b\\evil", NULL},
	{" https://a.b", NULL},
};

START_TEST(finds_the_host_of_an_https_address)
{
	char out[HOST_SIZE];

	ck_assert_int_eq(host_of_url(urls[_i].url, out), urls[_i].host != NULL);
	ck_assert_str_eq(out, urls[_i].host == NULL ? "" : urls[_i].host);
}
END_TEST

/* {"exp":1800000000} */
#define JWT "e30.eyJleHAiOjE4MDAwMDAwMDB9.x"

static const char contexts[] =
	"context: corp.example.com\n"
	"contexts:\n"
	"  astronomer_io:\n"
	"    domain: astronomer.io\n"
	"    expiresin: 2096-11-25T16:16:57Z\n"
	"    hosts: [images.astronomer.cloud, \"Git.Example.com:8443\"]\n"
	"    token: Bearer " JWT "\n"
	"  corp_example_com:\n"
	"    domain: corp.example.com\n"
	"    hosts: registry.corp.example.com, shared.example.com\n"
	"      git.corp.example.com\n"
	"    token: corp-token\n"
	"  houston:\n"
	"    domain: houston\n"
	"    token: houston-token\n"
	"  login_example_com_realms_data:\n"
	"    domain: login.example.com/realms/data\n"
	"    hosts:\n"
	"    - shared.example.com\n"
	"    - both.example.com\n"
	"    - '*.example.com'\n"
	"    - https://url.example.com\n"
	"    - {a: mapping}\n"
	"    provider: oidc\n"
	"    access_token: data-token\n"
	"  other_example_com:\n"
	"    domain: other.example.com\n"
	"    hosts: both.example.com\n";

static void open_contexts(void)
{
	files.config = parse_text(contexts);
}

static const struct {
	enum host_own own;
	const char *host;
	const char *context; /* NULL: nobody's */
} picks[] = {
	{HOST_DOMAIN, "corp.example.com", "corp.example.com"},
	{HOST_DOMAIN, "git.corp.example.com", "corp.example.com"},
	{HOST_DOMAIN, "astronomer.io", "astronomer.io"},
	{HOST_DOMAIN, "git.example.com:8443", "astronomer.io"},
	{HOST_DOMAIN, "login.example.com", "login.example.com/realms/data"},
	/* Two name it, and one is the current one. */
	{HOST_DOMAIN, "shared.example.com", "corp.example.com"},
	/* CVE-2024-53858: no part of a name, no other port. */
	{HOST_DOMAIN, "git.example.com", NULL},
	{HOST_DOMAIN, "git.example.com:443", NULL},
	{HOST_DOMAIN, "corp.example.com:443", NULL},
	{HOST_DOMAIN, "x.corp.example.com", NULL},
	{HOST_DOMAIN, "example.com", NULL},
	{HOST_DOMAIN, "corp.example.com.evil.example", NULL},
	{HOST_DOMAIN, "evilcorp.example.com", NULL},
	{HOST_DOMAIN, "x.example.com", NULL},
	{HOST_DOMAIN, "url.example.com", NULL},
	{HOST_DOMAIN, "a", NULL},
	{HOST_REGISTRY, "registry.corp.example.com", "corp.example.com"},
	{HOST_REGISTRY, "registry.other.example.com", "other.example.com"},
	{HOST_REGISTRY, "images.astronomer.cloud", "astronomer.io"},
	/* A domain is no registry, and Astro has none of its own. */
	{HOST_REGISTRY, "corp.example.com", NULL},
	{HOST_REGISTRY, "registry.astronomer.io", NULL},
	{HOST_REGISTRY, "registry.houston", NULL},
	{HOST_REGISTRY, "registry.login.example.com", NULL},
};

START_TEST(picks_the_context_that_names_the_host_exactly)
{
	const struct context *picked;

	open_contexts();
	ck_assert_msg(handoff_pick(&files, picks[_i].own, picks[_i].host,
	                           &picked, &err) == ASTRO_OK,
	              "%s", err.message);
	if (picks[_i].context == NULL)
		ck_assert_ptr_null(picked);
	else
		ck_assert_str_eq(context_name(picked), picks[_i].context);
}
END_TEST

START_TEST(picks_none_of_two_that_name_the_host)
{
	const struct context *picked;

	open_contexts();
	ck_assert_int_eq(handoff_pick(&files, HOST_DOMAIN, "both.example.com",
	                              &picked, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message,
	                 "both.example.com: both login.example.com/realms/data "
	                 "and other.example.com name this host");
	ck_assert_ptr_null(picked);
}
END_TEST

START_TEST(lists_the_own_host_once_and_first)
{
	struct host_list list;
	char host[HOST_SIZE];

	open_contexts();
	host_list(config_find(files.config, "corp.example.com"), HOST_REGISTRY,
	          &list);
	ck_assert(host_list_next(&list, host));
	ck_assert_str_eq(host, "registry.corp.example.com");
	ck_assert(host_list_next(&list, host));
	ck_assert_str_eq(host, "shared.example.com");
	ck_assert(host_list_next(&list, host));
	ck_assert_str_eq(host, "git.corp.example.com");
	ck_assert(!host_list_next(&list, host));
}
END_TEST

/* ---- the token: access_get() is the test's own ---- */

static struct access_wish wished;
static const char *given;
static int64_t given_expiry;

int access_get(struct files *from, const struct access_wish *wish,
               struct access *out, struct astro_error *why)
{
	ck_assert_ptr_eq(from, &files);
	memset(out, 0, sizeof(*out));
	wished = *wish;
	if (given == NULL)
		return error_set(why, ASTRO_EXPIRED, NULL, "not logged in");
	out->expiry = given_expiry;
	(void)snprintf(out->domain, sizeof(out->domain), "a.b");
	return secret_new(given, strlen(given), &out->token, why);
}

void access_clear(struct access *access)
{
	secret_free(access->token);
	memset(access, 0, sizeof(*access));
}

static int hand_out(const char *context, struct access *access)
{
	return handoff_access(
		&files,
		context == NULL ? NULL : config_find(files.config, context),
		access, &err);
}

static const struct {
	const char *token;
	int64_t expiry, end;
} ends[] = {
	{JWT, INT64_MAX, 1800000000},     {JWT, 1900000000, 1800000000},
	{JWT, 1750000000, 1750000000},    {"opaque", 1750000000, 1750000000},
	{"opaque", INT64_MAX, INT64_MAX},
};

START_TEST(never_says_that_a_token_lasts_longer_than_it_does)
{
	struct access access;

	open_contexts();
	given = ends[_i].token;
	given_expiry = ends[_i].expiry;
	ck_assert_int_eq(hand_out("astronomer.io", &access), ASTRO_OK);
	ck_assert(access.expiry == ends[_i].end);
	ck_assert_str_eq(secret_bytes(access.token, NULL), given);
	access_clear(&access);
}
END_TEST

/* Only there does access_get() look at ASTRO_API_TOKEN. */
START_TEST(the_environment_stands_in_for_the_current_context_alone)
{
	struct access access;

	open_contexts();
	given = "token";
	ck_assert_int_eq(hand_out("astronomer.io", &access), ASTRO_OK);
	ck_assert_ptr_eq(wished.context,
	                 config_find(files.config, "astronomer.io"));
	access_clear(&access);
	ck_assert_int_eq(hand_out("corp.example.com", &access), ASTRO_OK);
	ck_assert_ptr_null(wished.context);
	ck_assert_ptr_null(wished.typed);
	access_clear(&access);
	ck_assert_int_eq(hand_out(NULL, &access), ASTRO_OK);
	ck_assert_ptr_null(wished.context);
	access_clear(&access);
}
END_TEST

/* OUT-03, from whichever store. */
static const char *const tampered[] = {
	"", "a\nhost=evil", "a\rb", "a b", "a\tb", "a\x7f", "\xc3\xb6",
};

START_TEST(gives_no_token_with_characters_that_no_token_has)
{
	struct access access;

	open_contexts();
	given = tampered[_i];
	ck_assert_int_eq(hand_out("astronomer.io", &access), ASTRO_STORE);
	ck_assert_str_eq(err.message, "the token for a.b has characters that "
	                              "no token has");
	access_clear(&access);
}
END_TEST

START_TEST(passes_on_why_there_is_no_token)
{
	struct access access;

	open_contexts();
	given = NULL;
	ck_assert_int_eq(hand_out("astronomer.io", &access), ASTRO_EXPIRED);
	ck_assert_str_eq(err.message, "not logged in");
	ck_assert_ptr_null(access.token);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, takes_a_host_and_nothing_else_for_one, 0,
	                    sizeof(hosts) / sizeof(hosts[0]));
	tcase_add_loop_test(tcase, finds_the_host_of_an_https_address, 0,
	                    sizeof(urls) / sizeof(urls[0]));
	tcase_add_loop_test(tcase,
	                    picks_the_context_that_names_the_host_exactly, 0,
	                    sizeof(picks) / sizeof(picks[0]));
	tcase_add_test(tcase, picks_none_of_two_that_name_the_host);
	tcase_add_test(tcase, lists_the_own_host_once_and_first);
	tcase_add_loop_test(tcase,
	                    never_says_that_a_token_lasts_longer_than_it_does,
	                    0, sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(tcase,
	               the_environment_stands_in_for_the_current_context_alone);
	tcase_add_loop_test(tcase,
	                    gives_no_token_with_characters_that_no_token_has, 0,
	                    sizeof(tampered) / sizeof(tampered[0]));
	tcase_add_test(tcase, passes_on_why_there_is_no_token);
}

int main(void)
{
	return run_case("handoff", add_tests);
}
