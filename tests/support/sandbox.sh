# Sourced.  sandbox_start BIN HOME: the sandbox on a free port, a fresh
# HOME/.astro/config.yaml that reaches it, and its end with this shell's.
sandbox_start() {
	mkdir -p "$2"
	"$1/astro-sandbox" --port 0 --port-file "$2/port" \
		--log "$2/sandbox.log" >"$2/sandbox.txt" &
	sandbox=$!
	trap 'kill $sandbox 2>/dev/null || true' EXIT
	tries=0
	while [ ! -s "$2/port" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 100 ] || ! kill -0 $sandbox 2>/dev/null; then
			echo "the sandbox does not start" >&2
			return 1
		fi
		sleep 0.1
	done
	mkdir -m 700 "$2/.astro"
	sed "s/8888/$(cat "$2/port")/" configs/sandbox.yaml \
		>"$2/.astro/config.yaml"
	chmod 600 "$2/.astro/config.yaml"
}
