#!/bin/sh
# What the compiler cannot hold: doors, layers, secrets, the words of the tree.
# Run from anywhere; prints each breach, exits 1 if there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
breaches=0

breach() {
	echo "$1"
	breaches=$((breaches + 1))
}

# A library has one door, or a few that are named.
door() {
	header=$1
	shift
	owners=$(printf '%s\n' "$@")
	found=$(grep -rlE "#include <$header>" core plugins include |
		grep -vxF "$owners")
	[ -z "$found" ] || breach "<$header> belongs to $*, not to: $found"
	for owner in "$@"; do
		grep -q "#include <$header>" "$owner" ||
			breach "$owner no longer includes <$header>: mend this list"
	done
}
door yaml.h core/context/yaml.c
door curl/curl.h core/engine/http.c core/engine/doctor/peer.c
door curl/urlapi.h core/engine/address.c
door microhttpd.h core/engine/oauth/callback.c
door jansson.h core/engine/json.c
door cjose/cjose.h core/engine/oauth/jose.c core/engine/oauth/proof.c
door qrencode.h core/engine/qr.c
door termios.h core/terminal/prompt.c
door keyutils.h core/engine/store/session.c
door libsecret/secret.h core/engine/keyring/service.c
# GLib stays in the keyring's module, whose calls are waited for in one place.
found=$(grep -rlE '#include <(gio|glib)' core plugins include |
	grep -v '^core/engine/keyring/')
[ -z "$found" ] || breach "GLib outside of the keyring's module: $found"

# A plugin sees the contract and nothing of the core.
found=$(grep -rnE '#include "(\.\./)*core/|#include "\.\./\.\.' plugins)
[ -z "$found" ] || breach "a plugin reaches into the core: $found"

# Lower layers do not look up.
found=$(grep -nE '#include "(context|domain|terminal|engine|http|report|supervise)' \
	core/base/*.[ch])
[ -z "$found" ] || breach "base looks up: $found"
found=$(grep -nE '#include "(terminal|engine|http|supervise)' \
	core/context/*.[ch])
[ -z "$found" ] || breach "context looks up: $found"

# The engine does without the check, whose headers have names of their own.
found=$(grep -nE '#include "(stage|story|trial|findings|rules|world|heap)\.h' \
	core/engine/*.[ch] core/engine/*/*.[ch])
[ -z "$found" ] || breach "the engine reaches into the check: $found"

# No password or token outlives its secret as a plain string.
found=$(grep -rnE 'char \*(password|passphrase|token|access_token|refresh_token)\b' \
	core plugins | grep -v 'const char')
[ -z "$found" ] || breach "a secret without its type: $found"

# Only main ends the program, only main prints errors.
found=$(grep -rnE '\b(exit|abort)[[:space:]]*\(' core plugins --include='*.c' |
	grep -vE '_exit|_EXIT|/main\.c:|\* ')
[ -z "$found" ] || breach "ends the program: $found"

# Every source begins with its licence.
for file in $(find core plugins include tests examples -name '*.[ch]'); do
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		breach "$file has no licence line"
done

[ "$breaches" -eq 0 ] || exit 1
echo "style: no breach"
