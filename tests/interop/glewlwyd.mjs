#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Debian's glewlwyd, an OpenID provider in C, on a free loopback port: its
// schema in a database of its own, its set-up by its administrator's API.
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';

import {set_up} from './administrator.mjs';
import {until} from './life.mjs';

const usage = `usage: glewlwyd.mjs [OPTION]...

Prints {"issuer": ...} on one line when it is ready, and runs until SIGTERM,
SIGINT or the end of its standard input.  Its person is jane, her password
sandbox-jane; its public client astro-cli, and astro-secret with the secret
sandbox-secret, both with --redirect's addresses.

  --redirect URL        may be given several times: glewlwyd compares the
                        whole address, port included (visit.mjs --admit
                        has one added on the way)
  --log FILE            what glewlwyd says
  --cert FILE --key FILE   speak https with this PEM certificate
                        (NODE_EXTRA_CA_CERTS has to name its authority)
  --host NAME           the host in the issuer (127.0.0.1)
  --registration        a client may register itself
  --par                 requests may be pushed
  --access-seconds N    how long an access token lives (3600)
  --device-interval N   how often a device may ask, in seconds (5)
`;

const {values: options} = parseArgs({options: {
	help: {type: 'boolean'},
	redirect: {type: 'string', multiple: true, default: []},
	log: {type: 'string'},
	cert: {type: 'string'},
	key: {type: 'string'},
	host: {type: 'string', default: '127.0.0.1'},
	registration: {type: 'boolean', default: false},
	par: {type: 'boolean', default: false},
	'access-seconds': {type: 'string', default: '3600'},
	'device-interval': {type: 'string', default: '5'},
}});

if (options.help) {
	process.stdout.write(usage);
	process.exit(0);
}

const program = '/usr/bin/glewlwyd';
const webapp = '/usr/share/glewlwyd/webapp';
const schema = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';
const words = '/etc/glewlwyd/config-2.7.json/config.json';
const modules = '/usr/lib/glewlwyd';
const START_MS = 20000, START_TRIES = 5;

const scheme = options.cert === undefined ? 'http' : 'https';

const free_port = async () => {
	const server = net.createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address();
	server.close();
	await once(server, 'close');
	return port;
};

// Everything that glewlwyd reads and writes, in FOLDER.
const prepare = (folder) => {
	execFileSync('sqlite3', [path.join(folder, 'database')],
		{input: fs.readFileSync(schema)});
	// The package's own link to the pages' words leads to a folder.
	fs.cpSync(webapp, path.join(folder, 'webapp'), {
		recursive: true, dereference: true,
		filter: (source) => !source.endsWith('/config.json')});
	fs.copyFileSync(words, path.join(folder, 'webapp', 'config.json'));
};

const configure = (folder, url, port) => {
	const file = path.join(folder, 'glewlwyd.conf');
	const types = {html: 'text/html', css: 'text/css',
		js: 'application/javascript', json: 'application/json',
		png: 'image/png', ico: 'image/x-icon', woff2: 'font/woff2'};
	const secure = options.cert === undefined ? [] : [
		'use_secure_connection=true',
		`secure_connection_key_file="${options.key}"`,
		`secure_connection_pem_file="${options.cert}"`,
	];
	fs.writeFileSync(file, [
		`port=${port}`,
		'bind_address="127.0.0.1"',
		`external_url="${url}"`,
		'login_url="login.html"',
		'api_prefix="api"',
		`static_files_path="${folder}/webapp"`,
		'log_mode="console"',
		'log_level="INFO"',
		`cookie_secure=${options.cert === undefined ? 0 : 1}`,
		'admin_scope="g_admin"',
		'profile_scope="g_profile"',
		`user_module_path="${modules}/user"`,
		`client_module_path="${modules}/client"`,
		`user_auth_scheme_module_path="${modules}/scheme"`,
		`plugin_module_path="${modules}/plugin"`,
		'hash_algorithm="SHA512"',
		...secure,
		`database={type="sqlite3" path="${folder}/database"};`,
		'static_files_mime_types=(',
		Object.entries(types).map(([end, type]) =>
			`{extension=".${end}" mime_type="${type}"}`).join(','),
		')',
		'',
	].join('\n'), {mode: 0o600});
	return file;
};

// Started means that it says so itself: whoever else may answer on a port
// that was free a moment ago is not mistaken for it.
const start = async (folder) => {
	const port = await free_port();
	const url = `${scheme}://${options.host}:${port}`;
	const child = spawn('setpriv', ['--pdeathsig', 'KILL', program,
		`--config-file=${configure(folder, url, port)}`],
		{stdio: ['ignore', 'pipe', 'pipe']});
	const said = [];
	const ready = new Promise((resolve) => {
		const hear = (line) => {
			said.push(line);
			if (options.log !== undefined)
				fs.appendFileSync(options.log, `${line}\n`);
			if (line.includes(`Glewlwyd started on port ${port}`))
				resolve(true);
		};
		createInterface({input: child.stdout}).on('line', hear);
		createInterface({input: child.stderr}).on('line', hear);
		child.once('error', (error) => {
			said.push(error.message);
			resolve(false);
		});
		child.once('exit', () => resolve(false));
		setTimeout(() => resolve(false), START_MS).unref();
	});
	if (await ready)
		return {child, url};
	child.kill('SIGKILL');
	return {said};
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'glewlwyd-'));
let server;
try {
	prepare(folder);
	for (let tries = 0; server?.child === undefined; tries++) {
		if (tries === START_TRIES)
			throw new Error(`glewlwyd does not start:\n` +
				server.said.join('\n'));
		server = await start(folder);
	}
	await set_up(server.url, {
		access: Number(options['access-seconds']),
		interval: Number(options['device-interval']),
		par: options.par,
		redirects: options.redirect,
		registration: options.registration,
	});
	process.stdout.write(
		`${JSON.stringify({issuer: `${server.url}/api/oidc`})}\n`);
	await until();
} finally {
	server?.child?.kill('SIGKILL');
	fs.rmSync(folder, {recursive: true, force: true});
}
process.exit(0);
