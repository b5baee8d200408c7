import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type { SandboxServer } from '../../sandbox/kit/server.ts';
import { openImap } from '../sandbox-imap.ts';
import type { ImapSandbox } from '../sandbox-imap.ts';
import { MAIL_DOMAIN, openMailServer } from '../sandbox-mail-server.ts';
import type { MailServerSandbox } from '../sandbox-mail-server.ts';
import { codeIn } from '../sandbox-post.ts';
import { cloudflareRoutes } from './sandbox-routes.ts';
import type { Zone } from './sandbox-routes.ts';

const DESTINATION = 'flow-bot@mail.example';
const AUTHSERV_ID = 'mx.mail.example';
const IMAP_PASSWORD = 'imap-password-of-the-sandbox';

export interface CloudflareSandbox extends AdapterSandbox, Omit<MailServerSandbox, 'config'> {
  readonly cloudflare: SandboxServer;
  readonly imap: ImapSandbox;
  readonly zone: Zone;
  readonly destination: string;
}

/** Cloudflare on loopback: its API, its mail servers, and the mailbox that they forward to. */
export async function openSandbox(deps: SandboxDeps): Promise<CloudflareSandbox> {
  const zone = newZone();
  const mail = await openMailServer({
    clock: deps.clock,
    authservId: AUTHSERV_ID,
    port: deps.port,
    accepts: (address) => zone.enabled && forwards(zone, address),
  });
  const imap = await openImap(mail.drop, {
    user: DESTINATION,
    password: IMAP_PASSWORD,
    mailbox: 'INBOX',
    ...(deps.port === undefined ? {} : { port: deps.port + 1 }),
  });
  const cloudflare = await startServer({
    name: 'Cloudflare',
    ...(deps.port === undefined ? {} : { port: deps.port + 2 }),
    routes: cloudflareRoutes(zone),
  });

  return {
    ...mail,
    servers: [cloudflare],
    cloudflare,
    imap,
    zone,
    destination: DESTINATION,
    config: {
      domain: MAIL_DOMAIN,
      zone_id: zone.zoneId,
      account_id: zone.accountId,
      api_token: new Secret(zone.token),
      destination: DESTINATION,
      smtp: mail.config,
      imap: {
        host: '127.0.0.1',
        port: imap.port,
        secure: false,
        user: DESTINATION,
        password: new Secret(IMAP_PASSWORD),
        authserv_id: AUTHSERV_ID,
      },
      api_url: `${cloudflare.url}/client/v4`,
    },
    async perform(task, about) {
      if (task.id === 'verify-destination') {
        zone.destinations.set(DESTINATION, true);
        return NOTHING;
      }
      if (!task.fields.some(({ id }) => id === 'code')) return NOTHING;
      return { answers: { code: codeIn(mail.drop, about.address, about.marker) }, deposit: null };
    },
    async close() {
      await Promise.all([mail.smtp.close(), imap.close(), cloudflare.close()]);
    },
  };
}

/** Of two rules for one address only the newer one counts. */
function forwards({ rules }: Zone, address: string): boolean {
  const rule = rules.findLast(({ matchers }) => matchers.some(({ value }) => value === address));
  return rule?.enabled === true && rule.actions[0]?.value[0] === DESTINATION;
}

function newZone(): Zone {
  return {
    name: MAIL_DOMAIN,
    zoneId: '0123456789abcdef0123456789abcdef',
    accountId: 'fedcba9876543210fedcba9876543210',
    token: 'cloudflare-token-of-the-sandbox',
    permissions: new Set(['rules:edit', 'addresses:read', 'zone:read']),
    rules: [],
    destinations: new Map([[DESTINATION, true]]),
    enabled: true,
    mostRules: 200,
  };
}
