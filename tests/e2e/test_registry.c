/* SPDX-License-Identifier: Apache-2.0 */
/* What Docker gets of a login that comes with a container registry, and what
 * becomes of it at the logout. */
#include "e2e.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REGISTRY "registry.a.example.com"
/* base64 of "user:plain-token" */
#define AUTH "dXNlcjpwbGFpbi10b2tlbg=="
#define FILE_LINE "Logged in to the registry " REGISTRY " (unencrypted, in "

/* HOME/FMT; lent until the fourth call after. */
static const char *path(const char *name)
{
	static char paths[4][PATH_SIZE];
	static size_t next;
	char *out = paths[next++ % 4];

	(void)snprintf(out, PATH_SIZE, "%.2000s/%.2000s", home_folder, name);
	return out;
}

static void put(const char *name, const char *text, mode_t mode)
{
	FILE *out = fopen(path(name), "w");

	ck_assert_msg(out != NULL, "%s: %s", name, strerror(errno));
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path(name), mode), 0);
}

/* The caller frees; "" when it is not there. */
static char *get(const char *name)
{
	FILE *in = fopen(path(name), "r");
	char *text = NULL;
	size_t size = 0;

	if (in == NULL)
		return strdup("");
	if (getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = strdup("");
	}
	(void)fclose(in);
	return text;
}

static void expect_file(const char *name, const char *wanted)
{
	char *text = get(name);

	ck_assert_msg(strcmp(text, wanted) == 0, "%s is\n%s\nand should be\n%s",
	              name, text, wanted);
	free(text);
}

static void folder(const char *name)
{
	ck_assert_int_eq(mkdir(path(name), 0700), 0);
}

/* Programs of this test stand before those of the system. */
static void program(const char *name, const char *script)
{
	char file[200], text[PATH_SIZE];

	(void)snprintf(file, sizeof(file), "bin/%s", name);
	(void)snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	put(file, text, 0755);
}

static const char config_of_test[] = "context: a.example.com\n"
				     "contexts:\n"
				     "    a_example_com:\n"
				     "        domain: a.example.com\n"
				     "        provider: registry\n"
				     "test:\n"
				     "    registry: " REGISTRY "\n";

static void begin(void)
{
	char search[PATH_SIZE];
	const char *words[] = {"cp", TEST_PLUGINS "/registry.so",
	                       path(".astro/providers/registry.so"), NULL};
	const struct pty_options options = {.argv = words};
	struct pty_result result;

	folder("bin");
	folder(".astro/providers");
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.screen);
	pty_result_clear(&result);
	ck_assert_int_eq(chmod(path(".astro/providers/registry.so"), 0600), 0);
	/* Without the docker that this machine may have. */
	(void)snprintf(search, sizeof(search), "%s:/nowhere", path("bin"));
	env_set("PATH", search);
	home_write(config_of_test);
}

/* The login is kept whatever Docker makes of it. */
static char *log_in(void)
{
	struct pty_result result = astro_ends(0, NULL, "login", NULL);
	char *said = strdup(result.err), *file = home_read();

	text_expect(said, "Logged in to a.example.com\n");
	text_expect(file, "access_token: plain-token\n");
	text_refuse(said, "plain-token");
	text_refuse(said, AUTH);
	pty_result_clear(&result);
	free(file);
	return said;
}

static void expect_said(const char *part)
{
	char *said = log_in();

	text_expect(said, part);
	free(said);
}

static void expect_silence(void)
{
	char *said = log_in();

	text_refuse(said, "registry");
	free(said);
}

/* ---- without a helper ---- */

START_TEST(does_nothing_where_there_is_no_docker)
{
	struct pty_result result;

	expect_silence();

	ck_assert_int_ne(access(path(".docker"), F_OK), 0);
	result = astro_ends(0, NULL, "login", "-v", NULL);
	text_expect(result.err, "info: registry " REGISTRY ": no Docker\n");
	pty_result_clear(&result);
}
END_TEST

START_TEST(makes_the_file_as_docker_does)
{
	struct stat info;

	program("docker", "exit 1");

	expect_said(FILE_LINE);

	expect_file(".docker/config.json",
	            "{\n\t\"auths\": {\n\t\t\"" REGISTRY
	            "\": {\n\t\t\t\"auth\": \"" AUTH "\"\n\t\t}\n\t}\n}\n");
	ck_assert_int_eq(stat(path(".docker"), &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0700);
	ck_assert_int_eq(stat(path(".docker/config.json"), &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0600);
}
END_TEST

static const struct {
	const char *before, *after;
} shapes[] = {
	{"{}", "{\n\t\"auths\": {\n\t\t\"" REGISTRY
               "\": {\n\t\t\t\"auth\": \"" AUTH "\"\n\t\t}\n\t}\n}"},
	{"{\n  \"psFormat\": \"table {{.ID}}\\\\t{{.Names}}\",\n"
         "  \"auths\": {\n    \"https://index.docker.io/v1/\": {\n"
         "      \"auth\": \"bWU6aGVyZQ==\",\n      \"email\": \"\\u00e9\"\n"
         "    }\n  },\n  \"HttpHeaders\": { \"X-A\":\"1.50e2\" },\n"
         "  \"unknown\": [1.50e2, 12345678901234567890, {\"a\": null}]\n}\n",
         "{\n  \"psFormat\": \"table {{.ID}}\\\\t{{.Names}}\",\n"
         "  \"auths\": {\n    \"https://index.docker.io/v1/\": {\n"
         "      \"auth\": \"bWU6aGVyZQ==\",\n      \"email\": \"\\u00e9\"\n"
         "    },\n    \"" REGISTRY "\": {\n      \"auth\": \"" AUTH
         "\"\n    }\n  },\n  \"HttpHeaders\": { \"X-A\":\"1.50e2\" },\n"
         "  \"unknown\": [1.50e2, 12345678901234567890, {\"a\": null}]\n}\n"},
	/* What goes with the credentials that were there, goes. */
	{"{\"auths\":{\"" REGISTRY "\":{\"auth\":\"b2xkOm9sZA==\","
         "\"identitytoken\":\"old\"}},\"credHelpers\":{\"other\":\"x\"},"
         "\"credsStore\":\"\"}",
         "{\"auths\":{\"" REGISTRY "\": {\"auth\": \"" AUTH "\"}},"
         "\"credHelpers\":{\"other\":\"x\"},\"credsStore\":\"\"}"},
	/* An empty helper of its own turns the common one off. */
	{"{\"credsStore\":\"fake\",\"credHelpers\":{\"" REGISTRY "\":\"\"}}",
         "{\"credsStore\":\"fake\",\"credHelpers\":{\"" REGISTRY
         "\":\"\"},\"auths\": {\"" REGISTRY "\": {\"auth\": \"" AUTH "\"}}}"},
};

START_TEST(changes_one_entry_of_the_file)
{
	struct stat info;

	folder(".docker");
	put(".docker/config.json", shapes[_i].before, 0644);

	expect_said(FILE_LINE);

	expect_file(".docker/config.json", shapes[_i].after);
	ck_assert_int_eq(stat(path(".docker/config.json"), &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0600);
	/* A second login finds what the first one has left. */
	expect_said(FILE_LINE);
	expect_file(".docker/config.json", shapes[_i].after);
}
END_TEST

static const struct {
	const char *bytes, *says;
} odd_files[] = {
	{"", "config.json: "},
	{"[]", "it is no JSON object"},
	{"{\"auths\": {}, }", "config.json: "},
	{"{\"auths\": {}} {}", "config.json: "},
	{"// mine\n{\"auths\": {}}", "config.json: "},
	{"{\"auths\": {}, \"auths\": {}}", "config.json: "},
	{"{\"auths\": []}", "\"auths\" is no JSON object"},
};

START_TEST(leaves_a_file_alone_that_is_no_plain_json)
{
	folder(".docker");
	put(".docker/config.json", odd_files[_i].bytes, 0600);

	expect_said("Not logged in to the registry " REGISTRY ": ");
	expect_said(odd_files[_i].says);

	expect_file(".docker/config.json", odd_files[_i].bytes);
}
END_TEST

START_TEST(replaces_what_a_link_leads_to)
{
	struct stat info;
	char *text;

	folder(".docker");
	folder("dotfiles");
	put("dotfiles/docker.json", "{}", 0600);
	ck_assert_int_eq(
		symlink("../dotfiles/docker.json", path(".docker/config.json")),
		0);

	expect_said(FILE_LINE);

	ck_assert_int_eq(lstat(path(".docker/config.json"), &info), 0);
	ck_assert(S_ISLNK(info.st_mode));
	text = get("dotfiles/docker.json");
	text_expect(text, AUTH);
	free(text);
}
END_TEST

START_TEST(takes_the_folder_that_docker_is_told)
{
	char *text;

	folder("elsewhere");
	put("elsewhere/config.json", "{}", 0600);
	env_set("DOCKER_CONFIG", path("elsewhere"));
	expect_said(FILE_LINE);
	text = get("elsewhere/config.json");
	text_expect(text, AUTH);
	free(text);
	ck_assert_int_ne(access(path(".docker"), F_OK), 0);

	/* One of the working directory is whoever's. */
	put("elsewhere/config.json", "{}", 0600);
	env_set("DOCKER_CONFIG", "elsewhere");
	expect_silence();
	expect_file("elsewhere/config.json", "{}");
}
END_TEST

/* sudo with the person's HOME: the file stays the person's. */
START_TEST(leaves_a_file_of_another_user_alone)
{
	if (geteuid() != 0)
		return;
	folder(".docker");
	put(".docker/config.json", "{}", 0600);
	ck_assert_int_eq(chown(path(".docker/config.json"), 65534, 65534), 0);

	expect_said("it belongs to another user");

	expect_file(".docker/config.json", "{}");
}
END_TEST

/* Never a silent step down to plain text. */
START_TEST(keeps_a_token_out_of_a_file_that_was_to_be_in_none)
{
	folder(".docker");
	put(".docker/config.json", "{}", 0600);
	home_write("context: a.example.com\n"
	           "contexts:\n"
	           "    a_example_com:\n"
	           "        provider: registry\n"
	           "        store: none\n"
	           "test:\n"
	           "    registry: " REGISTRY "\n");

	struct pty_result result = astro_ends(0, NULL, "login", NULL);

	text_expect(result.err,
	            "Not logged in to the registry " REGISTRY
	            ": Docker has no credential helper, and would keep the "
	            "token in plain text in ");
	pty_result_clear(&result);
	expect_file(".docker/config.json", "{}");
}
END_TEST

/* ---- through a helper ---- */

static const char keeping_helper[] =
	"printf '%s ' \"$@\" >>\"$HOME/verbs\"\n"
	"env >\"$HOME/environment\"\n"
	"cat >\"$HOME/input.$1\"\n"
	"[ \"$1\" != get ] || cat \"$HOME/answer\"";

static const char helper_file[] = "{\"credsStore\": \"fake\"}";
static const char helper_line[] =
	"Logged in to the registry " REGISTRY " (docker-credential-fake)\n";

static void use_helper(const char *script)
{
	char search[PATH_SIZE];

	/* For what the scripts call. */
	(void)snprintf(search, sizeof(search), "%s:/usr/bin:/bin", path("bin"));
	env_set("PATH", search);
	folder(".docker");
	put(".docker/config.json", helper_file, 0600);
	program("docker-credential-fake", script);
}

/* Docker's protocol, byte by byte. */
START_TEST(gives_the_token_to_the_helper)
{
	char *environment;

	use_helper(keeping_helper);
	env_set("ASTRO_API_TOKEN", "canary-token");

	expect_said(helper_line);

	expect_file("verbs", "store ");
	expect_file("input.store",
	            "{\"ServerURL\":\"" REGISTRY
	            "\",\"Username\":\"user\",\"Secret\":\"plain-token\"}");
	expect_file(".docker/config.json", helper_file);
	environment = get("environment");
	text_expect(environment, "HOME=");
	text_refuse(environment, "canary-token");
	text_refuse(environment, "plain-token");
	free(environment);
}
END_TEST

START_TEST(asks_the_helper_of_the_registry_first)
{
	use_helper("echo wrong; exit 1");
	program("docker-credential-right", keeping_helper);
	put(".docker/config.json",
	    "{\"credsStore\": \"fake\", \"credHelpers\": {"
	    "\"other.example.com\": \"fake\", \"" REGISTRY "\": \"right\"}}",
	    0600);

	expect_said("(docker-credential-right)");

	expect_file("verbs", "store ");
}
END_TEST

START_TEST(needs_no_copy_where_it_is_the_helper_itself)
{
	use_helper("exit 1");
	put(".docker/config.json",
	    "{\"credHelpers\": {\"" REGISTRY "\": \"astro\"}}", 0600);

	expect_silence();

	expect_file(".docker/config.json",
	            "{\"credHelpers\": {\"" REGISTRY "\": \"astro\"}}");
}
END_TEST

static const struct {
	const char *script, *says;
} bad_helpers[] = {
	{"echo 'the keyring is locked'; exit 1", "the keyring is locked"},
	{"cat; exit 1", "docker-credential-fake ended with 1"},
	{"exit 3", "docker-credential-fake ended with 3"},
	{"kill -9 $$", "signal 9"},
	/* It shows the secret: as much of it is masked. */
	{"echo; echo plain-token; exit 1", "ended with 1"},
	{"echo token plain-token refused; exit 1", "token *** refused"},
};

START_TEST(a_helper_that_fails_fails_no_login)
{
	use_helper(bad_helpers[_i].script);

	expect_said("Not logged in to the registry " REGISTRY ": ");
	expect_said(bad_helpers[_i].says);

	/* And no token goes into the file instead. */
	expect_file(".docker/config.json", helper_file);
}
END_TEST

static const char *const no_helpers[] = {"absent", "../bin/fake", "a b"};

START_TEST(a_helper_that_is_not_there_fails_no_login)
{
	char text[100];

	use_helper("exit 0");
	(void)snprintf(text, sizeof(text), "{\"credsStore\": \"%s\"}",
	               no_helpers[_i]);
	put(".docker/config.json", text, 0600);

	expect_said("Not logged in to the registry " REGISTRY ": ");

	expect_file(".docker/config.json", text);
}
END_TEST

/* ---- a registry with credentials of its own ---- */

static void use_own(void)
{
	home_write("context: a.example.com\n"
	           "contexts:\n"
	           "    a_example_com:\n"
	           "        provider: registry\n"
	           "test:\n"
	           "    registry: mine.example:5000\n"
	           "    own: \"true\"\n");
}

START_TEST(gives_no_token_to_a_registry_of_the_persons_own)
{
	use_own();
	folder(".docker");
	put(".docker/config.json", "{}", 0600);
	expect_said("The private registry mine.example:5000 has credentials of "
	            "its own: run `docker login mine.example:5000`\n");
	expect_file(".docker/config.json", "{}");

	put(".docker/config.json",
	    "{\"auths\": {\"mine.example:5000\": {\"auth\": \"bWU6aGVyZQ==\"}}}",
	    0600);
	expect_silence();
}
END_TEST

START_TEST(asks_the_helper_for_credentials_of_the_persons_own)
{
	use_own();
	use_helper(keeping_helper);
	put("answer",
	    "{\"ServerURL\":\"mine.example:5000\",\"Username\":\"me\","
	    "\"Secret\":\"mine\"}\n",
	    0600);
	expect_silence();
	expect_file("verbs", "get ");
	expect_file("input.get", "mine.example:5000");

	program("docker-credential-fake",
	        "echo credentials not found in native keychain; exit 1");
	expect_said("run `docker login mine.example:5000`\n");
}
END_TEST

/* ---- at the logout ---- */

static const char software[] = "contexts:\n"
			       "    a_example_com:\n"
			       "        domain: a.example.com\n"
			       "        token: plain-token\n"
			       "context: a.example.com\n";

/* The ways to get rid of a login. */
static const struct {
	const char *words[4];
	bool of_all;
} ways[] = {
	{{"logout"}, false},
	{{"logout", "a.example.com"}, false},
	{{"logout", "--local"}, false},
	{{"logout", "--all"}, false},
	{{"context", "delete", "a.example.com", "-f"}, true},
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static char *log_out(int way, int code)
{
	struct pty_result result =
		astro_ends(code, NULL, ways[way].words[0], ways[way].words[1],
	                   ways[way].words[2], ways[way].words[3], NULL);
	char *said = strdup(result.err), *file = home_read();

	text_refuse(file, "plain-token");
	text_refuse(said, "plain-token");
	if (ways[way].of_all)
		text_refuse(file, "a.example.com");
	pty_result_clear(&result);
	free(file);
	return said;
}

static const char erased_line[] =
	"Erased Docker's credentials for the registry " REGISTRY "\n";

START_TEST(erases_the_copy_in_dockers_file)
{
	char *said;

	home_write(software);
	folder(".docker");
	put(".docker/config.json",
	    "{\n\t\"auths\": {\n\t\t\"b.io\": {\n\t\t\t\"auth\": \"" AUTH
	    "\"\n\t\t},\n\t\t\"" REGISTRY "\": {\n\t\t\t\"auth\": \"" AUTH
	    "\"\n\t\t}\n\t}\n}",
	    0600);

	said = log_out(_i, 0);

	text_expect(said, erased_line);
	expect_file(
		".docker/config.json",
		"{\n\t\"auths\": {\n\t\t\"b.io\": {\n\t\t\t\"auth\": \"" AUTH
		"\"\n\t\t}\n\t}\n}");
	free(said);
}
END_TEST

START_TEST(erases_the_copy_that_a_helper_has)
{
	char *said;

	home_write(software);
	use_helper(keeping_helper);
	put("answer",
	    "{\"ServerURL\":\"" REGISTRY
	    "\",\"Username\":\"user\",\"Secret\":\"plain-token\"}",
	    0600);

	said = log_out(_i, 0);

	text_expect(said, erased_line);
	expect_file("verbs", "get erase ");
	expect_file("input.erase", REGISTRY);
	free(said);
}
END_TEST

/* What `docker login` has put there since is the person's. */
START_TEST(leaves_other_credentials_of_the_registry_alone)
{
	static const char other[] = "{\"auths\": {\"" REGISTRY
				    "\": {\"auth\": \"dXNlcjpvdGhlcg==\"}}}";
	char *said;

	home_write(software);
	folder(".docker");
	put(".docker/config.json", other, 0600);
	said = log_out(0, 0);
	text_refuse(said, "Docker");
	expect_file(".docker/config.json", other);
	free(said);

	home_write(software);
	ck_assert_int_eq(unlink(path(".docker/config.json")), 0);
	ck_assert_int_eq(rmdir(path(".docker")), 0);
	use_helper(keeping_helper);
	put("answer",
	    "{\"ServerURL\":\"" REGISTRY
	    "\",\"Username\":\"user\",\"Secret\":\"other\"}",
	    0600);
	said = log_out(0, 0);
	text_refuse(said, "Docker");
	expect_file("verbs", "get ");
	free(said);
}
END_TEST

/* A copy that stays is no success; the login here is gone all the same. */
START_TEST(says_that_docker_has_kept_its_copy)
{
	char *said;

	home_write(software);
	use_helper("[ \"$1\" = get ] || { echo 'it is locked'; exit 1; }\n"
	           "cat \"$HOME/answer\"");
	put("answer",
	    "{\"ServerURL\":\"" REGISTRY
	    "\",\"Username\":\"user\",\"Secret\":\"plain-token\"}",
	    0600);

	said = log_out(0, 5);

	text_expect(said, "Could not erase Docker's credentials");
	text_expect(said, "it is locked");
	text_expect(said, "Logged out of a.example.com\n");
	text_expect(said, "docker logout");
	free(said);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
	TCase *tcase = e2e_case(suite, name);

	tcase_add_checked_fixture(tcase, begin, NULL);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("the registry");
	TCase *file = add_case(suite, "Docker's file");
	TCase *helper = add_case(suite, "Docker's helper");
	TCase *own = add_case(suite, "a registry of one's own");
	TCase *logout = add_case(suite, "logging out");

	tcase_add_test(file, does_nothing_where_there_is_no_docker);
	tcase_add_test(file, makes_the_file_as_docker_does);
	tcase_add_loop_test(file, changes_one_entry_of_the_file, 0,
	                    sizeof(shapes) / sizeof(shapes[0]));
	tcase_add_loop_test(file, leaves_a_file_alone_that_is_no_plain_json, 0,
	                    sizeof(odd_files) / sizeof(odd_files[0]));
	tcase_add_test(file, replaces_what_a_link_leads_to);
	tcase_add_test(file, takes_the_folder_that_docker_is_told);
	tcase_add_test(file, leaves_a_file_of_another_user_alone);
	tcase_add_test(file,
	               keeps_a_token_out_of_a_file_that_was_to_be_in_none);

	tcase_add_test(helper, gives_the_token_to_the_helper);
	tcase_add_test(helper, asks_the_helper_of_the_registry_first);
	tcase_add_test(helper, needs_no_copy_where_it_is_the_helper_itself);
	tcase_add_loop_test(helper, a_helper_that_fails_fails_no_login, 0,
	                    sizeof(bad_helpers) / sizeof(bad_helpers[0]));
	tcase_add_loop_test(helper, a_helper_that_is_not_there_fails_no_login,
	                    0, sizeof(no_helpers) / sizeof(no_helpers[0]));

	tcase_add_test(own, gives_no_token_to_a_registry_of_the_persons_own);
	tcase_add_test(own, asks_the_helper_for_credentials_of_the_persons_own);

	tcase_add_loop_test(logout, erases_the_copy_in_dockers_file, 0, WAYS);
	tcase_add_loop_test(logout, erases_the_copy_that_a_helper_has, 0, WAYS);
	tcase_add_test(logout, leaves_other_credentials_of_the_registry_alone);
	tcase_add_test(logout, says_that_docker_has_kept_its_copy);
	return e2e_main(suite);
}
