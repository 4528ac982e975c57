/* SPDX-License-Identifier: Apache-2.0 */
/* The listening sockets and the requests that arrive there. */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include <stdbool.h>

struct MHD_Daemon;
struct sandbox;

/* 127.0.0.1 and, where the machine has it, ::1. */
struct server {
	int sockets[2]; /* -1: none */
	struct MHD_Daemon *daemons[2];
};

/* Take PORT (0: any one, the same for both) and set BOX's port and base. */
bool server_listen(struct server *server, struct sandbox *box, unsigned port);
/* Answer from now on, on threads of its own. */
bool server_start(struct server *server, struct sandbox *box);
void server_stop(struct server *server, struct sandbox *box);

#endif
