/**
 * A page that is drawn anew under the pointer now and then takes no click, and nothing in Chromium
 * tells a test so. People click once more; so does a test, at most twice.
 */
export const AGAIN = { retry: 2 } as const;
