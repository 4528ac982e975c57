/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper store: any program that speaks the protocol of Docker's
 * credential helpers (get, store and erase; JSON on pipes; errors on standard
 * output with exit status 1).
 */
#include "helper.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "clock.h"
#include "error.h"
#include "json.h"
#include "random.h"
#include "record.h"
#include "secret.h"
#include "state.h"
#include "text.h"

enum {
	DIGEST_LEN = 32,
	MARK_LEN = 32, /* hexadecimal digits of the digest in an address */
	URL_SIZE = 184,
	URL_NAME_MAX = URL_SIZE - MARK_LEN - 32,
	/* What the JSON reader takes in one string. */
	MESSAGE_MAX = 64 * 1024,
	ANSWER_MAX = 2 * MESSAGE_MAX,
	SHOWN_MAX = 200,
	/* A refusal after this has been a person's, or patience's. */
	AT_ONCE_MS = 2000
};

/*
 * The same for every login: pass keeps each user name of an address as a file
 * of its own and hands out the first of them, so a second account would leave
 * the first one's login behind.
 */
static const char user[] = "astro";

/* docker-credential-helpers, credentials/error.go: clients match it exactly. */
static const char not_found[] = "credentials not found in native keychain";

static const char hint[] =
	"mend the helper, or keep the login in the context file with --store "
	"file";

static int hash(const struct store_entry *entry, char out[MARK_LEN + 1],
                struct astro_error *err)
{
	unsigned char digest[DIGEST_LEN];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t i;
	/* The NUL between them keeps a/b c and a /bc apart. */
	int ok = context != NULL &&
	         EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
	         EVP_DigestUpdate(context, entry->folder,
	                          strlen(entry->folder) + 1) == 1 &&
	         EVP_DigestUpdate(context, entry->name, strlen(entry->name)) ==
	                 1 &&
	         EVP_DigestFinal_ex(context, digest, NULL) == 1;

	EVP_MD_CTX_free(context);
	if (!ok)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "the cryptographic library has no SHA-256");
	for (i = 0; i < MARK_LEN / 2; i++)
		(void)snprintf(out + i * 2, 3, "%02x", digest[i]);
	return ASTRO_OK;
}

/*
 * The address that stands for ENTRY.  https, for some helpers take nothing
 * else; short, for pass makes a file name of its base64 form; the hash tells
 * homes apart, and names that were cut.
 */
static int make_url(const struct store_entry *entry, struct text *out,
                    struct astro_error *err)
{
	char mark[MARK_LEN + 1];
	int status = hash(entry, mark, err);

	text_init(out, URL_SIZE);
	if (status != ASTRO_OK)
		return status;
	if (!text_addf(out, "https://%.*s/astro-login/%s", URL_NAME_MAX,
	               entry->name, mark))
		return error_no_memory(err);
	return ASTRO_OK;
}

static int none(const char *name, const struct store_entry *entry,
                struct astro_error *err)
{
	return error_set(err, ASTRO_NOT_FOUND, "run `astro login`",
	                 "the credential helper %s holds no login for %s", name,
	                 entry->name);
}

/* What it says is for people, in one line. */
static int refused(const struct helper_run *run,
                   const struct store_entry *entry, int exit_status,
                   struct astro_error *err)
{
	const char *said = run->output->bytes;
	size_t len = strcspn(said, "\r\n");

	if (len == sizeof(not_found) - 1 && memcmp(said, not_found, len) == 0)
		return none(run->name, entry, err);
	/* An answer all the same, which may hold the secret, is not shown. */
	if (len == 0 || said[0] == '{')
		return error_set(err, ASTRO_STORE, hint,
		                 "the credential helper %s ended with %d at "
		                 "\"%s\"",
		                 run->name, exit_status, run->verb);
	return error_set(err, ASTRO_STORE, hint,
	                 "the credential helper %s said no to \"%s\": %.*s",
	                 run->name, run->verb,
	                 len < SHOWN_MAX ? (int)len : SHOWN_MAX, said);
}

/* Run it, and take an exit status other than 0 for a no. */
static int ask(const struct helper_run *run, const struct store_entry *entry,
               struct astro_error *err)
{
	int exit_status, status = helper_run(run, &exit_status, err);

	if (status == ASTRO_OK && exit_status != 0)
		status = refused(run, entry, exit_status, err);
	return status;
}

static bool is_ours(const struct json *json, const char *name, const char *own)
{
	const char *value = json_text(json, name);

	return value != NULL && strcmp(value, own) == 0;
}

static int read_answer(const struct helper_run *run,
                       const struct store_entry *entry,
                       struct astro_secret **out, struct astro_error *err)
{
	struct json *json = NULL;
	const char *secret;
	int status;

	if (json_parse(run->output->bytes, run->output->len, &json, NULL) !=
	    ASTRO_OK) {
		status = error_set(err, ASTRO_STORE, hint,
		                   "the credential helper %s answers with "
		                   "something that is no JSON",
		                   run->name);
		goto out;
	}
	secret = json_text(json, "Secret");
	/* Debian's docker-credential-pass has that for what it does not have
	 * (docker/docker-credential-helpers#220). */
	if (secret != NULL && *secret == '\0') {
		status = none(run->name, entry, err);
		goto out;
	}
	if (secret == NULL || !is_ours(json, "ServerURL", run->input->bytes) ||
	    !is_ours(json, "Username", user)) {
		status = error_set(err, ASTRO_STORE, hint,
		                   "the credential helper %s answers for "
		                   "something else than was asked",
		                   run->name);
		goto out;
	}
	status = secret_new(secret, strlen(secret), out, err);
out:
	json_free(json);
	return status;
}

static int get_once(const char *argument, const struct store_entry *entry,
                    struct astro_secret **record, struct astro_error *err)
{
	struct text url, output;
	struct helper_run run = {
		.name = argument,
		.verb = "get",
		.input = &url,
		.output = &output,
	};
	int status;

	*record = NULL;
	text_init(&output, ANSWER_MAX);
	status = make_url(entry, &url, err);
	if (status == ASTRO_OK)
		status = ask(&run, entry, err);
	if (status == ASTRO_OK)
		status = read_answer(&run, entry, record, err);
	text_clear(&output);
	text_clear(&url);
	return status;
}

/* ---- one call beside another ---- */

/*
 * A helper may not bear company: pass writes its file in place, and gpg-agent,
 * asked by a dozen at once, has "no secret key".  Those who read go side by
 * side, those who write alone.  It is a courtesy: a lock that cannot be had in
 * time is gone without.
 */
static int hold(const char *name, const struct store_entry *entry,
                enum lock_kind kind, struct state *out, struct astro_error *err)
{
	struct astro_error why = {.status = ASTRO_OK};
	int status = ASTRO_OK;

	out->folder = -1;
	out->lock = LOCK_NONE;
	if (entry->paths != NULL)
		status = state_open_helper(entry->paths, name, kind, out, &why);
	if (status == ASTRO_OK && out->lock.fd >= 0)
		status = lock_wait(&out->lock, LOCK_WAIT_MS, &why);
	if (status != ASTRO_CANCELLED)
		return ASTRO_OK;
	state_unlock(out);
	*err = why;
	return status;
}

/* What a helper refuses at once it is asked a second time, with nobody of ours
 * beside. */
static int get_alone(const char *argument, const struct store_entry *entry,
                     struct lock *lock, struct astro_secret **record,
                     struct astro_error *err)
{
	struct astro_error why = {.status = ASTRO_OK};
	int status = lock_alone(lock, LOCK_WAIT_MS, &why);

	if (status == ASTRO_CANCELLED)
		*err = why;
	if (status != ASTRO_OK)
		return status == ASTRO_CANCELLED ? status : ASTRO_STORE;
	return get_once(argument, entry, record, err);
}

static int get(const char *argument, const struct store_entry *entry,
               struct astro_secret **record, struct astro_error *err)
{
	int64_t patience = clock_boot() + AT_ONCE_MS;
	struct state state;
	int status;

	*record = NULL;
	status = hold(argument, entry, LOCK_TO_READ, &state, err);
	if (status == ASTRO_OK)
		status = get_once(argument, entry, record, err);
	if (status == ASTRO_STORE && state.lock.fd >= 0 &&
	    clock_boot() < patience)
		status = get_alone(argument, entry, &state.lock, record, err);
	state_unlock(&state);
	return status;
}

static int write_message(const char *url, const struct astro_secret *record,
                         struct text *out, struct astro_error *err)
{
	const struct astro_field fields[] = {
		{.name = "ServerURL", .text = url},
		{.name = "Username", .text = user},
		{.name = "Secret", .secret = record},
	};
	size_t len;

	(void)secret_bytes(record, &len);
	text_init(out, (size_t)2 * RECORD_MAX);
	if (len > RECORD_MAX ||
	    json_write_fields(out, NULL, fields, 3, NULL) != ASTRO_OK)
		return error_set(err, ASTRO_STORE, NULL,
		                 "the login is no text that a credential "
		                 "helper could keep");
	/* A longer one could not be read back. */
	if (out->len > MESSAGE_MAX)
		return error_set(err, ASTRO_STORE,
		                 "keep it in the context file with --store "
		                 "file",
		                 "a login of %zu bytes is too large for a "
		                 "credential helper",
		                 len);
	return ASTRO_OK;
}

static int put_once(const char *argument, const struct store_entry *entry,
                    const struct astro_secret *record, struct astro_error *err)
{
	struct text url, input, output;
	struct helper_run run = {
		.name = argument,
		.verb = "store",
		.input = &input,
		.output = &output,
	};
	int status;

	text_init(&input, 0);
	text_init(&output, ANSWER_MAX);
	status = make_url(entry, &url, err);
	if (status == ASTRO_OK)
		status = write_message(url.bytes, record, &input, err);
	if (status == ASTRO_OK)
		status = ask(&run, entry, err);
	text_clear(&output);
	text_clear(&input);
	text_clear(&url);
	return status;
}

static int put(const char *argument, const struct store_entry *entry,
               const struct astro_secret *record, struct astro_error *err)
{
	struct state state;
	int status = hold(argument, entry, LOCK_TO_WRITE, &state, err);

	if (status == ASTRO_OK)
		status = put_once(argument, entry, record, err);
	state_unlock(&state);
	return status;
}

static int remove_entry(const char *argument, const struct store_entry *entry,
                        struct astro_error *err)
{
	struct text url, output;
	struct helper_run run = {
		.name = argument,
		.verb = "erase",
		.input = &url,
		.output = &output,
	};
	int status;

	text_init(&output, ANSWER_MAX);
	status = make_url(entry, &url, err);
	if (status == ASTRO_OK)
		status = ask(&run, entry, err);
	text_clear(&output);
	text_clear(&url);
	return status;
}

/* Some helpers erase what is not there with success: ask first.  What cannot
 * be read (its key is lost) can be erased all the same. */
static int erase(const char *argument, const struct store_entry *entry,
                 struct astro_error *err)
{
	struct astro_secret *record = NULL;
	struct state state;
	int status = hold(argument, entry, LOCK_TO_WRITE, &state, err);

	if (status == ASTRO_OK)
		status = get_once(argument, entry, &record, err);
	secret_free(record);
	if (status == ASTRO_OK || status == ASTRO_STORE)
		status = remove_entry(argument, entry, err);
	state_unlock(&state);
	return status;
}

/* The whole way with a word of chance, under a name that no context has: to
 * write, a helper may need a key that reading does without. */
static int probe(const char *argument, struct astro_error *err)
{
	unsigned char random[8];
	char folder[sizeof(random) * 2 + 1];
	const struct store_entry entry = {.folder = folder, .name = "probe"};
	struct astro_secret *word = NULL, *answer = NULL;
	size_t i;
	int status = random_fill(random, sizeof(random), err);

	for (i = 0; i < sizeof(random); i++)
		(void)snprintf(folder + i * 2, 3, "%02x", random[i]);
	if (status == ASTRO_OK)
		status = secret_new(folder, strlen(folder), &word, err);
	if (status != ASTRO_OK)
		return status;
	status = put(argument, &entry, word, err);
	if (status == ASTRO_OK) {
		struct astro_error why;
		int erased;

		status = get(argument, &entry, &answer, err);
		erased = remove_entry(argument, &entry,
		                      status == ASTRO_OK ? err : &why);
		if (status == ASTRO_OK)
			status = erased;
	}
	secret_free(answer);
	secret_free(word);
	/* It took the word and has it not: that is no "not logged in". */
	if (status == ASTRO_NOT_FOUND)
		status =
			error_set(err, ASTRO_STORE, hint,
		                  "the credential helper %s does not keep what "
		                  "it is given",
		                  argument);
	return status;
}

const struct store_backend store_helper = {
	.title = "the credential helper",
	.probe = probe,
	.get = get,
	.put = put,
	.erase = erase,
};
