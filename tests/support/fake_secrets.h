/* SPDX-License-Identifier: Apache-2.0 */
/* A Secret Service that no one would want. */
#ifndef TESTS_SUPPORT_FAKE_SECRETS_H
#define TESTS_SUPPORT_FAKE_SECRETS_H

enum fake_secrets {
	FAKE_SECRETS_PLAIN,   /* knows no encrypted session */
	FAKE_SECRETS_GARBAGE, /* answers with what was not asked */
	FAKE_SECRETS_LEAVES   /* ends in the middle of the first call */
};

/* Start it on the bus of DBUS_SESSION_BUS_ADDRESS, before the test uses GLib
 * itself; it ends with the test. */
void fake_secrets_start(enum fake_secrets kind);

#endif
