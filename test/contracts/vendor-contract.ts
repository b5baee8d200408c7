import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isAmbiguous } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import {
  DAYS,
  MARKER,
  TOKEN,
  closeWorld,
  codeOf,
  driveUntilDone,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  minted,
  thrownBy,
} from './vendor-world.ts';
import type { VendorCase, VendorWorld } from './vendor-world.ts';

/** The behaviour every vendor owes the steps, driven as the steps drive it. */
export function describeVendor<Sandbox extends AdapterSandbox>(subject: VendorCase<Sandbox>): void {
  describe(`${subject.name} as a vendor`, () => {
    let world: VendorWorld<Sandbox>;

    beforeEach(async () => {
      world = await subject.open();
    });

    afterEach(() => closeWorld(world));

    describeUser(subject, () => world);
    describeAccess(subject, () => world);
    describeCredential(subject, () => world);
    describeOrphans(subject, () => world);
    describeEnd(subject, () => world);
    describeFaults(subject, () => world);
    describeLimits(subject, () => world);
    describeDoctor(subject, () => world);
    describeChoices(subject, () => world);
  });
}

type Worlds<Sandbox extends AdapterSandbox> = () => VendorWorld<Sandbox>;

function describeUser<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  it('makes one user when asked twice and finds it again', async () => {
    const world = worlds();
    const spec = world.spec();
    const before = await world.vendor.findUser(spec);

    const first = await driveUntilDone(world, spec, (answers) =>
      world.vendor.ensureUser(spec, answers),
    );
    const second = await world.vendor.ensureUser(spec, first.answers);

    expect(before).toBeUndefined();
    expect(second).toEqual({ kind: 'done', value: first.value });
    expect(subject.users(world.sandbox, spec)).toBe(1);
    const found = await world.vendor.findUser({ ...spec, login: first.value.login });
    expect(found?.id).toBe(first.value.id);
  });

  it('finds an account by its login where it can, and none by a login nobody has', async () => {
    const world = worlds();
    const { vendor } = world;
    const user = await makeUser(world, world.spec());

    const found = await vendor.findByLogin?.(user.login);
    const none = await vendor.findByLogin?.('nobody-has-this-login');

    expect(found).toEqual(vendor.findByLogin === undefined ? undefined : user);
    expect(none).toBeUndefined();
  });

  it('finds accounts by a word where it can, each with its id and login', async () => {
    const world = worlds();
    const { vendor } = world;
    const user = await makeUser(world, world.spec());

    const found = await vendor.searchAccounts?.('flow');
    const none = await vendor.searchAccounts?.('nobody-has-this-word');

    const same = found?.filter(({ id, login }) => id === user.id && login === user.login);
    expect(same?.length ?? 1).toBe(1);
    expect(none ?? []).toEqual([]);
  });

  it('makes one user when two runs ask at the same moment', async () => {
    const world = worlds();
    const spec = world.spec();

    const driven = await driveUntilDone(world, spec, async (answers) => {
      const [one, other] = await Promise.all([
        world.vendor.ensureUser(spec, answers),
        world.vendor.ensureUser(spec, answers),
      ]);
      const [first, second] = [one, other].map((outcome) =>
        outcome.kind === 'done' ? outcome.value.id : outcome.kind,
      );
      expect(second).toBe(first);
      return one;
    });

    expect(driven.value.id).not.toBe('');
    expect(subject.users(world.sandbox, spec)).toBe(1);
  });

  for (const createsUser of present(subject.createsUser)) {
    it('makes one user when the answer to its creation is lost', async () => {
      const world = worlds();
      const spec = world.spec();
      const rule = { ...createsUser, fault: fault.dropAfterEffect() };
      world.sandbox.servers[0]?.faults.inject(rule);

      const first = world.vendor.ensureUser(spec, {});
      const error = await thrownBy(first);
      const user = await makeUser(world, spec);

      expect(error === undefined || isAmbiguous(error)).toBe(true);
      expect(user.id).not.toBe('');
      expect(subject.users(world.sandbox, spec)).toBe(1);
    });
  }

  for (const takeName of present(subject.takeName)) {
    it('refuses a name that is somebody else’s and leaves them alone', async () => {
      const world = worlds();
      const spec = world.spec();
      takeName(world.sandbox, spec);

      const error = await failureOf(makeUser(world, spec));

      expect(error.code).toBe('name-taken');
      expect(await world.vendor.findUser(spec)).toBeUndefined();
    });
  }
}

function describeAccess<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  it('gives access once when asked twice', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const once = await subject.memberships(world.sandbox, spec, user);

    const again = await world.vendor.ensureAccess(spec, user);

    expect(again.kind).toBe('done');
    expect(once).toBeGreaterThan(0);
    expect(await subject.memberships(world.sandbox, spec, user)).toBe(once);
  });

  for (const grantsAccess of present(subject.grantsAccess)) {
    it('gives access once when the answer to the grant is lost', async () => {
      const world = worlds();
      const spec = world.spec();
      const user = await makeUser(world, spec);
      const rule = { ...grantsAccess, fault: fault.dropAfterEffect() };
      world.sandbox.servers[0]?.faults.inject(rule);
      const error = await thrownBy(world.vendor.ensureAccess(spec, user));

      await driveUntilDone(world, spec, () => world.vendor.ensureAccess(spec, user));

      expect(error === undefined || isAmbiguous(error)).toBe(true);
      const again = await subject.memberships(world.sandbox, spec, user);
      await driveUntilDone(world, spec, () => world.vendor.removeAccess(spec, user));
      expect(again).toBeGreaterThan(0);
      expect(await subject.memberships(world.sandbox, spec, user)).toBe(0);
    });
  }
}

function describeCredential<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  for (const access of ['contributor', 'owner'] as const) {
    it(`verifies a right ${access} credential and says what it is and is not`, async () => {
      const world = worlds();
      const spec = world.spec({ access });
      const user = await makeMember(world, spec);
      const secret = await makeCredential(world, spec, user);

      const verification = await world.vendor.verify(spec, user, secret);

      const profile = world.vendor.profile(spec);
      expect(verification.identity).not.toBe('');
      expect([...verification.scopes].toSorted()).toEqual([...profile.tokenScopes].toSorted());
      expect(verification.sees.count).toBeGreaterThan(0);
      expect(verification.at).toBe(world.clock.now().toISOString());
      expect(verification.isNot.length).toBeGreaterThanOrEqual(access === 'contributor' ? 1 : 0);
    });
  }

  for (const [flaw, make] of Object.entries(subject.wrongCredentials)) {
    it(`refuses a credential that ${flaw}`, async () => {
      const world = worlds();
      const spec = world.spec();
      const user = await makeMember(world, spec);
      const secret = new Secret(await make(world.sandbox, spec, user));

      const error = await failureOf(world.vendor.verify(spec, user, secret));

      expect(error.code).toBe('verification-failed');
    });
  }

  for (const [flaw, bring] of Object.entries(subject.wrongStates)) {
    it(`refuses a right credential of an account that ${flaw}`, async () => {
      const world = worlds();
      const spec = world.spec();
      const user = await makeMember(world, spec);
      const secret = await makeCredential(world, spec, user);
      await bring(world.sandbox, spec, user);

      const error = await failureOf(world.vendor.verify(spec, user, secret));

      expect(error.code).toBe('verification-failed');
    });
  }
}

function describeOrphans<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  // What a person made stays theirs until they hand it in, so a deposited credential has no orphans.
  if (subject.credential === 'deposited') return;
  if (subject.oneToken === true) {
    describeOnlyToken(worlds);
    return;
  }

  it('removes exactly the orphaned tokens of one name', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const orphan = await makeCredential(world, spec, user, `${MARKER}-1`);
    const twin = await makeCredential(world, spec, user, `${MARKER}-1`);
    const longer = await makeCredential(world, spec, user, `${MARKER}-10`);
    const other = await makeCredential(world, spec, user, `${MARKER}-2`);

    await minted(world.vendor).revokeNamed(user, `${MARKER}-1`, spec);
    await minted(world.vendor).revokeNamed(user, `${MARKER}-1`, spec);

    const codes = [];
    for (const secret of [orphan, twin, longer, other]) {
      codes.push(await codeOf(world.vendor.verify(spec, user, secret)));
    }
    expect(codes).toEqual(['verification-failed', 'verification-failed', 'none', 'none']);
  });

  it('mints a token that dies when it was told to', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const day = 24 * 60 * 60_000;

    const issued = await minted(world.vendor).mint(spec, user, TOKEN, DAYS);
    const verification = await world.vendor.verify(spec, user, issued.secret);
    world.clock.advance((DAYS + 1) * day);
    const late = await codeOf(world.vendor.verify(spec, user, issued.secret));

    const lives = Date.parse(issued.expiresAt ?? '') - Date.parse(verification.at);
    expect(lives).toBeGreaterThan((DAYS - 2) * day);
    expect(lives).toBeLessThanOrEqual(DAYS * day);
    expect(verification.expiresAt).toBe(issued.expiresAt);
    expect(late).toBe('verification-failed');
  });
}

function describeOnlyToken<Sandbox extends AdapterSandbox>(worlds: Worlds<Sandbox>): void {
  it('removes the one orphaned token, whatever it was to be called', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const orphan = await makeCredential(world, spec, user);

    await minted(world.vendor).revokeNamed(user, TOKEN, spec);
    await minted(world.vendor).revokeNamed(user, TOKEN, spec);

    expect(await codeOf(world.vendor.verify(spec, user, orphan))).toBe('verification-failed');
  });

  it('replaces the one token when it mints again', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const old = await makeCredential(world, spec, user);

    await minted(world.vendor).revokeNamed(user, TOKEN, spec);
    const young = await makeCredential(world, spec, user, `${MARKER}-2`);

    expect(await codeOf(world.vendor.verify(spec, user, old))).toBe('verification-failed');
    expect(await codeOf(world.vendor.verify(spec, user, young))).toBe('none');
  });
}

function describeEnd<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  it('revokes a credential so that it no longer works, or says where a person does it', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const automatic = world.definition.abilities.revoke === 'automatic';
    const first = await codeOf(world.vendor.revoke(user, secret));
    if (!automatic) subject.killByHand?.(world.sandbox, secret.reveal());
    await world.vendor.revoke(user, secret);

    expect(first).toBe(automatic ? 'none' : 'refused');
    const error = await failureOf(world.vendor.verify(spec, user, secret));
    expect(error.code).toBe('verification-failed');
  });

  it('takes access and user away, quietly also the second time', async () => {
    const world = worlds();
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const known = { ...spec, login: user.login };

    await driveUntilDone(world, spec, () => world.vendor.removeAccess(known, user));
    const twice = await world.vendor.removeAccess(known, user);
    const left = await subject.memberships(world.sandbox, spec, user);
    await driveUntilDone(world, spec, () => world.vendor.removeUser(known, user));
    const again = await world.vendor.removeUser(known, user);
    const late = await world.vendor.removeAccess(known, user);

    expect(left).toBe(0);
    expect([twice.kind, again.kind, late.kind]).toEqual(['done', 'done', 'done']);
    expect(await world.vendor.findUser(known)).toBeUndefined();
  });
}

const AS_IT_SHOULD_BE = 'as it should be';

interface FaultCase {
  readonly title: string;
  readonly fault: () => Fault;
  readonly codes: readonly string[];
  readonly by?: 'impatient';
  /** How many calls it hits; 1 unless told otherwise. */
  readonly times?: number;
}

/** Whoever sees one knows: our sign-in is over, or something stands before the vendor. */
const SIGN_IN = ['unexpected-answer', 'unauthenticated', 'verification-failed'];

const FAULTS: readonly FaultCase[] = [
  {
    title: 'is told to slow down',
    fault: () => fault.rateLimited(7),
    codes: ['rate-limited after 7000'],
  },
  { title: 'meets a broken server', fault: () => fault.status(503), codes: ['unavailable'] },
  { title: 'gets no answer', fault: () => fault.hang(), codes: ['timeout'], by: 'impatient' },
  {
    title: 'gets half an answer',
    fault: () => fault.half(),
    codes: ['unexpected-answer', 'unreachable'],
  },
  ...[200, 203, 302].map((status) => ({
    title: `gets a sign-in page as ${status}`,
    fault: () => fault.signInPage(status),
    codes: SIGN_IN,
    times: 100,
  })),
];

function describeFaults<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  for (const { title, fault: make, codes, by = 'vendor', times = 1 } of FAULTS) {
    it(`says ${codes.join(' or ')} when a call ${title}`, async () => {
      const world = worlds();
      const spec = world.spec();
      const driven = await driveUntilDone(world, spec, (answers) =>
        world.vendor.ensureUser(spec, answers),
      );
      const user = driven.value;
      const known = { ...spec, login: user.login };
      await driveUntilDone(world, spec, () => world.vendor.ensureAccess(known, user));
      const secret = await makeCredential(world, spec, user);
      const vendor = world[by];
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        ensureUser: () => vendor.ensureUser(spec, driven.answers),
        ensureAccess: () => vendor.ensureAccess(known, user),
        verify: () => vendor.verify(known, user, secret),
        findUser: () => vendor.findUser(known),
        searchScopes: () => vendor.searchScopes('fault'),
        removeAccess: () => vendor.removeAccess(known, user),
      };

      const outcomes: Record<string, string> = {};
      for (const [name, call] of Object.entries(calls)) {
        for (const server of world.sandbox.servers) {
          server.faults.inject({ fault: make(), times });
        }
        const error = await failureOf(call());
        for (const server of world.sandbox.servers) server.faults.clear();
        const wait = error.retryAfterMs === undefined ? '' : ` after ${error.retryAfterMs}`;
        outcomes[name] = codes.includes(error.code + wait) ? AS_IT_SHOULD_BE : error.message;
      }

      expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== AS_IT_SHOULD_BE)).toEqual(
        [],
      );
    });
  }
}

function describeLimits<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  for (const slowsDown of present(subject.slowsDown)) {
    it('waits as long as the vendor’s own headers say', async () => {
      const world = worlds();
      const until = new Date(world.clock.now().getTime() + 90_000);
      const { status, headers } = slowsDown(until);
      for (const server of world.sandbox.servers) {
        server.faults.inject({ fault: fault.status(status, headers) });
      }

      const error = await failureOf(world.vendor.searchScopes(''));

      expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 90_000 });
    });
  }
}

function describeDoctor<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  it('finds nothing to complain about when all is well', async () => {
    const findings = await worlds().vendor.check();

    expect(findings).not.toHaveLength(0);
    expect(findings.filter((finding) => finding.level !== 'ok')).toEqual([]);
  });

  it('reports a dead credential of ours as a problem instead of throwing', async () => {
    const world = worlds();
    for (const server of world.sandbox.servers) {
      server.faults.inject({ fault: fault.status(401), times: 100 });
    }

    const findings = await world.vendor.check();

    expect(findings.some((finding) => finding.level === 'problem')).toBe(true);
  });

  for (const weaken of present(subject.weaken)) {
    it('names the right that our own credential lacks', async () => {
      const world = worlds();
      const missing = weaken(world.sandbox);

      const findings = await world.vendor.check();
      const error = await failureOf(makeMember(world, world.spec()));

      const problems = findings.filter((finding) => finding.level === 'problem');
      expect(JSON.stringify(problems)).toContain(missing);
      expect(error.code).toBe('missing-permission');
      expect(error.message).toContain(missing);
    });
  }
  for (const strengthen of present(subject.strengthen)) {
    it('names the right that our own credential has too many', async () => {
      const world = worlds();
      const superfluous = strengthen(world.sandbox);

      const findings = await world.vendor.check();

      const warnings = findings.filter((finding) => finding.level === 'warning');
      expect(JSON.stringify(warnings)).toContain(superfluous);
    });
  }
}

function describeChoices<Sandbox extends AdapterSandbox>(
  subject: VendorCase<Sandbox>,
  worlds: Worlds<Sandbox>,
): void {
  it('offers at most a hundred scopes and finds one by its name', async () => {
    const world = worlds();
    subject.seedScopes(world.sandbox, 130);
    const wanted = world.spec().scope[0];

    const all = await world.vendor.searchScopes('');
    const some = await world.vendor.searchScopes(wanted?.name ?? '');
    const none = await world.vendor.searchScopes('no-such-thing-anywhere');

    expect(all.length).toBeGreaterThan(0);
    expect(all.length).toBeLessThanOrEqual(100);
    expect(some).toContainEqual(wanted);
    expect(none).toEqual([]);
  });

  it('describes every choice of access and services in words', () => {
    const world = worlds();
    const { vendor, definition } = world;
    const kinds = definition.git
      ? (['integration', 'automation'] as const)
      : (['integration'] as const);

    for (const kind of kinds) {
      for (const access of ['owner', 'contributor'] as const) {
        for (const services of [[], definition.services]) {
          const profile = vendor.profile(world.spec({ kind, access, services }));

          expect(profile.role).not.toBe('');
          expect(profile.means).not.toHaveLength(0);
          const words = [...profile.means, ...profile.notes, definition.accessWords[access].label];
          expect(words.every((text) => text.trim() !== '')).toBe(true);
          expect(new Set(profile.tokenScopes).size).toBe(profile.tokenScopes.length);
          const fields = profile.flowFields.flatMap((field) => [field.label, field.value]);
          expect(fields.every((text) => text !== '')).toBe(true);
        }
      }
    }
  });
}

/** What a vendor does not have makes no test. */
function present<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}
