/* SPDX-License-Identifier: Apache-2.0 */
/* Where the secrets of a context's login are kept, and the login there. */
#ifndef CORE_ENGINE_STORE_STORE_H
#define CORE_ENGINE_STORE_STORE_H

#include <astro/provider.h>

enum { STORE_NAME_MAX = 64 };

enum store_kind {
	STORE_FILE,    /* the context file itself */
	STORE_BACKEND, /* backend.h */
	STORE_NONE     /* nothing is kept */
};

struct store {
	enum store_kind kind;
	char name[STORE_NAME_MAX]; /* "file", "helper:pass" */
	const struct store_backend *backend;
	const char *argument; /* what follows "helper:", in name */
};

/* "file", "keyring", "helper:NAME", "session" or "none"; NULL is "file".
 * ASTRO_BAD_CONFIG: another one, with those there are. */
int store_named(const char *name, struct store *out, struct astro_error *err);
/* The job's (--store), else the context's `store`, else the file. */
int store_of(const struct astro_core *core, struct store *out,
             struct astro_error *err);

/*
 * The stored login as a provider sees it: "access_token", "refresh_token", the
 * time of expiry, and the context's texts ("user_email", "subject",
 * "organization", "workspace").  *OUT is NULL with ASTRO_OK when nobody is
 * logged in.  ASTRO_STORE, ASTRO_BAD_CONFIG.
 */
int store_load(const struct store *store, const struct astro_core *core,
               struct astro_credential **out, struct astro_error *err);

#endif
