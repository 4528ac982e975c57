/* SPDX-License-Identifier: Apache-2.0 */
/* Real stores, and a look into them with their own tools. */
#include "places.h"

#include <errno.h>
#include <keyutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "desktop.h"

#define PASSWORD "password"
#define COLLECTION "/org/freedesktop/secrets/collection/login"

const char *const places[PLACES] = {"keyring", "helper:pass",
                                    "helper:secretservice", "session"};

static bool has_pass;

void place_hand_on(void)
{
	static const char *const names[] = {
		"DBUS_SESSION_BUS_ADDRESS",
		"DISPLAY",
		"GNUPGHOME",
		"HOME",
		"PASSWORD_STORE_DIR",
		"XDG_DATA_HOME",
		"XDG_RUNTIME_DIR",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		env_set(names[i], getenv(names[i]));
}

static void begin(void)
{
	has_pass = false;
	home_begin();
	desktop_begin();
	place_hand_on();
	env_browser("solo@example.com");
}

/* ---- opening ---- */

static void open_pass(void)
{
	static const char *const key[] = {
		"gpg",           "--batch", "--quiet",
		"--passphrase",  "",        "--quick-gen-key",
		"a@example.com", "default", "default",
		"never",         NULL,
	};
	static const char *const init[] = {"pass", "init", "a@example.com",
	                                   NULL};
	char path[DESKTOP_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), "%s/gnupg", desktop_home);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)setenv("GNUPGHOME", path, 1);
	(void)snprintf(path, sizeof(path), "%s/pass", desktop_home);
	(void)setenv("PASSWORD_STORE_DIR", path, 1);
	has_pass = true;
	ck_assert_int_eq(desktop_run(key, ""), 0);
	ck_assert_int_eq(desktop_run(init, ""), 0);
}

/* Two stores are in one gnome-keyring. */
static void open_keyring(void)
{
	if (getenv("DBUS_SESSION_BUS_ADDRESS") != NULL)
		return;
	desktop_start_bus();
	desktop_start_keyring(PASSWORD);
}

void place_open(const char *store)
{
	if (strcmp(store, "helper:pass") == 0)
		open_pass();
	else if (strcmp(store, "session") != 0)
		open_keyring();
	place_hand_on();
	place_expect(store, 0);
}

/* ---- looking ---- */

static char *output_of(const char *const *words)
{
	struct pty *pty = program_start_alone(words);
	char *out;
	int status;

	pty_close_stdin(pty);
	status = pty_finish(pty);
	out = strdup(pty_stdout(pty));
	ck_assert_msg(status == 0, "%s ended with %d: %s%s", words[0], status,
	              out, pty_stderr(pty));
	pty_free(pty);
	return out;
}

static unsigned count_in(const char *text, const char *part)
{
	unsigned count = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		count++;
	return count;
}

static unsigned count_output(const char *const *words, const char *part)
{
	char *out = output_of(words);
	unsigned count = count_in(out, part);

	free(out);
	return count;
}

static unsigned count_items(void)
{
	static const char *const words[] = {
		"dbus-send",
		"--session",
		"--print-reply",
		"--dest=org.freedesktop.secrets",
		"/org/freedesktop/secrets",
		"org.freedesktop.Secret.Service.SearchItems",
		"dict:string:string:xdg:schema,io.astronomer.astro.Login",
		NULL};

	return count_output(words, "object path");
}

/* "0e367400 I--Q---  1 perm 3f010000  0  0 user  astro:FOLDER:NAME: 960"; one
 * that was made invalid has an "i", and goes when the kernel comes to it. */
static unsigned find_keys(key_serial_t *last)
{
	char start[PATH_SIZE], flags[16], *line = NULL;
	unsigned number;
	FILE *in = fopen("/proc/keys", "re");
	unsigned count = 0;
	size_t size = 0;

	ck_assert_ptr_nonnull(in);
	(void)snprintf(start, sizeof(start), " astro:%.2000s/", home_folder);
	while (getline(&line, &size, in) > 0)
		if (strstr(line, start) != NULL &&
		    sscanf(line, "%x %15s", &number, flags) == 2 &&
		    strpbrk(flags, "RDi") == NULL) {
			*last = (key_serial_t)number;
			count++;
		}
	free(line);
	(void)fclose(in);
	return count;
}

unsigned place_count(const char *store)
{
	char program[64];
	const char *list[] = {program, "list", NULL};
	key_serial_t last;

	if (strcmp(store, "session") == 0)
		return find_keys(&last);
	if (strcmp(store, "keyring") == 0)
		return count_items();
	(void)snprintf(program, sizeof(program), "docker-credential-%s",
	               store + strlen("helper:"));
	return count_output(list, "/astro-login/");
}

void place_expect(const char *store, unsigned count)
{
	unsigned found = place_count(store);

	ck_assert_msg(found == count, "%s holds %u logins, should be %u", store,
	              found, count);
}

void place_expect_no_file_with(const char *text)
{
	const char *words[] = {"grep", "-rlF", "-e", text, home_folder, NULL};
	struct pty *pty = program_start_alone(words);

	ck_assert_uint_gt(strlen(text), 8);
	pty_close_stdin(pty);
	ck_assert_msg(pty_finish(pty) == 1, "\"%s\" is in %s", text,
	              pty_stdout(pty));
	pty_free(pty);
}

/* ---- spoiling ---- */

void place_lock_keyring(void)
{
	static const char *const words[] = {
		"dbus-send",
		"--session",
		"--print-reply",
		"--dest=org.freedesktop.secrets",
		"/org/freedesktop/secrets",
		"org.freedesktop.Secret.Service.Lock",
		"array:objpath:" COLLECTION,
		NULL};
	char *out = output_of(words);

	text_expect(out, COLLECTION);
	free(out);
}

void place_make_helper(const char *name, const char *script)
{
	char path[DESKTOP_PATH_MAX * 2];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/bin", desktop_home);
	ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
	(void)snprintf(path, sizeof(path), "%s/bin/docker-credential-%s",
	               desktop_home, name);
	out = fopen(path, "we");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_gt(fprintf(out, "#!/bin/sh\n%s\n", script), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/bin:/usr/bin:/bin",
	               desktop_home);
	env_set("PATH", path);
}

/* ---- the end ---- */

/* The kernel's keyring outlives the test, and is the user's own. */
static void drop_keys(void)
{
	key_serial_t last;

	ck_assert_int_eq(
		keyctl_link(KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING),
		0);
	while (find_keys(&last) > 0)
		ck_assert_int_eq(keyctl_invalidate(last), 0);
}

static void end(void)
{
	static const char *const agent[] = {"gpgconf", "--kill", "all", NULL};

	drop_keys();
	if (has_pass)
		ck_assert_int_eq(desktop_run(agent, ""), 0);
	desktop_end();
	home_end();
}

TCase *place_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return tcase;
}
