/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_HOST_H
#define CORE_ENGINE_HOST_H

#include <astro/provider.h>

enum { HOST_ROWS_MAX = 100000 };

struct listing_row {
	char *id, *name;
};
struct astro_listing {
	struct listing_row *rows;
	size_t count;
};
void listing_clear(struct astro_listing *listing);

/* Fill HOST with the functions of this engine, for CORE. */
void host_fill(struct astro_host *host, struct astro_core *core);

/* Its parts. */
void host_fill_answers(struct astro_host *host);
void host_fill_credentials(struct astro_host *host);
/* The provider called FUNCTION as it must not; FAULT is abi.h's, or NULL. */
int host_misuse(struct astro_error *err, const char *function,
                const char *fault);

#endif
