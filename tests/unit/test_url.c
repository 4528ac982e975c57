/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: encoded, taken apart, and their queries read. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "error.h"
#include "http.h"
#include "text.h"
#include "url.h"

START_TEST(encodes_all_but_unreserved_characters)
{
	char out[64];
	struct astro_error err = {0};

	ck_assert_int_eq(
		url_encode_to("aZ9-._~ /?&=+%\xc3\xa9", out, sizeof(out), &err),
		ASTRO_OK);
	ck_assert_str_eq(out, "aZ9-._~%20%2F%3F%26%3D%2B%25%C3%A9");
}
END_TEST

START_TEST(says_when_there_is_no_room_for_an_encoded_text)
{
	char out[4] = "old";
	struct astro_error err = {0};

	ck_assert_int_eq(url_encode_to("abcd", out, sizeof(out), &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "a part of an address of more than 3 bytes");
	ck_assert_str_eq(out, "");
	ck_assert_int_eq(url_encode_to(NULL, out, sizeof(out), &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_int_eq(url_encode_to("a", out, 0, &err), ASTRO_BAD_PLUGIN);
	ck_assert_int_eq(url_encode_to("abc", out, sizeof(out), &err),
	                 ASTRO_OK);
	ck_assert_str_eq(out, "abc");
}
END_TEST

static const struct {
	const char *before, *after;
} queries[] = {
	{"https://h/p", "https://h/p?n%20a=v%26%20b"},
	{"https://h/p?", "https://h/p?n%20a=v%26%20b"},
	{"https://h/p?a=b", "https://h/p?a=b&n%20a=v%26%20b"},
	{"https://h/p?a=b&", "https://h/p?a=b&n%20a=v%26%20b"},
};

START_TEST(adds_to_a_query_with_the_right_mark)
{
	struct text url;
	struct astro_error err = {0};

	text_init(&url, 1000);
	ck_assert(text_add_string(&url, queries[_i].before));

	ck_assert_int_eq(url_add_query(&url, "n a", "v& b", &err), ASTRO_OK);
	ck_assert_str_eq(url.bytes, queries[_i].after);
	text_clear(&url);
}
END_TEST

static const struct {
	const char *query, *value;
	int count;
} answers[] = {
	{"code=abc", "abc", 1},
	{"state=x&code=abc&iss=y", "abc", 1},
	{"code=a%20b+c%2Bd", "a b c+d", 1},
	{"code", "", 1},
	{"code=", "", 1},
	{"code=a=b", "a=b", 1},
	{"c%6Fde=a", "a", 1},
	{"code=a&code=b", "a", 2},
	{"code=a&c%6fde=b", "a", 2},
	{"xcode=a&codex=b&Code=c", "", 0},
	{"", "", 0},
	{NULL, "", 0},
	{"&&&", "", 0},
	{"code=%", "", -1},
	{"code=%4", "", -1},
	{"code=%zz", "", -1},
	{"code=a%00b", "", -1},
	{"code=a%0ab", "", -1},
	{"code=\xc3\xa9", "", -1},
	{"code=a%7f", "", -1},
	{"code=0123456789012345", "", -1},
	{"code=012345678901234", "012345678901234", 1},
};

START_TEST(reads_a_value_of_a_query)
{
	char out[16];

	ck_assert_int_eq(query_get(answers[_i].query, "code", out, sizeof(out)),
	                 answers[_i].count);
	ck_assert_str_eq(out, answers[_i].value);
}
END_TEST

static const struct {
	const char *url, *scheme, *host, *path, *query;
	unsigned port;
} addresses[] = {
	{"https://api.astronomer.io/v1?x=1", "https", "api.astronomer.io",
         "/v1", "x=1", 443},
	{"http://localhost:12345/callback", "http", "localhost", "/callback",
         NULL, 12345},
	{"HTTP://127.1", "http", "127.0.0.1", "/", NULL, 80},
	{"http://[::1]:0/", "http", "[::1]", "/", NULL, 0},
};

START_TEST(takes_an_address_apart)
{
	struct url_parts parts;
	struct astro_error err = {0};

	ck_assert_int_eq(url_parts_get(addresses[_i].url, &parts, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(parts.scheme, addresses[_i].scheme);
	ck_assert_str_eq(parts.host, addresses[_i].host);
	ck_assert_str_eq(parts.path, addresses[_i].path);
	ck_assert_pstr_eq(parts.query, addresses[_i].query);
	ck_assert_uint_eq(parts.port, addresses[_i].port);
	url_parts_clear(&parts);
}
END_TEST

static const struct {
	const char *url, *message;
} refused[] = {
	{"file:///etc/passwd", "\"file:///etc/passwd\" is no https address"},
	{"ftp://h/", "\"ftp://h/\" is no https address"},
	{"api.astronomer.io", "\"api.astronomer.io\" is no https address"},
	{"", "\"\" is no https address"},
	{"https://", "\"https://\" is no https address"},
	{"https://a b/", "\"https://a b/\" is no https address"},
	{"https://h/\r\nX: y", "\"https://h/\\r\\nX: y\" is no https address"},
	{"https://h:99999/", "\"https://h:99999/\" is no https address"},
	{"https://user:word@h/", "an address with a user name is refused"},
	{"javascript:alert(1)", "\"javascript:alert(1)\" is no https address"},
};

START_TEST(refuses_what_is_no_http_address)
{
	struct url_parts parts;
	struct astro_error err = {0};

	ck_assert_int_eq(url_parts_get(refused[_i].url, &parts, &err),
	                 ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, refused[_i].message);
	ck_assert_ptr_null(parts.host);
	url_parts_clear(&parts);
}
END_TEST

static const struct {
	const char *url, *host;
} hosts[] = {
	{"https://api.astronomer.io/v1", "api.astronomer.io"},
	{"https://api.astronomer.io:443/v1", "api.astronomer.io"},
	{"http://localhost:8888", "localhost:8888"},
	{"http://[::1]:8888/", "[::1]:8888"},
	{"file:///etc/passwd", "no host"},
	{"nonsense", "no host"},
};

START_TEST(names_the_host_of_an_address)
{
	char host[100];

	address_host(hosts[_i].url, host, sizeof(host));

	ck_assert_str_eq(host, hosts[_i].host);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct {
	const char *query, *text;
} descriptions[] = {
	{"error=a&why=not%20you%1b[2J", "not you\x1b[2J"},
	{"why=a+b&why=c", "a b"},
	{"why=%00%zz%4", ""},
	{"why=J%C3%BCrgen", "J\xc3\xbcrgen"},
	{"why", ""},
	{"other=x", ""},
	{"why=0123456789012345678901234567890123456789", "0123456789012345678"},
};

START_TEST(reads_what_is_meant_for_people_whole_or_cut)
{
	char out[20];

	query_text(descriptions[_i].query, "why", out, sizeof(out));

	ck_assert_str_eq(out, descriptions[_i].text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("url");
	TCase *tcase = tcase_create("url");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, encodes_all_but_unreserved_characters);
	tcase_add_test(tcase, says_when_there_is_no_room_for_an_encoded_text);
	tcase_add_loop_test(tcase, adds_to_a_query_with_the_right_mark, 0,
	                    COUNT(queries));
	tcase_add_loop_test(tcase, reads_a_value_of_a_query, 0, COUNT(answers));
	tcase_add_loop_test(tcase, reads_what_is_meant_for_people_whole_or_cut,
	                    0, COUNT(descriptions));
	tcase_add_loop_test(tcase, takes_an_address_apart, 0, COUNT(addresses));
	tcase_add_loop_test(tcase, refuses_what_is_no_http_address, 0,
	                    COUNT(refused));
	tcase_add_loop_test(tcase, names_the_host_of_an_address, 0,
	                    COUNT(hosts));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
