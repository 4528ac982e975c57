/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What git, kubectl and docker ask.  Whatever is understood names one host, in
 * letters that nobody can take for another (CVE-2020-5260 and its kin).
 */
#include <string.h>

#include "docker_config.h"
#include "error.h"
#include "exec_info.h"
#include "fuzz.h"
#include "git_request.h"

static const char host_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]";

static void check_host(const char *host)
{
	MUST(host[0] != '\0' && strlen(host) < HOST_SIZE);
	MUST(host[strspn(host, host_letters)] == '\0');
}

static void ask_as_git(const uint8_t *bytes, size_t len)
{
	struct astro_error err = {.status = ASTRO_OK};
	struct git_request request;
	const uint8_t *end;
	int status = git_request_read((const char *)bytes, len, &request, &err);

	MUST(status == ASTRO_OK || err.message[0] != '\0');
	if (status != ASTRO_OK)
		return;
	/* An empty line is its end. */
	end = len > 0 && bytes[0] == '\n' ? bytes
	                                  : memmem(bytes, len, "\n\n", 2);
	if (end != NULL)
		len = (size_t)(end - bytes);
	MUST(memchr(bytes, '\0', len) == NULL);
	MUST(memchr(bytes, '\r', len) == NULL);
	check_host(request.host);
	MUST(strlen(request.username) < GIT_USERNAME_SIZE);
}

static void ask_as_kubectl(const char *text)
{
	struct astro_error err = {.status = ASTRO_OK};
	struct exec_info info;
	int status = exec_info_read(text, &info, &err);

	MUST(status == ASTRO_OK || err.message[0] != '\0');
	if (status == ASTRO_OK && info.has_server)
		check_host(info.server);
}

static void set_up_docker(const char *text, size_t len)
{
	struct astro_error err = {.status = ASTRO_OK};
	struct docker_config config = {.exists = true};
	bool is_changed = false, again = true;
	int status;

	text_init(&config.text, 1024 * 1024);
	MUST(text_add(&config.text, text, len));
	status = docker_config_set(&config, "images.example.com", "astro",
	                           &is_changed, &err);
	MUST(status == ASTRO_OK || err.message[0] != '\0');
	/* What was named is found there. */
	if (status == ASTRO_OK) {
		MUST(docker_config_set(&config, "images.example.com", "astro",
		                       &again, &err) == ASTRO_OK);
		MUST(!again);
	}
	text_clear(&config.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);

	MUST(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	ask_as_git(bytes, len);
	ask_as_kubectl(text);
	set_up_docker(text, len);
	free(text);
	return 0;
}
