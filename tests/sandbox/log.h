/* SPDX-License-Identifier: Apache-2.0 */
/* What the sandbox was asked, in the order of arrival. */
#ifndef SANDBOX_LOG_H
#define SANDBOX_LOG_H

#include <jansson.h>

struct request;
struct sandbox;

/* Note REQUEST, and lend the entry with one reference more. */
json_t *log_begin(struct sandbox *box, const struct request *request);
/* The answer's status (0: none was sent) and the faults that struck it;
 * releases ENTRY, and writes its line to the log file. */
void log_end(struct sandbox *box, json_t *entry, unsigned status,
             const json_t *faults);

#endif
