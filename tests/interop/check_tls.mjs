#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Both providers with an https issuer, signed by an authority of this test.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import {json} from 'node:stream/consumers';
import test from 'node:test';

import {address, certificate, listen, request, serve,
	visit} from './client.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-tls-'));
const {cert, key} = certificate(folder);
const waiting = await listen();

process.env.NODE_EXTRA_CA_CERTS = cert; // for the providers' processes

test.after(() => {
	waiting.close();
	fs.rmSync(folder, {recursive: true});
});

const discovered = async (issuer) => {
	const [answer] = await once(
		https.get(`${issuer}/.well-known/openid-configuration`,
			{ca: fs.readFileSync(cert)}), 'response');
	return json(answer);
};

for (const [script, ...args] of [['op.mjs', '--host', 'localhost'],
	['glewlwyd.mjs', '--redirect', waiting.redirect]])
	test(`${script} signs jane in over https`, async () => {
		const server = await serve(script, '--cert', cert,
			'--key', key, ...args);
		try {
			const metadata = await discovered(server.issuer);
			assert.match(server.issuer, /^https:/);
			assert.equal(metadata.issuer, server.issuer);
			assert.match(metadata.token_endpoint, /^https:/);

			const asked = request('astro-cli', waiting.redirect);
			const page = await visit('--stop', address(
				metadata.authorization_endpoint, asked.form));
			assert.equal(page.status, 0, page.text);
			assert.match(page.page, /[?&]code=/);
		} finally {
			await server.stop();
		}
	});
