// SPDX-License-Identifier: Apache-2.0
// When a server of these tests has to end.

// Resolves at SIGTERM, SIGINT, SIGHUP, or when standard input ends: whoever
// holds the other end may die of anything, and nothing is left running.
export const until = () => new Promise((resolve) => {
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
		process.once(signal, resolve);
	process.stdin.once('end', resolve);
	process.stdin.once('error', resolve);
	process.stdin.resume();
});
