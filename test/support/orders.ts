import type { DraftOrder } from '../../src/requests/requests.ts';
import type { Life } from './mortal-world.ts';

/** Orders as the form delivers them, without what every order has. */
export const ORDERS = {
  gitlab: async (life: Life) => ({
    kind: 'integration',
    connection: 'gitlab',
    access: 'contributor',
    services: ['repositories'],
    scope: [await scopeNamed(life, 'gitlab', 'acme/platform')],
  }),
  github: async (life: Life) => ({
    kind: 'integration',
    connection: 'github',
    access: 'contributor',
    services: ['repositories'],
    scope: [await scopeNamed(life, 'github', 'acme/web')],
  }),
  automation: async (life: Life) => ({
    kind: 'automation',
    connection: 'gitlab',
    access: 'contributor',
    scope: [await scopeNamed(life, 'gitlab', 'acme/platform')],
    process: 'Nightly release',
    automation: 'gitlab-ci',
    target: 'project:acme/web',
    secretName: 'FLOW_SERVICE_TOKEN',
    hideFromReports: true,
  }),
  flowUser: async () => ({
    kind: 'flow-user',
    role: 'permissions',
    permissions: ['users', 'repos'],
  }),
} satisfies Record<string, (life: Life) => Promise<Partial<DraftOrder>>>;

/** A group or repository as the form's scope field delivers it. */
async function scopeNamed(life: Life, connection: string, name: string): Promise<string> {
  const found = await life.ports.connections.get(connection)?.vendor.searchScopes(name);
  const item = found?.find((each) => each.name === name);
  if (item === undefined) throw new Error(`${connection} has no ${name}`);
  return `${item.kind}|${item.id}|${item.name}`;
}
