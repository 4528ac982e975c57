#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The npm package oidc-provider on a free loopback port, its own sign-in
// pages included: any user name and any password will do.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {generateKeyPairSync, randomBytes} from 'node:crypto';
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';

import {until} from './life.mjs';

const usage = `usage: op.mjs [OPTION]...

Prints {"issuer": ...} on one line when it is ready, and runs until SIGTERM,
SIGINT or the end of its standard input, whose lines "hold" and "release" have
the token endpoint keep its answers back for a while; {"held": true} is printed
for each.  Its public native clients, each with
any loopback port and the path /callback or /: astro-cli, astro-dpop (its
tokens are bound to a key) and astro-par (its requests are pushed); and
astro-secret, which has the secret sandbox-secret.

  --log FILE            one JSON object a line for each request answered
  --cert FILE --key FILE   speak https with this PEM certificate
  --host NAME           the host in the issuer (127.0.0.1)
  --alg ALG             what signs id_tokens: RS256 (default), PS256, ES256
  --access-seconds N    how long an access token lives (3600)
  --refresh-seconds N   how long a refresh token lives (1209600)
  --device-seconds N    how long a device code lives (600)
  --no-device           the device grant is not offered
  --registration        dynamic client registration is offered
  --dpop-nonce          DPoP proofs need the server's nonce
`;

const number = (text, fallback) => {
	const value = text === undefined ? fallback : Number(text);
	if (!Number.isInteger(value) || value < 1)
		throw new Error(`"${text}" is no number of seconds`);
	return value;
};

const {values: options} = parseArgs({options: {
	help: {type: 'boolean'},
	log: {type: 'string'},
	cert: {type: 'string'},
	key: {type: 'string'},
	host: {type: 'string', default: '127.0.0.1'},
	alg: {type: 'string', default: 'RS256'},
	'access-seconds': {type: 'string'},
	'refresh-seconds': {type: 'string'},
	'device-seconds': {type: 'string'},
	'no-device': {type: 'boolean', default: false},
	registration: {type: 'boolean', default: false},
	'dpop-nonce': {type: 'boolean', default: false},
}});

if (options.help) {
	process.stdout.write(usage);
	process.exit(0);
}

// It warns on standard error that its defaults are for development, which is
// what they are wanted for; loaded late, so that --help needs no package.
const {default: Provider, errors} = await import('oidc-provider');

const jwk = (kid, ...how) => ({
	...generateKeyPairSync(...how).privateKey.export({format: 'jwk'}),
	kid, use: 'sig',
});

const client = (id, more = {}) => ({
	client_id: id,
	application_type: 'native',
	token_endpoint_auth_method: 'none',
	grant_types: ['authorization_code', 'refresh_token',
		...(options['no-device'] ? [] :
			['urn:ietf:params:oauth:grant-type:device_code'])],
	response_types: ['code'],
	redirect_uris: ['127.0.0.1', '[::1]', 'localhost'].flatMap(
		(host) => [`http://${host}/callback`, `http://${host}/`]),
	id_token_signed_response_alg: options.alg,
	...more,
});

const account = (ctx, id) => ({
	accountId: id,
	claims: () => ({
		sub: id,
		name: `The person ${id}`,
		preferred_username: id,
		email: `${id}@example.com`,
		email_verified: true,
	}),
});

// A token for this resource is a JWT, and no token for userinfo.
const resource = (ctx, indicator) => {
	if (indicator !== 'https://api.example.com/')
		throw new errors.InvalidTarget();
	return {
		scope: 'read write',
		audience: indicator,
		accessTokenFormat: 'jwt',
		accessTokenTTL: number(options['access-seconds'], 3600),
	};
};

const configuration = {
	clients: [
		client('astro-cli'),
		client('astro-dpop', {dpop_bound_access_tokens: true}),
		client('astro-par', {
			require_pushed_authorization_requests: true,
		}),
		client('astro-secret', {
			client_secret: 'sandbox-secret',
			token_endpoint_auth_method: 'client_secret_basic',
		}),
	],
	jwks: {keys: [
		jwk('rsa', 'rsa', {modulusLength: 2048}),
		jwk('ec', 'ec', {namedCurve: 'P-256'}),
	]},
	cookies: {
		keys: [randomBytes(16).toString('hex')],
		// Chromium drops SameSite=None where there is no TLS.
		long: {httpOnly: true, sameSite: 'lax'},
	},
	findAccount: account,
	claims: {
		openid: ['sub'],
		profile: ['name', 'preferred_username'],
		email: ['email', 'email_verified'],
	},
	features: {
		dPoP: {
			enabled: true,
			nonceSecret: randomBytes(32),
			requireNonce: () => options['dpop-nonce'],
		},
		deviceFlow: {enabled: !options['no-device']},
		introspection: {enabled: true},
		registration: {enabled: options.registration},
		resourceIndicators: {
			enabled: true,
			getResourceServerInfo: resource,
		},
		revocation: {enabled: true},
	},
	ttl: {
		AccessToken: number(options['access-seconds'], 3600),
		DeviceCode: number(options['device-seconds'], 600),
		Grant: 1209600,
		IdToken: 3600,
		Interaction: 3600,
		RefreshToken: number(options['refresh-seconds'], 1209600),
		Session: 1209600,
	},
};

// What a test wants to count, and no token, code or proof.
const line = (ctx) => JSON.stringify({
	endpoint: ctx.oidc?.route ?? ctx.path,
	method: ctx.method,
	status: ctx.status,
	client_id: ctx.oidc?.params?.client_id ?? ctx.oidc?.body?.client_id,
	grant_type: ctx.oidc?.params?.grant_type,
	code_challenge_method: ctx.oidc?.params?.code_challenge_method,
	resource: ctx.oidc?.params?.resource,
	scope: ctx.oidc?.params?.scope,
	dpop: ctx.get('DPoP') !== '',
	error: ctx.body?.error,
	error_description: ctx.body?.error_description,
});

const server = options.cert === undefined ? http.createServer() :
	https.createServer({
		cert: fs.readFileSync(options.cert),
		key: fs.readFileSync(options.key),
	});
await new Promise((resolve, reject) => {
	server.once('error', reject);
	server.listen(0, '127.0.0.1', resolve);
});

const scheme = options.cert === undefined ? 'http' : 'https';
const issuer = `${scheme}://${options.host}:${server.address().port}`;
const provider = new Provider(issuer, configuration);

// Until somebody releases what was held.
let free = Promise.resolve();
let release = null;
createInterface({input: process.stdin}).on('line', (word) => {
	if (word === 'hold' && release === null)
		free = new Promise((resolve) => (release = resolve));
	else if (word === 'release' && release !== null)
		release = release() ?? null;
});

provider.use(async (ctx, next) => {
	if (release !== null && ctx.path === '/token')
		process.stdout.write(`${JSON.stringify({held: true})}\n`);
	if (ctx.path === '/token')
		await free;
	await next();
	// Before the answer leaves: whoever has it finds the line.
	if (options.log !== undefined)
		fs.appendFileSync(options.log, `${line(ctx)}\n`);
});
server.on('request', provider.callback());
process.stdout.write(`${JSON.stringify({issuer})}\n`);

await until();
process.exit(0);
