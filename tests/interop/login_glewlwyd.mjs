#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// astro at Debian's glewlwyd, which has manners of its own: it compares a
// redirect address with its port, refuses with empty bodies, lets no public
// client revoke.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import {home, said} from './astro.mjs';
import {basic, bearer, certificate, discover, get, listen, refresh, serve,
	visit} from './client.mjs';

const PAST = '2020-01-01T00:00:00Z';

const server = await serve('glewlwyd.mjs', '--par', '--access-seconds', '900',
	'--device-interval', '1');
const metadata = await discover(server.issuer);

test.after(() => server.stop());

// A home that knows the client ID; CONTEXT: more keys of its context.
const fresh = (t, id, context = '') => {
	const here = home();
	t.after(here.remove);
	here.write(`contexts:
    idp:
        client_id: ${id}
        domain: ${server.issuer}
        issuer: ${server.issuer}
        provider: oidc
${context}`);
	return here;
};

const SECRET = '        client_secret: sandbox-secret\n';

const logged_in = async (t, ...context) => {
	const here = fresh(t, ...context);
	const run = await here.run(['login', server.issuer],
		{browser: ['--admit']});
	said(run, 0, /Logged in to .* as jane@example\.com\n/);
	return {here, run};
};

const user = async (token) =>
	(await get(metadata.userinfo_endpoint, bearer(token))).status;

const renew = async (here) => {
	here.change('expiresin', PAST);
	return here.run(['auth', 'token']);
};

test('a code and PKCE make a login', async (t) => {
	const {here, run} = await logged_in(t, 'astro-cli');

	assert.equal(run.stdout, '');
	assert.match(await run.page(), /\nYou are logged in\n/);
	assert.equal(here.value('user_email'), 'jane@example.com');
	assert.notEqual(here.value('subject'), undefined);
	assert.equal(await user(here.value('access_token')), 200);
});

test('an address that it does not take ends in its page, not in ours',
	async (t) => {
	const here = fresh(t, 'astro-cli');
	const run = await here.run(['login', server.issuer, '--timeout', '3']);

	said(run, 124, /nobody finished the login within 3 s/);
	assert.equal(here.value('access_token'), undefined);
});

test('a redirect address of the context\'s own', async (t) => {
	const unused = await listen();
	unused.close();
	const own = await serve('glewlwyd.mjs', '--redirect',
		unused.redirect);
	t.after(own.stop);
	const here = home();
	t.after(here.remove);
	here.write(`contexts:
    idp:
        client_id: astro-cli
        domain: ${own.issuer}
        issuer: ${own.issuer}
        provider: oidc
        redirect_uri: ${unused.redirect}
`);

	said(await here.run(['login', own.issuer]), 0,
		/Logged in to .* as jane@example\.com\n/);
});

test('a refresh token is used once, its successor next', async (t) => {
	const {here} = await logged_in(t, 'astro-cli');
	const first = here.value('refresh_token');
	said(await renew(here), 0);
	const second = here.value('refresh_token');
	const run = await renew(here);

	said(run, 0);
	assert.notEqual(second, first);
	assert.notEqual(here.value('refresh_token'), second);
	assert.equal(await user(run.stdout.trim()), 200);
});

test('a refusal without a word is one clear line', async (t) => {
	const {here} = await logged_in(t, 'astro-cli');
	const token = here.value('refresh_token');
	await refresh(metadata, 'astro-cli', token);
	await refresh(metadata, 'astro-cli', token);
	const run = await renew(here);

	said(run, 4, /^astro: .*\n {2}try: run `astro login/);
	assert.equal(run.stdout, '');
});

test('a device is confirmed by typing its code', async (t) => {
	const here = fresh(t, 'astro-cli');
	const login = await here.device([server.issuer]);
	const page = await visit('--code', login.code, login.uri);
	assert.equal(page.status, 0, page.text);

	said(await login.end(), 0, /Logged in to .* as jane@example\.com\n/);
	assert.equal(await user(here.value('access_token')), 200);
});

test('a device is confirmed by the complete address', async (t) => {
	const here = fresh(t, 'astro-cli');
	const login = here.drive(['login', '--device', server.issuer]);
	const told = await login.event('device_code');
	const page = await visit(told.verification_uri_complete);
	assert.equal(page.status, 0, page.text);

	const {code, stderr} = await login.end();
	assert.equal(code, 0, stderr);
});

test('a public client erases what it may not revoke', async (t) => {
	const {here} = await logged_in(t, 'astro-cli');
	const token = here.value('refresh_token');
	const run = await here.run(['logout']);

	said(run, 3, /Could not revoke the refresh token: /,
		/^astro: logged out of .* here, but not at the server: /m);
	assert.doesNotMatch(here.read(), /token/);
	const after = await refresh(metadata, 'astro-cli', token);
	assert.equal(after.status, 200);
});

test('a client with a secret revokes', async (t) => {
	const {here} = await logged_in(t, 'astro-secret', SECRET);
	const access = here.value('access_token');
	const token = here.value('refresh_token');
	const run = await here.run(['logout']);

	said(run, 0, /^Revoked the refresh token\nRevoked the access token\n/);
	assert.equal(await user(access), 401);
	const after = await refresh(metadata, 'astro-secret', token,
		basic('astro-secret', 'sandbox-secret'));
	assert.equal(after.status, 400);
});

test('a login over https', async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-'));
	t.after(() => fs.rmSync(folder, {recursive: true}));
	const {cert, key} = certificate(folder);
	process.env.NODE_EXTRA_CA_CERTS = cert; // for its administrator
	const secure = await serve('glewlwyd.mjs', '--cert', cert, '--key', key,
		'--host', 'localhost');
	t.after(secure.stop);
	const here = home({cert});
	t.after(here.remove);
	const run = await here.run(['login', secure.issuer, '--client-id',
		'astro-cli'], {browser: ['--admit']});

	said(run, 0, /Logged in to localhost:\d+\/api\/oidc as jane@/);
});
