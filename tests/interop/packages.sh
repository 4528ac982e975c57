#!/bin/sh
# packages.sh FOLDER: what these tests are made of.  The programs have to be
# there, the two npm packages are fetched once for each state of the lock.
set -eu
cd "$1"

missing=
while read -r program package; do
	command -v "$program" >/dev/null || missing="$missing $package"
done <<'END_OF_LIST'
chromium chromium
glewlwyd glewlwyd
node nodejs
npm npm
openssl openssl
setpriv util-linux
sqlite3 sqlite3
END_OF_LIST
if [ -n "$missing" ]; then
	echo "interop: packages are missing (./run test installs them):" \
		"$missing" >&2
	exit 1
fi

cmp -s package-lock.json node_modules/installed.json && exit 0
npm ci || {
	echo "interop: npm ci failed: these tests need the npm registry," \
		"once for each build folder" >&2
	exit 1
}
cp package-lock.json node_modules/installed.json
