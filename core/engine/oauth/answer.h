/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an authorization answer (RFC 6749, 4.1.2) is the one waited for:
 * the same rules for the callback and for a pasted address. */
#ifndef CORE_ENGINE_OAUTH_ANSWER_H
#define CORE_ENGINE_OAUTH_ANSWER_H

/* A code's most bytes. */
enum { ANSWER_CODE_MAX = 4096 };

enum answer {
	ANSWER_GOOD,     /* exactly one of `code` and `error`, and ours */
	ANSWER_FOREIGN,  /* no, or another, `state` or `iss` */
	ANSWER_MALFORMED /* ours, but neither code nor error, or both */
};

/* QUERY: as sent.  ISSUER (or NULL) is what an `iss` must be: RFC 9207. */
enum answer answer_judge(const char *query, const char *state,
                         const char *issuer);

#endif
