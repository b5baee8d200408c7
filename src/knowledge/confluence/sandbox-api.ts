import { z } from 'zod';

import { BOT, GROUPS, HOME_ID, Refused, SPACE } from './sandbox-wiki.ts';
import type { Wiki, WikiPage, WikiRules } from './sandbox-wiki.ts';

const draft = {
  title: z.string(),
  status: z.literal('current'),
  body: z.strictObject({ representation: z.literal('storage'), value: z.string() }),
};
const newPage = z.strictObject({ ...draft, spaceId: z.string(), parentId: z.string().optional() });
const nextPage = z.strictObject({
  ...draft,
  id: z.string(),
  version: z.strictObject({ number: z.int(), message: z.string().optional() }),
});

export function createPage(wiki: Wiki, body: unknown, isPrivate: boolean): unknown {
  const sent = parse(newPage, body);
  if (sent.spaceId !== SPACE.id) throw new Refused(404, 'NOT_FOUND', 'Not Found');
  const parentId = sent.parentId ?? HOME_ID;
  return show(
    wiki.add(BOT, { title: sent.title, body: sent.body.value, parentId, isPrivate }),
    true,
  );
}

export function updatePage(wiki: Wiki, id: string, body: unknown): unknown {
  const sent = parse(nextPage, body);
  if (sent.id !== id) throw new Refused(400, 'INVALID_REQUEST_PARAMETER', 'Ids do not match');
  const { number, message = '' } = sent.version;
  return show(wiki.edit(id, { title: sent.title, body: sent.body.value, number, message }), true);
}

const STATUSES = ['current', 'archived', 'deleted', 'trashed'];

export function listPages(wiki: Wiki, query: URLSearchParams): unknown {
  const status = query.get('status') ?? '';
  if (!STATUSES.includes(status)) {
    throw new Refused(400, 'INVALID_REQUEST_PARAMETER', 'Provided value for status is not valid');
  }
  const found = [...wiki.pages.values()].filter(
    (page) =>
      query.get('space-id') === SPACE.id &&
      page.status === status &&
      page.title === query.get('title'),
  );
  const withBody = query.get('body-format') === 'storage';
  return { results: found.map((page) => show(page, withBody)), _links: {} };
}

export function readPage(wiki: Wiki, id: string, query: URLSearchParams): unknown {
  const page = wiki.take(id);
  return show(page, query.get('body-format') === 'storage');
}

export function readProperties(wiki: Wiki, id: string, key: string | null): unknown {
  const all = [...wiki.take(id).properties].map(([name, each]) => ({ key: name, ...each }));
  return { results: all.filter((each) => key === null || each.key === key), _links: {} };
}

const newProperty = z.strictObject({ key: z.string().min(1).max(255), value: z.json() });

export function addProperty(wiki: Wiki, id: string, body: unknown): unknown {
  const { key, value } = parse(newProperty, body);
  const { properties } = wiki.take(id);
  if (properties.has(key)) {
    throw new Refused(409, 'CONFLICT', 'A property with this key already exists');
  }
  const property = { id: wiki.nextId(), value, version: { number: 1 } };
  properties.set(key, property);
  return { key, ...property };
}

const nextProperty = newProperty.extend({ version: z.strictObject({ number: z.number() }) });

export function updateProperty(
  wiki: Wiki,
  pageId: string,
  propertyId: string,
  body: unknown,
): unknown {
  const { key, value, version } = parse(nextProperty, body);
  const { properties } = wiki.take(pageId);
  const held = properties.get(key);
  if (held?.id !== propertyId) throw new Refused(404, 'NOT_FOUND', 'No such property');
  if (version.number !== held.version.number + 1) {
    throw new Refused(409, 'CONFLICT', 'Version must be incremented');
  }
  const property = { id: held.id, value, version };
  properties.set(key, property);
  return { key, ...property };
}

/** Full-text search knows what the index had when `indexed` was taken, and only whole phrases. */
export function search(wiki: Wiki, cql: string, indexed: ReadonlySet<string>): unknown {
  const phrase = /^space = "(\w+)" and type = page and text ~ "\\"([\w-]+)\\""$/.exec(cql);
  if (phrase === null) throw new Refused(400, 'BAD_REQUEST', 'Could not parse cql');
  const [, space, word = ''] = phrase;
  const found = [...wiki.pages.values()].filter(
    (page) =>
      space === SPACE.key &&
      page.status === 'current' &&
      indexed.has(page.id) &&
      page.body.includes(word),
  );
  return { results: found.map(({ id, title }) => ({ id, title, type: 'page' })) };
}

export function pickGroups(query: string): unknown {
  const results = GROUPS.filter(({ name }) => name.includes(query));
  return { results: results.map((group) => ({ type: 'group', ...group })) };
}

export function readRestrictions({ read, update }: WikiPage): unknown {
  const show = (operation: string, rules: WikiRules): unknown => ({
    operation,
    restrictions: {
      user: { results: rules.users.map((accountId) => ({ type: 'known', accountId })) },
      group: {
        results: rules.groups.map((name) => ({
          type: 'group',
          name,
          id: GROUPS.find((group) => group.name === name)?.id,
        })),
      },
    },
  });
  return { results: [show('read', read), show('update', update)] };
}

const restriction = z.strictObject({
  operation: z.enum(['read', 'update']),
  restrictions: z.strictObject({
    user: z.array(z.strictObject({ type: z.literal('known'), accountId: z.string() })),
    group: z
      .array(z.strictObject({ type: z.literal('group'), id: z.string(), name: z.string() }))
      .min(1)
      .optional(),
  }),
});
const restrictions = z.strictObject({ results: z.array(restriction) });

export function writeRestrictions(wiki: Wiki, id: string, body: unknown): unknown {
  const { results } = parse(restrictions, body);
  const rules = (operation: 'read' | 'update'): WikiRules => {
    const hit = results.find((each) => each.operation === operation)?.restrictions;
    const groups = (hit?.group ?? []).map((group) => {
      const known = GROUPS.find((each) => each.id === group.id && each.name === group.name);
      if (known === undefined) throw new Refused(404, 'NOT_FOUND', 'No such group');
      return known.name;
    });
    return { users: hit?.user.map(({ accountId }) => accountId) ?? [], groups };
  };
  const wanted = { read: rules('read'), update: rules('update') };
  if (!wanted.read.users.includes(BOT) || !wanted.update.users.includes(BOT)) {
    throw new Refused(400, 'BAD_REQUEST', 'You cannot lock yourself out of a page');
  }
  return readRestrictions(wiki.restrict(id, wanted));
}

function show(page: WikiPage, withBody: boolean): unknown {
  const { id, title, status, authorId, parentId, version, body } = page;
  const slug = encodeURIComponent(title).replaceAll('%20', '+');
  return {
    id,
    title,
    status,
    authorId,
    parentId: parentId ?? HOME_ID,
    spaceId: SPACE.id,
    version,
    body: withBody ? { storage: { representation: 'storage', value: body } } : {},
    _links: { webui: `/spaces/${SPACE.key}/pages/${id}/${slug}` },
  };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refused(400, 'INVALID_REQUEST_PARAMETER', z.prettifyError(parsed.error));
}
