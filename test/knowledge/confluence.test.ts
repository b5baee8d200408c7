import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { confluence } from '../../src/knowledge/confluence/index.ts';
import { openSandbox } from '../../src/knowledge/confluence/sandbox.ts';
import type { ConfluenceSandbox } from '../../src/knowledge/confluence/sandbox.ts';
import { escape } from '../../src/knowledge/storage-format.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { aPage, describeKnowledge, published } from '../contracts/knowledge-contract.ts';
import type { KnowledgeHarness } from '../contracts/knowledge-contract.ts';

const clock = { now: () => new Date('2026-11-23T09:00:00Z') };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openBase(sandbox: ConfluenceSandbox, config: Record<string, unknown> = {}): KnowledgeBase {
  const slice = confluence.schema.parse({ ...sandbox.config, timeout_ms: 1500, ...config });
  return confluence.open(slice, { clock, log });
}

const OURS = 'flow-sa-';
const INDEX = 'flow-sa-index';
const current = (sandbox: ConfluenceSandbox) =>
  sandbox.pages().filter(({ status, body }) => status === 'current' && body.includes(OURS));

async function openHarness(config: Record<string, unknown>): Promise<KnowledgeHarness> {
  const sandbox = await openSandbox({ clock });
  const seen = (isIndex: boolean) =>
    current(sandbox)
      .filter(({ body }) => body.includes(INDEX) === isIndex)
      .toSorted((a, b) => a.title.length - b.title.length)
      .map(({ id, title, body }) => ({
        title,
        text: body,
        url: `${sandbox.server.url}/wiki/spaces/IT/pages/${id}/${encodeURIComponent(title).replaceAll('%20', '+')}`,
      }));
  return {
    knowledge: openBase(sandbox, config),
    another: () => openBase(sandbox, config),
    seen: () => Promise.resolve(seen(false)),
    index: () => Promise.resolve(seen(true)),
    changes: () =>
      sandbox.server.exchanges.filter(({ request }) => request.method !== 'GET').length,
    server: sandbox.server,
    perform: null,
    deleteByHand() {
      for (const { id } of current(sandbox)) sandbox.people.trash(id);
      return Promise.resolve();
    },
    dangerous: /<script|<img|<b>|href="(?!https?:)/,
    escaped: escape,
    faults: () => [...sandbox.server.unexpected, ...sandbox.exposures()],
    close: () => sandbox.close(),
  };
}

const WRITES = [
  { method: 'POST', path: '/api/v2/pages' },
  { method: 'POST', path: '/properties' },
];

describeKnowledge('Confluence, open to the space,', () => openHarness({}), WRITES);
describeKnowledge(
  'Confluence with a group of readers',
  () => openHarness({ readers: 'engineering' }),
  [...WRITES, { method: 'PUT', path: '/restriction' }],
);

describe('Confluence', () => {
  let sandbox: ConfluenceSandbox;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    const faults = [...sandbox.server.unexpected, ...sandbox.exposures()];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  });

  const only = () => {
    const [page, ...others] = current(sandbox);
    if (page === undefined || others.length > 0) throw new Error(`${others.length + 1} pages`);
    return page;
  };

  const steps = [
    ['creating the page', { method: 'POST', path: '/api/v2/pages' }],
    ['marking it', { method: 'POST', path: '/properties' }],
    ['opening it to its readers', { method: 'PUT', path: '/restriction' }],
  ] as const;
  const breaks = [
    ['the connection drops', fault.drop()],
    ['the connection drops after the effect', fault.dropAfterEffect()],
    ['the answer is cut in half', fault.half()],
    ['nobody answers in time', fault.hang()],
    ['the server fails', fault.status(503)],
    ['the rate limit is reached', fault.rateLimited(5)],
  ] as const;
  const cases = steps.flatMap(([step, where]) =>
    breaks.map(([what, how]) => ({ step, what, where, how })),
  );

  test.each(cases)(
    'When $what while $step, publishing again ends in one page, seen by its readers only.',
    async ({ where, how }) => {
      const base = openBase(sandbox, { readers: 'engineering' });
      sandbox.server.faults.inject({ ...where, fault: how });

      await base.publish(aPage()).catch(() => undefined);
      const { link } = await published(base.publish(aPage()));

      const page = only();
      expect(page.id).toBe(link.id);
      expect(page.read.groups).toEqual(['engineering']);
      expect(page.update.groups).toEqual([]);
      expect(page.properties.get('flow.request')?.value).toBe('flow-sa-7k3f9q');
    },
  );

  test('A page created although the answer was not understood is found, not made again.', async () => {
    sandbox.server.faults.inject({
      method: 'POST',
      path: '/api/v2/pages',
      fault: {
        kind: 'status',
        answer: { status: 200, body: { surprise: true } },
        afterEffect: true,
      },
    });

    const { link } = await published(openBase(sandbox).publish(aPage()));

    expect(only().id).toBe(link.id);
  });

  test('A rate limit is passed on with the wait that was asked for.', async () => {
    sandbox.server.faults.inject({ method: 'GET', fault: fault.rateLimited(9) });

    const attempt = openBase(sandbox).publish(aPage());

    await expect(attempt).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 9000 });
  });

  test('A page of somebody else with the same title is left alone, ours carries its marker.', async () => {
    const theirs = sandbox.people.addPage(aPage().title);

    const { link } = await published(openBase(sandbox).publish(aPage()));
    const again = await published(openBase(sandbox).publish(aPage({ summary: 'Changed.' })));

    expect(again.link).toEqual(link);
    expect(only().title).toBe(`${aPage().title} (flow-sa-7k3f9q)`);
    expect(theirs).toMatchObject({ version: { number: 1 }, body: '<p>Something else.</p>' });
  });

  test('A page of somebody else that merely mentions our marker is not taken for ours.', async () => {
    const theirs = sandbox.people.addPage('Notes', '<p>See <code>flow-sa-7k3f9q</code></p>');
    sandbox.people.addPage(aPage().title, '<p>See <code>flow-sa-7k3f9q</code></p>');
    sandbox.reindex();

    const { link } = await published(openBase(sandbox).publish(aPage()));

    expect(link.id).not.toBe(theirs.id);
    expect(sandbox.pages().find(({ id }) => id === link.id)?.authorId).not.toBe(theirs.authorId);
    expect(theirs.version.number).toBe(1);
  });

  test('A page archived by hand stays history, and a new one is published beside it.', async () => {
    const { link: first } = await published(openBase(sandbox).publish(aPage()));
    sandbox.people.archive(first.id);

    const { link: second } = await published(openBase(sandbox).publish(aPage()));

    expect(second.id).not.toBe(first.id);
    expect(only().title).toBe(`${aPage().title} (flow-sa-7k3f9q)`);
  });

  test('A page renamed by hand is found by its marker and gets its title back.', async () => {
    const { link: first } = await published(openBase(sandbox).publish(aPage()));
    sandbox.people.rename(first.id, 'Our own name for it');
    sandbox.reindex();

    const { link: second } = await published(openBase(sandbox).publish(aPage()));

    expect(second.id).toBe(first.id);
    expect(only().title).toBe(aPage().title);
  });

  test('A page edited by hand is set right; an unchanged one gets no new version.', async () => {
    const base = openBase(sandbox);
    const { id } = (await published(base.publish(aPage()))).link;
    sandbox.people.edit(id, `<p>Edited. ${aPage().marker}</p>`);

    await base.publish(aPage());
    const after = only().version.number;
    await base.publish(aPage());

    expect(only().body).not.toContain('Edited.');
    expect(only().version.number).toBe(after);
  });

  test('An edit that comes between reading and writing is looked at again, not overwritten blindly.', async () => {
    const base = openBase(sandbox);
    const { id } = (await published(base.publish(aPage()))).link;
    let edits = 0;
    sandbox.server.onRequest(({ method }) => {
      if (method === 'PUT' && edits === 0) {
        edits += 1;
        sandbox.people.edit(id, `<p>Between. ${aPage().marker}</p>`);
      }
    });

    await base.publish(aPage({ summary: 'Now it works.' }));

    expect(edits).toBe(1);
    expect(only()).toMatchObject({ version: { number: 3 } });
    expect(only().body).toContain('Now it works.');
  });

  test('The link opens the page for everybody who sees the space.', async () => {
    const { url } = (await published(openBase(sandbox).publish(aPage()))).link;

    const answer = await fetch(url);

    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Connects Flow to GitLab acme.');
  });

  test('Without a group the page is open to the space only once it is complete.', async () => {
    const seenOpen: string[] = [];
    sandbox.server.onRequest(() => {
      for (const page of current(sandbox)) if (sandbox.isOpen(page)) seenOpen.push(page.title);
    });

    await openBase(sandbox).publish(aPage());

    expect(seenOpen).toEqual([]);
    expect(sandbox.isOpen(only())).toBe(true);
  });

  test('Readers that were loosened by hand are set right; tighter ones are left.', async () => {
    const restricted = openBase(sandbox, { readers: 'engineering' });
    const { id } = (await published(restricted.publish(aPage()))).link;
    sandbox.people.unrestrict(id);
    await restricted.publish(aPage());
    const first = only().read.groups;

    await openBase(sandbox).publish(aPage());

    expect(first).toEqual(['engineering']);
    expect(only().read.groups).toEqual(['engineering']);
  });

  test('Refused sign-ins, unknown spaces and groups, and missing rights are told apart.', async () => {
    const codes = async (config: Record<string, unknown>): Promise<unknown> =>
      await openBase(sandbox, config)
        .publish(aPage())
        .catch((error: unknown) => (error as { code: unknown }).code);

    const wrongToken = await codes({ api_token: new Secret('wrong-api-token') });
    const wrongSpace = await codes({ space: 'NOPE' });
    sandbox.setOperations(['read space']);
    const noRight = await codes({});

    expect([wrongToken, wrongSpace, noRight]).toEqual([
      'unauthenticated',
      'invalid-config',
      'missing-permission',
    ]);
    expect(sandbox.pages()).toEqual([]);
  });

  test('The doctor names a missing right and an unknown group.', async () => {
    const noGroup = await openBase(sandbox, { readers: 'nobody' }).check();
    sandbox.setOperations(['read space']);

    const noRight = await openBase(sandbox).check();

    expect(noGroup).toMatchObject([{ level: 'problem' }]);
    expect(noGroup[0]?.message).toContain('no group nobody');
    expect(noRight.map(({ level }) => level)).toEqual(['ok', 'problem']);
  });

  test('Neither the token nor any body shows in what is logged or thrown.', async () => {
    sandbox.server.faults.inject({ path: '/pages', fault: fault.status(500), times: 50 });

    const error = await openBase(sandbox)
      .publish(aPage())
      .catch((thrown: unknown) => thrown);

    const token = (sandbox.config['api_token'] as Secret).reveal();
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + lines.join('')).not.toMatch(
      new RegExp(`${token}|Connects Flow`),
    );
  });
});

describe('The Confluence sandbox', () => {
  test('It notices a page that others could see before its readers were set.', async () => {
    const sandbox = await openSandbox({ clock });
    const { email, api_token, site } = confluence.schema.parse(sandbox.config);
    const sign = Buffer.from(`${email ?? ''}:${api_token.reveal()}`).toString('base64');
    const body = { representation: 'storage', value: '<p>x</p>' };

    await fetch(`${site}/wiki/api/v2/pages`, {
      method: 'POST',
      headers: { authorization: `Basic ${sign}`, 'content-type': 'application/json' },
      body: JSON.stringify({ spaceId: '98305', status: 'current', title: 'Too early', body }),
    });

    expect(sandbox.exposures()).toEqual(['Too early']);
    await sandbox.close();
  });

  test.each(['<p>open', '<p>a & b</p>', '<p></b>', 'a < b', '<p>\u0000</p>'])(
    'It refuses a body that is not well formed: %j',
    async (value) => {
      const sandbox = await openSandbox({ clock });

      const add = (): unknown => sandbox.people.addPage('Broken', value);

      expect(add).toThrow('Error parsing xhtml');
      await sandbox.close();
    },
  );
});
