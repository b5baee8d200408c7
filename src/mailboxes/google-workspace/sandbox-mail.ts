import type { Handler, Routes, SandboxAnswer } from '../../sandbox/kit/server.ts';
import { parseHeaders } from '../mail-headers.ts';
import type { MailDrop, StoredMail } from '../sandbox-post.ts';
import { found, notFound, refuse } from './sandbox-answers.ts';
import { ADMIN } from './sandbox-state.ts';
import type { Workspace } from './sandbox-state.ts';
import type { TokenDesk } from './sandbox-token.ts';
import { SCOPE } from './scopes.ts';

/** Who may do what with a group's mail (Groups Settings API). */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  whoCanPostMessage: ['ALL_IN_DOMAIN_CAN_POST', 'ANYONE_CAN_POST', 'ALL_MEMBERS_CAN_POST'],
  whoCanViewGroup: ['ANYONE_CAN_VIEW', 'ALL_IN_DOMAIN_CAN_VIEW', 'ALL_MEMBERS_CAN_VIEW'],
  whoCanJoin: ['ALL_IN_DOMAIN_CAN_JOIN', 'CAN_REQUEST_TO_JOIN', 'INVITED_CAN_JOIN'],
  isArchived: ['true', 'false'],
  messageModerationLevel: ['MODERATE_ALL_MESSAGES', 'MODERATE_NON_MEMBERS', 'MODERATE_NONE'],
};

export function settingRoutes(workspace: Workspace, desk: TokenDesk): Routes {
  const find = (email: string | undefined) => {
    const group = workspace.findGroup((email ?? '').toLowerCase());
    return group && workspace.isOlder(group, workspace.delays.group) ? group : undefined;
  };
  const as =
    (handler: Handler): Handler =>
    (request) => {
      const subject = desk.admit(request, SCOPE.settings);
      if (typeof subject !== 'string') return subject;
      if (subject !== ADMIN) return refuse(403, 'forbidden', 'Not Authorized');
      // Without alt=json this API answers in Atom.
      return request.query.get('alt') === 'json'
        ? handler(request)
        : { status: 200, body: '<entry/>', headers: { 'content-type': 'application/atom+xml' } };
    };
  return {
    'GET /groups/v1/groups/:group': as(({ params }) => {
      const group = find(params['group']);
      return group === undefined ? notFound('group') : found(group.settings);
    }),
    'PATCH /groups/v1/groups/:group': as(({ params, body }) => {
      const group = find(params['group']);
      if (group === undefined) return notFound('group');
      const changes = Object.entries(body as Record<string, string>);
      const isWrong = changes.some(([name, value]) => CHOICES[name]?.includes(value) !== true);
      if (isWrong) return refuse(400, 'invalid', 'INVALID_VALUE');
      Object.assign(group.settings, body);
      return found(group.settings);
    }),
  };
}

/** Gmail with the scope that shows headers alone. */
export function gmailRoutes(workspace: Workspace, desk: TokenDesk, drop: MailDrop): Routes {
  const mailsOf = (mailbox: string): StoredMail[] =>
    drop.mails.filter(({ to }) =>
      workspace.mailboxesOf(to.toLowerCase(), 'inside').includes(mailbox),
    );
  const as =
    (run: (mailbox: string, request: Parameters<Handler>[0]) => SandboxAnswer): Handler =>
    (request) => {
      const subject = desk.admit(request, SCOPE.gmail);
      if (typeof subject !== 'string') return subject;
      const user = workspace.findUser(subject);
      return user !== undefined && workspace.isOlder(user, workspace.delays.mailbox)
        ? run(subject, request)
        : refuse(400, 'failedPrecondition', 'Mail service not enabled');
    };
  return {
    'GET /gmail/v1/users/me/messages': as((mailbox, { query }) => {
      if (query.has('q')) return refuse(403, 'forbidden', 'Metadata scope does not support q');
      const count = Number(query.get('maxResults') ?? 100);
      const messages = mailsOf(mailbox).toReversed().slice(0, count);
      return found({
        ...(messages.length === 0
          ? {}
          : { messages: messages.map(({ uid }) => ({ id: `m${uid}` })) }),
        resultSizeEstimate: messages.length,
      });
    }),
    'GET /gmail/v1/users/me/messages/:id': as((mailbox, { params, query }) => {
      const mail = mailsOf(mailbox).find(({ uid }) => `m${uid}` === params['id']);
      if (mail === undefined) return notFound('message');
      if (query.get('format') !== 'metadata') return refuse(403, 'forbidden', 'Metadata scope');
      const headers = parseHeaders(mail.raw).map(([name, value]) => ({ name, value }));
      return found({ internalDate: String(mail.receivedAt.getTime()), payload: { headers } });
    }),
  };
}
