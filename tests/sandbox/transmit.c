/* SPDX-License-Identifier: Apache-2.0 */
/* Answers on their way out: whole, slow, cut short, or not at all. */
#include "transmit.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exchange.h"
#include "sandbox.h"

/* How long a peer may take to read raw bytes. */
enum { PATIENCE_MS = 10000 };

/* A body that is handed out piece by piece. */
struct stream {
	struct sandbox *box;
	char *bytes;
	uint64_t len, cut;
	int64_t drip_ms;
};

static ssize_t stream_read(void *cls, uint64_t at, char *out, size_t size)
{
	struct stream *stream = cls;
	uint64_t left;

	if (at >= stream->cut)
		return stream->cut < stream->len
		               ? MHD_CONTENT_READER_END_WITH_ERROR
		               : MHD_CONTENT_READER_END_OF_STREAM;
	left = stream->cut - at;
	if (stream->drip_ms > 0) {
		sandbox_sleep(stream->box, stream->drip_ms);
		left = 1;
	}
	if (size > left)
		size = (size_t)left;
	memcpy(out, stream->bytes + at, size);
	return (ssize_t)size;
}

static void stream_free(void *cls)
{
	struct stream *stream = cls;

	free(stream->bytes);
	free(stream);
}

static struct MHD_Response *damaged(struct sandbox *box,
                                    const struct reply *reply)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	size_t len = reply->padding + reply->body.len;
	struct MHD_Response *response;

	if (stream == NULL)
		return NULL;
	stream->box = box;
	stream->bytes = malloc(len + 1);
	if (stream->bytes == NULL) {
		free(stream);
		return NULL;
	}
	/* Blanks before JSON are still JSON, however many. */
	memset(stream->bytes, ' ', reply->padding);
	memcpy(stream->bytes + reply->padding, reply->body.bytes,
	       reply->body.len);
	stream->len = len;
	stream->cut = reply->cut >= 0 && (uint64_t)reply->cut < len
	                      ? (uint64_t)reply->cut
	                      : len;
	stream->drip_ms = reply->drip_ms;
	response = MHD_create_response_from_callback(
		reply->unsized ? MHD_SIZE_UNKNOWN : len, 64 * 1024, stream_read,
		stream, stream_free);
	if (response == NULL)
		stream_free(stream);
	return response;
}

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection,
	                               MHD_CONNECTION_INFO_CONNECTION_FD)
	        ->connect_fd;
}

static void send_raw(struct sandbox *box, int fd, const struct reply *reply)
{
	size_t at = 0, step = reply->drip_ms > 0 ? 1 : reply->body.len;

	while (at < reply->body.len) {
		struct pollfd ready = {.fd = fd, .events = POLLOUT};
		size_t left = reply->body.len - at;
		ssize_t sent;

		if (reply->drip_ms > 0)
			sandbox_sleep(box, reply->drip_ms);
		if (poll(&ready, 1, PATIENCE_MS) <= 0)
			return;
		sent = send(fd, reply->body.bytes + at,
		            left < step ? left : step, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return;
		if (sent > 0)
			at += (size_t)sent;
	}
}

static void add_headers(struct MHD_Response *response, const json_t *headers)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)headers, name, value)
	{
		if (json_is_string(value))
			MHD_add_response_header(response, name,
			                        json_string_value(value));
	}
}

enum MHD_Result transmit(struct sandbox *box, struct MHD_Connection *connection,
                         struct reply *reply)
{
	/* Dissolving the association aborts it: the peer gets a RST, which
	 * libmicrohttpd's orderly shutdown would not send. */
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct MHD_Response *response;
	enum MHD_Result result;

	if (reply->reset)
		(void)connect(socket_of(connection), &nobody, sizeof(nobody));
	if (reply->drop)
		return MHD_NO;
	if (reply->raw) {
		send_raw(box, socket_of(connection), reply);
		return MHD_NO;
	}
	if (reply->cut >= 0 || reply->drip_ms > 0 || reply->padding > 0)
		response = damaged(box, reply);
	else
		response = MHD_create_response_from_buffer(
			reply->body.len, reply->body.bytes,
			MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	add_headers(response, reply->headers);
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}
