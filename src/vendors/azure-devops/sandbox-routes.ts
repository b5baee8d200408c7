import { z } from 'zod';

import { Refusal, guarded, pageOf } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { signInRoutes } from './sandbox-entra.ts';
import { identityRoutes } from './sandbox-identity.ts';
import { addMember, removeMember, seesProject } from './sandbox-state.ts';
import type { AzureState, SandboxMember, SandboxProject } from './sandbox-state.ts';

const CORE = /^7\.\d$/;
const PREVIEW = /^7\.\d-preview(\.\d)?$/;

/** The calls of three hosts, told apart by the first part of the path. */
export function routesOf(world: World): Routes {
  return {
    ...coreRoutes(world),
    ...entitlementRoutes(world),
    ...identityRoutes(world),
    ...signInRoutes(world),
  };
}

function coreRoutes(world: World): Routes {
  const { state } = world;
  const at = `/core/${state.organization}`;
  const project = { scope: 'vso.project', version: CORE };
  return {
    [`GET ${at}/_apis/connectionData`]: guarded(
      world,
      { scope: null, version: PREVIEW },
      (_call, { member }) => {
        const { id, descriptor, principalName } = member;
        const user = {
          id,
          descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${principalName}`,
          subjectDescriptor: descriptor,
          providerDisplayName: member.displayName,
          isActive: true,
        };
        return { status: 200, body: { authenticatedUser: user, authorizedUser: user } };
      },
    ),
    [`GET ${at}/_apis/projects`]: guarded(world, project, (call, { member }) => {
      const seen = state.projects.filter((one) => seesProject(state, member, one));
      const { part, next } = pageOf(call, seen);
      const value = part.map(({ id, name }) => ({ id, name, state: 'wellFormed' }));
      return {
        status: 200,
        body: { count: value.length, value },
        ...(next === null ? {} : { headers: { 'x-ms-continuationtoken': next } }),
      };
    }),
    [`GET ${at}/_apis/projects/:project`]: guarded(world, project, (call, { member }) => {
      const { id, name } = seen(state, member, call.params['project']);
      return { status: 200, body: { id, name, state: 'wellFormed' } };
    }),
    [`GET ${at}/:project/_apis/git/repositories`]: guarded(
      world,
      { scope: 'vso.code', version: CORE },
      (call, { member }) => {
        const { id, name } = seen(state, member, call.params['project']);
        if (member.license === 'stakeholder') throw new Refusal(403, 'TF401019');
        return { status: 200, body: { count: 1, value: [{ id: repositoryOf(id), name }] } };
      },
    ),
  };
}

/** Each project has the repository that Azure DevOps makes with it. */
function repositoryOf(projectId: string): string {
  return projectId.replace(/.{4}$/, 'c0de');
}

const newEntitlement = z.strictObject({
  accessLevel: z.strictObject({
    licensingSource: z.literal('account'),
    accountLicenseType: z.enum(['express', 'advanced', 'stakeholder']),
  }),
  user: z.strictObject({ principalName: z.string().min(1), subjectKind: z.literal('user') }),
});

function entitlementRoutes(world: World): Routes {
  const { state } = world;
  const at = `/ex/${state.organization}/_apis/userentitlements`;
  const version = /^7\.2-preview\.5$/;
  const read = { scope: 'vso.memberentitlementmanagement', admin: true, version };
  const write = { ...read, scope: 'vso.memberentitlementmanagement_write' };
  return {
    [`GET ${at}`]: guarded(world, read, (call) => {
      const text = /^name eq '(.*)'$/.exec(call.query.get('$filter') ?? "name eq ''")?.[1];
      if (text === undefined) throw new Refusal(400, 'The filter is not valid.');
      const word = text.replaceAll("''", "'").toLowerCase();
      const found = state.members.filter((one) =>
        [one.principalName, one.displayName].some((name) => name.toLowerCase().includes(word)),
      );
      const { part, next } = pageOf(call, found);
      const items = part.map(entitlementView);
      return { status: 200, body: { items, totalCount: found.length, continuationToken: next } };
    }),
    [`GET ${at}/:id`]: guarded(world, read, (call) => ({
      status: 200,
      body: entitlementView(memberOf(state, call)),
    })),
    [`POST ${at}`]: guarded(world, write, (call) => {
      const parsed = newEntitlement.safeParse(call.body);
      if (!parsed.success) throw new Refusal(400, 'The entitlement is not valid.');
      return { status: 200, body: add(state, parsed.data) };
    }),
    [`DELETE ${at}/:id`]: guarded(world, write, (call) => {
      removeMember(state, memberOf(state, call));
      return { status: 200 };
    }),
  };
}

/** Adding somebody who is there gives the entitlement that they have. */
function add(state: AzureState, wish: z.infer<typeof newEntitlement>): unknown {
  const name = wish.user.principalName.toLowerCase();
  const isNamed = (one: { principalName: string }): boolean =>
    one.principalName.toLowerCase() === name;
  const known = state.members.find(isNamed);
  if (known !== undefined) return added(known);
  const identity = state.directory.find(isNamed);
  if (identity === undefined) {
    return refusedToAdd(5000, `The identity ${wish.user.principalName} could not be found.`);
  }
  if (state.licenses === 0) {
    return refusedToAdd(5005, 'Failed to assign license Account-Express to identity with id 1.');
  }
  state.licenses -= 1;
  return added(addMember(state, identity));
}

function added(member: SandboxMember): unknown {
  const userEntitlement = entitlementView(member);
  const operationResult = { isSuccess: true, errors: [], userId: member.id };
  return { isSuccess: true, operationResult, userEntitlement };
}

function refusedToAdd(key: number, value: string): unknown {
  const operationResult = { isSuccess: false, errors: [{ key, value }], userId: null };
  return { isSuccess: false, operationResult, userEntitlement: null };
}

function seen(
  state: AzureState,
  member: SandboxMember,
  idOrName: string | undefined,
): SandboxProject {
  const project = state.projects.find(({ id, name }) => id === idOrName || name === idOrName);
  if (project !== undefined && seesProject(state, member, project)) return project;
  throw new Refusal(
    404,
    `TF200016: The following project does not exist: ${idOrName}.`,
    'ProjectDoesNotExistWithNameException',
  );
}

function memberOf(state: AzureState, call: Call): SandboxMember {
  const member = state.members.find(({ id }) => id === call.params['id']);
  if (member !== undefined) return member;
  throw new Refusal(404, 'The member was not found.', 'MemberNotFoundException');
}

function entitlementView(member: SandboxMember): unknown {
  const { id, principalName, displayName, descriptor } = member;
  return {
    id,
    user: {
      subjectKind: 'user',
      principalName,
      mailAddress: principalName,
      origin: 'aad',
      displayName,
      descriptor,
    },
    accessLevel: {
      licensingSource: 'account',
      accountLicenseType: member.license,
      status: member.status,
    },
    lastAccessedDate: member.lastAccess,
    projectEntitlements: [],
  };
}
