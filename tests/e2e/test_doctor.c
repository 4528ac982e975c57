/* SPDX-License-Identifier: Apache-2.0 */
/* astro auth doctor: what it says of broken things, and of a healthy login. */
#include "doctor_cases.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "plugins.h"
#include "renewal.h"

static struct pty_result consult(int code, const char *flag)
{
	const char *words[4] = {NULL};
	size_t count = 0;

	if (doctor_domain[0] != '\0') {
		words[count++] = "-d";
		words[count++] = doctor_domain;
	}
	if (flag != NULL)
		words[count++] = flag;
	return astro_ends(code, NULL, "auth", "doctor", words[0], words[1],
	                  words[2], NULL);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : text;
}

/* Every check has what a program may rely on. */
static void expect_check(const json_t *check)
{
	const char *state = text_of(check, "state");
	json_t *fix = json_object_get(check, "fix");
	json_t *code = json_object_get(check, "exit_code");
	bool is_error = strcmp(state, "error") == 0;

	ck_assert_uint_eq(json_object_size(check), 5);
	ck_assert_ptr_nonnull(strchr(text_of(check, "name"), '.'));
	ck_assert_str_ne(text_of(check, "message"), "");
	ck_assert(json_is_integer(code));
	ck_assert_int_eq(json_integer_value(code) != 0, is_error);
	if (is_error || strcmp(state, "warning") == 0)
		ck_assert_msg(json_is_string(fix), "no fix for %s",
		              text_of(check, "message"));
	else
		ck_assert_msg(strcmp(state, "ok") == 0 ||
		                      strcmp(state, "skipped") == 0,
		              "no state: %s", state);
}

/* The first check NAME of the document OUT. */
static json_t *find_check(const char *out, const char *name, json_t **document)
{
	json_t *check, *found = NULL;
	size_t i;

	*document = json_loads(out, 0, NULL);
	ck_assert_msg(*document != NULL, "no JSON:\n%s", out);
	json_array_foreach(json_object_get(*document, "checks"), i, check)
	{
		expect_check(check);
		if (found == NULL && strcmp(text_of(check, "name"), name) == 0)
			found = check;
	}
	ck_assert_msg(found != NULL, "no check %s in\n%s", name, out);
	return found;
}

static void expect_part(const char *text, const char *part, const char *all)
{
	ck_assert_msg(strstr(text, part) != NULL,
	              "\"%s\" should have \"%s\" in\n%s", text, part, all);
}

/* TEXT without its line breaks and what is drawn in front of lines. */
static char *unwrapped(const char *text)
{
	char *out = calloc(1, strlen(text) + 1);
	size_t len = 0;

	ck_assert_ptr_nonnull(out);
	for (; *text != '\0'; text++) {
		bool is_blank = *text == ' ' || *text == '\n';

		if (!is_blank || (len > 0 && out[len - 1] != ' '))
			out[len++] = is_blank ? ' ' : *text;
	}
	return out;
}

static void expect_lines(const char *out, const char *says)
{
	const char *line = out, *end;
	char *whole = unwrapped(out);

	text_expect(whole, says);
	free(whole);
	/* 80 columns, but for a word that is longer. */
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert_msg(end - line <= 80 ||
		                      memchr(line + 20, ' ',
		                             (size_t)(end - line) - 20) == NULL,
		              "too long: %.*s", (int)(end - line), line);
}

START_TEST(names_what_is_broken_and_the_fix)
{
	const struct doctor_case *broken = &doctor_cases[_i];
	struct pty_result result;
	json_t *document, *check;

	if (!broken->breaks()) {
		(void)fprintf(stderr, "left out, case %d: not as this user\n",
		              _i);
		return;
	}
	result = consult(broken->code, "--json");
	check = find_check(result.out, broken->check, &document);
	ck_assert_int_eq(json_is_true(json_object_get(document, "isHealthy")),
	                 broken->code == 0);
	ck_assert_str_eq(text_of(check, "state"), broken->state);
	ck_assert_int_eq(
		json_integer_value(json_object_get(check, "exit_code")),
		broken->check_code);
	expect_part(text_of(check, "message"), broken->says, result.out);
	if (broken->fix != NULL)
		expect_part(text_of(check, "fix"), broken->fix, result.out);
	json_decref(document);
	pty_result_clear(&result);

	result = consult(broken->code, NULL);
	expect_lines(result.out, broken->says);
	if (broken->code == 0)
		text_expect(result.out, "No errors, ");
	else
		text_expect(result.err, "astro: the doctor has found ");
	text_refuse(result.out, "hunter2");
	pty_result_clear(&result);
}
END_TEST

/* ---- a healthy one ---- */

static size_t lines_of(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

START_TEST(a_healthy_login_is_told_in_few_lines_and_nothing_is_changed)
{
	char *before = home_read(), *after;
	struct stat old, new;
	struct pty_result result;

	ck_assert_int_eq(stat(home_file, &old), 0);
	result = consult(0, NULL);
	text_expect(result.out, "localhost; provider astro (Astro)\n");
	text_expect(result.out, "in the context file, until ");
	text_expect(result.out, "the browser with /bin/true; port 12345 is "
	                        "free\n");
	text_expect(result.out, "All is well.\n");
	text_refuse(result.out, "warning");
	ck_assert_uint_le(lines_of(result.out), 9);
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);

	/* What a login asks first, and nothing of anybody's. */
	sandbox_expect("GET /private/v1alpha1/cli/auth-config\n"
	               "GET /.well-known/openid-configuration\n");
	after = home_read();
	ck_assert_str_eq(after, before);
	ck_assert_int_eq(stat(home_file, &new), 0);
	ck_assert_uint_eq(old.st_ino, new.st_ino);
	ck_assert_int_ne(access(plugin_path(".astro/state"), F_OK), 0);
	free(before);
	free(after);
}
END_TEST

START_TEST(no_secret_is_sent_or_shown)
{
	struct pty_result result;
	char *access = home_value("token"),
	     *refresh = home_value("refreshtoken");
	char *sent;
	json_t *log;

	env_set("ASTRO_API_TOKEN", "e30.eyJleHAiOjIwMDAwMDAwMDB9.canary");
	result = consult(0, "-v");
	log = sandbox_log();
	sent = json_dumps(log, 0);
	ck_assert_uint_ge(json_array_size(log), 3);
	text_refuse(sent, access + strlen("Bearer "));
	text_refuse(sent, refresh);
	text_refuse(sent, "canary");
	text_refuse(sent, "uthorization");
	text_refuse(result.out, "canary");
	text_refuse(result.err, "canary");
	text_refuse(result.out, access + strlen("Bearer "));
	text_refuse(result.err, access + strlen("Bearer "));
	text_refuse(result.err, refresh);
	json_decref(log);
	free(sent);
	free(access);
	free(refresh);
	pty_result_clear(&result);
}
END_TEST

/* No context, no login: what a first login would meet. */
START_TEST(looks_at_a_domain_before_its_first_login)
{
	struct pty_result result;

	home_write("local:\n  houston: http://localhost:@/v1\n");
	(void)snprintf(doctor_domain, sizeof(doctor_domain), "houston");
	result = consult(4, NULL);
	text_expect(result.out, "houston, which is not in the file; provider "
	                        "software");
	text_expect(result.out, "not logged in to houston");
	text_expect(result.out, "a login asks on the terminal");
	pty_result_clear(&result);
	sandbox_expect("POST /v1 authConfig\n");

	(void)snprintf(doctor_domain, sizeof(doctor_domain), "no_host!");
	result = consult(2, NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

/* A person's question is answered with Enter; what goes further is the login's.
 */
START_TEST(asks_an_openid_provider_for_its_metadata_and_keys)
{
	struct pty_result result;
	char *text;

	ck_assert_int_ge(
		asprintf(&text,
	                 "context: 127.0.0.1:%u/op\ncontexts:\n  op:\n"
	                 "    domain: 127.0.0.1:%u/op\n"
	                 "    issuer: http://127.0.0.1:%u/op\n"
	                 "    provider: oidc\n    client_id: sandbox-native\n"
	                 "    expiresin: 2096-01-02T00:00:00Z\n"
	                 "    access_token: opaque-token\n",
	                 sandbox_port, sandbox_port, sandbox_port),
		0);
	home_write(text);
	free(text);
	env_set("BROWSER", "none");
	env_set("SSH_CONNECTION", "1 2 3 4");
	result = consult(0, NULL);
	text_expect(result.out, "provider oidc (OpenID Connect)");
	pty_result_clear(&result);
	sandbox_expect("GET /op/.well-known/openid-configuration\n"
	               "GET /op/jwks\n");
}
END_TEST

/* On a terminal over SSH, with a server that has codes. */
START_TEST(says_which_way_a_login_would_go)
{
	struct pty *pty;

	env_set("BROWSER", NULL);
	env_set("SSH_CONNECTION", "1 2 3 4");
	pty = astro_start("auth", "doctor", NULL);
	pty_expect(pty, "over SSH: a login shows a link for any device");
	astro_finish(pty, 0);
	sandbox_set("{'device_authorization': true}");
	pty = astro_start("auth", "doctor", NULL);
	pty_expect(pty, "over SSH: a login shows a code for any device");
	astro_finish(pty, 0);
}
END_TEST

/* A copy of the program, without its engine, from the future. */
START_TEST(says_that_the_engine_is_missing_and_the_clock_is_early)
{
	const struct timespec times[2] = {{.tv_sec = time(NULL) + 1000},
	                                  {.tv_sec = time(NULL) + 1000}};
	const char *program = plugin_path("bin/astro");
	const char *copy[] = {"cp", ASTRO_BIN "/astro", program, NULL};
	const char *words[] = {program, "auth", "doctor", NULL};
	struct pty *pty;
	char *whole;

	ck_assert_int_eq(mkdir(plugin_path("bin"), 0700), 0);
	pty = program_start_alone(copy);
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	ck_assert_int_eq(utimensat(AT_FDCWD, program, times, 0), 0);

	pty = program_start_alone(words);
	pty_close_stdin(pty);
	ck_assert_int_eq(pty_finish(pty), 1);
	whole = unwrapped(pty_stdout(pty));
	text_expect(whole, "libastro-engine.so cannot be loaded");
	text_expect(whole, "install astro again");
	text_expect(whole, "before the time at which astro was built");
	free(whole);
	pty_free(pty);
}
END_TEST

static void await_request(void)
{
	size_t count = 0, tries;

	for (tries = 0; count == 0 && tries < 1000; tries++) {
		json_t *log = sandbox_log();

		count = json_array_size(log);
		json_decref(log);
		renewal_pause(10);
	}
	ck_assert_uint_gt(count, 0);
}

START_TEST(is_interrupted_at_once)
{
	struct pty *pty;

	sandbox_fault("{'path': '/private/*', 'kind': 'delay', 'value': 9000}");
	pty = astro_start("auth", "doctor", NULL);
	await_request();
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("the doctor");
	TCase *tcase = e2e_case(suite, "healthy");
	TCase *broken = e2e_case(suite, "broken");

	tcase_add_checked_fixture(tcase, doctor_begin, doctor_end);
	tcase_add_test(
		tcase,
		a_healthy_login_is_told_in_few_lines_and_nothing_is_changed);
	tcase_add_test(tcase, no_secret_is_sent_or_shown);
	tcase_add_test(tcase, looks_at_a_domain_before_its_first_login);
	tcase_add_test(tcase,
	               asks_an_openid_provider_for_its_metadata_and_keys);
	tcase_add_test(tcase, says_which_way_a_login_would_go);
	tcase_add_test(tcase,
	               says_that_the_engine_is_missing_and_the_clock_is_early);
	tcase_add_test(tcase, is_interrupted_at_once);
	tcase_add_checked_fixture(broken, doctor_begin, doctor_end);
	tcase_add_loop_test(broken, names_what_is_broken_and_the_fix, 0,
	                    (int)doctor_case_count);
	return e2e_main(suite);
}
