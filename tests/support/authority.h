/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate authority made on the spot, and servers certified by it. */
#ifndef TESTS_SUPPORT_AUTHORITY_H
#define TESTS_SUPPORT_AUTHORITY_H

#include <openssl/ssl.h>
#include <stdbool.h>

/* Asserts everything.  Its files are in FOLDER: "authority.pem", and the same
 * in "hashed/" under the name that OpenSSL looks for. */
struct authority;
struct authority *authority_new(const char *folder);
void authority_free(struct authority *authority);

struct certificate {
	const char *name; /* as in "DNS:localhost" */
	long from, until; /* seconds from now */
	bool self_signed;
	bool is_weak; /* an RSA key of 1024 bits */
	int newest;   /* the newest TLS version, 0: any */
};
SSL_CTX *authority_server(struct authority *authority,
                          const struct certificate *certificate);

#endif
