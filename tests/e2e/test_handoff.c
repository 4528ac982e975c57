/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens for kubectl, git and docker: the real clients against servers of the
 * test's own, and the bytes of the protocols that newer clients speak. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authority.h"
#include "wire.h"

/* {"exp":2000000000} */
#define JWT "e30.eyJleHAiOjIwMDAwMDAwMDB9.x"

/* "@@" is where a test puts hosts of its own. */
static const char home_contexts[] =
	"context: corp.example.com\n"
	"contexts:\n"
	"    astronomer_io:\n"
	"        domain: astronomer.io\n"
	"        expiresin: 2096-11-25T16:16:57Z\n"
	"        hosts: images.astronomer.cloud\n"
	"        token: Bearer " JWT "\n"
	"        user_email: jane@example.com\n"
	"    corp_example_com:\n"
	"        domain: corp.example.com\n"
	"        hosts: [git.corp.example.com, %s]\n"
	"        token: corp-token\n"
	"    ended_example_com:\n"
	"        domain: ended.example.com\n"
	"        expiresin: 2020-11-25T16:16:57Z\n"
	"        token: ended-token\n";

static char *contexts;

static void write_contexts(const char *hosts)
{
	free(contexts);
	ck_assert_int_ge(asprintf(&contexts, home_contexts, hosts), 0);
	home_write(contexts);
}

static void set_up(void)
{
	contexts = NULL;
	write_contexts("more.example.com");
}

/* Whatever was asked, nothing was written. */
static void tear_down(void)
{
	char *text = home_read();

	ck_assert_str_eq(text, contexts);
	free(text);
	free(contexts);
}

/* ---- the protocols, byte by byte ---- */

#define GIT_HTTPS "protocol=https\nhost="

static const struct {
	const char *operation;
	const char *input;
	int code;
	const char *out;
	const char *err;
} gits[] = {
	{"get", GIT_HTTPS "git.corp.example.com\n\n", 0,
         "username=oauth2\npassword=corp-token\n", ""},
	{"get", GIT_HTTPS "corp.example.com\nusername=oauth2\n\n", 0,
         "username=oauth2\npassword=corp-token\n", ""},
	{"get", GIT_HTTPS "astronomer.io\n\n", 0,
         "username=oauth2\npassword=" JWT "\npassword_expiry_utc=2000000000\n",
         ""},
	{"get", GIT_HTTPS "astronomer.io\nusername=jane@example.com\n\n", 0,
         "username=jane@example.com\npassword=" JWT
         "\npassword_expiry_utc=2000000000\n",
         ""},
	{"get",
         "capability[]=authtype\ncapability[]=state\n" GIT_HTTPS
         "astronomer.io\nwwwauth[]=Bearer\n\n",
         0,
         "capability[]=authtype\nauthtype=Bearer\ncredential=" JWT
         "\nephemeral=1\npassword_expiry_utc=2000000000\n",
         ""},
	/* Nothing to say: git asks its next helper. */
	{"get", GIT_HTTPS "github.com\n\n", 0, "", ""},
	{"get", GIT_HTTPS "astronomer.io:8443\n\n", 0, "", ""},
	{"get", GIT_HTTPS "astronomer.io\nusername=joe\n\n", 0, "", ""},
	{"get", "protocol=http\nhost=github.com\n\n", 0, "", ""},
	/* Nothing said, and why. */
	{"get", "protocol=http\nhost=astronomer.io\n\n", 7, "",
         "astro: astronomer.io: a token is sent over https alone\n"
         "  try: use the repository's https address\n"},
	{"get", "protocol=ssh\nhost=astronomer.io\n\n", 7, "",
         "astro: astronomer.io: a token is sent over https alone\n"
         "  try: use the repository's https address\n"},
	{"get", GIT_HTTPS "astronomer.io\nhost=evil.example\n\n", 2, "",
         "astro: git: refused: line 3 has a second host\n"},
	{"get", GIT_HTTPS "astronomer.io\rx\n\n", 2, "",
         "astro: git: refused: line 2 has a carriage return\n"},
	{"get", "", 2, "", "astro: git: refused: there is no protocol\n"},
	{"get", GIT_HTTPS "ended.example.com\n\n", 4, "",
         "astro: the token for ended.example.com has ended"},
	{"store", GIT_HTTPS "github.com\nusername=a\npassword=b\n\n", 0, "",
         ""},
	{"erase", GIT_HTTPS "corp.example.com\npassword=corp-token\n\n", 0, "",
         ""},
	{"store", "no sense at all", 0, "", ""},
	{"capability", "", 0, "version 0\ncapability authtype\n", ""},
	{"rotate", GIT_HTTPS "astronomer.io\n\n", 0, "", ""},
};

/* What is written to standard error may go on. */
static void expect_streams(const struct pty_result *result, const char *out,
                           const char *err)
{
	ck_assert_str_eq(result->out, out);
	if (err[0] == '\0')
		ck_assert_str_eq(result->err, "");
	else
		ck_assert_msg(strncmp(result->err, err, strlen(err)) == 0, "%s",
		              result->err);
}

START_TEST(speaks_gits_protocol)
{
	struct pty_result result =
		astro_ends(gits[_i].code, gits[_i].input, "credential", "git",
	                   gits[_i].operation, NULL);

	expect_streams(&result, gits[_i].out, gits[_i].err);
	pty_result_clear(&result);
}
END_TEST

START_TEST(answers_git_with_the_context_that_was_named_alone)
{
	struct pty_result result =
		astro_ends(0, GIT_HTTPS "corp.example.com\n\n", "credential",
	                   "git", "-d", "astronomer.io", "get", NULL);

	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	result = astro_ends(0, GIT_HTTPS "corp.example.com\n\n", "credential",
	                    "git", "-d", "corp.example.com", "get", NULL);
	ck_assert_str_eq(result.out, "username=oauth2\npassword=corp-token\n");
	pty_result_clear(&result);
}
END_TEST

static const struct {
	const char *operation;
	const char *input;
	int code;
	const char *out;
	const char *err;
} dockers[] = {
	{"get", "registry.corp.example.com", 0,
         "{\"ServerURL\":\"registry.corp.example.com\",\"Username\":\"user\","
         "\"Secret\":\"corp-token\"}\n",
         ""},
	{"get", "https://registry.corp.example.com/\n", 0,
         "{\"ServerURL\":\"https://registry.corp.example.com/\","
         "\"Username\":\"user\",\"Secret\":\"corp-token\"}\n",
         ""},
	{"get", "images.astronomer.cloud\n", 0,
         "{\"ServerURL\":\"images.astronomer.cloud\",\"Username\":\"cli\","
         "\"Secret\":\"" JWT "\"}\n",
         ""},
	{"get", "https://index.docker.io/v1/\n", 1,
         "credentials not found in native keychain\n", ""},
	{"get", "registry.astronomer.io", 1,
         "credentials not found in native keychain\n", ""},
	{"get", "http://registry.corp.example.com", 1,
         "credentials not found in native keychain\n", ""},
	{"get", "registry.corp.example.com:443", 1,
         "credentials not found in native keychain\n", ""},
	{"get", "registry.corp.example.com@evil.example", 1,
         "credentials not found in native keychain\n", ""},
	{"get", "\n", 1, "no credentials server URL\n", ""},
	{"get", "a\nregistry.corp.example.com", 2, "",
         "astro: docker: refused: this is no address\n"},
	{"get", "registry.ended.example.com", 4,
         "the token for ended.example.com has ended",
         "astro: the token for ended.example.com has ended"},
	{"store",
         "{\"ServerURL\":\"registry.corp.example.com\",\"Username\":\"x\","
         "\"Secret\":\"y\"}",
         0, "", ""},
	{"erase", "registry.corp.example.com", 0, "", ""},
	{"list", "", 0,
         "{\"https://images.astronomer.cloud\":\"cli\","
         "\"https://registry.corp.example.com\":\"user\","
         "\"https://git.corp.example.com\":\"user\","
         "\"https://more.example.com\":\"user\"}\n",
         ""},
	{"version", "", 0, "docker-credential-astro (astro) v0.1.0\n", ""},
	{"--version", "", 0, "docker-credential-astro (astro) v0.1.0\n", ""},
	{"unknown", "", 2, "",
         "astro: credential docker: unknown is none of its operations\n"},
};

START_TEST(speaks_dockers_protocol)
{
	const char *out = dockers[_i].out;
	struct pty_result result =
		astro_ends(dockers[_i].code, dockers[_i].input, "credential",
	                   "docker", dockers[_i].operation, NULL);

	/* A reason of our own may go on. */
	if (dockers[_i].code == 4) {
		ck_assert(strncmp(result.out, out, strlen(out)) == 0);
		out = result.out;
	}
	expect_streams(&result, out, dockers[_i].err);
	pty_result_clear(&result);
}
END_TEST

#define GROUP "client.authentication.k8s.io/"
#define ASKED(version, spec)                                                   \
	"{\"kind\":\"ExecCredential\",\"apiVersion\":\"" GROUP version         \
	"\",\"spec\":" spec "}"
#define ANSWERED(version, status)                                              \
	"{\"kind\":\"ExecCredential\",\"apiVersion\":\"" GROUP version         \
	"\",\"status\":" status "}\n"
#define LASTING                                                                \
	"{\"expirationTimestamp\":\"2033-05-18T03:33:20Z\",\"token\":\"" JWT   \
	"\"}"
#define SERVER(url)                                                            \
	"{\"interactive\":false,\"cluster\":{\"server\":\"" url "\"}}"

static const struct {
	const char *domain;
	const char *info; /* NULL: kubectl says nothing */
	int code;
	const char *out;
	const char *err;
} kubectls[] = {
	{"astronomer.io", NULL, 0, ANSWERED("v1", LASTING), ""},
	{"astronomer.io", ASKED("v1", "{\"interactive\":true}"), 0,
         ANSWERED("v1", LASTING), ""},
	{"astronomer.io", ASKED("v1beta1", "{\"interactive\":false}"), 0,
         ANSWERED("v1beta1", LASTING), ""},
	{"corp.example.com", ASKED("v1", "{}"), 0,
         ANSWERED("v1", "{\"token\":\"corp-token\"}"), ""},
	{"corp.example.com", ASKED("v1", SERVER("https://more.example.com/k")),
         0, ANSWERED("v1", "{\"token\":\"corp-token\"}"), ""},
	{"corp.example.com",
         ASKED("v1", SERVER("https://more.example.com:6443")), 7, "",
         "astro: the context corp.example.com does not name the server "
         "more.example.com:6443\n  try: if it may have the token, add "
         "more.example.com:6443 to `hosts:` of the context "
         "corp.example.com\n"},
	{"corp.example.com", ASKED("v1", SERVER("http://more.example.com")), 7,
         "",
         "astro: KUBERNETES_EXEC_INFO: a token is not given to the server "
         "http://more.example.com\n"},
	{"astronomer.io", ASKED("v1alpha1", "{}"), 5, "",
         "astro: KUBERNETES_EXEC_INFO: the apiVersion " GROUP
         "v1alpha1 is not known here\n"},
	{"astronomer.io", "{\"kind\":", 5, "",
         "astro: KUBERNETES_EXEC_INFO: no JSON: byte 9: "},
	{"ended.example.com", ASKED("v1", "{\"interactive\":true}"), 4, "",
         "astro: the token for ended.example.com has ended"},
	{"nowhere.example.com", NULL, 1, "",
         "astro: no context is named nowhere.example.com\n"},
};

START_TEST(answers_as_an_exec_credential_plugin)
{
	struct pty_result result;

	env_set("KUBERNETES_EXEC_INFO", kubectls[_i].info);
	result = astro_ends(kubectls[_i].code, NULL, "credential", "kubectl",
	                    "-d", kubectls[_i].domain, NULL);

	expect_streams(&result, kubectls[_i].out, kubectls[_i].err);
	if (kubectls[_i].code == 4)
		text_expect(result.err, "astro login ended.example.com");
	pty_result_clear(&result);
}
END_TEST

START_TEST(hands_the_token_of_the_environment_out_for_the_current_context)
{
	struct pty_result result;

	env_set("ASTRO_API_TOKEN", "environment-token");
	result = astro_ends(0, NULL, "credential", "kubectl", NULL);
	text_expect(result.out, "\"token\":\"environment-token\"");
	pty_result_clear(&result);
	result = astro_ends(0, GIT_HTTPS "corp.example.com\n\n", "credential",
	                    "git", "get", NULL);
	ck_assert_str_eq(result.out,
	                 "username=oauth2\npassword=environment-token\n");
	pty_result_clear(&result);
	result = astro_ends(0, "images.astronomer.cloud", "credential",
	                    "docker", "get", NULL);
	text_expect(result.out, "\"Secret\":\"" JWT "\"");
	pty_result_clear(&result);
	result = astro_ends(0, GIT_HTTPS "github.com\n\n", "credential", "git",
	                    "get", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

/* OUT-03: tampered, in the store's own spelling. */
static const char *const tampered[] = {
	"a\\nhost=evil", "a\\rb", "a\\0b", "a b", "a\\tb", "\\u00f6",
};

START_TEST(prints_nothing_of_a_token_that_is_none)
{
	static const char *const words[][3] = {
		{"git", "get", GIT_HTTPS "corp.example.com\n\n"},
		{"docker", "get", "registry.corp.example.com"},
		{"kubectl", NULL, ""},
	};
	struct pty_result result;
	size_t i;

	free(contexts);
	ck_assert_int_ge(asprintf(&contexts,
	                          "context: corp.example.com\ncontexts:\n"
	                          "    corp_example_com:\n"
	                          "        domain: corp.example.com\n"
	                          "        token: \"%s\"\n",
	                          tampered[_i]),
	                 0);
	home_write(contexts);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		result = astro_ends(5, words[i][2], "credential", words[i][0],
		                    words[i][1], NULL);
		if (i != 1)
			ck_assert_str_eq(result.out, "");
		text_refuse(result.out, "evil");
		text_refuse(result.out, "Secret");
		text_expect(result.err, "astro: config.yaml:5:");
		pty_result_clear(&result);
	}
}
END_TEST

/* ---- other programs, in the home of the test ---- */

static const char *tool_env[16];
static char tool_texts[16][PATH_SIZE];
static size_t tool_count;

static void tool_set(const char *name, const char *value)
{
	ck_assert_uint_lt(tool_count, 15);
	(void)snprintf(tool_texts[tool_count], PATH_SIZE, "%s=%.4000s", name,
	               value);
	tool_env[tool_count] = tool_texts[tool_count];
	tool_count++;
}

static void tool_begin(void)
{
	char path[PATH_SIZE];

	tool_count = 0;
	(void)snprintf(path, sizeof(path), "%s:/usr/local/bin:/usr/bin:/bin",
	               ASTRO_BIN);
	tool_set("PATH", path);
	tool_set("HOME", home_folder);
	tool_set("ASTRO_HOME", home_folder);
	tool_set("GIT_TERMINAL_PROMPT", "0");
	tool_set("GIT_CONFIG_NOSYSTEM", "1");
	tool_set("LANG", "C.UTF-8");
	if (getenv("ASAN_OPTIONS") != NULL)
		tool_set("ASAN_OPTIONS", getenv("ASAN_OPTIONS"));
}

/* ARGV is looked up in the PATH of tool_begin(), which env(1) alone does. */
static struct pty_result tool_run(const char *const *argv, const char *input)
{
	const char *words[16] = {"env"};
	const struct pty_options options = {
		.argv = words,
		.env = tool_env,
		.folder = home_folder,
		.input = input,
		.no_terminal = true,
		.pipe_stdout = true,
		.pipe_stderr = true,
	};
	size_t i;

	for (i = 0; argv[i] != NULL; i++) {
		ck_assert_uint_lt(i, 14);
		words[i + 1] = argv[i];
	}
	return pty_run(&options);
}

static void expect_status(const struct pty_result *result, int status)
{
	ck_assert_msg(result->status == status, "ended with %d\n%s%s",
	              result->status, result->out, result->err);
}

/* HOME/NAME in OUT. */
static const char *in_home(const char *name)
{
	static char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%.4000s/%s", home_folder, name);
	return path;
}

static void home_put(const char *name, const char *text)
{
	FILE *out = fopen(in_home(name), "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* NULL when it is not there; the caller frees. */
static char *home_get(const char *name)
{
	FILE *in = fopen(in_home(name), "r");
	char *text = NULL;
	size_t size = 0;

	if (in == NULL)
		return NULL;
	ck_assert_int_gt(getdelim(&text, &size, '\0', in), 0);
	(void)fclose(in);
	return text;
}

static const char *const names[][3] = {
	{"docker-credential-astro", "get", "\"Secret\":\"corp-token\""},
	{"git-credential-astro", "get", "password=corp-token\n"},
	{"kubectl-credential-astro", NULL, "\"token\":\"corp-token\""},
};

START_TEST(answers_by_the_name_that_a_tool_looks_for)
{
	const char *argv[] = {names[_i][0], names[_i][1], NULL};
	struct pty_result result;

	tool_begin();
	result = tool_run(argv, _i == 0 ? "registry.corp.example.com"
	                                : GIT_HTTPS "corp.example.com\n\n");
	expect_status(&result, 0);
	text_expect(result.out, names[_i][2]);
	pty_result_clear(&result);
}
END_TEST

/* ---- servers ---- */

static SSL_CTX *tls;
static struct wire *server;

/* A server for "localhost", which the context names with its port. */
static void server_begin(const struct wire_step *steps, size_t count)
{
	const struct certificate certificate = {
		.name = "DNS:localhost", .from = -60, .until = 3600};
	struct authority *authority = authority_new(home_folder);
	char host[40];

	tls = authority_server(authority, &certificate);
	authority_free(authority);
	server = wire_start(steps, count, tls);
	(void)snprintf(host, sizeof(host), "localhost:%u", wire_port(server));
	write_contexts(host);
	tool_begin();
}

static void server_end(void)
{
	wire_stop(server);
	SSL_CTX_free(tls);
}

#define CLOSED "Connection: close\r\n"
#define UNAUTHORIZED                                                           \
	"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n" \
	"Content-Length: 0\r\n" CLOSED "\r\n"
/* A repository without a commit, as git's own server describes it. */
#define REPOSITORY                                                             \
	"HTTP/1.1 200 OK\r\n"                                                  \
	"Content-Type: application/x-git-upload-pack-advertisement\r\n"        \
	"Content-Length: 38\r\n" CLOSED "\r\n"                                 \
	"001e# service=git-upload-pack\n00000000"

static struct pty_result git_clone(void)
{
	const char *argv[] = {"git", "clone", NULL, "cloned", NULL};
	char url[100];

	(void)snprintf(url, sizeof(url), "https://localhost:%u/repository.git",
	               wire_port(server));
	argv[2] = url;
	tool_set("GIT_SSL_CAINFO", in_home("authority.pem"));
	return tool_run(argv, NULL);
}

static void set_up_tool(const char *tool)
{
	const char *argv[] = {"astro", "credential", "setup", tool, NULL};
	struct pty_result result = tool_run(argv, NULL);

	expect_status(&result, 0);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}

/* base64("oauth2:corp-token") */
#define BASIC "Authorization: Basic b2F1dGgyOmNvcnAtdG9rZW4=\r\n"

START_TEST(git_clones_over_https_with_the_token)
{
	static const struct wire_step steps[] = {{UNAUTHORIZED, WIRE_CLOSE},
	                                         {REPOSITORY, WIRE_CLOSE}};
	struct pty_result result;

	/* Somebody who keeps every password in plain text. */
	home_put(".gitconfig", "# mine\n[credential]\n\thelper = store\n");
	server_begin(steps, 2);
	set_up_tool("git");

	result = git_clone();

	expect_status(&result, 0);
	text_refuse(result.err, "corp-token");
	ck_assert_uint_eq(wire_requests(server), 2);
	text_refuse(wire_request(server, 0), "Authorization:");
	text_expect(wire_request(server, 1), BASIC);
	/* Nobody else was told the token. */
	ck_assert_ptr_null(home_get(".git-credentials"));
	pty_result_clear(&result);
	server_end();
}
END_TEST

START_TEST(a_token_that_git_had_refused_stays)
{
	static const struct wire_step steps[] = {{UNAUTHORIZED, WIRE_CLOSE}};
	struct pty_result result;

	server_begin(steps, 1);
	set_up_tool("git");

	result = git_clone();

	expect_status(&result, 128);
	text_expect(result.err, "Authentication failed");
	text_expect(wire_request(server, 1), BASIC);
	pty_result_clear(&result);
	server_end();
}
END_TEST

START_TEST(git_gets_no_token_for_a_host_that_is_not_named)
{
	static const struct wire_step steps[] = {{UNAUTHORIZED, WIRE_CLOSE}};
	struct pty_result result;

	server_begin(steps, 1);
	/* Without its port. */
	write_contexts("localhost");
	home_put(".gitconfig", "[credential]\n\thelper = astro\n");

	result = git_clone();

	expect_status(&result, 128);
	text_expect(result.err, "could not read Username");
	ck_assert_uint_eq(wire_requests(server), 1);
	text_refuse(wire_request(server, 0), "Authorization:");
	pty_result_clear(&result);
	server_end();
}
END_TEST

static const char kubeconfig[] = "apiVersion: v1\n"
				 "kind: Config\n"
				 "current-context: test\n"
				 "clusters:\n"
				 "- name: test\n"
				 "  cluster:\n"
				 "    server: https://localhost:%u\n"
				 "    certificate-authority: %s\n"
				 "contexts:\n"
				 "- name: test\n"
				 "  context:\n"
				 "    cluster: test\n"
				 "    user: astro-corp.example.com\n"
				 "%s";

/* What `setup --dry-run` shows is what a person would paste; VERSION in the
 * place of its own. */
static void write_kubeconfig(const char *version)
{
	static const char own[] = "apiVersion: " GROUP "v1beta1\n";
	const char *argv[] = {"astro",   "credential", "setup",
	                      "kubectl", "--dry-run",  NULL};
	struct pty_result result = tool_run(argv, NULL);
	char ca[PATH_SIZE], *text, *at, *shown;

	expect_status(&result, 0);
	at = strstr(result.out, own);
	ck_assert_ptr_nonnull(at);
	ck_assert_int_ge(asprintf(&shown, "%.*sapiVersion: " GROUP "%s\n%s",
	                          (int)(at - result.out), result.out, version,
	                          at + sizeof(own) - 1),
	                 0);
	(void)snprintf(ca, sizeof(ca), "%s", in_home("authority.pem"));
	ck_assert_int_ge(
		asprintf(&text, kubeconfig, wire_port(server), ca, shown), 0);
	pty_result_clear(&result);
	home_put("kubeconfig", text);
	tool_set("KUBECONFIG", in_home("kubeconfig"));
	free(shown);
	free(text);
}

static struct pty_result kubectl_get(void)
{
	static const char *const argv[] = {"kubectl", "get", "--raw",
	                                   "/version", NULL};

	return tool_run(argv, NULL);
}

#define VERSION_ANSWER                                                         \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"                \
	"Content-Length: 14\r\n" CLOSED "\r\n{\"major\": \"1\"}"

START_TEST(kubectl_sends_the_token_to_the_server_that_the_context_names)
{
	static const struct wire_step steps[] = {{VERSION_ANSWER, WIRE_CLOSE}};
	struct pty_result result;

	server_begin(steps, 1);
	write_kubeconfig("v1beta1");

	result = kubectl_get();

	expect_status(&result, 0);
	text_expect(result.out, "{\"major\": \"1\"}");
	text_expect(wire_request(server, 0),
	            "Authorization: Bearer corp-token\r\n");
	pty_result_clear(&result);
	server_end();
}
END_TEST

/* Kubernetes 1.22 brought v1; what is older says so, and sends nothing. */
START_TEST(kubectl_is_answered_in_the_later_version_where_it_knows_it)
{
	static const struct wire_step steps[] = {{VERSION_ANSWER, WIRE_CLOSE}};
	static const char *const argv[] = {"kubectl", "version", "--client",
	                                   NULL};
	struct pty_result result;
	const char *version;
	long minor;

	server_begin(steps, 1);
	result = tool_run(argv, NULL);
	expect_status(&result, 0);
	version = strstr(result.out, "v1.");
	ck_assert_ptr_nonnull(version);
	minor = strtol(version + 3, NULL, 10);
	pty_result_clear(&result);
	write_kubeconfig("v1");

	result = kubectl_get();

	if (minor >= 22) {
		expect_status(&result, 0);
		text_expect(wire_request(server, 0),
		            "Authorization: Bearer corp-token\r\n");
	} else {
		ck_assert_int_ne(result.status, 0);
		text_expect(result.err, "invalid apiVersion");
		ck_assert_uint_eq(wire_requests(server), 0);
	}
	pty_result_clear(&result);
	server_end();
}
END_TEST

START_TEST(kubectl_gets_no_token_for_a_server_that_is_not_named)
{
	static const struct wire_step steps[] = {{VERSION_ANSWER, WIRE_CLOSE}};
	struct pty_result result;

	server_begin(steps, 1);
	write_kubeconfig("v1beta1");
	write_contexts("localhost");

	result = kubectl_get();

	ck_assert_int_ne(result.status, 0);
	text_expect(result.err, "does not name the server localhost:");
	ck_assert_uint_eq(wire_requests(server), 0);
	pty_result_clear(&result);
	server_end();
}
END_TEST

/* ---- setup ---- */

START_TEST(writes_gits_configuration_through_git)
{
	static const char wanted[] =
		"# mine\n"
		"[user]\n"
		"\tname = Jane\n"
		"[credential \"https://corp.example.com\"]\n"
		"\thelper = \n"
		"\thelper = " ASTRO_BIN "/astro credential git\n"
		"[credential \"https://git.corp.example.com\"]\n"
		"\thelper = \n"
		"\thelper = " ASTRO_BIN "/astro credential git\n"
		"[credential \"https://more.example.com\"]\n"
		"\thelper = \n"
		"\thelper = " ASTRO_BIN "/astro credential git\n";
	char *text;
	int round;

	home_put(".gitconfig", "# mine\n[user]\n\tname = Jane\n");
	tool_begin();
	for (round = 0; round < 2; round++) {
		set_up_tool("git");
		text = home_get(".gitconfig");
		ck_assert_str_eq(text, wanted);
		free(text);
	}
}
END_TEST

START_TEST(writes_dockers_configuration)
{
	static const char wanted[] =
		"{\n"
		"\t\"credsStore\": \"pass\",\n"
		"\t\"credHelpers\": {\n"
		"\t\t\"registry.corp.example.com\": \"astro\",\n"
		"\t\t\"git.corp.example.com\": \"astro\",\n"
		"\t\t\"more.example.com\": \"astro\"\n"
		"\t}\n"
		"}\n";
	char *text;
	int round;

	ck_assert_int_eq(mkdir(in_home(".docker"), 0700), 0);
	home_put(".docker/config.json", "{\n\t\"credsStore\": \"pass\"\n}\n");
	tool_begin();
	for (round = 0; round < 2; round++) {
		set_up_tool("docker");
		text = home_get(".docker/config.json");
		ck_assert_str_eq(text, wanted);
		free(text);
	}
}
END_TEST

START_TEST(refuses_a_configuration_of_docker_that_is_no_json)
{
	static const char text[] = "{ // mine\n}\n";
	static const char *const flags[] = {NULL, "--dry-run"};
	struct pty_result result;
	char *after;
	size_t i;

	ck_assert_int_eq(mkdir(in_home(".docker"), 0700), 0);
	home_put(".docker/config.json", text);
	for (i = 0; i < 2; i++) {
		result = astro_ends(5, NULL, "credential", "setup", "docker",
		                    flags[i], NULL);
		ck_assert_str_eq(result.out, "");
		text_expect(result.err, ".docker/config.json: no JSON: byte 3");
		pty_result_clear(&result);
	}
	after = home_get(".docker/config.json");
	ck_assert_str_eq(after, text);
	free(after);
}
END_TEST

/* A kubectl that writes down how it was called, and does as it is told. */
static void fake_kubectl(const char *body)
{
	char *text;

	ck_assert_int_ge(asprintf(&text,
	                          "#!/bin/sh\nprintf '%%s\\n' \"$@\" -- >>"
	                          "\"$HOME/calls\"\n%s\n",
	                          body),
	                 0);
	ck_assert(mkdir(in_home("bin"), 0700) == 0);
	home_put("bin/kubectl", text);
	ck_assert_int_eq(chmod(in_home("bin/kubectl"), 0700), 0);
	free(text);
	(void)snprintf(tool_texts[0], PATH_SIZE, "PATH=%.3000s:/usr/bin:/bin",
	               in_home("bin"));
}

#define CALL                                                                   \
	"config\nset-credentials\nastro-corp.example.com\n"                    \
	"--exec-api-version=client.authentication.k8s.io/v1beta1\n"            \
	"--exec-command=" ASTRO_BIN "/astro\n--exec-arg=credential\n"          \
	"--exec-arg=kubectl\n--exec-arg=-d\n--exec-arg=corp.example.com\n"
#define CALL_NEWER                                                             \
	"--exec-provide-cluster-info\n--exec-interactive-mode=Never\n"

static const struct {
	const char *body;
	int code;
	const char *calls;
	const char *err;
} fakes[] = {
	{"exit 0", 0, CALL CALL_NEWER "--\n",
         "astro: the user astro-corp.example.com is set"},
	{"case $* in *cluster-info*) echo 'Error: unknown flag: --exec' >&2; "
         "exit 1;; esac",
         0, CALL CALL_NEWER "--\n" CALL "--\n",
         "this kubectl cannot set provideClusterInfo"},
	{"echo 'panic: it crashed' >&2; exit 2", 1, CALL CALL_NEWER "--\n",
         "astro: kubectl config set-credentials: exit 2: panic: it crashed\n"
         "  try: put these lines into the kubeconfig"},
};

START_TEST(lets_kubectl_write_its_own_configuration)
{
	const char *argv[] = {ASTRO_BIN "/astro", "credential", "setup",
	                      "kubectl", NULL};
	struct pty_result result;
	char *calls;

	tool_begin();
	fake_kubectl(fakes[_i].body);
	result = tool_run(argv, NULL);

	expect_status(&result, fakes[_i].code);
	text_expect(result.err, fakes[_i].err);
	if (fakes[_i].code == 0)
		ck_assert_str_eq(result.out, "");
	else
		text_expect(result.out, "- name: 'astro-corp.example.com'\n");
	pty_result_clear(&result);
	calls = home_get("calls");
	ck_assert_str_eq(calls, fakes[_i].calls);
	free(calls);
}
END_TEST

static const struct {
	const char *tool;
	const char *part;
} snippets[] = {
	{"kubectl", "      command: '" ASTRO_BIN "/astro'\n"},
	{"git", "[credential \"https://git.corp.example.com\"]\n\thelper =\n"
                "\thelper = \"" ASTRO_BIN "/astro credential git\"\n"},
	{"docker", "    \"registry.corp.example.com\": \"astro\""},
};

START_TEST(shows_what_it_would_write_and_changes_nothing)
{
	const char *argv[] = {"find", ".", NULL};
	struct pty_result result;

	tool_begin();
	result = astro_ends(0, NULL, "credential", "setup", snippets[_i].tool,
	                    "--dry-run", NULL);
	text_expect(result.out, snippets[_i].part);
	text_expect(result.err, "nothing was changed");
	text_refuse(result.out, "corp-token");
	pty_result_clear(&result);
	result = tool_run(argv, NULL);
	ck_assert_str_eq(result.out, ".\n./.astro\n./.astro/config.yaml\n");
	pty_result_clear(&result);
}
END_TEST

static const char *const missing[] = {"kubectl", "git"};

START_TEST(shows_what_to_write_where_the_tool_is_missing)
{
	struct pty_result result;
	char wanted[100];

	env_set("PATH", "/nowhere");
	result = astro_ends(1, NULL, "credential", "setup", missing[_i], NULL);
	(void)snprintf(wanted, sizeof(wanted),
	               "astro: %s is not installed: nothing was changed\n",
	               missing[_i]);
	text_expect(result.err, wanted);
	text_expect(result.out, ASTRO_BIN "/astro");
	pty_result_clear(&result);
}
END_TEST

START_TEST(sets_up_nothing_for_a_context_without_hosts)
{
	struct pty_result result =
		astro_ends(2, NULL, "credential", "setup", "svn", NULL);

	text_expect(result.err, "the tool is kubectl, git or docker, not svn");
	pty_result_clear(&result);
	free(contexts);
	contexts = strdup("context: astronomer.io\ncontexts:\n"
	                  "    astronomer_io:\n"
	                  "        domain: astronomer.io\n");
	home_write(contexts);
	result = astro_ends(1, NULL, "credential", "setup", "docker", NULL);
	text_expect(result.err,
	            "astro: the context astronomer.io names no registry\n");
	pty_result_clear(&result);
}
END_TEST

static TCase *handoff_case(Suite *suite, const char *name)
{
	TCase *tcase = e2e_case(suite, name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("handoff");
	TCase *bytes = handoff_case(suite, "protocols");
	TCase *clients = handoff_case(suite, "clients");
	TCase *setup = handoff_case(suite, "setup");

	tcase_add_loop_test(bytes, speaks_gits_protocol, 0,
	                    sizeof(gits) / sizeof(gits[0]));
	tcase_add_test(bytes,
	               answers_git_with_the_context_that_was_named_alone);
	tcase_add_loop_test(bytes, speaks_dockers_protocol, 0,
	                    sizeof(dockers) / sizeof(dockers[0]));
	tcase_add_loop_test(bytes, answers_as_an_exec_credential_plugin, 0,
	                    sizeof(kubectls) / sizeof(kubectls[0]));
	tcase_add_test(
		bytes,
		hands_the_token_of_the_environment_out_for_the_current_context);
	tcase_add_loop_test(bytes, prints_nothing_of_a_token_that_is_none, 0,
	                    sizeof(tampered) / sizeof(tampered[0]));
	tcase_add_loop_test(bytes, answers_by_the_name_that_a_tool_looks_for, 0,
	                    sizeof(names) / sizeof(names[0]));

	tcase_add_test(clients, git_clones_over_https_with_the_token);
	tcase_add_test(clients, a_token_that_git_had_refused_stays);
	tcase_add_test(clients, git_gets_no_token_for_a_host_that_is_not_named);
	tcase_add_test(
		clients,
		kubectl_sends_the_token_to_the_server_that_the_context_names);
	tcase_add_test(
		clients,
		kubectl_is_answered_in_the_later_version_where_it_knows_it);
	tcase_add_test(clients,
	               kubectl_gets_no_token_for_a_server_that_is_not_named);

	tcase_add_test(setup, writes_gits_configuration_through_git);
	tcase_add_test(setup, writes_dockers_configuration);
	tcase_add_test(setup,
	               refuses_a_configuration_of_docker_that_is_no_json);
	tcase_add_loop_test(setup, lets_kubectl_write_its_own_configuration, 0,
	                    sizeof(fakes) / sizeof(fakes[0]));
	tcase_add_loop_test(setup,
	                    shows_what_it_would_write_and_changes_nothing, 0,
	                    sizeof(snippets) / sizeof(snippets[0]));
	tcase_add_loop_test(setup,
	                    shows_what_to_write_where_the_tool_is_missing, 0,
	                    sizeof(missing) / sizeof(missing[0]));
	tcase_add_test(setup, sets_up_nothing_for_a_context_without_hosts);
	return e2e_main(suite);
}
