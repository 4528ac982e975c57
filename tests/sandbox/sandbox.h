/* SPDX-License-Identifier: Apache-2.0 */
/* The state that all parts of the sandbox share, behind one lock. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "keys.h"
#include "op_keys.h"

struct sandbox {
	pthread_mutex_t lock;
	json_t *settings; /* data.h */
	json_t *grants;   /* grants.h */
	json_t *faults;   /* faults.h */
	json_t *log;      /* log.h */
	json_t *op_case;  /* op_recipe.h: "name", "later" */
	FILE *log_file;
	struct keys keys;
	struct op_keys op_keys;
	unsigned port;
	char base[64]; /* "http://localhost:8888" */
	unsigned long connections;

	pthread_mutex_t stop_lock;
	pthread_cond_t stop_changed;
	bool stopping;
};

/* KEY_FILE: a PEM file with an RSA key, or NULL to make one. */
bool sandbox_init(struct sandbox *box, const char *key_file);
void sandbox_clear(struct sandbox *box);
/* Forget faults, log, grants and changed settings; the keys stay. */
void sandbox_reset(struct sandbox *box);

/* Seconds since 1970, moved by the setting clock_offset. */
int64_t sandbox_now(const struct sandbox *box);
/* Without the lock; cut short when the server stops. */
void sandbox_sleep(struct sandbox *box, int64_t milliseconds);
void sandbox_stop(struct sandbox *box);

#endif
