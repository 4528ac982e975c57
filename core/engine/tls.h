/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to trust, and what to say of a certificate that is not good. */
#ifndef CORE_ENGINE_TLS_H
#define CORE_ENGINE_TLS_H

#include <stdbool.h>

#include <astro/provider.h>

#include "text.h"

/* The system's certificate authorities, and those of SSL_CERT_FILE and
 * SSL_CERT_DIR. */
struct authorities {
	struct text folders; /* hashed, ":" between; empty: none */
	const char *file;    /* the system's bundle, if it must be read */
	struct text bundle;  /* more certificates, in PEM; empty: none */
};

/*
 * SYSTEM_FILE and SYSTEM_FOLDER are those that the TLS library was built for
 * (kept, may be NULL).  The folder is preferred: its bundle costs 28 ms for
 * every connection.  ASTRO_BAD_CONFIG names a variable that makes no sense.
 * Cleared with authorities_clear(), whatever the status.
 */
int authorities_find(const char *system_file, const char *system_folder,
                     struct authorities *out, struct astro_error *err);
void authorities_clear(struct authorities *authorities);
bool authorities_are_none(const struct authorities *authorities);

/* ASTRO_UNSAFE with a sentence for OpenSSL's verification RESULT; DETAIL is
 * the library's own text. */
int tls_certificate_fault(const char *host, long result, const char *detail,
                          bool no_authorities, struct astro_error *err);

#endif
