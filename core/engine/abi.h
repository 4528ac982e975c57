/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What providers fill in, as far as they knew it when they were built: a struct
 * may be shorter than ours (an older provider) or longer (a newer one).  Here
 * alone sizes are looked at; below this every struct is as this version has it.
 */
#ifndef CORE_ENGINE_ABI_H
#define CORE_ENGINE_ABI_H

#include <astro/provider.h>

/* An authorization and what it points to. */
struct abi_authorization {
	struct astro_authorization asked;
	struct astro_server server;
	struct astro_client client;
};
struct abi_refresh {
	struct astro_refresh asked;
	struct astro_server server;
	struct astro_client client;
};

/*
 * Copy GIVEN to *KNOWN: members that it is too short for are 0, what is behind
 * those that we know is not looked at.  Texts stay GIVEN's.  NULL, or what is
 * wrong with it ("astro_question.label is NULL", a constant): no struct at all,
 * one shorter than in version 1.0, a flag that we do not know, a member missing
 * that has to be there.
 */
const char *abi_question(const struct astro_question *given,
                         struct astro_question *known);
const char *abi_menu(const struct astro_menu *given, struct astro_menu *known);
const char *abi_server(const struct astro_server *given,
                       struct astro_server *known);
const char *abi_client(const struct astro_client *given,
                       struct astro_client *known);
const char *abi_authorization(const struct astro_authorization *given,
                              struct abi_authorization *known);
const char *abi_refresh(const struct astro_refresh *given,
                        struct abi_refresh *known);
/* The same, judged only: request_init() copies what it knows. */
const char *abi_request(const struct astro_request *given);
/* COUNT fields have names, and one value each at most. */
const char *abi_fields(const struct astro_field *fields, size_t count);

#endif
