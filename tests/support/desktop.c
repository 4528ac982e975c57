/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the real programs of a desktop session, and ends them. */
#include "desktop.h"

#include <check.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 20 * 1000, STEP_MS = 10 };

char desktop_home[DESKTOP_PATH_MAX];

static pid_t bus, keyring;
static void *gcr; /* libgcr-base, once somebody sits there */

static void name_folder(const char *variable, const char *name)
{
	char path[DESKTOP_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), "%s/%s", desktop_home, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)setenv(variable, path, 1);
}

void desktop_begin(void)
{
	static const char *const unset[] = {
		"DBUS_SESSION_BUS_ADDRESS",
		"DISPLAY",
		"WAYLAND_DISPLAY",
		"CI",
		"GPG_TTY",
		"GNUPGHOME",
		"PASSWORD_STORE_DIR",
		"GNOME_KEYRING_CONTROL",
		"GNOME_KEYRING_TEST_PROMPTER",
		"ASTRO_DOMAIN",
	};
	const char *temporary = getenv("TMPDIR");
	size_t i;

	(void)snprintf(desktop_home, sizeof(desktop_home),
	               "%s/astro-desk-XXXXXX",
	               temporary != NULL ? temporary : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(desktop_home));
	(void)setenv("HOME", desktop_home, 1);
	(void)setenv("ASTRO_HOME", desktop_home, 1);
	name_folder("XDG_RUNTIME_DIR", "run");
	name_folder("XDG_DATA_HOME", "data");
	for (i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		(void)unsetenv(unset[i]);
}

static void end(pid_t *pid)
{
	if (*pid > 0) {
		(void)kill(*pid, SIGKILL);
		(void)waitpid(*pid, NULL, 0);
	}
	*pid = 0;
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void desktop_end(void)
{
	end(&keyring);
	end(&bus);
	(void)nftw(desktop_home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Whom start() becomes; root stays what it is. */
static unsigned become;

/* Start ARGV with standard input IN; it ends with this process. */
static pid_t start(const char *const *argv, int in)
{
	pid_t parent = getpid(), pid = fork();
	int null;

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	if (become != 0 && (setgid(become) != 0 || setuid(become) != 0))
		_exit(126);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	(void)dup2(in >= 0 ? in : null, 0);
	(void)dup2(null, 1);
	(void)dup2(null, 2);
	if (getppid() == parent)
		(void)execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static pid_t start_with_input(const char *const *argv, const char *input)
{
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(write(ends[1], input, strlen(input)),
	                 (ssize_t)strlen(input));
	(void)close(ends[1]);
	pid = start(argv, ends[0]);
	(void)close(ends[0]);
	return pid;
}

int desktop_run(const char *const *argv, const char *input)
{
	int status = -1;

	ck_assert_int_gt(waitpid(start_with_input(argv, input), &status, 0), 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected;

	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	connected =
		connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	(void)close(fd);
	return connected;
}

static const char configuration[] =
	"<!DOCTYPE busconfig PUBLIC "
	"\"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
	"\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
	"<busconfig><type>session</type><listen>unix:path=%s</listen>"
	"<auth>EXTERNAL</auth><policy context=\"default\">"
	"<allow user=\"*\"/>"
	"<allow send_destination=\"*\" eavesdrop=\"true\"/>"
	"<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n";

void desktop_start_bus(void)
{
	char path[DESKTOP_PATH_MAX * 2], option[DESKTOP_PATH_MAX * 2];
	char address[DESKTOP_PATH_MAX * 3];
	const char *const argv[] = {"dbus-daemon", "--nofork", option, NULL};
	FILE *stream;
	int waited;

	(void)snprintf(path, sizeof(path), "%s/bus.conf", desktop_home);
	(void)snprintf(option, sizeof(option), "--config-file=%s/bus.conf",
	               desktop_home);
	stream = fopen(path, "we");
	ck_assert_ptr_nonnull(stream);
	(void)snprintf(path, sizeof(path), "%s/run/bus", desktop_home);
	(void)fprintf(stream, configuration, path);
	(void)fclose(stream);

	bus = start(argv, -1);
	for (waited = 0; !answers(path); waited += STEP_MS) {
		ck_assert_msg(waited < READY_MS, "dbus-daemon does not start");
		(void)poll(NULL, 0, STEP_MS);
	}
	(void)snprintf(address, sizeof(address), "unix:path=%s", path);
	(void)setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
}

void desktop_start_foreign_bus(unsigned user)
{
	char path[DESKTOP_PATH_MAX * 2];

	ck_assert_int_eq(chmod(desktop_home, 0711), 0);
	(void)snprintf(path, sizeof(path), "%s/run", desktop_home);
	ck_assert_int_eq(chown(path, user, user), 0);
	become = user;
	desktop_start_bus();
	become = 0;
}

void desktop_stop_bus(void)
{
	end(&bus);
}

void desktop_start_keyring(const char *password)
{
	const char *const argv[] = {"gnome-keyring-daemon", "--foreground",
	                            "--components=secrets",
	                            password != NULL ? "--unlock" : NULL, NULL};
	const char *const ask[] = {"dbus-send",
	                           "--session",
	                           "--print-reply",
	                           "--dest=org.freedesktop.secrets",
	                           "/org/freedesktop/secrets",
	                           "org.freedesktop.Secret.Service.ReadAlias",
	                           "string:default",
	                           NULL};
	int waited;

	keyring = start_with_input(argv, password != NULL ? password : "");
	for (waited = 0; desktop_run(ask, "") != 0; waited += STEP_MS) {
		ck_assert_msg(waited < READY_MS,
		              "gnome-keyring-daemon does not start");
		(void)poll(NULL, 0, STEP_MS);
	}
}

void desktop_signal_keyring(int number)
{
	ck_assert_int_eq(kill(keyring, number), 0);
	if (number == SIGKILL)
		end(&keyring);
}

/* FUNCTION points to a pointer to one; ISO C has no cast between the two. */
static void look_up(const char *name, void *function)
{
	void *symbol = dlsym(gcr, name);

	ck_assert_msg(symbol != NULL, "libgcr-base has no %s", name);
	memcpy(function, &symbol, sizeof(symbol));
}

void desktop_sit_down(void)
{
	const char *(*gcr_start)(void);

	(void)setenv("DISPLAY", ":77", 1);
	/* The dialogs of gnome-keyring's own tests. */
	gcr = dlopen("libgcr-base-3.so.1", RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(gcr != NULL, "%s", dlerror());
	look_up("gcr_mock_prompter_start", &gcr_start);
	(void)setenv("GNOME_KEYRING_TEST_PROMPTER", gcr_start(), 1);
}

void desktop_expect_dialog(const char *password)
{
	void (*type)(const char *password, const char *property, ...);
	void (*cancel)(void);

	look_up("gcr_mock_prompter_expect_password_ok", &type);
	look_up("gcr_mock_prompter_expect_password_cancel", &cancel);
	if (password != NULL)
		type(password, NULL);
	else
		cancel();
}

void desktop_leave_dialog_open(void)
{
	void (*delay)(unsigned milliseconds);

	look_up("gcr_mock_prompter_set_delay_msec", &delay);
	delay(3600 * 1000);
	desktop_expect_dialog("too late");
}

bool desktop_dialog_is_open(void)
{
	int (*is_prompting)(void);

	look_up("gcr_mock_prompter_is_prompting", &is_prompting);
	return is_prompting() != 0;
}
