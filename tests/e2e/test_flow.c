/* SPDX-License-Identifier: Apache-2.0 */
/* Which way a login goes, seen from outside, for what surrounds it. */
#include "e2e.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VARIABLES = 4, WORDS = 2, QUICK_MS = 1000, QUICK_TRIES = 3 };

enum way { BY_BROWSER, BY_LINK, BY_CODE, REFUSED };

/* A variable's "%" stands for the folder of the programs below. */
struct row {
	const char *variables[VARIABLES][2];
	const char *words[WORDS]; /* after `login localhost` */
	bool no_terminal, has_device;
	enum way way;
	const char
		*says; /* the half line that the man page promises; or NULL */
};

#define DISPLAY_                                                               \
	{                                                                      \
		"DISPLAY", ":0"                                                \
	}
#define WAYLAND                                                                \
	{                                                                      \
		"WAYLAND_DISPLAY", "wayland-0"                                 \
	}
#define SSH                                                                    \
	{                                                                      \
		"SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"               \
	}
#define CONTAINER                                                              \
	{                                                                      \
		"container", "docker"                                          \
	}
#define WSL                                                                    \
	{                                                                      \
		"WSL_DISTRO_NAME", "Debian"                                    \
	}
#define IN_CI                                                                  \
	{                                                                      \
		"CI", "true"                                                   \
	}
#define EDITOR                                                                 \
	{                                                                      \
		"VSCODE_GIT_ASKPASS_NODE", "%/code/node"                       \
	}
#define NAMED                                                                  \
	{                                                                      \
		"BROWSER", "%/named --new"                                     \
	}
#define NONE                                                                   \
	{                                                                      \
		"BROWSER", "none"                                              \
	}

static const struct row rows[] = {
	/* A desktop. */
	{.variables = {DISPLAY_}},
	{.variables = {WAYLAND}},
	{.variables = {DISPLAY_}, .has_device = true},
	{.variables = {DISPLAY_, {"CI", "false"}}},
	{.variables = {DISPLAY_, {"SSH_CONNECTION", ""}}},

	/* None, and why. */
	{.way = BY_LINK, .says = "No display here"},
	{.has_device = true, .way = BY_CODE, .says = "No display here"},
	{.variables = {SSH}, .way = BY_LINK, .says = "Over SSH"},
	{.variables = {SSH, DISPLAY_}, .way = BY_LINK, .says = "Over SSH"},
	{.variables = {SSH, DISPLAY_},
         .has_device = true,
         .way = BY_CODE,
         .says = "Over SSH"},
	{.variables = {CONTAINER}, .way = BY_LINK, .says = "In a container"},
	{.variables = {CONTAINER, DISPLAY_},
         .has_device = true,
         .way = BY_CODE,
         .says = "In a container"},
	{.variables = {SSH, CONTAINER, IN_CI},
         .way = BY_LINK,
         .says = "Over SSH"},
	{.variables = {IN_CI, DISPLAY_}, .way = BY_LINK, .says = "In CI"},
	{.variables = {IN_CI, DISPLAY_},
         .has_device = true,
         .way = BY_CODE,
         .says = "In CI"},
	{.variables = {NONE, DISPLAY_},
         .way = BY_LINK,
         .says = "No browser wanted"},
	{.variables = {NONE, DISPLAY_},
         .has_device = true,
         .way = BY_CODE,
         .says = "No browser wanted"},

	/* WSL: Windows is the desktop. */
	{.variables = {WSL}},
	{.variables = {WSL, CONTAINER},
         .way = BY_LINK,
         .says = "In a container"},
	{.variables = {WSL, SSH}, .way = BY_LINK, .says = "Over SSH"},

	/* VS Code's window is where the person is. */
	{.variables = {EDITOR, SSH, CONTAINER}, .has_device = true},
	{.variables = {EDITOR}},
	{.variables = {EDITOR, NONE},
         .way = BY_LINK,
         .says = "No browser wanted"},

	/* The person's own word. */
	{.variables = {NAMED}},
	{.variables = {NAMED, SSH, IN_CI, CONTAINER}, .has_device = true},
	{.variables = {NAMED}, .no_terminal = true},
	{.variables = {NAMED, SSH, CONTAINER}, .no_terminal = true},
	{.variables = {NAMED, {"ASTRO_BROWSER", "none"}, DISPLAY_},
         .way = BY_LINK,
         .says = "No browser wanted"},
	{.variables = {NONE, {"ASTRO_BROWSER", "%/named"}, SSH}},

	/* Flags. */
	{.words = {"-l"}, .variables = {DISPLAY_}, .way = BY_LINK},
	{.words = {"-l"}, .variables = {NAMED}, .way = BY_LINK},
	{.words = {"-l"}, .no_terminal = true, .way = BY_LINK},
	{.words = {"-l"},
         .variables = {SSH},
         .has_device = true,
         .way = BY_LINK},
	{.words = {"--device"},
         .variables = {DISPLAY_, NAMED},
         .has_device = true,
         .way = BY_CODE},
	{.words = {"--device"},
         .no_terminal = true,
         .has_device = true,
         .way = BY_CODE},
	{.words = {"--json"}, .no_terminal = true, .way = BY_LINK},
	{.words = {"--json"},
         .variables = {DISPLAY_},
         .no_terminal = true,
         .has_device = true,
         .way = BY_LINK},
	{.words = {"--json"},
         .variables = {SSH},
         .no_terminal = true,
         .has_device = true,
         .way = BY_CODE},
	{.words = {"--json", "-l"},
         .variables = {SSH},
         .no_terminal = true,
         .has_device = true,
         .way = BY_LINK},

	/* Nobody could finish it. */
	{.no_terminal = true, .way = REFUSED},
	{.variables = {DISPLAY_}, .no_terminal = true, .way = REFUSED},
	{.variables = {SSH},
         .no_terminal = true,
         .has_device = true,
         .way = REFUSED},
	{.variables = {CONTAINER}, .no_terminal = true, .way = REFUSED},
	{.variables = {IN_CI}, .no_terminal = true, .way = REFUSED},
	{.variables = {WSL}, .no_terminal = true, .way = REFUSED},
	{.variables = {EDITOR}, .no_terminal = true, .way = REFUSED},
	{.variables = {NONE}, .no_terminal = true, .way = REFUSED},
	{.words = {"--no-input"}, .variables = {NAMED}, .way = REFUSED},
	{.words = {"--no-input", "-l"}, .way = REFUSED},
	{.words = {"--no-input", "--device"},
         .has_device = true,
         .way = REFUSED},
};

static char programs[PATH_SIZE];

/* A browser that says so: it ends with 3. */
static void make(const char *name)
{
	char path[PATH_SIZE * 2];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/%s", programs, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	(void)fputs("#!/bin/sh\nexit 3\n", out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

static void make_folder(const char *name)
{
	char path[PATH_SIZE * 2];

	(void)snprintf(path, sizeof(path), "%s/%s", programs, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

/* The machine that runs the tests may be a container, and has browsers. */
static void surround(const struct row *row)
{
	size_t i;

	(void)snprintf(programs, sizeof(programs), "%.4000s/programs",
	               home_folder);
	make_folder("");
	make_folder("code");
	make_folder("code/bin");
	make_folder("code/bin/helpers");
	make("code/bin/helpers/browser.sh");
	make("xdg-open");
	make("wslview");
	make("named");
	env_set("PATH", programs);
	env_set("LD_PRELOAD", NO_CONTAINER);
	/* The preloaded object goes before the sanitizer's. */
	if (getenv("ASAN_OPTIONS") != NULL) {
		char *options;

		ck_assert_int_ge(asprintf(&options,
		                          "%s:verify_asan_link_order=0",
		                          getenv("ASAN_OPTIONS")),
		                 0);
		env_set("ASAN_OPTIONS", options);
		free(options);
	} else {
		env_set("ASAN_OPTIONS", "verify_asan_link_order=0");
	}
	for (i = 0; i < VARIABLES && row->variables[i][0] != NULL; i++) {
		const char *value = row->variables[i][1];
		char whole[PATH_SIZE * 2];

		(void)snprintf(whole, sizeof(whole), "%s%s",
		               value[0] == '%' ? programs : "",
		               value[0] == '%' ? value + 1 : value);
		env_set(row->variables[i][0], whole);
	}
	if (row->has_device)
		sandbox_set("{'device_authorization': true}");
}

static bool is_driven(const struct row *row)
{
	return row->words[0] != NULL && strcmp(row->words[0], "--json") == 0;
}

static struct pty *start(const struct row *row)
{
	struct pty *pty;

	if (!row->no_terminal) {
		pty = astro_start("login", "localhost", row->words[0],
		                  row->words[1], NULL);
		pty_expect(pty, "e-mail");
		pty_send(pty, "\n");
		return pty;
	}
	pty = astro_start_alone("login", "localhost", row->words[0],
	                        row->words[1], NULL);
	if (is_driven(row)) {
		static const char answer[] =
			"{\"key\": \"email\", \"answer\": \"\"}\n";

		pty_feed(pty, answer, sizeof(answer) - 1);
	}
	return pty;
}

static void expect(struct pty *pty, const struct row *row, const char *text)
{
	if (row->no_terminal)
		pty_expect_stderr(pty, text);
	else
		pty_expect(pty, text);
}

/* "Over SSH: open this link on any device:" */
static void expect_why(struct pty *pty, const struct row *row, const char *what,
                       const char *usual)
{
	char line[200];

	(void)snprintf(line, sizeof(line), "%s: %s", row->says, what);
	expect(pty, row, row->says != NULL ? line : usual);
}

static void expect_way(struct pty *pty, const struct row *row)
{
	if (is_driven(row)) {
		pty_expect_stdout(pty, row->way == BY_CODE
		                               ? "{\"event\":\"device_code\","
		                               : "{\"event\":\"open_url\",");
		return;
	}
	switch (row->way) {
	case BY_BROWSER:
		expect(pty, row,
		       "Opening your browser to log in. If it does "
		       "not open, visit:");
		expect(pty, row, "http://localhost:");
		expect(pty, row, "The browser ended with 3");
		break;
	case BY_LINK:
		expect_why(pty, row, "open this link on any device:",
		           "Open this link in a browser to log in:");
		expect(pty, row, "http://localhost:");
		expect(pty, row, "Waiting for the browser");
		break;
	case BY_CODE:
		expect_why(pty, row, "log in with a code, on any device:",
		           "Log in with a code, on any device:");
		expect(pty, row, "/activate");
		expect(pty, row, "Waiting for you to confirm it there");
		break;
	case REFUSED:
		break;
	}
}

/* What was not said: the other ways, and a browser where there is none. */
static void refuse_others(struct pty *pty, const struct row *row)
{
	const char *text = row->no_terminal ? pty_stderr(pty) : pty_screen(pty);

	if (row->way != BY_BROWSER) {
		text_refuse(text, "Opening your browser");
		text_refuse(text, "ended with 3");
	}
	if (row->way != BY_LINK)
		text_refuse(text, "open this link");
	if (row->way != BY_CODE)
		text_refuse(text, "with a code");
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* At once, and before any server was asked.  Other people's work may stand in
 * the way of one try, not of all. */
static void expect_refusal(const struct row *row)
{
	int64_t best = INT64_MAX;
	int i;

	for (i = 0; i < QUICK_TRIES && best >= QUICK_MS; i++) {
		int64_t begun = now_ms(), took;
		struct pty_result result =
			astro_ends(4, NULL, "login", "localhost", row->words[0],
		                   row->words[1], NULL);

		took = now_ms() - begun;
		best = took < best ? took : best;
		text_expect(result.err, "a login needs a person, and ");
		text_expect(result.err, "--token-login -");
		text_expect(result.err, "ASTRO_API_TOKEN");
		text_expect(result.err, "--device");
		ck_assert_str_eq(result.out, "");
		pty_result_clear(&result);
	}
	ck_assert_int_lt(best, QUICK_MS);
	sandbox_expect("");
}

START_TEST(goes_the_way_that_fits_its_surroundings)
{
	const struct row *row = &rows[_i];
	struct pty *pty;

	surround(row);
	if (row->way == REFUSED) {
		expect_refusal(row);
		return;
	}
	pty = start(row);
	expect_way(pty, row);
	refuse_others(pty, row);
	if (row->no_terminal)
		pty_signal(pty, SIGINT);
	else
		pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
}
END_TEST

static void page_expect(const char *page, const char *line)
{
	ck_assert_msg(strstr(page, line) != NULL,
	              "the man page does not say \"%s\"", line);
}

/* Every half line, as it is shown, stands in the man page. */
START_TEST(says_what_the_man_page_promises)
{
	char *page = NULL;
	size_t size = 0, i;
	FILE *in = fopen(MAN_PAGE, "r");

	ck_assert_ptr_nonnull(in);
	ck_assert_int_gt(getdelim(&page, &size, '\0', in), 0);
	(void)fclose(in);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].says != NULL)
			page_expect(page, rows[i].says);
	page_expect(page, "open this link on any device:");
	page_expect(page, "log in with a code, on any device:");
	free(page);
}
END_TEST

START_TEST(says_that_a_server_has_no_device_code)
{
	struct pty_result result =
		astro_ends(1, NULL, "login", "localhost", "--device", NULL);

	text_expect(result.err, "the server has no login by device code");
	text_expect(result.err, "--login-link");
	pty_result_clear(&result);
	sandbox_expect("GET /private/v1alpha1/cli/auth-config\n"
	               "GET /.well-known/openid-configuration\n");
}
END_TEST

/* A browser's login does not wait for what only a code would need. */
START_TEST(asks_for_no_metadata_on_a_desktop)
{
	struct pty_result result;
	char *requests;

	sandbox_set("{'device_authorization': true}");
	env_browser("solo@example.com");
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	pty_result_clear(&result);
	requests = sandbox_requests();
	text_refuse(requests, "openid-configuration");
	free(requests);
}
END_TEST

static const struct {
	const char *fault;
	int code; /* of --device */
	const char *says;
} troubles[] = {
	{"{'kind': 'status', 'value': 503}", 3, "answered 503"},
	{"{'kind': 'status', 'value': 404}", 1,
         "the server has no login by device code\n"
         "  try: use --login-link instead\n"},
	{"{'kind': 'status', 'value': 410}", 3, "publishes no metadata"},
	{"{'kind': 'drop'}", 3, ""},
	{"{'kind': 'merge', 'value': {'issuer': 'https://evil.example/'}}", 7,
         "those of another issuer: https://evil.example/"},
	{"{'kind': 'merge', 'value': {'issuer': null}}", 7,
         "those of another issuer: none is named"},
	{"{'kind': 'merge', 'value': {'device_authorization_endpoint': "
         "'http://evil.example/device'}}",
         7, "without https: http://evil.example/device"},
	{"{'kind': 'merge', 'value': {'device_authorization_endpoint': "
         "'https://evil\\u001b[2J.example/'}}",
         3, "makes no sense"},
};

static void make_trouble(const char *fault)
{
	char whole[400];

	sandbox_set("{'device_authorization': true}");
	(void)snprintf(whole, sizeof(whole),
	               "{'path': '/.well-known/openid-configuration', %s",
	               fault + 1);
	sandbox_fault(whole);
}

START_TEST(refuses_a_code_that_the_metadata_do_not_bear_out)
{
	char *before = home_read(), *after;
	struct pty_result result;

	make_trouble(troubles[_i].fault);
	result = astro_ends(troubles[_i].code, NULL, "login", "localhost",
	                    "--device", NULL);
	text_expect(result.err, troubles[_i].says);
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

/* Nobody asked for the code: the link does as well. */
START_TEST(goes_on_by_a_link_where_a_code_cannot_be_had)
{
	struct pty *pty;

	make_trouble(troubles[_i].fault);
	env_set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "Over SSH: open this link on any device:");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("the way of a login");
	TCase *table = e2e_case(suite, "surroundings");
	TCase *code = e2e_case(suite, "device code");

	tcase_add_loop_test(table, goes_the_way_that_fits_its_surroundings, 0,
	                    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(table, says_what_the_man_page_promises);

	tcase_add_test(code, says_that_a_server_has_no_device_code);
	tcase_add_test(code, asks_for_no_metadata_on_a_desktop);
	tcase_add_loop_test(code,
	                    refuses_a_code_that_the_metadata_do_not_bear_out, 0,
	                    sizeof(troubles) / sizeof(troubles[0]));
	tcase_add_loop_test(code, goes_on_by_a_link_where_a_code_cannot_be_had,
	                    0, sizeof(troubles) / sizeof(troubles[0]));
	return e2e_main(suite);
}
