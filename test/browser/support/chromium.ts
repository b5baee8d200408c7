import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
];

/** CHROMIUM_PATH, or a Chromium or Chrome on the PATH or in one of the usual places. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return given;
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...USUAL_PLACES].find(isProgram);
}

/** Without a browser its tests are left out, and a line says so; in CI that is a failure. */
export function testsToLeaveOut(): string[] {
  if (findChromium() !== undefined) return [];
  const advice = 'put Chromium or Chrome on the PATH, or set CHROMIUM_PATH to it';
  if (process.env['CI'] === 'true') throw new Error(`There is no browser: ${advice}.`);
  process.stderr.write(`No browser here: test/browser is left out (${advice}).\n`);
  return ['test/browser/**'];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
