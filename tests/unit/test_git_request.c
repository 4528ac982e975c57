/* SPDX-License-Identifier: Apache-2.0 */
/* git's credential protocol: what is answered, and what is too odd to be. */
#include "git_request.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"
#include "error.h"

static struct astro_error err;
static struct git_request request;

static int read_text(const char *text)
{
	return git_request_read(text, strlen(text), &request, &err);
}

#define HTTPS "protocol=https\n"

static const struct {
	const char *text;
	const char *host;
	const char *username;
	bool is_https, takes_authtype;
} accepted[] = {
	{HTTPS "host=git.example.com\n\n", "git.example.com", "", true, false},
	/* The end of input serves for the empty line. */
	{HTTPS "host=git.example.com\n", "git.example.com", "", true, false},
	{"host=GIT.Example.Com:8443\n" HTTPS "\n", "git.example.com:8443", "",
         true, false},
	{"protocol=http\nhost=git.example.com\n\n", "git.example.com", "",
         false, false},
	{"protocol=HTTPS\nhost=git.example.com\n\n", "git.example.com", "",
         false, false},
	{HTTPS "host=[::1]:3000\nusername=jane\n\n", "[::1]:3000", "jane", true,
         false},
	{HTTPS "host=a.b\nusername=a=b\npassword=x\npath=../../etc\n\n", "a.b",
         "a=b", true, false},
	/* Keys of later versions, and what other helpers have said. */
	{HTTPS "host=a.b\nquit=1\nsurprise=1\nwwwauth[]=Basic realm=\"x\"\n"
               "wwwauth[]=Bearer\nstate[]=x\ncontinue=1\n\n",
         "a.b", "", true, false},
	{"capability[]=authtype\ncapability[]=state\n" HTTPS "host=a.b\n\n",
         "a.b", "", true, true},
	{"capability[]=state\n" HTTPS "host=a.b\n\n", "a.b", "", true, false},
	{"capability[]=authtype\ncapability[]=\n" HTTPS "host=a.b\n\n", "a.b",
         "", true, false},
	{"url=https://git.example.com/x?y#z\n\n", "git.example.com", "", true,
         false},
	{"url=https://git.example.com:1\n\n", "git.example.com:1", "", true,
         false},
	{"url=http://git.example.com/\n\n", "git.example.com", "", false,
         false},
	/* What follows the empty line belongs to nobody. */
	{HTTPS "host=a.b\n\nhost=evil.example\n", "a.b", "", true, false},
};

START_TEST(reads_what_git_asks)
{
	ck_assert_msg(read_text(accepted[_i].text) == ASTRO_OK, "%s",
	              err.message);
	ck_assert_str_eq(request.host, accepted[_i].host);
	ck_assert_str_eq(request.username, accepted[_i].username);
	ck_assert_int_eq(request.is_https, accepted[_i].is_https);
	ck_assert_int_eq(request.takes_authtype, accepted[_i].takes_authtype);
}
END_TEST

#define TEXT(text, message)                                                    \
	{                                                                      \
		text, sizeof(text) - 1, "git: refused: " message               \
	}

static const struct {
	const char *text;
	size_t len;
	const char *message;
} refused[] = {
	TEXT("", "there is no protocol"),
	TEXT("\n", "there is no protocol"),
	TEXT("\nprotocol=https\nhost=a.b\n", "there is no protocol"),
	TEXT("host=a.b\n\n", "there is no protocol"),
	/* CVE-2020-11008: no host, an empty one, no scheme. */
	TEXT(HTTPS "\n", "there is no host"),
	TEXT(HTTPS "host=\n\n", "line 2 has a host that is none"),
	TEXT("protocol=\nhost=a.b\n\n", "line 1 has an empty protocol"),
	TEXT("url=a.b/x\n\n", "line 1 has a URL without a protocol"),
	TEXT("url=://a.b\n\n", "line 1 has an empty protocol"),
	TEXT("url=https:///x\n\n", "line 1 has a host that is none"),
	/* CVE-2020-5260: a line end in a value makes a second host. */
	TEXT(HTTPS "host=a.b\nhost=evil.example\n\n",
             "line 3 has a second host"),
	TEXT(HTTPS "host=a.b\nhost=a.b\n\n", "line 3 has a second host"),
	TEXT(HTTPS "url=https://a.b/\n\n", "line 2 has a second protocol"),
	TEXT("url=https://a.b/\nhost=evil\n\n", "line 2 has a second host"),
	TEXT(HTTPS HTTPS "host=a.b\n\n", "line 2 has a second protocol"),
	TEXT(HTTPS "host=a.b\nusername=a\nusername=b\n\n",
             "line 4 has a second username"),
	TEXT(HTTPS "host=evil%0ahost=a.b\n\n",
             "line 2 has a host that is none"),
	/* CVE-2024-52006: a bare CR is a line end to some. */
	TEXT(HTTPS "host=a.b\rhost=evil\n\n", "line 2 has a carriage return"),
	TEXT(HTTPS "host=a.b\r\n\r\n", "line 2 has a carriage return"),
	TEXT(HTTPS "host=a.b\nother=x\ry\n\n", "line 3 has a carriage return"),
	TEXT(HTTPS "host=a.b\0c\n\n", "line 2 has a NUL"),
	TEXT(HTTPS "host=a.b\nother=\0\n\n", "line 3 has a NUL"),
	TEXT(HTTPS "host=jane@a.b\n\n", "line 2 has a host that is none"),
	TEXT("url=https://jane:pw@a.b/\n\n", "line 1 has a host that is none"),
	TEXT("url=https://a.b\\@evil/\n\n", "line 1 has a host that is none"),
	TEXT(HTTPS "host=a.b/c\n\n", "line 2 has a host that is none"),
	TEXT(HTTPS "host= a.b\n\n", "line 2 has a host that is none"),
	TEXT(HTTPS "host=a.b:\n\n", "line 2 has a host that is none"),
	TEXT(HTTPS "nothing\nhost=a.b\n\n", "line 2 has no key=value"),
	TEXT(HTTPS "=x\nhost=a.b\n\n", "line 2 has no key=value"),
	/* Cut short, it may be the start of another name. */
	TEXT(HTTPS "host=a.b", "line 2 has no end"),
};

START_TEST(refuses_what_could_mean_two_things)
{
	ck_assert_int_eq(git_request_read(refused[_i].text, refused[_i].len,
	                                  &request, &err),
	                 ASTRO_USAGE);
	ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

/* Proper lines, then one of LEN bytes, its end among them. */
static int read_long(size_t len)
{
	static const char start[] = HTTPS "host=a.b\n";
	const size_t before = sizeof(start) - 1;
	char *text = malloc(before + len);
	int status;

	ck_assert_ptr_nonnull(text);
	memcpy(text, start, before);
	memset(text + before, 'y', len);
	text[before + 1] = '=';
	text[before + len - 1] = '\n';
	status = git_request_read(text, before + len, &request, &err);
	free(text);
	return status;
}

START_TEST(stops_at_the_longest_line_of_the_protocol)
{
	ck_assert_int_eq(read_long(GIT_LINE_MAX), ASTRO_OK);
	ck_assert_int_eq(read_long(GIT_LINE_MAX + 1), ASTRO_USAGE);
	ck_assert_str_eq(err.message, "git: refused: line 3 has a line longer "
	                              "than 65535 bytes");
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, reads_what_git_asks, 0,
	                    sizeof(accepted) / sizeof(accepted[0]));
	tcase_add_loop_test(tcase, refuses_what_could_mean_two_things, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, stops_at_the_longest_line_of_the_protocol);
}

int main(void)
{
	return run_case("git_request", add_tests);
}
