import { Secret } from '../../src/domain/secret.ts';
import { confluence } from '../../src/knowledge/confluence/index.ts';
import { openSandbox as openWiki } from '../../src/knowledge/confluence/sandbox.ts';
import type { ConfluenceSandbox } from '../../src/knowledge/confluence/sandbox.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { confluenceRestricted } from '../../src/stores/confluence-restricted/index.ts';
import { openSandbox as openRestricted } from '../../src/stores/confluence-restricted/sandbox.ts';
import type { LocalVault } from '../../src/stores/store.ts';
import { ENTRY, NAME, PAGE } from './pages.ts';
import { letTwoMeet, playClock, record, refused, silent } from './play.ts';

/** The store's contract names it; only the `local` store uses it. */
const NO_TABLE: LocalVault = {
  dataDir: '/nowhere',
  insert: () => Promise.reject(new Error('not for this store')),
  find: () => Promise.reject(new Error('not for this store')),
  replace: () => Promise.reject(new Error('not for this store')),
  remove: () => Promise.reject(new Error('not for this store')),
};

/** Confluence as the knowledge base and, where an organisation insists, as the secret store. */
export async function playConfluence(): Promise<Exchange[]> {
  const clock = playClock();
  return [
    ...(await record(await openWiki({ clock }), (sandbox) => playPages(sandbox, clock))),
    ...(await record(await openRestricted({ clock }), (sandbox) => playStore(sandbox, clock))),
  ];
}

async function playPages(sandbox: ConfluenceSandbox, clock: { now(): Date }): Promise<void> {
  const deps = { clock, log: silent };
  const open = (change: Readonly<Record<string, unknown>>) =>
    confluence.open(confluence.schema.parse({ ...sandbox.config, ...change }), deps);
  const base = open({});
  const parent = sandbox.people.addPage('Service accounts');
  const restricted = open({ readers: 'engineering', parent_page_id: parent.id });
  const second = { ...PAGE, marker: 'flow-sa-abc123' };
  await base.check();
  await restricted.check();
  await base.publish(PAGE);
  await base.publishIndex({ entries: [ENTRY] });
  const id = sandbox.pages().find(({ title }) => title === PAGE.title)?.id ?? '';
  await base.publish({ ...PAGE, summary: 'Changed.' });
  await restricted.publish(second);
  sandbox.people.rename(id, 'Renamed by hand');
  sandbox.reindex();
  await base.publish(PAGE);
  await restricted.publish(PAGE);
  const third = { ...PAGE, marker: 'flow-sa-def456' };
  letTwoMeet(sandbox.server, 'POST', '/pages');
  letTwoMeet(sandbox.server, 'POST', '/properties');
  await Promise.all([base.publish(third), open({}).publish(third)]);
  await base.archive(PAGE);
  await base.archive({ ...PAGE, marker: 'flow-sa-nothng', title: 'Never published' });
  await playRefusals(sandbox, open);
}

async function playRefusals(
  sandbox: ConfluenceSandbox,
  open: (
    change: Readonly<Record<string, unknown>>,
  ) => Pick<ReturnType<typeof confluence.open>, 'publish'>,
): Promise<void> {
  const another = { ...PAGE, marker: 'flow-sa-000000', title: 'Another' };
  let between = 0;
  sandbox.server.onRequest(({ method, path }) => {
    if (method !== 'PUT' || between > 0 || path.endsWith('/restriction')) return;
    between += 1;
    const hit = sandbox.pages().find(({ title }) => title === 'Another');
    if (hit !== undefined) sandbox.people.edit(hit.id, '<p>Between. flow-sa-000000</p>');
  });
  await open({}).publish(another);
  await open({}).publish({ ...another, summary: 'Changed.' });
  await refused(open({ api_token: new Secret('wrong-api-token') }).publish(PAGE));
  await refused(open({ space: 'NOPE' }).publish(PAGE));
  sandbox.setOperations(['read space']);
  await refused(open({}).publish({ ...PAGE, marker: 'flow-sa-111111', title: 'A third' }));
}

async function playStore(sandbox: ConfluenceSandbox, clock: { now(): Date }): Promise<void> {
  const config = confluenceRestricted.schema.parse(sandbox.config);
  const store = confluenceRestricted.open(config, { clock, log: silent, local: NO_TABLE });
  await store.check();
  await store.find(NAME);
  const meta = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER' };
  const { link } = await store.create(NAME, new Secret('a-first-value'), meta);
  await store.create(NAME, new Secret('a-second-value'), meta);
  await store.read(NAME);
  await store.rotate(NAME, link.version, new Secret('a-third-value'));
  sandbox.people.addPage('flow-sa-abc123-token');
  await refused(store.create('flow-sa-abc123-token', new Secret('a-fourth-value'), meta));
  sandbox.setOperations(['create page', 'delete page']);
  await refused(store.remove(NAME));
  sandbox.setOperations(['create page', 'delete page', 'administer space']);
  await store.remove(NAME);
  await store.remove(NAME);
}
