import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { SandboxServer } from '../../sandbox/kit/server.ts';
import { MAIL_DOMAIN, openMailServer } from '../sandbox-mail-server.ts';
import type { MailServerSandbox } from '../sandbox-mail-server.ts';
import { codeIn } from '../sandbox-post.ts';
import { microsoftRoutes } from './sandbox-routes.ts';
import { CLIENT, CLIENT_SECRET, SKU, Tenant, TENANT } from './sandbox-state.ts';

export interface MicrosoftSandbox extends AdapterSandbox, Omit<MailServerSandbox, 'config'> {
  readonly graph: SandboxServer;
  readonly tenant: Tenant;
}

/** A tenant on loopback: tokens, Graph, Exchange's mail servers and a person who administers it. */
export async function openSandbox(deps: SandboxDeps): Promise<MicrosoftSandbox> {
  const tenant = new Tenant(deps.clock);
  const mail = await openMailServer({
    clock: deps.clock,
    authservId: null,
    port: deps.port,
    accepts: (address) => tenant.accepts(address),
  });
  const graph = await startServer({
    name: 'Microsoft 365',
    ...(deps.port === undefined ? {} : { port: deps.port + 1 }),
    routes: microsoftRoutes(tenant, mail.drop),
  });

  return {
    ...mail,
    servers: [graph],
    graph,
    tenant,
    config: {
      domain: MAIL_DOMAIN,
      tenant_id: TENANT,
      client_id: CLIENT,
      client_secret: new Secret(CLIENT_SECRET),
      license: SKU.part,
      usage_location: 'DE',
      smtp: mail.config,
      login_url: graph.url,
      graph_url: graph.url,
    },
    async perform(task, about) {
      if (task.id === 'make-address') {
        const name = said(task.instructions, /display name, enter exactly: (.+)$/);
        const address = said(task.instructions, /address, enter exactly: (.+)$/);
        if (tenant.find(address) === undefined) tenant.addShared(address, name);
        return NOTHING;
      }
      if (task.id === 'remove-address') {
        const address = said(task.instructions, /and find (.+)$/);
        tenant.users.delete(tenant.find(address)?.id ?? '');
        return NOTHING;
      }
      if (!task.fields.some(({ id }) => id === 'code')) return NOTHING;
      return { answers: { code: codeIn(mail.drop, about.address, about.marker) }, deposit: null };
    },
    async close() {
      await Promise.all([mail.smtp.close(), graph.close()]);
    },
  };
}

function said(instructions: readonly string[], pattern: RegExp): string {
  const found = instructions.map((line) => pattern.exec(line)?.[1]);
  return found.find((each) => each !== undefined) ?? '';
}
