/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the end-to-end tests stand on: one sandbox for the whole program, a home
 * of its own for each test, and the real binary run in it.
 */
#ifndef TESTS_E2E_E2E_H
#define TESTS_E2E_E2E_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "pty.h"

enum { PATH_SIZE = 4096 };

/* Start the sandbox, run SUITE, end the sandbox: the whole of a main(). */
int e2e_main(Suite *suite);
/* The same WORKERS times at once, each with a sandbox of its own: worker N runs
 * MAKE(N, WORKERS).  For many short waits that need no processor. */
int e2e_main_shared(Suite *(*make)(unsigned worker, unsigned workers),
                    unsigned workers);
/* A case whose tests run between home_begin() and home_end(). */
TCase *e2e_case(Suite *suite, const char *name);

/*
 * The home of the running test: a fresh folder with a config.yaml (0600) that
 * reaches the sandbox, and an environment with nothing of ours in it.
 */
extern char home_folder[PATH_SIZE];
extern char home_file[PATH_SIZE];
void home_begin(void);
void home_end(void);
/* Replace config.yaml, in which "@" stands for the sandbox's port. */
void home_write(const char *text);
/* config.yaml; the caller frees. */
char *home_read(void);
/* config.yaml must be these lines; "*" stands for anything in its line, "@" for
 * the port. */
void home_expect(const char *pattern);
/* The value of "KEY: " in config.yaml, first occurrence; the caller frees. */
char *home_value(const char *key);
/* The first login of config.yaml has ended. */
void home_expire(void);
mode_t home_mode(void);
/* Set a variable for the program; VALUE NULL unsets it. */
void env_set(const char *name, const char *value);
/* The browser: the sandbox's visitor who logs in as USER.  Password as in the
 * sandbox's data. */
void env_browser(const char *user);

/* Arguments of astro, ended by NULL, follow. */
/* On a terminal. */
struct pty *astro_start(const char *first, ...);
/* Without a terminal, its standard streams are pipes: pty_feed() and the like.
 */
struct pty *astro_start_alone(const char *first, ...);
/* Any other program, in the same home and environment. */
struct pty *program_start_alone(const char *const *words);
/* The same, on a terminal. */
struct pty *program_start(const char *const *words);
/* Without a terminal; standard input holds INPUT (NULL: nothing). */
struct pty_result astro_piped(const char *input, const char *first, ...);
/* The same, and the exit code must be CODE. */
struct pty_result astro_ends(int code, const char *input, const char *first,
                             ...);
/* As astro_piped(), under strace, which writes what was started, with whole
 * argument lists and environments, to TRACE. */
struct pty_result astro_traced(const char *trace, const char *input,
                               const char *first, ...);
/* Without a terminal, in a process group of its own, and not waited for:
 * standard output is OUT, the rest nothing. */
pid_t astro_spawn(int out, const char *first, ...);
/* The end of what runs on PTY must be CODE; frees it. */
void astro_finish(struct pty *pty, int code);

/* The sandbox. */
extern unsigned sandbox_port;
/* As at the start: no faults, no log, the usual people. */
void sandbox_reset(void);
/* Change its settings, JSON with single quotes. */
void sandbox_set(const char *changes);
/* Add a fault (docs/sandbox.md), JSON with single quotes. */
void sandbox_fault(const char *fault);
/* Its OpenID provider misbehaves as in the case of that name. */
void sandbox_play(const char *name);
/* Decide on the youngest device code in a person's place: JSON with single
 * quotes, {'action': 'approve'}. */
void sandbox_decide(const char *decision);
/* MEMBER of the youngest thing of KIND that was handed out; the caller frees.
 */
char *sandbox_grant(const char *kind, const char *member);
/* Empty the log. */
void sandbox_forget(void);
/* A token without a login: MEMBER of the answer to WISH; the caller frees. */
char *sandbox_token(const char *wish, const char *member);
/* What it was asked, the browser's requests included. */
json_t *sandbox_log(void);
/* The first entry for PATH, borrowed; fails when there is none. */
json_t *log_find(json_t *log, const char *path);
/* What the program alone asked, one "METHOD PATH [OPERATION]" a line, without
 * queries and without what is sent ahead; the caller frees. */
char *sandbox_requests(void);
void sandbox_expect(const char *wanted);
/* The same lines in any order: some go out at once. */
void sandbox_expect_set(const char *wanted);
/* Open URL as the person's browser would, logging in as USER. */
void browser_visit(const char *url, const char *user);
/* The same, but the address of the callback is not opened; the caller frees
 * it. */
char *browser_visit_elsewhere(const char *url, const char *user);

/* TEXT has PART, or the test ends showing TEXT. */
void text_expect(const char *text, const char *part);
void text_refuse(const char *text, const char *part);

#endif
