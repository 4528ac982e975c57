/* SPDX-License-Identifier: Apache-2.0 */
/* What kubectl asks in KUBERNETES_EXEC_INFO. */
#ifndef CORE_CLI_CREDENTIAL_EXEC_INFO_H
#define CORE_CLI_CREDENTIAL_EXEC_INFO_H

#include <stdbool.h>

#include <astro/provider.h>

#include "host.h"

struct exec_info {
	const char *version; /* the apiVersion to answer in */
	bool has_server;     /* provideClusterInfo */
	char server[HOST_SIZE];
};

/*
 * Read TEXT, NULL or "" where kubectl says nothing: version v1 then.
 * ASTRO_BAD_CONFIG: no ExecCredential, or one of a version that is not known
 * here; ASTRO_UNSAFE: a server without https.
 */
int exec_info_read(const char *text, struct exec_info *out,
                   struct astro_error *err);

#endif
