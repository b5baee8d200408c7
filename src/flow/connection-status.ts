import { z } from 'zod';

import type { IntegrationHealth } from './flow.ts';

export const connectionStatusSchema = z.json();

type Status = IntegrationHealth['status'];

// Worst first: an answer with several statuses is as bad as its worst.
const WORDS: readonly (readonly [Status, RegExp])[] = [
  ['failed', /fail|error|invalid|expired|unauth|denied|broken|unhealthy|disconnect|not connected/i],
  ['rate-limited', /rate.?limit|throttl/i],
  ['processing', /process|progress|pending|ingest|import|queue/i],
  ['healthy', /health|success|connected|\bok\b/i],
];

const KEY = /^(?:.*_)?(?:status|state|health)$/i;
const DEPTH = 4;
const LONGEST = 120;

/**
 * Flow's reference does not show this answer's shape, only that the UI knows five data statuses
 * (Processing, Healthy, Failed integration, Failed repo, Rate limited). So every text under a
 * status-like key counts, the worst wins, and without a word we know it is `unknown`.
 * https://help.pluralsight.com/hc/en-us/articles/24280379400468-Integration-data-statuses
 */
export function readConnectionStatus(answer: unknown): Pick<IntegrationHealth, 'status' | 'words'> {
  const texts = statusTexts(answer, '', 0);
  for (const [status, pattern] of WORDS) {
    const words = texts.find((text) => pattern.test(text));
    if (words !== undefined) return { status, words: shorten(words) };
  }
  return { status: 'unknown', words: shorten(texts[0] ?? 'no status given') };
}

function statusTexts(value: unknown, key: string, depth: number): string[] {
  if (typeof value === 'string') return KEY.test(key) && value.trim() !== '' ? [value.trim()] : [];
  if (typeof value !== 'object' || value === null || depth > DEPTH) return [];
  const entries = Array.isArray(value)
    ? value.map((item): [string, unknown] => [key, item])
    : Object.entries(value);
  return entries.flatMap(([inner, item]) => statusTexts(item, inner, depth + 1));
}

function shorten(words: string): string {
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words;
}
