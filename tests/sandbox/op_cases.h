/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hostile OpenID provider, case by case: how it misbehaves, and what a
 * public native client has to make of it.  The one table that the sandbox and
 * the tests of a client share: it stands on nothing but the C library.
 *
 * Names that begin with "oidcc-" and "fapi2-" are those of the OpenID
 * Foundation's suite; "idt-", "dev-" and so on are this project's own.
 */
#ifndef SANDBOX_OP_CASES_H
#define SANDBOX_OP_CASES_H

#include <stdbool.h>
#include <stddef.h>

/* What the client does. */
enum op_flow {
	OP_LOGIN,       /* logs in by browser */
	OP_LOGIN_TWICE, /* ... and then once more */
	OP_REFRESH,     /* ... and then refreshes */
	OP_LOGOUT,      /* ... and then logs out at the provider too */
	OP_DEVICE,      /* logs in by the device grant */
};

enum op_verdict {
	OP_ACCEPT,
	OP_REFUSE,
	OP_EITHER, /* but neither crash nor hang, nor ask anything forbidden */
};

/* Where the client stops, in the order of a login. */
enum op_step {
	OP_AT_DISCOVERY,
	OP_AT_REGISTRATION,
	OP_AT_PUSH,
	OP_AT_DEVICE,        /* the answer with the device code */
	OP_AT_AUTHORIZATION, /* the answer that the browser brings */
	OP_AT_TOKEN,         /* the token answer, a poll's as well */
	OP_AT_ID_TOKEN,
	OP_AT_USERINFO,
	OP_AT_REFRESH,
	OP_AT_LOGOUT,
	OP_AT_END, /* nowhere */
};

struct op_case {
	const char *name;
	enum op_flow flow;
	enum op_verdict verdict;
	enum op_step step;
	int exit_code; /* of the command that meets it; -1: not laid down */
	/* JSON in single quotes, see docs/sandbox.md; for the sandbox. */
	const char *recipe;
	/* The client to be; NULL: "sandbox-native", "": none, register. */
	const char *client;
	/* What the issuer's path is; NULL: "/op". */
	const char *issuer;
	bool dpop; /* the client asks for bound tokens */
};

/* The case of that number, from 0; NULL: there are no more. */
const struct op_case *op_case_at(size_t index);
/* NULL: there is none of that name. */
const struct op_case *op_case_find(const char *name);
/*
 * Whether a client that stops at STEP may have asked for PATH at all; for
 * OP_AT_END, whether an honest login may.  WITH_TOKEN: with an Authorization
 * header.  Without one userinfo may be asked early: that opens the connection
 * and gives nothing away.  "/sandbox/" is not judged here.
 */
bool op_step_allows(enum op_step step, const char *path, bool with_token);
/* "login", "refuse", "id_token" ... */
const char *op_flow_name(enum op_flow flow);
const char *op_verdict_name(enum op_verdict verdict);
const char *op_step_name(enum op_step step);

#endif
