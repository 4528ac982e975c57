/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provider's own allocations: counted, made to fail, and followed.  Its
 * calls of malloc() and the like are led here by changing the addresses that
 * the dynamic linker has put into its tables; nobody else's are.
 */
#ifndef CORE_CHECK_HEAP_H
#define CORE_CHECK_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap {
	size_t count;   /* allocations so far; */
	size_t fail_at; /* this one fails, 0: none does */
	size_t live, live_bytes;
	bool is_full; /* too many to follow: LIVE says nothing */
	int report_fd;
};

/* Lead those of the object that FUNCTION (its address) is in to HEAP.  Once in
 * a process.  False when the object cannot be read. */
bool heap_watch(struct heap *heap, const void *function);

#endif
