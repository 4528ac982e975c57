/* SPDX-License-Identifier: Apache-2.0 */
/* One question in a child. */
#include "asking.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "interrupt.h"
#include "secret.h"
#include "terminal.h"

static int ask_once(const struct asking *asking)
{
	struct astro_question question = {
		.size = sizeof(question),
		.echo = asking->is_hidden ? ASTRO_ECHO_OFF : ASTRO_ECHO_ON,
		.key = asking->key,
		.label = asking->label,
		.fallback = asking->fallback};
	struct astro_secret *answer;
	struct astro_error err;
	int status;

	memset(&err, 0, sizeof(err));
	status = terminal_ask(&question, asking->deadline, &answer, &err);
	(void)printf("[%d|%s|%s|%s]", status,
	             answer != NULL ? secret_bytes(answer, NULL) : "",
	             err.message, err.hint);
	secret_free(answer);
	return status;
}

int asking_work(void *data)
{
	const struct asking *asking = data;
	int i, status = ASTRO_OK;

	if (!asking->has_no_handlers)
		interrupt_install();
	for (i = 0; i < (asking->questions != 0 ? asking->questions : 1); i++)
		status = ask_once(asking);
	return status;
}

struct pty *asking_spawn(struct asking *asking)
{
	struct pty_options options = {
		.work = asking_work, .data = asking, .pipe_stdout = true};

	return pty_spawn(&options);
}

struct pty *asking_spawn_password(struct asking *asking)
{
	struct pty *pty;

	asking->key = "password";
	asking->label = "Password:";
	asking->is_hidden = true;
	pty = asking_spawn(asking);
	pty_expect(pty, "Password: ");
	return pty;
}

void asking_expect(struct pty *pty, const char *printed)
{
	(void)pty_finish(pty);
	ck_assert_str_eq(pty_stdout(pty), printed);
	pty_free(pty);
}
