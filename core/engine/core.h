/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the engine: what the host's functions look inside. */
#ifndef CORE_ENGINE_CORE_H
#define CORE_ENGINE_CORE_H

#include <stdint.h>

#include <astro/provider.h>

#include "context.h"
#include "engine.h"
#include "loader.h"

struct drive;
struct exec_program;
struct http;
struct proved;
struct registry;
struct spend;

struct astro_settings {
	const struct config *config;
	const struct context *context; /* NULL when it is not stored yet */
	const char *name;              /* the context's canonical name */
};

struct astro_core {
	const struct engine_job *job;
	struct astro_settings settings;
	struct http *http;
	struct proved *proved; /* NULL unless requests are proven */
	struct drive *drive;   /* NULL unless another program drives */
	/* What store_put() collected; written after close(). */
	struct astro_credential *kept;
	/* What registry_login() collected; given to Docker after the write. */
	struct registry *registry;
	/* The provider's, where it is a program; lent by the loader. */
	struct exec_program *program;
	/* Tokens of which revoke_tokens() has reported what became of them. */
	size_t revocations_told;
	int report_fd;
	/* The refresh token that is being spent, or NULL. */
	struct spend *spend;

	/* The stored client_secret, as an answer in advance. */
	struct engine_answer client_secret;
	struct astro_secret *client_secret_bytes;

	/* Owned, and cleared by core_close(). */
	struct paths paths;
	struct config *config;
	struct loader_folders folders;
	struct astro_host host;
	/* What turn.c stands in front of, and the lines that the provider has
	 * had shown. */
	struct astro_host waiting;
	size_t line_count;
	/* What trace.c stands in front of. */
	const struct astro_provider *traced;
	struct astro_provider trace_table;
};

/* Find and read the context file; everything but http. */
int core_open(struct astro_core *core, const struct engine_job *job,
              int report_fd, struct astro_error *err);
/* Read the context file anew; the settings are those of the new reading.  After
 * an error everything is as it was. */
int core_reload(struct astro_core *core, struct astro_error *err);
/* Make core->http, by the rules for PROVIDER, unless it is there. */
int core_connect(struct astro_core *core, const char *provider,
                 struct astro_error *err);
/* The secret that the client has with its server, from wherever it is kept; it
 * is taken over, and may be NULL. */
void core_know_client_secret(struct astro_core *core,
                             struct astro_secret *secret);
/* The same of a stored login, where none is known; NULL and one without are
 * fine. */
int core_learn_login(struct astro_core *core,
                     const struct astro_credential *login,
                     struct astro_error *err);
/* Accepts a zeroed core. */
void core_close(struct astro_core *core);

/* An answer given in advance, or NULL. */
const struct engine_answer *core_answer(const struct astro_core *core,
                                        const char *key);
/* True when the person can be asked: a terminal, and no --no-input. */
bool core_can_ask(const struct astro_core *core);
/* ASTRO_DENIED: WHAT ("Username") would have to be asked for.  The hint names
 * the flag that answers KEY in advance. */
int core_refuse_asking(const char *key, const char *what,
                       struct astro_error *err);
/*
 * The row of ITEMS that the answer under KEY names: its id, else its name.
 * ASTRO_NOT_FOUND when none is, or when the name is that of several.
 */
int core_match(const struct engine_answer *answer,
               const struct astro_item *items, size_t count, size_t *picked,
               struct astro_error *err);

#endif
