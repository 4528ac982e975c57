/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an authorization answer (RFC 6749, 4.1.2) is the one waited for:
 * the same rules for the callback and for a pasted address. */
#ifndef CORE_ENGINE_OAUTH_ANSWER_H
#define CORE_ENGINE_OAUTH_ANSWER_H

#include <stdbool.h>

/* A code's most bytes. */
enum { ANSWER_CODE_MAX = 4096 };

enum answer {
	ANSWER_GOOD,         /* exactly one of `code` and `error`, and ours */
	ANSWER_FOREIGN,      /* no, or another, `state` */
	ANSWER_OTHER_ISSUER, /* another `iss`, or none where it must be */
	ANSWER_MALFORMED     /* ours, but neither code nor error, or both */
};

/* What an answer must have. */
struct answer_expected {
	const char *state;
	const char *issuer;    /* what an `iss` must be (RFC 9207), or NULL */
	bool must_name_issuer; /* one without `iss` is foreign (RFC 9207, 2.4)
	                        */
};

/* QUERY: as sent. */
enum answer answer_judge(const char *query,
                         const struct answer_expected *expected);

#endif
