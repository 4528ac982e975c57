/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate authorities, and sentences about certificates. */
#include "tls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"

enum { BUNDLE_MAX = 16 * 1024 * 1024, HASH_LEN = 8 };

/* Names that c_rehash gives: "5ed36f99.0". */
static bool has_hash_links(const char *folder)
{
	DIR *dir = folder != NULL ? opendir(folder) : NULL;
	const struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL)
		found = strspn(entry->d_name, "0123456789abcdef") == HASH_LEN &&
		        strcmp(entry->d_name + HASH_LEN, ".0") == 0;
	(void)closedir(dir);
	return found;
}

static int fault(struct astro_error *err, const char *variable,
                 const char *path, const char *what)
{
	char hint[64];

	(void)snprintf(hint, sizeof(hint), "correct or unset %s", variable);
	return error_set(err, ASTRO_BAD_CONFIG, hint, "%s: %s: %s", variable,
	                 path, what);
}

static int add_folders(struct authorities *out, const char *list,
                       struct astro_error *err)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ":");
		struct stat facts;
		char *folder = strndup(list, len);
		bool ok;

		if (folder == NULL)
			return error_no_memory(err);
		if (len > 0 &&
		    (stat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode) ||
		     access(folder, R_OK | X_OK) != 0)) {
			(void)fault(err, "SSL_CERT_DIR", folder,
			            "no folder that can be read");
			free(folder);
			return ASTRO_BAD_CONFIG;
		}
		ok = len == 0 || ((out->folders.len == 0 ||
		                   text_add(&out->folders, ":", 1)) &&
		                  text_add(&out->folders, folder, len));
		free(folder);
		if (!ok)
			return error_no_memory(err);
		list += len + (list[len] == ':');
	}
	return ASTRO_OK;
}

/* NULL, or why PATH cannot be added to TEXT. */
static const char *read_whole(const char *path, struct text *text)
{
	char bytes[16384];
	const char *why = NULL;
	struct stat facts;
	ssize_t got;
	/* A FIFO must not make us wait for its writer. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
		(void)close(fd);
		return "no regular file";
	}
	while (why == NULL && (got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno != EINTR)
			why = strerror(errno);
		else if (got > 0 && !text_add(text, bytes, (size_t)got))
			why = "more than 16 MiB";
	}
	(void)close(fd);
	return why;
}

static bool has_certificate(const struct text *text)
{
	BIO *bio = BIO_new_mem_buf(text->bytes, (int)text->len);
	X509 *certificate =
		bio != NULL ? PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)
			    : NULL;
	bool found = certificate != NULL;

	X509_free(certificate);
	BIO_free(bio);
	return found;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat facts, others;

	return a != NULL && b != NULL && stat(a, &facts) == 0 &&
	       stat(b, &others) == 0 && facts.st_dev == others.st_dev &&
	       facts.st_ino == others.st_ino;
}

static int add_file(struct authorities *out, const char *path,
                    const char *system_file, struct astro_error *err)
{
	const char *why;

	/* Often it just names the system's own. */
	if (is_same_file(path, system_file))
		return ASTRO_OK;
	why = read_whole(path, &out->bundle);
	if (why == NULL && !has_certificate(&out->bundle))
		why = "it holds no certificate";
	if (why != NULL)
		return fault(err, "SSL_CERT_FILE", path, why);
	if (out->file == NULL)
		return ASTRO_OK;
	/* A bundle in memory takes the place of the one in a file. */
	if (!text_add(&out->bundle, "\n", 1) ||
	    read_whole(out->file, &out->bundle) != NULL)
		return fault(err, "SSL_CERT_FILE", path,
		             "too large beside the system's own authorities");
	out->file = NULL;
	return ASTRO_OK;
}

int authorities_find(const char *system_file, const char *system_folder,
                     struct authorities *out, struct astro_error *err)
{
	const char *file = getenv("SSL_CERT_FILE");
	const char *folders = getenv("SSL_CERT_DIR");
	int status = ASTRO_OK;

	text_init(&out->folders, BUNDLE_MAX);
	text_init(&out->bundle, BUNDLE_MAX);
	out->file = NULL;
	if (has_hash_links(system_folder)) {
		if (!text_add_string(&out->folders, system_folder))
			return error_no_memory(err);
	} else if (system_file != NULL && access(system_file, R_OK) == 0) {
		out->file = system_file;
	}
	if (folders != NULL)
		status = add_folders(out, folders, err);
	if (status == ASTRO_OK && file != NULL && *file != '\0')
		status = add_file(out, file, system_file, err);
	return status;
}

void authorities_clear(struct authorities *authorities)
{
	text_clear(&authorities->folders);
	text_clear(&authorities->bundle);
}

bool authorities_are_none(const struct authorities *authorities)
{
	return authorities->folders.len == 0 && authorities->bundle.len == 0 &&
	       authorities->file == NULL;
}

static void clock_hint(char *out, size_t size)
{
	time_t now = (time_t)clock_wall();
	struct tm parts;
	char when[32] = "?";

	if (gmtime_r(&now, &parts) != NULL)
		(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC",
		               &parts);
	(void)snprintf(out, size, "check this machine's clock: it says %s",
	               when);
}

int tls_certificate_fault(const char *host, long result, const char *detail,
                          bool no_authorities, struct astro_error *err)
{
	const char *hint = "if it is to be trusted, name a file with its "
			   "authority in SSL_CERT_FILE";
	char clock[100];

	if (no_authorities)
		hint = "install the package ca-certificates, or name a file "
		       "with authorities in SSL_CERT_FILE";
	clock_hint(clock, sizeof(clock));
	switch (result) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return error_set(err, ASTRO_UNSAFE, clock,
		                 "the certificate of %s has expired", host);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return error_set(err, ASTRO_UNSAFE, clock,
		                 "the certificate of %s is not valid yet",
		                 host);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return error_set(err, ASTRO_UNSAFE, hint,
		                 "the certificate of %s is signed by itself",
		                 host);
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return error_set(err, ASTRO_UNSAFE, hint,
		                 "the certificate of %s is signed by an "
		                 "authority that this machine does not know",
		                 host);
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the certificate of %s is too weak: %s", host,
		                 X509_verify_cert_error_string(result));
	case X509_V_OK:              /* the chain is good, the name is not */
	case X509_V_ERR_UNSPECIFIED: /* where libcurl begins from */
		if (strstr(detail, "subject name") != NULL)
			return error_set(err, ASTRO_UNSAFE, "check the address",
			                 "the certificate of %s is for "
			                 "another host",
			                 host);
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the certificate of %s is not good: %s", host,
		                 detail);
	}
	return error_set(err, ASTRO_UNSAFE, NULL,
	                 "the certificate of %s is not good: %s", host,
	                 X509_verify_cert_error_string(result));
}
