#!/bin/sh
# Do what the guide says in a minimal Debian that has seen nothing of this
# machine but the installed tree and a compiler:
#   bare.sh PREFIX ALONE
# ALONE is sdk_alone.  The packages come from where this machine's own do.  Exit
# code 77: it cannot be done here, and why.
set -eu
umask 022
prefix=$(realpath "$1")
alone=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
tools=cmake,make,pkgconf

skip() {
	echo "bare.sh: skipped: $1"
	exit 77
}

[ "$(id -u)" -eq 0 ] || skip "only root can make a root folder"
. /etc/os-release
[ "${ID:-}" = debian ] || skip "this is no Debian"
for program in debootstrap setpriv; do
	command -v $program >/dev/null || skip "there is no $program"
done
source=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
	"Codename: $VERSION_CODENAME" 'Component: main' | head -n 1)
[ -n "$source" ] || skip "apt has no lists: apt-get update"

# The packages of what the tree links, and of what that links.
libraries=$(find "$prefix" -type f \( -path '*/bin/*' -o -name '*.so' \) \
	-exec ldd {} + | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u |
	while read -r path; do
		# Since /lib is /usr/lib a file has two names.
		{ dpkg-query -S "$path" || dpkg-query -S "/usr$path" ||
			dpkg-query -S "${path#/usr}"; } 2>/dev/null
	done | cut -d : -f 1 | sort -u | paste -s -d ,)
[ -n "$libraries" ] || skip "the libraries of the tree are no packages"

work=$(mktemp -d)
root=$work/root
trap 'umount -l "$root/proc" 2>/dev/null || :
rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/probe"
mount -t proc proc "$work/probe" 2>/dev/null || skip "nothing can be mounted"
umount "$work/probe"
echo "Making a root of gcc,libc6-dev,$tools,$libraries"
debootstrap --variant=minbase --include="gcc,libc6-dev,$tools,$libraries" \
	"$VERSION_CODENAME" "$root" "$source" >"$work/log" 2>&1 || {
	tail -n 20 "$work/log" >&2
	echo "bare.sh: debootstrap failed" >&2
	exit 1
}
cp -R "$prefix" "$root/opt/astro"
mkdir "$root/opt/guide"
cp "$here/guide.sh" "$here/extract.awk" "$root/opt/guide/"

mount -t proc proc "$root/proc"

# With a network of its own, if it can be had.
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$alone" \
		chroot "$root" "$@"
}
inside /opt/guide/guide.sh /opt/astro more

# Once more without what the first part has no need of, as anybody.
# shellcheck disable=SC2046 # a list of names
inside dpkg --purge --force-depends $(echo $tools | tr , ' ') >"$work/log" 2>&1
inside sh -c 'for program in cmake make pkg-config; do
	! command -v $program || exit 1
done'
inside setpriv --reuid=1000 --regid=1000 --clear-groups \
	/opt/guide/guide.sh /opt/astro
