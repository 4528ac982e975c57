/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "core.h"
#include "error.h"
#include "host.h"
#include "kit.h"
#include "report.h"
#include "secret.h"
#include "selection.h"
#include "supervise.h"

static struct astro_error err;
static struct report *report;
static struct engine_answer answers[8];
static struct engine_job job;

static void answer(const char *key, const char *text)
{
	answers[job.answer_count].key = key;
	answers[job.answer_count].text = text;
	job.answer_count++;
}

/* As `astro workspace` passes the token on that it has found. */
static void answer_token(const char *token)
{
	struct astro_secret *secret;

	ck_assert_int_eq(secret_new(token, strlen(token), &secret, NULL),
	                 ASTRO_OK);
	answers[job.answer_count].key = "token";
	answers[job.answer_count].secret = secret;
	job.answer_count++;
}

static void setup(void)
{
	static char library_folder[KIT_PATH_MAX * 2];

	kit_setup();
	(void)kit_folder(".astro/providers");
	(void)snprintf(library_folder, sizeof(library_folder), "%s",
	               kit_folder("lib"));
	memset(&err, 0, sizeof(err));
	memset(answers, 0, sizeof(answers));
	memset(&job, 0, sizeof(job));
	job.task = ENGINE_LOGIN;
	job.name = "good.test";
	job.answers = answers;
	job.no_input = true;
	job.library_folder = library_folder;
	report = NULL;
}

static void teardown(void)
{
	size_t i;

	for (i = 0; i < job.answer_count; i++)
		secret_free(
			(struct astro_secret *)(uintptr_t)answers[i].secret);
	report_free(report);
	kit_teardown();
}

static int work(void *data, int fd)
{
	return astro_engine_v1(data, fd);
}

static int run(void)
{
	report_free(report);
	report = NULL;
	return supervise(work, &job, 0, &report, &err);
}

static void use(const char *plugin)
{
	kit_plugin(".astro/providers", plugin, plugin);
	job.provider = plugin;
}

static void use_good(void)
{
	kit_plugin(".astro/providers", "good", "good");
	answer("username", "jane");
	answer("password", "secret-password");
}

static void config(const char *bytes)
{
	kit_write(".astro/config.yaml", bytes, strlen(bytes), 0600);
}

static void assert_file(const char *expected)
{
	char *bytes = kit_read(".astro/config.yaml", NULL);

	ck_assert_ptr_nonnull(bytes);
	ck_assert_str_eq(bytes, expected);
	free(bytes);
}

static void assert_no_file(void)
{
	ck_assert_int_ne(access(kit_path(".astro/config.yaml"), F_OK), 0);
}

static void assert_says(const char *part)
{
	ck_assert_msg(strstr(err.message, part) != NULL, "\"%s\" is not in: %s",
	              part, err.message);
}

static void assert_ok(int status)
{
	ck_assert_msg(status == ASTRO_OK, "status %d: %s", status, err.message);
}

static void assert_value(const char *key, const char *value)
{
	const char *got = report_get(report, key, 0);

	if (value == NULL) {
		ck_assert_ptr_null(got);
		return;
	}
	ck_assert_msg(got != NULL, "%s is not reported", key);
	ck_assert_str_eq(got, value);
}

START_TEST(keeps_a_login_in_a_new_file)
{
	struct stat status;

	use_good();

	assert_ok(run());

	assert_file("context: good.test\n"
	            "contexts:\n"
	            "    good_test:\n"
	            "        access_token: good-access\n"
	            "        domain: good.test\n"
	            "        expiresin: 2100-01-01T00:00:00Z\n"
	            "        last_used_workspace: ws1\n"
	            "        provider: good\n"
	            "        refresh_token: good-refresh\n"
	            "        user_email: jane\n"
	            "        workspace: ws1\n");
	ck_assert_int_eq(stat(kit_path(".astro/config.yaml"), &status), 0);
	ck_assert_int_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(reports_what_a_login_came_to)
{
	use_good();

	assert_ok(run());

	assert_value("name", "good.test");
	assert_value("provider", "good");
	assert_value("account", "jane");
	assert_value("workspace", "ws1");
	assert_value("workspace_name", "Workspace 1");
	assert_value("expiry", "4102444800");
	assert_value("note", NULL);
	ck_assert_int_eq(report_reached(report), REPORT_ENDED);
}
END_TEST

START_TEST(leaves_every_other_byte_of_the_file_alone)
{
	use_good();
	config("# mine\n"
	       "context: other.example\n"
	       "unknown: {a: 1}   # kept\n"
	       "contexts:\n"
	       "  good_test:\n"
	       "    organization: org1\n"
	       "    token: Bearer old\n"
	       "    refreshtoken: v1.old\n"
	       "    strange: yes\n"
	       "    expiresin: 2020-01-01T00:00:00Z\n");

	assert_ok(run());

	assert_file("# mine\n"
	            "context: good.test\n"
	            "unknown: {a: 1}   # kept\n"
	            "contexts:\n"
	            "  good_test:\n"
	            "    organization: org1\n"
	            "    strange: yes\n"
	            "    expiresin: 2100-01-01T00:00:00Z\n"
	            "    access_token: good-access\n"
	            "    domain: good.test\n"
	            "    last_used_workspace: ws1\n"
	            "    provider: good\n"
	            "    refresh_token: good-refresh\n"
	            "    user_email: jane\n"
	            "    workspace: ws1\n");
}
END_TEST

START_TEST(takes_what_is_left_of_the_login_before_away)
{
	char *bytes;

	use("odd");
	config("contexts:\n"
	       "    good_test:\n"
	       "        user_email: old@example.com\n"
	       "        refresh_token: old-refresh\n"
	       "        id_token: old-id\n"
	       "        token: old-token\n"
	       "        expiresin: 2020-01-01T00:00:00Z\n"
	       "        workspace: ws9\n");

	assert_ok(run());

	bytes = kit_read(".astro/config.yaml", NULL);
	ck_assert_ptr_nonnull(strstr(bytes, "access_token: plain-token"));
	ck_assert_ptr_nonnull(strstr(bytes, "workspace: ws9"));
	ck_assert_ptr_null(strstr(bytes, "old"));
	ck_assert_ptr_null(strstr(bytes, "expiresin"));
	free(bytes);
}
END_TEST

START_TEST(writes_nothing_when_the_server_says_no)
{
	use("denies");

	ck_assert_int_eq(run(), ASTRO_DENIED);

	ck_assert_str_eq(err.message, "the server refused: \\x1b[31mno");
	ck_assert_str_eq(err.hint, "try another account");
	assert_no_file();
}
END_TEST

START_TEST(writes_nothing_when_the_password_is_wrong)
{
	static const char before[] = "context: good.test\n"
				     "contexts:\n"
				     "  good_test:\n"
				     "    access_token: still-good\n";

	kit_plugin(".astro/providers", "good", "good");
	answer("username", "jane");
	answer("password", "not-the-one");
	config(before);

	ck_assert_int_eq(run(), ASTRO_DENIED);

	ck_assert_str_eq(err.message, "the password is wrong");
	assert_file(before);
}
END_TEST

START_TEST(an_interrupt_ends_it_whatever_the_provider_says)
{
	use("cancels");

	ck_assert_int_eq(run(), ASTRO_CANCELLED);

	assert_no_file();
}
END_TEST

START_TEST(a_crash_is_the_providers_and_is_named)
{
	use("crash");

	ck_assert_int_eq(run(), ASTRO_BAD_PLUGIN);

	assert_says("crash");
	ck_assert_int_eq(error_exit_code(err.status), 6);
	assert_no_file();
}
END_TEST

START_TEST(an_exit_while_loading_is_no_success)
{
	use("exits");

	ck_assert_int_eq(run(), ASTRO_BAD_PLUGIN);

	assert_says("exits");
	assert_no_file();
}
END_TEST

START_TEST(a_provider_that_hangs_is_ended_at_the_deadline)
{
	use("hang");

	ck_assert_int_eq(
		supervise(work, &job, clock_boot() + 300, &report, &err),
		ASTRO_BAD_PLUGIN);

	ck_assert_str_eq(err.message,
	                 "the provider hang did not come back in time");

	assert_no_file();
}
END_TEST

static const struct {
	const char *way;
	int status;
	const char *says;
} odd_ways[] = {
	{"no_session", ASTRO_BAD_PLUGIN,
         "the provider odd says that it succeeded, but gives no session"},
	{"no_credential", ASTRO_BAD_PLUGIN, "gives no credential"},
	{"no_token", ASTRO_BAD_PLUGIN, "gives no access token"},
	{"line_break", ASTRO_BAD_PLUGIN, "characters that no token has"},
	{"no_reason", ASTRO_DENIED,
         "the provider odd failed without saying why"},
	{"no_status", ASTRO_BAD_PLUGIN,
         "the provider odd returned 4711, which is no status"},
	{"dangling", ASTRO_DENIED, "no"},
	{"reserved_key", ASTRO_BAD_PLUGIN,
         "the provider odd wants to keep a key that is not its own: hosts"},
	{"escape_in_text", ASTRO_BAD_PLUGIN,
         "the provider odd wants to keep a user_email that no login has"},
	{"far_expiry", ASTRO_BAD_PLUGIN,
         "the provider odd gives a time of expiry that makes no sense"},
	{"keeps_nothing", ASTRO_BAD_PLUGIN,
         "the provider odd keeps nothing of the login"},
	{"erases", ASTRO_BAD_PLUGIN,
         "the provider odd keeps nothing of the login"},
	{"store_null", ASTRO_BAD_PLUGIN, "the provider called store_put()"},
};

START_TEST(takes_nothing_that_a_provider_says_on_trust)
{
	char before[128];

	use("odd");
	(void)snprintf(before, sizeof(before), "test:\n  odd: %s\n",
	               odd_ways[_i].way);
	config(before);

	ck_assert_int_eq(run(), odd_ways[_i].status);

	assert_says(odd_ways[_i].says);
	assert_file(before);
}
END_TEST

START_TEST(proves_that_it_can_write_before_it_asks)
{
	char *bytes;

	if (geteuid() != 0)
		return;
	use_good();
	config("context: a.example\n");
	/* Somebody else's file is refused, by whoever reads it. */
	ck_assert_int_eq(chown(kit_path(".astro/config.yaml"), 12345, 0), 0);

	ck_assert_int_eq(run(), ASTRO_UNSAFE);

	bytes = kit_read(".astro/config.yaml", NULL);
	ck_assert_str_eq(bytes, "context: a.example\n");
	free(bytes);
	ck_assert_int_eq(report_reached(report), REPORT_ENDED);
	ck_assert_str_eq(report_provider(report), "");
}
END_TEST

START_TEST(a_file_that_makes_no_sense_ends_it_before_anything_is_loaded)
{
	use_good();
	config("a: b: c\n\tx");

	ck_assert_int_eq(run(), ASTRO_BAD_CONFIG);

	ck_assert_str_eq(report_provider(report), "");
	assert_file("a: b: c\n\tx");
}
END_TEST

START_TEST(says_which_answer_is_missing_and_which_flag_gives_it)
{
	kit_plugin(".astro/providers", "good", "good");
	answer("username", "jane");

	ck_assert_int_eq(run(), ASTRO_DENIED);

	assert_says("password would have to be asked for");
	ck_assert_str_eq(err.hint, "give it with --password-stdin");
	assert_no_file();
}
END_TEST

START_TEST(an_unknown_provider_is_named_with_the_folders)
{
	job.provider = "absent";

	ck_assert_int_eq(run(), ASTRO_BAD_PLUGIN);

	assert_says("no provider named absent");
	assert_says("/.astro/providers");
	assert_no_file();
}
END_TEST

START_TEST(a_providers_name_from_a_flag_is_a_matter_of_usage)
{
	job.provider = "../evil";

	ck_assert_int_eq(run(), ASTRO_USAGE);

	assert_says("\"../evil\" is no name of a provider");
}
END_TEST

START_TEST(a_providers_name_from_the_file_is_a_matter_of_the_file)
{
	config("contexts:\n  good_test:\n    provider: ../evil\n");

	ck_assert_int_eq(run(), ASTRO_BAD_CONFIG);

	assert_says("the provider of good.test, \"../evil\"");
}
END_TEST

START_TEST(a_context_says_which_provider_is_its_own)
{
	use_good();
	kit_plugin(".astro/providers", "denies", "denies");
	config("contexts:\n  good_test:\n    provider: denies\n");

	ck_assert_int_eq(run(), ASTRO_DENIED);

	assert_says("the server refused");
}
END_TEST

START_TEST(a_flag_wins_over_the_context_and_is_written_down)
{
	char *bytes;

	use_good();
	job.provider = "good";
	config("contexts:\n  good_test:\n    provider: denies\n");

	assert_ok(run());

	bytes = kit_read(".astro/config.yaml", NULL);
	ck_assert_ptr_nonnull(strstr(bytes, "provider: good\n"));
	ck_assert_ptr_null(strstr(bytes, "denies"));
	free(bytes);
}
END_TEST

START_TEST(an_issuer_is_oidcs)
{
	job.name = "idp.example/realm";
	job.is_issuer = true;

	ck_assert_int_eq(run(), ASTRO_BAD_PLUGIN);

	assert_says("no provider named oidc");
}
END_TEST

static const struct {
	const char *name, *file, *provider;
} homes[] = {
	{"astronomer.io", "a: b\n", "astro"},
	{"astronomer-dev.io", "a: b\n", "astro"},
	{"localhost", "a: b\n", "astro"},
	{"localhost", "local:\n  platform: cloud\n", "astro"},
	{"localhost", "local:\n  platform: software\n", "software"},
	{"houston", "a: b\n", "software"},
	{"mycompany.example.com", "a: b\n", "software"},
};

START_TEST(a_domain_finds_its_provider)
{
	char expected[64];

	job.name = homes[_i].name;
	config(homes[_i].file);

	ck_assert_int_eq(run(), ASTRO_BAD_PLUGIN);

	(void)snprintf(expected, sizeof(expected),
	               "no provider named %s:", homes[_i].provider);
	assert_says(expected);
}
END_TEST

/*
 * Workspaces
 */

static void config_workspaces(int count, const char *more)
{
	char bytes[512];

	(void)snprintf(bytes, sizeof(bytes), "test:\n  workspaces: \"%d\"\n%s",
	               count, more);
	config(bytes);
}

static void assert_in_file(const char *part, bool is_there)
{
	char *bytes = kit_read(".astro/config.yaml", NULL);

	ck_assert_msg((strstr(bytes, part) != NULL) == is_there, "%s in: %s",
	              part, bytes);
	free(bytes);
}

START_TEST(no_workspace_is_no_trouble)
{
	use_good();
	config_workspaces(0, "");

	assert_ok(run());

	assert_value("workspace", NULL);
	assert_value("note", NULL);
	assert_in_file("workspace:", false);
}
END_TEST

START_TEST(a_workspace_given_by_its_name_is_found)
{
	use_good();
	answer("workspace", "Workspace 2");
	config_workspaces(3, "");

	assert_ok(run());

	assert_in_file("last_used_workspace: ws2\n", true);
	assert_in_file("    workspace: ws2\n", true);
}
END_TEST

START_TEST(a_workspace_that_is_not_there_fails_the_login)
{
	use_good();
	answer("workspace", "ws7");
	config_workspaces(3, "");

	ck_assert_int_eq(run(), ASTRO_NOT_FOUND);

	ck_assert_str_eq(err.message, "there is no workspace \"ws7\"");
	assert_in_file("access_token", false);
}
END_TEST

START_TEST(the_workspace_used_last_is_taken_again)
{
	use_good();
	config_workspaces(3, "contexts:\n  good_test:\n"
	                     "    last_used_workspace: ws3\n"
	                     "    workspace: ws1\n");

	assert_ok(run());

	assert_value("workspace", "ws3");
	assert_in_file("    workspace: ws3\n", true);
}
END_TEST

START_TEST(several_and_nobody_to_ask_leaves_none_selected)
{
	use_good();
	config_workspaces(3, "contexts:\n  good_test:\n"
	                     "    last_used_workspace: gone\n");

	assert_ok(run());

	assert_value("workspace", NULL);
	assert_value("note",
	             "No default workspace detected; list them with `astro "
	             "workspace list`, select one with `astro workspace "
	             "switch`");
	assert_in_file("access_token: good-access", true);
}
END_TEST

START_TEST(a_list_that_cannot_be_had_fails_the_login)
{
	use_good();
	config_workspaces(-1, "");

	ck_assert_int_eq(run(), ASTRO_UNREACHABLE);

	ck_assert_str_eq(err.message, "the workspaces are away");
	assert_in_file("access_token", false);
}
END_TEST

START_TEST(a_provider_without_workspaces_refuses_a_choice_of_one)
{
	use("denies");
	answer("workspace", "ws1");

	ck_assert_int_eq(run(), ASTRO_UNSUPPORTED);

	ck_assert_str_eq(err.message, "Denies has no workspaces");
}
END_TEST

/* What the menu of the fake host comes back with. */
static int menu_status;
static size_t menu_pick;

static int fake_can_ask(struct astro_core *core)
{
	(void)core;
	return 1;
}

static int fake_choose(struct astro_core *core, const struct astro_menu *menu,
                       size_t *picked, struct astro_error *error)
{
	(void)core;
	ck_assert_uint_eq(menu->count, 2);
	ck_assert_str_eq(menu->items[1].name, "Two");
	*picked = menu_pick;
	if (menu_status == ASTRO_OK)
		return ASTRO_OK;
	return error_set(error, (enum astro_status)menu_status, NULL, "menu");
}

static int settle(const struct listing_row **row, const char **note)
{
	struct listing_row rows[] = {
		{.id = (char *)"1", .name = (char *)"One"},
		{.id = (char *)"2", .name = (char *)"Two"}};
	const struct astro_listing listing = {.rows = rows, .count = 2};
	struct astro_core core = {.job = &job};
	const struct listing_row *found;
	int status;

	core.host.can_ask = fake_can_ask;
	core.host.choose = fake_choose;
	status = selection_settle(&core, &listing, &found, note, &err);
	*row = found;
	ck_assert(found == NULL || (found >= rows && found < rows + 2));
	if (found != NULL)
		ck_assert_str_eq(found->id, "2");
	return status;
}

START_TEST(a_menu_picks_one_of_several)
{
	const struct listing_row *row;
	const char *note;

	menu_pick = 1;
	ck_assert_int_eq(settle(&row, &note), ASTRO_OK);

	ck_assert_ptr_nonnull(row);
	ck_assert_ptr_null(note);
}
END_TEST

START_TEST(three_unusable_answers_leave_none_selected_and_the_login_good)
{
	const struct listing_row *row;
	const char *note;

	menu_status = ASTRO_NOT_FOUND;
	ck_assert_int_eq(settle(&row, &note), ASTRO_OK);

	ck_assert_ptr_null(row);
	ck_assert_ptr_nonnull(strstr(note, "No default workspace detected"));
}
END_TEST

static const int menu_ends[] = {ASTRO_DENIED, ASTRO_CANCELLED, ASTRO_TIMED_OUT};

START_TEST(the_end_of_input_at_the_menu_ends_the_login)
{
	const struct listing_row *row;
	const char *note;

	menu_status = menu_ends[_i];
	ck_assert_int_eq(settle(&row, &note), menu_ends[_i]);
	ck_assert_ptr_null(row);
}
END_TEST

static const char logged_in[] = "test:\n"
				"  workspaces: \"3\"\n"
				"contexts:\n"
				"  good_test:\n"
				"    provider: good\n"
				"    access_token: good-access\n"
				"    expiresin: 2100-01-01T00:00:00Z\n"
				"    workspace: ws2\n";

START_TEST(lists_the_workspaces_with_the_token_that_is_given)
{
	use_good();
	config(logged_in);
	job.task = ENGINE_WORKSPACES;
	answer_token("given-access");

	assert_ok(run());

	assert_value("id", "ws1");
	assert_value("name", "Workspace 1");
	ck_assert_str_eq(report_get(report, "id", 2), "ws3");
	ck_assert_ptr_null(report_get(report, "id", 3));
	assert_value("current", "ws2");
	assert_file(logged_in);
}
END_TEST

START_TEST(selects_a_workspace_of_a_stored_login)
{
	use_good();
	config(logged_in);
	job.task = ENGINE_SELECT;
	answer_token("good-access");
	answer("workspace", "ws3");

	assert_ok(run());

	assert_value("workspace", "ws3");
	assert_value("workspace_name", "Workspace 3");
	assert_in_file("    workspace: ws3\n", true);
	assert_in_file("    last_used_workspace: ws3\n", true);
	assert_in_file("context:", false);
}
END_TEST

START_TEST(selects_nothing_that_is_not_there)
{
	use_good();
	config(logged_in);
	job.task = ENGINE_SELECT;
	answer_token("good-access");
	answer("workspace", "ws9");

	ck_assert_int_eq(run(), ASTRO_NOT_FOUND);

	ck_assert_str_eq(err.message, "there is no workspace \"ws9\"");
	assert_file(logged_in);
}
END_TEST

/* A token from the environment has nobody's context; nothing but the choice
 * and its place is written. */
START_TEST(selects_a_workspace_where_no_context_is_stored)
{
	use("good");
	config("test:\n  workspaces: \"3\"\n");
	job.task = ENGINE_SELECT;
	answer_token("given-access");
	answer("workspace", "ws3");

	assert_ok(run());

	assert_value("context", "good.test");
	assert_in_file("contexts:\n"
	               "  good_test:\n"
	               "    domain: good.test\n"
	               "    last_used_workspace: ws3\n"
	               "    workspace: ws3\n",
	               true);
	assert_in_file("given-access", false);
	assert_in_file("token", false);
	assert_in_file("context: ", false);
}
END_TEST

START_TEST(workspaces_need_a_token)
{
	use_good();
	config(logged_in);
	job.task = ENGINE_WORKSPACES;

	ck_assert_int_eq(run(), ASTRO_INTERNAL);

	ck_assert_str_eq(err.message,
	                 "no token was given to list workspaces with");
	ck_assert_str_eq(report_provider(report), "");
	assert_file(logged_in);
}
END_TEST

START_TEST(a_trace_of_a_whole_login_shows_no_secret)
{
	static char bytes[65536];
	FILE *trace;
	int saved;
	size_t len;

	use_good();
	job.verbose = true;
	(void)fflush(stderr);
	saved = dup(STDERR_FILENO);
	trace = tmpfile();
	ck_assert_int_ge(dup2(fileno(trace), STDERR_FILENO), 0);
	assert_ok(run());
	(void)fflush(stderr);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	(void)close(saved);
	rewind(trace);
	len = fread(bytes, 1, sizeof(bytes) - 1, trace);
	bytes[len] = '\0';
	(void)fclose(trace);

	ck_assert_ptr_nonnull(strstr(bytes, "good: authenticate: ok after"));
	ck_assert_ptr_nonnull(strstr(bytes, "good: workspaces: ok after"));
	ck_assert_ptr_nonnull(strstr(bytes, "good: close: ok after"));
	ck_assert_ptr_null(strstr(bytes, "secret-password"));
	ck_assert_ptr_null(strstr(bytes, "good-access"));
	ck_assert_ptr_null(strstr(bytes, "good-refresh"));
}
END_TEST

#define ADD_EACH(tcase, test, table)                                           \
	tcase_add_loop_test(tcase, test, 0,                                    \
	                    (int)(sizeof(table) / sizeof((table)[0])))

static TCase *story(void)
{
	TCase *tcase = tcase_create("story");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, keeps_a_login_in_a_new_file);
	tcase_add_test(tcase, reports_what_a_login_came_to);
	tcase_add_test(tcase, leaves_every_other_byte_of_the_file_alone);
	tcase_add_test(tcase, takes_what_is_left_of_the_login_before_away);
	tcase_add_test(tcase, writes_nothing_when_the_server_says_no);
	tcase_add_test(tcase, writes_nothing_when_the_password_is_wrong);
	tcase_add_test(tcase, an_interrupt_ends_it_whatever_the_provider_says);
	tcase_add_test(tcase, a_crash_is_the_providers_and_is_named);
	tcase_add_test(tcase, an_exit_while_loading_is_no_success);
	tcase_add_test(tcase, a_provider_that_hangs_is_ended_at_the_deadline);
	ADD_EACH(tcase, takes_nothing_that_a_provider_says_on_trust, odd_ways);
	tcase_add_test(tcase, proves_that_it_can_write_before_it_asks);
	tcase_add_test(
		tcase,
		a_file_that_makes_no_sense_ends_it_before_anything_is_loaded);
	tcase_add_test(tcase,
	               says_which_answer_is_missing_and_which_flag_gives_it);
	tcase_add_test(tcase, a_trace_of_a_whole_login_shows_no_secret);
	return tcase;
}

static TCase *choice(void)
{
	TCase *tcase = tcase_create("choice of provider");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_unknown_provider_is_named_with_the_folders);
	tcase_add_test(tcase,
	               a_providers_name_from_a_flag_is_a_matter_of_usage);
	tcase_add_test(tcase,
	               a_providers_name_from_the_file_is_a_matter_of_the_file);
	tcase_add_test(tcase, a_context_says_which_provider_is_its_own);
	tcase_add_test(tcase, a_flag_wins_over_the_context_and_is_written_down);
	tcase_add_test(tcase, an_issuer_is_oidcs);
	ADD_EACH(tcase, a_domain_finds_its_provider, homes);
	return tcase;
}

static TCase *workspaces(void)
{
	TCase *tcase = tcase_create("workspaces");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, no_workspace_is_no_trouble);
	tcase_add_test(tcase, a_workspace_given_by_its_name_is_found);
	tcase_add_test(tcase, a_workspace_that_is_not_there_fails_the_login);
	tcase_add_test(tcase, the_workspace_used_last_is_taken_again);
	tcase_add_test(tcase, several_and_nobody_to_ask_leaves_none_selected);
	tcase_add_test(tcase, a_list_that_cannot_be_had_fails_the_login);
	tcase_add_test(tcase,
	               a_provider_without_workspaces_refuses_a_choice_of_one);
	tcase_add_test(tcase, a_menu_picks_one_of_several);
	tcase_add_test(
		tcase,
		three_unusable_answers_leave_none_selected_and_the_login_good);
	ADD_EACH(tcase, the_end_of_input_at_the_menu_ends_the_login, menu_ends);
	tcase_add_test(tcase,
	               lists_the_workspaces_with_the_token_that_is_given);
	tcase_add_test(tcase, selects_a_workspace_of_a_stored_login);
	tcase_add_test(tcase, selects_nothing_that_is_not_there);
	tcase_add_test(tcase, selects_a_workspace_where_no_context_is_stored);
	tcase_add_test(tcase, workspaces_need_a_token);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("login");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, story());
	suite_add_tcase(suite, choice());
	suite_add_tcase(suite, workspaces());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
