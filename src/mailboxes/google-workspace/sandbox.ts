import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { SandboxServer } from '../../sandbox/kit/server.ts';
import { MAIL_DOMAIN, openMailServer } from '../sandbox-mail-server.ts';
import type { MailServerSandbox } from '../sandbox-mail-server.ts';
import { codeIn } from '../sandbox-post.ts';
import { directoryRoutes } from './sandbox-directory.ts';
import { gmailRoutes, settingRoutes } from './sandbox-mail.ts';
import { ADMIN, Workspace } from './sandbox-state.ts';
import { KEY_FILE, TokenDesk } from './sandbox-token.ts';

export interface GoogleSandbox extends AdapterSandbox, Omit<MailServerSandbox, 'config'> {
  readonly google: SandboxServer;
  readonly workspace: Workspace;
}

/** A Workspace on loopback: tokens, directory, group settings, Gmail and a mail server. */
export async function openSandbox(deps: SandboxDeps): Promise<GoogleSandbox> {
  const workspace = new Workspace(deps.clock);
  const mail = await openMailServer({
    clock: deps.clock,
    authservId: 'mx.google.com',
    port: deps.port,
    accepts: (address, from) => workspace.mailboxesOf(address, from).length > 0,
  });
  const desk = new TokenDesk(workspace);
  const google = await startServer({
    name: 'Google Workspace',
    ...(deps.port === undefined ? {} : { port: deps.port + 1 }),
    routes: {
      'POST /token': (request) => desk.issue(request),
      ...directoryRoutes(workspace, desk),
      ...settingRoutes(workspace, desk),
      ...gmailRoutes(workspace, desk, mail.drop),
    },
  });

  return {
    ...mail,
    servers: [google],
    google,
    workspace,
    config: {
      domain: MAIL_DOMAIN,
      key: new Secret(KEY_FILE),
      admin: ADMIN,
      smtp: mail.config,
      token_url: `${google.url}/token`,
      directory_url: google.url,
      settings_url: google.url,
      gmail_url: google.url,
    },
    async perform(task, about) {
      if (!task.fields.some(({ id }) => id === 'code')) return NOTHING;
      return { answers: { code: codeIn(mail.drop, about.address, about.marker) }, deposit: null };
    },
    async close() {
      await Promise.all([mail.smtp.close(), google.close()]);
    },
  };
}
