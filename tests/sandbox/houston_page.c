/* SPDX-License-Identifier: Apache-2.0 */
/* The page where people of the Software product get a token to paste. */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "handlers.h"
#include "mint.h"
#include "page.h"
#include "sandbox.h"

static void show(const struct request *request, struct reply *reply,
                 const char *user, const char *complaint)
{
	const struct page_login login = {
		.title = "Log in for a token",
		.action = request->path,
		.user = user,
		.complaint = complaint,
	};

	page_login(&reply->body, &login);
	reply_page(reply, complaint == NULL ? 200 : 400);
}

void houston_show_token(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	(void)box;
	show(request, reply, NULL, NULL);
}

void houston_token(struct sandbox *box, const struct request *request,
                   struct reply *reply)
{
	json_t *form = request_form(request);
	const char *name = fields_get(form, "user");
	const char *password = fields_get(form, "password");
	json_t *user = data_houston_user(box, name);
	const char *right = fields_get(user, "password");
	struct mint mint = {
		.user = user,
		.lifetime = setting_number(box, "houston_token_lifetime"),
	};
	char *token;

	if (password != NULL && right != NULL && strcmp(password, right) == 0) {
		token = mint_houston(box, &mint);
		page_token(&reply->body, token == NULL ? "" : token);
		reply_page(reply, 200);
		free(token);
	} else {
		show(request, reply, name, "Wrong user or password");
	}
	json_decref(form);
}
