/* SPDX-License-Identifier: Apache-2.0 */
/* What git asks a credential helper (gitcredentials(7), git-credential(1)). */
#ifndef CORE_CLI_CREDENTIAL_GIT_REQUEST_H
#define CORE_CLI_CREDENTIAL_GIT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "host.h"

enum { GIT_LINE_MAX = 65535, GIT_USERNAME_SIZE = 1024 };

struct git_request {
	bool is_https;                    /* anything else gets no token */
	char host[HOST_SIZE];             /* as host_read() gives it */
	char username[GIT_USERNAME_SIZE]; /* "": any */
	bool takes_authtype;              /* git 2.46 and later */
};

/*
 * Read lines "key=value" up to an empty one or the end.  Unknown keys are left
 * out.  ASTRO_USAGE for whatever could mean two things: no protocol or host,
 * an empty one or two of them, a host that is none, a line without "=", without
 * an end or longer than GIT_LINE_MAX, NUL or CR anywhere (CVE-2020-5260,
 * CVE-2020-11008, CVE-2024-52006).  Messages repeat no value.
 */
int git_request_read(const char *bytes, size_t len, struct git_request *out,
                     struct astro_error *err);

#endif
