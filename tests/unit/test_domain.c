/* SPDX-License-Identifier: Apache-2.0 */
/* domain.c: one name for whatever a person types. */
#include "domain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"

static const struct {
	const char *typed, *name;
	bool is_issuer, is_astro;
} accepted[] = {
	{NULL, "astronomer.io", false, true},
	{"", "astronomer.io", false, true},
	{"astronomer.io", "astronomer.io", false, true},
	{"cloud.astronomer.io", "astronomer.io", false, true},
	{"https://astronomer.io", "astronomer.io", false, true},
	{"https://cloud.astronomer.io/", "astronomer.io", false, true},
	{"HTTPS://Cloud.Astronomer.IO/", "astronomer.io", false, true},
	{"astronomer.io/", "astronomer.io", false, true},
	{"astronomer.io.", "astronomer.io", false, true},
	{"cloud.astronomer-dev.io", "astronomer-dev.io", false, true},
	{"astronomer-stage.io", "astronomer-stage.io", false, true},
	{"cloud.astronomer-perf.io", "astronomer-perf.io", false, true},
	{"pr1234.cloud.astronomer-dev.io", "pr1234.astronomer-dev.io", false,
         true},
	{"pr1234.astronomer-dev.io", "pr1234.astronomer-dev.io", false, true},
	{"pr123456.astronomer.io", "pr123456.astronomer.io", false, true},
	{"pr123.cloud.astronomer-dev.io", "pr123.cloud.astronomer-dev.io",
         false, false},
	{"pr1234567.astronomer-dev.io", "pr1234567.astronomer-dev.io", false,
         false},
	{"pr1234xastronomer-dev.io", "pr1234xastronomer-dev.io", false, false},
	{"cloud.prastronomer-dev.io", "cloud.prastronomer-dev.io", false,
         false},
	{"drum.cloud.astronomer-dev.io", "drum.cloud.astronomer-dev.io", false,
         false},
	{"astronomer-test.io", "astronomer-test.io", false, false},
	{"gcp0001.us-east4.astronomer.io", "gcp0001.us-east4.astronomer.io",
         false, false},
	{"software.astronomer.io", "software.astronomer.io", false, false},
	{"cloud.example.com", "cloud.example.com", false, false},
	{"EXAMPLE.com", "example.com", false, false},
	{"localhost", "localhost", false, false},
	{"houston", "houston", false, false},
	{"localhost.me", "localhost.me", false, false},
	{"evil-localhost.com", "evil-localhost.com", false, false},
	{"https://login.example.com", "login.example.com", true, false},
	{"https://login.example.com/", "login.example.com/", true, false},
	{"https://Login.Example.com/Realms/Data",
         "login.example.com/Realms/Data", true, false},
	{"https://login.example.com:8443/x", "login.example.com:8443/x", true,
         false},
	{"https://127.0.0.1:8443/x", "127.0.0.1:8443/x", true, false},
	{"http://localhost:8888/realms/x", "http://localhost:8888/realms/x",
         true, false},
	{"http://127.0.0.1:1", "http://127.0.0.1:1", true, false},
	{"http://[::1]:65535/", "http://[::1]:65535/", true, false},
};

START_TEST(gives_each_service_one_name)
{
	struct astro_error err = {0};
	char name[DOMAIN_NAME_MAX];
	bool is_issuer;
	int status =
		domain_canonical(accepted[_i].typed, name, &is_issuer, &err);

	ck_assert_msg(status == ASTRO_OK, "%s", err.message);
	ck_assert_str_eq(name, accepted[_i].name);
	ck_assert_int_eq(is_issuer, accepted[_i].is_issuer);
	ck_assert_int_eq(domain_is_astro(name), accepted[_i].is_astro);
}
END_TEST

#define CHARACTERS "only letters, digits, \"-\" and \".\" are allowed"
#define NUMERIC "an IP address is no name"

static const struct {
	const char *typed, *message;
} refused[] = {
	{"evil.com/https://astronomer.io",
         "not a host name: evil.com/https://astronomer.io: " CHARACTERS},
	{"evil.com#https://astronomer.io",
         "not a host name: evil.com#https://astronomer.io: " CHARACTERS},
	{"evil.com?https://cloud.astronomer.io/",
         "not a host name: evil.com?https://cloud.astronomer.io/: " CHARACTERS},
	{"u:p@evil.com/https://astronomer.io",
         "not a host name: u:p@evil.com/https://astronomer.io: " CHARACTERS},
	{"xhttps://astronomer.io",
         "not a host name: xhttps://astronomer.io: " CHARACTERS},
	{"-x.example.com", "not a host name: -x.example.com: a part of it "
                           "begins or ends with \"-\""},
	{"--help.evil", "not a host name: --help.evil: a part of it begins or "
                        "ends with \"-\""},
	{"x-.com",
         "not a host name: x-.com: a part of it begins or ends with \"-\""},
	{"a\nb", "not a host name: a\\nb: " CHARACTERS},
	{"a b", "not a host name: a b: " CHARACTERS},
	{"\x1b[2J", "not a host name: \\x1b[2J: " CHARACTERS},
	{"a%0a", "not a host name: a%0a: " CHARACTERS},
	{"a;id", "not a host name: a;id: " CHARACTERS},
	{"$(id)", "not a host name: $(id): " CHARACTERS},
	{"b\xc3\xbc.de", "not a host name: b\xc3\xbc.de: " CHARACTERS},
	{"a_b.com", "not a host name: a_b.com: " CHARACTERS},
	{"../../etc/passwd",
         "not a host name: ../../etc/passwd: a part of it is empty"},
	{"C:\\x", "not a host name: C:\\x: " CHARACTERS},
	{"a/../b", "not a host name: a/../b: " CHARACTERS},
	{"..", "not a host name: ..: a part of it is empty"},
	{".", "not a host name: .: it is empty"},
	{"/", "not a host name: /: it is empty"},
	{"a..b", "not a host name: a..b: a part of it is empty"},
	{".a", "not a host name: .a: a part of it is empty"},
	{"a..", "not a host name: a..: a part of it is empty"},
	{"127.0.0.1", "not a host name: 127.0.0.1: " NUMERIC},
	{"0x7f.1", "not a host name: 0x7f.1: " NUMERIC},
	{"0x7f000001", "not a host name: 0x7f000001: " NUMERIC},
	{"2130706433", "not a host name: 2130706433: " NUMERIC},
	{"169.254.169.254", "not a host name: 169.254.169.254: " NUMERIC},
	{"[::1]", "not a host name: [::1]: " CHARACTERS},
	{"example.com:8443", "not a host name: example.com:8443: " CHARACTERS},
	{"https://u@login.example.com",
         "not an issuer: https://u@login.example.com: a user does not belong "
         "there"},
	{"https://login.example.com/?a=b",
         "not an issuer: https://login.example.com/?a=b: it has characters "
         "that do not belong there"},
	{"https://login.example.com#x",
         "not an issuer: https://login.example.com#x: it has characters that "
         "do not belong there"},
	{"https://login.example.com/a/../b",
         "not an issuer: https://login.example.com/a/../b: its path has dots "
         "for a part"},
	{"https://login.example.com:0/",
         "not an issuer: https://login.example.com:0/: its port is no number "
         "from 1 to 65535"},
	{"https://login.example.com:99999",
         "not an issuer: https://login.example.com:99999: its port is no "
         "number from 1 to 65535"},
	{"https://login.example.com:",
         "not an issuer: https://login.example.com:: its port is no number "
         "from 1 to 65535"},
	{"https://0x7f.1/", "not an issuer: https://0x7f.1/: " NUMERIC},
	{"https://10.0.0.1/", "not an issuer: https://10.0.0.1/: " NUMERIC},
	{"http://", "not an issuer: http://: it is empty"},
	{"http://a b", "not an issuer: http://a b: " CHARACTERS},
	{"http://login.example.com/?a=b",
         "not an issuer: http://login.example.com/?a=b: it has characters that "
         "do not belong there"},
	{"https://[::2]/", "not an issuer: https://[::2]/: " CHARACTERS},
	{"https://[::1", "not an issuer: https://[::1: its address has no end"},
	{"https://", "not an issuer: https://: it is empty"},
};

START_TEST(refuses_what_is_no_host_name_and_no_issuer)
{
	struct astro_error err = {0};
	char name[DOMAIN_NAME_MAX];
	bool is_issuer;

	ck_assert_int_eq(
		domain_canonical(refused[_i].typed, name, &is_issuer, &err),
		ASTRO_USAGE);
	ck_assert_str_eq(err.message, refused[_i].message);
	ck_assert_str_ne(err.hint, "");
}
END_TEST

/* Sound addresses: what is wrong with them is the plain http. */
static const char *const unsafe[] = {
	"http://astronomer.io",       "http://login.example.com/realms/x",
	"HTTP://login.example.com",   "http://localhost.evil.com/x",
	"http://127.0.0.1.evil.com/", "http://10.0.0.1:8080/",
	"http://0177.0.0.1/",         "http://2130706433/"};

START_TEST(refuses_plain_http_to_another_machine_as_unsafe)
{
	char name[DOMAIN_NAME_MAX], message[128];
	struct astro_error err = {0};
	bool is_issuer;

	(void)snprintf(message, sizeof(message),
	               "not an issuer: %s: plain http is for this machine only",
	               unsafe[_i]);

	ck_assert_int_eq(domain_canonical(unsafe[_i], name, &is_issuer, &err),
	                 ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, message);
	ck_assert_str_ne(err.hint, "");
}
END_TEST

static int try_lengths(size_t label, size_t total)
{
	char typed[600], name[DOMAIN_NAME_MAX];
	bool is_issuer;
	size_t i;

	for (i = 0; i < total; i++)
		typed[i] = i % (label + 1) == label ? '.' : 'a';
	typed[total] = '\0';
	return domain_canonical(typed, name, &is_issuer, NULL);
}

START_TEST(takes_253_characters_in_parts_of_63_and_not_one_more)
{
	ck_assert_int_eq(try_lengths(63, 63), ASTRO_OK);
	ck_assert_int_eq(try_lengths(64, 64), ASTRO_USAGE);
	ck_assert_int_eq(try_lengths(50, 253), ASTRO_OK);
	ck_assert_int_eq(try_lengths(50, 254), ASTRO_USAGE);
}
END_TEST

START_TEST(an_argument_of_a_mebibyte_is_refused_in_one_short_line)
{
	struct astro_error err = {0};
	char *typed = malloc(1024 * 1024 + 9), name[DOMAIN_NAME_MAX];
	bool is_issuer;

	memset(typed, 'a', 1024 * 1024 + 8);
	typed[1024 * 1024 + 8] = '\0';
	ck_assert_int_eq(domain_canonical(typed, name, &is_issuer, &err),
	                 ASTRO_USAGE);
	ck_assert_uint_lt(strlen(err.message), 400);
	memcpy(typed, "https://", 8);
	ck_assert_int_eq(domain_canonical(typed, name, &is_issuer, &err),
	                 ASTRO_USAGE);
	free(typed);
}
END_TEST

START_TEST(makes_keys_as_the_go_cli_does)
{
	char key[DOMAIN_NAME_MAX];

	domain_key("corp.example.com", key);
	ck_assert_str_eq(key, "corp_example_com");
	domain_key("astronomer-dev.io", key);
	ck_assert_str_eq(key, "astronomer-dev_io");
	domain_key("login.example.com:8443/realms/a-b", key);
	ck_assert_str_eq(key, "login_example_com_8443_realms_a-b");
}
END_TEST

START_TEST(knows_this_machine_by_its_exact_names_only)
{
	static const char *const here[] = {"localhost", "LOCALHOST",
	                                   "127.0.0.1", "127.255.0.9",
	                                   "::1",       "[::1]"};
	static const char *const elsewhere[] = {
		"localhost.", "localhost.me", "127.1",
		"0177.0.0.1", "[127.0.0.1]",  "128.0.0.1",
		"::2",        "[::1",         "",
		"[]",         "127.0.0.1.x",  "2130706433"};
	size_t i;

	for (i = 0; i < sizeof(here) / sizeof(*here); i++)
		ck_assert_msg(domain_is_loopback(here[i]), "%s", here[i]);
	for (i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		ck_assert_msg(!domain_is_loopback(elsewhere[i]), "%s",
		              elsewhere[i]);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, gives_each_service_one_name, 0,
	                    sizeof(accepted) / sizeof(*accepted));
	tcase_add_loop_test(tcase,
	                    refuses_plain_http_to_another_machine_as_unsafe, 0,
	                    sizeof(unsafe) / sizeof(*unsafe));
	tcase_add_loop_test(tcase, refuses_what_is_no_host_name_and_no_issuer,
	                    0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(tcase,
	               takes_253_characters_in_parts_of_63_and_not_one_more);
	tcase_add_test(tcase,
	               an_argument_of_a_mebibyte_is_refused_in_one_short_line);
	tcase_add_test(tcase, makes_keys_as_the_go_cli_does);
	tcase_add_test(tcase, knows_this_machine_by_its_exact_names_only);
}

int main(void)
{
	return run_case("domain", add_tests);
}
