#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// astro logs in at npm's oidc-provider by the device grant: Chromium is the
// person's other device.
import assert from 'node:assert/strict';
import test from 'node:test';

import {home, said} from './astro.mjs';
import {DEVICE, bearer, discover, get, serve, visit} from './client.mjs';

const server = await serve('op.mjs');
const brief = await serve('op.mjs', '--device-seconds', '6');
const metadata = await discover(server.issuer);

test.after(async () => {
	await server.stop();
	await brief.stop();
});

const fresh = (t) => {
	const here = home();
	t.after(here.remove);
	return here;
};

const arguments_of = ({issuer}) => [issuer, '--client-id', 'astro-cli'];

test('the screen\'s code, typed at its address', async (t) => {
	const here = fresh(t);
	const login = await here.device(arguments_of(server));
	const page = await visit('--code', login.code, login.uri);
	assert.equal(page.status, 0, page.text);
	assert.match(page.text, /^visit: enter the code, /);

	const end = await login.end();
	said(end, 0, /Confirm it only if you began it yourself/,
		/Logged in to .* as jane@example\.com/);
	assert.equal(end.stdout, '');
	const {body} = await get(metadata.userinfo_endpoint,
		bearer(here.value('access_token')));
	assert.equal(body.sub, here.value('subject'));
	assert.notEqual(here.value('refresh_token'), undefined);
});

test('the complete address, as a program is told it', async (t) => {
	const here = fresh(t);
	const login = here.drive(['login', '--device',
		...arguments_of(server)]);
	const told = await login.event('device_code');
	assert.equal(told.expires_in, 600);
	assert.ok(told.verification_uri_complete.includes(told.user_code));
	const page = await visit(told.verification_uri_complete);
	assert.equal(page.status, 0, page.text);

	const {code, seen, stderr} = await login.end();
	assert.equal(code, 0, stderr);
	assert.equal(seen.at(-1).event, 'logged_in');
	assert.equal(here.value('user_email'), 'jane@example.com');
});

test('a server that names no interval is asked every five seconds',
	async (t) => {
	const here = fresh(t);
	const before = server.log().length;
	const began = Date.now();
	const login = await here.device(arguments_of(server));
	await visit('--code', login.code, login.uri);
	said(await login.end(), 0);
	const seconds = (Date.now() - began) / 1000;

	const asked = server.log().slice(before).filter((line) =>
		line.grant_type === DEVICE);
	assert.ok(asked.length >= 1 && asked.length <= seconds / 5,
		`${asked.length} times in ${seconds} s`);
	assert.ok(!asked.some((line) => line.error === 'slow_down'));
});

test('a person who says no on the other device', async (t) => {
	const here = fresh(t);
	const login = here.drive(['login', '--device',
		...arguments_of(server)]);
	const {verification_uri_complete} = await login.event('device_code');
	await visit('--deny', verification_uri_complete);

	const {code, seen} = await login.end();
	assert.equal(code, 4);
	assert.equal(seen.at(-1).message,
		'the login was refused on the other device');
	assert.equal(here.read(), '');
});

test('a code that nobody confirms runs out', async (t) => {
	const here = fresh(t);
	const login = await here.device(arguments_of(brief));

	said(await login.end(), 124, /nobody confirmed the code in time/);
	assert.equal(here.read(), '');
});

test('a token for the resource that the context names', async (t) => {
	const here = fresh(t);
	here.write(`contexts:
    idp:
        client_id: astro-cli
        domain: ${server.issuer}
        issuer: ${server.issuer}
        provider: oidc
        resource: https://api.example.com/
        scopes: openid read offline_access
`);
	const login = await here.device([server.issuer]);
	await visit('--code', login.code, login.uri);

	said(await login.end(), 0);
	assert.equal(here.value('access_token').split('.').length, 3);
});
