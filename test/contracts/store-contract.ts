import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { describeError } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import type { SecretStore } from '../../src/stores/store.ts';

/** One store with its outside system, opened for one test. */
export interface StoreHarness {
  readonly store: SecretStore;
  /** A second instance on the same outside system, as another process has it. */
  another(): SecretStore;
  /** The same store with this link template of its configuration. */
  linked(template: string): SecretStore;
  /** What people see beside the value, by label. */
  labels(name: string): Promise<Readonly<Record<string, string>>>;
  /** Breaks the next call of this kind; calls before it must come through. */
  break(what: 'find' | 'read' | 'create' | 'rotate', how: Fault): void;
  /** What people do by hand in the store's own interface; absent where they cannot. */
  readonly byHand?: {
    /** Deletes the value so that it could still be restored. */
    softDelete(name: string): void;
    /** Puts something that is not ours under the name. */
    squat(name: string): void;
  };
  /** Everything the store logged. */
  logged(): string;
  /** Calls that the outside system did not know. */
  unexpected(): readonly string[];
  close(): Promise<void>;
}

const NAME = 'flow-sa-7k3f9q-password';
const META = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER', kind: 'integration' };
const MORE_META = {
  ...META,
  request: 'SA-7K3F9Q',
  address: 'flow-integrations+git@svc.example.com',
  'rotate-by': '2027-02-21T09:00:00.000Z',
  page: 'https://wiki.example.com/spaces/IT/pages/123456',
};
const VALUES = ['T0p-Secret_value+1', 'T0p-Secret_value+2', 'T0p-Secret_value+3'] as const;

/** What every secret store must do, on a sandbox that enforces the real system's rules. */
export function describeStore(name: string, open: () => Promise<StoreHarness>): void {
  describe(`${name} as a secret store`, () => {
    let harness: StoreHarness;
    let store: SecretStore;
    const first = new Secret(VALUES[0]);
    const second = new Secret(VALUES[1]);
    const texts: string[] = [];

    beforeEach(async () => {
      harness = await open();
      ({ store } = harness);
      texts.length = 0;
    });

    afterEach(async () => {
      await harness.close();

      expect(harness.unexpected()).toEqual([]);
      for (const value of VALUES) {
        expect(harness.logged()).not.toContain(value);
        expect(texts.join('\n')).not.toContain(value);
      }
    });

    async function failure(promise: Promise<unknown>): Promise<ProductError> {
      const error = await promise.then(
        () => new Error('it did not fail'),
        (thrown: unknown) => thrown,
      );
      texts.push(JSON.stringify(describeError(error)));
      if (error instanceof ProductError) return error;
      throw error;
    }

    test('A created secret is found and read back, with a link that does not carry it.', async () => {
      const { link, created } = await store.create(NAME, first, META);

      const found = await store.find(NAME);
      const read = await store.read(NAME);
      texts.push(JSON.stringify(link));
      expect(created).toBe(true);
      expect(found).toEqual(link);
      expect(link).toMatchObject({ name: NAME, url: store.url(NAME) });
      expect(read.equals(first)).toBe(true);
    });

    test('A value with signs, markup, line breaks and other alphabets comes back exactly.', async () => {
      const hard = new Secret(`a"b'c<d>&e\\ ]]> \${x} %41 é😀\nline 2\t${'x'.repeat(3000)}`);

      await store.create(NAME, hard, META);

      const read = await store.read(NAME);
      expect(read.equals(hard)).toBe(true);
    });

    test('The url of a secret is known before it exists.', async () => {
      const before = store.url(NAME);

      const { link } = await store.create(NAME, first, META);

      expect(link.url).toBe(before);
    });

    test('A second create leaves the first value untouched and says so.', async () => {
      const { link } = await store.create(NAME, first, META);

      const again = await harness.another().create(NAME, second, META);

      const read = await store.read(NAME);
      expect(again).toEqual({ link, created: false });
      expect(read.equals(first)).toBe(true);
    });

    test('Of several creates at once, in several processes, exactly one wins.', async () => {
      const secrets = ['a', 'b', 'c', 'd'].map((letter) => new Secret(`value-of-${letter}`));

      const results = await Promise.all(
        secrets.map((secret, index) =>
          (index % 2 ? store : harness.another()).create(NAME, secret, META),
        ),
      );

      const winner = results.findIndex(({ created }) => created);
      const read = await store.read(NAME);
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      expect(read.equals(secrets[winner]!)).toBe(true);
      expect(new Set(results.map(({ link }) => link.version)).size).toBe(1);
    });

    test('A create whose answer is lost is recognised as our own.', async () => {
      harness.break('create', fault.dropAfterEffect());

      const { created } = await store.create(NAME, first, META);

      const read = await store.read(NAME);
      expect(created).toBe(true);
      expect(read.equals(first)).toBe(true);
    });

    test('A create whose answer is cut in half is recognised as our own.', async () => {
      harness.break('create', fault.half());

      const { created } = await store.create(NAME, first, META);

      expect(created).toBe(true);
    });

    test('A create that never arrived fails as ambiguous and succeeds on the next try.', async () => {
      harness.break('create', fault.drop());
      expect(await failure(store.create(NAME, first, META))).toMatchObject({ code: 'unreachable' });

      const { created } = await store.create(NAME, second, META);

      const read = await store.read(NAME);
      expect(created).toBe(true);
      expect(read.equals(second)).toBe(true);
    });

    test('A create that is not answered in time fails as a time-out.', async () => {
      harness.break('create', fault.hang());

      expect(await failure(store.create(NAME, first, META))).toMatchObject({ code: 'timeout' });
    });

    test('A create that meets a server error fails as unavailable, and no second value appears.', async () => {
      harness.break('create', fault.status(502));
      expect(await failure(store.create(NAME, first, META))).toMatchObject({ code: 'unavailable' });

      await store.create(NAME, second, META);

      const read = await store.read(NAME);
      expect(read.equals(second)).toBe(true);
    });

    test('A rate limit is passed on with the wait that was asked for.', async () => {
      harness.break('create', fault.rateLimited(7));

      const error = await failure(store.create(NAME, first, META));

      expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 7000 });
    });

    test('An absent secret is undefined to find, and not-found to read and to rotate.', async () => {
      const found = await store.find(NAME);

      expect(found).toBeUndefined();
      expect(await failure(store.read(NAME))).toMatchObject({ code: 'not-found' });
      const rotation = await failure(store.rotate(NAME, '1', first));
      expect(['not-found', 'conflict']).toContain(rotation.code);
    });

    test.each([
      ['a server error', fault.status(500), 'unavailable'],
      ['a dropped connection', fault.drop(), 'unreachable'],
      ['half an answer', fault.half(), 'unreachable'],
      ['a rate limit', fault.rateLimited(3), 'rate-limited'],
    ] as const)('Neither find nor read turns %s into "not found".', async (_title, how, code) => {
      await store.create(NAME, first, META);

      harness.break('find', how);
      expect(await failure(store.find(NAME))).toMatchObject({ code: code });

      harness.break('read', how);
      expect(await failure(store.read(NAME))).toMatchObject({ code: code });
    });

    test('A rotation writes the next version under the same link.', async () => {
      const { link } = await store.create(NAME, first, META);

      const rotated = await store.rotate(NAME, link.version, second);

      const read = await store.read(NAME);
      const found = await store.find(NAME);
      expect(rotated.version).not.toBe(link.version);
      expect(rotated.url).toBe(link.url);
      expect(found).toEqual(rotated);
      expect(read.equals(second)).toBe(true);
    });

    test.each(['0', '7', 'latest', ''])(
      'A rotation that expects version "%s" is a conflict and changes nothing.',
      async (expected) => {
        await store.create(NAME, first, META);

        expect(await failure(store.rotate(NAME, expected, second))).toMatchObject({
          code: 'conflict',
        });

        const read = await store.read(NAME);
        expect(read.equals(first)).toBe(true);
      },
    );

    test('A rotation that expects a version that was current before is a conflict.', async () => {
      const { link } = await store.create(NAME, first, META);
      await store.rotate(NAME, link.version, second);

      const late = await failure(store.rotate(NAME, link.version, new Secret(VALUES[2])));

      const read = await store.read(NAME);
      expect(late).toMatchObject({ code: 'conflict' });
      expect(read.equals(second)).toBe(true);
    });

    test('Owner, request, day of rotation and page stay beside the value, also after a rotation.', async () => {
      const { link } = await store.create(NAME, first, MORE_META);
      const before = await harness.labels(NAME);
      await store.rotate(NAME, link.version, second);

      const after = await harness.labels(NAME);
      texts.push(JSON.stringify([before, after]));
      expect(before).toMatchObject(MORE_META);
      expect(after).toMatchObject(MORE_META);
    });

    test('Labels are brought up to date without a change of the value, and others stay.', async () => {
      await store.create(NAME, first, META);
      const change = { ...META, owner: 'U0SECOND', 'rotate-by': '2027-02-21T09:00:00.000Z' };

      const link = await store.setMeta(NAME, change);
      const again = await harness
        .another()
        .setMeta(NAME, { marker: META.marker, page: 'https://wiki.example.com/1' });
      const third = await store.setMeta(NAME, change);

      const labels = await harness.labels(NAME);
      const found = await store.find(NAME);
      const read = await store.read(NAME);
      const rotated = await store.rotate(NAME, third.version, second);
      texts.push(JSON.stringify([link, again, labels]));
      expect(labels).toMatchObject({ ...change, page: 'https://wiki.example.com/1' });
      expect([found, third]).toEqual([again, again]);
      expect(read.equals(first)).toBe(true);
      expect(await store.find(NAME)).toEqual(rotated);
    });

    test('Labels of a secret that is not there are "not-found", and make none.', async () => {
      expect(await failure(store.setMeta(NAME, META))).toMatchObject({ code: 'not-found' });

      expect(await store.find(NAME)).toBeUndefined();
    });

    test('A day of rotation that is over takes nothing away.', async () => {
      await store.create(NAME, first, { ...META, 'rotate-by': '2020-01-01T00:00:00.000Z' });

      const found = await store.find(NAME);
      const read = await harness.another().read(NAME);
      expect(found).toBeDefined();
      expect(read.equals(first)).toBe(true);
    });

    test('Links follow the configured template, and hostile names are encoded in them.', () => {
      const linked = harness.linked('https://ui.example.com/open/{name}?from=flow');

      expect(linked.url(NAME)).toBe(`https://ui.example.com/open/${NAME}?from=flow`);
      expect(linked.url('a/b?c')).toBe('https://ui.example.com/open/a%2Fb%3Fc?from=flow');
    });

    test('Of two rotations at once exactly one wins, the other is a conflict.', async () => {
      const { link } = await store.create(NAME, first, META);

      const results = await Promise.allSettled([
        store.rotate(NAME, link.version, second),
        harness.another().rotate(NAME, link.version, new Secret(VALUES[2])),
      ]);

      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(refused).toEqual([expect.objectContaining({ code: 'conflict' })]);
    });

    test('A rotation whose answer is lost is recognised as done.', async () => {
      const { link } = await store.create(NAME, first, META);
      harness.break('rotate', fault.dropAfterEffect());

      const rotated = await store.rotate(NAME, link.version, second);

      const found = await store.find(NAME);
      expect(found).toEqual(rotated);
    });

    test('A rotation that never arrived leaves the old value in place.', async () => {
      const { link } = await store.create(NAME, first, META);
      harness.break('rotate', fault.drop());

      expect(await failure(store.rotate(NAME, link.version, second))).toMatchObject({
        code: 'unreachable',
      });

      const read = await store.read(NAME);
      expect(read.equals(first)).toBe(true);
    });

    test('Removing takes the secret away with all versions, and twice is quiet.', async () => {
      const { link } = await store.create(NAME, first, META);
      await store.rotate(NAME, link.version, second);

      await store.remove(NAME);
      await store.remove(NAME);

      const found = await store.find(NAME);
      expect(found).toBeUndefined();
      expect(await failure(store.read(NAME))).toMatchObject({ code: 'not-found' });
    });

    test('A removed name can be used again.', async () => {
      await store.create(NAME, first, META);
      await store.remove(NAME);

      const { created } = await store.create(NAME, second, META);

      expect(created).toBe(true);
    });

    test('A healthy store has no problem to report.', async () => {
      const findings = await store.check();

      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    });
  });
}

/** For stores with an interface of their own, where people can interfere. */
export function describeStoreWithPeople(name: string, open: () => Promise<StoreHarness>): void {
  describe(`${name}, where people have their hands in it`, () => {
    let harness: StoreHarness;

    beforeEach(async () => {
      harness = await open();
    });

    afterEach(async () => {
      await harness.close();

      expect(harness.unexpected()).toEqual([]);
    });

    test('A value deleted by hand is a conflict that says what to do, never "absent".', async () => {
      const { store } = harness;
      await store.create(NAME, new Secret(VALUES[0]), META);
      harness.byHand?.softDelete(NAME);

      const attempts = await Promise.allSettled([
        store.find(NAME),
        store.read(NAME),
        store.create(NAME, new Secret(VALUES[1]), META),
      ]);

      for (const attempt of attempts) {
        expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
      }
    });

    test('A value deleted by hand can still be removed for good, and its name used again.', async () => {
      const { store } = harness;
      await store.create(NAME, new Secret(VALUES[0]), META);
      harness.byHand?.softDelete(NAME);

      await store.remove(NAME);

      const { created } = await store.create(NAME, new Secret(VALUES[1]), META);
      expect(created).toBe(true);
    });

    test('A value deleted by hand is a conflict for its labels too.', async () => {
      await harness.store.create(NAME, new Secret(VALUES[0]), META);
      harness.byHand?.softDelete(NAME);

      const attempt = harness.store.setMeta(NAME, META);

      await expect(attempt).rejects.toMatchObject({ code: 'conflict' });
    });

    test('A name that somebody else uses is refused and left alone.', async () => {
      harness.byHand?.squat(NAME);

      const attempt = harness.store.create(NAME, new Secret(VALUES[0]), META);

      await expect(attempt).rejects.toMatchObject({ code: 'name-taken' });
    });
  });
}
