/* SPDX-License-Identifier: Apache-2.0 */
/* What is broken, one thing a case, and what the doctor says of it. */
#include "doctor_cases.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "authority.h"
#include "plugins.h"
#include "renewal.h"
#include "wire.h"

enum { CALLBACK_PORT = 12345, DAY = 24 * 60 * 60 };

/* Nobody listens there: what would leave this machine does not. */
#define NOWHERE "http://127.0.0.1:9"

char doctor_domain[DOCTOR_DOMAIN_SIZE];

static int held = -1;           /* a lock, or a socket */
static char mounted[PATH_SIZE]; /* upon, for this test alone */
static struct wire *wire;
static struct authority *authority;
static SSL_CTX *tls;

void doctor_begin(void)
{
	held = -1;
	mounted[0] = '\0';
	doctor_domain[0] = '\0';
	wire = NULL;
	authority = NULL;
	tls = NULL;
	renewal_begin(2 * 60 * 60, "");
	/* Chosen, but never started. */
	env_set("BROWSER", "/bin/true");
}

void doctor_end(void)
{
	if (mounted[0] != '\0')
		(void)umount2(mounted, MNT_DETACH);
	(void)chmod(plugin_path(".astro"), 0700);
	if (held >= 0)
		(void)close(held);
	if (wire != NULL)
		wire_stop(wire);
	SSL_CTX_free(tls);
	if (authority != NULL)
		authority_free(authority);
}

/* ---- what is broken ---- */

static const char *astro_path(const char *name)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), ".astro/%.1000s", name);
	return plugin_path(path);
}

static bool relative_home(void)
{
	env_set("ASTRO_HOME", "here");
	return true;
}

static bool tab(void)
{
	home_write("context: localhost\n\tcontexts: x\n");
	return true;
}

static bool written_by_others(void)
{
	ck_assert_int_eq(chmod(home_file, 0666), 0);
	return true;
}

static bool read_by_others(void)
{
	ck_assert_int_eq(chmod(home_file, 0644), 0);
	return true;
}

static bool of_another(void)
{
	return geteuid() == 0 && chown(home_file, 12345, 12345) == 0;
}

static bool locked(void)
{
	held = renewal_hold_file();
	return true;
}

/* A file that stands for the lock, of a machine that nobody can ask. */
static bool locked_elsewhere(void)
{
	char *options = getenv("ASAN_OPTIONS"), *more;

	plugin_write(".astro/config.yaml.lock", "");
	plugin_write(".astro/config.yaml.lock.held", "7 1 x 1 elsewhere\n");
	env_set("LD_PRELOAD", NO_LOCKS);
	/* The preloaded object goes before the sanitizer's. */
	if (options != NULL) {
		ck_assert_int_ge(
			asprintf(&more, "%s:verify_asan_link_order=0", options),
			0);
		env_set("ASAN_OPTIONS", more);
		free(more);
	}
	return true;
}

static bool state_is_no_folder(void)
{
	plugin_write(".astro/state", "");
	return true;
}

static void make_state(const char *name)
{
	char path[PATH_SIZE];

	(void)mkdir(astro_path("state"), 0700);
	(void)snprintf(path, sizeof(path), ".astro/state/%s", name);
	plugin_write(path, "");
}

static bool being_renewed(void)
{
	make_state("localhost.lock");
	held = open(astro_path("state/localhost.lock"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(held, 0);
	ck_assert_int_eq(flock(held, LOCK_EX), 0);
	return true;
}

static bool renewal_cut_off(void)
{
	make_state("localhost.journal");
	return true;
}

/* In a namespace of mounts of its own. */
static bool mount_on(const char *what, const char *where, const char *kind,
                     const char *data)
{
	(void)snprintf(mounted, sizeof(mounted), "%s", where);
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(what, where, kind, kind == NULL ? MS_BIND : 0, data) == 0;
}

static bool small_disk(void)
{
	char *text = home_read();
	bool is_small = mount_on("none", plugin_path(".astro"), "tmpfs",
	                         "size=64k,mode=0700");

	if (is_small)
		home_write(text);
	free(text);
	return is_small;
}

static bool frozen(void)
{
	const char *folder = plugin_path(".astro");

	if (geteuid() != 0)
		return chmod(folder, 0500) == 0;
	return mount_on(folder, folder, NULL, NULL) &&
	       mount(NULL, folder, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY,
	             NULL) == 0;
}

static bool without_proc(void)
{
	return mount_on("none", "/proc", "tmpfs", NULL);
}

static bool localhost_elsewhere(void)
{
	plugin_write("hosts", "192.0.2.7 localhost\n");
	return mount_on(plugin_path("hosts"), "/etc/hosts", NULL, NULL);
}

static bool no_context(void)
{
	env_set("HTTPS_PROXY", NOWHERE);
	home_write("contexts: {}\n");
	return true;
}

static bool context_gone(void)
{
	env_set("HTTPS_PROXY", NOWHERE);
	home_write("context: gone.example.com\ncontexts:\n"
	           "  astronomer_io:\n    domain: astronomer.io\n");
	return true;
}

static bool no_domain(void)
{
	env_set("ASTRO_DOMAIN", "no_host!");
	return true;
}

static bool logged_out(void)
{
	home_write("local:\n  core: http://localhost:@\n"
	           "context: localhost\ncontexts:\n"
	           "  localhost:\n    domain: localhost\n");
	return true;
}

/* A login of another store, and LINES more. */
static void write_context(const char *lines)
{
	char *text;

	ck_assert_int_ge(asprintf(&text,
	                          "local:\n  core: http://localhost:@\n"
	                          "  houston: http://localhost:@/v1\n"
	                          "context: localhost\ncontexts:\n"
	                          "  localhost:\n    domain: localhost\n"
	                          "    user_email: jane@example.com\n%s",
	                          lines),
	                 0);
	home_write(text);
	free(text);
}

static bool login_ended(void)
{
	write_context("    expiresin: 2020-01-02T00:00:00Z\n"
	              "    token: Bearer AAA.BBB.CCC\n");
	return true;
}

static bool token_of_two_lines(void)
{
	write_context("    token: \"Bearer two\\nlines\"\n");
	return true;
}

static bool unknown_store(void)
{
	write_context("    store: cloud\n");
	return true;
}

static bool helper_missing(void)
{
	write_context("    store: helper:nowhere\n");
	return true;
}

static bool keyring_missing(void)
{
	write_context("    store: keyring\n");
	return true;
}

static bool store_none(void)
{
	write_context("    store: none\n");
	return true;
}

static bool provider_missing(void)
{
	write_context("    provider: nowhere\n");
	return true;
}

static bool provider_of_others(void)
{
	plugin_put(".astro/providers", "good", "good");
	ck_assert_int_eq(chmod(astro_path("providers/good.so"), 0777), 0);
	write_context("    provider: good\n");
	return true;
}

static bool provider_crashes(void)
{
	plugin_put(".astro/providers", "crash", "crash");
	write_context("    provider: crash\n");
	return true;
}

static bool local_is_no_address(void)
{
	write_context("    token: Bearer AAA.BBB.CCC\n"
	              "    expiresin: 2096-01-02T00:00:00Z\n"
	              "local.core: ftp://x\n");
	home_write("local:\n  core: ftp://x\ncontext: localhost\ncontexts:\n"
	           "  localhost:\n    domain: localhost\n"
	           "    expiresin: 2096-01-02T00:00:00Z\n"
	           "    token: Bearer AAA.BBB.CCC\n");
	return true;
}

static bool api_token_is_none(void)
{
	env_set("ASTRO_API_TOKEN", "two words");
	return true;
}

/* {"exp":1000000000} */
static bool api_token_ended(void)
{
	env_set("ASTRO_API_TOKEN", "e30.eyJleHAiOjEwMDAwMDAwMDB9.x");
	return true;
}

/* {"exp":2000000000} */
static bool api_token_shadows(void)
{
	env_set("ASTRO_API_TOKEN", "e30.eyJleHAiOjIwMDAwMDAwMDB9.x");
	return true;
}

/* {"exp":2000000000,"permissions":["apiTokenId:x","organizationId:other"]} */
static bool api_token_of_another(void)
{
	env_set("ASTRO_API_TOKEN",
	        "e30."
	        "eyJleHAiOjIwMDAwMDAwMDAsInBlcm1pc3Npb25zIjpbImFwaVRva2VuSWQ6e"
	        "CIsIm9yZ2FuaXphdGlvbklkOm90aGVyIl19.x");
	return true;
}

static bool api_key(void)
{
	env_set("ASTRONOMER_KEY_ID", "an-id");
	return true;
}

static bool no_bundle(void)
{
	env_set("SSL_CERT_FILE", "/nowhere/bundle.pem");
	return true;
}

static bool two_proxies(void)
{
	env_set("https_proxy", "http://jane:hunter2@proxy.example.com:3128");
	env_set("HTTPS_PROXY", "http://other.example.com");
	return true;
}

static bool proxy_down(void)
{
	env_set("HTTPS_PROXY", "http://jane:hunter2@127.0.0.1:9");
	(void)snprintf(doctor_domain, sizeof(doctor_domain),
	               "https://login.example.com");
	return true;
}

static void listen_on(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons(port)};
	int one = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(held, 0);
	(void)setsockopt(held, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ck_assert_int_eq(
		bind(held, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(held, 1), 0);
}

static bool port_taken(void)
{
	listen_on(CALLBACK_PORT);
	return true;
}

static bool browser_missing(void)
{
	env_set("BROWSER", "/nowhere/browser");
	return true;
}

static bool no_terminal(void)
{
	env_set("BROWSER", NULL);
	return true;
}

static bool server_down(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'status', 'value': 503}");
	return true;
}

static bool server_drops(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'drop'}");
	return true;
}

static bool server_is_slow(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'delay', 'value': 9000}");
	return true;
}

static bool sign_in_page(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'redirect', 'value': "
	              "'https://wifi.example.com/'}");
	return true;
}

static bool web_page(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'body', 'value': "
	              "'<html>', 'content_type': 'text/html'}");
	return true;
}

static bool another_server(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'status', 'value': 404}");
	return true;
}

static bool login_without_https(void)
{
	sandbox_fault("{'path': '/private/*', 'kind': 'merge', 'value': "
	              "{'domainUrl': 'http://auth.example.com/'}}");
	return true;
}

static bool keys_missing(void)
{
	sandbox_fault("{'path': '/.well-known/jwks.json', 'kind': 'status', "
	              "'value': 503}");
	return true;
}

/* The server's clock is AHEAD seconds ahead of ours. */
static void set_server_clock(int64_t ahead)
{
	time_t when = time(NULL) + (time_t)ahead;
	char stamp[64], fault[300];
	struct tm parts;

	ck_assert_ptr_nonnull(gmtime_r(&when, &parts));
	(void)strftime(stamp, sizeof(stamp), "%a, %d %b %Y %H:%M:%S GMT",
	               &parts);
	(void)snprintf(fault, sizeof(fault),
	               "{'path': '/.well-known/jwks.json', 'kind': 'merge', "
	               "'value': {}, 'headers': {'Date': '%s'}}",
	               stamp);
	sandbox_fault(fault);
}

static bool clock_behind(void)
{
	set_server_clock(2 * DAY);
	return true;
}

static bool clock_ahead(void)
{
	set_server_clock(-DAY);
	return true;
}

static bool file_from_the_future(void)
{
	const struct timespec times[2] = {{.tv_sec = time(NULL) + DAY},
	                                  {.tv_sec = time(NULL) + DAY}};

	ck_assert_int_eq(utimensat(AT_FDCWD, home_file, times, 0), 0);
	return true;
}

static bool houston_without_checks(void)
{
	home_write("local:\n  houston: http://localhost:@/v1\n"
	           "houston:\n  skip_verify_tls: true\n"
	           "context: houston\ncontexts:\n  houston:\n"
	           "    domain: houston\n    token: x.y.z\n");
	return true;
}

/* A company's proxy that opens connections, or a network's sign-in page. */
static bool intercepted(void)
{
	static const struct wire_step steps[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", WIRE_CLOSE}};
	const struct certificate certificate = {
		.name = "IP:127.0.0.1", .from = -DAY, .until = DAY};

	ck_assert_int_eq(mkdir(plugin_path("authority"), 0700), 0);
	authority = authority_new(plugin_path("authority"));
	tls = authority_server(authority, &certificate);
	wire = wire_start(steps, 1, tls);
	(void)snprintf(doctor_domain, sizeof(doctor_domain),
	               "https://127.0.0.1:%u", wire_port(wire));
	return true;
}

/* ---- and what the doctor says ---- */

const struct doctor_case doctor_cases[] = {
	{relative_home, 5, "files.home", "error", 5,
         "ASTRO_HOME: not an absolute path: here", "set it to a folder"},
	{tab, 5, "files.config", "error", 5, "config.yaml:2:1: ", "edit /"},
	{written_by_others, 7, "files.config", "error", 7,
         "config.yaml: others can write to it (mode 0666)", "chmod 600 /"},
	{of_another, 7, "files.config", "error", 7, "belongs to another user",
         "chown"},
	{read_by_others, 0, "files.mode", "warning", 0,
         "others can read it (mode 0644)", "chmod 600 /"},
	{locked, 5, "files.lock", "error", 5, "has held the lock for 2 seconds",
         "end it"},
	{locked_elsewhere, 0, "files.lock", "warning", 0,
         "process 7 on elsewhere has config.yaml locked",
         "remove config.yaml.lock.held"},
	{state_is_no_folder, 7, "files.writing", "error", 7,
         "state: it is no folder", "remove it"},
	{frozen, 5, "files.writing", "error", 5, "config.yaml", "folder"},
	{small_disk, 5, "files.room", "error", 5, "KiB are free on its disk",
         "make room there"},
	{being_renewed, 0, "context.lock", "warning", 0,
         " is changing the login", "wait for it"},
	{renewal_cut_off, 0, "context.lock", "warning", 0,
         "a renewal of the login was cut off", "astro auth token"},
	{no_context, 4, "context.current", "ok", 0,
         "no context set: a login goes to astronomer.io", NULL},
	{no_context, 4, "login.token", "error", 4,
         "not logged in to astronomer.io", "run `astro login astronomer.io`"},
	{context_gone, 4, "context.current", "warning", 0,
         "no context named gone.example.com; there are: astronomer.io",
         "astro login"},
	{no_domain, 2, "context.current", "error", 2,
         "ASTRO_DOMAIN: ", "name a domain such as astronomer.io"},
	{logged_out, 4, "login.token", "error", 4, "not logged in to localhost",
         "run `astro login localhost`"},
	{login_ended, 4, "login.token", "error", 4,
         "the login for localhost has ended: expired 2020-01-02",
         "run `astro login localhost`"},
	{token_of_two_lines, 5, "login.store", "error", 5, "token",
         "log in again"},
	{unknown_store, 5, "login.store", "error", 5, "cloud", "file"},
	{helper_missing, 5, "login.store", "error", 5,
         "docker-credential-nowhere", "--store file"},
	{keyring_missing, 5, "login.store", "error", 5, "keyring",
         "--store file"},
	{store_none, 4, "login.token", "error", 4,
         "its store is none, which keeps nothing", "astro login"},
	{provider_missing, 6, "context.provider", "error", 6, "nowhere", NULL},
	{provider_of_others, 7, "context.provider", "error", 7, "good.so",
         NULL},
	{provider_crashes, 6, "context.trial", "error", 6,
         "the provider crash crashed", "remove the provider"},
	{local_is_no_address, 5, "network.server", "error", 5,
         "local.core is no address: ftp://x", "set local.core"},
	{api_token_is_none, 4, "variables.token", "error", 4, "ASTRO_API_TOKEN",
         "copy the token alone"},
	{api_token_ended, 4, "variables.token", "error", 4,
         "the token in ASTRO_API_TOKEN has ended: expired 2001-09-09",
         "set ASTRO_API_TOKEN anew"},
	{api_token_shadows, 0, "variables.token", "warning", 0,
         "is used instead of the login stored for localhost",
         "unset ASTRO_API_TOKEN"},
	{api_token_shadows, 0, "login.token", "skipped", 0,
         "ASTRO_API_TOKEN is used instead", NULL},
	{api_token_of_another, 0, "variables.token", "warning", 0,
         "is for the organization other, and localhost has clorgacme selected",
         "switch the context"},
	{api_key, 4, "variables.token", "error", 4,
         "ASTRONOMER_KEY_ID is set: API keys have been retired",
         "set ASTRO_API_TOKEN"},
	{no_bundle, 5, "network.certificates", "error", 5,
         "SSL_CERT_FILE: /nowhere/bundle.pem: No such file or directory",
         "correct or unset SSL_CERT_FILE"},
	{no_bundle, 5, "network.server", "skipped", 0, "not asked", NULL},
	{houston_without_checks, 0, "network.certificates", "warning", 0,
         "certificates are not checked", "SSL_CERT_FILE"},
	{two_proxies, 0, "network.proxy", "warning", 0,
         "https_proxy counts, proxy.example.com:3128", "unset one of them"},
	{proxy_down, 4, "network.server", "error", 3,
         "cannot reach login.example.com: connection refused",
         "the proxy 127.0.0.1:9 that HTTPS_PROXY names"},
	{port_taken, 0, "way.port", "warning", 0, "port 12345 is in use",
         "end that program"},
	{localhost_elsewhere, 0, "way.localhost", "warning", 0,
         "the name localhost leads away from this machine: to 192.0.2.7",
         "/etc/hosts"},
	{browser_missing, 0, "way.flow", "warning", 0,
         "the browser \"/nowhere/browser\" was not found",
         "correct ASTRO_BROWSER"},
	{no_terminal, 0, "way.flow", "warning", 0,
         "a login needs a person, and there is no terminal", "--device"},
	{server_down, 3, "network.server", "error", 3, "answered 503",
         "try again later"},
	{server_drops, 3, "network.server", "error", 3,
         "the connection was closed without an answer", "check the network"},
	{server_is_slow, 3, "network.server", "error", 3,
         "no answer within 5 s", "check the network"},
	{sign_in_page, 7, "network.server", "error", 7,
         "redirects to wifi.example.com",
         "a sign-in page of the network may stand in between"},
	{web_page, 3, "network.server", "error", 3, "did not answer with JSON",
         "check the address and the network"},
	{another_server, 3, "network.server", "error", 3,
         "is no Astro API: it answered 404", "check the domain"},
	{login_without_https, 7, "network.server", "error", 7,
         "a login address without https", "check the domain"},
	{intercepted, 7, "network.server", "error", 7,
         "is signed by an authority that this machine does not know (issued "
         "by ",
         "SSL_CERT_FILE"},
	{keys_missing, 3, "network.identity", "error", 3, "answered 503",
         "try again later"},
	{clock_behind, 7, "network.clock", "error", 7,
         "seconds behind that of localhost", "set the clock"},
	{clock_ahead, 0, "network.clock", "warning", 0,
         "seconds ahead of that of localhost", "set the clock"},
	{file_from_the_future, 0, "program.clock", "warning", 0,
         "config.yaml was written ", "set the clock"},
	{without_proc, 1, "program.proc", "error", 1, "/proc is not mounted",
         "mount it"},
};
const size_t doctor_case_count = sizeof(doctor_cases) / sizeof(doctor_cases[0]);
