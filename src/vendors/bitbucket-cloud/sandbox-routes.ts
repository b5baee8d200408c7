import { z } from 'zod';

import { guarded, paged } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { organisationRoutes } from './sandbox-organisation.ts';
import { permissionRoutes } from './sandbox-permissions.ts';
import { LEVELS, Refusal, levelIn } from './sandbox-state.ts';
import type { BitbucketState, SandboxRepository, SandboxUser } from './sandbox-state.ts';

/** The calls of Bitbucket's REST API 2.0 and of Atlassian's administration that our adapter makes. */
export function routesOf(world: World): Routes {
  return {
    ...peopleRoutes(world),
    ...repositoryRoutes(world),
    ...permissionRoutes(world),
    ...organisationRoutes(world),
  };
}

function peopleRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /2.0/user': guarded(world, ['read:user'], (_call, asker) => ({
      status: 200,
      body: userView(asker),
    })),
    'GET /2.0/user/workspaces': guarded(world, ['read:workspace'], (call, asker) =>
      paged(world, call, asker.member ? [accessView(state, asker)] : []),
    ),
    'GET /2.0/workspaces/:workspace': guarded(world, ['read:workspace'], (call, asker) => {
      checkWorkspace(state, call, asker);
      return { status: 200, body: workspaceView(state) };
    }),
    'GET /2.0/workspaces/:workspace/members': guarded(world, ['read:workspace'], (call, asker) => {
      checkWorkspace(state, call, asker);
      const addresses = addressesIn(call.query.get('q'), asker);
      const users = state.users.filter(
        (user) => user.member && (addresses?.includes(user.email.toLowerCase()) ?? true),
      );
      const tells = addresses !== undefined && call.query.get('fields') === '+values.user.email';
      return paged(
        world,
        call,
        users.map((user) => ({
          type: 'workspace_membership',
          user: { ...userView(user), ...(tells ? { email: user.email } : {}) },
          workspace: workspaceView(state),
        })),
      );
    }),
    'GET /2.0/workspaces/:workspace/members/:member': guarded(
      world,
      ['read:workspace'],
      (call, asker) => {
        checkWorkspace(state, call, asker);
        const id = call.params['member'] ?? '';
        const user = state.users.find((one) => [one.uuid, one.accountId].includes(id));
        if (user?.member !== true) throw new Refusal(404, `${id} is not a member`);
        const body = {
          type: 'workspace_membership',
          user: userView(user),
          workspace: workspaceView(state),
        };
        return { status: 200, body };
      },
    ),
  };
}

function repositoryRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /2.0/workspaces/:workspace/projects': guarded(world, ['read:project'], (call, asker) => {
      checkWorkspace(state, call, asker);
      return paged(
        world,
        call,
        state.projects.map(({ key, name }) => ({ type: 'project', key, name })),
      );
    }),
    'GET /2.0/repositories/:workspace': guarded(world, ['read:repository'], (call, asker) => {
      checkWorkspace(state, call, asker);
      const least = rankOf(call.query.get('role'));
      const text = nameIn(call.query.get('q'));
      const found = state.repositories.filter(
        (repository) =>
          LEVELS.indexOf(levelIn(repository, asker) ?? '') >= least &&
          repository.slug.toLowerCase().includes(text),
      );
      return paged(
        world,
        call,
        found.map((repository) => repositoryView(state, repository)),
      );
    }),
    'GET /2.0/repositories/:workspace/:repository': guarded(
      world,
      ['read:repository'],
      (call, asker) => {
        checkWorkspace(state, call, asker);
        const id = call.params['repository'] ?? '';
        const found = state.repositories.find((one) => [one.slug, one.uuid].includes(id));
        if (found === undefined || levelIn(found, asker) === undefined) {
          throw new Refusal(404, `Repository ${state.workspace.slug}/${id} not found`);
        }
        return { status: 200, body: repositoryView(state, found) };
      },
    ),
  };
}

function checkWorkspace({ workspace }: BitbucketState, call: Call, asker: SandboxUser): void {
  const isOurs = [workspace.slug, workspace.uuid].includes(call.params['workspace'] ?? '');
  if (isOurs && asker.member) return;
  throw new Refusal(404, 'No workspace with identifier found.');
}

/** Only administrators may ask by address, and for at most 90 of them. */
function addressesIn(q: string | null, asker: SandboxUser): string[] | undefined {
  if (q === null) return undefined;
  const list = /^user\.email IN \((.+)\)$/.exec(q)?.[1];
  const addresses = z.array(z.email()).safeParse(list === undefined ? null : jsonOf(`[${list}]`));
  if (!asker.administrator || !addresses.success || addresses.data.length > 90) {
    throw new Refusal(400, 'Invalid filter');
  }
  return addresses.data.map((address) => address.toLowerCase());
}

function nameIn(q: string | null): string {
  if (q === null) return '';
  const text = z.string().safeParse(jsonOf(/^name ~ (".*")$/.exec(q)?.[1] ?? 'null'));
  if (!text.success) throw new Refusal(400, 'Invalid filter');
  return text.data.toLowerCase();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function rankOf(role: string | null): number {
  const rank = ['member', 'contributor', 'admin'].indexOf(role ?? 'member');
  if (rank < 0) throw new Refusal(400, 'Invalid role');
  return rank;
}

function userView(user: SandboxUser): Record<string, unknown> {
  return {
    type: 'user',
    account_id: user.accountId,
    uuid: user.uuid,
    display_name: user.displayName,
    account_status: 'active',
  };
}

function workspaceView({ workspace }: BitbucketState): unknown {
  return { type: 'workspace', slug: workspace.slug, uuid: workspace.uuid };
}

function accessView({ workspace }: BitbucketState, user: SandboxUser): unknown {
  return {
    type: 'workspace_access',
    administrator: user.administrator,
    workspace: { type: 'workspace_base', slug: workspace.slug, uuid: workspace.uuid },
  };
}

function repositoryView({ workspace }: BitbucketState, repository: SandboxRepository): unknown {
  const { uuid, slug, project } = repository;
  return {
    type: 'repository',
    uuid,
    slug,
    name: slug,
    full_name: `${workspace.slug}/${slug}`,
    project: { type: 'project', key: project.key, name: project.name },
  };
}
