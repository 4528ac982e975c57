#!/bin/sh
# Compile every block of C and C++ of the guide against an installed astro:
#   blocks.sh PREFIX
set -eu
umask 022
prefix=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$prefix/share/doc/astro/providers.md" .
awk -v into=. -f "$here/extract.awk" providers.md

CC=${CC:-cc}
CXX=${CXX:-c++}
flags="-Wall -Wextra -Wconversion -Wshadow -Werror"
count=0
for file in snippet_*.c; do
	$CC -std=c11 $flags -Wno-unused -I"$prefix/include" -c -o snippet.o \
		"$file"
	count=$((count + 1))
done
[ $count -ge 10 ] || {
	echo "blocks.sh: only $count pieces of C were found" >&2
	exit 1
}

# A whole provider in C++.
for file in *.cpp; do
	name=${file%.cpp}
	$CXX -std=c++17 $flags -Wpedantic -O0 -shared -fPIC \
		-I"$prefix/include" -o "$name.so" "$file"
	"$prefix/bin/astro" provider check "$name.so" |
		grep -q "0 errors, 0 warnings, 0 notes"
	# Its table stands in the file.
	ASTRO_HOME=$work ASTRO_PLUGIN_PATH=$work \
		"$prefix/bin/astro" provider info "$name" |
		grep -qx "ABI:       1.0"
	count=$((count + 1))
done

# Each whole provider in C in each of the three ways.
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig:$prefix/lib/$($CC -print-multiarch 2>/dev/null)/pkgconfig"
for file in *.c; do
	case $file in snippet_*) continue ;; esac
	name=${file%.c}
	$CC -std=c11 $flags -shared -fPIC -I"$prefix/include" -o "$name.so" \
		"$file"
	ASTRO_HOME=$work ASTRO_PLUGIN_PATH=$work \
		"$prefix/bin/astro" provider info "$name" |
		grep -qx "Trusted:   yes"
	$CC -std=c11 $flags -shared -fPIC $(pkg-config --cflags astro-login) \
		-o "$name.so" "$file"
	mkdir "$name"
	cp "$file" "$name/"
	sed "s/acme/$name/g" CMakeLists.txt >"$name/CMakeLists.txt"
	cmake -S "$name" -B "$name/build" -DCMAKE_PREFIX_PATH="$prefix" \
		-DCMAKE_C_COMPILER="$CC" >/dev/null
	cmake --build "$name/build" >/dev/null
	ASTRO_HOME=$work ASTRO_PLUGIN_PATH=$work/$name/build \
		"$prefix/bin/astro" login corp.test --provider "$name"
	count=$((count + 1))
done
echo "$count blocks compile"
