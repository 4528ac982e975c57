/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges and verifiers. */
#include "challenge.h"

#include <stdlib.h>
#include <string.h>

#include "keys.h"

enum {
	CHALLENGE_LEN = 43,
	VERIFIER_MIN = 43,
	VERIFIER_MAX = 128,
	SHA256_LEN = 32,
};

bool challenge_is_one(const char *challenge)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";

	return strlen(challenge) == CHALLENGE_LEN &&
	       strspn(challenge, digits) == CHALLENGE_LEN;
}

bool challenge_fits(const char *challenge, const char *verifier)
{
	size_t len = verifier == NULL ? 0 : strlen(verifier);
	char *digest;
	bool fine;

	if (challenge == NULL || len < VERIFIER_MIN || len > VERIFIER_MAX)
		return false;
	digest = keys_digest(verifier, SHA256_LEN);
	fine = digest != NULL && strcmp(digest, challenge) == 0;
	free(digest);
	return fine;
}
