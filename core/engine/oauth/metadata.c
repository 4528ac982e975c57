/* SPDX-License-Identifier: Apache-2.0 */
/* A server's metadata, asked for one endpoint. */
#include "metadata.h"

#include <stdbool.h>
#include <string.h>

#include "address.h"
#include "domain.h"
#include "error.h"
#include "http.h"
#include "json.h"
#include "text.h"

enum { HOST_SIZE = 300, ENDPOINT_MAX = 2048 };

/* Device code and client go there: https, or this machine. */
static int check_endpoint(const char *endpoint, const char *host,
                          struct astro_error *err)
{
	struct url_parts parts;
	bool is_safe;

	if (strlen(endpoint) > ENDPOINT_MAX ||
	    !text_is_visible(endpoint, strlen(endpoint)) ||
	    url_parts_get(endpoint, &parts, NULL) != ASTRO_OK)
		return error_set(err, ASTRO_BAD_ANSWER, "use --login-link",
		                 "%s names a device authorization endpoint "
		                 "that makes no sense",
		                 host);
	is_safe = strcmp(parts.scheme, "https") == 0 ||
	          domain_is_loopback(parts.host);
	url_parts_clear(&parts);
	if (is_safe)
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSAFE, "use --login-link",
	                 "%s names a device authorization endpoint without "
	                 "https: %s",
	                 host, endpoint);
}

static int read_endpoint(const struct astro_server *server,
                         const struct astro_response *response, char **out,
                         struct astro_error *err)
{
	const struct json *json = response_json(response);
	const char *issuer = json_text(json, "issuer");
	const char *endpoint = json_text(json, "device_authorization_endpoint");
	char host[HOST_SIZE];
	int status;

	address_host(server->metadata_uri, host, sizeof(host));
	/* Who has nothing to say of himself has no such login to name. */
	if (response_status(response) == 404)
		return ASTRO_OK;
	if (response_status(response) != 200)
		return error_set(err, ASTRO_BAD_ANSWER, "use --login-link",
		                 "%s publishes no metadata: it answered %d",
		                 host, response_status(response));
	if (issuer == NULL || strcmp(issuer, server->issuer) != 0)
		return error_set(err, ASTRO_UNSAFE, "use --login-link",
		                 "the metadata of %s are those of another "
		                 "issuer: %s",
		                 host,
		                 issuer != NULL ? issuer : "none is named");
	if (endpoint == NULL)
		return ASTRO_OK;
	status = check_endpoint(endpoint, host, err);
	if (status != ASTRO_OK)
		return status;
	*out = text_copy(endpoint);
	return *out != NULL ? ASTRO_OK : error_no_memory(err);
}

int metadata_device_endpoint(struct http *http,
                             const struct astro_server *server, char **out,
                             struct astro_error *err)
{
	const struct astro_request request = {
		.size = sizeof(request),
		.url = server->metadata_uri,
	};
	const struct astro_request *requests[] = {&request};
	struct astro_response *response = NULL;
	int status;

	*out = NULL;
	status = http_send(http, requests, 1, &response, err);
	if (status == ASTRO_OK)
		status = read_endpoint(server, response, out, err);
	response_free(response);
	return status;
}
