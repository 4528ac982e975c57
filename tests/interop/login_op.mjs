#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// astro logs in at npm's oidc-provider, through its pages in Chromium.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import {home, said} from './astro.mjs';
import {bearer, certificate, discover, get, serve, visit} from './client.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-login-'));
const {cert, key} = certificate(folder);
const server = await serve('op.mjs', '--registration', '--access-seconds',
	'600');
const secure = await serve('op.mjs', '--host', 'localhost', '--cert', cert,
	'--key', key, '--alg', 'ES256', '--no-device');
const metadata = await discover(server.issuer);

test.after(async () => {
	await server.stop();
	await secure.stop();
	fs.rmSync(folder, {recursive: true});
});

// The lines that SERVER's log gains while BODY runs.
const logged = async (where, body) => {
	const before = where.log().length;
	await body();
	return where.log().slice(before);
};

const at = (lines, endpoint) =>
	lines.filter((line) => line.endpoint === endpoint);

test('a login over https, and its token', async (t) => {
	const here = home({cert});
	t.after(here.remove);
	let run;
	const lines = await logged(secure, async () => {
		run = await here.run(['login', secure.issuer, '--client-id',
			'astro-cli']);
	});

	said(run, 0, /Logged in to localhost:\d+ as jane@example\.com\n/,
		/This login is good until /);
	assert.equal(run.stdout, '');
	assert.match(await run.page(),
		/^visit: sign in, consent, done\nYou are logged in\n/);
	assert.equal(here.value('issuer'), secure.issuer);
	assert.equal(here.value('domain'),
		secure.issuer.replace('https://', ''));
	assert.equal(here.value('provider'), 'oidc');
	assert.equal(here.value('client_id'), 'astro-cli');
	assert.equal(here.value('subject'), 'jane');
	assert.notEqual(here.value('refresh_token'), undefined);
	assert.equal(at(lines, 'token').length, 1);
	assert.equal(at(lines, 'token')[0].status, 200);

	const token = await here.run(['auth', 'token']);
	said(token, 0, /^$/);
	assert.equal(token.stdout, `${here.value('access_token')}\n`);
});

test('a certificate of nobody\'s is refused before the browser', async (t) => {
	const here = home();
	t.after(here.remove);
	const run = await here.run(['login', secure.issuer, '--client-id',
		'astro-cli']);

	said(run, 7, /^astro: .*certificate/);
	assert.equal(here.read(), '');
});

test('a request is pushed, with PKCE, and the browser sees no more',
	async (t) => {
	const here = home();
	t.after(here.remove);
	let run;
	const lines = await logged(server, async () => {
		run = await here.run(['login', server.issuer, '--client-id',
			'astro-par']);
	});

	said(run, 0, /Logged in to .* as jane@example\.com/);
	const url = new URL(run.stderr.match(/^http:.*$/m)[0]);
	assert.deepEqual([...url.searchParams.keys()],
		['client_id', 'request_uri']);
	const [pushed] = at(lines, 'pushed_authorization_request');
	assert.equal(pushed.status, 201);
	assert.equal(pushed.code_challenge_method, 'S256');
	const {body} = await get(metadata.userinfo_endpoint,
		bearer(here.value('access_token')));
	assert.equal(body.email, 'jane@example.com');
});

test('a person who says no', async (t) => {
	const here = home();
	t.after(here.remove);
	let run;
	const lines = await logged(server, async () => {
		run = await here.run(['login', server.issuer, '--client-id',
			'astro-cli'], {browser: ['--deny']});
	});

	said(run, 4, /\nastro: the server refused: access_denied/,
		/\n {2}try: run `astro login` again\n$/);
	assert.match(await run.page(), /\nThe login did not work\n/);
	assert.deepEqual(at(lines, 'token'), []);
	assert.equal(here.read(), '');
});

// Where the person ended in a browser elsewhere, after CHANGE.
const finish_by_pasting = async (here, change) => {
	const login = here.drive(['login', server.issuer, '--client-id',
		'astro-cli']);
	const {url} = await login.event('open_url');
	const stopped = await visit('--stop', url);
	assert.equal(stopped.status, 0, stopped.text);
	const address = new URL(stopped.page.trim());

	change(address.searchParams);
	login.answer('callback', address.href);
	return login.end();
};

test('the address that a browser elsewhere ended on', async (t) => {
	const here = home();
	t.after(here.remove);
	const end = await finish_by_pasting(here, () => {});

	assert.equal(end.code, 0, end.stderr);
	assert.equal(end.seen.at(-1).event, 'logged_in');
	assert.equal(end.seen.at(-1).account, 'jane@example.com');
});

for (const [what, message, change] of [
	['another issuer', /another|issuer/, (query) =>
		query.set('iss', 'https://evil.example.com')],
	['no issuer, where the provider promised one', /iss/, (query) =>
		query.delete('iss')],
	['another state', /state/, (query) => query.set('state', 'x')],
])
	test(`an answer with ${what} is refused, its code not used`,
		async (t) => {
		const here = home();
		t.after(here.remove);
		let end;
		const lines = await logged(server, async () => {
			end = await finish_by_pasting(here, change);
		});

		assert.equal(end.code, 7, end.stderr);
		assert.equal(end.seen.at(-1).event, 'error');
		assert.match(end.seen.at(-1).message, message);
		assert.deepEqual(at(lines, 'token'), []);
		assert.equal(here.read(), '');
	});

test('a client with a secret', async (t) => {
	const here = home();
	t.after(here.remove);
	here.write(`contexts:
    idp:
        client_id: astro-secret
        client_secret: sandbox-secret
        domain: ${server.issuer}
        issuer: ${server.issuer}
        provider: oidc
`);
	const run = await here.run(['login', server.issuer]);

	said(run, 0, /Logged in to .* as jane@example\.com/);
	assert.doesNotMatch(run.stderr, /sandbox-secret/);
});

test('a client that is registered once, and kept', async (t) => {
	const here = home();
	t.after(here.remove);
	const lines = await logged(server, async () => {
		const first = await here.run(['login', server.issuer]);
		said(first, 0, /^Registered with .* as client \S+\n/,
			/Logged in to .* as jane@example\.com/);
		const id = here.value('client_id');
		const second = await here.run(['login', server.issuer]);
		said(second, 0, /Logged in to .* as jane@example\.com/);
		assert.equal(here.value('client_id'), id);
	});

	assert.equal(at(lines, 'registration').length, 1);
	assert.equal(at(lines, 'registration')[0].status, 201);
});

test('a provider that registers nobody needs a client_id', async (t) => {
	const here = home({cert});
	t.after(here.remove);
	const run = await here.run(['login', secure.issuer]);

	said(run, 5, /needs a client_id, and offers no registration\n/,
		/--client-id\n$/);
	assert.equal(here.read(), '');
});

test('a token for the resource that the context names', async (t) => {
	const here = home();
	t.after(here.remove);
	here.write(`contexts:
    idp:
        client_id: astro-cli
        domain: ${server.issuer}
        issuer: ${server.issuer}
        provider: oidc
        resource: https://api.example.com/
        scopes: openid read offline_access
`);
	const run = await here.run(['login', server.issuer]);

	said(run, 0, /Logged in to /);
	const token = here.value('access_token').split('.');
	assert.equal(token.length, 3);
	const {aud} = JSON.parse(Buffer.from(token[1], 'base64url'));
	assert.equal(aud, 'https://api.example.com/');
});
