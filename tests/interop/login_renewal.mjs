#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What comes after a login at npm's oidc-provider: its tokens are renewed, and
// taken back.
import assert from 'node:assert/strict';
import test from 'node:test';

import {home, said} from './astro.mjs';
import {bearer, discover, get, post, refresh, serve} from './client.mjs';

const PAST = '2020-01-01T00:00:00Z';

const server = await serve('op.mjs');
const metadata = await discover(server.issuer);

test.after(() => server.stop());

// A home where somebody is logged in; CONTEXT: more keys of it.
const logged_in = async (t, context = '') => {
	const here = home();
	t.after(here.remove);
	here.write(`contexts:
    idp:
        client_id: astro-cli
        domain: ${server.issuer}
        issuer: ${server.issuer}
        provider: oidc
${context}`);
	said(await here.run(['login', server.issuer]), 0);
	return here;
};

const tokens = (here) => ({
	access: here.value('access_token'),
	refresh: here.value('refresh_token'),
});

const user = async (token) =>
	(await get(metadata.userinfo_endpoint, bearer(token))).status;

const renew = async (here) => {
	here.change('expiresin', PAST);
	return here.run(['auth', 'token']);
};

const asked = (grant_type) => server.log().filter((line) =>
	line.endpoint === 'token' && line.grant_type === grant_type);

test('a refresh token is used once, its successor next', async (t) => {
	const here = await logged_in(t);
	const before = asked('refresh_token').length;
	const first = tokens(here);
	const second = await renew(here);
	said(second, 0);
	assert.equal(second.stdout, `${here.value('access_token')}\n`);
	const between = tokens(here);
	const third = await renew(here);
	said(third, 0);

	assert.notEqual(between.refresh, first.refresh);
	assert.notEqual(here.value('refresh_token'), between.refresh);
	assert.notEqual(third.stdout, second.stdout);
	assert.equal(await user(third.stdout.trim()), 200);
	assert.equal(asked('refresh_token').length, before + 2);
	assert.ok(asked('refresh_token').slice(before).every((line) =>
		line.status === 200));
	assert.equal(here.value('subject'), 'jane');
	assert.ok(new Date(here.value('expiresin')) > new Date());
});

test('eight at once spend one refresh token', async (t) => {
	const here = await logged_in(t);
	const before = asked('refresh_token').length;
	here.change('expiresin', PAST);
	const runs = await Promise.all(Array.from({length: 8}, () =>
		here.run(['auth', 'token'])));

	for (const run of runs) {
		said(run, 0);
		assert.equal(run.stdout, `${here.value('access_token')}\n`);
	}
	assert.equal(asked('refresh_token').length, before + 1);
	assert.equal(await user(here.value('access_token')), 200);
});

test('a login that was ended at the server says so, and what to do',
	async (t) => {
	const here = await logged_in(t);
	// Somebody else spends it twice: the whole family is gone.
	const {refresh: token} = tokens(here);
	await refresh(metadata, 'astro-cli', token);
	await refresh(metadata, 'astro-cli', token);
	const before = asked('refresh_token').length;
	const run = await renew(here);

	said(run, 4, /^astro: .*the server takes the refresh token no more/m,
		/try: run `astro login/);
	assert.equal(run.stdout, '');
	// It is not shown to the server again.
	said(await here.run(['auth', 'token']), 4, /try: run `astro login/);
	assert.equal(asked('refresh_token').length, before + 1);
});

test('a renewed token is for the same resource', async (t) => {
	const here = await logged_in(t,
		'        resource: https://api.example.com/\n' +
		'        scopes: openid read offline_access\n');
	const run = await renew(here);

	said(run, 0);
	const parts = run.stdout.split('.');
	assert.equal(parts.length, 3);
	const {aud} = JSON.parse(Buffer.from(parts[1], 'base64url'));
	assert.equal(aud, 'https://api.example.com/');
});

test('a logout takes both tokens back', async (t) => {
	const here = await logged_in(t);
	const {access, refresh: token} = tokens(here);
	assert.equal(await user(access), 200);
	const before = server.log().length;
	const run = await here.run(['logout']);

	said(run, 0, /^Revoked the refresh token\nRevoked the access token\n/,
		/Logged out of /);
	const lines = server.log().slice(before).filter((line) =>
		line.endpoint === 'revocation');
	assert.deepEqual(lines.map((line) => line.status), [200, 200]);
	assert.equal(await user(access), 401);
	const after = await refresh(metadata, 'astro-cli', token);
	assert.equal(after.body.error, 'invalid_grant');
	assert.doesNotMatch(here.read(), /token/);
});

test('a client with a secret logs in, renews and logs out', async (t) => {
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
	const login = await here.run(['login', server.issuer]);
	said(login, 0);
	const {access} = tokens(here);
	const renewed = await renew(here);
	said(renewed, 0);
	const logout = await here.run(['logout']);

	said(logout, 0, /Revoked the refresh token/);
	assert.equal(await user(access), 401);
	for (const run of [login, renewed, logout])
		assert.doesNotMatch(run.stderr, /sandbox-secret/);
	const bare = await post(metadata.revocation_endpoint,
		{client_id: 'astro-secret', token: access});
	assert.equal(bare.status, 401); // so ours proved itself
});
