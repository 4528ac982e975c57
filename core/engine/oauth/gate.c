/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the listening sockets and the connections that have not yet sent their
 * request.  The web server behind it never waits for anybody. */
#include "gate.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "holder.h"
#include "log.h"

enum {
	REQUEST_MAX = GATE_LINE_MAX + GATE_HEADERS_MAX + 4,
	ACCEPTED_AT_ONCE = 256, /* then the others get their turn */
	EVENTS_AT_ONCE = 64,
	PORT_ATTEMPTS = 16
};

struct visitor {
	int fd;
	int64_t since;
};

struct gate {
	int epoll;
	int listeners[2]; /* 127.0.0.1 and ::1, or -1 */
	uint16_t port;
	struct visitor visitors[GATE_WAITING_MAX]; /* oldest first */
	size_t count;
	char seen[REQUEST_MAX + 1];
};

static bool is_token(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') ||
	       (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* "METHOD target HTTP/1.x", blanks being exactly one space (RFC 9112, 3). */
static bool line_is_request(const char *line, size_t len)
{
	const char *target = memchr(line, ' ', len);
	const char *version;
	size_t i;

	if (target == NULL || target == line)
		return false;
	target++;
	version = memchr(target, ' ', len - (size_t)(target - line));
	if (version == NULL || version == target)
		return false;
	for (i = 0; line + i < target - 1; i++)
		if (!is_token((unsigned char)line[i]))
			return false;
	for (i = 0; target + i < version; i++)
		if ((unsigned char)target[i] <= 0x20 ||
		    (unsigned char)target[i] >= 0x7F)
			return false;
	version++;
	return len - (size_t)(version - line) == 8 &&
	       (memcmp(version, "HTTP/1.1", 8) == 0 ||
	        memcmp(version, "HTTP/1.0", 8) == 0);
}

static bool header_is(const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	return len > name_len && line[name_len] == ':' &&
	       strncasecmp(line, name, name_len) == 0;
}

/* A header of a request without a body (RFC 9112, 5 and 6). */
static bool line_is_header(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len && is_token((unsigned char)line[i]); i++)
		;
	if (i == 0 || i == len || line[i] != ':')
		return false;
	if (header_is(line, len, "Transfer-Encoding"))
		return false;
	if (!header_is(line, len, "Content-Length"))
		return true;
	for (i++; i < len && (line[i] == ' ' || line[i] == '\t'); i++)
		;
	return len - i == 1 && line[i] == '0';
}

/* The end of the line that begins at FROM: at its CR.  NULL while there is
 * none; *BAD when the line cannot become one. */
static const char *line_end(const char *from, const char *end, bool is_first,
                            bool *bad)
{
	const char *at;

	for (at = from; at < end; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte == '\r') {
			if (at + 1 == end)
				return NULL;
			if (at[1] == '\n')
				return at;
			break;
		}
		if (byte == 0x7F || (byte < 0x20 && byte != '\t') ||
		    (is_first && (byte >= 0x80 || byte == '\t')))
			break;
	}
	*bad = at < end;
	return NULL;
}

int gate_judge(const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len, *headers = NULL;

	for (;;) {
		bool bad = false;
		const char *stop = line_end(at, end, headers == NULL, &bad);
		const char *limit = stop != NULL ? stop : end;

		if (bad)
			return 400;
		if (headers == NULL && limit - at > GATE_LINE_MAX)
			return 414;
		if (headers != NULL && limit - headers > GATE_HEADERS_MAX)
			return 431;
		if (stop == NULL)
			return 0;
		if (headers == NULL) {
			if (!line_is_request(at, (size_t)(stop - at)))
				return 400;
			headers = stop + 2;
		} else if (stop == at) {
			/* Nothing may follow: a GET has no body, and one
			 * connection is one request. */
			return stop + 2 == end ? 200 : 400;
		} else if (!line_is_header(at, (size_t)(stop - at))) {
			return 400;
		}
		at = stop + 2;
	}
}

static int listen_on(int family, uint16_t port)
{
	struct sockaddr_storage address;
	struct sockaddr_in *four = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
	const int one = 1;
	socklen_t len;
	int fd, number;

	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	memset(&address, 0, sizeof(address));
	address.ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		four->sin_port = htons(port);
		len = sizeof(*four);
	} else {
		six->sin6_addr = in6addr_loopback;
		six->sin6_port = htons(port);
		len = sizeof(*six);
	}
	/* SO_REUSEADDR: connections of the last login in TIME_WAIT are no
	 * hindrance; a listener still is.  SO_REUSEPORT would share the port.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
	                                      &one, sizeof(one)) != 0) ||
	    bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    listen(fd, SOMAXCONN) != 0) {
		number = errno;
		(void)close(fd);
		errno = number;
		return -1;
	}
	return fd;
}

/* A family that this machine does not have. */
static bool is_missing(int number)
{
	return number == EADDRNOTAVAIL || number == EAFNOSUPPORT ||
	       number == EPROTONOSUPPORT || number == ENODEV;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

/* Both families, or the one there is; else the errno of what went wrong. */
static int open_both(struct gate *gate, uint16_t port)
{
	int four = 0;

	gate->port = port;
	gate->listeners[0] = listen_on(AF_INET, port);
	if (gate->listeners[0] < 0) {
		four = errno;
		if (!is_missing(four))
			return four;
	} else {
		gate->port = port_of(gate->listeners[0]);
	}

	gate->listeners[1] = listen_on(AF_INET6, gate->port);
	if (gate->listeners[1] >= 0) {
		gate->port = port_of(gate->listeners[1]);
		return 0;
	}
	if (four == 0 && is_missing(errno))
		return 0;
	/* Somebody else on one family would get the answers of a browser that
	 * takes "localhost" to be that one. */
	return four != 0 ? four : errno;
}

static void close_both(struct gate *gate)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (gate->listeners[i] >= 0)
			(void)close(gate->listeners[i]);
	gate->listeners[0] = gate->listeners[1] = -1;
}

static int port_error(uint16_t port, int number, struct astro_error *err)
{
	static const char hint[] =
		"end that program, or go on by pasting the address that the "
		"browser ends on";
	char holder[128];

	if (number != EADDRINUSE)
		return error_set_system(err, ASTRO_STORE, number, hint,
		                        "port %u of this machine",
		                        (unsigned)port);
	if (holder_find(port, holder, sizeof(holder)))
		return error_set(err, ASTRO_STORE, hint,
		                 "port %u is in use by %s", (unsigned)port,
		                 holder);
	return error_set(err, ASTRO_STORE, hint, "port %u is in use",
	                 (unsigned)port);
}

static bool watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event event;

	memset(&event, 0, sizeof(event));
	event.events = events;
	event.data.fd = fd;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

int gate_open(uint16_t port, struct gate **out, struct astro_error *err)
{
	struct gate *gate = calloc(1, sizeof(*gate));
	int attempt, number, status = ASTRO_OK;
	size_t i;

	*out = NULL;
	if (gate == NULL)
		return error_no_memory(err);
	gate->listeners[0] = gate->listeners[1] = -1;
	gate->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (gate->epoll < 0) {
		status = error_set_system(err, ASTRO_INTERNAL, errno, NULL,
		                          "the callback's sockets");
		goto out;
	}
	/* Any port, free on the one family, may be taken on the other. */
	for (attempt = 0;; attempt++) {
		number = open_both(gate, port);
		if (number == 0)
			break;
		close_both(gate);
		if (port == 0 && number == EADDRINUSE &&
		    attempt < PORT_ATTEMPTS)
			continue;
		status = port_error(port, number, err);
		goto out;
	}
	for (i = 0; i < 2; i++)
		if (gate->listeners[i] >= 0 &&
		    !watch(gate->epoll, gate->listeners[i], EPOLLIN)) {
			status = error_set_system(err, ASTRO_INTERNAL, errno,
			                          NULL,
			                          "the callback's sockets");
			goto out;
		}
	*out = gate;
	gate = NULL; /* handed over */
out:
	gate_close(gate);
	return status;
}

uint16_t gate_port(const struct gate *gate)
{
	return gate->port;
}

int gate_fd(const struct gate *gate)
{
	return gate->epoll;
}

static void forget(struct gate *gate, size_t index)
{
	gate->count--;
	memmove(&gate->visitors[index], &gate->visitors[index + 1],
	        (gate->count - index) * sizeof(gate->visitors[0]));
}

static void drop(struct gate *gate, size_t index)
{
	(void)close(gate->visitors[index].fd);
	forget(gate, index);
}

static const char *reason(int status)
{
	return status == 414   ? "414 URI Too Long"
	       : status == 431 ? "431 Request Header Fields Too Large"
	                       : "400 Bad Request";
}

/* One line that says why, and the end. */
static void refuse(struct gate *gate, size_t index, int status)
{
	int fd = gate->visitors[index].fd;
	char answer[128];
	int len;

	if (gate->seen[0] == 0x16)
		log_write(ASTRO_DEBUG,
		          "port %u was spoken to in TLS; its "
		          "address begins with http://",
		          (unsigned)gate->port);
	/* What is left unread would turn the close into a reset, and the
	 * answer might be lost. */
	(void)recv(fd, gate->seen, REQUEST_MAX, MSG_DONTWAIT);
	len = snprintf(answer, sizeof(answer),
	               "HTTP/1.1 %s\r\nConnection: close\r\n"
	               "Content-Length: 0\r\n\r\n",
	               reason(status));
	(void)send(fd, answer, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
	drop(gate, index);
}

/* Look at what visitor INDEX has sent; true when it is gone from here. */
static bool look(struct gate *gate, size_t index,
                 void (*pass)(void *data, int fd), void *data)
{
	int fd = gate->visitors[index].fd, verdict;
	ssize_t len;

	len = recv(fd, gate->seen, REQUEST_MAX + 1, MSG_PEEK | MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (len <= 0) {
		drop(gate, index);
		return true;
	}
	verdict = gate_judge(gate->seen, (size_t)len);
	if (verdict == 0)
		return false;
	if (verdict != 200) {
		refuse(gate, index, verdict);
	} else {
		forget(gate, index);
		(void)epoll_ctl(gate->epoll, EPOLL_CTL_DEL, fd, NULL);
		pass(data, fd);
	}
	explicit_bzero(gate->seen, (size_t)len);
	return true;
}

static void welcome(struct gate *gate, int listener,
                    void (*pass)(void *data, int fd), void *data)
{
	int i;

	for (i = 0; i < ACCEPTED_AT_ONCE; i++) {
		int fd = accept4(listener, NULL, NULL,
		                 SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0) {
			/* Out of descriptors: the oldest makes room. */
			if ((errno == EMFILE || errno == ENFILE) &&
			    gate->count > 0)
				drop(gate, 0);
			return;
		}
		if (gate->count == GATE_WAITING_MAX)
			drop(gate, 0);
		/* Edges: bytes that are only looked at stay in the socket. */
		if (!watch(gate->epoll, fd, EPOLLIN | EPOLLRDHUP | EPOLLET)) {
			(void)close(fd);
			continue;
		}
		gate->visitors[gate->count].fd = fd;
		gate->visitors[gate->count].since = clock_boot();
		gate->count++;
		(void)look(gate, gate->count - 1, pass, data);
	}
}

static size_t find(const struct gate *gate, int fd)
{
	size_t i;

	for (i = 0; i < gate->count; i++)
		if (gate->visitors[i].fd == fd)
			break;
	return i;
}

void gate_run(struct gate *gate, void (*pass)(void *data, int fd), void *data)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int count, i;

	/* Those who have spoken come before anybody new, who might push them
	 * out. */
	count = epoll_wait(gate->epoll, events, EVENTS_AT_ONCE, 0);
	for (i = 0; i < count; i++) {
		size_t index = find(gate, events[i].data.fd);

		if (index < gate->count)
			(void)look(gate, index, pass, data);
	}
	for (i = 0; i < count; i++)
		if (events[i].data.fd == gate->listeners[0] ||
		    events[i].data.fd == gate->listeners[1])
			welcome(gate, events[i].data.fd, pass, data);

	while (gate->count > 0 &&
	       clock_boot() - gate->visitors[0].since >= GATE_WAIT_MS)
		drop(gate, 0);
}

void gate_close(struct gate *gate)
{
	if (gate == NULL)
		return;
	while (gate->count > 0)
		drop(gate, 0);
	close_both(gate);
	if (gate->epoll >= 0)
		(void)close(gate->epoll);
	explicit_bzero(gate->seen, sizeof(gate->seen));
	free(gate);
}
