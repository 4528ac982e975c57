/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the functions of version 1.0 take and give.  layout.c holds where they
 * are; another argument would not move them.  No line here ever changes: what
 * is appended gets new ones.
 */
#include <astro/provider.h>

#define TYPE(type, member, expected)                                           \
	_Static_assert(__builtin_types_compatible_p(                           \
			       __typeof__(((type *)NULL)->member), expected),  \
	               #type "." #member " is of another type")

TYPE(struct astro_host, fail,
     int (*)(struct astro_error *, enum astro_status, const char *,
             const char *, ...));
TYPE(struct astro_host, log,
     void (*)(struct astro_core *, enum astro_level, const char *, ...));
TYPE(struct astro_host, tell, void (*)(struct astro_core *, const char *, ...));
TYPE(struct astro_host, has_answer, int (*)(struct astro_core *, const char *));
TYPE(struct astro_host, can_ask, int (*)(struct astro_core *));
TYPE(struct astro_host, ask,
     int (*)(struct astro_core *, const struct astro_question *,
             struct astro_secret **, struct astro_error *));
TYPE(struct astro_host, choose,
     int (*)(struct astro_core *, const struct astro_menu *, size_t *,
             struct astro_error *));
TYPE(struct astro_host, browse,
     int (*)(struct astro_core *, const char *, struct astro_error *));
TYPE(struct astro_host, setting,
     const char *(*)(const struct astro_settings *, const char *));
TYPE(struct astro_host, secret_new,
     int (*)(struct astro_core *, const void *, size_t, struct astro_secret **,
             struct astro_error *));
TYPE(struct astro_host, secret_bytes,
     const char *(*)(const struct astro_secret *, size_t *));
TYPE(struct astro_host, secret_free, void (*)(struct astro_secret *));
TYPE(struct astro_host, http,
     int (*)(struct astro_core *, const struct astro_request *,
             struct astro_response **, struct astro_error *));
TYPE(struct astro_host, http_all,
     int (*)(struct astro_core *, const struct astro_request *const *, size_t,
             struct astro_response **, struct astro_error *));
TYPE(struct astro_host, answer_status, int (*)(const struct astro_response *));
TYPE(struct astro_host, answer_text,
     const char *(*)(const struct astro_response *, const char *));
TYPE(struct astro_host, answer_number,
     int64_t (*)(const struct astro_response *, const char *, int64_t));
TYPE(struct astro_host, answer_flag,
     int (*)(const struct astro_response *, const char *, int));
TYPE(struct astro_host, answer_count,
     int64_t (*)(const struct astro_response *, const char *));
TYPE(struct astro_host, answer_secret,
     int (*)(const struct astro_response *, const char *,
             struct astro_secret **, struct astro_error *));
TYPE(struct astro_host, answer_reason,
     const char *(*)(const struct astro_response *));
TYPE(struct astro_host, answer_free, void (*)(struct astro_response *));
TYPE(struct astro_host, url_escape,
     int (*)(struct astro_core *, const char *, char *, size_t,
             struct astro_error *));
TYPE(struct astro_host, random,
     int (*)(struct astro_core *, void *, size_t, struct astro_error *));
TYPE(struct astro_host, now, int64_t (*)(struct astro_core *));
TYPE(struct astro_host, wait,
     int (*)(struct astro_core *, uint32_t, struct astro_error *));
TYPE(struct astro_host, credential_new,
     int (*)(struct astro_core *, struct astro_credential **,
             struct astro_error *));
TYPE(struct astro_host, credential_set,
     int (*)(struct astro_credential *, const char *,
             const struct astro_secret *, struct astro_error *));
TYPE(struct astro_host, credential_set_text,
     int (*)(struct astro_credential *, const char *, const char *,
             struct astro_error *));
TYPE(struct astro_host, credential_get,
     const struct astro_secret *(*)(const struct astro_credential *,
                                    const char *));
TYPE(struct astro_host, credential_text,
     const char *(*)(const struct astro_credential *, const char *));
TYPE(struct astro_host, credential_expires,
     void (*)(struct astro_credential *, int64_t));
TYPE(struct astro_host, credential_expiry,
     int64_t (*)(const struct astro_credential *));
TYPE(struct astro_host, credential_claim,
     const char *(*)(const struct astro_credential *, const char *));
TYPE(struct astro_host, credential_free, void (*)(struct astro_credential *));
TYPE(struct astro_host, token_expiry,
     int64_t (*)(struct astro_core *, const struct astro_secret *, int64_t));
TYPE(struct astro_host, can_authorize,
     int (*)(struct astro_core *, struct astro_error *));
TYPE(struct astro_host, authorize,
     int (*)(struct astro_core *, const struct astro_authorization *,
             struct astro_credential **, struct astro_error *));
TYPE(struct astro_host, refresh,
     int (*)(struct astro_core *, const struct astro_refresh *,
             const struct astro_credential *, struct astro_credential **,
             struct astro_error *));
TYPE(struct astro_host, revoke,
     int (*)(struct astro_core *, const struct astro_server *,
             const struct astro_client *, const struct astro_credential *,
             struct astro_error *));
TYPE(struct astro_host, list_add,
     int (*)(struct astro_listing *, const char *, const char *,
             struct astro_error *));
TYPE(struct astro_host, store_put,
     int (*)(struct astro_core *, const struct astro_credential *,
             struct astro_error *));
TYPE(struct astro_host, store_erase,
     int (*)(struct astro_core *, struct astro_error *));
TYPE(struct astro_host, has_docker, int (*)(struct astro_core *));
TYPE(struct astro_host, registry_login,
     int (*)(struct astro_core *, const char *, const char *,
             const struct astro_secret *, struct astro_error *));
TYPE(struct astro_host, credential_account_only,
     void (*)(struct astro_credential *));

TYPE(struct astro_provider, open,
     int (*)(const struct astro_host *, const struct astro_settings *,
             struct astro_session **, struct astro_error *));
TYPE(struct astro_provider, close, void (*)(struct astro_session *));
TYPE(struct astro_provider, prompt,
     int (*)(struct astro_session *, struct astro_error *));
TYPE(struct astro_provider, authenticate,
     int (*)(struct astro_session *, struct astro_credential **,
             struct astro_error *));
TYPE(struct astro_provider, workspaces,
     int (*)(struct astro_session *, const struct astro_credential *,
             struct astro_listing *, struct astro_error *));
TYPE(struct astro_provider, store,
     int (*)(struct astro_session *, const struct astro_credential *,
             struct astro_error *));
TYPE(struct astro_provider, refresh,
     int (*)(struct astro_session *, const struct astro_credential *,
             struct astro_credential **, struct astro_error *));
TYPE(struct astro_provider, revoke,
     int (*)(struct astro_session *, const struct astro_credential *,
             struct astro_error *));
TYPE(struct astro_provider, end_session,
     int (*)(struct astro_session *, struct astro_error *));
