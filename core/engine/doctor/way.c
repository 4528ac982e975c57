/* SPDX-License-Identifier: Apache-2.0 */
/* How a login would reach the person, found as a login finds it: the flow, the
 * browser, the port that the browser comes back to. */
#include "doctor.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "callback.h"
#include "domain.h"
#include "error.h"
#include "flow.h"
#include "opener.h"
#include "terminal.h"

static void check_browser(struct doctor *doctor)
{
	struct opener opener;
	struct astro_error why = {0};

	memset(&opener, 0, sizeof(opener));
	if (opener_find(&opener, &why) == ASTRO_OK)
		diagnosis_note(&doctor->diagnosis, "way.flow", DIAGNOSIS_FACT,
		               "a login opens the browser with %s",
		               opener.path);
	else
		diagnosis_doubt(&doctor->diagnosis, "way.flow",
		                opener_is_named()
		                        ? "correct ASTRO_BROWSER or BROWSER; "
		                          "until then the link is shown"
		                        : "install xdg-utils, or name one in "
		                          "ASTRO_BROWSER; until then the link "
		                          "is shown",
		                &why);
	opener_clear(&opener);
}

static void check_flow(struct doctor *doctor)
{
	struct flow_facts facts;
	struct flow_choice choice;
	struct astro_error why = {0};

	flow_facts_gather(&facts, doctor->core.job);
	facts.device_offered = doctor->device_offered;
	if (flow_select(&facts, &choice, &why) != ASTRO_OK) {
		diagnosis_doubt(&doctor->diagnosis, "way.flow",
		                "run it on a terminal", &why);
		return;
	}
	if (choice.flow == FLOW_BROWSER)
		check_browser(doctor);
	else
		diagnosis_note(&doctor->diagnosis, "way.flow", DIAGNOSIS_FACT,
		               "%s: a login shows a %s for any device",
		               choice.why,
		               choice.flow == FLOW_DEVICE ? "code" : "link");
}

/* A login asks for the same port in the same way. */
static void check_port(struct doctor *doctor)
{
	struct callback *callback = NULL;
	struct astro_error why = {0};

	if (callback_open((uint16_t)doctor->port, doctor->redirect_path,
	                  &callback, &why) != ASTRO_OK)
		diagnosis_doubt(&doctor->diagnosis, "way.port",
		                "end what holds it, or go on by pasting", &why);
	else if (doctor->port == 0)
		diagnosis_note(&doctor->diagnosis, "way.port", DIAGNOSIS_OK,
		               "a port for the browser's way back is free");
	else
		diagnosis_note(&doctor->diagnosis, "way.port", DIAGNOSIS_FACT,
		               "port %u is free", doctor->port);
	callback_close(callback);
}

/* The first address of NAME that is not one of this machine's own, into OUT;
 * false where all are. */
static bool leads_away(const struct addrinfo *found, char *out, size_t size)
{
	for (; found != NULL; found = found->ai_next)
		if (getnameinfo(found->ai_addr, found->ai_addrlen, out,
		                (socklen_t)size, NULL, 0,
		                NI_NUMERICHOST) == 0 &&
		    !domain_is_loopback(out))
			return true;
	return false;
}

/* A browser goes back to this name; RFC 8252, 8.3, is why addresses are better,
 * but Astro's servers know the name alone. */
static void check_name(struct doctor *doctor)
{
	static const char fix[] = "put \"127.0.0.1 localhost\" into /etc/hosts";
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
	                               .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char address[NI_MAXHOST];
	int number;

	if (strcmp(doctor->redirect_host, "localhost") != 0)
		return;
	number = getaddrinfo("localhost", NULL, &hints, &found);
	if (number != 0)
		diagnosis_warn(&doctor->diagnosis, "way.localhost", fix,
		               "the name localhost is not found: %s",
		               gai_strerror(number));
	else if (leads_away(found, address, sizeof(address)))
		diagnosis_warn(&doctor->diagnosis, "way.localhost", fix,
		               "the name localhost leads away from this "
		               "machine: to %s",
		               address);
	else
		diagnosis_note(&doctor->diagnosis, "way.localhost",
		               DIAGNOSIS_OK, "localhost is this machine");
	if (found != NULL)
		freeaddrinfo(found);
}

void way_check(struct doctor *doctor)
{
	if (doctor->has_visited && doctor->has_stopped &&
	    !doctor->has_authorized) {
		/* No OAuth: it asks for a password, or a token. */
		if (terminal_can_ask())
			diagnosis_note(&doctor->diagnosis, "way.flow",
			               DIAGNOSIS_FACT,
			               "a login asks on the terminal");
		else
			diagnosis_warn(&doctor->diagnosis, "way.flow",
			               "log in with `--token-login -`, or `-u "
			               "NAME --password-stdin`",
			               "a login asks on the terminal, and "
			               "there is none");
		return;
	}
	check_flow(doctor);
	if (!doctor->has_authorized) {
		diagnosis_note(&doctor->diagnosis, "way.port",
		               DIAGNOSIS_SKIPPED,
		               "no server has said how to log in");
		return;
	}
	check_port(doctor);
	check_name(doctor);
}
