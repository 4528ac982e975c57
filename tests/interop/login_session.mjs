#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// astro logout --end-session: the person's own session at the provider, which
// Chromium holds.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import {home, said} from './astro.mjs';
import {browse} from './chromium.mjs';
import {certificate, serve} from './client.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-session-'));
const {cert, key} = certificate(folder);
const server = await serve('op.mjs');

test.after(async () => {
	await server.stop();
	fs.rmSync(folder, {recursive: true, force: true, maxRetries: 5});
});

// The addresses that RUN has shown.
const shown = (run) => run.stderr.match(/^https?:\S+$/mg) ?? [];

test('the browser is no longer signed in', async (t) => {
	const here = home();
	t.after(here.remove);
	const chromium = await browse(folder);
	t.after(() => chromium.close());
	chromium.setDefaultTimeout(120000);
	const [page] = chromium.pages();
	const log_in = async () => {
		const login = here.drive(['login', server.issuer,
			'--client-id', 'astro-cli']);
		await page.goto((await login.event('open_url')).url);
		return login;
	};

	const first = await log_in();
	await page.fill('input[name=login]', 'jane');
	await page.fill('input[name=password]', 'sandbox-jane');
	await page.click('input[name=login] ~ button');
	await page.click('input[value=consent] ~ button');
	assert.equal((await first.end()).code, 0);
	// Known by now: its consent is all that is asked for.
	const second = await log_in();
	await page.click('input[value=consent] ~ button');
	assert.equal((await second.end()).code, 0);

	const run = await here.run(['logout', '--end-session'],
		{env: {BROWSER: 'none'}});
	said(run, 0, /\nRevoked the refresh token\n/,
		/^No browser opened: the address above /m, /\nLogged out of /);
	const [address] = shown(run);
	const {searchParams} = new URL(address);
	assert.equal(searchParams.get('client_id'), 'astro-cli');
	assert.equal(searchParams.get('logout_hint'), 'jane@example.com');
	assert.equal(searchParams.get('id_token_hint'), null);
	await page.goto(address);
	await page.click('button[name=logout]');
	await page.waitForSelector('text=Sign-out Success');

	const third = await log_in();
	await page.waitForSelector('input[name=login]');
	third.stop();
});

test('the browser is sent there', async (t) => {
	const here = home();
	t.after(here.remove);
	said(await here.run(['login', server.issuer, '--client-id',
		'astro-cli']), 0);
	const run = await here.run(['logout', '--end-session']);

	said(run, 0, /^Opening your browser to end the session there/);
	assert.match(await run.page(), /Sign-out Success/);
	assert.doesNotMatch(here.read(), /_token/);
	// Without a login there may be a session all the same.
	const again = await here.run(['logout', server.issuer,
		'--end-session']);
	said(again, 0, /Already logged out of /);
	assert.equal(shown(again).length, 1);
	assert.match(await again.page(), /Sign-out Success/);
});

// An issuer that says of itself what MORE has.
const issuer_with = async (t, more) => {
	const metadata = {};
	const other = https.createServer({cert: fs.readFileSync(cert),
		key: fs.readFileSync(key)});
	other.on('request', (request, answer) => answer.writeHead(200,
		{'Content-Type': 'application/json'})
		.end(JSON.stringify(metadata)));
	other.listen(0, '127.0.0.1');
	await once(other, 'listening');
	const issuer = `https://localhost:${other.address().port}`;
	Object.assign(metadata, {issuer, jwks_uri: `${issuer}/jwks`,
		authorization_endpoint: `${issuer}/auth`,
		token_endpoint: `${issuer}/token`, ...more});
	t.after(() => {
		other.closeAllConnections();
		other.close();
	});
	return issuer;
};

for (const [what, more, code, message] of [
	['without such an address', {}, 1,
		/offers no address that ends a session\n {2}try: sign out there/],
	['with one of plain http',
		{end_session_endpoint: 'http://127.0.0.1/end'}, 7,
		/ends sessions at an address that is not https/],
	['with one that is no web address',
		{end_session_endpoint: 'file:///etc/passwd'}, 7,
		/ends sessions at an address that is not https/],
	['that is another one', {issuer: 'https://evil.example.com',
		end_session_endpoint: 'https://evil.example.com/end'}, 7,
		/calls itself another issuer: https:\/\/evil\.example\.com\n/],
])
	test(`a provider ${what} sends nobody there`, async (t) => {
		const issuer = await issuer_with(t, more);
		const here = home({cert});
		t.after(here.remove);
		here.write(`contexts:
    idp:
        access_token: some-token
        client_id: astro-cli
        domain: ${issuer.replace('https://', '')}
        issuer: ${issuer}
        provider: oidc
`);
		const run = await here.run(['logout', issuer, '--end-session']);

		said(run, code, message, /Erased: /);
		assert.deepEqual(shown(run), []);
		assert.doesNotMatch(here.read(), /access_token/);
	});
