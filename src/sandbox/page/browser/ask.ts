import type { Act, Answer } from '../wire.ts';
import { here } from './place.ts';
import { notify } from './notice.ts';

const token = document.querySelector<HTMLMetaElement>('meta[name="sandbox-token"]')?.content ?? '';
let last: Promise<unknown> = Promise.resolve();

/**
 * Does one thing as the person on the page, after everything asked before. Null when it did not
 * work; the person has then been told why.
 */
export function ask<Result = unknown>(act: Act): Promise<Result | null> {
  const { person } = here();
  const result = last.then(() => send<Result>(person, act));
  last = result;
  return result;
}

/** When everything asked so far has been answered. */
export async function settled(): Promise<void> {
  await last;
}

async function send<Result>(person: string, act: Act): Promise<Result | null> {
  try {
    const response = await fetch('act', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sandbox-token': token },
      body: JSON.stringify({ as: person, act }),
    });
    const answer = (await response.json()) as Answer;
    if (answer.ok) return answer.result as Result;
    notify(answer.message, 'bad');
  } catch {
    notify('The sandbox does not answer. Is it still running?', 'bad');
  }
  return null;
}
