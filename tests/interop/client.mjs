// SPDX-License-Identifier: Apache-2.0
// The least OAuth client that shows what a provider does: it is not ours, so
// that what it finds is not our own mistake made twice.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {createHash, createPublicKey, generateKeyPairSync, randomBytes, sign,
	verify} from 'node:crypto';
import {once} from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';

const beside = (name) => new URL(name, import.meta.url).pathname;

export const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

const word = () => randomBytes(32).toString('base64url');
const coded = (value) => Buffer.from(JSON.stringify(value))
	.toString('base64url');
const plain = (text) => JSON.parse(Buffer.from(text, 'base64url'));

// A provider that runs until stop().  log(): what op.mjs answered, in order;
// tell(): a line for it; hear(): the next line that it prints.
export const serve = async (script, ...args) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-'));
	const file = path.join(folder, 'log');
	const child = spawn(process.execPath,
		[beside(script), '--log', file, ...args],
		{stdio: ['pipe', 'pipe', 'pipe']});
	const lines = createInterface({input: child.stdout});
	let said = '';

	child.stderr.on('data', (text) => (said += text));
	const ended = once(child, 'exit');
	const line = await Promise.race([once(lines, 'line'), ended]);
	if (child.exitCode !== null)
		throw new Error(`${script} does not start:\n${said}`);
	const {issuer} = JSON.parse(line[0]);

	return {
		issuer,
		log: () => fs.existsSync(file) ?
			fs.readFileSync(file, 'utf8').trim().split('\n')
				.map((text) => JSON.parse(text)) : [],
		tell: (word) => child.stdin.write(`${word}\n`),
		hear: async () => (await once(lines, 'line'))[0],
		stop: async () => {
			child.stdin.end();
			await ended;
			fs.rmSync(folder, {recursive: true});
		},
	};
};

// The browser: {status, text}, text without its first line in PAGE.
export const visit = async (...args) => {
	const child = spawn(process.execPath, [beside('visit.mjs'), ...args],
		{stdio: ['ignore', 'pipe', 'inherit']});
	let text = '';

	child.stdout.on('data', (some) => (text += some));
	const [status] = await once(child, 'close');
	return {status, text, page: text.replace(/^.*\n/, '')};
};

// What waits at a loopback address and answers with STATUS; take() gives the
// last callback's query.
export const listen = async (status = 200) => {
	const server = http.createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	let params = null;

	server.on('request', ({url}, answer) => {
		const {pathname, searchParams} = new URL(url, 'http://x');
		if (pathname === '/callback')
			params = Object.fromEntries(searchParams);
		answer.writeHead(status, {'Content-Type': 'text/html'});
		answer.end('<p>You may close this window.</p>');
	});
	return {
		redirect: `http://127.0.0.1:${server.address().port}/callback`,
		take: () => {
			const taken = params;
			params = null;
			return taken;
		},
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
};

const answered = async (answer) => {
	const text = await answer.text();
	const json = answer.headers.get('content-type')?.includes('json');
	return {status: answer.status, headers: answer.headers,
		body: json && text !== '' ? JSON.parse(text) : text};
};

export const get = async (url, headers) =>
	answered(await fetch(url, {headers, redirect: 'manual'}));

export const post = async (url, form, headers) =>
	answered(await fetch(url, {method: 'POST', headers,
		redirect: 'manual', body: new URLSearchParams(form)}));

export const discover = async (issuer) => {
	const {status, body} =
		await get(`${issuer}/.well-known/openid-configuration`);
	assert.equal(status, 200);
	assert.equal(body.issuer, issuer);
	return body;
};

// Dynamic registration (RFC 7591) of a public native client.
export const register = async (metadata, redirect_uri) => {
	const answer = await answered(await fetch(
		metadata.registration_endpoint, {
			method: 'POST',
			headers: {'Content-Type': 'application/json'},
			body: JSON.stringify({
				client_name: 'astro',
				application_type: 'native',
				redirect_uris: [redirect_uri],
				token_endpoint_auth_method: 'none',
				grant_types: ['authorization_code',
					'refresh_token'],
				response_types: ['code'],
			}),
		}));
	assert.equal(Math.floor(answer.status / 100), 2,
		JSON.stringify(answer.body));
	assert.equal(answer.body.client_secret, undefined);
	return answer.body.client_id;
};

// A request and what will redeem its answer.
export const request = (client_id, redirect_uri, more = {}) => {
	const verifier = word();
	return {
		verifier,
		form: {
			response_type: 'code', client_id, redirect_uri,
			scope: 'openid profile email offline_access',
			state: word(), nonce: word(), prompt: 'consent',
			code_challenge: createHash('sha256').update(verifier)
				.digest('base64url'),
			code_challenge_method: 'S256',
			...more,
		},
	};
};

export const address = (endpoint, form) =>
	`${endpoint}?${new URLSearchParams(form)}`;

// By browser to the callback: its parameters, the state compared.
export const authorize = async (metadata, waiting, asked, {form, flags = []} =
	{}) => {
	const page = await visit(...flags, address(
		metadata.authorization_endpoint, form ?? asked.form));
	assert.equal(page.status, 0, page.text);
	const params = waiting.take();
	assert.notEqual(params, null, page.text);
	assert.equal(params.state, asked.form.state);
	return params;
};

export const exchange = (metadata, asked, code, headers) =>
	post(metadata.token_endpoint, {
		grant_type: 'authorization_code', code,
		client_id: asked.form.client_id,
		redirect_uri: asked.form.redirect_uri,
		code_verifier: asked.verifier,
	}, headers);

export const refresh = (metadata, client_id, refresh_token, headers) =>
	post(metadata.token_endpoint,
		{grant_type: 'refresh_token', client_id, refresh_token},
		headers);

// The claims of an id_token that the provider's published key signed.
export const claims = async (metadata, token) => {
	const [head, body, signature] = token.split('.');
	const {alg, kid} = plain(head);
	const {keys} = (await get(metadata.jwks_uri)).body;
	const key = keys.find((one) => kid === undefined || one.kid === kid);

	assert.equal(alg, 'RS256');
	assert.ok(verify('sha256', Buffer.from(`${head}.${body}`),
		createPublicKey({key, format: 'jwk'}),
		Buffer.from(signature, 'base64url')), 'the signature is false');
	return plain(body);
};

export const basic = (id, secret) => ({Authorization:
	`Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`});

export const bearer = (token) => ({Authorization: `Bearer ${token}`});

// A key of one's own, and its proofs (RFC 9449 section 4).
export const prover = () => {
	const pair = generateKeyPairSync('ec', {namedCurve: 'P-256'});
	const {kty, crv, x, y} = pair.publicKey.export({format: 'jwk'});

	return (method, url, {nonce, token} = {}) => {
		const head = coded({typ: 'dpop+jwt', alg: 'ES256',
			jwk: {kty, crv, x, y}});
		const body = coded({htm: method, htu: url, jti: word(), nonce,
			iat: Math.floor(Date.now() / 1000),
			ath: token && createHash('sha256').update(token)
				.digest('base64url')});
		const proof = sign('sha256', Buffer.from(`${head}.${body}`),
			{key: pair.privateKey, dsaEncoding: 'ieee-p1363'});
		return {DPoP: `${head}.${body}.` +
			proof.toString('base64url')};
	};
};

// A certificate for this machine that is its own authority: {cert, key}.
export const certificate = (folder) => {
	const cert = path.join(folder, 'cert.pem');
	const key = path.join(folder, 'key.pem');

	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048',
		'-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext',
		'subjectAltName=IP:127.0.0.1,DNS:localhost', '-out', cert,
		'-keyout', key], {stdio: 'pipe'});
	return {cert, key};
};
