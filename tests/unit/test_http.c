/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP against a server that plays what it is told. */
#include "http.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "json.h"
#include "log.h"
#include "secret.h"
#include "wire.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define OK_JSON                                                                \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"                \
	"Content-Length: 9\r\n\r\n{\"a\":\"b\"}"

static struct http *http;
static struct wire *wire;
static struct astro_response *response;
static struct astro_error err;

static void begin(void)
{
	struct http_options options = {0};

	(void)unsetenv("SSL_CERT_FILE");
	(void)unsetenv("SSL_CERT_DIR");
	(void)unsetenv("http_proxy");
	(void)unsetenv("HTTPS_PROXY");
	(void)unsetenv("https_proxy");
	(void)unsetenv("NO_PROXY");
	(void)unsetenv("no_proxy");
	interrupt_install();
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(http_new(&options, &http, &err), ASTRO_OK);
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
}

static void play(const struct wire_step *steps, int count)
{
	wire = wire_start(steps, (size_t)count, NULL);
}

static const char *address(const char *path)
{
	static char url[200];

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
	               wire_port(wire), path);
	return url;
}

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

START_TEST(asks_politely_and_reads_the_answer)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	char expected[300];

	play(steps, 1);

	ck_assert_int_eq(get(address("/v1/self?x=1")), ASTRO_OK);
	ck_assert_int_eq(response_status(response), 200);
	ck_assert_str_eq(json_text(response_json(response), "a"), "b");
	(void)snprintf(expected, sizeof(expected),
	               "GET /v1/self?x=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	               "User-Agent: astro/0.1.0\r\n"
	               "Accept: application/json\r\n\r\n",
	               wire_port(wire));
	ck_assert_str_eq(wire_request(wire, 0), expected);
}
END_TEST

static const struct {
	const char *header;
	int64_t date;
} dates[] = {
	{"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 784111777},
	{"Date: soon\r\n", 0},
	{"Date: \r\n", 0},
	{"", 0},
};

START_TEST(reads_the_servers_clock)
{
	char answer[300];
	const struct wire_step steps[] = {{answer, WIRE_CLOSE}};

	(void)snprintf(answer, sizeof(answer),
	               "HTTP/1.1 200 OK\r\n%sContent-Type: application/json\r\n"
	               "Content-Length: 2\r\n\r\n{}",
	               dates[_i].header);
	play(steps, 1);

	ck_assert_int_eq(get(address("/")), ASTRO_OK);
	ck_assert_int_eq(response_date(response), dates[_i].date);
	ck_assert_int_eq(response_date(NULL), 0);
}
END_TEST

START_TEST(uses_one_connection_for_requests_in_turn)
{
	static const struct wire_step steps[] = {
		{"HTTP/1.1 200 OK\r\nSet-Cookie: c=1\r\nContent-Length: 2\r\n"
	         "Strict-Transport-Security: max-age=1\r\nAlt-Svc: h2=\":1\"\r\n"
	         "\r\n{}",
	         WIRE_KEEP}};
	int i;

	play(steps, 1);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(get(address("/")), ASTRO_OK);

	ck_assert_uint_eq(wire_connections(wire), 1);
	ck_assert_uint_eq(wire_requests(wire), 3);
	ck_assert_ptr_null(strstr(wire_request(wire, 2), "Cookie"));
}
END_TEST

START_TEST(sends_several_at_once_and_brings_all_answers)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct astro_request asked = {.size = sizeof(asked)};
	const struct astro_request *all[] = {&asked, &asked, &asked};
	struct astro_response *outs[3];
	int i;

	play(steps, 1);
	asked.url = address("/");
	/* The first answer shows that the server speaks HTTP/1.1. */
	ck_assert_int_eq(http_send(http, all, 1, outs, &err), ASTRO_OK);
	response_free(outs[0]);
	ck_assert_uint_eq(wire_connections(wire), 1);

	/* None is answered before all are asked. */
	wire_hold(wire, 4);
	ck_assert_int_eq(http_send(http, all, 3, outs, &err), ASTRO_OK);
	ck_assert_uint_eq(wire_requests(wire), 4);
	/* HTTP/1.1 has no other way to ask for three things at once. */
	ck_assert_uint_eq(wire_connections(wire), 3);
	for (i = 0; i < 3; i++) {
		ck_assert_str_eq(json_text(response_json(outs[i]), "a"), "b");
		response_free(outs[i]);
	}
	ck_assert_int_eq(http_send(http, all, 3, outs, &err), ASTRO_OK);
	ck_assert_uint_eq(wire_connections(wire), 3);
	for (i = 0; i < 3; i++)
		response_free(outs[i]);
	ck_assert_int_eq(http_send(http, NULL, 0, NULL, &err), ASTRO_OK);
}
END_TEST

START_TEST(brings_no_answer_where_one_request_fails)
{
	static const struct wire_step steps[] = {
		{OK_JSON, WIRE_KEEP},
		{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", WIRE_KEEP},
		{OK_JSON, WIRE_KEEP}};
	struct astro_request asked = {.size = sizeof(asked)};
	const struct astro_request *all[] = {&asked, &asked, &asked};
	struct astro_response *outs[3];

	play(steps, 3);
	asked.url = address("/");

	ck_assert_int_eq(http_send(http, all, 3, outs, &err),
	                 ASTRO_UNREACHABLE);
	ck_assert_str_eq(err.message, named("%s answered 500"));
	ck_assert_ptr_null(outs[0]);
	ck_assert_ptr_null(outs[1]);
	ck_assert_ptr_null(outs[2]);
}
END_TEST

static const struct astro_field fields[] = {
	{"grant_type", "authorization_code", NULL},
	{"left out", NULL, NULL},
	{"redirect_uri", "http://localhost:12345/callback", NULL},
	{"scope", "openid a+b \xc3\xa9\"", NULL},
	{"first", "20", NULL},
};

static const struct {
	const char *method;
	uint32_t body, flags;
	const char *query;
	const char *head, *type, *sent;
} bodies[] = {
	{NULL, ASTRO_BODY_FORM, 0, NULL, "POST /x HTTP/1.1\r\n",
         "application/x-www-form-urlencoded",
         "grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%3A"
         "12345%2Fcallback&scope=openid+a%2Bb+%C3%A9%22&first=20"},
	{"PUT", ASTRO_BODY_JSON, 0, NULL, "PUT /x HTTP/1.1\r\n",
         "application/json",
         "{\"grant_type\":\"authorization_code\",\"redirect_uri\":"
         "\"http://localhost:12345/callback\",\"scope\":"
         "\"openid a+b \xc3\xa9\\\"\",\"first\":\"20\"}"},
	{NULL, ASTRO_BODY_GRAPHQL, 0, "query { self }", "POST /x HTTP/1.1\r\n",
         "application/json",
         "{\"query\":\"query { self }\",\"variables\":{\"grant_type\":"
         "\"authorization_code\",\"redirect_uri\":"
         "\"http://localhost:12345/callback\",\"scope\":"
         "\"openid a+b \xc3\xa9\\\"\",\"first\":\"20\"}}"},
	{NULL, ASTRO_BODY_GRAPHQL, ASTRO_REQUEST_NUMBERS, "query { self }",
         "POST /x HTTP/1.1\r\n", "application/json",
         "{\"query\":\"query { self }\",\"variables\":{\"grant_type\":"
         "\"authorization_code\",\"redirect_uri\":"
         "\"http://localhost:12345/callback\",\"scope\":"
         "\"openid a+b \xc3\xa9\\\"\",\"first\":20}}"},
};

START_TEST(sends_a_body_as_these_bytes)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct astro_request asked = {.size = sizeof(asked),
	                              .method = bodies[_i].method,
	                              .body = bodies[_i].body,
	                              .flags = bodies[_i].flags,
	                              .query = bodies[_i].query,
	                              .fields = fields,
	                              .field_count = 5};
	char line[100];
	const char *sent;

	play(steps, 1);
	asked.url = address("/x");
	ck_assert_int_eq(request(&asked), ASTRO_OK);

	sent = wire_request(wire, 0);
	ck_assert_int_eq(
		strncmp(sent, bodies[_i].head, strlen(bodies[_i].head)), 0);
	(void)snprintf(line, sizeof(line), "\r\nContent-Type: %s\r\n",
	               bodies[_i].type);
	ck_assert_ptr_nonnull(strstr(sent, line));
	(void)snprintf(line, sizeof(line), "\r\nContent-Length: %zu\r\n",
	               strlen(bodies[_i].sent));
	ck_assert_ptr_nonnull(strstr(sent, line));
	ck_assert_str_eq(strstr(sent, "\r\n\r\n") + 4, bodies[_i].sent);
	ck_assert_ptr_null(strstr(sent, "Expect"));
}
END_TEST

START_TEST(sends_secrets_and_headers_of_the_provider)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct astro_secret *secret;
	struct astro_field headers[] = {
		{"X-Astro-Client-Identifier", "cli", NULL},
		{"Content-Type", "application/json", NULL},
		{"X-Empty", "", NULL},
		{"X-Left-Out", NULL, NULL},
		{"X-Secret", NULL, NULL},
	};
	struct astro_request asked = {.size = sizeof(asked),
	                              .method = "DELETE",
	                              .headers = headers,
	                              .header_count = 5};

	play(steps, 1);
	ck_assert_int_eq(secret_new("canary.one", 10, &secret, &err), ASTRO_OK);
	headers[4].secret = secret;
	asked.bearer = secret;
	asked.url = address("/x");

	ck_assert_int_eq(request(&asked), ASTRO_OK);
	ck_assert_ptr_nonnull(
		strstr(wire_request(wire, 0), "DELETE /x HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(
		strstr(wire_request(wire, 0),
	               "\r\nX-Astro-Client-Identifier: cli\r\n"
	               "Content-Type: application/json\r\nX-Empty:\r\n"
	               "X-Secret: canary.one\r\nAccept: application/json\r\n"
	               "Authorization: Bearer canary.one\r\n"));
	secret_free(secret);
}
END_TEST

static const struct {
	const char *answer;
	int status, code;
	const char *message, *hint;
} answers[] = {
	{"200 OK\r\nContent-Length: 2\r\n\r\n{}", ASTRO_OK, 200, "", ""},
	{"200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n[]",
         ASTRO_OK, 200, "", ""},
	{"201 Created\r\nContent-Length: 2\r\n\r\n{}", ASTRO_OK, 201, "", ""},
	{"204 No Content\r\n\r\n", ASTRO_OK, 204, "", ""},
	{"404 No\r\nContent-Length: 4\r\n\r\n<ht>", ASTRO_OK, 404, "", ""},
	{"401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Basic "
         "realm=\"evil\"\r\n\r\n",
         ASTRO_OK, 401, "", ""},
	{"400 No\r\nContent-Length: 15\r\n\r\n{\"message\":\"x\"}", ASTRO_OK,
         400, "", ""},
	{"200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n"
         "<html></html>",
         ASTRO_BAD_ANSWER, 0, "%s did not answer with JSON",
         "check the address and the network"},
	{"200 OK\r\nContent-Length: 0\r\n\r\n", ASTRO_BAD_ANSWER, 0,
         "%s did not answer with JSON", "check the address and the network"},
	{"200 OK\r\nContent-Type: application/json\r\nContent-Length: "
         "2\r\n\r\n{x",
         ASTRO_BAD_ANSWER, 0,
         "%s answered with JSON that makes no sense: string or '}' expected "
         "(line 1, column 2)",
         ""},
	{"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
         "4\r\n\r\n\x1f\x8b\x08\x01",
         ASTRO_BAD_ANSWER, 0, "%s did not answer with JSON",
         "check the address and the network"},
	{"302 Found\r\nLocation: https://evil.example/x\r\nContent-Length: "
         "0\r\n\r\n",
         ASTRO_UNSAFE, 0, "%s redirects to evil.example, which is refused",
         "check the address; a sign-in page of the network may stand in "
         "between"},
	{"307 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: "
         "0\r\n\r\n",
         ASTRO_UNSAFE, 0, "%s redirects to no host, which is refused",
         "check the address; a sign-in page of the network may stand in "
         "between"},
	{"301 Moved\r\nContent-Length: 2\r\n\r\n{}", ASTRO_BAD_ANSWER, 0,
         "%s answered 301 without saying where to", ""},
	{"500 No\r\nContent-Length: 6\r\n\r\n<html>", ASTRO_UNREACHABLE, 0,
         "%s answered 500", "try again later"},
	{"502 No\r\nContent-Length: 21\r\n\r\n{\"message\":\"no\\nway\"}",
         ASTRO_UNREACHABLE, 0, "%s answered 502: no\\nway", "try again later"},
	{"503 No\r\nRetry-After: 120\r\nContent-Length: 14\r\n\r\n"
         "{\"error\":\"no\"}",
         ASTRO_UNREACHABLE, 0, "%s answered 503: no",
         "try again after 120 seconds"},
	{"999 No\r\nContent-Length: 36\r\n\r\n"
         "{\"errors\":[{\"message\":\"a\"},{},{},1]}",
         ASTRO_UNREACHABLE, 0, "%s answered 999: a", "try again later"},
	{"429 Slow\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
         ASTRO_UNREACHABLE, 0, "%s answered 429", "try again after 3 seconds"},
	{"429 Slow\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n",
         ASTRO_UNREACHABLE, 0, "%s answered 429", "try again later"},
	{"429 Slow\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n",
         ASTRO_UNREACHABLE, 0, "%s answered 429", "try again later"},
	{"429 Slow\r\nRetry-After: Wed, 21 Oct 2099 07:28:00 "
         "GMT\r\nContent-Length: 0\r\n\r\n",
         ASTRO_UNREACHABLE, 0, "%s answered 429", "try again later"},
	{"103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
         ASTRO_OK, 200, "", ""},
};

START_TEST(judges_an_answer_by_its_status_and_body)
{
	char bytes[500];
	struct wire_step step = {bytes, WIRE_KEEP};

	(void)snprintf(bytes, sizeof(bytes), "HTTP/1.1 %s", answers[_i].answer);
	play(&step, 1);

	ck_assert_int_eq(get(address("/")), answers[_i].status);
	ck_assert_int_eq(response_status(response), answers[_i].code);
	ck_assert_str_eq(err.message, named(answers[_i].message));
	ck_assert_str_eq(err.hint, answers[_i].hint);
	ck_assert_uint_eq(wire_requests(wire), 1);
}
END_TEST

static const struct {
	const char *body, *reason;
} complaints[] = {
	{"{\"message\":\"m\",\"error\":\"e\"}", "m"},
	{"{\"error\":\"e\",\"error_description\":\"d\"}", "d"},
	{"{\"error\":\"e\"}", "e"},
	{"{\"error\":{\"message\":\"em\"}}", "em"},
	{"{\"errors\":[{\"message\":\"g\"}],\"data\":null}", "g"},
	{"{\"errors\":[{\"message\":\"g\"},{},{}]}", "g (and 2 more)"},
	{"{\"message\":\"a\\u001b[31m\"}", "a\\x1b[31m"},
	{"{\"message\":\"\"}", "status 403"},
	{"{\"message\":7}", "status 403"},
	{"<html>", "status 403"},
};

START_TEST(finds_what_the_server_says_went_wrong)
{
	char bytes[500];
	struct wire_step step = {bytes, WIRE_KEEP};

	(void)snprintf(bytes, sizeof(bytes),
	               "HTTP/1.1 403 No\r\nContent-Length: %zu\r\n\r\n%s",
	               strlen(complaints[_i].body), complaints[_i].body);
	play(&step, 1);

	ck_assert_int_eq(get(address("/")), ASTRO_OK);
	ck_assert_str_eq(response_reason(response), complaints[_i].reason);
	ck_assert_str_eq(response_reason(NULL), "no answer");
}
END_TEST

/* An answer of LEN bytes in all: an array with one long string of blanks. */
static char *long_answer(size_t len, int counted)
{
	char *bytes = calloc(1, len + 200);
	int head = counted ? snprintf(bytes, 100,
	                              "HTTP/1.1 200 OK\r\n"
	                              "Content-Length: %zu\r\n\r\n",
	                              len)
	                   : snprintf(bytes, 100,
	                              "HTTP/1.1 200 OK\r\n"
	                              "Connection: close\r\n\r\n");

	memset(bytes + head, ' ', len);
	bytes[head] = '[';
	bytes[head + (int)len - 1] = ']';
	return bytes;
}

static const struct {
	size_t len;
	int counted, status;
} sizes[] = {
	{1048576, 1, ASTRO_OK},
	{1048577, 1, ASTRO_BAD_ANSWER},
	{1048576, 0, ASTRO_OK},
	{1048577, 0, ASTRO_BAD_ANSWER},
};

START_TEST(takes_a_body_of_1_mib_and_no_more)
{
	char *bytes = long_answer(sizes[_i].len, sizes[_i].counted);
	struct wire_step step = {bytes,
	                         sizes[_i].counted ? WIRE_KEEP : WIRE_CLOSE};

	play(&step, 1);
	ck_assert_int_eq(get(address("/")), sizes[_i].status);
	if (sizes[_i].status != ASTRO_OK)
		ck_assert_str_eq(err.message,
		                 named("%s sent an answer of more than 1048576 "
		                       "bytes, which is refused"));
	free(bytes);
}
END_TEST

/* A chunk of 1024 bytes that is sent again and again. */
START_TEST(breaks_off_a_flood_of_chunks)
{
	char bytes[2000];
	struct wire_step step = {bytes, WIRE_FLOOD};
	int head = snprintf(bytes, sizeof(bytes),
	                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
	                    "\r\n");

	(void)snprintf(bytes + head, sizeof(bytes) - (size_t)head,
	               "3f9\r\n%01017d\r\n", 0);
	ck_assert_uint_eq(strlen(bytes) - (size_t)head, 1024);
	play(&step, 1);

	ck_assert_int_eq(get(address("/")), ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message,
	                 named("%s sent an answer of more than 1048576 bytes, "
	                       "which is refused"));
}
END_TEST

START_TEST(breaks_off_a_flood_of_headers)
{
	char bytes[2000];
	struct wire_step step = {bytes, WIRE_FLOOD};
	int head = snprintf(bytes, sizeof(bytes), "HTTP/1.1 200 OK\r\n");

	(void)snprintf(bytes + head, sizeof(bytes) - (size_t)head,
	               "X: %01019d\r\n", 0);
	play(&step, 1);

	ck_assert_int_eq(get(address("/")), ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message,
	                 named("%s sent headers of more than 65536 "
	                       "bytes, which is refused"));
}
END_TEST

static const struct {
	int count, status;
} interims[] = {{20, ASTRO_OK}, {21, ASTRO_BAD_ANSWER}};

START_TEST(takes_20_interim_answers_and_no_more)
{
	char bytes[2000];
	struct wire_step step = {bytes, WIRE_KEEP};
	int len = 0, i;

	for (i = 0; i < interims[_i].count; i++)
		len += snprintf(bytes + len, sizeof(bytes) - (size_t)len,
		                "HTTP/1.1 103 Early\r\n\r\n");
	(void)snprintf(bytes + len, sizeof(bytes) - (size_t)len, "%s", OK_JSON);
	play(&step, 1);

	ck_assert_int_eq(get(address("/")), interims[_i].status);
	if (interims[_i].status != ASTRO_OK)
		ck_assert_str_eq(err.message,
		                 named("%s sent more than 20 interim answers, "
		                       "which is refused"));
}
END_TEST

static const struct {
	const char *answer;
	enum wire_end end;
	int status;
	const char *message;
} breaks[] = {
	{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", WIRE_CLOSE,
         ASTRO_UNREACHABLE, "cannot reach %s: the connection broke"},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
         WIRE_CLOSE, ASTRO_UNREACHABLE,
         "cannot reach %s: the connection broke"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", WIRE_RESET,
         ASTRO_UNREACHABLE, "cannot reach %s: the connection broke"},
	{"", WIRE_CLOSE, ASTRO_UNREACHABLE,
         "cannot reach %s: the connection was closed without an answer"},
	{"", WIRE_RESET, ASTRO_UNREACHABLE,
         "cannot reach %s: the connection broke"},
	{"hello\r\n", WIRE_CLOSE, ASTRO_BAD_ANSWER,
         "%s did not answer in HTTP"},
	{"", WIRE_STALL, ASTRO_UNREACHABLE,
         "cannot reach %s: no answer within 300 ms"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", WIRE_STALL,
         ASTRO_UNREACHABLE, "cannot reach %s: no answer within 300 ms"},
	{"HTTP/1.1 100 Continue\r\n\r\n", WIRE_STALL, ASTRO_UNREACHABLE,
         "cannot reach %s: no answer within 300 ms"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", WIRE_DRIP,
         ASTRO_UNREACHABLE, "cannot reach %s: no answer within 300 ms"},
};

START_TEST(says_how_a_transfer_broke_and_when_it_took_too_long)
{
	struct wire_step step = {breaks[_i].answer, breaks[_i].end};
	struct astro_request asked = {.size = sizeof(asked), .timeout_ms = 300};
	int64_t from = clock_boot();

	play(&step, 1);
	asked.url = address("/");

	ck_assert_int_eq(request(&asked), breaks[_i].status);
	ck_assert_str_eq(err.message, named(breaks[_i].message));
	ck_assert_int_lt(clock_boot() - from, 5000);
}
END_TEST

START_TEST(an_interrupt_ends_it_soon)
{
	static const struct wire_step steps[] = {{"", WIRE_INTERRUPT}};
	int64_t from = clock_boot();

	play(steps, 1);

	ck_assert_int_eq(get(address("/")), ASTRO_CANCELLED);
	ck_assert_str_eq(err.message, "interrupted");
	ck_assert_int_lt(clock_boot() - from, 1000);
	interrupt_forget();
}
END_TEST

static int post(const char *path)
{
	struct astro_request asked = {.size = sizeof(asked),
	                              .url = address(path),
	                              .fields = fields,
	                              .field_count = 1};

	return request(&asked);
}

START_TEST(a_post_that_may_have_arrived_is_not_sent_again)
{
	static const struct wire_step steps[] = {
		{OK_JSON, WIRE_KEEP}, {"", WIRE_CLOSE}, {OK_JSON, WIRE_KEEP}};

	play(steps, 3);
	ck_assert_int_eq(get(address("/")), ASTRO_OK);

	ck_assert_int_eq(post("/token"), ASTRO_UNREACHABLE);
	ck_assert_str_eq(err.message,
	                 named("cannot reach %s: the connection was closed "
	                       "without an answer"));
	ck_assert_uint_eq(wire_requests(wire), 2);
}
END_TEST

/* ---- a secret that is taken once ---- */

static int befores;

static int count_before(void *data, struct astro_error *why)
{
	if (data != NULL)
		return error_set(why, ASTRO_STORE, NULL, "not now");
	befores++;
	return ASTRO_OK;
}

static struct http_guard guard_of(struct astro_secret **secret)
{
	struct http_guard guard = {.before = count_before};

	ck_assert_int_eq(secret_new("once-only", 9, secret, NULL), ASTRO_OK);
	guard.secret = *secret;
	befores = 0;
	return guard;
}

static int post_secret(const char *url, const struct astro_secret *secret)
{
	const struct astro_field field = {"refresh_token", NULL, secret};
	const struct astro_request request = {.size = sizeof(request),
	                                      .url = url,
	                                      .fields = &field,
	                                      .field_count = 1};
	const struct astro_request *one = &request;

	return http_send(http, &one, 1, &response, &err);
}

static const struct {
	struct wire_step step;
	int status, code;
	bool is_lost;
} guarded[] = {
	{{OK_JSON, WIRE_KEEP}, ASTRO_OK, 200, false},
	{{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", WIRE_KEEP},
         ASTRO_UNREACHABLE,
         503,
         false},
	{{"", WIRE_CLOSE}, ASTRO_UNREACHABLE, 0, true},
	{{"", WIRE_RESET}, ASTRO_UNREACHABLE, 0, true},
	{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", WIRE_CLOSE},
         ASTRO_UNREACHABLE,
         0,
         true},
};

START_TEST(tells_what_became_of_a_guarded_secret)
{
	struct astro_secret *secret;
	struct http_guard guard = guard_of(&secret);

	play(&guarded[_i].step, 1);
	http_set_guard(http, &guard);
	ck_assert_int_eq(post_secret(address("/"), secret), guarded[_i].status);
	ck_assert_int_eq(befores, 1);
	ck_assert(guard.is_sent);
	ck_assert_int_eq(guard.code, guarded[_i].code);
	ck_assert_int_eq(guard.is_lost, guarded[_i].is_lost);
	http_set_guard(http, NULL);
	secret_free(secret);
}
END_TEST

START_TEST(a_guarded_secret_without_a_connection_was_not_sent)
{
	struct astro_secret *secret;
	struct http_guard guard = guard_of(&secret);

	http_set_guard(http, &guard);
	ck_assert_int_eq(post_secret("http://127.0.0.1:1/", secret),
	                 ASTRO_UNREACHABLE);
	ck_assert_int_eq(befores, 1);
	ck_assert(!guard.is_sent);
	ck_assert(!guard.is_lost);
	secret_free(secret);
}
END_TEST

START_TEST(requests_without_the_guarded_secret_are_none_of_its_business)
{
	const struct wire_step step = {OK_JSON, WIRE_KEEP};
	struct astro_secret *secret, *other;
	struct http_guard guard = guard_of(&secret);

	ck_assert_int_eq(secret_new("once-onlx", 9, &other, NULL), ASTRO_OK);
	play(&step, 1);
	http_set_guard(http, &guard);
	ck_assert_int_eq(post_secret(address("/"), other), ASTRO_OK);
	ck_assert_int_eq(befores, 0);
	ck_assert(!guard.is_sent);
	secret_free(secret);
	secret_free(other);
}
END_TEST

START_TEST(a_guard_that_says_no_keeps_the_request_here)
{
	const struct wire_step step = {OK_JSON, WIRE_KEEP};
	struct astro_secret *secret;
	struct http_guard guard = guard_of(&secret);

	play(&step, 1);
	guard.data = &guard;
	http_set_guard(http, &guard);
	ck_assert_int_eq(post_secret(address("/"), secret), ASTRO_STORE);
	ck_assert_str_eq(err.message, "not now");
	ck_assert(!guard.is_sent);
	ck_assert_uint_eq(wire_requests(wire), 0);
	secret_free(secret);
}
END_TEST

START_TEST(an_empty_post_is_not_sent_again_either)
{
	static const struct wire_step steps[] = {
		{OK_JSON, WIRE_KEEP}, {"", WIRE_CLOSE}, {OK_JSON, WIRE_KEEP}};
	struct astro_request asked = {.size = sizeof(asked), .method = "POST"};

	play(steps, 3);
	ck_assert_int_eq(get(address("/")), ASTRO_OK);
	asked.url = address("/");

	ck_assert_int_eq(request(&asked), ASTRO_UNREACHABLE);
	ck_assert_uint_eq(wire_requests(wire), 2);
}
END_TEST

START_TEST(a_post_on_a_connection_gone_stale_takes_a_fresh_one)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_CLOSE},
	                                         {OK_JSON, WIRE_KEEP}};

	play(steps, 2);
	ck_assert_int_eq(get(address("/")), ASTRO_OK);

	while (wire_open(wire) > 0)
		ck_assert_int_eq(http_wait(http, NULL, 0, 1, &err), ASTRO_OK);
	ck_assert_int_eq(post("/token"), ASTRO_OK);
	ck_assert_uint_eq(wire_requests(wire), 2);
	ck_assert_uint_eq(wire_connections(wire), 2);
}
END_TEST

START_TEST(a_closed_port_is_said_to_refuse)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	char url[200], message[100];
	unsigned port;

	play(steps, 1);
	port = wire_port(wire);
	(void)snprintf(url, sizeof(url), "%s", address("/"));
	wire_stop(wire);
	wire = NULL;

	ck_assert_int_eq(get(url), ASTRO_UNREACHABLE);
	(void)snprintf(message, sizeof(message),
	               "cannot reach 127.0.0.1:%u: connection refused", port);
	ck_assert_str_eq(err.message, message);
	ck_assert_str_eq(err.hint, "check the network and try again");
}
END_TEST

static const struct {
	const char *url;
	int status;
	const char *message;
} unsafe[] = {
	{"http://api.example.com/v1", ASTRO_UNSAFE,
         "plain http to api.example.com is refused: everybody on the way "
         "could read it"},
	{"http://192.0.2.1:8888/", ASTRO_UNSAFE,
         "plain http to 192.0.2.1:8888 is refused: everybody on the way "
         "could read it"},
	{"http://localhost.example.com/", ASTRO_UNSAFE,
         "plain http to localhost.example.com is refused: everybody on the "
         "way could read it"},
	{"http://127.0.0.1.example.com/", ASTRO_UNSAFE,
         "plain http to 127.0.0.1.example.com is refused: everybody on the "
         "way could read it"},
	{"file:///etc/passwd", ASTRO_BAD_CONFIG,
         "\"file:///etc/passwd\" is no https address"},
	{"https://a:b@example.com/", ASTRO_BAD_CONFIG,
         "an address with a user name is refused"},
};

START_TEST(refuses_unsafe_addresses_before_anything_is_sent)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct astro_request good = {.size = sizeof(good)};
	struct astro_request bad = {.size = sizeof(bad), .url = unsafe[_i].url};
	const struct astro_request *all[] = {&good, &bad};
	struct astro_response *outs[2];

	play(steps, 1);
	good.url = address("/");

	ck_assert_int_eq(http_send(http, all, 2, outs, &err),
	                 unsafe[_i].status);
	ck_assert_str_eq(err.message, unsafe[_i].message);
	ck_assert_uint_eq(wire_connections(wire), 0);
}
END_TEST

static const struct astro_field line_break[] = {{"X-A", "a\r\nX: y", NULL}};
static const struct astro_field high[] = {{"X-A", "\xc3\xa9", NULL}};
static const struct astro_field bad_name[] = {{"X: A", "a", NULL}};
static const struct astro_field no_name[] = {{NULL, "a", NULL}};
static const struct astro_field host_name[] = {{"hOsT", "evil", NULL}};
static const struct astro_field length[] = {{"Content-Length", "1", NULL}};

static const struct {
	struct astro_request asked;
	int status;
	const char *message;
} nonsense[] = {
	{{.size = sizeof(struct astro_request),
          .headers = line_break,
          .header_count = 1},
         ASTRO_BAD_CONFIG,
         "the value of header X-A has characters that cannot be sent"},
	{{.size = sizeof(struct astro_request),
          .headers = high,
          .header_count = 1},
         ASTRO_BAD_CONFIG,
         "the value of header X-A has characters that cannot be sent"},
	{{.size = sizeof(struct astro_request),
          .headers = bad_name,
          .header_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with an improper header name"},
	{{.size = sizeof(struct astro_request),
          .headers = no_name,
          .header_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with a field without a name"},
	{{.size = sizeof(struct astro_request),
          .headers = host_name,
          .header_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with a header that is the host's"},
	{{.size = sizeof(struct astro_request),
          .headers = length,
          .header_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with a header that is the host's"},
	{{.size = sizeof(struct astro_request), .header_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with an improper list of fields"},
	{{.size = sizeof(struct astro_request), .field_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with an improper list of fields"},
	{{.size = sizeof(struct astro_request),
          .fields = no_name,
          .field_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with a field without a name"},
	{{.size = sizeof(struct astro_request),
          .fields = bad_name,
          .field_count = 1,
          .body = 3},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with an improper kind of body"},
	{{.size = sizeof(struct astro_request), .query = "q"},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with an improper kind of body"},
	{{.size = sizeof(struct astro_request), .method = "TRACE"},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with an unknown method"},
	{{.size = sizeof(struct astro_request),
          .method = "GET",
          .fields = bad_name,
          .field_count = 1},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with method GET and fields"},
	{{.size = sizeof(struct astro_request), .flags = 4},
         ASTRO_BAD_PLUGIN,
         "the provider made a request with flags that this astro does not "
         "know"},
	{{.size = 0},
         ASTRO_BAD_PLUGIN,
         "the provider made a request of no proper size"},
};

START_TEST(refuses_requests_that_make_no_sense)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct astro_request asked = nonsense[_i].asked;

	play(steps, 1);
	asked.url = address("/");

	ck_assert_int_eq(request(&asked), nonsense[_i].status);
	ck_assert_str_eq(err.message, nonsense[_i].message);
	ck_assert_uint_eq(wire_connections(wire), 0);
}
END_TEST

START_TEST(refuses_a_request_without_address_and_too_many_at_once)
{
	const struct astro_request *many[65] = {NULL};
	struct astro_response *outs[65];

	ck_assert_int_eq(get(NULL), ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the provider made a request without an address");
	ck_assert_int_eq(request(NULL), ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the provider made a request of no proper size");
	ck_assert_int_eq(http_send(http, many, 65, outs, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message, "the provider made more than 64 requests "
	                              "at once");
}
END_TEST

START_TEST(knows_the_members_that_an_older_provider_has)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	struct astro_request asked = {
		.size = offsetof(struct astro_request, headers),
		.headers = (const struct astro_field *)8,
		.header_count = 99};

	play(steps, 1);
	asked.url = address("/");

	ck_assert_int_eq(request(&asked), ASTRO_OK);
}
END_TEST

START_TEST(an_improper_bearer_token_is_not_sent)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	static const char *const tokens[] = {"a b", "", "a\nb", "\xc3\xa9"};
	struct astro_request asked = {.size = sizeof(asked)};
	int i;

	play(steps, 1);
	asked.url = address("/");
	for (i = 0; i < 4; i++) {
		struct astro_secret *secret;

		ck_assert_int_eq(
			secret_new(tokens[i], strlen(tokens[i]), &secret, &err),
			ASTRO_OK);
		asked.bearer = secret;
		ck_assert_int_eq(request(&asked), ASTRO_BAD_CONFIG);
		ck_assert_str_eq(err.message,
		                 "the access token has characters that cannot "
		                 "be sent");
		secret_free(secret);
	}
	ck_assert_uint_eq(wire_connections(wire), 0);
}
END_TEST

START_TEST(a_warmed_connection_is_the_one_that_is_used)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};

	play(steps, 1);
	http_warm(http, address("/warm"));
	while (wire_requests(wire) == 0)
		ck_assert_int_eq(http_wait(http, NULL, 0, 10, &err), ASTRO_OK);

	ck_assert_int_eq(post("/token"), ASTRO_OK);
	ck_assert_uint_eq(wire_connections(wire), 1);
	ck_assert_uint_eq(wire_requests(wire), 2);
	http_warm(http, "ftp://nonsense");
}
END_TEST

START_TEST(a_prefetched_answer_is_there_when_it_is_asked_for)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP},
	                                         {"", WIRE_CLOSE}};

	play(steps, 2);
	http_prefetch(http, address("/keys"));
	response = http_prefetched(http, address("/keys"));
	ck_assert_str_eq(json_text(response_json(response), "a"), "b");

	ck_assert_ptr_null(http_prefetched(http, address("/keys")));
	http_prefetch(http, address("/broken"));
	ck_assert_ptr_null(http_prefetched(http, address("/other")));
	ck_assert_ptr_null(http_prefetched(http, address("/broken")));
	/* Left alone: freed with the rest. */
	http_prefetch(http, address("/left"));
}
END_TEST

START_TEST(waiting_ends_with_a_watched_descriptor_or_the_time)
{
	struct http_watch watches[2] = {{.fd = -1}, {.fd = -1}};
	int64_t from = clock_boot();
	int first[2], second[2];

	ck_assert_int_eq(pipe(first), 0);
	ck_assert_int_eq(pipe(second), 0);
	watches[0].fd = first[0];
	watches[1].fd = second[0];

	ck_assert_int_eq(http_wait(http, watches, 2, 50, &err), ASTRO_OK);
	ck_assert(!watches[0].readable && !watches[1].readable);
	ck_assert_int_ge(clock_boot() - from, 50);

	ck_assert_int_eq(write(second[1], "x", 1), 1);
	ck_assert_int_eq(http_wait(http, watches, 2, 60000, &err), ASTRO_OK);
	ck_assert(!watches[0].readable && watches[1].readable);

	ck_assert_int_eq(http_wait(http, watches, 17, 0, &err), ASTRO_INTERNAL);
	ck_assert_str_eq(err.message, "more than 16 descriptors to watch");
}
END_TEST

START_TEST(waiting_ends_with_an_interrupt)
{
	static const struct wire_step steps[] = {{"", WIRE_INTERRUPT}};
	int64_t from = clock_boot();

	play(steps, 1);
	http_warm(http, address("/"));

	ck_assert_int_eq(http_wait(http, NULL, 0, 60000, &err), ASTRO_OK);
	ck_assert_int_lt(clock_boot() - from, 5000);
	interrupt_forget();
}
END_TEST

START_TEST(a_proxy_never_sees_what_stays_on_this_machine)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};

	play(steps, 1);
	ck_assert_int_eq(setenv("http_proxy", "http://127.0.0.1:1/", 1), 0);

	ck_assert_int_eq(get(address("/")), ASTRO_OK);
	ck_assert_uint_eq(wire_requests(wire), 1);
}
END_TEST

START_TEST(a_proxy_is_asked_for_a_tunnel_and_told_nothing_else)
{
	static const struct wire_step steps[] = {
		{"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", WIRE_CLOSE}};
	struct astro_secret *secret;
	struct astro_request asked = {.size = sizeof(asked),
	                              .url = "https://api.example.com/x?code=1",
	                              .fields = fields,
	                              .field_count = 1};

	play(steps, 1);
	ck_assert_int_eq(setenv("HTTPS_PROXY", address(""), 1), 0);
	ck_assert_int_eq(secret_new("canary", 6, &secret, &err), ASTRO_OK);
	asked.bearer = secret;

	ck_assert_int_eq(request(&asked), ASTRO_UNREACHABLE);
	ck_assert_str_eq(err.message,
	                 "cannot reach api.example.com: the proxy answered "
	                 "407");
	ck_assert_str_eq(err.hint, "check HTTPS_PROXY and NO_PROXY");
	ck_assert_ptr_nonnull(
		strstr(wire_request(wire, 0), "CONNECT api.example.com:443 "));
	ck_assert_ptr_null(strstr(wire_request(wire, 0), "canary"));
	secret_free(secret);
}
END_TEST

START_TEST(the_trace_shows_no_query_no_header_and_no_body)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP}};
	char line[500] = "", expected[200];
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);

	play(steps, 1);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	log_set_verbose(true);
	ck_assert_int_eq(post("/token?code=canary"), ASTRO_OK);
	ck_assert_int_eq(get(address("/x?state=canary")), ASTRO_OK);
	log_set_verbose(false);
	ck_assert_int_ge(dup2(kept, STDERR_FILENO), 0);

	rewind(file);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), file));
	(void)snprintf(expected, sizeof(expected),
	               "debug: POST http://127.0.0.1:%u/token: 200 in ",
	               wire_port(wire));
	ck_assert_int_eq(strncmp(line, expected, strlen(expected)), 0);
	ck_assert_ptr_nonnull(strstr(line, " ms, new connection\n"));
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), file));
	ck_assert_ptr_nonnull(strstr(line, " ms, same connection\n"));
	ck_assert_ptr_null(strstr(line, "canary"));
	ck_assert_ptr_null(fgets(line, sizeof(line), file));
	(void)fclose(file);
	(void)close(kept);
}
END_TEST

/* RFC 7009, 2.2: of a success, the status says it all. */
static const struct {
	const char *answer;
	int status, code;
} ignored[] = {
	{"200 OK\r\nContent-Length: 0\r\n\r\n", ASTRO_OK, 200},
	{"200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<ht>",
         ASTRO_OK, 200},
	{"200 OK\r\nContent-Type: application/json\r\nContent-Length: "
         "2\r\n\r\n{x",
         ASTRO_OK, 200},
	{"400 No\r\nContent-Length: 15\r\n\r\n{\"message\":\"x\"}", ASTRO_OK,
         400},
	{"302 Found\r\nLocation: https://evil.example/\r\nContent-Length: "
         "0\r\n\r\n",
         ASTRO_UNSAFE, 0},
	{"503 No\r\nContent-Length: 0\r\n\r\n", ASTRO_UNREACHABLE, 0},
};

START_TEST(looks_at_the_status_alone_when_the_body_does_not_count)
{
	struct astro_request asked = {.size = sizeof(asked),
	                              .method = "POST",
	                              .flags = ASTRO_REQUEST_IGNORES_BODY};
	struct wire_step step = {NULL, WIRE_KEEP};
	char answer[300];

	(void)snprintf(answer, sizeof(answer), "HTTP/1.1 %s",
	               ignored[_i].answer);
	step.answer = answer;
	play(&step, 1);
	asked.url = address("/oauth/revoke");

	ck_assert_int_eq(request(&asked), ignored[_i].status);
	ck_assert_int_eq(response_status(response), ignored[_i].code);
}
END_TEST

static int64_t boot_time;

static int64_t boot_now(void)
{
	return boot_time;
}

START_TEST(no_request_goes_on_beyond_the_end_of_all_of_them)
{
	static const struct wire_step steps[] = {{OK_JSON, WIRE_KEEP},
	                                         {"", WIRE_STALL}};

	play(steps, 2);
	clock_replace(NULL, boot_now);
	boot_time = 5000;
	http_end_at(http, 5300);

	ck_assert_int_eq(get(address("/")), ASTRO_OK);
	ck_assert_int_eq(get(address("/")), ASTRO_UNREACHABLE);
	ck_assert_str_eq(err.message,
	                 named("cannot reach %s: no answer within 300 ms"));
	boot_time = 5300;
	ck_assert_int_eq(get(address("/")), ASTRO_UNREACHABLE);
	ck_assert_str_eq(err.message,
	                 named("%s was not asked: the time was up"));
	ck_assert_uint_eq(wire_requests(wire), 2);
	http_end_at(http, 0);
	clock_replace(NULL, NULL);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, asks_politely_and_reads_the_answer);
	tcase_add_loop_test(tcase, reads_the_servers_clock, 0, COUNT(dates));
	tcase_add_test(tcase, uses_one_connection_for_requests_in_turn);
	tcase_add_test(tcase, sends_several_at_once_and_brings_all_answers);
	tcase_add_test(tcase, brings_no_answer_where_one_request_fails);
	tcase_add_loop_test(tcase, sends_a_body_as_these_bytes, 0,
	                    COUNT(bodies));
	tcase_add_test(tcase, sends_secrets_and_headers_of_the_provider);
	tcase_add_loop_test(tcase, judges_an_answer_by_its_status_and_body, 0,
	                    COUNT(answers));
	tcase_add_loop_test(tcase, finds_what_the_server_says_went_wrong, 0,
	                    COUNT(complaints));
	tcase_add_loop_test(tcase, takes_a_body_of_1_mib_and_no_more, 0,
	                    COUNT(sizes));
	tcase_add_test(tcase, breaks_off_a_flood_of_chunks);
	tcase_add_test(tcase, breaks_off_a_flood_of_headers);
	tcase_add_loop_test(tcase, takes_20_interim_answers_and_no_more, 0,
	                    COUNT(interims));
	tcase_add_loop_test(tcase,
	                    says_how_a_transfer_broke_and_when_it_took_too_long,
	                    0, COUNT(breaks));
	tcase_add_test(tcase, an_interrupt_ends_it_soon);
	tcase_add_test(tcase, a_post_that_may_have_arrived_is_not_sent_again);
	tcase_add_test(tcase, an_empty_post_is_not_sent_again_either);
	tcase_add_loop_test(tcase, tells_what_became_of_a_guarded_secret, 0,
	                    COUNT(guarded));
	tcase_add_test(tcase,
	               a_guarded_secret_without_a_connection_was_not_sent);
	tcase_add_test(
		tcase,
		requests_without_the_guarded_secret_are_none_of_its_business);
	tcase_add_test(tcase, a_guard_that_says_no_keeps_the_request_here);
	tcase_add_test(tcase,
	               a_post_on_a_connection_gone_stale_takes_a_fresh_one);
	tcase_add_test(tcase, a_closed_port_is_said_to_refuse);
	tcase_add_loop_test(tcase,
	                    refuses_unsafe_addresses_before_anything_is_sent, 0,
	                    COUNT(unsafe));
	tcase_add_loop_test(tcase, refuses_requests_that_make_no_sense, 0,
	                    COUNT(nonsense));
	tcase_add_test(tcase,
	               refuses_a_request_without_address_and_too_many_at_once);
	tcase_add_test(tcase, knows_the_members_that_an_older_provider_has);
	tcase_add_test(tcase, an_improper_bearer_token_is_not_sent);
	tcase_add_test(tcase, a_warmed_connection_is_the_one_that_is_used);
	tcase_add_test(tcase,
	               a_prefetched_answer_is_there_when_it_is_asked_for);
	tcase_add_test(tcase,
	               waiting_ends_with_a_watched_descriptor_or_the_time);
	tcase_add_test(tcase, waiting_ends_with_an_interrupt);
	tcase_add_test(tcase, a_proxy_never_sees_what_stays_on_this_machine);
	tcase_add_test(tcase,
	               a_proxy_is_asked_for_a_tunnel_and_told_nothing_else);
	tcase_add_test(tcase, the_trace_shows_no_query_no_header_and_no_body);
	tcase_add_loop_test(
		tcase, looks_at_the_status_alone_when_the_body_does_not_count,
		0, COUNT(ignored));
	tcase_add_test(tcase, no_request_goes_on_beyond_the_end_of_all_of_them);
}

int main(void)
{
	Suite *suite = suite_create("http");
	TCase *tcase = tcase_create("http");
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
