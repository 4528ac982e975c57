/* SPDX-License-Identifier: Apache-2.0 */
/* A home folder of a test's own, and files in it. */
#ifndef TESTS_UNIT_CONFIG_HOME_H
#define TESTS_UNIT_CONFIG_HOME_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "context.h"
#include "error.h"

/* Set up by home_make(), as ASTRO_HOME; gone with home_remove(). */
extern char home[64];
extern struct paths paths;

void home_make(void);
void home_remove(void);

/* Write HOME/NAME, with its folder, mode 0600. */
void put_bytes(const char *name, const char *bytes, size_t len);
void put_config(const char *text);
/* HOME/NAME whole, for free(); NULL when it is not there. */
char *get_bytes(const char *name, size_t *len);
char *get_config(void);
/* A file anywhere, which must be there. */
char *read_whole(const char *path, size_t *len);
mode_t mode_of(const char *name);
/* Names in HOME/.astro that a killed writer would leave. */
int count_temporaries(void);

/* Root may do anything: as root, become nobody, who then owns HOME, until
 * stay_ordinary_no_more(). */
void become_ordinary(void);
void stay_ordinary_no_more(void);

/* A config from text, which must make sense. */
struct config *parse_text(const char *text);
/* A config from text must be refused as ASTRO_BAD_CONFIG with MESSAGE. */
void expect_refused(const char *bytes, size_t len, const char *message);

/* Runs the suite's one case and gives main()'s value; frees everything. */
int run_case(const char *name, void (*add)(TCase *));

#endif
