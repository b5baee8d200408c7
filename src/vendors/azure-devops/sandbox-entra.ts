import { randomUUID } from 'node:crypto';

import { randomId } from '../../lib/random.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import type { AzureState, SandboxApplication, SandboxMember } from './sandbox-state.ts';

const HOUR_MS = 60 * 60_000;
const SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';

export const TENANT = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** An application that is a member of the organisation, as a service principal is. */
export function addApplication(state: AzureState, member: SandboxMember): SandboxApplication {
  const application = {
    clientId: randomUUID(),
    secret: randomId(24),
    memberId: member.id,
    tokens: new Map<string, string>(),
  };
  state.applications.push(application);
  return application;
}

/** Microsoft's sign-in for applications: one grant, tokens of an hour. */
export function signInRoutes({ state, now }: World): Routes {
  return {
    [`POST /${TENANT}/oauth2/v2.0/token`]: ({ body }: Call) => {
      const form = body as Readonly<Record<string, string>>;
      const application = state.applications.find(
        ({ clientId, secret }) =>
          clientId === form['client_id'] && secret === form['client_secret'],
      );
      if (form['grant_type'] !== 'client_credentials' || form['scope'] !== SCOPE) {
        return { status: 400, body: { error: 'invalid_request' } };
      }
      if (application === undefined) return { status: 401, body: { error: 'invalid_client' } };
      const token = `eyJ0eXAiOiJKV1Qi.${randomId(40)}`;
      application.tokens.set(token, new Date(now().getTime() + HOUR_MS).toISOString());
      return {
        status: 200,
        body: { token_type: 'Bearer', expires_in: 3599, access_token: token },
      };
    },
  };
}

/** The member behind a living access token of an application. */
export function applicationBehind(
  state: AzureState,
  now: Date,
  header: string,
): SandboxMember | undefined {
  const token = header.replace(/^Bearer /, '');
  const hit = state.applications.find(
    ({ tokens }) => (tokens.get(token) ?? '') > now.toISOString(),
  );
  return state.members.find(({ id }) => id === hit?.memberId);
}
