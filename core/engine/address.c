/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, by libcurl's parser: the one that the requests go by. */
#include "address.h"

#include <curl/urlapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

/* A part of an address as our own copy; NULL when it has none. */
static char *part_of(CURLU *address, CURLUPart part, unsigned flags)
{
	char *found = NULL, *copy;

	if (curl_url_get(address, part, &found, flags) != CURLUE_OK)
		return NULL;
	copy = text_copy(found);
	curl_free(found);
	return copy;
}

int url_parts_get(const char *url, struct url_parts *out,
                  struct astro_error *err)
{
	CURLU *address = curl_url();
	char *port = NULL;
	int status = ASTRO_OK;
	CURLUcode code;

	memset(out, 0, sizeof(*out));
	if (address == NULL)
		return error_no_memory(err);
	code = curl_url_set(address, CURLUPART_URL, url, CURLU_DISALLOW_USER);
	out->scheme = part_of(address, CURLUPART_SCHEME, 0);
	if (code == CURLUE_USER_NOT_ALLOWED) {
		status = error_set(err, ASTRO_BAD_CONFIG, NULL,
		                   "an address with a user name is refused");
	} else if (code != CURLUE_OK || out->scheme == NULL ||
	           (strcmp(out->scheme, "https") != 0 &&
	            strcmp(out->scheme, "http") != 0)) {
		status = error_set(err, ASTRO_BAD_CONFIG, NULL,
		                   "\"%s\" is no https address", url);
	} else {
		out->host = part_of(address, CURLUPART_HOST, 0);
		out->path = part_of(address, CURLUPART_PATH, 0);
		out->query = part_of(address, CURLUPART_QUERY, 0);
		port = part_of(address, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		if (out->host == NULL || out->path == NULL || port == NULL)
			status = error_no_memory(err);
		else
			out->port = (unsigned)strtoul(port, NULL, 10);
	}
	if (status != ASTRO_OK)
		url_parts_clear(out);
	free(port);
	curl_url_cleanup(address);
	return status;
}

void url_parts_clear(struct url_parts *parts)
{
	free(parts->scheme);
	free(parts->host);
	free(parts->path);
	free(parts->query);
	memset(parts, 0, sizeof(*parts));
}

void address_host(const char *url, char *out, size_t size)
{
	CURLU *address = curl_url();
	char *host = NULL, *port = NULL;

	if (address != NULL &&
	    curl_url_set(address, CURLUPART_URL, url,
	                 CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
		host = part_of(address, CURLUPART_HOST, 0);
		port = part_of(address, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
	}
	(void)snprintf(out, size, "%s%s%s",
	               host != NULL && *host != '\0' ? host : "no host",
	               port != NULL ? ":" : "", port != NULL ? port : "");
	free(host);
	free(port);
	curl_url_cleanup(address);
}
