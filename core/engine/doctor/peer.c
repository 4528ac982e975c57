/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of a server, as it shows it.  Beside http.c the only code
 * that knows libcurl: the one policy there accepts no such connection. */
#include "doctor.h"

#include <curl/curl.h>
#include <string.h>

#include "text.h"

static const char field[] = "Issuer:";

/* Of the first certificate, the server's own. */
static bool find_issuer(CURL *easy, char *out, size_t size)
{
	struct curl_certinfo *info = NULL;
	struct curl_slist *line;

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs < 1)
		return false;
	for (line = info->certinfo[0]; line != NULL; line = line->next) {
		const char *value = line->data + sizeof(field) - 1;

		if (strncmp(line->data, field, sizeof(field) - 1) != 0)
			continue;
		text_escape(out, size, value, strlen(value));
		return out[0] != '\0';
	}
	return false;
}

bool peer_issuer(const char *url, char *out, size_t size)
{
	CURL *easy = curl_easy_init();
	bool is_found = false, ok = easy != NULL;

#define SET(option, value) (ok = ok && !curl_easy_setopt(easy, option, value))
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	/* The handshake, and nothing after it. */
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_CERTINFO, 1L);
	SET(CURLOPT_SSL_VERIFYPEER, 0L);
	SET(CURLOPT_SSL_VERIFYHOST, 0L);
	SET(CURLOPT_TIMEOUT_MS, (long)DOCTOR_REQUEST_MS);
#undef SET
	if (ok && curl_easy_perform(easy) == CURLE_OK)
		is_found = find_issuer(easy, out, size);
	curl_easy_cleanup(easy);
	return is_found;
}
