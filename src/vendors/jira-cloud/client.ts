import { createCloudClient } from 'jira.js';
import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import type { VendorDeps } from '../vendor.ts';
import {
  foundGroupsSchema,
  groupSchema,
  markSchema,
  permissionsSchema,
  projectPageSchema,
  projectRolesSchema,
  projectSchema,
  roleSchema,
  userSchema,
} from './schema.ts';
import type { JiraConfig, JiraUser } from './schema.ts';
import { jiraTransport, openHttp } from './transport.ts';
import type { JiraLogin } from './transport.ts';

export type JiraClient = ReturnType<typeof createClient>;

/** Where the marker is kept at the user; dots and equals signs are not allowed in a searchable key. */
const MARK = 'flow-service-account';
const PAGE = 100;
const LONGEST_PAGE = 1000;
/** A bound for the slow look through everybody: 20 pages are 20 000 people. */
const LAST_PAGE = 20;

/** The calls we make, as the administrator of the configuration or as the account itself. */
export function createClient(config: JiraConfig, deps: VendorDeps, login: JiraLogin) {
  const jira = createCloudClient(jiraTransport(openHttp(config, deps, login)));
  const check: Check = (value, schema) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const message = `${deps.connectionName} gave an answer we do not understand.`;
    throw new ProductError('unexpected-answer', { subject: deps.connectionName, message });
  };
  return {
    ...userCalls(jira, check),
    ...groupCalls(jira, check),
    ...projectCalls(jira, check),
    ...permissionCalls(jira, check),
  };
}

/** Turns "not found" into undefined; every other failure stays one. */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

type Jira = ReturnType<typeof createCloudClient>;
type Check = <T>(value: unknown, schema: z.ZodType<T>) => T;

function userCalls(jira: Jira, check: Check) {
  return {
    myself: async () => check(await jira.myself.getCurrentUser(), userSchema),
    /** A new user, or undefined when Jira says 400: somebody without access has the address. */
    async createUser(emailAddress: string): Promise<JiraUser | undefined> {
      try {
        return check(await jira.users.createUser({ emailAddress, products: [] }), userSchema);
      } catch (error) {
        if (hasCode(error, 'refused')) return undefined;
        throw error;
      }
    },
    getUser: async (accountId: string) =>
      check(await jira.users.getUser({ accountId }), userSchema),
    removeUser: (accountId: string) => jira.users.removeUser({ accountId }),
    findMarked: async (marker: string) =>
      check(
        await jira.userSearch.findUsers({ property: `${MARK}.marker=${marker}` }),
        z.array(userSchema),
      ),
    findByText: async (query: string) =>
      check(await jira.userSearch.findUsers({ query, maxResults: PAGE }), z.array(userSchema)),
    /** Everybody, also those whom the search leaves out because they are not active yet. */
    async findAmongAll(fits: (user: JiraUser) => boolean): Promise<JiraUser | undefined> {
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const query = { startAt: page * LONGEST_PAGE, maxResults: LONGEST_PAGE };
        const users = check(await jira.users.getAllUsers(query), z.array(userSchema));
        const found = users.find(fits);
        if (found !== undefined || users.length === 0) return found;
      }
      return undefined;
    },
    /** The marker kept at a user; undefined when there is none. */
    async markOf(accountId: string): Promise<string | undefined> {
      const call = jira.userProperties.getUserProperty({ accountId, propertyKey: MARK });
      const property = await orUndefined(call);
      return property === undefined ? undefined : check(property, markSchema).value.marker;
    },
    mark: (accountId: string, marker: string) =>
      jira.userProperties.setUserProperty({
        accountId,
        propertyKey: MARK,
        body: { marker },
      }),
  };
}

function groupCalls(jira: Jira, check: Check) {
  return {
    groupsOf: async (accountId: string) =>
      check(await jira.users.getUserGroups({ accountId }), z.array(groupSchema)),
    /** The id of the group of exactly this name. */
    async groupId(name: string): Promise<string | undefined> {
      const found = await jira.groups.findGroups({ query: name, maxResults: PAGE });
      const groups = check(found, foundGroupsSchema).groups;
      return groups.find((group) => group.name === name)?.groupId ?? undefined;
    },
    addToGroup: (groupId: string, accountId: string) =>
      jira.groups.addUserToGroup({ groupId, accountId }),
    removeFromGroup: (groupId: string, accountId: string) =>
      jira.groups.removeUserFromGroup({ groupId, accountId }),
  };
}

function projectCalls(jira: Jira, check: Check) {
  return {
    getProject: async (id: string) =>
      check(await jira.projects.getProject({ projectIdOrKey: id }), projectSchema),
    searchProjects: async (query: string) =>
      check(
        await jira.projects.searchProjects({
          maxResults: PAGE,
          typeKey: 'software,business',
          ...(query === '' ? {} : { query }),
        }),
        projectPageSchema,
      ),
    /** The ids of a project's roles by name. */
    async rolesOf(projectId: string): Promise<ReadonlyMap<string, number>> {
      const found = await jira.projectRoles.getProjectRoles({ projectIdOrKey: projectId });
      const roles = Object.entries(check(found, projectRolesSchema));
      return new Map(roles.map(([name, url]) => [name, Number(url.split('/').at(-1))]));
    },
    async hasRole(projectId: string, id: number, accountId: string): Promise<boolean> {
      const found = await jira.projectRoles.getProjectRole({ projectIdOrKey: projectId, id });
      return check(found, roleSchema).actors.some(
        (actor) => actor.actorUser?.accountId === accountId,
      );
    },
    addToRole: (projectId: string, id: number, accountId: string) =>
      jira.projectRoleActors.addActorUsers({ projectIdOrKey: projectId, id, user: [accountId] }),
    removeFromRole: (projectId: string, id: number, accountId: string) =>
      jira.projectRoleActors.deleteActor({ projectIdOrKey: projectId, id, user: accountId }),
  };
}

function permissionCalls(jira: Jira, check: Check) {
  return {
    /** Which of these the asker has: in one project, or anywhere. */
    async permissions(names: readonly string[], projectId?: string): Promise<ReadonlySet<string>> {
      const found = await jira.permissions.getMyPermissions({
        permissions: names.join(','),
        ...(projectId === undefined ? {} : { projectId }),
      });
      const { permissions } = check(found, permissionsSchema);
      return new Set(names.filter((name) => permissions[name]?.havePermission === true));
    },
  };
}
