/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each member lies, on the 64-bit machines that we build for.  Providers
 * are built once and loaded for years: moving a member, or inserting one, must
 * not compile.  Members are appended, at the end, and so are lines here.
 */
#include <astro/provider.h>

#define AT(type, member, offset)                                               \
	_Static_assert(offsetof(type, member) == (offset),                     \
	               #type "." #member " has moved")
#define SIZE(type, size)                                                       \
	_Static_assert(sizeof(type) == (size), #type " has another size")

/* The numbers are part of the contract as well. */
_Static_assert(ASTRO_OK == 0 && ASTRO_CANCELLED == 1 && ASTRO_BAD_CONFIG == 2 &&
                       ASTRO_BAD_PLUGIN == 3 && ASTRO_DENIED == 4 &&
                       ASTRO_EXPIRED == 5 && ASTRO_UNREACHABLE == 6 &&
                       ASTRO_BAD_ANSWER == 7 && ASTRO_NOT_FOUND == 8 &&
                       ASTRO_UNSUPPORTED == 9 && ASTRO_UNSAFE == 10 &&
                       ASTRO_TIMED_OUT == 11 && ASTRO_STORE == 12 &&
                       ASTRO_USAGE == 13 && ASTRO_NO_MEMORY == 14 &&
                       ASTRO_INTERNAL == 15,
               "a status has another number");
_Static_assert(ASTRO_DEBUG == 0 && ASTRO_INFO == 1 && ASTRO_WARNING == 2,
               "a level has another number");
_Static_assert(ASTRO_ECHO_ON == 0 && ASTRO_ECHO_OFF == 1,
               "an echo has another number");
_Static_assert(ASTRO_BODY_FORM == 0 && ASTRO_BODY_JSON == 1 &&
                       ASTRO_BODY_GRAPHQL == 2 && ASTRO_BODY_DOCUMENT == 3,
               "a body has another number");
_Static_assert(ASTRO_REQUEST_NUMBERS == 1 && ASTRO_REQUEST_IGNORES_BODY == 2 &&
                       ASTRO_SERVER_NAMES_ITSELF == 1 &&
                       ASTRO_SERVER_WANTS_PUSHED == 2 &&
                       ASTRO_SERVER_PUBLISHES_KEYS == 4 &&
                       ASTRO_CLIENT_POSTS_SECRET == 1 &&
                       ASTRO_CLIENT_PROVES_POSSESSION == 2,
               "a flag has another number");

AT(struct astro_question, size, 0);
AT(struct astro_question, echo, 4);
AT(struct astro_question, key, 8);
AT(struct astro_question, label, 16);
AT(struct astro_question, fallback, 24);
SIZE(struct astro_question, 32);

AT(struct astro_item, id, 0);
AT(struct astro_item, name, 8);
SIZE(struct astro_item, 16);

AT(struct astro_menu, size, 0);
AT(struct astro_menu, flags, 4);
AT(struct astro_menu, key, 8);
AT(struct astro_menu, label, 16);
AT(struct astro_menu, items, 24);
AT(struct astro_menu, count, 32);
AT(struct astro_menu, current, 40);
SIZE(struct astro_menu, 48);

AT(struct astro_field, name, 0);
AT(struct astro_field, text, 8);
AT(struct astro_field, secret, 16);
SIZE(struct astro_field, 24);

AT(struct astro_request, size, 0);
AT(struct astro_request, timeout_ms, 4);
AT(struct astro_request, method, 8);
AT(struct astro_request, url, 16);
AT(struct astro_request, headers, 24);
AT(struct astro_request, header_count, 32);
AT(struct astro_request, body, 40);
AT(struct astro_request, flags, 44);
AT(struct astro_request, query, 48);
AT(struct astro_request, fields, 56);
AT(struct astro_request, field_count, 64);
AT(struct astro_request, bearer, 72);
SIZE(struct astro_request, 80);

AT(struct astro_server, size, 0);
AT(struct astro_server, flags, 4);
AT(struct astro_server, issuer, 8);
AT(struct astro_server, authorization_endpoint, 16);
AT(struct astro_server, token_endpoint, 24);
AT(struct astro_server, device_authorization_endpoint, 32);
AT(struct astro_server, pushed_authorization_endpoint, 40);
AT(struct astro_server, revocation_endpoint, 48);
AT(struct astro_server, jwks_uri, 56);
AT(struct astro_server, id_token_algorithms, 64);
AT(struct astro_server, metadata_uri, 72);
SIZE(struct astro_server, 80);

AT(struct astro_client, size, 0);
AT(struct astro_client, flags, 4);
AT(struct astro_client, id, 8);
AT(struct astro_client, secret, 16);
SIZE(struct astro_client, 24);

AT(struct astro_authorization, size, 0);
AT(struct astro_authorization, flags, 4);
AT(struct astro_authorization, server, 8);
AT(struct astro_authorization, client, 16);
AT(struct astro_authorization, scope, 24);
AT(struct astro_authorization, redirect_uri, 32);
AT(struct astro_authorization, parameters, 40);
AT(struct astro_authorization, parameter_count, 48);
AT(struct astro_authorization, warm, 56);
AT(struct astro_authorization, warm_count, 64);
SIZE(struct astro_authorization, 72);

AT(struct astro_refresh, size, 0);
AT(struct astro_refresh, flags, 4);
AT(struct astro_refresh, server, 8);
AT(struct astro_refresh, client, 16);
AT(struct astro_refresh, scope, 24);
AT(struct astro_refresh, parameters, 32);
AT(struct astro_refresh, parameter_count, 40);
SIZE(struct astro_refresh, 48);

AT(struct astro_host, size, 0);
AT(struct astro_host, abi_major, 4);
AT(struct astro_host, abi_minor, 6);
AT(struct astro_host, core, 8);
AT(struct astro_host, fail, 16);
AT(struct astro_host, log, 24);
AT(struct astro_host, tell, 32);
AT(struct astro_host, has_answer, 40);
AT(struct astro_host, can_ask, 48);
AT(struct astro_host, ask, 56);
AT(struct astro_host, choose, 64);
AT(struct astro_host, browse, 72);
AT(struct astro_host, setting, 80);
AT(struct astro_host, secret_new, 88);
AT(struct astro_host, secret_bytes, 96);
AT(struct astro_host, secret_free, 104);
AT(struct astro_host, http, 112);
AT(struct astro_host, http_all, 120);
AT(struct astro_host, answer_status, 128);
AT(struct astro_host, answer_text, 136);
AT(struct astro_host, answer_number, 144);
AT(struct astro_host, answer_flag, 152);
AT(struct astro_host, answer_count, 160);
AT(struct astro_host, answer_secret, 168);
AT(struct astro_host, answer_reason, 176);
AT(struct astro_host, answer_free, 184);
AT(struct astro_host, url_escape, 192);
AT(struct astro_host, random, 200);
AT(struct astro_host, now, 208);
AT(struct astro_host, wait, 216);
AT(struct astro_host, credential_new, 224);
AT(struct astro_host, credential_set, 232);
AT(struct astro_host, credential_set_text, 240);
AT(struct astro_host, credential_get, 248);
AT(struct astro_host, credential_text, 256);
AT(struct astro_host, credential_expires, 264);
AT(struct astro_host, credential_expiry, 272);
AT(struct astro_host, credential_claim, 280);
AT(struct astro_host, credential_free, 288);
AT(struct astro_host, token_expiry, 296);
AT(struct astro_host, can_authorize, 304);
AT(struct astro_host, authorize, 312);
AT(struct astro_host, refresh, 320);
AT(struct astro_host, revoke, 328);
AT(struct astro_host, list_add, 336);
AT(struct astro_host, store_put, 344);
AT(struct astro_host, store_erase, 352);
AT(struct astro_host, has_docker, 360);
AT(struct astro_host, registry_login, 368);
AT(struct astro_host, credential_account_only, 376);
SIZE(struct astro_host, 384);

AT(struct astro_provider, size, 0);
AT(struct astro_provider, abi_major, 4);
AT(struct astro_provider, abi_minor, 6);
AT(struct astro_provider, name, 8);
AT(struct astro_provider, title, 16);
AT(struct astro_provider, domains, 24);
AT(struct astro_provider, open, 32);
AT(struct astro_provider, close, 40);
AT(struct astro_provider, prompt, 48);
AT(struct astro_provider, authenticate, 56);
AT(struct astro_provider, workspaces, 64);
AT(struct astro_provider, store, 72);
AT(struct astro_provider, refresh, 80);
AT(struct astro_provider, revoke, 88);
AT(struct astro_provider, end_session, 96);
SIZE(struct astro_provider, 104);
