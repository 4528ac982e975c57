/* SPDX-License-Identifier: Apache-2.0 */
/* No secret is seen but in the store: not with --verbose, not by others. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SOLO "solo@example.com"

/* No file of the home but config.yaml has SECRET. */
static void files_refuse(const char *secret)
{
	const char *words[] = {"grep", "-rlF", "--exclude=config.yaml",
	                       "-e",   secret, home_folder,
	                       NULL};
	const struct pty_options options = {.argv = words,
	                                    .no_terminal = true,
	                                    .pipe_stdout = true,
	                                    .pipe_stderr = true};
	struct pty_result result = pty_run(&options);

	ck_assert_msg(result.status == 1, "a secret is in %s", result.out);
	pty_result_clear(&result);
}

/* The value of NAME in a form's body; the caller frees. */
static char *form_value(const char *body, const char *name)
{
	char start[40], *found;

	(void)snprintf(start, sizeof(start), "%s=", name);
	found = strstr(body, start);
	ck_assert_msg(found != NULL, "no %s in %s", name, body);
	found += strlen(start);
	return strndup(found, strcspn(found, "&"));
}

static void refuse_all(const char *screen, char **secrets, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		ck_assert_uint_ge(strlen(secrets[i]), 8);
		text_refuse(screen, secrets[i]);
		files_refuse(secrets[i]);
		free(secrets[i]);
	}
}

/* INV-2, GQL-11, D33 */
START_TEST(shows_no_secret_of_an_astro_login)
{
	struct pty *pty;
	char *secrets[5], *screen, *bearer;
	const char *body;
	json_t *log;

	env_browser(SOLO);
	pty = astro_start("login", "--verbose", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	ck_assert_int_eq(pty_finish(pty), 0);
	screen = strdup(pty_screen(pty));
	pty_free(pty);

	log = sandbox_log();
	body = json_string_value(
		json_object_get(log_find(log, "/oauth/token"), "body"));
	secrets[0] = form_value(body, "code");
	secrets[1] = form_value(body, "code_verifier");
	secrets[2] = home_value("refreshtoken");
	bearer = home_value("token");
	secrets[3] = strdup(bearer + strlen("Bearer "));
	/* Half a token is a secret as well. */
	secrets[4] = strndup(secrets[3], strlen(secrets[3]) / 2);
	text_expect(screen, "/userinfo");
	refuse_all(screen, secrets, 5);
	json_decref(log);
	free(bearer);
	free(screen);
}
END_TEST

START_TEST(shows_no_secret_of_a_software_login)
{
	struct pty *pty = astro_start("login", "--verbose", "houston", NULL);
	char *secrets[2], *screen;

	pty_expect(pty, "Username");
	pty_send(pty, "solo\n");
	pty_expect(pty, "Password:");
	pty_send(pty, "sandbox-solo\n");
	ck_assert_int_eq(pty_finish(pty), 0);
	screen = strdup(pty_screen(pty));
	pty_free(pty);
	secrets[0] = strdup("sandbox-solo");
	secrets[1] = home_value("token");
	refuse_all(screen, secrets, 2);
	free(screen);
}
END_TEST

/* Even a server that sends it back does not bring it to the screen. */
START_TEST(shows_no_password_that_the_server_repeats)
{
	struct pty_result result;

	sandbox_fault("{'operation': 'createToken', 'kind': 'body', 'value':"
	              " {'errors': [{'message': 'wrong: sandbox-canary'}]}}");
	result = astro_ends(4, "sandbox-canary\n", "login", "houston", "-v",
	                    "-u", "solo", "--password-stdin", NULL);
	text_refuse(result.err, "sandbox-canary");
	text_expect(result.err, "***");
	pty_result_clear(&result);
}
END_TEST

static char *proc_read(pid_t pid, const char *name)
{
	char path[64], *text = calloc(1, 65536);
	size_t len, i;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	len = fread(text, 1, 65535, in);
	(void)fclose(in);
	for (i = 0; i < len; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	return text;
}

START_TEST(wipes_a_token_from_the_arguments)
{
	const struct timespec moment = {.tv_nsec = 50 * 1000000};
	char *token = sandbox_token("{'user': '" SOLO "'}", "access_token");
	struct pty *pty;
	json_t *log;
	char *line;
	int tries;

	sandbox_fault("{'path': '/private/v1alpha1/cli/auth-config',"
	              " 'kind': 'delay', 'value': 1500}");
	pty = astro_start("login", "localhost", "-t", token, NULL);
	/* When the server is asked, it is long gone. */
	for (tries = 0; tries < 200; tries++) {
		log = sandbox_log();
		if (json_array_size(log) > 0)
			break;
		json_decref(log);
		(void)nanosleep(&moment, NULL);
	}
	json_decref(log);
	line = proc_read(pty_pid(pty), "cmdline");
	text_expect(line, "login");
	text_refuse(line, token);
	free(line);
	ck_assert_int_eq(pty_finish(pty), 0);
	text_refuse(pty_screen(pty), token);
	pty_free(pty);
	free(token);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("secrecy");
	TCase *secrecy = e2e_case(suite, "secrecy");

	tcase_add_test(secrecy, shows_no_secret_of_an_astro_login);
	tcase_add_test(secrecy, shows_no_secret_of_a_software_login);
	tcase_add_test(secrecy, shows_no_password_that_the_server_repeats);
	tcase_add_test(secrecy, wipes_a_token_from_the_arguments);
	return e2e_main(suite);
}
