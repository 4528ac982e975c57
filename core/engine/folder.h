/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_FOLDER_H
#define CORE_ENGINE_FOLDER_H

#include <sys/stat.h>

#include <astro/provider.h>

/*
 * Open the folder at PATH (absolute) when every folder from / down to it is
 * owned by root or by us and writable by nobody else.  A sticky folder of
 * root's is accepted on the way.  *OUT is -1 with ASTRO_OK where there is no
 * such folder; ASTRO_UNSAFE.
 */
int folder_open(const char *path, int *out, struct astro_error *err);

/* ASTRO_UNSAFE, naming PATH, unless STATUS says: root's or ours, writable by
 * nobody else. */
int folder_judge_owner(const struct stat *status, const char *path,
                       struct astro_error *err);

#endif
