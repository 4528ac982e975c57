/* SPDX-License-Identifier: Apache-2.0 */
/* The callback, asked by raw sockets: who gets in, and who does not matter. */
#include "callback.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "clock.h"
#include "error.h"
#include "gate.h"
#include "holder.h"

#define STATE "S-0123456789-0123456789-0123456789-0123456"
#define ISSUER "https://auth.example.com/"
#define GOOD "/callback?code=c0de&state=" STATE

static struct callback *callback;
static char answer[65536];

static void set_up(void)
{
	const struct answer_expected expected = {.state = STATE,
	                                         .issuer = ISSUER};
	struct astro_error err = {0};

	ck_assert_msg(callback_open(0, "/callback", &callback, &err) ==
	                      ASTRO_OK,
	              "%s", err.message);
	callback_expect(callback, &expected);
}

static void tear_down(void)
{
	callback_close(callback);
	callback = NULL;
	clock_replace(NULL, NULL);
}

static int64_t now_ms(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int try_connect(int family)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int failed;

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	four.sin_port = htons(callback_port(callback));
	six.sin6_addr = in6addr_loopback;
	six.sin6_port = htons(callback_port(callback));
	failed = family == AF_INET
	                 ? connect(fd, (struct sockaddr *)&four, sizeof(four))
	                 : connect(fd, (struct sockaddr *)&six, sizeof(six));
	if (failed) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static int dial(void)
{
	int fd = try_connect(AF_INET);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void say(int fd, const char *bytes, size_t len)
{
	ck_assert_int_eq(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void ask(int fd, const char *target, const char *headers)
{
	char request[65536];
	int len = snprintf(request, sizeof(request),
	                   "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n%s\r\n",
	                   target, (unsigned)callback_port(callback), headers);

	say(fd, request, (size_t)len);
}

/* Run the callback until it has closed FD, or has nothing more to do; the
 * status of the answer, or 0. */
static int hear(int fd)
{
	struct pollfd watched[2] = {
		{.fd = callback_fd(callback), .events = POLLIN},
		{.fd = fd, .events = POLLIN},
	};
	size_t len = 0;
	int status = 0;

	for (;;) {
		ssize_t got;

		if (poll(watched, 2, 300) == 0)
			break;
		if (watched[0].revents != 0)
			callback_run(callback);
		if (watched[1].revents == 0)
			continue;
		got = recv(fd, answer + len, sizeof(answer) - 1 - len, 0);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	answer[len] = '\0';
	(void)sscanf(answer, "HTTP/1.1 %d", &status);
	return status;
}

/* Run the callback for what is there already. */
static void settle(void)
{
	struct pollfd watched = {.fd = callback_fd(callback), .events = POLLIN};
	int turn;

	for (turn = 0; turn < 100 && poll(&watched, 1, 0) > 0; turn++)
		callback_run(callback);
}

static int get(const char *target, const char *headers)
{
	int fd = dial(), status;

	ask(fd, target, headers);
	status = hear(fd);
	(void)close(fd);
	return status;
}

/* What this program is called, also under valgrind. */
static const char *own_name(void)
{
	static char name[64];
	FILE *stream = fopen("/proc/self/comm", "re");

	ck_assert_ptr_nonnull(stream);
	ck_assert_ptr_nonnull(fgets(name, sizeof(name), stream));
	(void)fclose(stream);
	name[strcspn(name, "\n")] = '\0';
	return name;
}

/*
 * The genuine answer still gets through, and quickly: within 250 ms of this
 * process's time, which a busy machine does not stretch, and without waiting
 * for the five seconds after which the others are dropped.
 */
static void genuine_answer_is_accepted(void)
{
	int fd = dial();
	/* valgrind is slower than any attack. */
	int slow = strncmp(own_name(), "memcheck", 8) == 0 ? 100 : 1;
	int64_t work = now_ms(CLOCK_PROCESS_CPUTIME_ID);
	int64_t begun = now_ms(CLOCK_MONOTONIC);
	struct pollfd watched = {.fd = callback_fd(callback), .events = POLLIN};

	ask(fd, GOOD, "");
	while (callback_query(callback) == NULL) {
		ck_assert_msg(now_ms(CLOCK_PROCESS_CPUTIME_ID) - work <
		                      250 * slow,
		              "not with 250 ms of work");
		ck_assert_msg(now_ms(CLOCK_MONOTONIC) - begun < 4500 * slow,
		              "not before the others are dropped");
		(void)poll(&watched, 1, 50);
		callback_run(callback);
	}
	ck_assert_str_eq(callback_query(callback), "code=c0de&state=" STATE);
	callback_finish(callback, true);
	ck_assert_int_eq(hear(fd), 200);
	ck_assert_ptr_nonnull(strstr(answer, "You are logged in"));
	(void)close(fd);
}

START_TEST(listens_on_both_loopback_addresses_and_no_other)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int four = try_connect(AF_INET), six, fd;

	ck_assert_int_ge(four, 0);
	(void)close(four);
	six = try_connect(AF_INET6);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd >= 0) {
		struct sockaddr_in6 loop = {.sin6_family = AF_INET6,
		                            .sin6_addr = in6addr_loopback};

		if (bind(fd, (struct sockaddr *)&loop, sizeof(loop)) == 0)
			ck_assert_int_ge(six, 0);
		(void)close(fd);
	}
	if (six >= 0)
		(void)close(six);

	/* 127.0.0.2 is this machine as well, and not ours. */
	fd = socket(AF_INET, SOCK_STREAM, 0);
	any.sin_port = htons(callback_port(callback));
	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	ck_assert_int_ne(connect(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	ck_assert_int_eq(errno, ECONNREFUSED);
	(void)close(fd);
}
END_TEST

START_TEST(holds_the_page_back_until_the_login_has_succeeded)
{
	int fd = dial();
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	ask(fd, GOOD, "");
	settle();
	ck_assert_ptr_nonnull(callback_query(callback));
	ck_assert_int_eq(poll(&watched, 1, 0), 0);

	callback_finish(callback, true);
	ck_assert_int_eq(hear(fd), 200);
	ck_assert_ptr_nonnull(strstr(answer, "return to the terminal"));
	(void)close(fd);
}
END_TEST

START_TEST(claims_no_success_when_the_login_failed)
{
	int fd = dial();

	ask(fd, GOOD, "");
	settle();
	callback_finish(callback, false);
	ck_assert_int_eq(hear(fd), 200);
	ck_assert_ptr_nonnull(strstr(answer, "The login did not work"));
	ck_assert_ptr_null(strstr(answer, "logged in"));
	(void)close(fd);
}
END_TEST

START_TEST(answers_who_waits_even_when_it_is_closed_unfinished)
{
	int fd = dial();
	ssize_t len;

	ask(fd, GOOD, "");
	settle();
	callback_close(callback);
	callback = NULL;
	len = recv(fd, answer, sizeof(answer) - 1, MSG_WAITALL);
	ck_assert_int_gt(len, 0);
	answer[len] = '\0';
	ck_assert_ptr_nonnull(strstr(answer, "The login did not work"));
	(void)close(fd);
}
END_TEST

START_TEST(the_port_is_closed_afterwards)
{
	uint16_t port = callback_port(callback);
	struct callback *again;
	struct astro_error err = {0};

	genuine_answer_is_accepted();
	callback_close(callback);
	ck_assert_int_eq(callback_open(port, "/callback", &again, &err),
	                 ASTRO_OK);
	callback_close(again);
	callback = again;
	callback = NULL;
}
END_TEST

/* The answer last heard stays out of caches, frames and referrers. */
static void answer_is_private(void)
{
	static const char *const headers[] = {
		"\r\nCache-Control: no-store\r\n",
		"\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nContent-Security-Policy: default-src 'none'; ",
		"\r\nX-Frame-Options: DENY\r\n",
		"\r\nX-Content-Type-Options: nosniff\r\n",
		"\r\nConnection: close\r\n",
		"\r\nContent-Type: text/html; charset=utf-8\r\n",
	};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ck_assert_msg(strstr(answer, headers[i]) != NULL, "no %s in %s",
		              headers[i], answer);
}

START_TEST(sends_the_headers_that_keep_the_page_and_the_code_private)
{
	ck_assert_int_eq(get("/favicon.ico", ""), 404);
	answer_is_private();
	ck_assert_int_eq(get("/callback?code=x", ""), 400);
	answer_is_private();
	ck_assert_int_eq(get(GOOD, "Origin: null\r\n"), 403);
	answer_is_private();
	genuine_answer_is_accepted();
	answer_is_private();
	ck_assert_int_eq(get(GOOD, ""), 409);
	answer_is_private();
}
END_TEST

/* Answers that are refused, and the login waits on. */
static const struct {
	const char *target, *headers;
	int status;
} refused[] = {
	/* The state. */
	{"/callback?code=x", "", 400},
	{"/callback", "", 400},
	{"/callback?", "", 400},
	{"/callback?code=x&state=", "", 400},
	{"/callback?code=x&state=wrong", "", 400},
	{"/callback?code=x&state=" STATE "x", "", 400},
	{"/callback?code=x&state=" STATE "&state=" STATE, "", 400},
	{"/callback?code=x&state=other&state=" STATE, "", 400},
	{"/callback?code=x&State=" STATE, "", 400},
	{"/callback?code=x;state=" STATE, "", 400},
	{"/callback?code=x&state=" STATE "%00", "", 400},
	{"/callback?code=x&state=" STATE "#", "", 400},
	/* An error of nobody's is nobody's. */
	{"/callback?error=access_denied", "", 400},
	{"/callback?error=access_denied&state=wrong", "", 400},
	{"/callback?error=access_denied&error_description=<script>alert(1)"
         "</script>&state=x",
         "", 400},
	/* Code and error: one, once, sound. */
	{"/callback?state=" STATE, "", 400},
	{"/callback?code=&state=" STATE, "", 400},
	{"/callback?error=&state=" STATE, "", 400},
	{"/callback?code=a&code=b&state=" STATE, "", 400},
	{"/callback?code=a&code=a&state=" STATE, "", 400},
	{"/callback?code=a&%63ode=b&state=" STATE, "", 400},
	{"/callback?error=a&error=b&state=" STATE, "", 400},
	{"/callback?code=a&error=b&state=" STATE, "", 400},
	{"/callback?code=%00&state=" STATE, "", 400},
	{"/callback?code=a%zz&state=" STATE, "", 400},
	{"/callback?code=a%&state=" STATE, "", 400},
	{"/callback?code=%c0%af&state=" STATE, "", 400},
	{"/callback?code=\xc3\xa4&state=" STATE, "", 400},
	{"/callback?code=%c3%a4&state=" STATE, "", 400},
	{"/callback?code=a%0d%0ab&state=" STATE, "", 400},
	/* The issuer (RFC 9207). */
	{GOOD "&iss=https%3A%2F%2Fevil.example%2F", "", 400},
	{GOOD "&iss=https%3A%2F%2Fauth.example.com", "", 400},
	{GOOD "&iss=", "", 400},
	{GOOD "&iss=https%3A%2F%2Fauth.example.com%2F&iss=x", "", 400},
	/* The path, byte for byte. */
	{"/", "", 404},
	{"/favicon.ico", "", 404},
	{"/callback/?code=c0de&state=" STATE, "", 404},
	{"/callbackx?code=c0de&state=" STATE, "", 404},
	{"//callback?code=c0de&state=" STATE, "", 404},
	{"/CALLBACK?code=c0de&state=" STATE, "", 404},
	{"/%63allback?code=c0de&state=" STATE, "", 404},
	{"/callback%00?code=c0de&state=" STATE, "", 404},
	{"/callback#?code=c0de&state=" STATE, "", 404},
	{"/callback;x?code=c0de&state=" STATE, "", 404},
	{"/./callback?code=c0de&state=" STATE, "", 404},
	{"/.well-known/openid-configuration", "", 404},
	{"http://localhost/callback?code=c0de&state=" STATE, "", 404},
	{"*", "", 404},
	/* Not a person's navigation. */
	{GOOD, "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n", 403},
	{GOOD, "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n", 403},
	{GOOD, "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", 403},
	{GOOD, "sec-fetch-mode: websocket\r\n", 403},
	{GOOD, "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: cors\r\n", 403},
	{GOOD, "Origin: https://evil.example\r\n", 403},
	{GOOD, "Origin: http://localhost\r\n", 403},
	{GOOD, "Origin: null\r\n", 403},
	{GOOD, "Origin:\r\n", 403},
	/* A second name. */
	{GOOD, "Host: localhost\r\n", 421},
	{GOOD, "Host: evil.example\r\n", 421},
	/* Bodies and their like. */
	{GOOD, "Content-Length: 1\r\n", 400},
	{GOOD, "Content-Length: 99999999999\r\n", 400},
	{GOOD, "Content-Length: -1\r\n", 400},
	{GOOD, "Transfer-Encoding: chunked\r\n", 400},
	{GOOD, "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400},
	{GOOD, "X: a\r\n folded\r\n", 400},
	{GOOD, "X : a\r\n", 400},
	{GOOD, "nonsense\r\n", 400},
	{GOOD, "X: bare\n", 400},
	{GOOD, "X: a\rb\r\n", 400},
	{GOOD, "X: \x01\r\n", 400},
	{GOOD "\t", "", 400},
};

START_TEST(refuses_an_answer_that_is_not_the_one_and_waits_on)
{
	int status = get(refused[_i].target, refused[_i].headers);

	ck_assert_msg(status == refused[_i].status, "%s %s: %d, not %d",
	              refused[_i].target, refused[_i].headers, status,
	              refused[_i].status);
	ck_assert_ptr_null(callback_query(callback));
	ck_assert_ptr_null(strstr(answer, "alert(1)"));
	if (status == 400 && strstr(answer, "<h1>") != NULL)
		ck_assert_ptr_nonnull(
			strstr(answer, "This answer does not belong to the "
		                       "login that is waiting."));
	genuine_answer_is_accepted();
}
END_TEST

static const struct {
	const char *method;
	int status;
} methods[] = {
	{"POST", 405},   {"HEAD", 405},  {"PUT", 405},     {"OPTIONS", 405},
	{"DELETE", 405}, {"TRACE", 405}, {"Get", 405},     {"BREW", 405},
	{"get", 405},    {"G@T", 400},   {"CONNECT", 405},
};

START_TEST(lets_only_get_count)
{
	char request[512];
	int fd = dial(), len, status;

	len = snprintf(request, sizeof(request),
	               "%s " GOOD " HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
	               methods[_i].method, (unsigned)callback_port(callback));
	say(fd, request, (size_t)len);
	status = hear(fd);
	ck_assert_msg(status == methods[_i].status, "%s: %d",
	              methods[_i].method, status);
	(void)close(fd);
	ck_assert_ptr_null(callback_query(callback));
	genuine_answer_is_accepted();
}
END_TEST

/* %u is our port. */
static const struct {
	const char *host;
	int status;
} hosts[] = {
	{"Host: localhost:%u\r\n", 200},
	{"Host: LOCALHOST:%u\r\n", 200},
	{"Host: 127.0.0.1:%u\r\n", 200},
	{"Host: [::1]:%u\r\n", 200},
	{"", 421},
	{"Host: localhost\r\n", 421},
	{"Host: localhost:9\r\n", 421},
	{"Host: 127.0.0.2:%u\r\n", 421},
	{"Host: evil.example:%u\r\n", 421},
	{"Host: localhost.evil.example:%u\r\n", 421},
	{"Host: localhost:%u@evil.example\r\n", 421},
	{"Host: localhost:%u\r\nHost: localhost:%u\r\n", 421},
	{"Host:\r\n", 421},
};

START_TEST(knows_only_its_own_three_names)
{
	unsigned port = callback_port(callback);
	char request[512];
	int fd = dial(), len;

	len = snprintf(request, sizeof(request), "GET " GOOD " HTTP/1.1\r\n");
	len += snprintf(request + len, sizeof(request) - (size_t)len,
	                hosts[_i].host, port, port);
	len += snprintf(request + len, sizeof(request) - (size_t)len, "\r\n");
	say(fd, request, (size_t)len);
	if (hosts[_i].status == 200) {
		settle();
		ck_assert_ptr_nonnull(callback_query(callback));
	} else {
		int status = hear(fd);

		/* The library itself insists on a Host. */
		ck_assert_msg(
			status == hosts[_i].status ||
				(hosts[_i].host[0] == '\0' && status == 400),
			"%s: %d", hosts[_i].host, status);
		ck_assert_ptr_null(callback_query(callback));
		genuine_answer_is_accepted();
	}
	(void)close(fd);
}
END_TEST

static const struct {
	const char *target, *headers;
} accepted[] = {
	{GOOD, ""},
	{GOOD, "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
               "Sec-Fetch-Site: cross-site\r\nSec-Fetch-User: ?1\r\n"},
	{GOOD, "Content-Length: 0\r\n"},
	{GOOD, "Cookie: a=\xc3\xa4\r\n"},
	{GOOD, "Connection: keep-alive\r\n"},
	{GOOD "&iss=https%3A%2F%2Fauth.example.com%2F", ""},
	{GOOD "&redirect=https://evil.example&next=//evil.example", ""},
	{"/callback?code=4%2F0AX-y_~.&state=" STATE, ""},
	{"/callback?code=a%26b%3Dc%2B%20d+e&state=" STATE, ""},
	{"/callback?state=" STATE "&error=access_denied&error_description="
         "%1b%5d52;c%07",
         ""},
};

START_TEST(takes_the_answer_of_the_login_that_waits)
{
	int fd = dial();

	ask(fd, accepted[_i].target, accepted[_i].headers);
	settle();
	ck_assert_ptr_nonnull(callback_query(callback));
	ck_assert_str_eq(callback_query(callback),
	                 strchr(accepted[_i].target, '?') + 1);
	callback_finish(callback, true);
	ck_assert_int_eq(hear(fd), 200);
	ck_assert_ptr_null(strstr(answer, "Location"));
	ck_assert_ptr_null(strstr(answer, "evil"));
	(void)close(fd);
}
END_TEST

START_TEST(takes_a_code_of_4096_bytes_and_none_longer)
{
	char target[8192], code[4098];
	int fd;

	memset(code, 'x', sizeof(code));
	code[4097] = '\0';
	(void)snprintf(target, sizeof(target), "/callback?code=%s&state=%s",
	               code, STATE);
	ck_assert_int_eq(get(target, ""), 400);

	code[4096] = '\0';
	(void)snprintf(target, sizeof(target), "/callback?code=%s&state=%s",
	               code, STATE);
	fd = dial();
	ask(fd, target, "");
	settle();
	ck_assert_ptr_nonnull(callback_query(callback));
	(void)close(fd);
}
END_TEST

START_TEST(answers_one_answer_and_refuses_its_repetition)
{
	int first = dial(), second = dial();

	ask(first, GOOD, "");
	ask(second, "/callback?code=another&state=" STATE, "");
	settle();
	ck_assert_str_eq(callback_query(callback), "code=c0de&state=" STATE);
	ck_assert_int_eq(hear(second), 409);
	ck_assert_ptr_nonnull(strstr(answer, "This login has its answer"));
	callback_finish(callback, true);
	ck_assert_int_eq(hear(first), 200);
	ck_assert_int_eq(get(GOOD, ""), 409);
	ck_assert_str_eq(callback_query(callback), "code=c0de&state=" STATE);
	(void)close(first);
	(void)close(second);
}
END_TEST

START_TEST(accepts_nothing_before_it_knows_what_to_expect)
{
	struct callback *fresh;

	callback_close(callback);
	ck_assert_int_eq(callback_open(0, "/callback", &fresh, NULL), ASTRO_OK);
	callback = fresh;
	ck_assert_int_eq(get(GOOD, ""), 400);
	ck_assert_int_eq(get("/callback?code=x&state=", ""), 400);
}
END_TEST

/* Bytes that are no request. */
static const struct {
	const char *bytes;
	size_t len;
} noise[] = {
	{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11},
	{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24},
	{"\0\0\0\0", 4},
	{"\r\nGET / HTTP/1.1\r\n\r\n", 20},
	{"GET / HTTP/1.1\nHost: localhost\n\n", 32},
	{"GET /callback?code=a\0b HTTP/1.1\r\n\r\n", 35},
	{"GET / HTTP/9.9\r\n\r\n", 18},
	{"GET /\r\n\r\n", 9},
	{"GET  / HTTP/1.1\r\n\r\n", 19},
	{"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", 36},
	{"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 26},
};

START_TEST(closes_on_who_speaks_no_http)
{
	int fd = dial();

	say(fd, noise[_i].bytes, noise[_i].len);
	ck_assert_int_eq(hear(fd), 400);
	(void)close(fd);
	genuine_answer_is_accepted();
}
END_TEST

START_TEST(closes_on_sixty_four_kilobytes_of_anything)
{
	static char bytes[65536];
	int fd = dial();
	ssize_t got;

	memset(bytes, 'A', sizeof(bytes));
	(void)send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL | MSG_DONTWAIT);
	/* Whatever comes first: the refusal, or the end of the connection. */
	ck_assert_int_ne(hear(fd), 200);
	ck_assert_ptr_null(callback_query(callback));
	got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	ck_assert_msg(got == 0 || (got < 0 && errno == ECONNRESET),
	              "the connection is still open");
	(void)close(fd);
	genuine_answer_is_accepted();
}
END_TEST

/* A request line of LEN bytes, for gate_judge(). */
static int judge_line(size_t len)
{
	static char bytes[65536];
	size_t used = (size_t)snprintf(bytes, sizeof(bytes), "GET /");

	while (used < len - 9)
		bytes[used++] = 'a';
	used += (size_t)snprintf(bytes + used, sizeof(bytes) - used,
	                         " HTTP/1.1\r\n\r\n");
	return gate_judge(bytes, used);
}

static int judge_headers(size_t len)
{
	static char bytes[65536];
	size_t begin =
		(size_t)snprintf(bytes, sizeof(bytes), "GET / HTTP/1.1\r\n");
	size_t used = begin;

	used += (size_t)snprintf(bytes + used, sizeof(bytes) - used, "X: ");
	while (used < begin + len - 2)
		bytes[used++] = 'a';
	used += (size_t)snprintf(bytes + used, sizeof(bytes) - used,
	                         "\r\n\r\n");
	return gate_judge(bytes, used);
}

START_TEST(bounds_the_request_line_and_the_headers)
{
	ck_assert_int_eq(judge_line(GATE_LINE_MAX - 1), 200);
	ck_assert_int_eq(judge_line(GATE_LINE_MAX), 200);
	ck_assert_int_eq(judge_line(GATE_LINE_MAX + 1), 414);
	ck_assert_int_eq(judge_headers(GATE_HEADERS_MAX - 1), 200);
	ck_assert_int_eq(judge_headers(GATE_HEADERS_MAX), 200);
	ck_assert_int_eq(judge_headers(GATE_HEADERS_MAX + 1), 431);
}
END_TEST

START_TEST(takes_a_request_however_it_is_cut)
{
	static const char whole[] =
		"GET /x HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
	size_t len;

	for (len = 0; len < sizeof(whole) - 1; len++)
		ck_assert_int_eq(gate_judge(whole, len), 0);
	ck_assert_int_eq(gate_judge(whole, len), 200);
	ck_assert_int_eq(gate_judge(whole, len + 1), 400);
}
END_TEST

START_TEST(serves_the_largest_request_it_lets_in)
{
	static char headers[GATE_HEADERS_MAX + 1];
	char target[GATE_LINE_MAX + 1];
	size_t used, host;

	/* Many small headers cost the library most. */
	host = (size_t)snprintf(headers, sizeof(headers),
	                        "Host: localhost:%u\r\n",
	                        (unsigned)callback_port(callback));
	used = 0;
	while (used + 300 + host <= GATE_HEADERS_MAX) {
		used += (size_t)snprintf(headers + used, sizeof(headers) - used,
		                         "Cookie: ");
		memset(headers + used, 'c', 200);
		used += 200;
		used += (size_t)snprintf(headers + used, sizeof(headers) - used,
		                         "\r\n");
	}
	used = (size_t)snprintf(target, sizeof(target), "%s&x=", GOOD);
	memset(target + used, 'x', GATE_LINE_MAX - 13 - used);
	target[GATE_LINE_MAX - 13] = '\0';

	{
		int fd = dial();

		ask(fd, target, headers);
		settle();
		ck_assert_ptr_nonnull(callback_query(callback));
		callback_finish(callback, true);
		ck_assert_int_eq(hear(fd), 200);
		(void)close(fd);
	}
}
END_TEST

START_TEST(refuses_a_thousand_headers_and_waits_on)
{
	static char headers[GATE_HEADERS_MAX];
	size_t used = 0;
	int i, status;

	for (i = 0; i < 1000; i++)
		used += (size_t)snprintf(headers + used, sizeof(headers) - used,
		                         "a%d: b\r\n", i);
	status = get("/", headers);
	ck_assert_msg(status == 404 || status == 431 || status == 413, "%d",
	              status);
	genuine_answer_is_accepted();
}
END_TEST

static int64_t fake_boot_time;

static int64_t fake_boot(void)
{
	return fake_boot_time;
}

static bool is_closed(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno != EAGAIN);
}

START_TEST(closes_a_slow_request_after_five_seconds_in_all)
{
	int slow = dial(), silent = dial();

	clock_replace(NULL, fake_boot);
	fake_boot_time = 1000;
	say(slow, "GET /", 5);
	settle();

	/* A byte now and then prolongs nothing. */
	fake_boot_time = 1000 + 4999;
	say(slow, "c", 1);
	settle();
	callback_run(callback);
	ck_assert(!is_closed(slow));
	ck_assert(!is_closed(silent));

	fake_boot_time = 1000 + 5000;
	callback_run(callback);
	ck_assert(is_closed(slow));
	ck_assert(is_closed(silent));
	(void)close(slow);
	(void)close(silent);
	clock_replace(NULL, NULL);
	genuine_answer_is_accepted();
}
END_TEST

START_TEST(drops_the_oldest_of_sixteen_for_one_more)
{
	int fds[17], i;

	for (i = 0; i < 16; i++) {
		fds[i] = dial();
		settle();
	}
	for (i = 0; i < 16; i++)
		ck_assert(!is_closed(fds[i]));

	fds[16] = dial();
	settle();
	ck_assert(is_closed(fds[0]));
	for (i = 1; i <= 16; i++)
		ck_assert(!is_closed(fds[i]));
	for (i = 0; i <= 16; i++)
		(void)close(fds[i]);
}
END_TEST

START_TEST(a_thousand_silent_sockets_do_not_delay_the_answer)
{
	struct rlimit limit;
	static int fds[1000];
	size_t i, count = 1000;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < 2048) {
		limit.rlim_cur = limit.rlim_max < 2048 ? limit.rlim_max : 2048;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < 1100)
		count = limit.rlim_cur - 100;
	for (i = 0; i < count; i++)
		fds[i] = dial();
	genuine_answer_is_accepted();
	for (i = 0; i < count; i++)
		(void)close(fds[i]);
}
END_TEST

START_TEST(sixteen_slow_senders_do_not_delay_the_answer)
{
	int fds[16], i;

	for (i = 0; i < 16; i++) {
		fds[i] = dial();
		say(fds[i], "GET /callback?code=", 19);
	}
	settle();
	for (i = 0; i < 16; i++)
		say(fds[i], "x", 1);
	genuine_answer_is_accepted();
	for (i = 0; i < 16; i++)
		(void)close(fds[i]);
}
END_TEST

START_TEST(a_thousand_forged_answers_do_not_delay_the_genuine_one)
{
	static int fds[400];
	int round, i;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 400; i++) {
			fds[i] = dial();
			ask(fds[i], "/callback?code=evil&state=guess", "");
		}
		if (round == 2)
			genuine_answer_is_accepted();
		else
			settle();
		for (i = 0; i < 400; i++)
			(void)close(fds[i]);
	}
}
END_TEST

START_TEST(a_browser_that_left_does_not_delay_the_end)
{
	int fd = dial();
	int64_t begun;

	ask(fd, GOOD, "");
	settle();
	ck_assert_ptr_nonnull(callback_query(callback));
	(void)close(fd);
	begun = now_ms(CLOCK_MONOTONIC);
	callback_finish(callback, true);
	ck_assert_int_lt(now_ms(CLOCK_MONOTONIC) - begun, 1000);
}
END_TEST

/* A listener of somebody else's; its port. */
static uint16_t occupy(int family, int *fd)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	socklen_t len = family == AF_INET ? sizeof(four) : sizeof(six);
	struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&four
	                                             : (struct sockaddr *)&six;

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	six.sin6_addr = in6addr_loopback;
	*fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || bind(*fd, address, len) != 0 || listen(*fd, 1) != 0 ||
	    getsockname(*fd, address, &len) != 0)
		return 0;
	return ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
}

static const int families[] = {AF_INET, AF_INET6};

START_TEST(says_who_has_the_port_on_either_family)
{
	struct astro_error err = {0};
	struct callback *other;
	char expected[128];
	uint16_t port;
	int fd;

	port = occupy(families[_i], &fd);
	if (port == 0 && families[_i] == AF_INET6)
		return; /* this machine has no ::1 */
	ck_assert_uint_ne(port, 0);

	ck_assert_int_eq(callback_open(port, "/callback", &other, &err),
	                 ASTRO_STORE);
	ck_assert_ptr_null(other);
	(void)snprintf(expected, sizeof(expected),
	               "port %u is in use by %s (pid %d)", (unsigned)port,
	               own_name(), (int)getpid());
	ck_assert_str_eq(err.message, expected);
	ck_assert_ptr_nonnull(strstr(err.hint, "pasting"));
	(void)close(fd);
}
END_TEST

START_TEST(finds_no_holder_of_a_free_port)
{
	char holder[64];
	uint16_t port;
	int fd;

	port = occupy(AF_INET, &fd);
	ck_assert(holder_find(port, holder, sizeof(holder)));
	(void)close(fd);
	ck_assert(!holder_find(port, holder, sizeof(holder)));
}
END_TEST

/* As astro is to everybody but root; its port goes to PIPE. */
static void listen_unseen(int out)
{
	uint16_t port;
	int fd;

	port = occupy(AF_INET, &fd);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (write(out, &port, sizeof(port)) != (ssize_t)sizeof(port))
		_exit(1);
	for (;;)
		(void)pause();
}

START_TEST(names_another_one_of_us_that_lets_nobody_look)
{
	char holder[64], expected[128];
	int ends[2];
	uint16_t port = 0;
	pid_t pid;

	/* Root sees everything. */
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		listen_unseen(ends[1]);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(read(ends[0], &port, sizeof(port)), sizeof(port));
	ck_assert_uint_ne(port, 0);

	ck_assert(holder_find(port, holder, sizeof(holder)));
	(void)snprintf(expected, sizeof(expected), "%s (pid %d)", own_name(),
	               (int)pid);
	ck_assert_str_eq(holder, expected);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}
END_TEST

static void add_tests(TCase *tcase)
{
#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))
	tcase_add_test(tcase, listens_on_both_loopback_addresses_and_no_other);
	tcase_add_test(tcase,
	               holds_the_page_back_until_the_login_has_succeeded);
	tcase_add_test(tcase, claims_no_success_when_the_login_failed);
	tcase_add_test(tcase,
	               answers_who_waits_even_when_it_is_closed_unfinished);
	tcase_add_test(tcase, the_port_is_closed_afterwards);
	tcase_add_test(
		tcase,
		sends_the_headers_that_keep_the_page_and_the_code_private);
	tcase_add_loop_test(tcase,
	                    refuses_an_answer_that_is_not_the_one_and_waits_on,
	                    0, COUNT(refused));
	tcase_add_loop_test(tcase, lets_only_get_count, 0, COUNT(methods));
	tcase_add_loop_test(tcase, knows_only_its_own_three_names, 0,
	                    COUNT(hosts));
	tcase_add_loop_test(tcase, takes_the_answer_of_the_login_that_waits, 0,
	                    COUNT(accepted));
	tcase_add_test(tcase, takes_a_code_of_4096_bytes_and_none_longer);
	tcase_add_test(tcase, answers_one_answer_and_refuses_its_repetition);
	tcase_add_test(tcase, accepts_nothing_before_it_knows_what_to_expect);
	tcase_add_loop_test(tcase, closes_on_who_speaks_no_http, 0,
	                    COUNT(noise));
	tcase_add_test(tcase, closes_on_sixty_four_kilobytes_of_anything);
	tcase_add_test(tcase, bounds_the_request_line_and_the_headers);
	tcase_add_test(tcase, takes_a_request_however_it_is_cut);
	tcase_add_test(tcase, serves_the_largest_request_it_lets_in);
	tcase_add_test(tcase, refuses_a_thousand_headers_and_waits_on);
	tcase_add_test(tcase, closes_a_slow_request_after_five_seconds_in_all);
	tcase_add_test(tcase, drops_the_oldest_of_sixteen_for_one_more);
	tcase_add_test(tcase,
	               a_thousand_silent_sockets_do_not_delay_the_answer);
	tcase_add_test(tcase, sixteen_slow_senders_do_not_delay_the_answer);
	tcase_add_test(tcase,
	               a_thousand_forged_answers_do_not_delay_the_genuine_one);
	tcase_add_test(tcase, a_browser_that_left_does_not_delay_the_end);
	tcase_add_loop_test(tcase, says_who_has_the_port_on_either_family, 0,
	                    COUNT(families));
	tcase_add_test(tcase, finds_no_holder_of_a_free_port);
	tcase_add_test(tcase, names_another_one_of_us_that_lets_nobody_look);
}

int main(void)
{
	Suite *suite = suite_create("callback");
	TCase *tcase = tcase_create("callback");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
