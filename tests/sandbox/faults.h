/* SPDX-License-Identifier: Apache-2.0 */
/* Failures on demand.  docs/sandbox.md lists the kinds. */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <stdbool.h>

#include <jansson.h>

struct reply;
struct request;
struct sandbox;

/* Takes SPEC over.  NULL, or what is wrong with it (and nothing is added). */
const char *faults_add(struct sandbox *box, json_t *spec);
/* Those that strike REQUEST, as an array; the caller decrements. */
json_t *faults_take(struct sandbox *box, const struct request *request);
/*
 * Before the request is handled, without the lock: waits if need be.  True when
 * REPLY is made already and the request is to have no effect.
 */
bool faults_before(struct sandbox *box, const json_t *struck,
                   struct reply *reply);
/* Spoil the answer that the handler made. */
void faults_after(const json_t *struck, struct reply *reply);

#endif
