/* SPDX-License-Identifier: Apache-2.0 */
/* An authenticate() that ends otherwise than by returning, or returns what it
 * must not. */
#include "operation.h"

#include <fcntl.h>
#include <stdlib.h>

static jmp_buf before;

/* Returns, and what it has saved is worth nothing any more. */
static int end_prompt(struct astro_session *session, struct astro_error *err)
{
	(void)session;
	(void)err;
	return setjmp(before) == 0 ? ASTRO_OK : ASTRO_INTERNAL;
}

static int deep(int depth)
{
	volatile char much[65536];

	much[0] = (char)depth;
	return depth < 0 ? much[0] : deep(depth + 1) + much[0];
}

static void leave_children(void)
{
	int i;

	for (i = 0; i < 8; i++) {
		if (fork() != 0)
			continue;
		(void)alarm(20);
		for (;;)
			(void)pause();
	}
}

static void free_twice(void)
{
	char *volatile block = malloc(2000);

	free(block);
	free(block);
}

/* What cannot be followed back to it returns. */
static void end(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int fd;

	(void)host;
	(void)err;
	(void)fd;
	(void)free_twice;
	(void)leave_children;
	(void)deep;
#if defined(KIT_exits)
	exit(0);
#elif defined(KIT_exits_at_once)
	_exit(0);
#elif defined(KIT_aborts)
	abort();
#elif defined(KIT_kills_itself)
	(void)raise(SIGKILL);
#elif defined(KIT_stops_itself)
	(void)raise(SIGSTOP);
#elif defined(KIT_jumps_out)
	longjmp(before, 1);
#elif defined(KIT_overflows)
	(void)deep(0);
#elif defined(KIT_frees_twice)
	free_twice();
	abort();
#elif defined(KIT_closes_everything)
	for (fd = 0; fd < 256; fd++)
		(void)close(fd);
#elif defined(KIT_leaves_children)
	leave_children();
	_exit(0);
#elif defined(KIT_floods_person)
	for (;;)
		host->tell(host->core, "again and again");
#elif defined(KIT_floods_log)
	for (;;)
		host->log(host->core, ASTRO_WARNING, "again and again");
#endif
}

static int end_authenticate(struct astro_session *session,
                            struct astro_credential **out,
                            struct astro_error *err)
{
	end(session, err);
#if defined(KIT_no_status)
	(void)out;
	return 99;
#elif defined(KIT_negative_status)
	(void)out;
	return -1;
#elif defined(KIT_no_credential)
	(void)out;
	return ASTRO_OK;
#elif defined(KIT_no_message)
	*out = NULL;
	return ASTRO_DENIED;
#else
	return plain_authenticate(session, out, err);
#endif
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = KIT_NAME,
	.title = "Test " KIT_NAME,
	.open = plain_open,
	.close = plain_close,
	.prompt = end_prompt,
	.authenticate = end_authenticate,
};
