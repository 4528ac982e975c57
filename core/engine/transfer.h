/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single transfers over one pool of connections: http.c's inside, with nothing
 * of libcurl in it.
 */
#ifndef CORE_ENGINE_TRANSFER_H
#define CORE_ENGINE_TRANSFER_H

#include <stdbool.h>

#include "http.h"

struct pool;
struct transfer;

int pool_new(const struct http_options *options, struct pool **out,
             struct astro_error *err);
/* After all of its transfers are freed.  Accepts NULL. */
void pool_free(struct pool *pool);
void pool_end_at(struct pool *pool, int64_t deadline);
/* Let everything go on that can, without waiting. */
void pool_drive(struct pool *pool);
/* Wait once, for TIMEOUT_MS at most; a signal ends it. */
int pool_wait(struct pool *pool, struct http_watch *watches, size_t count,
              int timeout_ms, struct astro_error *err);

/* No transfer made from now on takes longer; 0: as its request says. */
void pool_limit(struct pool *pool, uint32_t timeout_ms);

/* Checked, not begun; ASKED is no longer needed then. */
int transfer_new(struct pool *pool, const struct astro_request *asked,
                 struct transfer **out, struct astro_error *err);
int transfer_start(struct transfer *transfer, struct astro_error *err);
bool transfer_is_done(const struct transfer *transfer);
const char *transfer_url(const struct transfer *transfer);
/* What came of one that is done. */
int transfer_judge(const struct transfer *transfer, struct astro_response **out,
                   struct astro_error *err);
/* The status of the answer of one that is done, 0 when it is not complete. */
int transfer_code(const struct transfer *transfer);
/* Whether any of the body may have left this machine. */
bool transfer_is_sent(const struct transfer *transfer);
/* Breaks it off where it is not done.  Accepts NULL. */
void transfer_free(struct transfer *transfer);

#endif
