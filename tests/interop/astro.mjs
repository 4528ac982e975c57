// SPDX-License-Identifier: Apache-2.0
// The real program, in a home of its own, with Chromium as its browser.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {text} from 'node:stream/consumers';

const PROGRAM = process.env.ASTRO_BIN ??
	new URL('../../bin/astro', import.meta.url).pathname;
const VISIT = new URL('visit.mjs', import.meta.url).pathname;
const SECONDS = '240'; // two slow cores, and others on them

// What of the caller's environment is none of ours, and wanted.
const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) =>
	/^(PATH|TMPDIR|LANG|LC_ALL|[A-Z]+SAN_OPTIONS)$/.test(name)));

// Resolves with what FILE holds, once that is something.
const written = (file) => new Promise((resolve, reject) => {
	const watcher = fs.watch(path.dirname(file));
	const clock = setTimeout(() => {
		watcher.close();
		reject(new Error(`nothing was written to ${file}`));
	}, Number(SECONDS) * 1000);
	const look = () => {
		const words = fs.existsSync(file) ?
			fs.readFileSync(file, 'utf8') : '';
		if (words === '')
			return;
		watcher.close();
		clearTimeout(clock);
		resolve(words);
	};

	watcher.on('change', look);
	look();
});

// A browser may be writing its last page as FOLDER goes.
const removed = (folder, tries = 10) => {
	try {
		fs.rmSync(folder, {recursive: true, force: true});
	} catch (error) {
		if (error.code !== 'ENOTEMPTY' || tries === 0)
			throw error;
		removed(folder, tries - 1);
	}
};

const ended = async (child, outs) => {
	const [[code], stdout, stderr] = await Promise.all([
		once(child, 'close'), ...outs]);
	return {code, stdout, stderr};
};

// A login whose events and answers are lines of JSON (`login --json`).
const drive = (child) => {
	const lines = createInterface({input: child.stdout});
	const stderr = text(child.stderr);
	const closed = once(child, 'close');
	const seen = [];
	const waiting = new Set();

	lines.on('line', (line) => {
		seen.push(JSON.parse(line));
		waiting.forEach((look) => look());
	});
	const event = (name) => new Promise((resolve, reject) => {
		const look = () => {
			const found = seen.find((one) => one.event === name);
			if (found === undefined)
				return;
			waiting.delete(look);
			resolve(found);
		};
		waiting.add(look);
		look();
		closed.then(async () => reject(new Error(`no ${name}: ` +
			JSON.stringify(seen) + await stderr)));
	});
	return {
		event,
		answer: (key, answer) =>
			child.stdin.write(`${JSON.stringify({key, answer})}\n`),
		stop: () => child.kill(),
		end: async () => {
			const [code] = await closed;
			return {code, seen, stderr: await stderr};
		},
	};
};

// A person's home.  CERT: an authority of the test's own, which is trusted.
// BROWSER: visit.mjs's options; each run of the program has its own last page.
export const home = ({cert} = {}) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'astro-home-'));
	const file = path.join(folder, '.astro', 'config.yaml');
	const children = [];

	const environment = (output, browser, more) => ({
		...kept, HOME: folder, ASTRO_HOME: folder, LC_ALL: 'C.UTF-8',
		...(cert && {SSL_CERT_FILE: cert, NODE_EXTRA_CA_CERTS: cert}),
		BROWSER: [VISIT, '--output', output, '--seconds', SECONDS,
			...browser].join(' '),
		...more,
	});
	const start = (args, {browser = [], env = {}} = {}) => {
		const output = path.join(folder, `page-${children.length}`);
		const child = spawn(PROGRAM, args, {
			cwd: folder, env: environment(output, browser, env),
			stdio: ['pipe', 'pipe', 'pipe']});

		children.push(child);
		child.stdin.on('error', () => {}); // it may not listen
		return {child, page: () => written(output)};
	};

	return {
		folder,
		read: () => fs.existsSync(file) ?
			fs.readFileSync(file, 'utf8') : '',
		write: (config) => {
			fs.mkdirSync(path.dirname(file),
				{recursive: true, mode: 0o700});
			fs.writeFileSync(file, config, {mode: 0o600});
		},
		// The first "KEY: value" of the file.
		value: (key) => fs.readFileSync(file, 'utf8').match(
			new RegExp(`^ *${key}: "?([^"\n]*)"?$`, 'm'))?.[1],
		change: (key, value) => fs.writeFileSync(file,
			fs.readFileSync(file, 'utf8').replace(
				new RegExp(`^( *${key}:).*$`, 'm'),
				`$1 ${value}`)),
		// {code, stdout, stderr}, and page(): what Chromium ended on.
		run: async (args, options) => {
			const {child, page} = start(args, options);
			const outs = [text(child.stdout), text(child.stderr)];
			child.stdin.end();
			return {...await ended(child, outs), page};
		},
		drive: (args, options) =>
			drive(start([...args, '--json'], options).child),
		// The device's screen, while it waits: {uri, code}, and end().
		device: async (args) => {
			const {child} = start(['login', '--device', ...args]);
			const outs = [text(child.stdout), ''];
			let shown = '';
			child.stdin.end();
			const end = ended(child, outs);
			const found = await new Promise((resolve, reject) => {
				child.stderr.setEncoding('utf8');
				child.stderr.on('data', (some) => {
					shown += some;
					const rows = shown.match(new RegExp(
						'^  Open +(\\S+)\n' +
						'  Enter +(\\S+)\n', 'm'));
					if (rows !== null)
						resolve(rows);
				});
				end.then(() => reject(new Error(shown)));
			});
			return {
				uri: found[1], code: found[2],
				end: async () =>
					({...await end, stderr: shown}),
			};
		},
		remove: () => {
			// Those that a test which failed has left waiting.
			children.forEach((child) => child.kill());
			removed(folder);
		},
	};
};

// The run ended with CODE, and said each of WORDS.
export const said = (run, code, ...words) => {
	assert.equal(run.code, code, run.stderr);
	for (const word of words)
		assert.match(run.stderr, word);
};
