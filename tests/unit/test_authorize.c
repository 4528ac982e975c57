/* SPDX-License-Identifier: Apache-2.0 */
/* The grant: its address, what may be pasted, and the wait on a terminal. */
#include "authorize.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "answering.h"
#include "authorize_url.h"
#include "callback.h"
#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "interrupt.h"
#include "json.h"
#include "paste.h"
#include "pkce.h"
#include "pty.h"
#include "secret.h"
#include "text.h"

/*
 * The address.
 */

static const struct authorize_attempt attempt = {
	.redirect_uri = "http://localhost:12345/callback",
	.state = "STATE",
	.nonce = "NONCE",
	.challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
};

static const struct astro_client client = {
	.size = sizeof(client),
	.id = "the client",
};

/* SERVER is filled too, and must live as long as what is returned. */
static struct astro_authorization request_for(struct astro_server *server,
                                              const char *endpoint)
{
	struct astro_authorization request = {
		.size = sizeof(request),
		.server = server,
		.client = &client,
		.scope = "openid profile email offline_access",
		.redirect_uri = "http://localhost:12345/callback",
	};

	*server = (struct astro_server){
		.size = sizeof(*server),
		.issuer = "https://auth.example.com/",
		.authorization_endpoint = endpoint,
		.token_endpoint = "https://auth.example.com/oauth/token",
	};
	return request;
}

START_TEST(builds_an_address_with_everything_encoded)
{
	static const struct astro_field parameters[] = {
		{"prompt", "login", NULL},
		{"audience", "a&b=c", NULL},
		{"login_hint", "jane+test@example.com", NULL},
		{"organization", NULL, NULL},
	};
	struct astro_server server;
	struct astro_authorization request =
		request_for(&server, "https://auth.example.com/authorize");
	struct astro_error err = {0};
	struct text url;

	request.parameters = parameters;
	request.parameter_count = 4;
	text_init(&url, 4096);
	ck_assert_int_eq(authorize_url_make(&request, &attempt, &url, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(
		url.bytes,
		"https://auth.example.com/authorize?response_type=code"
		"&response_mode=query&client_id=the%20client"
		"&redirect_uri=http%3A%2F%2Flocalhost%3A12345%2Fcallback"
		"&scope=openid%20profile%20email%20offline_access"
		"&state=STATE&nonce=NONCE"
		"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
		"&code_challenge_method=S256&prompt=login"
		"&audience=a%26b%3Dc&login_hint=jane%2Btest%40example.com");
	text_clear(&url);
}
END_TEST

START_TEST(keeps_the_endpoints_own_query)
{
	struct astro_server server;
	struct astro_authorization request = request_for(
		&server, "http://localhost:8888/authorize?tenant=a");
	struct text url;

	text_init(&url, 4096);
	ck_assert_int_eq(authorize_url_make(&request, &attempt, &url, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(strncmp(url.bytes,
	                         "http://localhost:8888/authorize?tenant=a"
	                         "&response_type=code&",
	                         60),
	                 0);
	text_clear(&url);
}
END_TEST

static const struct {
	const char *endpoint;
	int status;
	const char *message;
} endpoints[] = {
	{"http://auth.example.com/authorize", ASTRO_UNSAFE,
         "the login page of auth.example.com is reached by plain http"},
	{"file:///etc/passwd", ASTRO_BAD_CONFIG, NULL},
	{"https://u:p@auth.example.com/authorize", ASTRO_BAD_CONFIG, NULL},
	{"https://auth.example.com/authorize#x", ASTRO_BAD_CONFIG, NULL},
	{"authorize", ASTRO_BAD_CONFIG, NULL},
	{"https://auth.example.com/\x1b[2J", ASTRO_BAD_CONFIG, NULL},
};

START_TEST(refuses_an_endpoint_that_is_not_safe_to_visit)
{
	struct astro_server server;
	struct astro_authorization request =
		request_for(&server, endpoints[_i].endpoint);
	struct astro_error err = {0};
	struct text url;

	text_init(&url, 4096);
	ck_assert_int_eq(authorize_url_make(&request, &attempt, &url, &err),
	                 endpoints[_i].status);
	if (endpoints[_i].message != NULL)
		ck_assert_str_eq(err.message, endpoints[_i].message);
	ck_assert_str_ne(err.message, "");
	ck_assert_ptr_null(strchr(err.message, '\x1b'));
	text_clear(&url);
}
END_TEST

static const char *const reserved[] = {"state",
                                       "nonce",
                                       "redirect_uri",
                                       "code_challenge",
                                       "code_challenge_method",
                                       "client_id",
                                       "scope",
                                       "response_type",
                                       "response_mode"};

START_TEST(lets_no_provider_set_what_the_grant_sets)
{
	const struct astro_field parameter = {reserved[_i], "x", NULL};
	struct astro_server server;
	struct astro_authorization request =
		request_for(&server, "https://auth.example.com/authorize");
	struct astro_error err = {0};
	struct text url;

	request.parameters = &parameter;
	request.parameter_count = 1;
	text_init(&url, 4096);
	ck_assert_int_eq(authorize_url_make(&request, &attempt, &url, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_ptr_nonnull(strstr(err.message, reserved[_i]));
	text_clear(&url);
}
END_TEST

/*
 * Pasting.
 */

#define BARE(code)                                                             \
	"code=" code "&state=STATE&iss=https%3A%2F%2Fauth.example.com%2F"

static const struct {
	const char *line;
	int status;
	const char *query; /* for ASTRO_OK */
} pastes[] = {
	{"http://localhost:12345/callback?code=c&state=STATE", ASTRO_OK,
         "code=c&state=STATE"},
	{"  \"http://localhost:12345/callback?code=c&state=STATE\" ", ASTRO_OK,
         "code=c&state=STATE"},
	{"<http://localhost:12345/callback?code=c&state=STATE>", ASTRO_OK,
         "code=c&state=STATE"},
	{"http://127.0.0.1:12345/callback?code=c&state=STATE", ASTRO_OK,
         "code=c&state=STATE"},
	{"http://[::1]:12345/callback?code=c&state=STATE", ASTRO_OK,
         "code=c&state=STATE"},
	{"localhost:12345/callback?code=c&state=STATE", ASTRO_OK,
         "code=c&state=STATE"},
	{"http://localhost:12345/callback?state=STATE&error=access_denied",
         ASTRO_OK, "state=STATE&error=access_denied"},
	{"http://localhost:12345/callback?code=c&state=STATE#_=_", ASTRO_OK,
         "code=c&state=STATE"},
	{"code=c&state=STATE", ASTRO_OK, "code=c&state=STATE"},
	{"?code=c&state=STATE", ASTRO_OK, "code=c&state=STATE"},
	{"code=a%2Fb&state=STATE&iss=https%3A%2F%2Fauth.example.com%2F",
         ASTRO_OK,
         "code=a%2Fb&state=STATE&iss=https%3A%2F%2Fauth.example.com%2F"},
	/* The code alone, short as some servers make them. */
	{"4/0AX-barecode", ASTRO_OK, BARE("4%2F0AX-barecode")},
	{"code6", ASTRO_OK, BARE("code6")},
	{"'abcd-1234'", ASTRO_OK, BARE("abcd-1234")},
	{"abcdefghijklmnop", ASTRO_OK, BARE("abcdefghijklmnop")},
	/* Another login's. */
	{"http://localhost:12345/callback?code=c&state=OTHER", ASTRO_UNSAFE, 0},
	{"http://localhost:12345/callback?code=c", ASTRO_UNSAFE, 0},
	{"http://localhost:12345/callback?code=c&state=STAT", ASTRO_UNSAFE, 0},
	{"code=c&state=STATE&state=STATE", ASTRO_UNSAFE, 0},
	{"error=access_denied&state=OTHER", ASTRO_UNSAFE, 0},
	{"code=c", ASTRO_UNSAFE, 0},
	{"code=c&state=STATE&iss=https%3A%2F%2Fevil.example%2F", ASTRO_UNSAFE,
         0},
	/* Nothing to use. */
	{"", ASTRO_NOT_FOUND, 0},
	{"   ", ASTRO_NOT_FOUND, 0},
	{"hello", ASTRO_NOT_FOUND, 0},
	{"Authentication", ASTRO_NOT_FOUND, 0},
	{"12", ASTRO_NOT_FOUND, 0},
	{"localhost:12345", ASTRO_NOT_FOUND, 0},
	{"evil.example/callback1", ASTRO_NOT_FOUND, 0},
	{"a=b", ASTRO_NOT_FOUND, 0},
	{"state=STATE", ASTRO_NOT_FOUND, 0},
	{"code=&state=STATE", ASTRO_NOT_FOUND, 0},
	{"code=a&code=b&state=STATE", ASTRO_NOT_FOUND, 0},
	{"code=a&error=b&state=STATE", ASTRO_NOT_FOUND, 0},
	{"code=%zz&state=STATE", ASTRO_NOT_FOUND, 0},
	{"http://localhost:12345/callback", ASTRO_NOT_FOUND, 0},
	{"http://localhost:12345/callback?", ASTRO_NOT_FOUND, 0},
	{"http://localhost:9999/callback?code=c&state=STATE", ASTRO_NOT_FOUND,
         0},
	{"http://localhost:12345/other?code=c&state=STATE", ASTRO_NOT_FOUND, 0},
	{"https://localhost:12345/callback?code=c&state=STATE", ASTRO_NOT_FOUND,
         0},
	{"http://evil.example:12345/callback?code=c&state=STATE",
         ASTRO_NOT_FOUND, 0},
	{"https://auth.example.com/authorize?state=STATE&code=c",
         ASTRO_NOT_FOUND, 0},
	{"javascript://localhost:12345/callback?code=c&state=STATE",
         ASTRO_NOT_FOUND, 0},
};

START_TEST(reads_a_pasted_address_by_the_callbacks_rules)
{
	struct astro_secret *line, *query;
	struct astro_error err = {0};
	struct url_parts redirect;
	struct paste_expected expected = {
		.redirect = &redirect,
		.answer = {.state = "STATE",
	                   .issuer = "https://auth.example.com/"},
	};
	int status;

	ck_assert_int_eq(url_parts_get("http://localhost:12345/callback",
	                               &redirect, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(secret_new(pastes[_i].line, strlen(pastes[_i].line),
	                            &line, NULL),
	                 ASTRO_OK);
	status = paste_read(line, &expected, &query, &err);
	ck_assert_msg(status == pastes[_i].status, "%s: %d (%s)",
	              pastes[_i].line, status, err.message);
	if (status == ASTRO_OK) {
		ck_assert_str_eq(secret_bytes(query, NULL), pastes[_i].query);
	} else {
		ck_assert_ptr_null(query);
		ck_assert_str_ne(err.message, "");
	}
	if (status == ASTRO_UNSAFE) {
		ck_assert_int_eq(error_exit_code(status), 7);
		ck_assert_str_eq(
			err.message,
			strstr(pastes[_i].line, "iss=") == NULL
				? "the pasted address does not belong to this "
				  "login: its state is another"
				: "the pasted address does not belong to this "
				  "login: the server that it comes from is "
				  "another, or is not named (iss)");
	}
	secret_free(query);
	secret_free(line);
	url_parts_clear(&redirect);
}
END_TEST

/*
 * The whole of it, on a terminal.
 */

#define TOKENS                                                                 \
	"{\"access_token\":\"at-canary\",\"refresh_token\":\"rt-canary\","     \
	"\"token_type\":\"Bearer\",\"expires_in\":3600}"

/* What a login is to do. */
struct login {
	enum engine_flow flow;
	uint16_t server, port;
	const char *browser; /* ASTRO_BROWSER */
	int64_t seconds;     /* to the deadline; 0: none */
	bool no_input;
	const struct astro_field *parameters;
	size_t parameter_count;
};

/* Runs in the child, with the terminal. */
static int log_in(void *data)
{
	const struct login *login = data;
	struct engine_job job = {.flow = login->flow,
	                         .no_input = login->no_input};
	const struct http_options options = {.user_agent = "test"};
	struct astro_core core = {.job = &job};
	struct astro_credential *credential = NULL;
	struct astro_error err = {0};
	char authorize[64] = "", token[64], keys[64], redirect[64];
	const char *warm[] = {keys};
	struct astro_server server;
	struct astro_authorization request = request_for(&server, authorize);
	int status;

	(void)snprintf(authorize, sizeof(authorize),
	               "http://localhost:%u/authorize", login->server);
	(void)snprintf(token, sizeof(token), "http://localhost:%u/token",
	               login->server);
	(void)snprintf(keys, sizeof(keys), "http://localhost:%u/keys",
	               login->server);
	(void)snprintf(redirect, sizeof(redirect),
	               "http://localhost:%u/callback", login->port);
	server.token_endpoint = token;
	server.jwks_uri = keys;
	request.redirect_uri = redirect;
	request.warm = warm;
	request.warm_count = 1;
	request.parameters = login->parameters;
	request.parameter_count = login->parameter_count;

	(void)setenv("ASTRO_BROWSER",
	             login->browser != NULL ? login->browser : "", 1);
	(void)unsetenv("BROWSER");
	interrupt_install();
	json_setup();
	if (login->seconds > 0)
		job.deadline = clock_boot() + login->seconds * 1000;
	status = http_new(&options, &core.http, &err);
	if (status == ASTRO_OK)
		status = authorize_run(&core, &request, &credential, &err);
	http_free(core.http);
	if (status == ASTRO_OK)
		(void)fprintf(
			stderr, "credential: %s\n",
			secret_bytes(credential_get(credential, "access_token"),
		                     NULL));
	else
		(void)fprintf(stderr, "failed: %s | %s\n", err.message,
		              err.hint);
	credential_free(credential);
	return error_exit_code(status);
}

/* Started as a browser: go where the login page would send one. */
static int browse(const char *how, const char *url)
{
	char redirect[256], state[128], target[1024];
	static char answer[65536];
	unsigned port = 0;
	FILE *stream;

	answering_value(url, "redirect_uri", redirect, sizeof(redirect));
	answering_value(url, "state", state, sizeof(state));
	if (sscanf(redirect, "http%%3A%%2F%%2Flocalhost%%3A%u%%2Fcallback",
	           &port) != 1)
		return 1;
	if (strcmp(how, "deny") == 0)
		(void)snprintf(target, sizeof(target),
		               "/callback?error=access_denied"
		               "&error_description=not+you&state=%s",
		               state);
	else
		(void)snprintf(target, sizeof(target),
		               "/callback?code=c%%2B1&state=%s", state);
	answering_get((uint16_t)port, target, answer, sizeof(answer));
	if (getenv("TEST_PAGE") == NULL)
		return 0;
	stream = fopen(getenv("TEST_PAGE"), "we");
	if (stream == NULL)
		return 1;
	(void)fputs(answer, stream);
	(void)fclose(stream);
	return 0;
}

static char page_file[64];
static int page_fd = -1;

/* What the browser was shown: it may still be writing. */
static const char *page(void)
{
	static char text[65536];
	struct pollfd watched = {.fd = page_fd, .events = POLLIN};
	size_t used = 0;

	while (poll(&watched, 1, 10000) > 0) {
		ssize_t got =
			read(page_fd, text + used, sizeof(text) - 1 - used);

		if (got <= 0)
			break;
		used += (size_t)got;
	}
	ck_assert_msg(used > 0, "the browser saw no page");
	text[used] = '\0';
	return text;
}

static char self[PATH_MAX + 32];

static const char *browser_that(const char *how)
{
	static char command[PATH_MAX + 64];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(len, 0);
	self[len] = '\0';
	(void)snprintf(command, sizeof(command), "%s --browse %s", self, how);
	return command;
}

/* A pipe with a name: browsers inherit nothing. */
static void set_up(void)
{
	(void)snprintf(page_file, sizeof(page_file),
	               "/tmp/test_authorize.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(page_file));
	(void)snprintf(page_file + strlen(page_file), 8, "/page");
	ck_assert_int_eq(mkfifo(page_file, 0600), 0);
	page_fd = open(page_file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(page_fd, 0);
	(void)setenv("TEST_PAGE", page_file, 1);
}

static void tear_down(void)
{
	(void)close(page_fd);
	(void)unlink(page_file);
	*strrchr(page_file, '/') = '\0';
	(void)rmdir(page_file);
}

static struct pty *spawn(const struct login *login)
{
	struct pty_options options = {.work = log_in,
	                              .data = (void *)(uintptr_t)login};

	return pty_spawn(&options);
}

/* The address shown, for free(). */
static char *shown_url(struct pty *pty)
{
	char *rest, *url;

	pty_expect(pty, "http://localhost:");
	rest = pty_expect_until(pty, "\r\n");
	url = malloc(strlen(rest) + 32);
	ck_assert_ptr_nonnull(url);
	(void)snprintf(url, strlen(rest) + 32, "http://localhost:%s", rest);
	free(rest);
	return url;
}

/* Paste what the login page would have sent a browser to, with CHANGE after
 * the state. */
static void paste_back(struct pty *pty, const char *change)
{
	char *url = shown_url(pty);
	char redirect[256], state[128], line[1024];
	unsigned port = 0;

	answering_value(url, "redirect_uri", redirect, sizeof(redirect));
	answering_value(url, "state", state, sizeof(state));
	ck_assert_uint_eq(strlen(state), PKCE_LEN);
	ck_assert_int_eq(sscanf(redirect,
	                        "http%%3A%%2F%%2Flocalhost%%3A%u%%2Fcallback",
	                        &port),
	                 1);
	pty_expect(pty, "paste the address it ends on: ");
	(void)snprintf(line, sizeof(line),
	               "http://localhost:%u/callback?code=c0de&state=%s%s\r",
	               port, state, change);
	pty_send(pty, line);
	free(url);
}

START_TEST(a_browser_that_comes_back_logs_in)
{
	struct login login = {.browser = browser_that("code")};
	const char *body;
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "Opening your browser to log in");
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	ck_assert_ptr_null(strstr(pty_screen(pty), "rt-canary"));
	pty_free(pty);

	body = answering_stop();
	ck_assert_int_eq(strncmp(body,
	                         "grant_type=authorization_code&code=c%2B1&"
	                         "code_verifier=",
	                         53),
	                 0);
	ck_assert_ptr_nonnull(strstr(body, "&client_id=the+client"));
	ck_assert_ptr_nonnull(
		strstr(body, "&redirect_uri=http%3A%2F%2Flocalhost%3A"));
	ck_assert_ptr_nonnull(strstr(page(), "You are logged in"));
}
END_TEST

START_TEST(a_resource_is_asked_for_with_the_code_again)
{
	static const struct astro_field parameters[] = {
		{"prompt", "consent", NULL},
		{"resource", "https://api.example.com/", NULL},
	};
	struct login login = {.browser = browser_that("code"),
	                      .parameters = parameters,
	                      .parameter_count = 2};
	const char *body;
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);

	body = answering_stop();
	ck_assert_ptr_nonnull(strstr(
		body, "&resource=https%3A%2F%2Fapi.example.com%2F&client_id="));
	ck_assert_ptr_null(strstr(body, "prompt"));
}
END_TEST

START_TEST(the_page_claims_nothing_when_the_exchange_is_refused)
{
	struct login login = {.browser = browser_that("code")};
	struct pty *pty;

	login.server = answering_start(400, "{\"error\":\"invalid_grant\"}");
	pty = spawn(&login);
	pty_expect(pty, "failed: the server refused: invalid_grant");
	ck_assert_int_eq(pty_finish(pty), 4);
	pty_free(pty);
	(void)answering_stop();
	ck_assert_ptr_nonnull(strstr(page(), "The login did not work"));
}
END_TEST

START_TEST(a_refusal_by_the_person_is_said)
{
	struct login login = {.browser = browser_that("deny")};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty,
	           "failed: the server refused: access_denied: not you | run "
	           "`astro login` again");
	ck_assert_int_eq(pty_finish(pty), 4);
	pty_free(pty);
	ck_assert_str_eq(answering_stop(), "");
	ck_assert_ptr_nonnull(strstr(page(), "The login did not work"));
}
END_TEST

START_TEST(a_pasted_address_logs_in)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "Open this link in a browser to log in:");
	paste_back(pty, "");
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	ck_assert_ptr_nonnull(strstr(answering_stop(), "&code=c0de&"));
}
END_TEST

START_TEST(a_pasted_address_of_another_login_is_refused)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	paste_back(pty, "x");
	pty_expect(pty, "failed: the pasted address does not belong to this "
	                "login: its state is another");
	ck_assert_int_eq(pty_finish(pty), 7);
	pty_free(pty);
	ck_assert_str_eq(answering_stop(), "");
}
END_TEST

START_TEST(a_pasted_address_of_another_server_is_refused)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	paste_back(pty, "&iss=https%3A%2F%2Fevil.example%2F");
	pty_expect(pty, "failed: the pasted address does not belong to this "
	                "login: the server that it comes from is another, or "
	                "is not named (iss)");
	ck_assert_int_eq(pty_finish(pty), 7);
	pty_free(pty);
	ck_assert_str_eq(answering_stop(), "");
}
END_TEST

START_TEST(an_unusable_line_is_said_and_the_wait_goes_on)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;
	char *url;
	char state[64], line[256];

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	url = shown_url(pty);
	pty_expect(pty, "it ends on: ");
	pty_send(pty, "nonsense\r");
	pty_expect(pty, "that has no code in it; paste the whole address");
	pty_expect(pty, "it ends on: ");
	answering_value(url, "state", state, sizeof(state));
	(void)snprintf(line, sizeof(line), "code=c0de&state=%s\r", state);
	pty_send(pty, line);
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	free(url);
	(void)answering_stop();
}
END_TEST

START_TEST(the_callback_finishes_what_a_link_began)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;
	char *url;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	url = shown_url(pty);
	ck_assert_int_eq(browse("code", url), 0);
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	free(url);
	(void)answering_stop();
	ck_assert_ptr_nonnull(strstr(page(), "You are logged in"));
}
END_TEST

START_TEST(a_failing_browser_is_said_and_the_login_goes_on)
{
	struct login login = {.browser = "/bin/false"};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "If it does not open, visit:");
	paste_back(pty, "");
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	(void)answering_stop();
}
END_TEST

START_TEST(a_missing_browser_is_said_and_the_login_goes_on)
{
	struct login login = {.browser = "no-such-browser"};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "The browser \"no-such-browser\" was not found: open "
	                "this link on any device:");
	paste_back(pty, "");
	pty_expect(pty, "credential: at-canary");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	(void)answering_stop();
}
END_TEST

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

START_TEST(a_busy_port_is_said_and_pasting_finishes_the_login)
{
	struct login login = {.browser = browser_that("code")};
	struct callback *busy;
	char expected[128];
	struct pty *pty;
	char *url, state[64], line[256];

	login.server = answering_start(200, TOKENS);
	ck_assert_int_eq(callback_open(0, "/callback", &busy, NULL), ASTRO_OK);
	login.port = callback_port(busy);
	(void)snprintf(expected, sizeof(expected),
	               "Port %u is in use by %s (pid %d); the "
	               "login goes on by pasting",
	               (unsigned)login.port, own_name(), (int)getpid());
	pty = spawn(&login);
	pty_expect(pty, expected);
	url = shown_url(pty);
	pty_expect(pty, "Paste the address that the browser ends on: ");
	answering_value(url, "state", state, sizeof(state));
	(void)snprintf(line, sizeof(line), "code=c0de&state=%s\r", state);
	pty_send(pty, line);
	pty_expect(pty, "credential: at-canary");
	ck_assert_ptr_null(strstr(pty_screen(pty), "Opening your browser"));
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	free(url);
	callback_close(busy);
	(void)answering_stop();
}
END_TEST

START_TEST(a_busy_port_without_a_terminal_fails_at_once)
{
	struct login login = {.browser = browser_that("code")};
	struct pty_options options = {
		.work = log_in, .data = &login, .no_terminal = true};
	struct pty_result result;
	struct callback *busy;

	ck_assert_int_eq(callback_open(0, "/callback", &busy, NULL), ASTRO_OK);
	login.port = callback_port(busy);
	login.server = answering_start(200, TOKENS);
	result = pty_run(&options);
	ck_assert_int_eq(result.status, 4);
	ck_assert_msg(strstr(result.err,
	                     "and there is no terminal to paste the answer "
	                     "on") != NULL,
	              "%s", result.err);
	pty_result_clear(&result);
	callback_close(busy);
	(void)answering_stop();
}
END_TEST

START_TEST(a_named_browser_serves_without_a_terminal)
{
	struct login login = {.browser = browser_that("code")};
	struct pty_options options = {
		.work = log_in, .data = &login, .no_terminal = true};
	struct pty_result result;

	login.server = answering_start(200, TOKENS);
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.err);
	ck_assert_ptr_nonnull(strstr(result.err, "credential: at-canary"));
	pty_result_clear(&result);
	(void)answering_stop();
}
END_TEST

START_TEST(without_a_terminal_and_a_browser_it_fails_at_once)
{
	struct login login = {.server = 9};
	struct pty_options options = {
		.work = log_in, .data = &login, .no_terminal = true};
	struct pty_result result = pty_run(&options);

	ck_assert_int_eq(result.status, 4);
	ck_assert_msg(strstr(result.err,
	                     "failed: a login needs a person, and there "
	                     "is no terminal | give a token with "
	                     "--token-login - or ASTRO_API_TOKEN, or use "
	                     "--device") != NULL,
	              "%s", result.err);
	pty_result_clear(&result);
}
END_TEST

START_TEST(nobody_who_comes_is_a_timeout)
{
	struct login login = {.flow = ENGINE_FLOW_LINK, .seconds = 1};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "failed: nobody finished the login within 1 s");
	ck_assert_int_eq(pty_finish(pty), 124);
	pty_free(pty);
	(void)answering_stop();
}
END_TEST

START_TEST(an_interrupt_ends_the_wait)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "it ends on: ");
	pty_send(pty, PTY_INTERRUPT);
	pty_expect(pty, "failed: ");
	ck_assert_int_eq(pty_finish(pty), 130);
	pty_free(pty);
	(void)answering_stop();
}
END_TEST

START_TEST(the_end_of_input_ends_the_login)
{
	struct login login = {.flow = ENGINE_FLOW_LINK};
	struct pty *pty;

	login.server = answering_start(200, TOKENS);
	pty = spawn(&login);
	pty_expect(pty, "it ends on: ");
	pty_send(pty, PTY_END);
	pty_expect(pty, "failed: end of input before the login was finished");
	ck_assert_int_eq(pty_finish(pty), 4);
	pty_free(pty);
	(void)answering_stop();
}
END_TEST

static void add_runs(TCase *tcase)
{
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_browser_that_comes_back_logs_in);
	tcase_add_test(tcase, a_resource_is_asked_for_with_the_code_again);
	tcase_add_test(tcase,
	               the_page_claims_nothing_when_the_exchange_is_refused);
	tcase_add_test(tcase, a_refusal_by_the_person_is_said);
	tcase_add_test(tcase, a_pasted_address_logs_in);
	tcase_add_test(tcase, a_pasted_address_of_another_login_is_refused);
	tcase_add_test(tcase, a_pasted_address_of_another_server_is_refused);
	tcase_add_test(tcase, an_unusable_line_is_said_and_the_wait_goes_on);
	tcase_add_test(tcase, the_callback_finishes_what_a_link_began);
	tcase_add_test(tcase, a_failing_browser_is_said_and_the_login_goes_on);
	tcase_add_test(tcase, a_missing_browser_is_said_and_the_login_goes_on);
	tcase_add_test(tcase,
	               a_busy_port_is_said_and_pasting_finishes_the_login);
	tcase_add_test(tcase, a_busy_port_without_a_terminal_fails_at_once);
	tcase_add_test(tcase, a_named_browser_serves_without_a_terminal);
	tcase_add_test(tcase,
	               without_a_terminal_and_a_browser_it_fails_at_once);
	tcase_add_test(tcase, nobody_who_comes_is_a_timeout);
	tcase_add_test(tcase, an_interrupt_ends_the_wait);
	tcase_add_test(tcase, the_end_of_input_ends_the_login);
}

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(int argc, char **argv)
{
	Suite *suite = suite_create("authorize");
	TCase *tcase = tcase_create("pieces");
	SRunner *runner;
	int failed;

	if (argc == 4 && strcmp(argv[1], "--browse") == 0)
		return browse(argv[2], argv[3]);
	tcase_add_test(tcase, builds_an_address_with_everything_encoded);
	tcase_add_test(tcase, keeps_the_endpoints_own_query);
	tcase_add_loop_test(tcase,
	                    refuses_an_endpoint_that_is_not_safe_to_visit, 0,
	                    COUNT(endpoints));
	tcase_add_loop_test(tcase, lets_no_provider_set_what_the_grant_sets, 0,
	                    COUNT(reserved));
	tcase_add_loop_test(tcase,
	                    reads_a_pasted_address_by_the_callbacks_rules, 0,
	                    COUNT(pastes));
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("runs");
	add_runs(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
