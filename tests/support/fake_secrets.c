/* SPDX-License-Identifier: Apache-2.0 */
/* org.freedesktop.secrets, as far as its first answer. */
#include "fake_secrets.h"

#include <check.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char introspection[] =
	"<node><interface name='org.freedesktop.Secret.Service'>"
	"<method name='OpenSession'><arg type='s' direction='in'/>"
	"<arg type='v' direction='in'/><arg type='v' direction='out'/>"
	"<arg type='o' direction='out'/></method></interface></node>";

static enum fake_secrets kind;

static void answer(GDBusConnection *bus, const gchar *sender, const gchar *path,
                   const gchar *interface, const gchar *method,
                   GVariant *arguments, GDBusMethodInvocation *call,
                   gpointer data)
{
	const char *algorithm;

	(void)bus;
	(void)sender;
	(void)path;
	(void)interface;
	(void)method;
	(void)data;
	g_variant_get(arguments, "(&sv)", &algorithm, NULL);
	switch (kind) {
	case FAKE_SECRETS_LEAVES:
		_exit(0);
	case FAKE_SECRETS_GARBAGE:
		g_dbus_method_invocation_return_value(
			call, g_variant_new("(vo)", g_variant_new_int32(7),
		                            "/session"));
		return;
	case FAKE_SECRETS_PLAIN:
		if (g_strcmp0(algorithm, "plain") == 0)
			g_dbus_method_invocation_return_value(
				call,
				g_variant_new("(vo)", g_variant_new_string(""),
			                      "/session"));
		else
			g_dbus_method_invocation_return_error(
				call, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
				"plain text or nothing");
		return;
	}
}

static void say_ready(GDBusConnection *bus, const gchar *name, gpointer data)
{
	(void)bus;
	(void)name;
	(void)!write(GPOINTER_TO_INT(data), "", 1);
}

static void serve(int ready)
{
	static const GDBusInterfaceVTable table = {.method_call = answer};
	GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(introspection, NULL);
	GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);

	(void)g_dbus_connection_register_object(bus, "/org/freedesktop/secrets",
	                                        node->interfaces[0], &table,
	                                        NULL, NULL, NULL);
	(void)g_bus_own_name_on_connection(
		bus, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE,
		say_ready, NULL, GINT_TO_POINTER(ready), NULL);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
}

void fake_secrets_start(enum fake_secrets wanted)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		kind = wanted;
		serve(ends[1]);
		_exit(1);
	}
	(void)close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
}
