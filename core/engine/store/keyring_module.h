/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the engine and lib/astro/astro-keyring.so, which alone links
 * libsecret and GLib: a login that is kept elsewhere does not pay for mapping
 * them, and where they are not installed everything else works.  Each side has
 * its own copy of the base; what one side allocates it frees.
 */
#ifndef CORE_ENGINE_STORE_KEYRING_MODULE_H
#define CORE_ENGINE_STORE_KEYRING_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct store_entry;

#define KEYRING_MODULE_FILE "astro-keyring.so"
#define KEYRING_MODULE_SYMBOL "astro_keyring_v1"

/* What the module asks of the engine: its clock and its ^C. */
struct keyring_call {
	const struct store_entry *entry; /* NULL for probe() */
	bool person;            /* somebody is there to answer a dialog */
	int64_t (*clock)(void); /* clock_boot() */
	int (*interrupted)(struct astro_error *err);
};

/* Takes a copy of the secret's bytes before it returns. */
typedef int keyring_take(void *data, const void *bytes, size_t len,
                         struct astro_error *err);

/* See struct store_backend.  Every call opens its own session with the
 * service and ends it. */
struct keyring_module {
	int (*probe)(const struct keyring_call *call, struct astro_error *err);
	int (*get)(const struct keyring_call *call, keyring_take *take,
	           void *data, struct astro_error *err);
	int (*put)(const struct keyring_call *call, const void *bytes,
	           size_t len, struct astro_error *err);
	int (*erase)(const struct keyring_call *call, struct astro_error *err);
};

#endif
