/* SPDX-License-Identifier: Apache-2.0 */
/* RP-Initiated Logout 1.0. */
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "op.h"
#include "op_client.h"
#include "page.h"
#include "sandbox.h"
#include "transaction.h"

/* Back to the program, or to a page when no address was given (section 3). */
static void leave(struct reply *reply, const json_t *asked)
{
	const char *address = fields_get(asked, "post_logout_redirect_uri");
	const char *state = fields_get(asked, "state");
	json_t *answer;

	if (address == NULL) {
		page_message(&reply->body, "You are logged out",
		             "You may close this window.");
		reply_page(reply, 200);
		return;
	}
	answer = json_object();
	if (state != NULL)
		json_object_set_new(answer, "state", json_string(state));
	reply_redirect(reply, address,
	               json_object_size(answer) > 0 ? answer : NULL);
	json_decref(answer);
}

static void end(struct sandbox *box, const json_t *asked, struct reply *reply)
{
	const char *hint = fields_get(asked, "id_token_hint");
	const char *given = fields_get(asked, "client_id");
	const char *address = fields_get(asked, "post_logout_redirect_uri");
	/* Section 2: an expired one is taken as well. */
	json_t *grant = grant_find(box, "op-id", hint);
	const char *id = grant != NULL ? fields_get(grant, "client_id") : given;
	json_t *client = op_client_find(box, id);

	if (asked == NULL)
		transaction_refuse(reply, "A parameter is malformed or comes "
		                          "twice.");
	else if (grant == NULL)
		transaction_refuse(reply, "Who is it that logs out? The "
		                          "id_token_hint is missing or none "
		                          "of this server's.");
	else if (given != NULL && !op_is(grant, "client_id", given))
		transaction_refuse(reply, "The id_token_hint was not issued "
		                          "to this client.");
	else if (address != NULL &&
	         !op_client_has_address(client, "post_logout_redirect_uris",
	                                address))
		transaction_refuse(reply, "The post_logout_redirect_uri is not "
		                          "one of this client's.");
	else {
		grant_revoke_family(box, grant);
		leave(reply, asked);
	}
}

/* Section 2: by GET and by POST. */
void op_end_session(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	json_t *form = request->method[0] == 'P' ? request_form(request) : NULL;

	end(box, form != NULL ? form : request->arguments, reply);
	json_decref(form);
}
