#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What npm's oidc-provider does, seen by a client that is not ours.
import assert from 'node:assert/strict';
import test from 'node:test';

import {DEVICE, address, authorize, basic, bearer, claims, discover, exchange,
	get, listen, post, prover, refresh, register, request, serve,
	visit} from './client.mjs';

const server = await serve('op.mjs', '--access-seconds', '600',
	'--registration');
const strict = await serve('op.mjs', '--no-device', '--dpop-nonce');
const waiting = await listen();
const metadata = await discover(server.issuer);
const sparse = await discover(strict.issuer);

test.after(async () => {
	waiting.close();
	await server.stop();
	await strict.stop();
});

const login = async (client_id, more, where = metadata) => {
	const asked = request(client_id, waiting.redirect, more);
	const {code, iss} = await authorize(where, waiting, asked);
	assert.equal(iss, where.issuer);
	return {asked, code};
};

const tokens = async (client_id, more) => {
	const {asked, code} = await login(client_id, more);
	const {status, body} = await exchange(metadata, asked, code);
	assert.equal(status, 200, JSON.stringify(body));
	return {...body, asked};
};

const count = (grant_type) => server.log().filter((line) =>
	line.endpoint === 'token' && line.grant_type === grant_type).length;

test('a code, PKCE and any loopback port make a login', async () => {
	const got = await tokens('astro-cli');

	assert.equal(got.expires_in, 600);
	assert.equal(got.token_type, 'Bearer');
	const id = await claims(metadata, got.id_token);
	assert.equal(id.iss, server.issuer);
	assert.equal(id.aud, 'astro-cli');
	assert.equal(id.nonce, got.asked.form.nonce);
	assert.equal(id.email, undefined);
	const {body} = await get(metadata.userinfo_endpoint,
		bearer(got.access_token));
	assert.equal(body.sub, id.sub);
	assert.equal(body.email, 'jane@example.com');
});

test('a request without a challenge is sent back', async () => {
	const {form} = request('astro-cli', waiting.redirect);
	delete form.code_challenge;
	delete form.code_challenge_method;
	const {headers} = await get(
		address(metadata.authorization_endpoint, form));

	const {searchParams} = new URL(headers.get('location'));
	assert.equal(searchParams.get('error'), 'invalid_request');
	assert.match(searchParams.get('error_description'), /PKCE/);
});

test('a person who says no is an access_denied', async () => {
	const asked = request('astro-cli', waiting.redirect);
	const params = await authorize(metadata, waiting, asked,
		{flags: ['--deny']});

	assert.equal(params.error, 'access_denied');
	assert.equal(params.code, undefined);
});

test('without prompt=consent there is no refresh token', async () => {
	const got = await tokens('astro-cli', {prompt: 'login'});

	assert.equal(got.refresh_token, undefined);
	assert.doesNotMatch(got.scope, /offline_access/);
});

test('a refresh rotates; a used refresh token ends them all', async () => {
	const before = count('refresh_token');
	const first = await tokens('astro-cli');
	const second = await refresh(metadata, 'astro-cli',
		first.refresh_token);
	assert.equal(second.status, 200);
	assert.notEqual(second.body.refresh_token, first.refresh_token);

	const again = await refresh(metadata, 'astro-cli',
		first.refresh_token);
	assert.equal(again.status, 400);
	assert.equal(again.body.error, 'invalid_grant');
	const after = await refresh(metadata, 'astro-cli',
		second.body.refresh_token);
	assert.equal(after.body.error, 'invalid_grant');
	assert.equal(count('refresh_token'), before + 3);
});

test('a code that is used twice takes its tokens along', async () => {
	const {asked, code} = await login('astro-cli');
	const {body} = await exchange(metadata, asked, code);
	const again = await exchange(metadata, asked, code);

	assert.equal(again.body.error, 'invalid_grant');
	const {status} = await get(metadata.userinfo_endpoint,
		bearer(body.access_token));
	assert.equal(status, 401);
});

test('a revoked refresh token is worth nothing', async () => {
	const got = await tokens('astro-cli');
	const {status, body} = await post(metadata.revocation_endpoint,
		{client_id: 'astro-cli', token: got.refresh_token});
	assert.equal(status, 200);
	assert.equal(body, '');

	const after = await refresh(metadata, 'astro-cli', got.refresh_token);
	assert.equal(after.body.error, 'invalid_grant');
	const user = await get(metadata.userinfo_endpoint,
		bearer(got.access_token));
	assert.equal(user.status, 401);
});

const device = async () => {
	const {status, body} = await post(
		metadata.device_authorization_endpoint,
		{client_id: 'astro-cli', scope: 'openid offline_access'});
	assert.equal(status, 200);
	assert.equal(body.interval, undefined);
	assert.equal(body.expires_in, 600);
	return body;
};

const poll = (device_code) => post(metadata.token_endpoint,
	{grant_type: DEVICE, client_id: 'astro-cli', device_code});

test('a device is confirmed by the complete address', async () => {
	const asked = await device();
	const early = await poll(asked.device_code);
	assert.equal(early.body.error, 'authorization_pending');

	const page = await visit(asked.verification_uri_complete);
	assert.equal(page.status, 0, page.text);
	assert.match(page.page, /successful/);
	const {status, body} = await poll(asked.device_code);
	assert.equal(status, 200);
	assert.equal((await claims(metadata, body.id_token)).sub, 'jane');
	assert.notEqual(body.refresh_token, undefined);
});

test('a device is confirmed by typing its code', async () => {
	const asked = await device();
	const page = await visit('--code', asked.user_code,
		asked.verification_uri);

	assert.equal(page.status, 0, page.text);
	assert.match(page.text, /^visit: enter the code, /);
	const {body} = await poll(asked.device_code);
	assert.equal((await claims(metadata, body.id_token)).sub, 'jane');
});

test('a device that is refused is an access_denied', async () => {
	const asked = await device();
	await visit('--deny', asked.verification_uri_complete);

	const {body} = await poll(asked.device_code);
	assert.equal(body.error, 'access_denied');
});

test('a client of pushed requests may not ask otherwise', async () => {
	const asked = request('astro-par', waiting.redirect);
	const {headers} = await get(
		address(metadata.authorization_endpoint, asked.form));
	assert.match(headers.get('location'), /error=invalid_request/);

	const pushed = await post(
		metadata.pushed_authorization_request_endpoint, asked.form);
	assert.equal(pushed.status, 201);
	const {code} = await authorize(metadata, waiting, asked, {form: {
		client_id: 'astro-par', request_uri: pushed.body.request_uri,
	}});
	const {status} = await exchange(metadata, asked, code);
	assert.equal(status, 200);
});

test('a token that is bound to a key needs its proofs', async () => {
	const prove = prover();
	const {asked, code} = await login('astro-dpop');
	const without = await exchange(metadata, asked, code);
	assert.equal(without.body.error, 'invalid_grant');

	const second = await login('astro-dpop');
	const {body} = await exchange(metadata, second.asked, second.code,
		prove('POST', metadata.token_endpoint));
	assert.equal(body.token_type, 'DPoP');
	const url = metadata.userinfo_endpoint;
	const bare = await get(url, bearer(body.access_token));
	assert.equal(bare.status, 401);
	const user = await get(url, {
		Authorization: `DPoP ${body.access_token}`,
		...prove('GET', url, {token: body.access_token}),
	});
	assert.equal(user.body.sub, 'jane');
});

test('a proof without the nonce is told the nonce', async () => {
	const prove = prover();
	const {asked, code} = await login('astro-dpop', {}, sparse);
	const url = sparse.token_endpoint;
	const first = await exchange(sparse, asked, code, prove('POST', url));
	assert.equal(first.status, 400);
	assert.equal(first.body.error, 'use_dpop_nonce');

	const nonce = first.headers.get('dpop-nonce');
	const {body} = await exchange(sparse, asked, code,
		prove('POST', url, {nonce}));
	assert.equal(body.token_type, 'DPoP');
});

test('what is not offered is not announced', () => {
	assert.equal(sparse.device_authorization_endpoint, undefined);
	assert.equal(sparse.registration_endpoint, undefined);
});

test('a client that registers itself logs in', async () => {
	const client_id = await register(metadata, waiting.redirect);
	const got = await tokens(client_id);

	assert.equal((await claims(metadata, got.id_token)).aud, client_id);
});

test('a client with a secret needs it', async () => {
	const {asked, code} = await login('astro-secret');
	const without = await exchange(metadata, asked, code);
	assert.equal(without.status, 401);
	assert.equal(without.body.error, 'invalid_client');

	const {status} = await exchange(metadata, asked, code,
		basic('astro-secret', 'sandbox-secret'));
	assert.equal(status, 200);
});

test('a token for a resource is refused at userinfo', async () => {
	const asked = request('astro-cli', waiting.redirect, {
		scope: 'openid read', resource: 'https://api.example.com/'});
	const {code} = await authorize(metadata, waiting, asked);
	const {body} = await post(metadata.token_endpoint, {
		grant_type: 'authorization_code', code,
		client_id: 'astro-cli', redirect_uri: waiting.redirect,
		code_verifier: asked.verifier,
		resource: 'https://api.example.com/'});

	assert.equal(body.access_token.split('.').length, 3);
	const {status} = await get(metadata.userinfo_endpoint,
		bearer(body.access_token));
	assert.equal(status, 401);
});

test('a sign-out asks the person and ends at a page', async () => {
	const got = await tokens('astro-cli');
	const page = await visit(address(metadata.end_session_endpoint,
		{id_token_hint: got.id_token, client_id: 'astro-cli'}));

	assert.equal(page.status, 0, page.text);
	assert.match(page.page, /Sign-out Success/);
});

test('the address of a callback can be had without going there', async () => {
	const asked = request('astro-cli', waiting.redirect);
	const page = await visit('--stop',
		address(metadata.authorization_endpoint, asked.form));

	assert.equal(page.status, 0, page.text);
	const {searchParams} = new URL(page.page.trim());
	assert.equal(searchParams.get('state'), asked.form.state);
	const {status} = await exchange(metadata, asked,
		searchParams.get('code'));
	assert.equal(status, 200);
});

test('a callback that answers with an error is a failed visit', async () => {
	const broken = await listen(400);
	const {form} = request('astro-cli', broken.redirect);
	const page = await visit(
		address(metadata.authorization_endpoint, form));
	broken.close();

	assert.equal(page.status, 1);
	assert.match(page.text, /^visit: sign in, consent, failed\n/);
});
