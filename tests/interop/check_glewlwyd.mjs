#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What Debian's glewlwyd does, seen by a client that is not ours: the same
// grants as oidc-provider's, and other manners.
import assert from 'node:assert/strict';
import test from 'node:test';
import {setTimeout} from 'node:timers/promises';

import {DEVICE, address, authorize, basic, bearer, claims, discover, exchange,
	get, listen, post, prover, refresh, register, request, serve,
	visit} from './client.mjs';

const INTERVAL = 1;

const waiting = await listen();
const server = await serve('glewlwyd.mjs', '--redirect', waiting.redirect,
	'--registration', '--par', '--access-seconds', '600',
	'--device-interval', String(INTERVAL));
const metadata = await discover(server.issuer);

test.after(async () => {
	waiting.close();
	await server.stop();
});

const login = async (client_id, more) => {
	const asked = request(client_id, waiting.redirect, more);
	const {code, iss} = await authorize(metadata, waiting, asked);
	assert.equal(iss, server.issuer);
	return {asked, code};
};

const tokens = async (client_id, {headers, ...more} = {}) => {
	const {asked, code} = await login(client_id, more);
	const {status, body} = await exchange(metadata, asked, code, headers);
	assert.equal(status, 200, JSON.stringify(body));
	return {...body, asked};
};

test('a code and PKCE make a login', async () => {
	const got = await tokens('astro-cli');

	assert.equal(got.expires_in, 600);
	assert.equal(got.token_type, 'bearer');
	const id = await claims(metadata, got.id_token);
	assert.equal(id.iss, server.issuer);
	assert.equal(id.aud, 'astro-cli');
	assert.equal(id.nonce, got.asked.form.nonce);
	assert.equal(id.email, 'jane@example.com');
	const {body} = await get(metadata.userinfo_endpoint,
		bearer(got.access_token));
	assert.equal(body.sub, id.sub);
});

test('a wrong verifier is refused, not in the RFC\'s words', async () => {
	const {asked, code} = await login('astro-cli');
	const {status, body} = await exchange(metadata,
		{...asked, verifier: 'x'.repeat(43)}, code);

	assert.equal(status, 403);
	assert.equal(body.error, 'invalid_code');
});

test('a redirect address counts with its port', async () => {
	const {form} = request('astro-cli', 'http://127.0.0.1:9/callback');
	const {status, headers, body} = await get(
		address(metadata.authorization_endpoint, form));

	assert.equal(status, 403);
	assert.equal(headers.get('location'), null);
	assert.equal(body, '');
});

test('a redirect address counts once it is admitted', async () => {
	const other = await listen();
	const asked = request('astro-cli', other.redirect);
	const {code} = await authorize(metadata, other, asked,
		{flags: ['--admit']});
	other.close();

	const {status} = await exchange(metadata, asked, code);
	assert.equal(status, 200);
});

test('a public client that registers itself is refused later on', async () => {
	const client_id = await register(metadata, waiting.redirect);
	const {asked, code} = await login(client_id);

	const {status, body} = await exchange(metadata, asked, code);
	assert.equal(status, 403);
	assert.equal(body.error, 'unauthorized_client');
});

test('an unknown scope is left out, a refresh token given', async () => {
	const got = await tokens('astro-cli', {scope: 'openid phone groups'});

	assert.equal(got.scope, 'openid');
	assert.notEqual(got.refresh_token, undefined);
});

test('a refresh rotates; a used refresh token ends them all', async () => {
	const first = await tokens('astro-cli');
	const second = await refresh(metadata, 'astro-cli',
		first.refresh_token);
	assert.equal(second.status, 200);
	assert.notEqual(second.body.refresh_token, first.refresh_token);

	// Its refusals have no body at all.
	const again = await refresh(metadata, 'astro-cli',
		first.refresh_token);
	assert.equal(again.status, 400);
	assert.equal(again.body, '');
	const after = await refresh(metadata, 'astro-cli',
		second.body.refresh_token);
	assert.equal(after.status, 400);
});

test('a public client may not revoke', async () => {
	const got = await tokens('astro-cli');
	const {status, body} = await post(metadata.revocation_endpoint,
		{client_id: 'astro-cli', token: got.refresh_token});
	assert.equal(status, 401);
	assert.equal(body, '');

	const after = await refresh(metadata, 'astro-cli', got.refresh_token);
	assert.equal(after.status, 200);
});

test('a client with a secret revokes', async () => {
	const headers = basic('astro-secret', 'sandbox-secret');
	const got = await tokens('astro-secret', {headers});
	for (const token of [got.refresh_token, got.access_token]) {
		const {status} = await post(metadata.revocation_endpoint,
			{token}, headers);
		assert.equal(status, 200);
	}

	const after = await refresh(metadata, 'astro-secret',
		got.refresh_token, headers);
	assert.equal(after.status, 400);
	const user = await get(metadata.userinfo_endpoint,
		bearer(got.access_token));
	assert.equal(user.status, 401);
});

const device = async () => {
	const {status, body} = await post(
		metadata.device_authorization_endpoint,
		{client_id: 'astro-cli', scope: 'openid offline_access'});
	assert.equal(status, 200);
	assert.equal(body.interval, INTERVAL);
	return body;
};

const poll = (device_code) => post(metadata.token_endpoint,
	{grant_type: DEVICE, client_id: 'astro-cli', device_code});

test('a device is confirmed by typing its code, and asks slowly', async () => {
	const asked = await device();
	const early = await poll(asked.device_code);
	assert.equal(early.body.error, 'authorization_pending');
	const hasty = await poll(asked.device_code);
	assert.equal(hasty.body.error, 'slow_down');

	const page = await visit('--code', asked.user_code,
		asked.verification_uri);
	assert.equal(page.status, 0, page.text);
	assert.match(page.page, /Authorization complete/);
	await setTimeout((INTERVAL + 1) * 1000); // its seconds are whole ones
	const {status, body} = await poll(asked.device_code);
	assert.equal(status, 200, JSON.stringify(body));
	assert.equal((await claims(metadata, body.id_token)).aud, 'astro-cli');
	assert.notEqual(body.refresh_token, undefined);
});

test('a device is confirmed by the complete address', async () => {
	const asked = await device();
	const page = await visit(asked.verification_uri_complete);

	assert.equal(page.status, 0, page.text);
	const {status} = await poll(asked.device_code);
	assert.equal(status, 200);
});

test('a pushed request and a token bound to a key', async () => {
	const prove = prover();
	const asked = request('astro-cli', waiting.redirect);
	const pushed = await post(
		metadata.pushed_authorization_request_endpoint, asked.form);
	assert.equal(pushed.status, 201);
	const {code} = await authorize(metadata, waiting, asked, {form: {
		client_id: 'astro-cli', request_uri: pushed.body.request_uri,
	}});

	const {body} = await exchange(metadata, asked, code,
		prove('POST', metadata.token_endpoint));
	assert.equal(body.token_type, 'DPoP');
	const url = metadata.userinfo_endpoint;
	const bare = await get(url, bearer(body.access_token));
	assert.equal(bare.status, 401);
	const user = await get(url, {
		Authorization: `DPoP ${body.access_token}`,
		...prove('GET', url, {token: body.access_token}),
	});
	assert.equal(user.body.email, 'jane@example.com');
});

test('a person with a wrong password gets nowhere', async () => {
	const {form} = request('astro-cli', waiting.redirect);
	const page = await visit('--password', 'wrong', '--seconds', '5',
		address(metadata.authorization_endpoint, form));

	assert.equal(page.status, 1);
	assert.match(page.text, /^visit: sign in, stuck\n/);
	assert.equal(waiting.take(), null);
});
