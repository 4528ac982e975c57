/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests. */
#include "authority.h"

#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct authority {
	EVP_PKEY *key;
	X509 *certificate;
	long serial;
};

static void add_extension(X509 *certificate, X509 *issuer, int kind,
                          const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	ck_assert_ptr_nonnull(extension);
	ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *make(EVP_PKEY *key, const char *name, long serial, long from,
                  long until)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);

	(void)X509_set_version(certificate, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
	(void)X509_gmtime_adj(X509_getm_notBefore(certificate), from);
	(void)X509_gmtime_adj(X509_getm_notAfter(certificate), until);
	(void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	                                 (const unsigned char *)name, -1, -1,
	                                 0);
	ck_assert_int_eq(X509_set_pubkey(certificate, key), 1);
	return certificate;
}

static void write_certificate(const char *path, X509 *certificate)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
	ck_assert_int_eq(fclose(file), 0);
}

struct authority *authority_new(const char *folder)
{
	struct authority *authority = calloc(1, sizeof(*authority));
	char path[500];
	X509 *own;

	authority->key = EVP_EC_gen("P-256");
	own = make(authority->key, "Test Authority", 1, -86400, 86400);
	authority->certificate = own;
	(void)X509_set_issuer_name(own, X509_get_subject_name(own));
	add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
	ck_assert_int_gt(X509_sign(own, authority->key, EVP_sha256()), 0);

	(void)snprintf(path, sizeof(path), "%s/authority.pem", folder);
	write_certificate(path, own);
	(void)snprintf(path, sizeof(path), "%s/hashed", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/hashed/%08lx.0", folder,
	               X509_subject_name_hash(own));
	write_certificate(path, own);
	return authority;
}

void authority_free(struct authority *authority)
{
	EVP_PKEY_free(authority->key);
	X509_free(authority->certificate);
	free(authority);
}

SSL_CTX *authority_server(struct authority *authority,
                          const struct certificate *wanted)
{
	EVP_PKEY *key =
		wanted->is_weak ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256");
	X509 *leaf = make(key, "Test Server", ++authority->serial + 1,
	                  wanted->from, wanted->until);
	X509 *issuer = wanted->self_signed ? leaf : authority->certificate;
	SSL_CTX *server = SSL_CTX_new(TLS_server_method());

	(void)X509_set_issuer_name(leaf, X509_get_subject_name(issuer));
	add_extension(leaf, issuer, NID_subject_alt_name, wanted->name);
	ck_assert_int_gt(X509_sign(leaf,
	                           wanted->self_signed ? key : authority->key,
	                           EVP_sha256()),
	                 0);
	/* The server's own library is not under test. */
	SSL_CTX_set_security_level(server, 0);
	if (wanted->newest != 0)
		(void)SSL_CTX_set_max_proto_version(server, wanted->newest);
	ck_assert_int_eq(SSL_CTX_use_certificate(server, leaf), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(server, key), 1);
	X509_free(leaf);
	EVP_PKEY_free(key);
	return server;
}
