/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole contract between astro and a provider plugin.
 *
 * A provider knows one identity system; the host knows everything else: the
 * terminal, the network, JSON, OAuth, randomness, time and storage.  A
 * provider is a shared object NAME.so that exports one constant table,
 * astro_provider_v1, and calls back only through the host's table.  It links
 * against nothing of astro.
 *
 * Ownership, five rules:
 *   1. Arguments are borrowed for the call.
 *   2. *OUT belongs to the caller, and is NULL unless the status is ASTRO_OK.
 *   3. Free through the table it came from; malloc()ed memory never crosses.
 *   4. _set and _new copy; _get, _text and the like lend until the parent is
 *      freed.
 *   5. Every close and free accepts NULL.
 *
 * All text is UTF-8 and ends in NUL.  Times are seconds since 1970 in UTC,
 * durations are milliseconds.  Everything happens on one thread.
 *
 * Version 1 is frozen.  A provider that was built with any header of it works
 * with every astro that speaks 1.x, as far as both know the same:
 *   - Nothing here is taken away, moved or renumbered, nor given another
 *     meaning.  No status is added, and no operation becomes required.
 *   - The two tables and the structs that begin with `size` may get members at
 *     their end, marked "since 1.y".  What lies beyond the size that the other
 *     side gives is NULL or 0 to the host; ASTRO_HAS() tells it to a provider.
 *     The structs without a size (astro_item, astro_field) stay as they are.
 *   - There may be new flags, ways to echo, bodies and keys.  A host that does
 *     not know a flag, an echo or a body refuses the call (ASTRO_BAD_PLUGIN)
 *     and does nothing by halves; what it does not know of a longer struct it
 *     does not look at: ask host->abi_minor first where that matters.
 * Anything else is version 2, which has a symbol of its own: one file may
 * export both.
 */
#ifndef ASTRO_PROVIDER_H
#define ASTRO_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ASTRO_ABI_MAJOR 1u
#define ASTRO_ABI_MINOR 0u
#define ASTRO_PROVIDER_SYMBOL "astro_provider_v1"

#define ASTRO_EXPORT __attribute__((visibility("default")))
#define ASTRO_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
/* An enum astro_status the compiler will not let you ignore. */
#define astro_result __attribute__((warn_unused_result)) int

/* True when a table received from the other side reaches as far as MEMBER, and
 * has it. */
#define ASTRO_HAS(type, table, member)                                         \
	((table)->size >= offsetof(type, member) + sizeof((table)->member) &&  \
	 (table)->member != NULL)

/* What every fallible call returns: ASTRO_OK, or why it did not work. */
enum astro_status {
	ASTRO_OK = 0,
	ASTRO_CANCELLED,   /* a signal asked us to stop */
	ASTRO_BAD_CONFIG,  /* the context file or a setting is wrong */
	ASTRO_BAD_PLUGIN,  /* a provider cannot be found or understood */
	ASTRO_DENIED,      /* the server, or the person, said no */
	ASTRO_EXPIRED,     /* not logged in, or no longer: log in again */
	ASTRO_UNREACHABLE, /* no usable answer from the server; try later */
	ASTRO_BAD_ANSWER,  /* an answer we could not understand */
	ASTRO_NOT_FOUND,   /* nothing known under that name */
	ASTRO_UNSUPPORTED, /* this provider does not do that */
	ASTRO_UNSAFE,      /* refused: certificate, signature, issuer, owner */
	ASTRO_TIMED_OUT,   /* nobody finished in time */
	ASTRO_STORE,       /* it cannot be kept */
	ASTRO_USAGE,       /* the command line asks for what makes no sense */
	ASTRO_NO_MEMORY,
	ASTRO_INTERNAL /* a bug in astro; please report it */
};

/* Opaque on this side of the fence.  Only host functions look inside. */
struct astro_core;
struct astro_error;
struct astro_settings;
struct astro_secret;
struct astro_credential;
struct astro_response;
struct astro_listing;

/* Opaque to the host.  Each provider defines its own; what open() makes of it
 * belongs to the provider, and close() frees it. */
struct astro_session;

enum astro_level { ASTRO_DEBUG, ASTRO_INFO, ASTRO_WARNING };

enum astro_echo { ASTRO_ECHO_ON, ASTRO_ECHO_OFF };

/*
 * One thing to ask the person.  Flags and tests answer in advance under KEY.
 * Keys with a flag of their own: "email", "username" (-u), "password"
 * (--password-stdin), "token" (-t), "organization", "workspace",
 * "client_id" and "scopes".  "client_secret" is answered with the one that is
 * stored with the context, and never asked for where there is none.
 */
struct astro_question {
	uint32_t size;     /* sizeof this struct, here and below */
	uint32_t echo;     /* enum astro_echo */
	const char *key;   /* "username" */
	const char *label; /* "Username", shown as it stands, then a blank */
	/* Taken on an empty answer.  NULL: an empty answer is one. */
	const char *fallback;
};

/* One row of a menu.  Frozen. */
struct astro_item {
	const char *id;   /* what an answer in advance names it by */
	const char *name; /* for people */
};

/* A menu.  An answer in advance under KEY names a row's id or its name. */
struct astro_menu {
	uint32_t size;
	uint32_t flags; /* none yet: 0 */
	const char *key;
	const char *label; /* "Choose a workspace" */
	const struct astro_item *items;
	size_t count;        /* 1 to 100000 */
	const char *current; /* id of the row to mark, or NULL */
};

/*
 * One form field, header or variable: TEXT, or a SECRET that every log shows
 * as "***".  Both NULL: the field is left out.  Frozen.
 */
struct astro_field {
	const char *name;
	const char *text;
	const struct astro_secret *secret;
};

/* How the fields of a request travel. */
enum astro_body {
	ASTRO_BODY_FORM,    /* application/x-www-form-urlencoded */
	ASTRO_BODY_JSON,    /* one JSON object of strings */
	ASTRO_BODY_GRAPHQL, /* {"query": QUERY, "variables": {fields}} */
	ASTRO_BODY_DOCUMENT /* QUERY is the whole JSON document */
};

/* For a request's flags. */
enum astro_request_flag {
	/* Texts that are whole numbers travel as such in JSON (GraphQL's Int).
	 */
	ASTRO_REQUEST_NUMBERS = 1,
	/* Only the status of a success counts: what its body is, JSON or not,
	 * is not looked at (RFC 7009, 2.2). */
	ASTRO_REQUEST_IGNORES_BODY = 2
};

/*
 * One request.  https, or http to a loopback address; redirects are never
 * followed.  METHOD NULL: GET without fields and query, otherwise POST.
 * HEADERS and FIELDS, 256 at most of each, are NULL where there are none.
 */
struct astro_request {
	uint32_t size;
	uint32_t timeout_ms; /* 0: 30 seconds */
	const char *method;
	const char *url;
	const struct astro_field *headers;
	size_t header_count;
	uint32_t body;  /* enum astro_body */
	uint32_t flags; /* enum astro_request_flag, or 0 */
	/* ASTRO_BODY_GRAPHQL and _DOCUMENT: constant text, never built.
	 * Otherwise NULL. */
	const char *query;
	const struct astro_field *fields;
	size_t field_count;
	const struct astro_secret *bearer; /* sent as a Bearer token, or NULL */
};

/* For a server's flags. */
enum astro_server_flag {
	/* Its answers to the browser name it: one without `iss` is refused
	 * (RFC 9207, 2.4). */
	ASTRO_SERVER_NAMES_ITSELF = 1,
	/* It takes an authorization request by its pushed endpoint only
	 * (RFC 9126, 5). */
	ASTRO_SERVER_WANTS_PUSHED = 2,
	/* It announces its jwks_uri: an id_token whose signature cannot be
	 * checked is refused, also where there are no keys (404). */
	ASTRO_SERVER_PUBLISHES_KEYS = 4
};

/*
 * An authorization server (RFC 8414, 2).  ISSUER and TOKEN_ENDPOINT are always
 * needed, AUTHORIZATION_ENDPOINT for authorize().  Any other that it does not
 * have is NULL, and what needs it does not take place.
 */
struct astro_server {
	uint32_t size;
	uint32_t flags; /* enum astro_server_flag, or 0 */
	/* The id_token's iss must be equal, byte for byte. */
	const char *issuer;
	const char *authorization_endpoint;
	const char *token_endpoint;
	const char *device_authorization_endpoint; /* RFC 8628, 4 */
	const char *pushed_authorization_endpoint; /* RFC 9126, 5 */
	const char *revocation_endpoint;           /* RFC 7009, 2 */
	/* Keys for the id_token's signature.  Where the server publishes none
	 * (404), its claims are still checked: the token came straight from
	 * the token endpoint over TLS (OpenID Connect Core, 3.1.3.7, 6). */
	const char *jwks_uri;
	/* What it announces to sign id_tokens with ("RS256 ES256"): any other
	 * is refused.  NULL: it announces nothing, and RS, PS and ES of 256,
	 * 384 and 512 bits and EdDSA are accepted, as they are at most. */
	const char *id_token_algorithms;
	/* Where the server publishes its metadata, for a provider that knows
	 * its endpoints without: asked, and held against the issuer, when a
	 * device code would be the way and there is no endpoint for it above.
	 * NULL: what is above is all. */
	const char *metadata_uri;
};

/* For a client's flags. */
enum astro_client_flag {
	/* Its secret goes into the form (RFC 6749, 2.3.1), for servers that do
	 * not take HTTP Basic. */
	ASTRO_CLIENT_POSTS_SECRET = 1,
	/* Its tokens are bound to a key made for this login (RFC 9449): no
	 * ordinary client can use such a token. */
	ASTRO_CLIENT_PROVES_POSSESSION = 2
};

/* Who asks: a native client (RFC 8252). */
struct astro_client {
	uint32_t size;
	uint32_t flags; /* enum astro_client_flag, or 0 */
	const char *id;
	const struct astro_secret *secret; /* NULL: a public client */
};

/*
 * A login by the authorization code grant (RFC 6749, 4.1) or, where the person
 * is at another device, the device grant (RFC 8628): what the host must know
 * to run it.
 */
struct astro_authorization {
	uint32_t size;
	uint32_t flags; /* none yet: 0 */
	const struct astro_server *server;
	const struct astro_client *client;
	const char *scope; /* NULL: none is sent */
	/* "http://localhost:12345/callback": host, port and path are taken
	 * from it; port 0 means any free one. */
	const char *redirect_uri;
	/* More parameters of the authorization request: audience, login_hint,
	 * prompt...  A `resource` is one of the token request, too (RFC 8707).
	 * NULL where there are none. */
	const struct astro_field *parameters;
	size_t parameter_count;
	/* Addresses (harmless GETs) of the hosts that will be asked next, 16 at
	 * most, or NULL: their connections are opened while the person is in
	 * the browser. */
	const char *const *warm;
	size_t warm_count;
};

/* A refresh (RFC 6749, 6): what the host must know to run it. */
struct astro_refresh {
	uint32_t size;
	uint32_t flags; /* none yet: 0 */
	const struct astro_server *server;
	const struct astro_client *client;
	const char *scope; /* NULL: as before */
	/* More parameters of the request (audience, resource...), or NULL. */
	const struct astro_field *parameters;
	size_t parameter_count;
};

/*
 * What the host does for a provider.  Every function may be called from any
 * operation, on the calling thread only, and never after close() returns.  The
 * table itself is the host's, and stays as it is until then: keep the pointer
 * that open() got.  A host of a later minor version has more functions at the
 * end; one of an earlier has fewer, which ASTRO_HAS() tells.
 *
 * Where nothing else is said: pointers are no NULL, ERR is filled in whenever
 * the status is not ASTRO_OK, and a call that makes no sense is
 * ASTRO_BAD_PLUGIN.
 */
struct astro_host {
	uint32_t size;
	uint16_t abi_major, abi_minor;
	struct astro_core *core; /* first argument of the calls below */

	/* Fill ERR and return STATUS: "return host->fail(err, ...)".  The
	 * message says what happened, in lower case, without a full stop; HINT
	 * says what to do now, or is NULL.  Both are copied, cleaned and
	 * masked.  What a call below has failed with is passed on as it is. */
	astro_result (*fail)(struct astro_error *err, enum astro_status status,
	                     const char *hint, const char *fmt, ...)
		ASTRO_PRINTF(4, 5);
	/* Shown with --verbose only (warnings always), secrets masked. */
	void (*log)(struct astro_core *, enum astro_level, const char *fmt, ...)
		ASTRO_PRINTF(3, 4);

	/* One line for the person, on standard error.  Control characters are
	 * made harmless. */
	void (*tell)(struct astro_core *, const char *fmt, ...)
		ASTRO_PRINTF(2, 3);
	/* True when an answer under KEY was given in advance (by a flag). */
	int (*has_answer)(struct astro_core *, const char *key);
	/* True when somebody is there to be asked.  An answer in advance is
	 * there all the same. */
	int (*can_ask)(struct astro_core *);
	/* *ANSWER is the caller's, for secret_free(), whatever was asked for;
	 * it may be empty.  ASTRO_DENIED at the end of input or where nobody
	 * can be asked, ASTRO_TIMED_OUT, ASTRO_CANCELLED. */
	astro_result (*ask)(struct astro_core *, const struct astro_question *,
	                    struct astro_secret **answer, struct astro_error *);
	/* *PICKED is the index of a row.  An unusable answer is asked again,
	 * three times in all, then ASTRO_NOT_FOUND; else as for ask(). */
	astro_result (*choose)(struct astro_core *, const struct astro_menu *,
	                       size_t *picked, struct astro_error *);
	/* Open URL in a browser.  A browser that is missing or fails is an
	 * error to report, never a reason to stop. */
	astro_result (*browse)(struct astro_core *, const char *url,
	                       struct astro_error *);

	/* A key of the context ("organization"), or of the whole file when it
	 * has a dot ("local.core", ".page_size"); "domain" is always there.
	 * Borrowed until close(); NULL when not set.  Secrets are not
	 * settings. */
	const char *(*setting)(const struct astro_settings *, const char *key);

	/* Secrets: copied in, locked where possible, wiped when freed.  LEN is
	 * at most 1 MiB, and may be 0.  secret_bytes() lends until the secret
	 * is freed, with a NUL behind; its LEN may be NULL, and a NULL secret
	 * is "". */
	astro_result (*secret_new)(struct astro_core *, const void *bytes,
	                           size_t len, struct astro_secret **out,
	                           struct astro_error *);
	const char *(*secret_bytes)(const struct astro_secret *, size_t *len);
	void (*secret_free)(struct astro_secret *);

	/*
	 * Ask a server.  ASTRO_OK means a JSON answer (object or array) of any
	 * status below 500 but 429, or an empty one of 204, 401, 403 or 404.
	 * No connection, 5xx and 429 are ASTRO_UNREACHABLE, an answer of
	 * another kind is ASTRO_BAD_ANSWER, a redirect, a bad certificate and
	 * plain http to another machine are ASTRO_UNSAFE.  *OUT is the
	 * caller's, for answer_free().
	 */
	astro_result (*http)(struct astro_core *, const struct astro_request *,
	                     struct astro_response **out, struct astro_error *);
	/* Several that do not need one another, at once: OUTS has COUNT places
	 * (64 at most), all NULL unless ASTRO_OK. */
	astro_result (*http_all)(struct astro_core *,
	                         const struct astro_request *const *requests,
	                         size_t count, struct astro_response **outs,
	                         struct astro_error *);
	/* The HTTP status.  A NULL response has 0, and none of what follows. */
	int (*answer_status)(const struct astro_response *);
	/* A KEY such as "user.id" steps inside, "items.0.id" into an array.
	 * answer_text() lends until answer_free(); NULL where there is no
	 * string. */
	const char *(*answer_text)(const struct astro_response *,
	                           const char *key);
	int64_t (*answer_number)(const struct astro_response *, const char *key,
	                         int64_t fallback);
	/* True for true, false for false, FALLBACK for anything else. */
	int (*answer_flag)(const struct astro_response *, const char *key,
	                   int fallback);
	/* Members of the array at KEY ("" is the answer itself); -1 where
	 * there is no array. */
	int64_t (*answer_count)(const struct astro_response *, const char *key);
	/* *OUT is a copy, for secret_free().  ASTRO_BAD_ANSWER where there is
	 * no string, or an empty one. */
	astro_result (*answer_secret)(const struct astro_response *,
	                              const char *key,
	                              struct astro_secret **out,
	                              struct astro_error *);
	/* What the server says went wrong, for people; never NULL, and lent
	 * until answer_free(). */
	const char *(*answer_reason)(const struct astro_response *);
	void (*answer_free)(struct astro_response *);

	/* Percent-encode one path segment or query value (RFC 3986, 2.1) into
	 * OUT, which has SIZE bytes with the NUL. */
	astro_result (*url_escape)(struct astro_core *, const char *text,
	                           char *out, size_t size,
	                           struct astro_error *);
	/* LEN bytes that nobody can guess. */
	astro_result (*random)(struct astro_core *, void *bytes, size_t len,
	                       struct astro_error *);
	/* Seconds since 1970. */
	int64_t (*now)(struct astro_core *);
	/* Like sleeping for MS milliseconds, but ^C (ASTRO_CANCELLED) and the
	 * login's own deadline (ASTRO_TIMED_OUT) end it. */
	astro_result (*wait)(struct astro_core *, uint32_t ms,
	                     struct astro_error *);

	/*
	 * A credential: secrets and plain text under the names of their
	 * fields.  By convention "access_token" and "refresh_token" are the
	 * secrets, "user_email" and "workspace" text.  There are 32 at most;
	 * what is to be kept has a name of a-z, 0-9 and _, 64 at most.  _set
	 * copies (NULL removes), _get and _text lend until the field is set
	 * again or the credential is freed, and are NULL where there is none.
	 * The time of expiry is 0 when not known.
	 */
	astro_result (*credential_new)(struct astro_core *,
	                               struct astro_credential **out,
	                               struct astro_error *);
	astro_result (*credential_set)(struct astro_credential *,
	                               const char *field,
	                               const struct astro_secret *,
	                               struct astro_error *);
	astro_result (*credential_set_text)(struct astro_credential *,
	                                    const char *field, const char *text,
	                                    struct astro_error *);
	const struct astro_secret *(*credential_get)(
		const struct astro_credential *, const char *field);
	const char *(*credential_text)(const struct astro_credential *,
	                               const char *field);
	void (*credential_expires)(struct astro_credential *,
	                           int64_t unix_time);
	int64_t (*credential_expiry)(const struct astro_credential *);
	/* A string claim of the id_token that authorize() or refresh() has
	 * verified, lent until the credential is freed; NULL where there is
	 * none. */
	const char *(*credential_claim)(const struct astro_credential *,
	                                const char *claim);
	void (*credential_free)(struct astro_credential *);

	/* The time in the exp claim of a JWT, unverified: a lifetime to show
	 * and to plan with, nothing to trust.  FALLBACK where there is none. */
	int64_t (*token_expiry)(struct astro_core *,
	                        const struct astro_secret *, int64_t fallback);

	/* Whether anybody could finish an authorize(): ASTRO_EXPIRED, with
	 * what to do instead, where there is neither a terminal nor a browser
	 * of the person's choice.  Before the first request to a server. */
	astro_result (*can_authorize)(struct astro_core *,
	                              struct astro_error *);
	/*
	 * The login, whole: the way to the person's browser chosen, PKCE with
	 * S256, state and nonce, callback, pasted address or device code,
	 * exchange, and the id_token's verification.  The credential has
	 * "access_token", "refresh_token" and "id_token" as far as the server
	 * gave them.
	 */
	astro_result (*authorize)(struct astro_core *,
	                          const struct astro_authorization *,
	                          struct astro_credential **out,
	                          struct astro_error *);

	/*
	 * The refresh grant, whole, with OLD's "refresh_token": asked once (and
	 * once more when the answer to what was sent is lost), the answer
	 * checked, an id_token in it verified and its `sub` held against OLD's
	 * text "subject".  *OUT has the new "access_token", and the
	 * "refresh_token" that counts from now on: the server's new one, else
	 * OLD's.  ASTRO_EXPIRED: the server takes the refresh token no more;
	 * ASTRO_DENIED: it refused for another reason; ASTRO_UNREACHABLE: OLD
	 * is still all there is.
	 */
	astro_result (*refresh)(struct astro_core *,
	                        const struct astro_refresh *,
	                        const struct astro_credential *old,
	                        struct astro_credential **out,
	                        struct astro_error *err);
	/*
	 * Take "refresh_token", then "access_token" back at the server (RFC
	 * 7009, 2); what happened to each is told to the person.
	 * ASTRO_UNSUPPORTED where the server has no revocation endpoint.
	 */
	astro_result (*revoke)(struct astro_core *, const struct astro_server *,
	                       const struct astro_client *,
	                       const struct astro_credential *,
	                       struct astro_error *err);

	/* Add one row to what workspaces() reports.  Copies.  NAME NULL: the ID
	 * serves as one. */
	astro_result (*list_add)(struct astro_listing *, const char *id,
	                         const char *name, struct astro_error *);

	/* Collect what is to be kept under the context; it is copied, and
	 * written, all at once, after close().  Called again, the later one
	 * counts. */
	astro_result (*store_put)(struct astro_core *,
	                          const struct astro_credential *,
	                          struct astro_error *);
	/* Drop what store_put() has collected: then nothing of the login is
	 * kept, and it fails. */
	astro_result (*store_erase)(struct astro_core *, struct astro_error *);

	/* True where Docker is installed or configured: without it there is
	 * nobody to log in to a registry for, and no reason to ask a server
	 * about one. */
	int (*has_docker)(struct astro_core *);
	/*
	 * A container registry that the login comes with: "registry.host" or
	 * "registry.host:port".  Once the login is kept, Docker gets USER and
	 * SECRET for it, through its credential helper or in its own file.
	 * With SECRET NULL the person has credentials for it: only that Docker
	 * has none is said.  What happens then never fails the login.  Called
	 * again, the later one counts.
	 */
	astro_result (*registry_login)(struct astro_core *,
	                               const char *registry, const char *user,
	                               const struct astro_secret *secret,
	                               struct astro_error *);

	/* This login is an account and nothing to send: it needs no
	 * "access_token", without which authenticate() has failed otherwise.
	 * Whoever wants a token of it finds none. */
	void (*credential_account_only)(struct astro_credential *);
};

/*
 * What a provider does.  open(), close() and authenticate() are required; the
 * rest may be NULL, which means "nothing to do here" or "use the default".
 *
 * The calls of a session, in this order:
 *     login             open prompt authenticate workspaces store close
 *     refresh           open refresh store close
 *     logout            open revoke end_session close
 *     workspace list    open workspaces close
 * The first one that fails is followed by close() alone; that revoke() has
 * failed is said, and the logout goes on.  Several sessions may be open at
 * once.  The table is constant, and read before anything is called:
 * a host of an earlier minor version does not look behind the members that it
 * knows.
 */
struct astro_provider {
	/* sizeof the whole table, as it was when the provider was built. */
	uint32_t size;
	/* ASTRO_ABI_MAJOR and ASTRO_ABI_MINOR, likewise. */
	uint16_t abi_major, abi_minor;
	/* The same as the file's stem: "oidc" for oidc.so; 1 to 32 of a-z, 0-9,
	 * _ and -.  No NULL. */
	const char *name;
	/* For people: "OpenID Connect"; at most 64 bytes.  NULL: the name. */
	const char *title;
	/* POSIX extended regular expressions, anchored, ended by NULL (64 at
	 * most, each shorter than 512 bytes): the domains that are this
	 * provider's without being told.  NULL: none. */
	const char *const *domains;

	/* Make a session.  Host and settings are lent until close() returns.
	 * *OUT is NULL after a failure, and close() is not called then. */
	astro_result (*open)(const struct astro_host *,
	                     const struct astro_settings *,
	                     struct astro_session **out, struct astro_error *);
	/* Free a session, and everything of it that was not handed over.
	 * Accepts NULL. */
	void (*close)(struct astro_session *);

	/* Ask the person for what authenticate() will need; may ask the
	 * server first what to ask.  NULL: nothing is to be asked. */
	astro_result (*prompt)(struct astro_session *, struct astro_error *);
	/* Earn a credential, with an "access_token" at least, or with
	 * credential_account_only().  The host frees *OUT. */
	astro_result (*authenticate)(struct astro_session *,
	                             struct astro_credential **out,
	                             struct astro_error *);
	/* List what the account may select from with list_add().  NULL: this
	 * product has no workspaces.  The host selects one, and puts it into
	 * the credential as "workspace" and "last_used_workspace".  The
	 * credential is a stored one where nobody has just logged in. */
	astro_result (*workspaces)(struct astro_session *,
	                           const struct astro_credential *,
	                           struct astro_listing *,
	                           struct astro_error *);
	/* Keep it: store_put() what the file shall hold.  NULL: the host
	 * stores the access and the refresh token, the client's secret, every
	 * text as it stands and the time of expiry, and of a verified id_token
	 * "subject" and "user_email" where they are not set. */
	astro_result (*store)(struct astro_session *,
	                      const struct astro_credential *,
	                      struct astro_error *);
	/* Trade an old credential for a new one, with host->refresh() where it
	 * is OAuth.  Nobody can be asked.  What store() then keeps of it
	 * replaces the old tokens.  The host frees *OUT.  NULL: log in again.
	 */
	astro_result (*refresh)(struct astro_session *,
	                        const struct astro_credential *old,
	                        struct astro_credential **out,
	                        struct astro_error *);
	/* Tell the server to forget it, with host->revoke() where it is OAuth.
	 * NULL: forgetting locally is enough. */
	astro_result (*revoke)(struct astro_session *,
	                       const struct astro_credential *,
	                       struct astro_error *);
	/* End the person's session at the server as well, which the browser
	 * holds, with host->browse(); the person asked for it by a flag.
	 * May follow revoke(); there may be no login.  ASTRO_UNSUPPORTED where
	 * the server offers no such thing.  NULL: the product has none. */
	astro_result (*end_session)(struct astro_session *,
	                            struct astro_error *);
};

extern ASTRO_EXPORT const struct astro_provider astro_provider_v1;

#ifdef __cplusplus
}
#endif

#endif
