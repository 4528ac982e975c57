/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML that people see. */
#ifndef SANDBOX_PAGE_H
#define SANDBOX_PAGE_H

#include <stdbool.h>

struct text;

struct page_login {
	const char *title;
	const char *action;      /* where the form is posted to */
	const char *transaction; /* a hidden field, or NULL */
	const char *notice;      /* what is being authorized, or NULL */
	const char *user_code;   /* of a device, "" to be typed; NULL: none */
	const char *user;        /* already filled in, or NULL */
	const char *complaint;   /* about the last attempt, or NULL */
	bool cancel;             /* with a button to give up */
};

bool page_login(struct text *out, const struct page_login *login);
bool page_message(struct text *out, const char *title, const char *message);
bool page_token(struct text *out, const char *token);

#endif
