/* SPDX-License-Identifier: Apache-2.0 */
/* A server as a child process, and requests to it. */
#include "client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "fields.h"

enum { BODY_LIMIT = 16 * 1024 * 1024 };

static pid_t server;
static char base[100];

/* Before and after the tests there is none that could fail. */
static void insist(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "the sandbox %s\n", what);
	exit(EXIT_FAILURE);
}

void client_start(void)
{
	char line[200] = "";
	const char *at;
	FILE *output;
	int ends[2];

	insist(pipe(ends) == 0, "gets no pipe");
	server = fork();
	insist(server >= 0, "gets no process");
	if (server == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(ASTRO_SANDBOX, ASTRO_SANDBOX, "serve", "--port", "0",
		      "--exit-with-parent", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	output = fdopen(ends[0], "r");
	insist(output != NULL && fgets(line, sizeof(line), output) != NULL,
	       "does not start");
	at = strstr(line, "http://localhost:");
	insist(at != NULL, "does not tell its address");
	(void)snprintf(base, sizeof(base), "%.*s", (int)strcspn(at, " \n"), at);
	fclose(output);
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void client_stop(void)
{
	int status = 0;

	kill(server, SIGTERM);
	insist(waitpid(server, &status, 0) == server && status == 0,
	       "does not end with 0 at SIGTERM");
	curl_global_cleanup();
}

void client_reset(void)
{
	json_decref(client_control("reset", "{}"));
}

const char *client_base(void)
{
	return base;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *cls)
{
	return text_add(cls, bytes, size * count) ? size * count : 0;
}

/* The header LINE, if it is the one called NAME, up to one of END. */
static void keep(const char *line, size_t len, const char *name,
                 const char *end, char *out, size_t size)
{
	size_t name_len = strlen(name);

	if (len > name_len && strncasecmp(line, name, name_len) == 0)
		(void)snprintf(out, size, "%.*s",
		               (int)strcspn(line + name_len, end),
		               line + name_len);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *cls)
{
	struct got *got = cls;
	size_t len = size * count;

	keep(bytes, len, "Set-Cookie: ", ";\r", got->cookie,
	     sizeof(got->cookie));
	keep(bytes, len, "DPoP-Nonce: ", "\r", got->nonce, sizeof(got->nonce));
	keep(bytes, len, "WWW-Authenticate: ", "\r", got->challenge,
	     sizeof(got->challenge));
	return len;
}

static struct curl_slist *headers_of(const struct ask *ask)
{
	struct curl_slist *headers = NULL;
	struct text line;

	text_init(&line, BODY_LIMIT);
	if (ask->type != NULL || (ask->body != NULL && ask->body[0] == '{')) {
		text_addf(&line, "Content-Type: %s",
		          ask->type == NULL ? "application/json" : ask->type);
		headers = curl_slist_append(headers, line.bytes);
		text_clear(&line);
	}
	if (ask->authorization != NULL) {
		text_addf(&line, "Authorization: %s", ask->authorization);
		headers = curl_slist_append(headers, line.bytes);
	}
	if (ask->header != NULL)
		headers = curl_slist_append(headers, ask->header);
	text_clear(&line);
	return headers;
}

void client_ask(const struct ask *ask, struct got *got)
{
	CURL *curl = ask->curl == NULL ? curl_easy_init() : ask->curl;
	struct curl_slist *headers = headers_of(ask);
	const char *location = NULL, *type = NULL;
	char url[6000];

	memset(got, 0, sizeof(*got));
	text_init(&got->body, BODY_LIMIT);
	(void)snprintf(url, sizeof(url), "%s%s", base, ask->path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got->body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, got);
	if (ask->cookie != NULL)
		curl_easy_setopt(curl, CURLOPT_COOKIE, ask->cookie);
	if (ask->body != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ask->body);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ask->timeout_ms);
	if (ask->method != NULL)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask->method);
	got->code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &got->status);
	curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	(void)snprintf(got->location, sizeof(got->location), "%s",
	               location == NULL ? "" : location);
	(void)snprintf(got->type, sizeof(got->type), "%s",
	               type == NULL ? "" : type);
	got->json = json_loadb(got->body.bytes, got->body.len,
	                       JSON_REJECT_DUPLICATES, NULL);
	curl_slist_free_all(headers);
	if (ask->curl == NULL)
		curl_easy_cleanup(curl);
}

void got_clear(struct got *got)
{
	json_decref(got->json);
	text_clear(&got->body);
}

const char *got_text(const struct got *got, const char *name)
{
	const char *text = fields_get(got->json, name);

	return text == NULL ? "" : text;
}

json_t *client_control(const char *path, const char *json)
{
	struct got got;
	json_t *out;
	char full[200];

	(void)snprintf(full, sizeof(full), "/sandbox/%s", path);
	client_ask(&(struct ask){.path = full, .body = json}, &got);
	ck_assert_msg(got.status == 200, "%s %s: %ld %s", path, json,
	              got.status, got.body.bytes);
	out = json_incref(got.json);
	got_clear(&got);
	return out;
}

char *client_parameter(const char *url, const char *name)
{
	const char *question = strchr(url, '?');
	json_t *query = question == NULL ? NULL
	                                 : fields_parse(question + 1,
	                                                strlen(question + 1));
	char *value = text_copy(fields_get(query, name));

	json_decref(query);
	return value;
}

char *client_code(void)
{
	static const char path[] =
		"/authorize?client_id=astro-sandbox-cli"
		"&audience=astronomer-ee&response_type=code"
		"&redirect_uri=" CLIENT_CALLBACK
		"&scope=openid%20profile%20email%20offline_access"
		"&code_challenge=" CLIENT_CHALLENGE
		"&code_challenge_method=S256&state=s1&nonce=n1";
	char form[500], cookie[300];
	char *transaction, *code;
	struct got got;

	client_ask(&(struct ask){.path = path}, &got);
	ck_assert_int_eq(got.status, 302);
	transaction = client_parameter(got.location, "transaction");
	(void)snprintf(cookie, sizeof(cookie), "%s", got.cookie);
	got_clear(&got);

	(void)snprintf(form, sizeof(form),
	               "transaction=%s&user=jane%%40example.com"
	               "&password=sandbox-jane&action=login",
	               transaction);
	client_ask(
		&(struct ask){.path = "/login", .body = form, .cookie = cookie},
		&got);
	ck_assert_int_eq(got.status, 302);
	code = client_parameter(got.location, "code");
	ck_assert_ptr_nonnull(code);
	got_clear(&got);
	free(transaction);
	return code;
}

void client_login(struct got *got)
{
	char *code = client_code();
	char form[500];

	(void)snprintf(form, sizeof(form),
	               "client_id=astro-sandbox-cli"
	               "&grant_type=authorization_code&code=%s"
	               "&redirect_uri=%s&code_verifier=%s",
	               code, CLIENT_CALLBACK, CLIENT_VERIFIER);
	client_ask(&(struct ask){.path = "/oauth/token", .body = form}, got);
	ck_assert_int_eq(got->status, 200);
	free(code);
}

void client_refresh(const char *token, struct got *got)
{
	char form[300];

	(void)snprintf(form, sizeof(form),
	               "client_id=astro-sandbox-cli"
	               "&grant_type=refresh_token&refresh_token=%s",
	               token);
	client_ask(&(struct ask){.path = "/oauth/token", .body = form}, got);
}
