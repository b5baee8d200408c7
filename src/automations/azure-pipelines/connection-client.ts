import { z } from 'zod';

import type { Secret } from '../../domain/secret.ts';
import { path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import { connectionSchema, connectionsSchema, permissionsSchema } from './schema.ts';
import type { ConnectionReference, Project, ServiceConnection } from './schema.ts';

const VERSION = { 'api-version': '7.1' };
const ENDPOINTS = '/_apis/serviceendpoint/endpoints';
// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference
const SERVICE_ENDPOINTS = '49b48001-ca20-4adc-8111-5b60c903a50c';

export interface ConnectionWish {
  readonly project: Project;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly url: string;
  readonly username: string;
  readonly password: Secret;
}

/** Service connections, which the API calls service endpoints. */
export function connections(http: Http) {
  return {
    /** Undefined also for one that our account may not see. */
    async findConnection({ id }: Project, name: string): Promise<ServiceConnection | undefined> {
      const { value } = await http.send({
        method: 'GET',
        path: path`/${id}` + ENDPOINTS,
        // Without the failed ones a half-made one would be made again.
        query: { endpointNames: name, includeFailed: true, ...VERSION },
        schema: connectionsSchema,
      });
      return value.find((one) => one.name.toLowerCase() === name.toLowerCase());
    },
    createConnection: (wish: ConnectionWish) =>
      http.send({
        method: 'POST',
        path: ENDPOINTS,
        query: VERSION,
        body: bodyOf(wish, [referenceTo(wish)]),
        schema: connectionSchema,
      }),
    /** Takes the place of the whole connection; people keep the projects they shared it with. */
    replaceConnection: (found: ServiceConnection, wish: ConnectionWish) =>
      http.send({
        method: 'PUT',
        path: ENDPOINTS + path`/${found.id}`,
        query: VERSION,
        body: {
          id: found.id,
          ...bodyOf({ ...wish, name: found.name, type: found.type }, referencesOf(found, wish)),
          isShared: found.isShared ?? false,
        },
        schema: connectionSchema,
      }),
    deleteConnection: (id: string, projectIds: readonly string[]) =>
      http.send({
        method: 'DELETE',
        path: ENDPOINTS + path`/${id}`,
        query: { projectIds: projectIds.join(','), ...VERSION },
        ok: [200, 204, 404],
        schema: z.unknown(),
      }),
    /** Whether our token has all these rights (a bit each) on the project's connections. */
    async mayInConnections({ id }: Project, rights: number): Promise<boolean> {
      const answers = await http.send({
        method: 'GET',
        path: path`/_apis/permissions/${SERVICE_ENDPOINTS}/${rights}`,
        query: { tokens: `endpoints/${id}`, alwaysAllowAdministrators: false, ...VERSION },
        schema: permissionsSchema,
      });
      return answers.length > 0 && answers.every(Boolean);
    },
  };
}

function bodyOf(wish: ConnectionWish, references: readonly ConnectionReference[]) {
  const { name, type, url, description, username, password } = wish;
  return {
    name,
    type,
    url,
    description,
    authorization: {
      scheme: 'UsernamePassword',
      parameters: { username, password: password.reveal() },
    },
    // Only the type Git knows it: whether pipelines may use it.
    data: type === 'git' ? { accessExternalGitServer: 'true' } : {},
    isShared: false,
    isReady: true,
    owner: 'library',
    serviceEndpointProjectReferences: references,
  };
}

function referenceTo({ project, name, description }: ConnectionWish): ConnectionReference {
  return { projectReference: { id: project.id, name: project.name }, name, description };
}

function referencesOf(found: ServiceConnection, wish: ConnectionWish): ConnectionReference[] {
  const others = (found.serviceEndpointProjectReferences ?? []).filter(
    ({ projectReference }) => projectReference.id !== wish.project.id,
  );
  return [referenceTo({ ...wish, name: found.name }), ...others];
}
