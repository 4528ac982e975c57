#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The pages that end a login in the browser, as Chromium has them.  Pictures
// of them are left in pages/ beside this file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import {home} from './astro.mjs';
import {browse, stopped} from './chromium.mjs';
import {serve} from './client.mjs';

const pictures = new URL('pages/', import.meta.url).pathname;
fs.mkdirSync(pictures, {recursive: true});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-page-'));
const server = await serve('op.mjs');
const chromium = await browse(folder);
chromium.setDefaultTimeout(120000);

test.after(async () => {
	await chromium.close();
	await server.stop();
	fs.rmSync(folder, {recursive: true, force: true, maxRetries: 5});
});

const is_callback = (some) => new URL(some.url()).pathname === '/callback';

const is_ours = ({url}) => new URL(url).pathname === '/callback';

// A login that waits, and a tab that notes what it asks of whom.
const begin = async (t) => {
	const here = home();
	const page = await chromium.newPage();
	t.after(async () => {
		await page.close();
		await chromium.clearCookies();
		here.remove();
	});
	const asked = [], errors = []; // from the callback on
	page.on('request', (request) => {
		if (is_callback(request) || asked.length > 0)
			asked.push(request.url());
	});
	page.on('console', (message) => {
		if (message.type() === 'error' && asked.length > 0)
			errors.push(message.text());
	});
	const login = here.drive(['login', server.issuer, '--client-id',
		'astro-cli']);
	const {url} = await login.event('open_url');

	await page.goto(url);
	return {here, page, login, asked, errors};
};

// From the sign-in page to the last click.
const consent = async (page) => {
	await page.fill('input[name=login]', 'jane');
	await page.fill('input[name=password]', 'sandbox-jane');
	await page.click('input[name=login] ~ button');
	await page.waitForSelector('input[value=consent]', {state: 'attached'});
	await page.click('input[value=consent] ~ button', {noWaitAfter: true});
};

// What the pages of this program are held to, one after another.
const check_headers = async (response) => {
	const headers = await response.allHeaders();

	assert.equal(headers['content-type'], 'text/html; charset=utf-8');
	assert.equal(headers['cache-control'], 'no-store');
	assert.equal(headers['referrer-policy'], 'no-referrer');
	assert.match(headers['content-security-policy'],
		/^default-src 'none'; /);
	assert.equal(headers['x-frame-options'], 'DENY');
	assert.equal(headers['x-content-type-options'], 'nosniff');
};

// Neither in the address bar nor on the way back is there a code.
const check_history = async (page) => {
	const session = await page.context().newCDPSession(page);
	const {entries} = await session.send('Page.getNavigationHistory');

	assert.ok(entries.some(is_ours), JSON.stringify(entries));
	for (const {url} of entries.filter(is_ours))
		assert.equal(new URL(url).search, '');
};

// In the page: what can be seen of it.  Contrast by WCAG 2.1, 1.4.3.
const measure = () => {
	const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
	const light = (colour) => numbers(colour).slice(0, 3)
		.map((value) => value / 255)
		.map((value) => value <= 0.03928 ? value / 12.92 :
			((value + 0.055) / 1.055) ** 2.4)
		.reduce((sum, value, i) =>
			sum + value * [0.2126, 0.7152, 0.0722][i], 0);
	const card = light(getComputedStyle(document.querySelector('main'))
		.backgroundColor);
	const texts = [...document.querySelectorAll('h1, p, footer')];

	return {
		width: document.documentElement.scrollWidth,
		card,
		sizes: texts.map((one) =>
			parseFloat(getComputedStyle(one).fontSize)),
		contrasts: texts.map((one) => {
			const text = light(getComputedStyle(one).color);
			return (Math.max(card, text) + 0.05) /
				(Math.min(card, text) + 0.05);
		}),
	};
};

// Light and dark, on a desk and in a hand.
const check_looks = async (page, name) => {
	for (const colorScheme of ['light', 'dark'])
		for (const width of [1280, 360]) {
			await page.emulateMedia({colorScheme});
			await page.setViewportSize({width, height: 800});
			const seen = await page.evaluate(measure);
			const title = `${name}-${colorScheme}-${width}`;

			assert.equal(seen.width, width, title);
			assert.equal(seen.card > 0.5, colorScheme === 'light');
			assert.ok(Math.min(...seen.sizes) >= 14, title);
			assert.ok(seen.sizes[1] >= 16, title);
			assert.ok(Math.min(...seen.contrasts) >= 4.5,
				`${title}: ${seen.contrasts}`);
			await page.screenshot({path:
				path.join(pictures, `${title}.png`)});
		}
};

test('success is shown once the token is there, and not before', async (t) => {
	const {here, page, login, asked, errors} = await begin(t);
	let response = null;
	page.on('response', (some) => {
		if (is_callback(some))
			response = some;
	});
	server.tell('hold');
	const held = server.hear();
	await consent(page);
	assert.equal(await held, '{"held":true}');

	// Browser and program are asked; neither knows of a success.
	const other = await chromium.newPage();
	await other.goto(`${server.issuer}/.well-known/openid-configuration`);
	await other.close();
	assert.equal(response, null);
	assert.equal(here.read(), '');

	const arrived = page.waitForResponse(is_callback);
	server.tell('release');
	assert.equal((await arrived).status(), 200);
	await page.waitForSelector('h1');
	assert.equal(await page.innerText('h1'), 'You are logged in');
	assert.match(await page.innerText('main'), /close this window/);
	const end = await login.end();
	assert.equal(end.code, 0, end.stderr);

	await check_headers(response);
	assert.equal(page.url().replace(/:\d+/, ''),
		'http://127.0.0.1/callback');
	await check_history(page);
	assert.equal(asked.length, 1, asked.join('\n'));
	assert.deepEqual(errors, []);
	await check_looks(page, 'success');
	assert.equal(asked.length, 1, asked.join('\n'));
});

test('a login that was refused', async (t) => {
	const {here, page, login, asked, errors} = await begin(t);
	const arrived = page.waitForResponse(is_callback);
	await page.click('a[href$="/abort"]');
	const response = await arrived;
	await page.waitForSelector('h1');

	assert.equal(await page.innerText('h1'), 'The login did not work');
	assert.match(await page.innerText('main'), /[Rr]eturn to the terminal/);
	const end = await login.end();
	assert.equal(end.code, 4, end.stderr);
	assert.equal(here.read(), '');
	await check_headers(response);
	await check_history(page);
	assert.equal(asked.length, 1, asked.join('\n'));
	assert.deepEqual(errors, []);
	await check_looks(page, 'failure');
});

test('an answer with another state, then the right one', async (t) => {
	const {here, page: first, login} = await begin(t);
	const address = stopped(first, server.issuer);
	await consent(first);
	const page = await chromium.newPage();
	t.after(() => page.close());
	const wrong = new URL(await address);
	wrong.searchParams.set('state', 'of-somebody-else');
	const refused = await page.goto(wrong.href);
	assert.equal(refused.status(), 400);
	await check_headers(refused);
	await check_history(page);
	await check_looks(page, 'refused');

	const nothing = await page.goto(new URL('/', wrong).href);
	assert.equal(nothing.status(), 404);
	await check_looks(page, 'nothing');

	const right = await page.goto(await address);
	assert.equal(right.status(), 200);
	assert.equal(await page.innerText('h1'), 'You are logged in');
	const end = await login.end();
	assert.equal(end.code, 0, end.stderr);
	assert.equal(here.value('subject'), 'jane');
});
