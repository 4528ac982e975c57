#!/bin/sh
# Begin a provider of each kind with an installed astro, build it out of tree in
# each way, and log in to the sandbox with it: templates.sh PREFIX KIND
set -eu
umask 022
prefix=$(realpath "$1")
kind=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
PATH=$prefix/bin:$PATH
CC=${CC:-cc}
flags="-std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror -O2 -shared -fPIC"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig:$prefix/lib/$($CC -print-multiarch 2>/dev/null)/pkgconfig"

# A name that is no name of C's.
name=my-$kind
astro provider new "$name" --kind "$kind"
cd "$name"

# One line, and the project's own test.
$CC $flags -I"$prefix/include" -o "$name.so" "$name.c"
./test.sh
astro provider check "$name.so" | grep "0 errors, 0 warnings, 0 notes"
rm "$name.so"

# What its README says, word by word.
sed -n 's/^    //p' README.md | sed -n '/^cc /,/^ctest /p' >readme.sh
[ "$(wc -l <readme.sh)" -ge 5 ]
sh -eu readme.sh
rm -r build "$name.so"

# pkg-config.
$CC $flags $(pkg-config --cflags astro-login) -o "$name.so" "$name.c"
./test.sh "$name.so"

# CMake, the project's tests, and an installation of its own.
cmake -B build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$CC" \
	-DCMAKE_C_FLAGS=-Werror >/dev/null
cmake --build build
ctest --test-dir build --output-on-failure
cmake --install build --prefix "$work/elsewhere" >/dev/null
ASTRO_HOME=$work ASTRO_PLUGIN_PATH=$work/elsewhere/lib/astro/providers \
	astro provider info "$name" >info.txt
grep -x "Trusted:   yes" info.txt
grep -xF "Domains:   (.*\.)?$name\.example" info.txt
# Nothing but the table is there for others.
[ "$(nm -D --defined-only "build/$name.so" | awk '{ print $3 }')" = \
	astro_provider_v1 ]

# A token that has ended is renewed, and whose login it is stays known.
renew() {
	export ASTRO_HOME="$work/renewal" ASTRO=astro ASTRO_SANDBOX=astro-sandbox
	config=$ASTRO_HOME/.astro/config.yaml
	install -d -m 700 "$ASTRO_HOME" "$ASTRO_HOME/.astro" \
		"$ASTRO_HOME/.astro/providers"
	install -m 755 "build/$name.so" "$ASTRO_HOME/.astro/providers/"
	astro-sandbox --port 0 --port-file "$work/port" >/dev/null &
	trap 'kill $!; rm -rf "$work"' EXIT
	until [ -s "$work/port" ]; do sleep 0.1; done
	port=$(cat "$work/port")
	. ./sandbox.sh
	{
		echo "context: corp.test"
		echo "contexts:"
		echo "    corp_test:"
		echo "        domain: corp.test"
		echo "        provider: $name"
		settings | sed 's/^/        /'
	} >"$config"
	chmod 600 "$config"
	login
	first=$(astro auth token)
	sed -i 's/expiresin: .*/expiresin: 2020-01-01T00:00:00Z/' "$config"
	second=$(astro auth token)
	[ "$first" != "$second" ]
	grep "user_email: jane@example.com" "$config"
	grep "subject: " "$config"
}
[ "$kind" != oauth ] || renew

echo "$name builds, and logs in and out"
