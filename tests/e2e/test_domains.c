/* SPDX-License-Identifier: Apache-2.0 */
/* Which server a domain means: seen in the trace of a login that cannot leave
 * this machine. */
#include "e2e.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define CONFIG "/private/v1alpha1/cli/auth-config:"

/* C1, C2, X1, X5, U1 to U4, F10, F11, P1 */
static const struct {
	const char *domain, *request;
} domains[] = {
	{"astronomer.io", "GET https://api.astronomer.io" CONFIG},
	{"cloud.astronomer.io", "GET https://api.astronomer.io" CONFIG},
	{"Astronomer.IO", "GET https://api.astronomer.io" CONFIG},
	/* D24 */
	{"https://astronomer.io", "GET https://api.astronomer.io" CONFIG},
	{"astronomer.io/", "GET https://api.astronomer.io" CONFIG},
	{"https://cloud.astronomer.io/",
         "GET https://api.astronomer.io" CONFIG},
	{"cloud.astronomer-dev.io", "GET https://api.astronomer-dev.io" CONFIG},
	{"astronomer-stage.io", "GET https://api.astronomer-stage.io" CONFIG},
	{"astronomer-perf.io", "GET https://api.astronomer-perf.io" CONFIG},
	{"pr1234.astronomer-dev.io",
         "GET https://pr1234.api.astronomer-dev.io" CONFIG},
	{"pr5723.cloud.astronomer-dev.io",
         "GET https://pr5723.api.astronomer-dev.io" CONFIG},
	{"pr123456.astronomer-dev.io",
         "GET https://pr123456.api.astronomer-dev.io" CONFIG},
	/* A preview is one of the development environment alone. */
	{"pr1234.astronomer.io", "GET https://api.pr1234.astronomer.io" CONFIG},
	{"pr123.astronomer-dev.io",
         "POST https://houston.pr123.astronomer-dev.io/v1:"},
	{"pr1234567.astronomer-dev.io",
         "POST https://houston.pr1234567.astronomer-dev.io/v1:"},
	{"drum.cloud.astronomer-dev.io",
         "POST https://houston.drum.cloud.astronomer-dev.io/v1:"},
	{"astronomer-test.io", "POST https://houston.astronomer-test.io/v1:"},
	{"gcp0001.us-east4.astronomer.io",
         "POST https://houston.gcp0001.us-east4.astronomer.io/v1:"},
	{"fail.astronomer.io", "POST https://houston.fail.astronomer.io/v1:"},
	{"xastronomer.io", "POST https://houston.xastronomer.io/v1:"},
	{"astronomer.io.example.com",
         "POST https://houston.astronomer.io.example.com/v1:"},
	{"mycompany.example.com",
         "POST https://houston.mycompany.example.com/v1:"},
	/* D25 */
	{"localhost.example.com",
         "POST https://houston.localhost.example.com/v1:"},
	{"localbeast", "POST https://houston.localbeast/v1:"},
};

START_TEST(finds_the_server_of_a_domain)
{
	struct pty_result result;

	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, "x\n", "login", "-v", domains[_i].domain, "-t",
	                    "-", NULL);
	text_expect(result.err, domains[_i].request);
	pty_result_clear(&result);
}
END_TEST

/* cloud.api.port is Software's alone. */
START_TEST(takes_the_port_from_the_file)
{
	struct pty_result result;

	home_write("cloud:\n  api:\n    port: \"8443\"\n");
	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, "x\n", "login", "-v", "a.example.com", "-t", "-",
	                    NULL);
	text_expect(result.err, "POST https://houston.a.example.com:8443/v1:");
	pty_result_clear(&result);
	result = astro_ends(3, "x\n", "login", "-v", "astronomer.io", "-t", "-",
	                    NULL);
	text_expect(result.err, "GET https://api.astronomer.io/");
	pty_result_clear(&result);
}
END_TEST

/* M2, M3, X2, C32: without a domain, the current context, or astronomer.io. */
static const struct {
	const char *file, *request;
} currents[] = {
	{"upgrade_message: \"false\"\n", "GET https://api.astronomer.io/"},
	{"context: \"\"\n", "GET https://api.astronomer.io/"},
	{"context: astronomer-dev.io\ncontexts:\n  astronomer-dev_io:\n"
         "    token: \"\"\n",
         "GET https://api.astronomer-dev.io/"},
	/* F2 */
	{"context: example_com\ncontexts:\n  example_com:\n"
         "    domain: example.com\n",
         "POST https://houston.example.com/v1"},
	{"context: example.com\ncontexts:\n  example_com:\n"
         "    workspace: x\n",
         "POST https://houston.example.com/v1"},
};

START_TEST(logs_in_to_the_current_context)
{
	struct pty_result result;

	home_write(currents[_i].file);
	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, "x\n", "login", "-v", "-t", "-", NULL);
	text_expect(result.err, currents[_i].request);
	pty_result_clear(&result);
}
END_TEST

/* D26, CFG-38: a repository's file is not even opened. */
START_TEST(takes_nothing_from_the_working_directory)
{
	const char *words[] = {"sh", "-c",
	                       "mkdir -p repository/.astro && "
	                       "cd repository && printf '%s\\n' 'local:' "
	                       "'  core: http://192.0.2.1' "
	                       "'  houston: http://192.0.2.1/v1' "
	                       "'houston:' '  skip_verify_tls: true' "
	                       ">.astro/config.yaml && "
	                       "printf sandbox-solo | " ASTRO_BIN "/astro "
	                       "login houston -u solo --password-stdin",
	                       NULL};
	const struct pty_options options = {.argv = words,
	                                    .folder = home_folder,
	                                    .no_terminal = true,
	                                    .pipe_stdout = true,
	                                    .pipe_stderr = true};
	struct pty_result result;

	ck_assert_int_eq(setenv("ASTRO_HOME", home_folder, 1), 0);
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.err);
	pty_result_clear(&result);
	sandbox_expect("POST /v1 authConfig\n"
	               "POST /v1 createToken\n"
	               "POST /v1 workspaces\n");
}
END_TEST

/* A trailing "/v1alpha1" is what older files of the Go CLI have. */
static const char *const cores[] = {
	"http://localhost:@/v1alpha1", "http://localhost:@/",
	"http://localhost:@/v1alpha1/", "http://127.0.0.1:@"};

START_TEST(understands_local_core)
{
	char *token =
		sandbox_token("{'user': 'solo@example.com'}", "access_token");
	struct pty_result result;
	char text[200];

	(void)snprintf(text, sizeof(text), "local:\n  core: %s\n", cores[_i]);
	home_write(text);
	result = astro_ends(0, token, "login", "localhost", "-t", "-", NULL);
	free(token);
	pty_result_clear(&result);
}
END_TEST

static bool write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* PATH is /etc/hosts, for us and what we start.  False where nobody may do
 * that: an ordinary user without user namespaces, root whose / is no mount
 * (chroot). */
static bool hosts_replace(const char *path)
{
	uid_t user = geteuid();
	char map[64];

	if (unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return false;
	(void)snprintf(map, sizeof(map), "%u %u 1", (unsigned)user,
	               (unsigned)user);
	if (user != 0 && !write_to("/proc/self/uid_map", map))
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
}

/* The name is not looked up: neither for what is asked, nor for the callback,
 * to which the authorization code is sent (RFC 8252, 8.3). */
START_TEST(knows_itself_whatever_localhost_is_said_to_be)
{
	struct pty_result result;
	char hosts[PATH_SIZE + 16];
	FILE *file;

	(void)snprintf(hosts, sizeof(hosts), "%s/hosts", home_folder);
	file = fopen(hosts, "w");
	ck_assert_ptr_nonnull(file);
	(void)fputs("192.0.2.1 localhost\n2001:db8::1 localhost\n", file);
	ck_assert_int_eq(fclose(file), 0);
	if (!hosts_replace(hosts)) {
		(void)fprintf(stderr, "left out: /etc/hosts cannot be replaced "
		                      "for this program alone\n");
		return;
	}
	env_browser("solo@example.com");
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	text_expect(result.err, "solo@example.com");
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("domains");
	TCase *all = e2e_case(suite, "domains");

	tcase_add_loop_test(all, finds_the_server_of_a_domain, 0,
	                    sizeof(domains) / sizeof(domains[0]));
	tcase_add_test(all, takes_the_port_from_the_file);
	tcase_add_loop_test(all, logs_in_to_the_current_context, 0,
	                    sizeof(currents) / sizeof(currents[0]));
	tcase_add_test(all, takes_nothing_from_the_working_directory);
	tcase_add_loop_test(all, understands_local_core, 0,
	                    sizeof(cores) / sizeof(cores[0]));
	tcase_add_test(all, knows_itself_whatever_localhost_is_said_to_be);
	return e2e_main(suite);
}
