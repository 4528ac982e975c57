/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox that all tests of a program share, and how they steer it. */
#include "e2e.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SANDBOX ASTRO_BIN "/astro-sandbox"

enum { START_TRIES = 300, TRY_MS = 100, MATCHES_MAX = 256 };

unsigned sandbox_port;

static void sleep_ms(long ms)
{
	const struct timespec time = {.tv_sec = ms / 1000,
	                              .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&time, NULL);
}

/* The program is up when its port file is there. */
static bool port_read(const char *file, pid_t pid)
{
	int tries;

	for (tries = 0; tries < START_TRIES; tries++) {
		FILE *in = fopen(file, "r");
		int found = 0;

		if (in != NULL) {
			found = fscanf(in, "%u", &sandbox_port);
			(void)fclose(in);
		}
		if (found == 1)
			return true;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return false;
		sleep_ms(TRY_MS);
	}
	return false;
}

/* Where the system lets us, the callback's port is this program's alone: a
 * network of its own, with nothing but the loopback interface. */
static void network_make(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET) != 0)
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0)
		(void)fprintf(stderr, "there is no loopback interface\n");
	if (fd >= 0)
		(void)close(fd);
}

int e2e_main(Suite *suite)
{
	char file[] = "/tmp/astro-e2e-port-XXXXXX";
	SRunner *runner = srunner_create(suite);
	int fd = mkstemp(file), failed = 1;
	pid_t pid;

	if (fd < 0)
		return 1;
	(void)close(fd);
	network_make();
	pid = fork();
	if (pid == 0) {
		fd = dup(STDERR_FILENO);
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(127);
		(void)execl(SANDBOX, SANDBOX, "--port", "0", "--port-file",
		            file, "--exit-with-parent", (char *)NULL);
		(void)dprintf(fd, "%s cannot be run\n", SANDBOX);
		_exit(127);
	}
	if (pid > 0 && port_read(file, pid)) {
		srunner_run_all(runner, CK_ENV);
		failed = srunner_ntests_failed(runner);
		(void)kill(pid, SIGTERM);
		(void)waitpid(pid, NULL, 0);
	} else {
		(void)fprintf(stderr, "the sandbox does not start\n");
	}
	srunner_free(runner);
	(void)unlink(file);
	return failed == 0 ? 0 : 1;
}

int e2e_main_shared(Suite *(*make)(unsigned worker, unsigned workers),
                    unsigned workers)
{
	unsigned worker, failed = 0;
	int status;

	for (worker = 0; worker < workers; worker++) {
		pid_t pid = fork();

		if (pid == 0)
			exit(e2e_main(make(worker, workers)));
		failed += pid < 0;
	}
	while (wait(&status) > 0)
		failed += status != 0;
	return failed == 0 ? 0 : 1;
}

TCase *e2e_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, home_begin, home_end);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return tcase;
}

/* The body of the answer to METHOD PATH with BODY; the caller frees. */
static char *sandbox_ask(const char *method, const char *path, const char *body)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)sandbox_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *answer = NULL, *start;
	size_t size = 0;
	FILE *stream;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_gt(dprintf(fd,
	                         "%s %s HTTP/1.0\r\nHost: localhost:%u\r\n"
	                         "Content-Type: application/json\r\n"
	                         "Content-Length: %zu\r\n\r\n%s",
	                         method, path, sandbox_port, strlen(body),
	                         body),
	                 0);
	stream = fdopen(fd, "r");
	ck_assert_ptr_nonnull(stream);
	ck_assert_int_gt(getdelim(&answer, &size, '\0', stream), 0);
	(void)fclose(stream);
	ck_assert_msg(strncmp(answer, "HTTP/1.", 7) == 0 &&
	                      strncmp(answer + 8, " 200", 4) == 0,
	              "%s %s %s:\n%s", method, path, body, answer);
	start = strstr(answer, "\r\n\r\n");
	ck_assert_ptr_nonnull(start);
	start = strdup(start + 4);
	free(answer);
	return start;
}

/* TEXT with ' in the place of ", as JSON; the caller frees. */
static char *json_of(const char *text)
{
	char *copy = strdup(text), *at;

	for (at = copy; *at != '\0'; at++) {
		if (*at == '\'')
			*at = '"';
	}
	return copy;
}

static void sandbox_tell(const char *path, const char *text)
{
	char *body = json_of(text);

	free(sandbox_ask("POST", path, body));
	free(body);
}

void sandbox_reset(void)
{
	sandbox_tell("/sandbox/reset", "");
}

void sandbox_set(const char *changes)
{
	sandbox_tell("/sandbox/settings", changes);
}

void sandbox_fault(const char *fault)
{
	sandbox_tell("/sandbox/faults", fault);
}

void sandbox_play(const char *name)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "/sandbox/op/case?name=%s", name);
	free(sandbox_ask("PUT", path, ""));
}

void sandbox_decide(const char *decision)
{
	sandbox_tell("/sandbox/device", decision);
}

char *sandbox_grant(const char *kind, const char *member)
{
	char path[100], *answer, *text;
	json_t *list;

	(void)snprintf(path, sizeof(path), "/sandbox/grants?kind=%s", kind);
	answer = sandbox_ask("GET", path, "");
	list = json_loads(answer, 0, NULL);
	ck_assert_msg(json_array_size(list) > 0, "no %s in %s", kind, answer);
	text = strdup(json_string_value(json_object_get(
		json_array_get(list, json_array_size(list) - 1), member)));
	json_decref(list);
	free(answer);
	return text;
}

void sandbox_forget(void)
{
	free(sandbox_ask("DELETE", "/sandbox/log", ""));
}

char *sandbox_token(const char *wish, const char *member)
{
	char *body = json_of(wish);
	char *answer = sandbox_ask("POST", "/sandbox/token", body), *token;
	json_t *whole = json_loads(answer, 0, NULL);

	ck_assert_ptr_nonnull(json_object_get(whole, member));
	token = strdup(json_string_value(json_object_get(whole, member)));
	json_decref(whole);
	free(answer);
	free(body);
	return token;
}

json_t *sandbox_log(void)
{
	char *answer = sandbox_ask("GET", "/sandbox/log", "");
	json_t *log = json_loads(answer, 0, NULL);

	ck_assert(json_is_array(log));
	free(answer);
	return log;
}

json_t *log_find(json_t *log, const char *path)
{
	json_t *entry;
	size_t i;

	json_array_foreach(log, i, entry)
	{
		if (strcmp(json_string_value(json_object_get(entry, "path")),
		           path) == 0)
			return entry;
	}
	ck_abort_msg("%s was not asked for", path);
	return NULL;
}

/* Of the browser, or sent ahead while the person is in it. */
static bool is_aside(const char *path)
{
	static const char *const paths[] = {"/authorize", "/login", "/token",
	                                    "/v1/token",
	                                    "/.well-known/jwks.json"};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (strcmp(path, paths[i]) == 0)
			return true;
	}
	return false;
}

static char *entry_show(const json_t *entry)
{
	const char *operation =
		json_string_value(json_object_get(entry, "operation"));
	char *line;

	ck_assert_int_ge(
		asprintf(&line, "%s %s%s%s",
	                 json_string_value(json_object_get(entry, "method")),
	                 json_string_value(json_object_get(entry, "path")),
	                 operation != NULL ? " " : "",
	                 operation != NULL ? operation : ""),
		0);
	return line;
}

char *sandbox_requests(void)
{
	json_t *log = sandbox_log(), *entry;
	char *text, *lines[MATCHES_MAX];
	size_t len, i, count = 0;
	bool configured = false;
	FILE *out = open_memstream(&text, &len);

	json_array_foreach(log, i, entry)
	{
		const char *path =
			json_string_value(json_object_get(entry, "path"));
		/* Asked a second time, this is the warming of its host. */
		bool warming =
			strstr(path, "/cli/auth-config") != NULL && configured;

		configured =
			configured || strstr(path, "/cli/auth-config") != NULL;
		if (warming || is_aside(path))
			continue;
		ck_assert_uint_lt(count, MATCHES_MAX);
		lines[count++] = entry_show(entry);
	}
	for (i = 0; i < count; i++) {
		(void)fprintf(out, "%s\n", lines[i]);
		free(lines[i]);
	}
	(void)fclose(out);
	json_decref(log);
	return text;
}

void sandbox_expect(const char *wanted)
{
	char *requests = sandbox_requests();

	ck_assert_msg(strcmp(requests, wanted) == 0,
	              "asked was\n%s\nand should have been\n%s", requests,
	              wanted);
	free(requests);
}

void sandbox_expect_set(const char *wanted)
{
	char *requests = sandbox_requests(), *copy = strdup(wanted), *line,
	     *rest = copy;
	size_t lines = 0, asked = 0, i;

	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		lines++;
		text_expect(requests, line);
	}
	for (i = 0; requests[i] != '\0'; i++)
		asked += requests[i] == '\n';
	ck_assert_msg(asked == lines, "asked was\n%s\nand should have been\n%s",
	              requests, wanted);
	free(requests);
	free(copy);
}
