#!/bin/sh
# valgrind.sh BUILD: a login of each product under valgrind, engine, provider
# and all (a plain build: sanitizers and valgrind do not mix).
set -eu
cd "$(dirname "$0")/.."
build=$PWD/${1:-build}
home=$(mktemp -d)
. tests/support/sandbox.sh
sandbox_start "$build/bin" "$home"
trap 'kill $sandbox 2>/dev/null || true; rm -rf "$home"' EXIT

# libcurl's and jansson's memory comes from an allocator that wipes: it hands
# out the inside of a block, which valgrind calls "possibly lost" where a
# process ends with _exit().  Forks are followed, other programs (the browser) are not.
export ASTRO_HOME="$home" ASTRO_BROWSER="$build/bin/astro-sandbox visit"
under_valgrind() {
	valgrind --quiet --leak-check=full --show-leak-kinds=definite \
		--errors-for-leak-kinds=definite --error-exitcode=99 \
		--log-file="$home/valgrind.%p" "$build/bin/astro" "$@" || {
		status=$?
		cat "$home"/valgrind.* >&2
		echo "valgrind: astro $* ended with $status" >&2
		exit 1
	}
}

under_valgrind login localhost --workspace Production
echo sandbox-jane | under_valgrind login houston -u jane --password-stdin \
	--workspace "Workspace One"
under_valgrind auth token -d localhost >/dev/null
if grep -q . "$home"/valgrind.*; then
	cat "$home"/valgrind.* >&2
	exit 1
fi
echo "valgrind: clean on a login of each product"
