#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A person with a browser: Debian's Chromium, headless, signs in at an
// identity provider's own pages and goes where they lead.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {parseArgs} from 'node:util';

import {admit} from './administrator.mjs';
import {browse, stopped} from './chromium.mjs';

const usage = `usage: visit.mjs [OPTION]... URL

Opens URL in Chromium, signs in, consents, and prints the text of the page
where that ends: the one of the program that waits at a callback, or the
provider's last one.  For BROWSER="/path/to/visit.mjs --output FILE".

  --user NAME        sign in as NAME (jane)
  --password WORD    (sandbox-jane)
  --code CODE        type this where a device's code is asked for
  --admit            first have glewlwyd's administrator allow the redirect
                     address, since it would not take any port
  --deny             press Cancel (oidc-provider's pages have it)
  --stop             print the callback's address instead of going there
  --output FILE      append to FILE, not to standard output
  --screenshot FILE  a PNG of the last page
  --width PIXELS     of the window (1280)
  --dark             as somebody who prefers dark pages
  --seconds N        give up after so long (60)

Exit 0: the pages came to an end, and a callback's is not an error (400 and
up).  1: they did not; the first line says where it got stuck.
`;

const {values: options, positionals} = parseArgs({
	allowPositionals: true,
	options: {
		help: {type: 'boolean'},
		user: {type: 'string', default: 'jane'},
		password: {type: 'string', default: 'sandbox-jane'},
		code: {type: 'string', default: ''},
		admit: {type: 'boolean', default: false},
		deny: {type: 'boolean', default: false},
		stop: {type: 'boolean', default: false},
		output: {type: 'string'},
		screenshot: {type: 'string'},
		width: {type: 'string', default: '1280'},
		dark: {type: 'boolean', default: false},
		seconds: {type: 'string', default: '60'},
	},
});

if (options.help) {
	process.stdout.write(usage);
	process.exit(0);
}
if (positionals.length !== 1) {
	process.stderr.write(usage);
	process.exit(2);
}

const say = (text) => options.output === undefined ?
	process.stdout.write(`${text}\n`) :
	fs.appendFileSync(options.output, `${text}\n`);

const STEPS_MAX = 12;

// What a person does on a page that shows the element SEES: ACT, then PRESS
// (SEES itself where nothing else is said).  Rows further up win; LAST: the
// pages have come to an end.  A plain CSS selector each.
const sign_in = (user, password) => async (page) => {
	await page.fill(user, options.user);
	await page.fill(password, options.password);
};
const rows = [
	{name: 'cancel', sees: 'a[href$="/abort"]', only: options.deny},

	// oidc-provider
	{name: 'sign in', sees: 'input[name=login] ~ button',
		act: sign_in('input[name=login]', 'input[name=password]')},
	{name: 'consent', sees: 'input[value=consent] ~ button'},
	{name: 'end', sees: 'p.red', text: /interrupted$/, last: true},
	{name: 'error', sees: 'p.red', last: true, failed: true},
	{name: 'enter the code', sees: 'button[form="op.deviceInputForm"]',
		act: (page) => page.fill('input[name=user_code]',
			options.code)},
	{name: 'confirm the device',
		sees: 'button[form="op.deviceConfirmForm"][autofocus]'},
	{name: 'sign out', sees: 'button[name=logout]'},
	{name: 'end', sees: 'h1', text: /^(Sign-in|Sign-out) Success$/,
		last: true},
	{name: 'error', sees: 'h1', text: /went wrong$/, last: true,
		failed: true},

	// glewlwyd
	{name: 'sign in', sees: '#loginbut',
		act: sign_in('#username', '#password')},
	{name: 'consent', sees: 'label[for="grant-openid"]',
		act: async (page) => {
			const boxes = page.locator('input[id^="grant-"]');
			for (let i = await boxes.count(); i > 0; i--)
				await boxes.nth(i - 1).check();
		}, press: '.active button.btn-primary'},
	{name: 'enter the code', sees: 'input[placeholder="X1Y2-A3B4"]',
		act: (page) => page.fill('input[placeholder="X1Y2-A3B4"]',
			options.code), press: 'button.btn-primary'},
	{name: 'continue', sees: '.card-footer button.btn-success'},
	{name: 'end', sees: 'h4', text: /^Authorization complete/, last: true},

	// astro-sandbox
	{name: 'cancel', sees: 'button[name=action][value=cancel]',
		only: options.deny},
	{name: 'sign in', sees: 'button[name=action][value=login]',
		act: sign_in('input[name=user]', 'input[name=password]')},
].filter((row) => row.only ?? true);

// In the page: which row fits, or -1 where another server answers.  A press
// is made once: a page that stays as it was has not understood it.
const judge = ({origin, rows: wanted}) => {
	if (location.origin !== origin)
		return {row: -1};
	for (const [row, {sees, text}] of wanted.entries())
		for (const element of document.querySelectorAll(sees)) {
			if (!element.checkVisibility() || element.astro_seen ||
			    (text && !new RegExp(text).test(
				    element.textContent.trim())))
				continue;
			element.astro_seen = true;
			return {row};
		}
	return null;
};

// From the first page to the last; the row where it ended, none where that
// was another server's page.
const walk = async (page, origin, steps) => {
	while (steps.length < STEPS_MAX) {
		const handle = await page.waitForFunction(judge, {origin,
			rows: rows.map(({sees, text}) =>
				({sees, text: text?.source}))});
		const row = rows[(await handle.jsonValue()).row];
		if (row === undefined || row.last)
			return row;
		steps.push(row.name);
		await row.act?.(page);
		await page.click(row.press ?? row.sees);
	}
	throw new Error('the pages have no end');
};

const clock = async () => {
	await setTimeout(Number(options.seconds) * 1000, undefined,
		{ref: false});
	throw new Error(`not done after ${options.seconds} seconds`);
};

const visit = async (page, url, steps) => {
	const {origin} = new URL(url);
	let status; // of the last page; its address may have changed since

	page.setDefaultTimeout(0); // one clock for the whole of it
	page.on('response', (answer) => {
		if (answer.request().isNavigationRequest())
			status = answer.status();
	});
	page.on('requestfailed', (lost) => {
		if (lost.isNavigationRequest())
			status = undefined;
	});
	const address = options.stop ? stopped(page, origin) :
		new Promise(() => {});
	const walked = page.goto(url).then(() => walk(page, origin, steps));
	walked.catch(() => {}); // a stopped one is of no interest

	const end = await Promise.race([walked, address, clock()]);
	if (typeof end === 'string')
		return {text: end};
	await page.waitForLoadState();
	if (options.screenshot !== undefined)
		await page.screenshot({path: options.screenshot,
			fullPage: true});
	return {
		text: await page.innerText('body'),
		failed: end?.failed || status === undefined || status >= 400,
	};
};

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'visit-'));
process.once('exit', () =>
	fs.rmSync(home, {recursive: true, force: true, maxRetries: 5}));

const steps = [];
let context;
try {
	if (options.admit)
		await admit(positionals[0]);
	context = await browse(home, {dark: options.dark,
		width: Number(options.width)});
	const [page] = context.pages();
	const {text, failed} = await visit(page, positionals[0], steps);
	say(`visit: ${[...steps, failed ? 'failed' : 'done'].join(', ')}\n` +
		text);
	process.exitCode = failed ? 1 : 0;
} catch (error) {
	say(`visit: ${[...steps, 'stuck'].join(', ')}\n${error.message}`);
	process.exitCode = 1;
} finally {
	await context?.close();
}
