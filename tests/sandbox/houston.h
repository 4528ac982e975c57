/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_HOUSTON_H
#define SANDBOX_HOUSTON_H

struct request;

/* The first field of the GraphQL operation in REQUEST, or NULL; the caller
 * frees. */
char *houston_operation(const struct request *request);

#endif
