/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access token that a command works with.  A cached one is what scripts ask
 * for all the time: its way touches the context file and nothing else.
 */
#include "access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_token.h"
#include "clock.h"
#include "engine_open.h"
#include "error.h"
#include "files.h"
#include "jwt.h"
#include "log.h"
#include "secret.h"
#include "state.h"
#include "stored.h"
#include "terminal.h"
#include "token.h"

enum {
	MARGIN_SECONDS = 300, /* a token with less left is not handed out as
	                       * it is */
	CLOCK_SECONDS = 60,   /* as far as clocks may differ */
	/* For a person who unlocks a keyring; and for the rest. */
	PERSON_MS = 60 * 1000,
	GRACE_MS = 120 * 1000
};

/* One look for a token. */
struct search {
	struct files *files;
	const struct access_wish *wish;
	struct access *out;
	int64_t now;
};

/* Not snprintf(): a cached token's path pays for each of its pages. */
static void copy_text(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* What the messages call it. */
static void describe(const struct access *access, char *out, size_t size)
{
	if (access->source == ACCESS_ENVIRONMENT)
		(void)snprintf(out, size, "the token in ASTRO_API_TOKEN");
	else
		(void)snprintf(out, size, "the token for %s", access->domain);
}

/* How long it is good from its issue to its end; 0: it does not say. */
static int64_t lifetime_told(const struct astro_secret *token)
{
	int64_t begin, end, lifetime = 0;
	const char *bytes;
	struct jwt jwt;
	size_t len;

	bytes = secret_bytes(token, &len);
	if (!jwt_open(&jwt, bytes, len))
		return 0;
	if (jwt_time(&jwt, "iat", &begin) && jwt_time(&jwt, "exp", &end) &&
	    end > begin)
		lifetime = end - begin;
	jwt_close(&jwt);
	return lifetime;
}

/* The same, for an opaque token from what was noted when it was obtained.
 * CONTEXT is NULL for the environment's. */
static int64_t lifetime_of(const struct search *search,
                           const struct context *context)
{
	const struct access *access = search->out;
	int64_t lifetime = lifetime_told(access->token), obtained;

	if (lifetime == 0 && context != NULL &&
	    state_noted(&search->files->paths, context_key(context),
	                access->expiry, &obtained))
		lifetime = access->expiry - obtained;
	return lifetime;
}

/* Enough for what the caller is about to do with it? */
static bool is_enough(const struct search *search,
                      const struct context *context)
{
	const struct access *access = search->out;
	int64_t left = access->expiry - search->now, lifetime;

	if (access->expiry == INT64_MAX)
		return true;
	if (left <= 0 || left < search->wish->min_valid)
		return false;
	if (left >= MARGIN_SECONDS)
		return true;
	lifetime = lifetime_of(search, context);
	return lifetime > 0 && left >= lifetime / 10;
}

/* It is good, not for long, and there is no other. */
static int check_left(const struct search *search, struct astro_error *err)
{
	int64_t left = search->out->expiry - search->now;
	char what[DOMAIN_NAME_MAX + 32];

	describe(search->out, what, sizeof(what));
	if (left < search->wish->min_valid)
		return error_set(
			err, ASTRO_UNREACHABLE, "run `astro login` again",
			"%s is good for %lld more seconds, not %lld", what,
			(long long)left, (long long)search->wish->min_valid);
	terminal_tell("astro: %s ends in %lld seconds", what, (long long)left);
	return ASTRO_OK;
}

/* ---- the environment's ---- */

/* The current context, or NULL: a file that cannot be read is no hindrance
 * for a token that does not come from it. */
static const struct context *find_current(struct files *files)
{
	const struct context *context = NULL;

	if (files->config == NULL && files_open(files, NULL) != ASTRO_OK) {
		files_clear(files);
		return NULL;
	}
	return files_current(files, &context, NULL) == ASTRO_OK ? context
	                                                        : NULL;
}

static int use_environment(const struct search *search, struct api_token *token,
                           struct astro_error *err)
{
	const struct context *context = find_current(search->files);
	struct access *out = search->out;
	struct stored stored = {NULL, false, false, 0};
	int status;

	if (context != NULL &&
	    stored_read(context, &stored, NULL) == ASTRO_OK &&
	    stored.place != NULL)
		terminal_tell("astro: using ASTRO_API_TOKEN instead of the "
		              "login stored for %s",
		              context_name(context));
	else
		terminal_tell("astro: using ASTRO_API_TOKEN");
	status = api_token_check(token, search->now, err);
	if (status != ASTRO_OK)
		return status;

	copy_text(out->provider, sizeof(out->provider),
	          context != NULL ? context_provider(context) : "astro");
	out->source = ACCESS_ENVIRONMENT;
	out->expiry = token->expiry;
	out->token = token->token;
	token->token = NULL; /* handed over */
	if (is_enough(search, NULL))
		return ASTRO_OK;
	return check_left(search, err);
}

/* ---- the stored one ---- */

/* Written later than now: the end of the token may be wrong by as much. */
static void note_clock(const struct search *search)
{
	int64_t ahead = config_written(search->files->config) - search->now;

	if (ahead > CLOCK_SECONDS)
		terminal_tell("astro: the clock has jumped: config.yaml was "
		              "written %lld seconds from now",
		              (long long)ahead);
}

static int refuse_missing(const struct access *access, struct astro_error *err)
{
	char hint[DOMAIN_NAME_MAX + 32];

	(void)snprintf(hint, sizeof(hint), "run `astro login %s`",
	               access->domain);
	return error_set(err, ASTRO_EXPIRED, hint, "not logged in to %s",
	                 access->domain);
}

static int refuse_ended(const struct access *access, struct astro_error *err)
{
	char hint[DOMAIN_NAME_MAX + 32], shown[64];

	(void)snprintf(hint, sizeof(hint), "run `astro login %s`",
	               access->domain);
	if (access->expiry <= 0)
		return error_set(err, ASTRO_EXPIRED, hint,
		                 "the token for %s has ended", access->domain);
	context_expiry_text(access->expiry, shown, sizeof(shown));
	return error_set(err, ASTRO_EXPIRED, hint,
	                 "the token for %s has ended: %s", access->domain,
	                 shown);
}

static bool is_in_file(const struct context *context)
{
	const char *store = context_value(context, "store");

	return store == NULL || strcmp(store, "file") == 0;
}

/* What the engine has found becomes the token, in the place of an old one. */
static int take_reported(struct access *out, const struct report *report,
                         struct astro_error *err)
{
	const char *token = report_get(report, "token", 0);
	const char *expiry = report_get(report, "expiry", 0);
	struct astro_secret *secret;
	const char *note;
	size_t i;
	int status;

	for (i = 0; (note = report_get(report, "note", i)) != NULL; i++)
		terminal_tell("astro: %s", note);
	if (token == NULL)
		return error_set(err, ASTRO_INTERNAL, "please report this",
		                 "%s: no token came back", out->domain);
	status = token_clean(token, strlen(token), out->domain,
	                     ASTRO_BAD_CONFIG, &secret, err);
	if (status != ASTRO_OK)
		return status;
	secret_free(out->token);
	out->token = secret;
	out->expiry = expiry == NULL ? INT64_MAX : strtoll(expiry, NULL, 10);
	return ASTRO_OK;
}

/* Where the token has to be renewed, or lies elsewhere. */
static int ask_engine(const struct search *search,
                      const struct context *context, struct astro_error *err)
{
	struct engine_job job;
	struct report *report;
	int status;

	memset(&job, 0, sizeof(job));
	job.task = ENGINE_TOKEN;
	job.name = search->out->domain;
	job.is_issuer = context_value(context, "issuer") != NULL;
	job.min_valid = search->wish->min_valid;
	job.deadline = clock_boot() + PERSON_MS;
	job.verbose = log_is_verbose();
	status = engine_run(&job, job.deadline + GRACE_MS, &report, err);
	if (status == ASTRO_OK)
		status = take_reported(search->out, report, err);
	report_free(report);
	return status;
}

static int renew(const struct search *search, const struct context *context,
                 struct astro_error *err)
{
	struct access *out = search->out;
	struct astro_error why = {.status = ASTRO_OK};
	int status = ask_engine(search, context, &why);
	int64_t left = out->expiry - clock_wall();

	if (status == ASTRO_OK)
		return ASTRO_OK;
	/* A server that is down does not spoil a token that is good; one that
	 * answers for somebody else does. */
	if (status != ASTRO_CANCELLED && status != ASTRO_UNSAFE &&
	    out->token != NULL && left > 0 && left >= search->wish->min_valid) {
		terminal_tell("astro: the token for %s was not renewed, and "
		              "ends in %lld seconds: %s",
		              out->domain, (long long)left, why.message);
		return ASTRO_OK;
	}
	if (err != NULL)
		*err = why;
	return status;
}

static int use_stored(const struct search *search,
                      const struct context *context, struct astro_error *err)
{
	struct access *out = search->out;
	struct stored stored;
	int status;

	out->source = ACCESS_STORED;
	copy_text(out->domain, sizeof(out->domain), context_name(context));
	copy_text(out->provider, sizeof(out->provider),
	          context_provider(context));
	note_clock(search);
	if (is_in_file(context)) {
		status = context_access_token(context, &out->token, err);
		if (status != ASTRO_OK)
			return status;
		out->expiry = context_expiry(context);
		if (out->token != NULL && is_enough(search, context))
			return ASTRO_OK;
	}

	status = stored_read(context, &stored, err);
	if (status != ASTRO_OK)
		return status;
	if (stored.place == NULL)
		return refuse_missing(out, err);
	if (stored.is_renewable || stored.is_elsewhere)
		return renew(search, context, err);
	if (out->expiry <= search->now)
		return refuse_ended(out, err);
	return check_left(search, err);
}

/* ---- either ---- */

static int find(const struct search *search, struct astro_error *err)
{
	const struct context *context = search->wish->context;
	const char *typed = search->wish->typed;
	struct api_token token = {.token = NULL};
	int status = ASTRO_OK;

	if (context == NULL && typed == NULL) {
		status = api_token_take(&token, err);
		if (status == ASTRO_OK && token.token != NULL)
			status = use_environment(search, &token, err);
		else if (status == ASTRO_OK)
			status = api_token_refuse_retired(err);
		api_token_clear(&token);
		if (status != ASTRO_OK || search->out->token != NULL)
			return status;
	}

	if (context == NULL && search->files->config == NULL)
		status = files_open(search->files, err);
	if (status == ASTRO_OK && context == NULL)
		status = files_pick(search->files, typed, &context, err);
	return status == ASTRO_OK ? use_stored(search, context, err) : status;
}

int access_get(struct files *files, const struct access_wish *wish,
               struct access *out, struct astro_error *err)
{
	const struct search search = {files, wish, out, clock_wall()};
	int status;

	memset(out, 0, sizeof(*out));
	status = find(&search, err);
	if (status != ASTRO_OK)
		access_clear(out);
	return status;
}

void access_clear(struct access *access)
{
	secret_free(access->token);
	memset(access, 0, sizeof(*access));
}
