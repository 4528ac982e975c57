#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Tokens that are bound to a key (RFC 9449), at both providers: a context that
// asks for them logs in, renews and logs out with proofs.
import assert from 'node:assert/strict';
import test from 'node:test';

import {home, said} from './astro.mjs';
import {bearer, discover, get, refresh, serve} from './client.mjs';

const PAST = '2020-01-01T00:00:00Z';

const op = await serve('op.mjs');
const strict = await serve('op.mjs', '--dpop-nonce');
const glewlwyd = await serve('glewlwyd.mjs');

test.after(async () => {
	await op.stop();
	await strict.stop();
	await glewlwyd.stop();
});

for (const [what, {issuer}, id, flags] of [
	['oidc-provider', op, 'astro-dpop', []],
	['oidc-provider with its nonces', strict, 'astro-dpop', []],
	['glewlwyd', glewlwyd, 'astro-cli', ['--admit']],
])
	test(`a bound login at ${what}, renewed`, async (t) => {
		const here = home();
		t.after(here.remove);
		here.write(`contexts:
    idp:
        client_id: ${id}
        domain: ${issuer}
        dpop: true
        issuer: ${issuer}
        provider: oidc
`);
		said(await here.run(['login', issuer], {browser: flags}), 0,
			/Logged in to .* as jane@example\.com\n/);
		const first = here.value('access_token');
		here.change('expiresin', PAST);
		const renewed = await here.run(['auth', 'token']);
		said(renewed, 0);

		// Whoever has the tokens alone has nothing.
		const token = renewed.stdout.trim();
		assert.notEqual(token, first);
		const metadata = await discover(issuer);
		const bare = await get(metadata.userinfo_endpoint,
			bearer(token));
		assert.equal(bare.status, 401);
		const stolen = await refresh(metadata, id,
			here.value('refresh_token'));
		assert.ok(stolen.status >= 400, JSON.stringify(stolen.body));
	});

test('a logout takes bound tokens back, and erases the key', async (t) => {
	const here = home();
	t.after(here.remove);
	here.write(`contexts:
    idp:
        client_id: astro-dpop
        domain: ${op.issuer}
        dpop: true
        issuer: ${op.issuer}
        provider: oidc
`);
	said(await here.run(['login', op.issuer]), 0);
	assert.match(here.read(), /^ +dpop_key: /m);

	said(await here.run(['logout']), 0,
		/^Revoked the refresh token\nRevoked the access token\n/);
	assert.doesNotMatch(here.read(), /dpop_key|_token/);
});
