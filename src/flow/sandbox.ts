import { Secret } from '../domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../sandbox/kit/server.ts';
import type { SandboxServer } from '../sandbox/kit/server.ts';
import { guard, routes } from './sandbox-api.ts';
import { createPerson } from './sandbox-person.ts';
import type { PersonControls } from './sandbox-person.ts';
import { MANAGE_KEYS, Workspace } from './sandbox-workspace.ts';

const APP = 'flow-service-accounts@acme.example';
const APP_ROLE = 'Service accounts app';
const APP_OBJECTS = ['users', 'integrations', 'repos'];

export interface FlowSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  readonly workspace: Workspace;
  /** What the role of the app's own key allows. */
  setAppAccess(api: readonly string[], rights?: readonly string[]): void;
  revokeAppKey(): void;
  /** Does `POST org_invites` exist and take `{ emails, roles }`? Off, as its fields are unknown. */
  setInviteCall(works: boolean): void;
  setThrottled(throttled: boolean): void;
  addRepo(integrationId: number, name: string, failingSince?: string): void;
  /** Sets the data status of the integration in Flow's own words. */
  setStatus(integrationId: number, words: string): void;
}

/** A Flow workspace on loopback: the Customer API, and a person for what only the UI can do. */
export async function openSandbox(
  deps: SandboxDeps,
  controls: PersonControls = {},
): Promise<FlowSandbox> {
  const workspace = new Workspace();
  const state = { inviteCall: false, throttled: false };
  const server = await startServer({
    name: 'Flow',
    before: guard(workspace, () => state.throttled),
    routes: routes(workspace, () => state.inviteCall),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const setAppAccess: FlowSandbox['setAppAccess'] = (api, rights = []) => {
    workspace.roles.set(APP_ROLE, {
      name: APP_ROLE,
      api,
      rights: [MANAGE_KEYS, ...rights],
    });
  };
  setAppAccess(APP_OBJECTS);
  workspace.addUser(APP).hasLogin = true;
  workspace.setRoles(APP, [APP_ROLE]);
  const key = workspace.createKey(APP);

  return {
    server,
    servers: [server],
    workspace,
    config: { base_url: server.url, api_key: new Secret(key) },
    perform: async (task, about) => createPerson(workspace, controls)(task, about),
    close: () => server.close(),
    setAppAccess,
    revokeAppKey: () => workspace.deleteKey(APP),
    setInviteCall: (works) => void (state.inviteCall = works),
    setThrottled: (throttled) => void (state.throttled = throttled),
    addRepo(integrationId, name, failingSince) {
      workspace.repos.push({
        id: workspace.nextId(),
        name,
        integrationId,
        blocked: failingSince !== undefined,
        failingSince: failingSince ?? null,
      });
    },
    setStatus(integrationId, words) {
      const integration = workspace.integrations.find((each) => each.id === integrationId);
      if (integration !== undefined) integration.status = words;
    },
  };
}
