/* SPDX-License-Identifier: Apache-2.0 */
/* Where the secrets of a context's login are kept, and the login there. */
#ifndef CORE_ENGINE_STORE_STORE_H
#define CORE_ENGINE_STORE_STORE_H

#include <astro/provider.h>

struct context;

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
};

/* "file", "keyring", "helper:NAME", "session" or "none"; NULL is "file".
 * ASTRO_BAD_CONFIG: another one, with those there are. */
int store_named(const char *name, struct store *out, struct astro_error *err);
/* The context's own `store`, else the file. */
int store_of_context(const struct context *context, struct store *out,
                     struct astro_error *err);
/* The job's (--store; ASTRO_USAGE when there is no such), else the context's.
 */
int store_of(const struct astro_core *core, struct store *out,
             struct astro_error *err);

/* Prove that a login could be kept there: before the browser opens, and before
 * a refresh token is spent.  The file is proven by config_check_writable(). */
int store_probe(const struct store *store, struct astro_error *err);

/*
 * The stored login as a provider sees it: "access_token", "refresh_token" (and
 * "client_secret", "dpop_key" where there are any), the time of expiry, and
 * the context's texts ("user_email", "subject", "organization", "workspace").
 * *OUT is NULL with ASTRO_OK when nobody is logged in.  ASTRO_STORE where the
 * store cannot be asked, ASTRO_BAD_CONFIG.
 */
int store_load(const struct store *store, const struct astro_core *core,
               struct astro_credential **out, struct astro_error *err);

/*
 * Keep LOGIN in a backend, in the place of what was there; for the other kinds
 * there is nothing to do.  BEFORE (or NULL) gets what was there, for
 * store_put_back() when what belongs to it cannot be written; it is freed with
 * secret_free().
 */
int store_put(const struct store *store, const struct astro_core *core,
              const struct astro_credential *login,
              struct astro_secret **before, struct astro_error *err);
/* Undo store_put(): BEFORE is what it gave, NULL for nothing. */
void store_put_back(const struct store *store, const struct astro_core *core,
                    const struct astro_secret *before);
/* Take the login, and all that was kept with it, out of a backend.
 * ASTRO_NOT_FOUND when there was none, and for the other kinds. */
int store_erase(const struct store *store, const struct astro_core *core,
                struct astro_error *err);

/*
 * A client that has a secret has it without a login too: what a logout leaves
 * in a backend is the CLIENT_SECRET alone.  NULL: there is none, and it is
 * store_erase().
 */
int store_leave(const struct store *store, const struct astro_core *core,
                const struct astro_secret *client_secret,
                struct astro_error *err);
/* The client's secret in a backend, with or without a login; *OUT is NULL with
 * ASTRO_OK when there is none, and for the other kinds. */
int store_client_secret(const struct store *store,
                        const struct astro_core *core,
                        struct astro_secret **out, struct astro_error *err);

#endif
