// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, headless, with a profile of its own.
import path from 'node:path';

const CHROMIUM = '/usr/bin/chromium';

// HOME: a folder for it.  DARK, WIDTH: what its person prefers.
export const browse = async (home, {dark = false, width = 1280} = {}) => {
	const {chromium} = await import('playwright-core');
	return chromium.launchPersistentContext(path.join(home, 'profile'), {
		executablePath: CHROMIUM,
		chromiumSandbox: false, // it does not start for root
		env: {...process.env, HOME: home},
		args: ['--disable-gpu', '--disable-quic', '--no-first-run',
			'--disable-background-networking',
			'--disable-component-update', '--disable-sync',
			'--host-resolver-rules=MAP * ~NOTFOUND , ' +
				'EXCLUDE 127.0.0.1 , EXCLUDE localhost'],
		colorScheme: dark ? 'dark' : 'light',
		ignoreHTTPSErrors: true, // nothing but loopback is reached
		viewport: {width, height: 800},
	});
};

// Resolves with the address of the first page of another server, which is
// not asked for it.
export const stopped = async (page, origin) => {
	const session = await page.context().newCDPSession(page);
	await session.send('Fetch.enable', {patterns:
		[{urlPattern: '*', resourceType: 'Document'}]});
	return new Promise((resolve) => {
		session.on('Fetch.requestPaused', ({requestId, request}) => {
			if (new URL(request.url).origin === origin) {
				session.send('Fetch.continueRequest',
					{requestId}).catch(() => {});
				return;
			}
			resolve(request.url);
			session.send('Fetch.failRequest',
				{requestId, errorReason: 'BlockedByClient'})
				.catch(() => {});
		});
	});
};
