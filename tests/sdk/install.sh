#!/bin/sh
# A fresh installation of BUILD below PREFIX: install.sh BUILD PREFIX
set -eu
umask 022
rm -rf "$2"
cmake --install "$1" --prefix "$2" >/dev/null
for file in bin/astro bin/astro-sandbox include/astro/provider.h \
	lib/astro/libastro-engine.so share/doc/astro/providers.md \
	share/astro/templates/oauth/provider.c.in \
	share/astro/providers.example.yaml; do
	[ -e "$2/$file" ] || {
		echo "install.sh: there is no $file" >&2
		exit 1
	}
done

# What its pages point to is there as well.
cd "$2/share/doc/astro"
for page in *.md; do
	grep -o '](\([^):#]*\))' "$page" | tr -d ']()' | while read -r link; do
		[ -e "$link" ] || {
			echo "install.sh: $page points to $link, which is" \
				"not installed" >&2
			exit 1
		}
	done
done
