/* SPDX-License-Identifier: Apache-2.0 */
/* What people type to name a service, and the one name that it gets. */
#include "domain.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "error.h"
#include "text.h"

static const char default_domain[] = "astronomer.io";
static const char https[] = "https://";
static const char http[] = "http://";
static const char examples[] = "name a domain such as astronomer.io, or an "
			       "issuer such as https://login.example.com";
static const char is_an_address[] = "an IP address is no name";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* No <ctype.h>: the locale must not decide what a host name is. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Steps over "pr" and 4 to 6 digits and a dot, of pull request previews. */
static const char *skip_preview(const char *name)
{
	size_t digits = 0;

	if (strncmp(name, "pr", 2) != 0)
		return name;
	while (is_digit(name[2 + digits]))
		digits++;
	if (digits < 4 || digits > 6 || name[2 + digits] != '.')
		return name;
	return name + 2 + digits + 1;
}

static bool is_apex(const char *name)
{
	static const char *const apexes[] = {
		"astronomer.io", "astronomer-dev.io", "astronomer-stage.io",
		"astronomer-perf.io"};
	size_t i;

	for (i = 0; i < sizeof(apexes) / sizeof(*apexes); i++)
		if (strcmp(name, apexes[i]) == 0)
			return true;
	return false;
}

bool domain_is_astro(const char *name)
{
	return is_apex(skip_preview(name));
}

/* "cloud." in front of Astro's own domains is the same service. */
static void drop_cloud(char *name)
{
	static const char cloud[] = "cloud.";
	const size_t len = sizeof(cloud) - 1;
	char *rest = name + (skip_preview(name) - name);

	if (strncmp(rest, cloud, len) == 0 && is_apex(rest + len))
		memmove(rest, rest + len, strlen(rest + len) + 1);
}

/* Why LEN bytes at HOST, in lower case, are no host name; NULL: they are. */
static const char *host_fault(const char *host, size_t len)
{
	size_t label = 0, i;

	if (len == 0)
		return "it is empty";
	if (len > DOMAIN_MAX)
		return "it is longer than 253 characters";
	for (i = 0; i <= len; i++) {
		char c = i < len ? host[i] : '.';

		if (c != '.' && c != '-' && !is_digit(c) &&
		    !(c >= 'a' && c <= 'z'))
			return "only letters, digits, \"-\" and \".\" are "
			       "allowed";
		if (c != '.')
			continue;
		if (i == label)
			return "a part of it is empty";
		if (i - label > 63)
			return "a part of it is longer than 63 characters";
		if (host[label] == '-' || host[i - 1] == '-')
			return "a part of it begins or ends with \"-\"";
		label = i + 1;
	}
	return NULL;
}

/*
 * True when a resolver might read HOST as an IPv4 address in any spelling
 * ("0x7f.1", "2130706433"): its last label is a number.
 */
static bool is_numeric(const char *host, size_t len)
{
	size_t label = len, i;

	while (label > 0 && host[label - 1] != '.')
		label--;
	if (len - label >= 2 && host[label] == '0' && host[label + 1] == 'x') {
		for (i = label + 2; i < len; i++)
			if (!is_digit(host[i]) &&
			    !(host[i] >= 'a' && host[i] <= 'f'))
				return false;
		return true;
	}
	for (i = label; i < len; i++)
		if (!is_digit(host[i]))
			return false;
	return true;
}

bool domain_is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;
	char bare[INET6_ADDRSTRLEN];
	size_t len = strlen(host);

	if (text_compare_folded(host, "localhost") == 0)
		return true;
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
		if (memchr(host, ':', len) == NULL)
			return false;
	}
	if (len >= sizeof(bare))
		return false;
	memcpy(bare, host, len);
	bare[len] = '\0';
	if (inet_pton(AF_INET, bare, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, bare, &six) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&six);
}

static const char *port_fault(const char *port, size_t len)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < len && i < 6; i++) {
		if (!is_digit(port[i]))
			break;
		value = value * 10 + (unsigned)(port[i] - '0');
	}
	if (len == 0 || i != len || port[0] == '0' || value > 65535)
		return "its port is no number from 1 to 65535";
	return NULL;
}

/* RFC 3986, 3.3, without dot segments: an issuer is compared byte by byte. */
static const char *path_fault(const char *path)
{
	const char *at, *segment = path;

	for (at = path; *at != '\0'; at++)
		if (!is_letter(*at) && !is_digit(*at) &&
		    strchr("-._~!$&'()*+,;=:@%/", *at) == NULL)
			return "it has characters that do not belong there";
	while (*segment == '/') {
		size_t len = strcspn(++segment, "/");

		if ((len == 1 && segment[0] == '.') ||
		    (len == 2 && memcmp(segment, "..", 2) == 0))
			return "its path has dots for a part";
		segment += len;
	}
	return NULL;
}

/* HOST:PORT of an issuer.  *IS_LOOPBACK says whether http would do. */
static const char *authority_fault(const char *text, size_t len,
                                   bool *is_loopback)
{
	char host[DOMAIN_MAX + 2];
	size_t host_len = len;
	const char *colon, *fault;

	*is_loopback = false;
	if (memchr(text, '@', len) != NULL)
		return "a user does not belong there";
	if (len > 0 && text[0] == '[') {
		const char *end = memchr(text, ']', len);

		if (end == NULL)
			return "its address has no end";
		host_len = (size_t)(end - text) + 1;
	} else {
		colon = memchr(text, ':', len);
		if (colon != NULL)
			host_len = (size_t)(colon - text);
	}
	if (host_len < len) {
		if (text[host_len] != ':')
			return "its address is followed by something else";
		fault = port_fault(text + host_len + 1, len - host_len - 1);
		if (fault != NULL)
			return fault;
	}
	if (host_len >= sizeof(host))
		return "it is longer than 253 characters";
	memcpy(host, text, host_len);
	host[host_len] = '\0';
	*is_loopback = domain_is_loopback(host);
	if (*is_loopback)
		return NULL;
	fault = host_fault(host, host_len);
	if (fault == NULL && is_numeric(host, host_len))
		return is_an_address;
	return fault;
}

static int refuse(struct astro_error *err, const char *kind, const char *typed,
                  const char *fault)
{
	return error_set(err, ASTRO_USAGE, examples, "%s: %.300s: %s", kind,
	                 typed, fault);
}

static int canonical_host(const char *typed, char *name,
                          struct astro_error *err)
{
	static const char kind[] = "not a host name";
	size_t len = strlen(typed), i;
	const char *fault;

	while (len > 0 && typed[len - 1] == '/')
		len--;
	if (len > 0 && typed[len - 1] == '.')
		len--;
	if (len > DOMAIN_MAX)
		return refuse(err, kind, typed,
		              "it is longer than 253 characters");
	for (i = 0; i < len; i++)
		name[i] = lower(typed[i]);
	name[len] = '\0';

	fault = host_fault(name, len);
	if (fault == NULL && is_numeric(name, len))
		fault = is_an_address;
	if (fault != NULL)
		return refuse(err, kind, typed, fault);
	drop_cloud(name);
	return ASTRO_OK;
}

/* ADDRESS is what follows the scheme, LEN bytes of it before the path. */
static int judge_issuer(const char *typed, const char *address, size_t len,
                        bool is_https, struct astro_error *err)
{
	static const char kind[] = "not an issuer";
	bool is_loopback;
	const char *fault = authority_fault(address, len, &is_loopback);

	if (fault != NULL && fault != is_an_address)
		return refuse(err, kind, typed, fault);
	if (path_fault(address + len) != NULL)
		return refuse(err, kind, typed, path_fault(address + len));
	if (!is_https && !is_loopback)
		return error_set(err, ASTRO_UNSAFE, examples,
		                 "%s: %.300s: plain http is for this machine "
		                 "only",
		                 kind, typed);
	if (fault != NULL)
		return refuse(err, kind, typed, fault);
	return ASTRO_OK;
}

/* REST is what follows the scheme; the path keeps its case. */
static int canonical_issuer(const char *typed, const char *rest, bool is_https,
                            char *name, bool *is_issuer,
                            struct astro_error *err)
{
	size_t len = strcspn(rest, "/?#\\"), prefix = 0, i;
	int status;

	if (strlen(rest) + sizeof(http) > DOMAIN_NAME_MAX)
		return refuse(err, "not an issuer", typed,
		              "it is longer than 1000 characters");
	if (!is_https) {
		/* It stays part of the name: https is what none stands for. */
		prefix = sizeof(http) - 1;
		memcpy(name, http, prefix);
	}
	for (i = 0; rest[i] != '\0'; i++)
		name[prefix + i] = i < len ? lower(rest[i]) : rest[i];
	name[prefix + i] = '\0';

	status = judge_issuer(typed, name + prefix, len, is_https, err);
	*is_issuer = status == ASTRO_OK;
	return status;
}

int domain_canonical(const char *typed, char *name, bool *is_issuer,
                     struct astro_error *err)
{
	const char *rest;

	*is_issuer = false;
	if (typed == NULL || typed[0] == '\0')
		typed = default_domain;
	if (text_begins_folded(typed, http))
		return canonical_issuer(typed, typed + sizeof(http) - 1, false,
		                        name, is_issuer, err);
	if (!text_begins_folded(typed, https))
		return canonical_host(typed, name, err);

	rest = typed + sizeof(https) - 1;
	if (canonical_host(rest, name, NULL) == ASTRO_OK &&
	    domain_is_astro(name))
		return ASTRO_OK;
	return canonical_issuer(typed, rest, true, name, is_issuer, err);
}

void domain_key(const char *name, char *out)
{
	size_t i;

	for (i = 0; name[i] != '\0' && i < DOMAIN_NAME_MAX - 1; i++)
		out[i] = (name[i] >= 'a' && name[i] <= 'z') ||
		                         is_digit(name[i]) || name[i] == '-'
		                 ? name[i]
		                 : '_';
	out[i] = '\0';
}
