/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context file, $ASTRO_HOME/.astro/config.yaml: what it means, and how it
 * changes.  It is shared with the Go astro CLI.
 */
#ifndef CORE_CONTEXT_CONTEXT_H
#define CORE_CONTEXT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

/* Where everything is; all absolute. */
struct paths {
	char *folder;    /* $ASTRO_HOME/.astro */
	char *file;      /* <folder>/config.yaml, links not followed */
	char *lock;      /* <folder>/config.yaml.lock */
	char *providers; /* <folder>/providers */
	char *state;     /* <folder>/state */
};

/* From ASTRO_HOME, else HOME, else the user's entry in passwd. ASTRO_BAD_CONFIG
 * names the variable that makes no sense. */
int paths_find(struct paths *out, struct astro_error *err);
void paths_clear(struct paths *paths);

/* One reading of the file.  Its bytes live in memory that is wiped. */
struct config;
/* One entry of its `contexts`. */
struct context;

/*
 * Read the file.  A missing one is an empty one.  An empty, unparsable or
 * context-less one is read once more under the lock before it is believed.
 * ASTRO_UNSAFE: owner or mode of file or folder; ASTRO_BAD_CONFIG: it makes no
 * sense ("config.yaml:2:1: a tab is used for indentation"); ASTRO_STORE: it
 * cannot be read.  Never writes.
 */
int config_load(const struct paths *paths, struct config **out,
                struct astro_error *err);
/* The same from bytes in memory; NAME stands in messages. */
int config_parse(const char *bytes, size_t len, const char *name,
                 struct config **out, struct astro_error *err);
void config_free(struct config *config);
/* When the file was last written, unix seconds; 0 where there is none. */
int64_t config_written(const struct config *config);

/* A scalar of the whole file by its dotted path ("local.core"), lent; NULL when
 * it is not there, empty or no scalar. */
const char *config_value(const struct config *config, const char *path);
/* ASTRO_BAD_CONFIG when a setting that is one value (`local.houston`) is none:
 * it must not be taken for one that is absent. */
int config_check_settings(const struct paths *paths,
                          const struct config *config, struct astro_error *err);

/* The contexts, in the order of their names; INDEX < config_count(). */
size_t config_count(const struct config *config);
const struct context *config_at(const struct config *config, size_t index);
/* By canonical name (domain_canonical); NULL when unknown. */
const struct context *config_find(const struct config *config,
                                  const char *name);
/*
 * The context to use: ASTRO_DOMAIN if set, else the file's `context`, in the
 * form of a name or of a key.  *OUT is NULL with ASTRO_OK when none is set;
 * ASTRO_EXPIRED when it names one that is not there (the hint lists those that
 * are).
 */
int config_current(const struct config *config, const struct context **out,
                   struct astro_error *err);
/*
 * The key under which the context NAME is, or would be, kept: OUT, of
 * DOMAIN_NAME_MAX bytes.  ASTRO_UNSAFE when another context has that key.
 */
int config_key_for(const struct config *config, const char *name, char *out,
                   struct astro_error *err);
/* The name that the file's `context` (or ASTRO_DOMAIN) asks for, canonical,
 * whether it exists or not; NULL when none. */
const char *config_current_name(const struct config *config);

/* The context's name: its `domain`, else its key with "_" read as ".". */
const char *context_name(const struct context *context);
const char *context_key(const struct context *context);
/* Text under KEY, lent; NULL when absent, empty or secret (see below). */
const char *context_value(const struct context *context, const char *key);
/*
 * The words under KEY: the entries of a sequence, or one text with commas or
 * blanks between.  context_words() begins; false when there are no more.  One
 * that is longer than OUT, of SIZE bytes, comes as "".
 */
struct context_words {
	const struct tree_node *entry; /* of the sequence, or the text itself */
	const char *rest;              /* of ENTRY; NULL: not begun */
	bool is_sequence;
};
void context_words(const struct context *context, const char *key,
                   struct context_words *words);
bool context_words_next(struct context_words *words, char *out, size_t size);
/* A key that holds a secret: token, refreshtoken, access_token, refresh_token,
 * client_secret, id_token. */
bool context_key_is_secret(const char *key);
/* *OUT is NULL with ASTRO_OK when there is none. */
int context_secret(const struct context *context, const char *key,
                   struct astro_secret **out, struct astro_error *err);
/* `refreshtoken` of Astro and Software, `refresh_token` of any other provider;
 * NULL with ASTRO_OK when there is none.  ASTRO_BAD_CONFIG as for the next. */
int context_refresh_token(const struct context *context,
                          struct astro_secret **out, struct astro_error *err);
/* The key of the one or the other. */
const char *context_refresh_token_key(const struct context *context);
/* The access token, without "Bearer "; NULL with ASTRO_OK when not logged in.
 * A value with control characters, blanks or bytes beyond ASCII is
 * ASTRO_BAD_CONFIG. */
int context_access_token(const struct context *context,
                         struct astro_secret **out, struct astro_error *err);
/*
 * When the access token ends, in unix seconds: `expiresin`, else the token's
 * own exp claim, else 0 for Astro (long ago) and INT64_MAX for others (no end).
 */
int64_t context_expiry(const struct context *context);
/* `provider:`, else "astro" or "software" by what the context holds; for
 * showing, and for the rules of the file, offline. */
const char *context_provider(const struct context *context);
/* How long a login for CONTEXT is good, for people: "until 2026-11-25 16:16
 * UTC", "expired 2026-...", "no known end".  Into OUT. */
void context_expiry_text(int64_t expiry, char *out, size_t size);

enum change_kind {
	CHANGE_TEXT,      /* quoted where YAML would read something else */
	CHANGE_TIME,      /* TIME as an RFC 3339 timestamp, unquoted, in UTC */
	CHANGE_REMOVE,    /* the key; with KEY NULL the whole context */
	CHANGE_IF_ABSENT, /* CHANGE_TEXT, but never over a value that is there
	                   */
	/* No change: the key must still have this value ("": none), or nothing
	 * at all is written. */
	CHANGE_EXPECT
};

/* One key to change.  The value is TEXT, SECRET or TIME.  "" where there is no
 * value changes nothing; of two changes to one key the later counts.  A context
 * cannot be removed and changed at once. */
struct change {
	const char *context; /* key (config_key_for), or NULL: top level */
	const char *key;
	enum change_kind kind;
	const char *text;
	const struct astro_secret *secret;
	int64_t time;
};

/*
 * Change the file: under the lock, read it anew, edit only the bytes of these
 * keys, check that the result reads as meant, write it whole (temporary file,
 * fsync, rename, folder's fsync), mode 0600.  Folder and file are made when
 * missing.  Nothing is written when nothing changes.  After an error the file
 * is as it was.  ASTRO_BAD_CONFIG, ASTRO_STORE, ASTRO_UNSAFE; ASTRO_NOT_FOUND
 * when a value is not the expected one.
 */
int config_change(const struct paths *paths, const struct change *changes,
                  size_t count, struct astro_error *err);
/* Prove that config_change() could write: ASTRO_OK, or the same errors. */
int config_check_writable(const struct paths *paths, struct astro_error *err);
/*
 * Prove that the login under the key CONTEXT can be replaced and taken out, as
 * CONFIG has it: ASTRO_BAD_CONFIG when only a person can (a token is an alias).
 * Asked before a server is: nobody should log in for nothing.
 */
int config_check_login(const struct paths *paths, const struct config *config,
                       const char *context, struct astro_error *err);

#endif
