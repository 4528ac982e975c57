/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The servers of a trial.  They know no provider: by default whatever is looked
 * for in an answer is there, and looks like what its name says.  A script says
 * what a server answers in truth; a lie, what it should not.
 */
#ifndef CORE_CHECK_SERVER_H
#define CORE_CHECK_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

struct json;
struct script;

/* Every secret that is given out has this in it. */
#define SERVER_CANARY "canary-5d1f"

enum server_lie {
	LIE_NONE,
	LIE_EMPTY,       /* {} */
	LIE_NO_ROWS,     /* every list is empty */
	LIE_MANY_ROWS,   /* every list has thousands */
	LIE_NO_TEXT,     /* every text is "" */
	LIE_ODD_TEXT,    /* line breaks, escapes, separators of lines */
	LIE_LONG_TEXT,   /* every text is 60 KiB long */
	LIE_OTHER_TEXT,  /* another issuer, account, address over plain http */
	LIE_LOW_NUMBER,  /* INT64_MIN */
	LIE_HIGH_NUMBER, /* INT64_MAX */
	LIE_FALSE,       /* every flag is false */
	LIE_ERRORS,      /* 200, and errors in the body */
	LIE_NOTHING,     /* 204 */
	LIE_REFUSED,     /* 400 with an error */
	LIE_UNKNOWN,     /* 401, nothing in it */
	LIE_FORBIDDEN,   /* 403 */
	LIE_ABSENT,      /* 404 */
	LIE_COUNT
};
const char *server_lie_name(enum server_lie lie);

/* The answer to REQUEST.  ASTRO_UNSAFE for plain http to another machine, what
 * json_parse() says of a script's body. */
int server_answer(const struct script *script,
                  const struct astro_request *request, enum server_lie lie,
                  struct astro_response **out, struct astro_error *err);
void server_free(struct astro_response *response);

/* The script's, or NULL: it is made up. */
const struct json *server_body(const struct astro_response *response);
/* There is no body at all. */
bool server_says_nothing(const struct astro_response *response);
/* Its made-up body has what is asked for, whatever it is. */
bool server_is_full(const struct astro_response *response);

int server_status(const struct astro_response *response);
/* Lent until server_free(). */
const char *server_text(struct astro_response *response, const char *key);
int64_t server_number(const struct astro_response *response, const char *key,
                      int64_t fallback);
int server_flag(const struct astro_response *response, const char *key,
                int fallback);
int64_t server_count(const struct astro_response *response, const char *key);
const char *server_reason(const struct astro_response *response);

#endif
