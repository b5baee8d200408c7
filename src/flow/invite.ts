import { z } from 'zod';

import { hasCode, isAmbiguous } from '../domain/errors.ts';
import { done, human, later } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { FlowClient } from './client.ts';
import type { FlowRole, FlowUser } from './flow.ts';
import { inviteTask } from './invite-task.ts';
import type { FlowConfig } from './schema.ts';

type Json = z.output<ReturnType<typeof z.json>>;

const LOOK_AGAIN_MS = 30_000;

interface InviteTools {
  readonly config: FlowConfig;
  readonly client: FlowClient;
  findUser(address: string): Promise<FlowUser | undefined>;
}

/**
 * Flow's article on inviting names `org_invites`, but its fields are documented nowhere, so the
 * call is opt-in with a body the operator gives; whatever Flow refuses becomes the guided task.
 * A role of single permissions has to be made by a person first and is therefore always guided.
 */
export async function invite(
  tools: InviteTools,
  address: string,
  role: FlowRole,
): Promise<Outcome<void>> {
  const { config, client } = tools;
  if ((await tools.findUser(address)) !== undefined) return done(undefined);
  if (config.invite.mode === 'guided' || role.kind === 'permissions') {
    return human(inviteTask(config.base_url, address, role, null));
  }
  const body = fill(config.invite.body, { email: address, role: 'Admin' });
  try {
    await client.post(config.invite.path, body, z.unknown());
  } catch (error) {
    if (hasCode(error, 'refused', 'missing-permission', 'not-found')) {
      const finding = 'Flow did not take the invitation from the app, so a person has to send it.';
      return human(inviteTask(config.base_url, address, role, finding));
    }
    if (!isAmbiguous(error) && !hasCode(error, 'exists')) throw error;
    if ((await tools.findUser(address)) === undefined) throw error;
    return done(undefined);
  }
  const user = await tools.findUser(address);
  return user === undefined
    ? later(LOOK_AGAIN_MS, 'Flow does not list the invited user yet')
    : done(undefined);
}

function fill(template: Json, values: Readonly<Record<'email' | 'role', string>>): Json {
  if (typeof template === 'string') {
    return template.replaceAll(
      /\{(email|role)\}/g,
      (_match, name: 'email' | 'role') => values[name],
    );
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fill(value, values)]),
  );
}
