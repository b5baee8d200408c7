import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

import { findChromium } from './chromium.ts';

/** A headless browser that talks to nobody but the pages it is told to open. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no browser on this machine.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
