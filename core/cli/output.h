/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard output, for data.  A token goes there without passing through
 * stdio, whose buffers nobody wipes.
 */
#ifndef CORE_CLI_OUTPUT_H
#define CORE_CLI_OUTPUT_H

#include <stddef.h>

#include <astro/provider.h>

int output_write(const char *bytes, size_t len, struct astro_error *err);
/* PREFIX, the secret, a line end, in one write. */
int output_secret(const char *prefix, const struct astro_secret *secret,
                  struct astro_error *err);
/* A JSON document that is complete, with its line end. */
struct json_out;
int json_out_print(struct json_out *json, struct astro_error *err);
/* What stdio still holds; an earlier error of its own counts too. */
int output_finish(struct astro_error *err);

#endif
