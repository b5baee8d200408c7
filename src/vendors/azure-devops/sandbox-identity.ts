import { z } from 'zod';

import { Refusal, guarded, pageOf } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { join, tokenView } from './sandbox-state.ts';
import type { AzureState } from './sandbox-state.ts';

/** Groups, memberships and the administration of tokens: all at the host for identities. */
export function identityRoutes(world: World): Routes {
  return { ...groupRoutes(world), ...tokenRoutes(world) };
}

const PREVIEW = /^7\.\d-preview(\.\d)?$/;

function groupRoutes(world: World): Routes {
  const { state } = world;
  const at = `/ps/${state.organization}/_apis/graph`;
  const read = { scope: 'vso.graph', version: PREVIEW };
  const write = { scope: 'vso.graph_manage', admin: true, version: PREVIEW };
  const one = `${at}/memberships/:subject/:group`;
  const view = (call: Call): unknown => ({
    memberDescriptor: call.params['subject'],
    containerDescriptor: call.params['group'],
  });
  return {
    [`GET ${at}/descriptors/:id`]: guarded(world, read, (call) => {
      const project = state.projects.find(({ id }) => id === call.params['id']);
      if (project === undefined) throw new Refusal(404, 'VS860014', 'StorageKeyNotFoundException');
      return { status: 200, body: { value: project.descriptor } };
    }),
    [`GET ${at}/groups`]: guarded(world, read, (call) => {
      const scope = call.query.get('scopeDescriptor');
      const project = state.projects.find(({ descriptor }) => descriptor === scope);
      if (scope !== null && project === undefined) throw new Refusal(404, 'VS860016');
      const found = state.groups.filter(
        ({ projectId }) => scope === null || projectId === project?.id,
      );
      const { part, next } = pageOf(call, found);
      const value = part.map(({ descriptor, name, projectId }) => {
        const owner = state.projects.find(({ id }) => id === projectId)?.name;
        const principalName = `[${owner ?? state.organization}]\\${name}`;
        return { descriptor, displayName: name, principalName, origin: 'vsts' };
      });
      return {
        status: 200,
        body: { count: value.length, value },
        ...(next === null ? {} : { headers: { 'x-ms-continuationtoken': next } }),
      };
    }),
    [`GET ${at}/memberships/:subject`]: guarded(world, read, (call) => {
      if (call.query.get('direction') !== 'up') throw new Refusal(400, 'Ask for the way up.');
      const subject = call.params['subject'] ?? '';
      mustBeKnown(state, subject);
      const value = [...(state.memberships.get(subject) ?? [])].map((group) => ({
        containerDescriptor: group,
        memberDescriptor: subject,
      }));
      return { status: 200, body: { count: value.length, value } };
    }),
    [`PUT ${one}`]: guarded(world, write, (call) => {
      const { subject = '', group = '' } = call.params;
      mustBeKnown(state, subject);
      mustBeKnown(state, group);
      join(state, subject, group);
      return { status: 200, body: view(call) };
    }),
    [`DELETE ${one}`]: guarded(world, write, (call) => {
      const { subject = '', group = '' } = call.params;
      const was = state.memberships.get(subject)?.delete(group) === true;
      if (!was) throw new Refusal(404, 'The membership was not found.');
      return { status: 200 };
    }),
  };
}

const revocations = z.array(z.strictObject({ authorizationId: z.uuid() })).min(1);

function tokenRoutes(world: World): Routes {
  const { state } = world;
  const at = `/ps/${state.organization}/_apis/tokenadmin`;
  const rule = { scope: 'vso.tokenadministration', admin: true, version: PREVIEW };
  return {
    [`GET ${at}/personalaccesstokens/:subject`]: guarded(world, rule, (call) => {
      const member = state.members.find((one) => one.descriptor === call.params['subject']);
      if (member === undefined) throw new Refusal(404, 'The user was not found.');
      const tokens = state.tokens.filter((token) => token.memberId === member.id && !token.revoked);
      const { part, next } = pageOf(call, tokens);
      const value = part.map((token) => tokenView(state, token));
      return { status: 200, body: { value, continuationToken: next } };
    }),
    [`POST ${at}/revocations`]: guarded(world, rule, (call) => {
      const parsed = revocations.safeParse(call.body);
      if (!parsed.success) throw new Refusal(400, 'The revocations are not valid.');
      for (const { authorizationId } of parsed.data) {
        const token = state.tokens.find((one) => one.authorizationId === authorizationId);
        if (token !== undefined) token.revoked = true;
      }
      return { status: 204 };
    }),
  };
}

function mustBeKnown(state: AzureState, descriptor: string): void {
  const known = [...state.members, ...state.groups].some((one) => one.descriptor === descriptor);
  if (!known) throw new Refusal(404, 'VS860016: The subject does not exist.');
}
