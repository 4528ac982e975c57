/* SPDX-License-Identifier: Apache-2.0 */
/* What a person sees and may do while the login waits for them. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOLO "solo@example.com"
#define SSH "192.0.2.1 50000 192.0.2.2 22"
#define ESCAPE "\033"

enum { LONG_PASTE = 6000, NARROW = 40 };

/* A login by a link, up to its prompt; the caller frees the address. */
static struct pty *wait_by_link(char **link)
{
	struct pty *pty = astro_start("login", "-l", "localhost", NULL);
	char *rest;

	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "http://localhost:");
	rest = pty_expect_until(pty, "\r\n");
	ck_assert_int_ge(asprintf(link, "http://localhost:%s", rest), 0);
	free(rest);
	pty_expect(pty, "left");
	return pty;
}

/* The code is confirmed at the first poll after this. */
static void offer_code(const char *script)
{
	char settings[200];

	(void)snprintf(settings, sizeof(settings),
	               "{'device_authorization': true, 'device_interval': 1, "
	               "'device_script': [%s]}",
	               script);
	sandbox_set(settings);
}

START_TEST(the_clock_goes_on_in_its_place)
{
	char *link;
	struct pty *pty = wait_by_link(&link);

	pty_expect(pty, "\r" ESCAPE "[KWaiting for the browser, 4:5");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	free(link);
}
END_TEST

/* What is being typed is not drawn over. */
START_TEST(the_clock_lets_a_line_be_typed)
{
	struct pty *pty;
	const char *typed;

	pty = astro_start("login", "-l", "localhost", "--timeout", "3", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "left; or paste the address it ends on: ");
	pty_send(pty, "htt");
	pty_expect(pty, "htt");
	ck_assert_int_eq(pty_finish(pty), 124);
	typed = strstr(pty_screen(pty), "on: htt");
	ck_assert_ptr_nonnull(typed);
	text_refuse(typed, ESCAPE "[K");
	text_expect(typed, "nobody finished the login within 3 s");
	pty_free(pty);
}
END_TEST

/* Each is the answer, in another dress.  "@" is the callback's query. */
static const char *const pastes[] = {
	"http://localhost:12345/callback?@\n",
	"  <http://127.0.0.1:12345/callback?@>  \r",
	"\"http://localhost:12345/callback?@\"\n",
	"?@\n",
	"@\n",
	"\033[200~http://localhost:12345/callback?@\033[201~\n",
};

START_TEST(an_answer_is_pasted_in_any_form)
{
	const char *form = pastes[_i], *at = strchr(form, '@');
	char *link, *address, *query, *line;
	struct pty *pty = wait_by_link(&link);

	address = browser_visit_elsewhere(link, SOLO);
	query = strchr(address, '?');
	ck_assert_ptr_nonnull(query);
	ck_assert_int_ge(asprintf(&line, "%.*s%s%s", (int)(at - form), form,
	                          query + 1, at + 1),
	                 0);
	pty_send(pty, line);
	pty_expect(pty, "Logged in to localhost as " SOLO);
	astro_finish(pty, 0);
	free(line);
	free(address);
	free(link);
}
END_TEST

START_TEST(the_code_alone_is_enough)
{
	char *link, *address, *code;
	struct pty *pty = wait_by_link(&link);

	address = browser_visit_elsewhere(link, SOLO);
	code = strstr(address, "code=");
	ck_assert_ptr_nonnull(code);
	code += strlen("code=");
	code[strcspn(code, "&")] = '\n';
	strchr(code, '\n')[1] = '\0';
	pty_send(pty, code);
	pty_expect(pty, "Logged in to localhost as " SOLO);
	astro_finish(pty, 0);
	free(address);
	free(link);
}
END_TEST

/* CB-45: in canonical mode the kernel cuts a line after 4095 bytes. */
START_TEST(a_paste_may_be_longer_than_a_line_of_the_kernel)
{
	char *link, *address, *line;
	struct pty *pty = wait_by_link(&link);
	char more[LONG_PASTE + 1];

	memset(more, 'a', LONG_PASTE);
	more[LONG_PASTE] = '\0';
	address = browser_visit_elsewhere(link, SOLO);
	ck_assert_int_ge(
		asprintf(&line, "%s&session_state=%s\n", address, more), 0);
	pty_send(pty, line);
	pty_expect(pty, "Logged in to localhost as " SOLO);
	astro_finish(pty, 0);
	free(line);
	free(address);
	free(link);
}
END_TEST

static const struct {
	const char *paste, *says;
} slips[] = {
	{"\n", "left; or paste"},
	{"hello\n", "that has no code in it; paste the whole address"},
	{"https://evil.example/callback?code=abcdefghijklmnop&state=x\n", ""},
};

START_TEST(a_slip_is_said_and_the_wait_goes_on)
{
	char *link, *address;
	struct pty *pty = wait_by_link(&link);

	pty_send(pty, slips[_i].paste);
	pty_expect(pty, slips[_i].says);
	pty_expect(pty, "Waiting for the browser");
	address = browser_visit_elsewhere(link, SOLO);
	pty_send(pty, address);
	pty_send(pty, "\n");
	pty_expect(pty, "Logged in to localhost as " SOLO);
	astro_finish(pty, 0);
	free(address);
	free(link);
}
END_TEST

START_TEST(the_end_of_input_ends_the_login)
{
	char *link;
	struct pty *pty = wait_by_link(&link);

	pty_send(pty, PTY_END);
	pty_expect(pty, "end of input before the login was finished");
	astro_finish(pty, 4);
	free(link);
}
END_TEST

/* CB-46: each has its own state, and neither harms the other. */
START_TEST(a_second_login_names_the_first_and_goes_on_by_pasting)
{
	char *first_link, *second_link, *address, *rest;
	struct pty *first = wait_by_link(&first_link), *second;

	second = astro_start("login", "localhost", NULL);
	pty_expect(second, "e-mail");
	pty_send(second, "\n");
	pty_expect(second, "Port 12345 is in use by astro (pid ");
	pty_expect(second, "; the login goes on by pasting");
	pty_expect(second, "http://localhost:");
	rest = pty_expect_until(second, "\r\n");
	ck_assert_int_ge(asprintf(&second_link, "http://localhost:%s", rest),
	                 0);
	pty_expect(second, "Paste the address that the browser ends on, ");

	address = browser_visit_elsewhere(second_link, SOLO);
	pty_send(second, address);
	pty_send(second, "\n");
	pty_expect(second, "Logged in to localhost as " SOLO);
	astro_finish(second, 0);

	browser_visit(first_link, "empty@example.com");
	pty_expect(first, "Logged in to localhost as empty@example.com");
	astro_finish(first, 0);
	free(rest);
	free(address);
	free(first_link);
	free(second_link);
}
END_TEST

/* Terminals that are not drawn on. */
static const char *const plain[][2] = {{"ACCESSIBLE", "1"}, {"TERM", "dumb"}};

START_TEST(a_plain_terminal_gets_a_code_in_plain_lines)
{
	struct pty *pty;
	const char *screen;

	offer_code("'authorization_pending', 'approve:" SOLO "'");
	env_set("SSH_CONNECTION", SSH);
	env_set(plain[_i][0], plain[_i][1]);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "  Enter     ");
	pty_expect(pty, "Logged in to localhost as " SOLO);
	ck_assert_int_eq(pty_finish(pty), 0);

	screen = pty_screen(pty);
	text_refuse(screen, ESCAPE);
	text_refuse(screen, "\xe2\x96\x88");
	text_refuse(screen, "##");
	text_expect(screen, "Waiting for you to confirm it there, ");
	text_refuse(strstr(screen, "Waiting for you to confirm it there, ") + 1,
	            "Waiting for you");
	if (_i == 0)
		text_expect(screen, "  Spelled   ");
	else
		text_refuse(screen, "Spelled");
	pty_free(pty);
}
END_TEST

START_TEST(a_plain_terminal_gets_a_prompt_that_stands_still)
{
	struct pty *pty;

	env_set(plain[_i][0], plain[_i][1]);
	pty = astro_start("login", "-l", "localhost", "--timeout", "2", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "Waiting for the browser, 0:02 left");
	ck_assert_int_eq(pty_finish(pty), 124);
	text_refuse(pty_screen(pty), ESCAPE);
	text_refuse(pty_screen(pty), "0:01 left");
	pty_free(pty);
}
END_TEST

/* Bold and the picture's colours are asked not to be there. */
START_TEST(no_colour_where_none_is_wanted)
{
	struct pty *pty;

	offer_code("'approve:" SOLO "'");
	env_set("SSH_CONNECTION", SSH);
	if (_i == 1)
		env_set("NO_COLOR", "1");
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	ck_assert_int_eq(pty_finish(pty), 0);
	if (_i == 1) {
		text_refuse(pty_screen(pty), ESCAPE "[1m");
		text_refuse(pty_screen(pty), ESCAPE "[97;40m");
		text_expect(pty_screen(pty), "\xe2\x96\x88");
	} else {
		text_expect(pty_screen(pty), ESCAPE "[1m");
		text_expect(pty_screen(pty), ESCAPE "[97;40m");
	}
	pty_free(pty);
}
END_TEST

/* The code and its address are still to be read on 24 rows. */
START_TEST(the_code_stands_below_its_picture)
{
	const char *picture, *code;
	struct pty *pty;

	offer_code("'approve:" SOLO "'");
	env_set("SSH_CONNECTION", SSH);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	ck_assert_int_eq(pty_finish(pty), 0);
	picture = strstr(pty_screen(pty), "\xe2\x96\x88");
	code = strstr(pty_screen(pty), "  Enter     ");
	ck_assert(picture != NULL && code != NULL && picture < code);
	text_refuse(code, "\xe2\x96\x88");
	text_expect(code, "Confirm it only if you began it yourself");
	pty_free(pty);
}
END_TEST

/* A line that is drawn over again and again fits into the terminal's. */
START_TEST(a_narrow_terminal_gets_lines_that_fit)
{
	static const char clean[] = "\r" ESCAPE "[K";
	const char *at;
	struct pty *pty;
	int drawn = 0;

	if (_i == 0)
		offer_code("'authorization_pending', 'access_denied'");
	env_set("SSH_CONNECTION", SSH);
	pty = astro_start("login", "localhost", "--timeout", "3", NULL);
	pty_resize(pty, 24, NARROW);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	ck_assert_int_eq(pty_finish(pty), _i == 0 ? 4 : 124);
	for (at = pty_screen(pty); (at = strstr(at, clean)) != NULL; drawn++) {
		at += strlen(clean);
		/* What comes after the wait is not drawn over. */
		if (memmem(at, strcspn(at, "\r\n"), " left", 5) == NULL)
			break;
		ck_assert_uint_lt(strcspn(at, "\r\n"), NARROW);
	}
	ck_assert_int_ge(drawn, 2);
	text_expect(pty_screen(pty),
	            _i == 0 ? clean : "Waiting, 0:02 left; or paste");
	pty_free(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("waiting for a person");
	TCase *paste = e2e_case(suite, "pasting");
	TCase *screen = e2e_case(suite, "screens");

	tcase_add_loop_test(paste, an_answer_is_pasted_in_any_form, 0,
	                    sizeof(pastes) / sizeof(pastes[0]));
	tcase_add_test(paste, the_code_alone_is_enough);
	tcase_add_test(paste, a_paste_may_be_longer_than_a_line_of_the_kernel);
	tcase_add_loop_test(paste, a_slip_is_said_and_the_wait_goes_on, 0,
	                    sizeof(slips) / sizeof(slips[0]));
	tcase_add_test(paste, the_end_of_input_ends_the_login);
	tcase_add_test(paste,
	               a_second_login_names_the_first_and_goes_on_by_pasting);

	tcase_add_test(screen, the_clock_goes_on_in_its_place);
	tcase_add_test(screen, the_clock_lets_a_line_be_typed);
	tcase_add_loop_test(screen, a_plain_terminal_gets_a_code_in_plain_lines,
	                    0, 2);
	tcase_add_loop_test(
		screen, a_plain_terminal_gets_a_prompt_that_stands_still, 0, 2);
	tcase_add_loop_test(screen, no_colour_where_none_is_wanted, 0, 2);
	tcase_add_test(screen, the_code_stands_below_its_picture);
	tcase_add_loop_test(screen, a_narrow_terminal_gets_lines_that_fit, 0,
	                    2);
	return e2e_main(suite);
}
