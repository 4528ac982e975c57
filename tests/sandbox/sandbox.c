/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox's shared state, its time and its end. */
#include "sandbox.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "data.h"

static bool fill(struct sandbox *box)
{
	box->settings = data_defaults(box->base);
	box->grants = json_object();
	box->faults = json_array();
	box->log = json_array();
	box->op_case = json_object();
	return box->settings != NULL && box->grants != NULL &&
	       box->faults != NULL && box->log != NULL && box->op_case != NULL;
}

static void empty(struct sandbox *box)
{
	json_decref(box->settings);
	json_decref(box->grants);
	json_decref(box->faults);
	json_decref(box->log);
	json_decref(box->op_case);
	box->settings = box->grants = box->faults = box->log = NULL;
	box->op_case = NULL;
}

bool sandbox_init(struct sandbox *box, const char *key_file)
{
	pthread_condattr_t attributes;

	memset(box, 0, sizeof(*box));
	pthread_mutex_init(&box->lock, NULL);
	pthread_mutex_init(&box->stop_lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&box->stop_changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return keys_init(&box->keys, key_file) && fill(box);
}

void sandbox_clear(struct sandbox *box)
{
	empty(box);
	keys_clear(&box->keys);
	op_keys_clear(&box->op_keys);
	if (box->log_file != NULL)
		fclose(box->log_file);
	pthread_cond_destroy(&box->stop_changed);
	pthread_mutex_destroy(&box->stop_lock);
	pthread_mutex_destroy(&box->lock);
}

void sandbox_reset(struct sandbox *box)
{
	empty(box);
	(void)fill(box);
}

int64_t sandbox_now(const struct sandbox *box)
{
	return clock_wall() + setting_number(box, "clock_offset");
}

void sandbox_sleep(struct sandbox *box, int64_t milliseconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(milliseconds / 1000);
	until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&box->stop_lock);
	while (!box->stopping &&
	       pthread_cond_timedwait(&box->stop_changed, &box->stop_lock,
	                              &until) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&box->stop_lock);
}

void sandbox_stop(struct sandbox *box)
{
	pthread_mutex_lock(&box->stop_lock);
	box->stopping = true;
	pthread_cond_broadcast(&box->stop_changed);
	pthread_mutex_unlock(&box->stop_lock);
}
