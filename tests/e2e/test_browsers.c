/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers that do not do what browsers do: the login goes on (CB-43). */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOLO "solo@example.com"
#define CANARY "printed-by-the-browser"

static const struct {
	const char *script; /* NULL: there is no such program */
	const char *says;
} browsers[] = {
	{NULL, "was not found: open this link on any device:"},
	{"exit 1", "The browser ended with 1: open the link above"},
	{"kill -SEGV $$", "The browser was ended by signal 11: open the link"},
	{"exec sleep 20", "Opening your browser to log in."},
	{"trap '' TERM INT HUP; exec sleep 20", "Opening your browser"},
	{"setsid sleep 20 & exit 0", "Opening your browser to log in."},
	{"yes " CANARY " | head -c 1048576; yes " CANARY
         " | head -c 1048576 >&2",
         "Opening your browser to log in."},
	{"yes " CANARY " >/dev/tty", "Opening your browser to log in."},
	{"exec 0<&- 1>&- 2>&-; exec sleep 20", "Opening your browser"},
	{"read line; exit $?", "The browser ended with 1: open the link above"},
};

static void make(const char *script)
{
	char path[PATH_SIZE * 2];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/browser", home_folder);
	env_set("ASTRO_BROWSER", path);
	if (script == NULL)
		return;
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	(void)fprintf(out, "#!/bin/sh\n%s\n", script);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

START_TEST(no_browser_stops_the_login)
{
	struct pty *pty;
	char *rest, *link;
	const char *at;

	make(browsers[_i].script);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "http://localhost:");
	rest = pty_expect_until(pty, "\r\n");
	ck_assert_int_ge(asprintf(&link, "http://localhost:%s", rest), 0);
	pty_expect(pty, "Waiting for the browser");
	at = strstr(browsers[_i].says, "above");
	if (at != NULL || strstr(browsers[_i].says, "signal") != NULL)
		pty_expect(pty, browsers[_i].says);
	browser_visit(link, SOLO);
	pty_expect(pty, "Logged in to localhost as " SOLO);
	ck_assert_int_eq(pty_finish(pty), 0);
	text_expect(pty_screen(pty), browsers[_i].says);
	text_refuse(pty_screen(pty), CANARY);
	pty_free(pty);
	free(rest);
	free(link);
}
END_TEST

/* And nothing of it is waited for, or left to be buried. */
START_TEST(no_browser_keeps_a_piped_login_from_its_end)
{
	struct pty *pty;
	char *link;
	const char *at;

	make(browsers[_i].script);
	pty = astro_start_alone("login", "localhost", NULL);
	pty_expect_stderr(pty, "http://localhost:");
	pty_expect_stderr(pty, "\n");
	at = strstr(pty_stderr(pty), "http://localhost:");
	link = strndup(at, strcspn(at, "\n"));
	browser_visit(link, SOLO);
	pty_expect_stderr(pty, "Logged in to localhost as " SOLO);
	ck_assert_int_eq(pty_finish(pty), 0);
	ck_assert_str_eq(pty_stdout(pty), "");
	text_refuse(pty_stderr(pty), CANARY);
	pty_free(pty);
	free(link);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("browsers");
	TCase *tcase = e2e_case(suite, "bad browsers");

	tcase_add_loop_test(tcase, no_browser_stops_the_login, 0,
	                    sizeof(browsers) / sizeof(browsers[0]));
	tcase_add_loop_test(tcase, no_browser_keeps_a_piped_login_from_its_end,
	                    0, sizeof(browsers) / sizeof(browsers[0]));
	return e2e_main(suite);
}
