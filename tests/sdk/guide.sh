#!/bin/sh
# Do what the guide says, line by line, with an installed astro and a compiler,
# and nothing else:
#   guide.sh PREFIX [WHAT]
# WHAT is "guide" (its first part, in ten minutes) or "more" (that, and then what
# needs CMake and pkg-config).  The guide is PREFIX/share/doc/astro/providers.md;
# the sandbox listens on its usual port.
set -eu
umask 022
prefix=$(realpath "$1")
what=${2:-guide}
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

page=$prefix/share/doc/astro/providers.md
{
	# Whatever it has started ends with it.
	echo "trap 'kill \${!:-} 2>/dev/null || :' EXIT"
	awk -v want="sh guide" -f "$here/extract.awk" "$page"
	[ "$what" = guide ] ||
		awk -v want="sh more" -f "$here/extract.awk" "$page"
} >"$work/guide.sh"
[ "$(wc -l <"$work/guide.sh")" -gt 15 ] || {
	echo "guide.sh: there is no guide in $page" >&2
	exit 1
}

# As somebody who has just logged in to this machine.
mkdir -m 700 "$work/home"
cd "$work/home"
env -i HOME="$work/home" PATH="$prefix/bin:/usr/local/bin:/usr/bin:/bin" \
	TMPDIR="$work" LANG=C.UTF-8 sh -eux "$work/guide.sh" </dev/null
echo "the guide holds what it says"
