/* SPDX-License-Identifier: Apache-2.0 */
/* The session's bus: found without starting one, and whose it is. */
#include "bus.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

enum { PATH_SIZE = 4096 };

static bool has_socket(const char *folder)
{
	char path[PATH_SIZE];
	struct stat status;

	return (size_t)snprintf(path, sizeof(path), "%s/bus", folder) <
	               sizeof(path) &&
	       stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* Where GLib would look; left to itself it would run dbus-launch, and wait. */
static int judge_address(struct astro_error *err)
{
	const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *folder = getenv("XDG_RUNTIME_DIR");

	if (address == NULL || *address == '\0') {
		if (folder != NULL && has_socket(folder))
			return ASTRO_OK;
		return error_set(err, ASTRO_STORE,
		                 "log in to a desktop session, or keep the "
		                 "login in the context file with --store file",
		                 "the keyring cannot be reached: there is no "
		                 "session bus here");
	}
	while (*address != '\0') {
		if (strncmp(address, "unix:", 5) != 0)
			return error_set(
				err, ASTRO_UNSAFE,
				"set DBUS_SESSION_BUS_ADDRESS to your own "
				"session's",
				"the keyring is not asked over a bus that is "
				"no local socket: %s",
				address);
		address += strcspn(address, ";");
		if (*address == ';')
			address++;
	}
	return ASTRO_OK;
}

/* SO_PEERCRED of a connected socket names the process that listens. */
static int judge_listener(GDBusConnection *bus, struct astro_error *err)
{
	GIOStream *stream = g_dbus_connection_get_stream(bus);
	GCredentials *listener = NULL;
	uid_t owner = (uid_t)-1;

	if (G_IS_SOCKET_CONNECTION(stream))
		listener = g_socket_get_credentials(
			g_socket_connection_get_socket(
				G_SOCKET_CONNECTION(stream)),
			NULL);
	if (listener != NULL)
		owner = g_credentials_get_unix_user(listener, NULL);
	g_clear_object(&listener);
	if (owner == 0 || owner == geteuid())
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSAFE,
	                 "set DBUS_SESSION_BUS_ADDRESS to your own session's",
	                 "the session bus belongs to another user (%ld), who "
	                 "would see the login",
	                 (long)(int)owner);
}

int bus_open(struct wait *wait, GDBusConnection **out, struct astro_error *err)
{
	GDBusConnection *bus;
	GAsyncResult *result;
	GError *why = NULL;
	int status;

	*out = NULL;
	status = judge_address(err);
	if (status != ASTRO_OK)
		return status;
	g_bus_get(G_BUS_TYPE_SESSION, wait->cancellable, wait_ready, wait);
	status = wait_for(wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	bus = g_bus_get_finish(result, &why);
	g_object_unref(result);
	if (bus == NULL) {
		status = error_set(err, ASTRO_STORE, wait_hint,
		                   "the session bus cannot be reached: %s",
		                   why->message);
		g_error_free(why);
		return status;
	}
	/* GLib would end this process when the bus ends. */
	g_dbus_connection_set_exit_on_close(bus, FALSE);
	status = judge_listener(bus, err);
	if (status == ASTRO_OK)
		*out = bus;
	else
		g_object_unref(bus);
	return status;
}
