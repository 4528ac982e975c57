/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_DEVICE_H
#define CORE_ENGINE_OAUTH_DEVICE_H

#include <stdint.h>

#include <astro/provider.h>

enum { DEVICE_CODE_MAX = 64, DEVICE_URI_MAX = 2048 };

/* What the person must be shown (RFC 8628, 3.2), checked. */
struct device_grant {
	char user_code[DEVICE_CODE_MAX + 1];
	char uri[DEVICE_URI_MAX + 1];
	char complete[DEVICE_URI_MAX + 1]; /* with the code in it, or "" */
	int64_t expires_in;                /* seconds */
	uint32_t interval_ms;              /* between two questions */
	struct astro_secret *code;         /* the client's own */
	int64_t end; /* on clock_boot(), once it is shown */
};

/*
 * Ask for a code (RFC 8628, 3.1).  ASTRO_DENIED: the server refuses it to this
 * client.  GRANT is cleared with device_clear(), whatever this returned.
 */
int device_begin(struct astro_core *core,
                 const struct astro_authorization *authorization,
                 struct device_grant *grant, struct astro_error *err);
/*
 * Show it, and ask until the person has agreed elsewhere (3.4, 3.5).  WHY
 * ("over SSH") is said before it, or NULL.  The id_token is verified as after a
 * browser; there is no nonce.  ASTRO_DENIED: the person said no;
 * ASTRO_TIMED_OUT: nobody did anything in time.
 */
int device_finish(struct astro_core *core,
                  const struct astro_authorization *authorization,
                  struct device_grant *grant, const char *why,
                  struct astro_credential **out, struct astro_error *err);

/* The part of device_begin() that needs no network: the answer of the device
 * authorization endpoint at HOST. */
int device_read(const struct astro_response *response, const char *host,
                struct device_grant *grant, struct astro_error *err);
void device_clear(struct device_grant *grant);

#endif
