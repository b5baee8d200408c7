import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Product } from '../../../src/composition/product.ts';
import { startPage } from '../../../src/sandbox/page/server.ts';
import { createTroubles } from '../../../src/sandbox/page/troubles.ts';
import { PEOPLE } from '../../../src/sandbox/people.ts';
import { startJourney } from '../../support/journey.ts';
import type { Journey } from '../../support/journey.ts';
import { call } from '../../web/web-server.ts';

const HELP = {
  as: PEOPLE.requester.id,
  act: { do: 'command', line: '/flow-service-account help', channel: 'C0APPROVALS' },
};

let journey: Journey;
let page: Awaited<ReturnType<typeof startPage>>;
let token: string;
beforeAll(async () => {
  journey = await startJourney();
  const { sandbox, product } = journey;
  page = await startPage(
    {
      sandbox,
      product: product satisfies Product,
      worker: {
        state: 'working',
        since: new Date().toISOString(),
        kill: () => Promise.resolve(),
        start: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      troubles: createTroubles(sandbox.outside, sandbox.slack),
      since: new Date().toISOString(),
    },
    { report: () => undefined },
  );
  const { text } = await call(page.url);
  token = /name="sandbox-token" content="([\w-]+)"/.exec(text)?.[1] ?? '';
});
afterAll(async () => {
  await page.close();
  await journey.close();
});

function own(change: Record<string, string> = {}): Record<string, string> {
  return {
    origin: page.url,
    'content-type': 'application/json',
    'sec-fetch-site': 'same-origin',
    'x-sandbox-token': token,
    ...change,
  };
}

function act(headers: Record<string, string>, body: unknown = HELP) {
  return call(`${page.url}/act`, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe('the sandbox page', () => {
  it('allows its own scripts and styles and nothing else', async () => {
    const { headers } = await call(page.url);

    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'");
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  it('serves its modules without types and nothing outside its folder', async () => {
    const main = await call(`${page.url}/main.ts`);
    const outside = await call(`${page.url}/../server.ts`);
    const encoded = await call(`${page.url}/%2e%2e/server.ts`);

    expect(main.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(main.text).not.toContain('import type');
    expect([outside.status, encoded.status]).toEqual([404, 404]);
  });

  it('takes from itself what a person does there', async () => {
    const answer = await act(own());

    expect(answer.status).toBe(200);
    expect(journey.sandbox.slack.deliveries.at(-1)).toMatchObject({ kind: 'command', via: 'http' });
  });

  it.each([
    ['another page', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a foreign name that leads to this machine', { host: 'evil.example' }],
    ['somebody without the token', { 'x-sandbox-token': 'x'.repeat(32) }],
    ['a form', { 'content-type': 'text/plain' }],
  ])('takes nothing from %s', async (_who, change) => {
    const before = journey.sandbox.slack.deliveries.length;

    const answer = await act(own(change));

    expect(answer.status).toBe(403);
    expect(journey.sandbox.slack.deliveries).toHaveLength(before);
  });

  it('shows what happens to nobody else', async () => {
    const url = `${page.url}/events?as=${PEOPLE.requester.id}`;

    const answers = await Promise.all([
      call(url, { headers: { 'sec-fetch-site': 'cross-site' } }),
      call(url, { headers: { host: 'evil.example' } }),
      call(url, { headers: { origin: 'http://evil.example' } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  it('answers what it does not understand in a sentence', async () => {
    const unknown = await act(own(), { as: PEOPLE.requester.id, act: { do: 'everything' } });
    const nobody = await act(own(), { ...HELP, as: 'U0NOBODY' });

    expect(JSON.parse(unknown.text)).toEqual({
      ok: false,
      message: 'The page asked for something unknown. Please load it again.',
    });
    expect(JSON.parse(nobody.text)).toEqual({ ok: false, message: 'There is no such person.' });
  });

  it("lets nobody click in another person's ephemeral message", async () => {
    await act(own());
    const secret = await journey.sandbox.slack.waitFor(() =>
      journey.sandbox.slack.as(PEOPLE.requester.id).ephemerals().at(-1),
    );

    const answer = await act(own(), {
      as: PEOPLE.approver.id,
      act: {
        do: 'click',
        at: { on: 'message', channel: secret.channel, ts: secret.ts },
        block: 'b',
        action: 'a',
      },
    });

    expect(JSON.parse(answer.text)).toEqual({
      ok: false,
      message: 'This message is not there any more.',
    });
  });
});
