/* SPDX-License-Identifier: Apache-2.0 */
/* Judges authorization answers. */
#include "answer.h"

#include <stdbool.h>
#include <string.h>

#include "http.h"
#include "secret.h"
#include "url.h"

enum { ISSUER_MAX = 2048, STATE_MAX = 256, ERROR_NAME_MAX = 200 };

static bool state_is(const char *query, const char *state)
{
	char got[STATE_MAX + 1];

	return query_get(query, "state", got, sizeof(got)) == 1 &&
	       secret_equal(got, strlen(got), state, strlen(state));
}

/* RFC 9207, 2.4: an iss must be ours, in errors as well. */
static bool issuer_is(const char *query, const struct answer_expected *expected)
{
	const char *issuer = expected->issuer;
	char got[ISSUER_MAX + 1];
	int count = query_get(query, "iss", got, sizeof(got));

	if (count == 0)
		return !expected->must_name_issuer;
	if (issuer == NULL && count == 1)
		return true;
	return count == 1 && strcmp(got, issuer) == 0;
}

enum answer answer_judge(const char *query,
                         const struct answer_expected *expected)
{
	enum answer answer = ANSWER_MALFORMED;
	char code[ANSWER_CODE_MAX + 1] = "", name[ERROR_NAME_MAX + 1] = "";
	int codes, errors;

	/* Before anything else (RFC 8252, 8.9): what is not ours must not be
	 * able to end the login, not even as an error. */
	if (!state_is(query, expected->state))
		return ANSWER_FOREIGN;
	if (!issuer_is(query, expected))
		return ANSWER_OTHER_ISSUER;

	codes = query_get(query, "code", code, sizeof(code));
	errors = query_get(query, "error", name, sizeof(name));
	if ((codes == 1 && errors == 0 && code[0] != '\0') ||
	    (errors == 1 && codes == 0 && name[0] != '\0'))
		answer = ANSWER_GOOD;
	explicit_bzero(code, sizeof(code));
	return answer;
}
