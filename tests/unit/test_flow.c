/* SPDX-License-Identifier: Apache-2.0 */
/* Which way a login goes, for every combination of facts. */
#include "flow.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* One bit a fact: 2 to the 12th combinations of each asked flow. */
enum { FACTS = 12, COMBINATIONS = 1 << FACTS };

static struct flow_facts facts_of(int bits, enum engine_flow asked)
{
	struct flow_facts facts = {
		.asked = asked,
		.terminal = (bits & 1) != 0,
		.no_input = (bits & 2) != 0,
		.browser_named = (bits & 4) != 0,
		.browser_refused = (bits & 8) != 0 && (bits & 4) == 0,
		.display = (bits & 16) != 0,
		.ssh = (bits & 32) != 0,
		.container = (bits & 64) != 0,
		.wsl = (bits & 128) != 0,
		.ci = (bits & 256) != 0,
		.driven = (bits & 512) != 0,
		.device_offered = (bits & 1024) != 0,
		.editor = (bits & 2048) != 0,
	};
	return facts;
}

START_TEST(a_link_that_was_asked_for_is_shown_whatever_else_is_so)
{
	int bits;

	for (bits = 0; bits < COMBINATIONS; bits++) {
		struct flow_facts facts = facts_of(bits, ENGINE_FLOW_LINK);
		struct astro_error err = {0};
		struct flow_choice choice;

		if (facts.no_input)
			continue;
		ck_assert_int_eq(flow_select(&facts, &choice, &err), ASTRO_OK);
		ck_assert_int_eq(choice.flow, FLOW_LINK);
		ck_assert_ptr_null(choice.why);
	}
}
END_TEST

START_TEST(a_device_code_that_was_asked_for_is_used_where_the_server_has_it)
{
	int bits;

	for (bits = 0; bits < COMBINATIONS; bits++) {
		struct flow_facts facts = facts_of(bits, ENGINE_FLOW_DEVICE);
		struct astro_error err = {0};
		struct flow_choice choice;

		if (facts.no_input)
			continue;
		ck_assert_int_eq(flow_select(&facts, &choice, &err),
		                 facts.device_offered ? ASTRO_OK
		                                      : ASTRO_UNSUPPORTED);
		if (facts.device_offered) {
			ck_assert_int_eq(choice.flow, FLOW_DEVICE);
			ck_assert_ptr_null(choice.why);
			continue;
		}
		ck_assert_str_eq(err.message,
		                 "the server has no login by device code");
		ck_assert_str_eq(err.hint, "use --login-link instead");
	}
}
END_TEST

START_TEST(a_named_browser_is_opened_whatever_else_is_so)
{
	int bits;

	for (bits = 0; bits < COMBINATIONS; bits++) {
		struct flow_facts facts = facts_of(bits, ENGINE_FLOW_AUTO);
		struct flow_choice choice;

		if (facts.no_input || !facts.browser_named)
			continue;
		ck_assert_int_eq(flow_select(&facts, &choice, NULL), ASTRO_OK);
		ck_assert_int_eq(choice.flow, FLOW_BROWSER);
		ck_assert_ptr_null(choice.why);
	}
}
END_TEST

START_TEST(where_nobody_is_to_be_asked_no_flow_is_begun)
{
	static const enum engine_flow asked[] = {
		ENGINE_FLOW_AUTO, ENGINE_FLOW_LINK, ENGINE_FLOW_DEVICE};
	int bits;

	for (bits = 0; bits < COMBINATIONS * 3; bits++) {
		struct flow_facts facts = facts_of(bits / 3, asked[bits % 3]);
		struct astro_error err = {0};
		struct flow_choice choice;

		if (!facts.no_input)
			continue;
		ck_assert_int_eq(flow_select(&facts, &choice, &err),
		                 ASTRO_EXPIRED);
		ck_assert_str_eq(err.message,
		                 "a login needs a person, and --no-input says "
		                 "that nobody is to be asked");
	}
}
END_TEST

START_TEST(nobody_to_finish_it_is_said_at_once)
{
	int bits;

	for (bits = 0; bits < COMBINATIONS; bits++) {
		struct flow_facts facts = facts_of(bits, ENGINE_FLOW_AUTO);
		struct astro_error err = {0};
		struct flow_choice choice;

		if (!facts.no_input &&
		    (facts.browser_named || facts.terminal || facts.driven))
			continue;
		ck_assert_int_eq(flow_select(&facts, &choice, &err),
		                 ASTRO_EXPIRED);
		ck_assert_int_eq(error_exit_code(ASTRO_EXPIRED), 4);
		ck_assert_str_eq(
			err.message,
			facts.no_input
				? "a login needs a person, and --no-input "
				  "says that nobody is to be asked"
				: "a login needs a person, and there is no "
				  "terminal");
		ck_assert_ptr_nonnull(strstr(err.hint, "--token-login -"));
		ck_assert_ptr_nonnull(strstr(err.hint, "ASTRO_API_TOKEN"));
		ck_assert_ptr_nonnull(strstr(err.hint, "--device"));
	}
}
END_TEST

START_TEST(on_a_terminal_the_surroundings_decide)
{
	int bits;

	for (bits = 0; bits < COMBINATIONS; bits++) {
		struct flow_facts facts = facts_of(bits, ENGINE_FLOW_AUTO);
		bool has_browser, elsewhere;
		struct flow_choice choice;

		if (facts.browser_named || facts.no_input ||
		    (!facts.terminal && !facts.driven))
			continue;
		has_browser = facts.display || facts.wsl;
		elsewhere = facts.browser_refused ||
		            (!facts.editor && (facts.ssh || facts.container ||
		                               facts.ci || !has_browser));
		ck_assert_int_eq(flow_select(&facts, &choice, NULL), ASTRO_OK);
		ck_assert_int_eq(choice.flow, !elsewhere ? FLOW_BROWSER
		                              : facts.device_offered
		                                      ? FLOW_DEVICE
		                                      : FLOW_LINK);
		ck_assert(elsewhere == (choice.why != NULL));
	}
}
END_TEST

static const struct {
	struct flow_facts facts;
	const char *why;
} reasons[] = {
	{{.terminal = true, .ssh = true, .display = true}, "over SSH"},
	{{.terminal = true, .container = true, .display = true},
         "in a container"},
	{{.terminal = true, .ci = true, .display = true}, "in CI"},
	{{.terminal = true}, "no display here"},
	{{.terminal = true, .browser_refused = true, .display = true},
         "no browser wanted"},
};

START_TEST(one_half_line_says_why_no_browser_is_opened)
{
	struct flow_choice choice;

	ck_assert_int_eq(flow_select(&reasons[_i].facts, &choice, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(choice.flow, FLOW_LINK);
	ck_assert_ptr_nonnull(choice.why);
	ck_assert_str_eq(choice.why, reasons[_i].why);
}
END_TEST

static void forget_surroundings(void)
{
	static const char *const names[] = {"ASTRO_BROWSER",
	                                    "BROWSER",
	                                    "DISPLAY",
	                                    "WAYLAND_DISPLAY",
	                                    "SSH_CONNECTION",
	                                    "container",
	                                    "CI",
	                                    "WSL_DISTRO_NAME",
	                                    "WSL_INTEROP",
	                                    "VSCODE_GIT_ASKPASS_NODE"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]);
}

START_TEST(gathers_the_facts_from_the_environment)
{
	struct engine_job job = {.flow = ENGINE_FLOW_AUTO};
	struct flow_facts facts;

	forget_surroundings();
	flow_facts_gather(&facts, &job);
	ck_assert(!facts.browser_named && !facts.browser_refused);
	ck_assert(!facts.display && !facts.ssh && !facts.ci && !facts.wsl);
	ck_assert(!facts.editor);

	(void)setenv("WAYLAND_DISPLAY", "wayland-0", 1);
	(void)setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22", 1);
	(void)setenv("container", "lxc", 1);
	(void)setenv("CI", "true", 1);
	(void)setenv("BROWSER", "none", 1);
	job = (struct engine_job){.flow = ENGINE_FLOW_LINK, .no_input = true};
	flow_facts_gather(&facts, &job);
	ck_assert(facts.display && facts.ssh && facts.container && facts.ci);
	ck_assert(facts.browser_refused && !facts.browser_named);
	ck_assert_int_eq(facts.asked, ENGINE_FLOW_LINK);
	ck_assert(facts.no_input && !facts.driven);

	/* The first of the two that is set counts. */
	(void)setenv("ASTRO_BROWSER", "firefox", 1);
	(void)setenv("CI", "false", 1);
	(void)setenv("SSH_CONNECTION", "", 1);
	job = (struct engine_job){.flow = ENGINE_FLOW_AUTO, .json = true};
	flow_facts_gather(&facts, &job);
	ck_assert(facts.driven);
	ck_assert(facts.browser_named && !facts.browser_refused);
	ck_assert(!facts.ci && !facts.ssh);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("flow");
	TCase *tcase = tcase_create("flow");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase,
	               a_link_that_was_asked_for_is_shown_whatever_else_is_so);
	tcase_add_test(
		tcase,
		a_device_code_that_was_asked_for_is_used_where_the_server_has_it);
	tcase_add_test(tcase, a_named_browser_is_opened_whatever_else_is_so);
	tcase_add_test(tcase, where_nobody_is_to_be_asked_no_flow_is_begun);
	tcase_add_test(tcase, nobody_to_finish_it_is_said_at_once);
	tcase_add_test(tcase, on_a_terminal_the_surroundings_decide);
	tcase_add_loop_test(tcase, one_half_line_says_why_no_browser_is_opened,
	                    0, sizeof(reasons) / sizeof(reasons[0]));
	tcase_add_test(tcase, gathers_the_facts_from_the_environment);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
