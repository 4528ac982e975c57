/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS: whose certificates are taken, and what is said of the others. */
#include "http.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "authority.h"
#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "wire.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define OK_JSON                                                                \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"                \
	"Content-Length: 9\r\n\r\n{\"a\":\"b\"}"

static struct http *http;
static struct wire *wire;
static struct astro_response *response;
static struct astro_error err;
static char folder[] = "/tmp/astro-http-XXXXXX";
static const char pattern[] = "XXXXXX";

/* FMT with the server's "127.0.0.1:PORT" in the place of %s. */
static const char *named(const char *fmt)
{
	static char text[700];
	char host[40];

	(void)snprintf(host, sizeof(host), "127.0.0.1:%u", wire_port(wire));
	(void)snprintf(text, sizeof(text), fmt, host);
	return text;
}

static int request(const struct astro_request *asked)
{
	response_free(response);
	memset(&err, 0, sizeof(err));
	return http_send(http, &asked, 1, &response, &err);
}

static int get(const char *url)
{
	struct astro_request asked = {.size = sizeof(asked), .url = url};

	return request(&asked);
}

static struct authority *authority;
static SSL_CTX *server;

static char *in_folder(const char *name)
{
	static char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void begin(void)
{
	static const char *const variables_of_the_machine[] = {
		"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY",
		"https_proxy",   "ALL_PROXY",    "all_proxy"};
	size_t i;

	for (i = 0; i < 6; i++)
		(void)unsetenv(variables_of_the_machine[i]);
	interrupt_install();
	memset(&err, 0, sizeof(err));
	memcpy(folder + sizeof(folder) - sizeof(pattern), pattern,
	       sizeof(pattern));
	ck_assert_ptr_nonnull(mkdtemp(folder));
	authority = authority_new(folder);
}

static int remove_entry(const char *path, const struct stat *facts, int kind,
                        struct FTW *place)
{
	(void)facts;
	(void)kind;
	(void)place;
	return remove(path);
}

static void end(void)
{
	response_free(response);
	http_free(http);
	if (wire != NULL)
		wire_stop(wire);
	response = NULL;
	http = NULL;
	wire = NULL;
	clock_replace(NULL, NULL);
	SSL_CTX_free(server);
	server = NULL;
	authority_free(authority);
	(void)nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static int get_tls(const struct certificate *certificate, bool skip_verify)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct http_options options = {.skip_verify = skip_verify};
	char url[100];
	int status;

	server = authority_server(authority, certificate);
	wire = wire_start(steps, 1, server);
	status = http_new(&options, &http, &err);
	if (status != ASTRO_OK)
		return status;
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u/",
	               wire_port(wire));
	return get(url);
}

static const struct certificate good = {"IP:127.0.0.1", -3600, 3600,
                                        false,          false, 0};

static const struct {
	struct certificate certificate;
	const char *message, *hint;
} certificates[] = {
	{{"IP:127.0.0.1", -7200, -3600, false, false, 0},
         "the certificate of %s has expired",
         "check this machine's clock: it says 2023-11-14 22:13 UTC"},
	{{"IP:127.0.0.1", 3600, 7200, false, false, 0},
         "the certificate of %s is not valid yet",
         "check this machine's clock: it says 2023-11-14 22:13 UTC"},
	{{"DNS:other.example,IP:127.0.0.2", -3600, 3600, false, false, 0},
         "the certificate of %s is for another host",
         "check the address"},
	{{"IP:127.0.0.1", -3600, 3600, true, false, 0},
         "the certificate of %s is signed by itself",
         "if it is to be trusted, name a file with its authority in "
         "SSL_CERT_FILE"},
	{{"IP:127.0.0.1", -3600, 3600, false, true, 0},
         "the certificate of %s is too weak: EE certificate key too weak",
         ""},
	{{"IP:127.0.0.1", -3600, 3600, false, false, TLS1_1_VERSION}, NULL, ""},
};

static int64_t fixed(void)
{
	return 1700000000;
}

START_TEST(a_bad_certificate_has_a_sentence_of_its_own)
{
	ck_assert_int_eq(setenv("SSL_CERT_FILE", in_folder("authority.pem"), 1),
	                 0);
	clock_replace(fixed, NULL);

	ck_assert_int_eq(get_tls(&certificates[_i].certificate, false),
	                 ASTRO_UNSAFE);
	if (certificates[_i].message != NULL)
		ck_assert_str_eq(err.message, named(certificates[_i].message));
	else
		ck_assert_int_eq(
			strncmp(err.message,
		                named("no secure connection with %s: "),
		                strlen("no secure connection with ")),
			0);
	ck_assert_str_eq(err.hint, certificates[_i].hint);
	ck_assert_uint_eq(wire_requests(wire), 0);
}
END_TEST

START_TEST(an_unknown_authority_is_not_trusted)
{
	ck_assert_int_eq(get_tls(&good, false), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 named("the certificate of %s is signed by an "
	                       "authority that this machine does not know"));
	ck_assert_ptr_nonnull(strstr(err.hint, "SSL_CERT_FILE"));
	ck_assert_uint_eq(wire_requests(wire), 0);
}
END_TEST

START_TEST(an_authority_in_ssl_cert_file_is_trusted)
{
	ck_assert_int_eq(setenv("SSL_CERT_FILE", in_folder("authority.pem"), 1),
	                 0);
	ck_assert_int_eq(get_tls(&good, false), ASTRO_OK);
}
END_TEST

START_TEST(an_authority_in_ssl_cert_dir_is_trusted)
{
	char list[300];

	(void)snprintf(list, sizeof(list), ":%s:", in_folder("hashed"));
	ck_assert_int_eq(setenv("SSL_CERT_DIR", list, 1), 0);
	ck_assert_int_eq(get_tls(&good, false), ASTRO_OK);
}
END_TEST

START_TEST(verification_can_be_skipped_and_nothing_else)
{
	static const struct certificate bad = {
		"DNS:other.example", -7200, -3600, true, false, 0};

	ck_assert_int_eq(get_tls(&bad, true), ASTRO_OK);
}
END_TEST

START_TEST(a_tls_connection_serves_requests_in_turn)
{
	char url[100];

	ck_assert_int_eq(setenv("SSL_CERT_FILE", in_folder("authority.pem"), 1),
	                 0);
	ck_assert_int_eq(get_tls(&good, false), ASTRO_OK);
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u/",
	               wire_port(wire));
	ck_assert_int_eq(get(url), ASTRO_OK);
	ck_assert_uint_eq(wire_connections(wire), 1);
}
END_TEST

static const struct {
	const char *variable, *name, *what;
} variables[] = {
	{"SSL_CERT_FILE", "missing", "No such file or directory"},
	{"SSL_CERT_FILE", "empty", "it holds no certificate"},
	{"SSL_CERT_FILE", "garbage", "it holds no certificate"},
	{"SSL_CERT_FILE", "hashed", "no regular file"},
	{"SSL_CERT_FILE", "fifo", "no regular file"},
	{"SSL_CERT_DIR", "missing", "no folder that can be read"},
	{"SSL_CERT_DIR", "empty", "no folder that can be read"},
};

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_variable_that_makes_no_sense_is_named)
{
	struct http_options options = {0};
	const char *path;
	char text[300];

	write_file(in_folder("empty"), "");
	write_file(in_folder("garbage"), "-----BEGIN CERTIFICATE-----\nx\n");
	ck_assert_int_eq(mkfifo(in_folder("fifo"), 0600), 0);
	path = in_folder(variables[_i].name);
	ck_assert_int_eq(setenv(variables[_i].variable, path, 1), 0);

	ck_assert_int_eq(http_new(&options, &http, &err), ASTRO_BAD_CONFIG);
	ck_assert_ptr_null(http);
	(void)snprintf(text, sizeof(text), "%s: %s: %s", variables[_i].variable,
	               path, variables[_i].what);
	ck_assert_str_eq(err.message, text);
	(void)snprintf(text, sizeof(text), "correct or unset %s",
	               variables[_i].variable);
	ck_assert_str_eq(err.hint, text);
}
END_TEST

static const struct {
	const char *answer;
	enum wire_end end;
	int status;
	const char *message;
} not_tls[] = {
	{"", WIRE_CLOSE, ASTRO_UNREACHABLE,
         "cannot reach %s: the connection was closed before it was secure"},
	{"", WIRE_RESET, ASTRO_UNREACHABLE,
         "cannot reach %s: the connection was closed before it was secure"},
	{"", WIRE_STALL, ASTRO_UNREACHABLE,
         "cannot reach %s: no answer within 300 ms"},
	{OK_JSON, WIRE_CLOSE, ASTRO_UNSAFE, NULL},
};

START_TEST(a_server_without_tls_is_not_spoken_to)
{
	struct wire_step step = {not_tls[_i].answer, not_tls[_i].end};
	struct http_options options = {0};
	struct astro_request asked = {.size = sizeof(asked), .timeout_ms = 300};
	char url[100];

	wire = wire_start_eager(&step);
	ck_assert_int_eq(http_new(&options, &http, &err), ASTRO_OK);
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u/",
	               wire_port(wire));
	asked.url = url;

	ck_assert_msg(request(&asked) == not_tls[_i].status, "%s", err.message);
	if (not_tls[_i].message != NULL)
		ck_assert_str_eq(err.message, named(not_tls[_i].message));
	else
		ck_assert_ptr_nonnull(strstr(err.message, "wrong version"));
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, a_bad_certificate_has_a_sentence_of_its_own,
	                    0, COUNT(certificates));
	tcase_add_test(tcase, an_unknown_authority_is_not_trusted);
	tcase_add_test(tcase, an_authority_in_ssl_cert_file_is_trusted);
	tcase_add_test(tcase, an_authority_in_ssl_cert_dir_is_trusted);
	tcase_add_test(tcase, verification_can_be_skipped_and_nothing_else);
	tcase_add_test(tcase, a_tls_connection_serves_requests_in_turn);
	tcase_add_loop_test(tcase, a_variable_that_makes_no_sense_is_named, 0,
	                    COUNT(variables));
	tcase_add_loop_test(tcase, a_server_without_tls_is_not_spoken_to, 0,
	                    COUNT(not_tls));
}

int main(void)
{
	Suite *suite = suite_create("https");
	TCase *tcase = tcase_create("https");
	SRunner *runner;
	int failed;

	add_tests(tcase);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
