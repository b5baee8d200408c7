import type { Handler, Routes, SandboxRequest } from '../../sandbox/kit/server.ts';
import { MAIL_DOMAIN } from '../sandbox-mail-server.ts';
import { duplicate, field, found, notFound, refuse } from './sandbox-answers.ts';
import { ADMIN, MOST_ALIASES } from './sandbox-state.ts';
import type { SandboxGroup, SandboxUser, Workspace } from './sandbox-state.ts';
import type { TokenDesk } from './sandbox-token.ts';
import { SCOPE } from './scopes.ts';

const ROOT = '/admin/directory/v1';

/** The parts of the Directory API that make users, aliases and groups. */
export function directoryRoutes(workspace: Workspace, desk: TokenDesk): Routes {
  const as =
    (handler: Handler, ...scopes: string[]): Handler =>
    (request) => {
      const subject = desk.admit(request, ...scopes);
      if (typeof subject !== 'string') return subject;
      return subject === ADMIN
        ? handler(request)
        : refuse(403, 'forbidden', 'Not Authorized to access this resource/api');
    };
  const users = userHandlers(workspace);
  const aliases = aliasHandlers(workspace);
  const groups = groupHandlers(workspace);
  return {
    [`GET ${ROOT}/users/:user`]: as(users.get, SCOPE.users),
    [`POST ${ROOT}/users`]: as(users.add, SCOPE.users),
    [`DELETE ${ROOT}/users/:user`]: as(users.remove, SCOPE.users),
    [`GET ${ROOT}/users/:user/aliases`]: as(aliases.list, SCOPE.users, SCOPE.aliases),
    [`POST ${ROOT}/users/:user/aliases`]: as(aliases.add, SCOPE.users, SCOPE.aliases),
    [`DELETE ${ROOT}/users/:user/aliases/:alias`]: as(aliases.remove, SCOPE.users, SCOPE.aliases),
    [`GET ${ROOT}/groups/:group`]: as(groups.get, SCOPE.groups),
    [`POST ${ROOT}/groups`]: as(groups.add, SCOPE.groups),
    [`DELETE ${ROOT}/groups/:group`]: as(groups.remove, SCOPE.groups),
    [`GET ${ROOT}/groups/:group/members`]: as(groups.members, SCOPE.groups),
    [`POST ${ROOT}/groups/:group/members`]: as(groups.addMember, SCOPE.groups),
  };
}

const param = ({ params }: SandboxRequest, name: string): string =>
  (params[name] ?? '').toLowerCase();

const isInDomain = (address: string): boolean => address.endsWith(`@${MAIL_DOMAIN}`);

function userHandlers(workspace: Workspace) {
  const visible = (request: SandboxRequest): SandboxUser | undefined => {
    const user = workspace.findUser(param(request, 'user'));
    return user && workspace.isOlder(user, workspace.delays.visible) ? user : undefined;
  };
  return {
    get(request) {
      const user = visible(request);
      if (user === undefined) return notFound('userKey');
      const isMailboxSetup = workspace.isOlder(user, workspace.delays.mailbox);
      const { id, primaryEmail, externalIds } = user;
      return found({ id, primaryEmail, externalIds, isMailboxSetup, suspended: false });
    },
    add({ body }) {
      const email = field(body, 'primaryEmail').toLowerCase();
      const name = (body as Record<string, unknown>)['name'];
      const length = field(body, 'password').length;
      const isWhole = field(name, 'givenName') !== '' && field(name, 'familyName') !== '';
      if (!isWhole || length < 8 || length > 100) return refuse(400, 'invalid', 'Invalid Input');
      if (!isInDomain(email)) return refuse(403, 'forbidden', 'Not Authorized');
      if (workspace.isTaken(email)) return duplicate();
      if (workspace.users.size >= workspace.seats) {
        return refuse(412, 'limitExceeded', 'Domain user limit reached.');
      }
      const ids = (body as Record<string, unknown>)['externalIds'];
      const { id } = workspace.addUser(email, Array.isArray(ids) ? ids : []);
      return found({ id, primaryEmail: email });
    },
    remove(request) {
      const user = visible(request);
      if (user === undefined) return notFound('userKey');
      workspace.users.delete(user.primaryEmail);
      workspace.deleted.add(user.primaryEmail);
      return { status: 204 };
    },
  } satisfies Record<string, Handler>;
}

function aliasHandlers(workspace: Workspace) {
  return {
    list(request) {
      const user = workspace.findUser(param(request, 'user'));
      if (user === undefined) return notFound('userKey');
      // Google leaves the list away when there is none.
      const aliases = [...user.aliases].map((alias) => ({ alias }));
      return found(aliases.length === 0 ? {} : { aliases });
    },
    add(request) {
      const user = workspace.findUser(param(request, 'user'));
      const alias = field(request.body, 'alias').toLowerCase();
      if (user === undefined) return notFound('userKey');
      if (!isInDomain(alias)) return refuse(403, 'forbidden', 'Not Authorized');
      if (workspace.isTaken(alias)) return duplicate();
      if (user.aliases.size >= MOST_ALIASES) return refuse(412, 'limitExceeded', 'Too many');
      user.aliases.add(alias);
      return found({ alias, primaryEmail: user.primaryEmail });
    },
    remove(request) {
      const user = workspace.findUser(param(request, 'user'));
      const isGone = user?.aliases.delete(param(request, 'alias')) === true;
      return isGone ? { status: 204 } : notFound('alias');
    },
  } satisfies Record<string, Handler>;
}

function groupHandlers(workspace: Workspace) {
  const settled = (request: SandboxRequest): SandboxGroup | undefined => {
    const group = workspace.findGroup(param(request, 'group'));
    return group && workspace.isOlder(group, workspace.delays.group) ? group : undefined;
  };
  return {
    get(request) {
      const group = workspace.findGroup(param(request, 'group'));
      if (group === undefined) return notFound('groupKey');
      const { id, email, description } = group;
      return found({ id, email, description });
    },
    add({ body }) {
      const email = field(body, 'email').toLowerCase();
      if (!isInDomain(email)) return refuse(403, 'forbidden', 'Not Authorized');
      if (workspace.isTaken(email)) return duplicate();
      const description = field(body, 'description');
      if (description.length > 4096) return refuse(400, 'invalid', 'Invalid Input: description');
      const { id } = workspace.addGroup(email, description);
      return found({ id, email, description });
    },
    remove(request) {
      const group = workspace.findGroup(param(request, 'group'));
      if (group === undefined) return notFound('groupKey');
      workspace.groups.delete(group.email);
      return { status: 204 };
    },
    members(request) {
      const group = settled(request);
      if (group === undefined) return notFound('groupKey');
      const members = [...group.members].map((email) => ({ email, role: 'MEMBER' }));
      return found(members.length === 0 ? {} : { members });
    },
    addMember(request) {
      const group = settled(request);
      const email = field(request.body, 'email').toLowerCase();
      if (group === undefined) return notFound('groupKey');
      if (group.members.has(email)) return refuse(409, 'duplicate', 'Member already exists.');
      if (!workspace.users.has(email)) return notFound('memberKey');
      group.members.add(email);
      return found({ email, role: 'MEMBER' });
    },
  } satisfies Record<string, Handler>;
}
