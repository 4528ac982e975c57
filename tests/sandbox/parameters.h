/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_PARAMETERS_H
#define SANDBOX_PARAMETERS_H

#include <jansson.h>

struct request;

/* The parameters of a command below /sandbox/: a JSON body or the query, whose
 * values are JSON where they can be and text where not.  The caller
 * decrements; NULL: malformed. */
json_t *parameters_of(const struct request *request);

#endif
