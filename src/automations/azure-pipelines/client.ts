import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import { orGone } from '../or-gone.ts';
import { connections } from './connection-client.ts';
import {
  failureSchema,
  groupSchema,
  groupsSchema,
  permissionsSchema,
  projectSchema,
  projectsSchema,
} from './schema.ts';
import type { AzurePipelinesConfig, GroupVariable, Project, VariableGroup } from './schema.ts';

export type PipelinesClient = ReturnType<typeof openClient>;

const VERSION = { 'api-version': '7.1' };
const PAGE = 100;
const MOST_PROJECTS = 1000;
const GROUPS = '/_apis/distributedtask/variablegroups';
// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference
const LIBRARY = 'b7e84409-6553-448a-bbb2-af228e07cbeb';

export interface GroupWish {
  readonly name: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, GroupVariable>>;
}

export function openClient(config: AzurePipelinesConfig, clock: Clock, name: string) {
  const http = createHttp({
    name,
    baseUrl: `${config.url.replace(/\/$/, '')}/${config.organization}`,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({
      authorization: `Basic ${Buffer.from(`:${config.token.reveal()}`, 'utf8').toString('base64')}`,
      // Otherwise a token that is not accepted is sent to a sign-in page instead of a 401.
      'x-tfs-fedauthredirect': 'Suppress',
    }),
    explain: (answer) => explain(answer, name),
    explainPage: () => notAccepted(name),
  });
  return { ...groups(http), ...connections(http), ...lookingAround(http) };
}

function groups(http: Http) {
  return {
    /** The group of exactly this name; Azure compares names without case. */
    async findGroup(project: Project, name: string): Promise<VariableGroup | undefined> {
      const found = await groupsNamed(http, project, name);
      return found.find((group) => group.name.toLowerCase() === name.toLowerCase());
    },
    groupsNamed: (project: Project, pattern: string) => groupsNamed(http, project, pattern),
    createGroup: (project: Project, wish: GroupWish) =>
      http.send({
        method: 'POST',
        path: GROUPS,
        query: VERSION,
        body: bodyOf(project, wish),
        schema: groupSchema,
      }),
    /** Takes the place of the whole group: what the wish leaves out is gone. */
    replaceGroup: (project: Project, id: number, wish: GroupWish) =>
      http.send({
        method: 'PUT',
        path: GROUPS + path`/${id}`,
        query: VERSION,
        body: bodyOf(project, wish),
        schema: groupSchema,
      }),
    deleteGroup: (project: Project, id: number) =>
      http.send({
        method: 'DELETE',
        path: GROUPS + path`/${id}`,
        query: { projectIds: project.id, ...VERSION },
        ok: [200, 204, 404],
        schema: z.unknown(),
      }),
  };
}

async function groupsNamed(http: Http, { id }: Project, pattern: string) {
  const found = await http.send({
    method: 'GET',
    path: path`/${id}` + GROUPS,
    query: { groupName: pattern, ...VERSION },
    schema: groupsSchema,
  });
  return found.value;
}

function bodyOf({ id, name: project }: Project, { name, description, variables }: GroupWish) {
  return {
    type: 'Vsts',
    name,
    description,
    variables,
    variableGroupProjectReferences: [
      { name, description, projectReference: { id, name: project } },
    ],
  };
}

function lookingAround(http: Http) {
  return {
    findProject: (name: string) =>
      orGone(
        http.send({
          method: 'GET',
          path: path`/_apis/projects/${name}`,
          query: VERSION,
          schema: projectSchema,
        }),
      ),
    async projects(): Promise<Project[]> {
      const all: Project[] = [];
      for (let skip = 0; skip < MOST_PROJECTS; skip += PAGE) {
        const { value } = await http.send({
          method: 'GET',
          path: '/_apis/projects',
          query: { $top: PAGE, $skip: skip, ...VERSION },
          schema: projectsSchema,
        });
        all.push(...value);
        if (value.length < PAGE) break;
      }
      return all;
    },
    /** Whether our token has all these rights (a bit each) in the project's library. */
    async mayInLibrary({ id }: Project, rights: number): Promise<boolean> {
      const answers = await http.send({
        method: 'GET',
        path: path`/_apis/permissions/${LIBRARY}/${rights}`,
        query: { tokens: `Library/${id}`, alwaysAllowAdministrators: false, ...VERSION },
        schema: permissionsSchema,
      });
      return answers.length > 0 && answers.every(Boolean);
    },
  };
}

/** A page is always the one to sign in; a scope that is missing is a 401 as well. */
function notAccepted(name: string): ProductError {
  return new ProductError('unauthenticated', {
    subject: name,
    message: `${name} does not accept our token: it was revoked, has expired, is of another organisation, or lacks one of the scopes Variable groups (read, create and manage), Project and team (read) and, for service connections, Service connections (read, query and manage).`,
  });
}

function explain({ status, body }: HttpAnswer, name: string): ProductError | undefined {
  if (status === 401) return notAccepted(name);
  // It comes as a 500, which would otherwise be an outage.
  if (failureSchema.safeParse(body).data?.typeKey === 'DuplicateServiceConnectionException') {
    const message = `${name} already has a service connection of this name.`;
    return new ProductError('exists', { subject: name, message });
  }
  if (status !== 403) return undefined;
  return new ProductError('missing-permission', {
    subject: name,
    message: `${name} does not let our account manage this variable group or service connection. It needs the role Creator in the library of the project, or in its service connections; of one that it did not make itself, the role Administrator.`,
  });
}
