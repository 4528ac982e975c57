/* SPDX-License-Identifier: Apache-2.0 */
/* Login transactions and their cookies. */
#include "transaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "grants.h"
#include "page.h"
#include "sandbox.h"

enum { LOGIN_SECONDS = 600 };

void transaction_begin(struct sandbox *box, const struct transaction_site *site,
                       struct reply *reply, json_t *details)
{
	char *name = grant_random(), *browser = grant_random();
	char cookie[200], address[200];

	if (name == NULL || browser == NULL) {
		json_decref(details);
		goto out;
	}
	json_object_set_new(details, "browser", json_string(browser));
	grant_add(box, site->kind, name, LOGIN_SECONDS, details);
	(void)snprintf(cookie, sizeof(cookie),
	               "login-%.8s=%s; Path=%s; HttpOnly; SameSite=Lax", name,
	               browser, site->path);
	(void)snprintf(address, sizeof(address), "%s%s?transaction=%s",
	               site->base, site->path, name);
	reply_redirect(reply, address, NULL);
	reply_header(reply, "Set-Cookie", cookie);
out:
	free(name);
	free(browser);
}

json_t *transaction_find(struct sandbox *box,
                         const struct transaction_site *site,
                         const struct request *request, const char *name)
{
	json_t *login = grant_find(box, site->kind, name);
	const char *cookies = request_header(request, "cookie");
	char wanted[200];

	if (!grant_is_good(box, login) || cookies == NULL)
		return NULL;
	(void)snprintf(wanted, sizeof(wanted), "login-%.8s=%s", name,
	               grant_text(login, "browser"));
	return strstr(cookies, wanted) == NULL ? NULL : login;
}

void transaction_show(struct reply *reply, const struct transaction_site *site,
                      const char *name, const char *user, const char *complaint)
{
	const struct page_login login = {
		.title = "Log in to the sandbox",
		.action = site->path,
		.transaction = name,
		.user = user,
		.complaint = complaint,
		.cancel = true,
	};

	page_login(&reply->body, &login);
	reply_page(reply, complaint == NULL ? 200 : 400);
}

void transaction_refuse(struct reply *reply, const char *message)
{
	page_message(&reply->body, "Oops, something went wrong", message);
	reply_page(reply, 400);
}

void transaction_lost(struct reply *reply)
{
	transaction_refuse(reply, "This login has ended, or began in another "
	                          "browser. Start again from the program that "
	                          "sent you here.");
}
