/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may be given a token: a host that a context names, byte for byte, and
 * nobody else.
 */
#ifndef CORE_CLI_CREDENTIAL_HOST_H
#define CORE_CLI_CREDENTIAL_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"

enum { HOST_SIZE = 272 }; /* a name, or an address in brackets, and a port */

/* Which host a context has without naming it. */
enum host_own {
	HOST_DOMAIN,  /* its own domain, or the host of its issuer */
	HOST_REGISTRY /* registry.DOMAIN of an APC (protocol.md, 5.5) */
};

/*
 * "HOST" or "HOST:PORT", LEN bytes, in lower case into OUT of HOST_SIZE bytes.
 * False when it is anything else: a user, a path, a percent sign, a control
 * character, a part of the name that is empty.  ":443" is not "": exact means
 * exact.
 */
bool host_read(const char *text, size_t len, char *out);
/* The host of an https address, whatever path follows; false as above, for
 * other schemes too. */
bool host_of_url(const char *url, char *out);

/* The hosts of CONTEXT: its OWN one, then those under `hosts:`. */
struct host_list {
	const struct context *context;
	enum host_own own;
	bool is_begun;
	struct context_words words;
};
void host_list(const struct context *context, enum host_own own,
               struct host_list *list);
bool host_list_next(struct host_list *list, char *out);
bool host_is_of(const struct context *context, enum host_own own,
                const char *host);

#endif
