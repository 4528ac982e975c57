/* SPDX-License-Identifier: Apache-2.0 */
/* The example provider ldap, against a slapd of the test's own. */
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authority.h"
#include "e2e.h"

#define SLAPD "/usr/sbin/slapd"
#define PASSWORD "canary secret"

enum { TRIES = 300, TRY_MS = 100 };

static pid_t directory;
static unsigned port;
static struct authority *authority;

static void pause_ms(long ms)
{
	const struct timespec time = {.tv_sec = ms / 1000,
	                              .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&time, NULL);
}

/* HOME/NAME; lent until the fourth call after. */
static const char *path(const char *name)
{
	static char paths[4][PATH_SIZE];
	static size_t next;
	char *out = paths[next++ % 4];

	(void)snprintf(out, PATH_SIZE, "%.2000s/%.2000s", home_folder, name);
	return out;
}

static void put(const char *name, const char *text)
{
	FILE *out = fopen(path(name), "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static int open_socket(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd;
}

static unsigned free_port(void)
{
	struct sockaddr_in address = {.sin_port = 0};
	socklen_t size = sizeof(address);
	int fd = open_socket(&address);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size),
	                 0);
	(void)close(fd);
	return ntohs(address.sin_port);
}

static bool can_connect(void)
{
	struct sockaddr_in address = {.sin_port = htons((uint16_t)port)};
	int fd = open_socket(&address), result;

	result = connect(fd, (struct sockaddr *)&address, sizeof(address));
	(void)close(fd);
	return result == 0;
}

/* ---- the directory ---- */

static void write_certificate(void)
{
	const struct certificate wanted = {
		.name = "IP:127.0.0.1", .from = -3600, .until = 3600};
	SSL_CTX *server;
	FILE *out;

	authority = authority_new(home_folder);
	server = authority_server(authority, &wanted);
	out = fopen(path("server.pem"), "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(PEM_write_X509(out, SSL_CTX_get0_certificate(server)),
	                 1);
	ck_assert_int_eq(fclose(out), 0);
	out = fopen(path("server.key"), "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(PEM_write_PrivateKey(out,
	                                      SSL_CTX_get0_privatekey(server),
	                                      NULL, NULL, 0, NULL, NULL),
	                 1);
	ck_assert_int_eq(fclose(out), 0);
	SSL_CTX_free(server);
}

static const char people[] = "dn: dc=example,dc=com\n"
			     "objectClass: dcObject\n"
			     "objectClass: organization\n"
			     "dc: example\n"
			     "o: Example\n"
			     "\n"
			     "dn: cn=jane,dc=example,dc=com\n"
			     "objectClass: person\n"
			     "cn: jane\n"
			     "sn: Doe\n"
			     "userPassword: " PASSWORD "\n"
			     "\n"
			     "dn: cn=o\\2chara\\20\\2b\\20x,dc=example,dc=com\n"
			     "objectClass: person\n"
			     "cn: o,hara + x\n"
			     "sn: O'Hara\n"
			     "userPassword: " PASSWORD "\n";

static void fill_directory(void)
{
	const char *words[] = {"/usr/sbin/slapadd", "-f",
	                       path("slapd.conf"),  "-l",
	                       path("people.ldif"), NULL};
	const struct pty_options options = {.argv = words};
	struct pty_result result;

	put("people.ldif", people);
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.screen);
	pty_result_clear(&result);
}

static void configure_directory(void)
{
	char text[PATH_SIZE * 2];

	ck_assert_int_eq(mkdir(path("db"), 0700), 0);
	(void)snprintf(text, sizeof(text),
	               "include /etc/ldap/schema/core.schema\n"
	               "modulepath /usr/lib/ldap\n"
	               "moduleload back_mdb\n"
	               "TLSCACertificateFile %.500s/authority.pem\n"
	               "TLSCertificateFile %.500s/server.pem\n"
	               "TLSCertificateKeyFile %.500s/server.key\n"
	               "database mdb\n"
	               "maxsize 1048576\n"
	               "suffix \"dc=example,dc=com\"\n"
	               "directory %.500s/db\n"
	               "access to attrs=userPassword by anonymous auth by * "
	               "none\n"
	               "access to * by * read\n",
	               home_folder, home_folder, home_folder, home_folder);
	put("slapd.conf", text);
}

/* "/a/b" as it stands in ldapi://: "%2Fa%2Fb". */
static void socket_address(char *out, size_t size)
{
	const char *from = path("ldapi");
	size_t len = (size_t)snprintf(out, size, "ldapi://");

	for (; *from != '\0' && len + 4 < size; from++)
		len += (size_t)snprintf(out + len, size - len,
		                        *from == '/' ? "%%2F" : "%c", *from);
}

static void start_directory(void)
{
	char addresses[PATH_SIZE], here[PATH_SIZE / 2];
	int tries;

	port = free_port();
	socket_address(here, sizeof(here));
	(void)snprintf(addresses, sizeof(addresses), "ldaps://127.0.0.1:%u %s",
	               port, here);
	directory = fork();
	ck_assert_int_ge(directory, 0);
	if (directory == 0) {
		/* A test that fails must not leave it behind. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* In the foreground, whatever the level. */
		(void)execl(SLAPD, "slapd", "-f", path("slapd.conf"), "-h",
		            addresses, "-d", "0", (char *)NULL);
		_exit(127);
	}
	for (tries = 0; tries < TRIES && !can_connect(); tries++) {
		ck_assert_msg(waitpid(directory, NULL, WNOHANG) == 0,
		              "slapd has ended; is the package there?");
		pause_ms(TRY_MS);
	}
}

/* ---- the home ---- */

static void write_config(const char *address)
{
	char text[PATH_SIZE * 2];

	(void)snprintf(text, sizeof(text),
	               "ldap:\n"
	               "    address: %s\n"
	               "    user: cn=%%s,dc=example,dc=com\n",
	               address);
	home_write(text);
}

static void begin(void)
{
	const char *words[] = {"cp", TEST_PROVIDER, NULL, NULL};
	const struct pty_options options = {.argv = words};
	char address[100];
	struct pty_result result;

	home_begin();
	ck_assert_int_eq(mkdir(path(".astro/providers"), 0700), 0);
	words[2] = path(".astro/providers/ldap.so");
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.screen);
	pty_result_clear(&result);
	ck_assert_int_eq(chmod(path(".astro/providers/ldap.so"), 0600), 0);

	write_certificate();
	configure_directory();
	fill_directory();
	start_directory();
	(void)snprintf(address, sizeof(address), "ldaps://127.0.0.1:%u", port);
	write_config(address);
	env_set("SSL_CERT_FILE", path("authority.pem"));
	/* Not the system's ldap.conf, nor anybody's. */
	env_set("LDAPNOINIT", "1");
}

static void end(void)
{
	(void)kill(directory, SIGKILL);
	(void)waitpid(directory, NULL, 0);
	authority_free(authority);
	home_end();
}

#define LOGIN "login", "ldap.example.com", "--provider", "ldap"

static void expect_login(const char *user)
{
	char pattern[PATH_SIZE];

	(void)snprintf(pattern, sizeof(pattern),
	               "context: ldap.example.com\n"
	               "contexts:\n"
	               "    ldap_example_com:\n"
	               "        domain: ldap.example.com\n"
	               "        provider: ldap\n"
	               "        username: %s\n"
	               "ldap:\n"
	               "    address: *\n"
	               "    user: cn=%%s,dc=example,dc=com\n",
	               user);
	home_expect(pattern);
}

/* FMT is the whole of standard error, with the port for "%u". */
static void expect_refused(int code, const char *user, const char *password,
                           const char *fmt)
{
	char *before = home_read(), *after, wanted[PATH_SIZE];
	struct pty_result result;

	(void)snprintf(wanted, sizeof(wanted), fmt, port);
	result = astro_ends(code, password, LOGIN, "-u", user,
	                    "--password-stdin", NULL);
	ck_assert_str_eq(result.err, wanted);
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(after, before);
	free(before);
	free(after);
}

/* ---- the tests ---- */

START_TEST(logs_in_and_keeps_the_account_alone)
{
	struct pty *pty = astro_start(LOGIN, "-v", NULL);

	pty_expect(pty, "User name:");
	pty_send(pty, "jane\n");
	pty_expect(pty, "Password:");
	pty_send(pty, PASSWORD "\n");
	pty_expect(pty, "ldap: bound as dn:cn=***,dc=example,dc=com");
	pty_expect(pty, "Logged in to ldap.example.com as jane");
	ck_assert_int_eq(pty_finish(pty), 0);
	text_refuse(pty_screen(pty), "canary");
	pty_free(pty);
	expect_login("jane");
}
END_TEST

START_TEST(logs_in_over_a_socket_of_this_machine)
{
	char address[PATH_SIZE];
	struct pty_result result;

	socket_address(address, sizeof(address));
	write_config(address);
	result = astro_ends(0, PASSWORD "\n", LOGIN, "-u", "jane",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);
	expect_login("jane");
}
END_TEST

START_TEST(a_user_name_is_a_value_and_never_part_of_the_name)
{
	struct pty_result result;

	result = astro_ends(0, PASSWORD "\n", LOGIN, "-u", "o,hara + x",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);
	expect_login("\"o,hara + x\"");
	expect_refused(4, "x,cn=jane", PASSWORD "\n",
	               "astro: ldaps://127.0.0.1:%u: Invalid credentials\n");
}
END_TEST

START_TEST(a_wrong_password_is_a_refusal)
{
	expect_refused(4, "jane", "wrong\n",
	               "astro: ldaps://127.0.0.1:%u: Invalid credentials\n");
}
END_TEST

START_TEST(an_empty_password_binds_nobody)
{
	struct pty *pty = astro_start(LOGIN, "-u", "jane", NULL);

	pty_expect(pty, "Password:");
	pty_send(pty, "\n");
	pty_expect(pty, "astro: a directory takes no empty password");
	astro_finish(pty, 4);
}
END_TEST

START_TEST(a_directory_that_is_down_is_no_refusal)
{
	(void)kill(directory, SIGKILL);
	(void)waitpid(directory, NULL, 0);
	expect_refused(3, "jane", PASSWORD "\n",
	               "astro: ldaps://127.0.0.1:%u: Can't contact LDAP "
	               "server\n");
}
END_TEST

START_TEST(a_certificate_of_nobodys_is_refused)
{
	env_set("SSL_CERT_FILE", NULL);
	expect_refused(7, "jane", PASSWORD "\n",
	               "astro: no secure connection with "
	               "ldaps://127.0.0.1:%u: its certificate is not trusted\n"
	               "  try: name its authority with SSL_CERT_FILE\n");
}
END_TEST

START_TEST(a_password_is_not_sent_in_the_clear)
{
	write_config("ldap://directory.example.com");
	expect_refused(7, "jane", PASSWORD "\n",
	               "astro: a password is not sent to "
	               "ldap://directory.example.com\n"
	               "  try: use ldaps://\n");
}
END_TEST

/* With a person who knows the password, against the directory itself. */
START_TEST(keeps_the_contract)
{
	char script[PATH_SIZE];
	struct pty_result result;
	FILE *out;

	(void)snprintf(script, sizeof(script), "%.3000s/script.json",
	               home_folder);
	out = fopen(script, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_gt(fprintf(out,
	                         "{\"settings\": {\"ldap.address\": "
	                         "\"ldaps://127.0.0.1:%u\", \"ldap.user\": "
	                         "\"cn=%%s,dc=example,dc=com\"}, "
	                         "\"answers\": {\"password\": \"" PASSWORD
	                         "\"}}",
	                         port),
	                 0);
	ck_assert_int_eq(fclose(out), 0);
	result = astro_ends(0, NULL, "provider", "check", "--script", script,
	                    path(".astro/providers/ldap.so"), NULL);
	text_expect(result.out, "LDAP, 0 errors, 0 warnings, ");
	pty_result_clear(&result);
}
END_TEST

START_TEST(there_is_no_token_to_be_had_of_it)
{
	struct pty_result result;

	result = astro_ends(0, PASSWORD "\n", LOGIN, "-u", "jane",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);
	result = astro_ends(4, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "astro: not logged in to ldap.example.com\n");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "logout", NULL);
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldap");
	TCase *tcase = tcase_create("ldap");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, logs_in_and_keeps_the_account_alone);
	tcase_add_test(tcase, logs_in_over_a_socket_of_this_machine);
	tcase_add_test(tcase,
	               a_user_name_is_a_value_and_never_part_of_the_name);
	tcase_add_test(tcase, a_wrong_password_is_a_refusal);
	tcase_add_test(tcase, an_empty_password_binds_nobody);
	tcase_add_test(tcase, a_directory_that_is_down_is_no_refusal);
	tcase_add_test(tcase, a_certificate_of_nobodys_is_refused);
	tcase_add_test(tcase, a_password_is_not_sent_in_the_clear);
	tcase_add_test(tcase, keeps_the_contract);
	tcase_add_test(tcase, there_is_no_token_to_be_had_of_it);
	suite_add_tcase(suite, tcase);
	return e2e_main(suite);
}
