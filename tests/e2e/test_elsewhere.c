/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The browser is on another machine: a network of its own, which reaches the
 * server and not our callback.  To make one takes root; elsewhere the tests say
 * so, and are left out.
 */
#include "e2e.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOLO "solo@example.com"
#define SSH "192.0.2.1 50000 192.0.2.2 22"

enum { CALLBACK_PORT = 12345, RELAYED_MAX = 64, BUFFER = 16384 };

static int here = -1;  /* our network */
static char there[64]; /* the other one, as every process can open it */

static struct sockaddr_in loopback(unsigned port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* Or -1.  Called in other processes too, which have nothing to tell Check. */
static int connect_to(unsigned port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static void move(int from, int to)
{
	char bytes[BUFFER];
	ssize_t count = read(from, bytes, sizeof(bytes)), done = 0, sent;

	while (count > done) {
		sent = write(to, bytes + done, (size_t)(count - done));
		if (sent <= 0)
			break;
		done += sent;
	}
	if (count <= 0)
		(void)shutdown(to, SHUT_WR);
}

/* One connection, in a process of its own, until both ends are done. */
static void relay_one(int fd)
{
	int server = connect_to(sandbox_port);
	struct pollfd ends[] = {{.fd = fd, .events = POLLIN},
	                        {.fd = server, .events = POLLIN}};

	while (server >= 0 && poll(ends, 2, -1) > 0) {
		if (ends[0].revents != 0)
			move(fd, server);
		if (ends[1].revents != 0)
			move(server, fd);
		if (((ends[0].revents | ends[1].revents) & POLLHUP) != 0)
			break;
	}
}

/* What is a server's port there leads to the server here: a socket stays in
 * the network that it was made in. */
static void relay(int listener)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			_exit(1);
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			relay_one(fd);
			_exit(0);
		}
		(void)close(fd);
	}
}

static void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	(void)close(fd);
}

static int listen_there(void)
{
	struct sockaddr_in address = loopback(sandbox_port);
	int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)),
	                 0);
	ck_assert_int_eq(listen(fd, RELAYED_MAX), 0);
	return fd;
}

/* False where this user may not. */
static bool network_make(void)
{
	int listener, fd;

	here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(here, 0);
	if (unshare(CLONE_NEWNET) != 0) {
		(void)fprintf(stderr,
		              "left out: no second network can be made: %s\n",
		              strerror(errno));
		return false;
	}
	loopback_up();
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	(void)snprintf(there, sizeof(there), "/proc/%d/fd/%d", (int)getpid(),
	               fd);
	listener = listen_there();
	ck_assert_int_eq(setns(here, CLONE_NEWNET), 0);
	if (fork() == 0)
		relay(listener);
	(void)close(listener);
	return true;
}

static bool go_there(void)
{
	int fd = open(there, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
}

/* The words of a visit, run there. */
static int visit(void *words)
{
	if (!go_there())
		return 99;
	(void)execv(((char **)words)[0], words);
	return 127;
}

static struct pty_result visit_there(const char *const *words)
{
	const struct pty_options options = {
		.work = visit,
		.data = (void *)words,
		.no_terminal = true,
		.pipe_stdout = true,
		.pipe_stderr = true,
	};

	return pty_run(&options);
}

static int look_for_callback(void *unused)
{
	(void)unused;
	if (!go_there())
		return 99;
	return connect_to(CALLBACK_PORT) >= 0 ? 1 : 0;
}

/* The callback is open here, and out of reach there. */
static void expect_out_of_reach(void)
{
	const struct pty_options options = {.work = look_for_callback,
	                                    .no_terminal = true};
	struct pty_result result;
	int fd = connect_to(CALLBACK_PORT);

	ck_assert_int_ge(fd, 0);
	(void)close(fd);
	result = pty_run(&options);
	ck_assert_int_eq(result.status, 0);
	pty_result_clear(&result);
}

static struct pty *start(void)
{
	struct pty *pty;

	env_set("SSH_CONNECTION", SSH);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	return pty;
}

START_TEST(a_link_is_finished_by_pasting_what_a_browser_elsewhere_ends_on)
{
	const char *words[] = {ASTRO_BIN "/astro-sandbox",
	                       "visit",
	                       "--user",
	                       SOLO,
	                       "--stop",
	                       NULL,
	                       NULL};
	struct pty_result result;
	char *rest, *link, *address;
	struct pty *pty;

	if (!network_make())
		return;
	pty = start();
	pty_expect(pty, "Over SSH: open this link on any device:");
	pty_expect(pty, "http://localhost:");
	rest = pty_expect_until(pty, "\r\n");
	ck_assert_int_ge(asprintf(&link, "http://localhost:%s", rest), 0);
	pty_expect(pty, "On another device it ends on a page that does not "
	                "open: paste its address here.");
	pty_expect(pty, "Waiting for the browser");
	expect_out_of_reach();

	words[5] = link;
	result = visit_there(words);
	ck_assert_msg(result.status == 0, "%s%s", result.out, result.err);
	address = strstr(result.out, "callback http://localhost:12345/");
	ck_assert_ptr_nonnull(address);
	address += strlen("callback ");
	address[strcspn(address, "\n") + 1] = '\0';
	pty_send(pty, address);
	pty_expect(pty, "Logged in to localhost as " SOLO);
	astro_finish(pty, 0);
	pty_result_clear(&result);
	free(link);
	free(rest);
}
END_TEST

/* Without --stop the browser tries the callback, and finds nobody. */
START_TEST(a_browser_elsewhere_cannot_come_back_by_itself)
{
	const char *words[] = {ASTRO_BIN "/astro-sandbox",
	                       "visit",
	                       "--user",
	                       SOLO,
	                       NULL,
	                       NULL};
	struct pty_result result;
	char *rest, *link;
	struct pty *pty;

	if (!network_make())
		return;
	pty = start();
	pty_expect(pty, "http://localhost:");
	rest = pty_expect_until(pty, "\r\n");
	ck_assert_int_ge(asprintf(&link, "http://localhost:%s", rest), 0);
	words[4] = link;
	result = visit_there(words);
	ck_assert_int_ne(result.status, 0);
	text_expect(result.out, "on to http://localhost:12345/callback");
	pty_result_clear(&result);
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	free(link);
	free(rest);
}
END_TEST

START_TEST(a_code_is_confirmed_by_a_browser_elsewhere)
{
	const char *words[] = {ASTRO_BIN "/astro-sandbox",
	                       "visit",
	                       "--user",
	                       SOLO,
	                       "--code",
	                       NULL,
	                       NULL,
	                       NULL};
	struct pty_result result;
	char *uri, *code;
	struct pty *pty;

	if (!network_make())
		return;
	sandbox_set("{'device_authorization': true, 'device_interval': 1}");
	pty = start();
	pty_expect(pty, "Over SSH: log in with a code, on any device:");
	pty_expect(pty, "  Open      ");
	uri = pty_expect_until(pty, "\r\n");
	pty_expect(pty, "  Enter     \033[1m");
	code = pty_expect_until(pty, "\033[0m\r\n");
	pty_expect(pty, "Waiting for you to confirm it there");

	words[5] = code;
	words[6] = uri;
	result = visit_there(words);
	ck_assert_msg(result.status == 0, "%s%s", result.out, result.err);
	pty_expect(pty, "Logged in to localhost as " SOLO);
	astro_finish(pty, 0);
	pty_result_clear(&result);
	free(uri);
	free(code);
}
END_TEST

/* The person elsewhere says no. */
START_TEST(a_code_is_refused_by_a_browser_elsewhere)
{
	const char *words[] = {ASTRO_BIN "/astro-sandbox",
	                       "visit",
	                       "--user",
	                       SOLO,
	                       "--cancel",
	                       "--code",
	                       NULL,
	                       NULL,
	                       NULL};
	struct pty_result result;
	char *uri, *code, *before = home_read(), *after;
	struct pty *pty;

	if (!network_make())
		return;
	sandbox_set("{'device_authorization': true, 'device_interval': 1}");
	pty = start();
	pty_expect(pty, "  Open      ");
	uri = pty_expect_until(pty, "\r\n");
	pty_expect(pty, "  Enter     \033[1m");
	code = pty_expect_until(pty, "\033[0m\r\n");
	words[6] = code;
	words[7] = uri;
	result = visit_there(words);
	pty_expect(pty, "the login was refused on the other device");
	astro_finish(pty, 4);
	after = home_read();
	ck_assert_str_eq(before, after);
	pty_result_clear(&result);
	free(before);
	free(after);
	free(uri);
	free(code);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("a browser elsewhere");
	TCase *tcase = e2e_case(suite, "another network");

	tcase_add_test(
		tcase,
		a_link_is_finished_by_pasting_what_a_browser_elsewhere_ends_on);
	tcase_add_test(tcase, a_browser_elsewhere_cannot_come_back_by_itself);
	tcase_add_test(tcase, a_code_is_confirmed_by_a_browser_elsewhere);
	tcase_add_test(tcase, a_code_is_refused_by_a_browser_elsewhere);
	return e2e_main(suite);
}
