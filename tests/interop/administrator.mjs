// SPDX-License-Identifier: Apache-2.0
// What glewlwyd's administrator does, by its API.
import {generateKeyPairSync} from 'node:crypto';

// The administrator of the package's own schema: admin, password.
const sign_in = async (url) => {
	let cookie;
	const ask = async (method, where, body) => {
		const answer = await fetch(`${url}/api/${where}`, {
			method, body: body && JSON.stringify(body),
			headers: {'Content-Type': 'application/json',
				...(cookie && {Cookie: cookie})},
		});
		const text = await answer.text();
		if (!answer.ok)
			throw new Error(`glewlwyd: ${method} ${where}: ` +
				`${answer.status} ${text}`);
		return {headers: answer.headers,
			body: text === '' ? undefined : JSON.parse(text)};
	};

	const {headers} = await ask('POST', 'auth/',
		{username: 'admin', password: 'password'});
	cookie = headers.get('set-cookie').split(';')[0];
	return ask;
};

const plugin = (url, {access, interval, par, registration}) => {
	const {privateKey, publicKey} = generateKeyPairSync('rsa',
		{modulusLength: 2048});

	return {
		iss: `${url}/api/oidc`,
		'jwt-type': 'rsa',
		'jwt-key-size': '256',
		key: privateKey.export({type: 'pkcs8', format: 'pem'}),
		cert: publicKey.export({type: 'spki', format: 'pem'}),
		'jwks-show': true,
		'access-token-duration': access,
		'refresh-token-duration': 1209600,
		'code-duration': 60,
		'refresh-token-rolling': true,
		'refresh-token-one-use': 'always',
		'allow-non-oidc': false,
		'auth-type-code-enabled': true,
		'auth-type-code-revoke-replayed': true,
		'auth-type-device-enabled': true,
		'auth-type-refresh-enabled': true,
		'auth-type-token-enabled': false,
		'auth-type-password-enabled': false,
		'auth-type-client-enabled': false,
		'pkce-allowed': true,
		'pkce-required': true,
		'pkce-method-plain-allowed': false,
		'introspection-revocation-allowed': true,
		'introspection-revocation-allow-target-client': true,
		'device-authorization-expiration': 600,
		'device-authorization-interval': interval,
		'register-client-allowed': registration,
		'register-client-auth-scope': [],
		'register-client-credentials-scope': [],
		'oauth-par-allowed': par,
		'oauth-par-required': false,
		'oauth-par-request_uri-prefix':
			'urn:ietf:params:oauth:request_uri:',
		'oauth-par-duration': 90,
		'oauth-dpop-allowed': true,
		'oauth-dpop-iat-duration': 300,
		'session-management-allowed': true,
		'session-cookie-name': 'GLEWLWYD2_OIDC_SID',
		'session-cookie-expiration': 2419200,
		'oauth-as-iss-id': true,
		'subject-type': 'public',
		'name-claim': 'mandatory',
		'email-claim': 'mandatory',
		'scope-claim': 'no',
	};
};

export const set_up = async (url, options) => {
	const ask = await sign_in(url);

	for (const [name, display_name] of [['profile', 'Your name'],
		['email', 'Your e-mail address'],
		['offline_access', 'Access while you are away']])
		await ask('POST', 'scope/', {name, display_name,
			description: display_name, password_required: false,
			scheme: {}});
	await ask('POST', 'user/', {username: 'jane',
		password: 'sandbox-jane', name: 'Jane Doe',
		email: 'jane@example.com', enabled: true,
		scope: ['g_profile', 'openid', 'profile', 'email',
			'offline_access']});
	await ask('POST', 'client/', {client_id: 'astro-cli',
		name: 'astro', confidential: false, enabled: true, scope: [],
		redirect_uri: options.redirects,
		authorization_type: ['code', 'refresh_token',
			'device_authorization'],
		token_endpoint_auth_method: ['none']});
	// It revokes for those alone that may have client credentials.
	await ask('POST', 'client/', {client_id: 'astro-secret',
		name: 'astro with a secret', confidential: true, enabled: true,
		password: 'sandbox-secret', scope: [],
		redirect_uri: options.redirects,
		authorization_type: ['code', 'refresh_token',
			'client_credentials'],
		token_endpoint_auth_method: ['client_secret_basic']});
	await ask('POST', 'mod/plugin/', {module: 'oidc', name: 'oidc',
		display_name: 'OpenID Connect',
		parameters: plugin(url, options)});
};

// The redirect address of the request ADDRESS becomes one of its client's.
// RFC 8252 section 7.3 would have any port of the loopback interface do.
export const admit = async (address) => {
	const {origin, searchParams} = new URL(address);
	const where = `client/${searchParams.get('client_id')}`;
	const ask = await sign_in(origin);
	const {body} = await ask('GET', where);

	await ask('PUT', where, {...body, redirect_uri: [
		...body.redirect_uri ?? [], searchParams.get('redirect_uri')]});
};
