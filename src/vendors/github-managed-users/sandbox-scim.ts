import { randomBytes, randomUUID } from 'node:crypto';

import { fields } from '../github/sandbox-answers.ts';
import type { Asked, Handle, Handles } from '../github/sandbox-answers.ts';
import { notFound } from '../github/sandbox-gate.ts';
import type { Answer } from '../github/sandbox-gate.ts';
import type { SandboxUser, SandboxWorld } from '../github/sandbox-world.ts';

export const ENTERPRISE = 'acme';
const SHORT_CODE = 'acme';
const LONGEST_LOGIN = 39;
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Provisioned {
  readonly id: string;
  readonly externalId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly address: string;
  readonly user: SandboxUser;
  active: boolean;
}

export type Provisioning = ReturnType<typeof createProvisioning>;

/** The users of the enterprise, as an identity provider or our app provisions them. */
export function createProvisioning(world: SandboxWorld) {
  const records: Provisioned[] = [];

  /** Undefined when the name, the address or the external id is somebody's already. */
  function provision(
    wish: Pick<Provisioned, 'externalId' | 'userName' | 'displayName' | 'address'>,
  ): Provisioned | undefined {
    const login = `${wish.userName.replace(/@.*/, '').replaceAll(/[^a-z\d]+/gi, '-')}_${SHORT_CODE}`;
    if (login.length > LONGEST_LOGIN) throw new Error(`${login} is too long a username`);
    const taken = records.some(
      (one) =>
        one.externalId === wish.externalId ||
        one.userName === wish.userName ||
        one.address === wish.address,
    );
    if (taken) return undefined;
    const user = world.register(login, { email: wish.address, name: wish.displayName });
    const record = { ...wish, id: randomUUID(), user, active: true };
    records.push(record);
    return record;
  }

  function deactivate(record: Provisioned): void {
    const { user } = record;
    record.active = false;
    user.login = `${randomBytes(8).toString('hex')}_${SHORT_CODE}`;
    user.email = '';
    world.state.members.delete(user.id);
    world.state.tokens = world.state.tokens.filter((token) => token.userId !== user.id);
  }

  return { records, provision, deactivate };
}

/** GitHub's SCIM endpoints; only the setup user's token opens them. */
export function scimRoutes(provisioning: Provisioning): Handles {
  const { records } = provisioning;
  const at = (handle: (request: Asked) => Answer): Handle =>
    function answer(request, caller) {
      const scopes = caller.kind === 'token' ? (caller.token.scopes ?? []) : [];
      if (!scopes.some((scope) => scope === 'scim:enterprise' || scope === 'admin:enterprise')) {
        const accepted = 'scim:enterprise, admin:enterprise';
        return { ...scimError(403, 'Forbidden'), headers: { 'x-accepted-oauth-scopes': accepted } };
      }
      return asScim(request.params['enterprise'] === ENTERPRISE ? handle(request) : notFound());
    };
  return {
    'GET /scim/v2/enterprises/:enterprise/Users': at(({ query }) => list(records, query)),
    'POST /scim/v2/enterprises/:enterprise/Users': at((request) => create(provisioning, request)),
    'PATCH /scim/v2/enterprises/:enterprise/Users/:id': at(({ params, body }) => {
      const record = records.find(({ id }) => id === params['id']);
      if (record === undefined) return notFound();
      if (!isDeactivation(body)) return scimError(400, 'Bad Request');
      if (record.active) provisioning.deactivate(record);
      return { status: 200, body: recordBody(record) };
    }),
  };
}

function list(records: readonly Provisioned[], query: URLSearchParams): Answer {
  const filter = query.get('filter');
  const match = /^(userName|externalId|id|displayName) eq "([^"]*)"$/.exec(filter ?? '');
  if (filter !== null && match === null) return scimError(400, 'Unsupported filter');
  const key = match?.[1] as 'userName' | 'externalId' | 'id' | 'displayName' | undefined;
  const found = records.filter((one) => key === undefined || one[key] === match?.[2]);
  const page = found.slice(0, Number(query.get('count') ?? 30));
  return {
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: found.length,
      startIndex: 1,
      itemsPerPage: page.length,
      Resources: page.map(recordBody),
    },
  };
}

function create(provisioning: Provisioning, { body }: Asked): Answer {
  const wish = fields(body, [
    'schemas',
    'externalId',
    'userName',
    'active',
    'displayName',
    'name',
    'emails',
    'roles',
  ]);
  const { externalId, userName, displayName, emails, schemas, active } = wish ?? {};
  const address = primaryAddress(emails);
  const complete =
    typeof externalId === 'string' &&
    typeof userName === 'string' &&
    typeof displayName === 'string' &&
    address !== undefined &&
    active === true &&
    JSON.stringify(schemas) === JSON.stringify([USER]);
  if (!complete) return scimError(400, 'Bad Request');
  const record = provisioning.provision({ externalId, userName, displayName, address });
  return record === undefined
    ? scimError(409, 'Duplicate record detected')
    : { status: 201, body: recordBody(record) };
}

function primaryAddress(emails: unknown): string | undefined {
  if (!Array.isArray(emails)) return undefined;
  const [first] = emails as { value?: unknown; type?: unknown; primary?: unknown }[];
  const { value, type, primary } = first ?? {};
  return typeof value === 'string' && typeof type === 'string' && primary === true
    ? value
    : undefined;
}

function isDeactivation(body: unknown): boolean {
  const wish = fields(body, ['schemas', 'Operations']);
  const wanted = [{ op: 'replace', value: { active: false } }];
  return (
    JSON.stringify(wish?.['schemas']) === JSON.stringify([PATCH]) &&
    JSON.stringify(wish?.['Operations']) === JSON.stringify(wanted)
  );
}

function recordBody(record: Provisioned) {
  return {
    schemas: [USER],
    id: record.id,
    externalId: record.externalId,
    userName: record.active ? record.userName : record.user.login,
    displayName: record.displayName,
    active: record.active,
    emails: [{ value: record.active ? record.address : '', type: 'work', primary: true }],
    roles: [{ value: 'user', primary: false }],
    meta: { resourceType: 'User', location: `https://api.github.com/scim/v2/Users/${record.id}` },
  };
}

function scimError(status: number, detail: string): Answer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return asScim({ status, body: { schemas, detail, status } });
}

function asScim(answer: Answer): Answer {
  return { ...answer, headers: { 'content-type': 'application/scim+json', ...answer.headers } };
}
