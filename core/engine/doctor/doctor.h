/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's part of `astro auth doctor`: the store and its login, the
 * provider, the way to the person's browser, the servers.  Each is looked at
 * with the functions that a login uses itself.
 */
#ifndef CORE_ENGINE_DOCTOR_DOCTOR_H
#define CORE_ENGINE_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "core.h"
#include "diagnosis.h"
#include "engine.h"
#include "request.h"

enum {
	DOCTOR_PATH_MAX = 512,
	DOCTOR_URL_MAX = 2048,
	/* For one request; a login gives it longer. */
	DOCTOR_REQUEST_MS = 5000,
	/* A clock is off from here on: as far as an id_token's may be. */
	DOCTOR_TOLERANCE = 60
};

struct doctor {
	/* The first member: the functions of the host get no more than that. */
	struct astro_core core;
	struct diagnosis diagnosis;
	const struct astro_provider *provider; /* NULL: none was found */
	struct astro_host real;                /* what visit.c stands before */

	/* What the visit (visit.c) has come to. */
	bool has_visited;    /* the provider was asked to log in */
	bool has_stopped;    /* where a person, or a secret, would be needed */
	bool has_authorized; /* ... by its wish for OAuth: what follows is known
	                      */
	unsigned questions;
	char url[DOCTOR_URL_MAX]; /* asked last, "" */
	bool has_failed;          /* ... in vain */
	char host[HOST_MAX];      /* ... its host, which answered */
	int64_t took_ms;
	int64_t date,
		asked_at; /* the server's clock, 0: not known; ours then */
	bool device_offered;
	unsigned port; /* of the redirect address */
	char redirect_host[HOST_MAX];
	char redirect_path[DOCTOR_PATH_MAX];
};

/*
 * ENGINE_DOCTOR: look at job->name, stored or not.  Reports each check
 * (diagnosis.h); ASTRO_OK whatever they say, but ASTRO_CANCELLED.
 */
int doctor_run(const struct engine_job *job, int report_fd,
               struct astro_error *err);

/*
 * visit.c: the beginning of a login, played to the provider without a person
 * and without a secret.  What is asked of a server is what a login asks first;
 * whatever sends more than an address ends it.
 */
void visit_run(struct doctor *doctor);

/* way.c: how a login would reach the person. */
void way_check(struct doctor *doctor);

/* reach.c */
/* Which proxy there is. */
void reach_check_proxy(struct doctor *doctor);
/* Put into WHY, of a request to URL that has failed, what a person needs to
 * tell one obstacle from another: who issued the certificate, which proxy. */
void reach_explain(const char *url, struct astro_error *why);

/*
 * peer.c: who issued the certificate that the server at URL (https) shows,
 * trusted or not, into OUT of SIZE bytes: false when it shows none.  Nothing is
 * sent but the handshake.
 */
bool peer_issuer(const char *url, char *out, size_t size);

#endif
