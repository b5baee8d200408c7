import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { codeIn, MailDrop, openSmtp } from '../sandbox-post.ts';
import type { SmtpSandbox, StoredMail } from '../sandbox-post.ts';

const DOMAIN = 'acme.example';
const USER = 'flow-bot';
const PASSWORD = 'smtp-password-of-the-sandbox';

export interface HumanSandbox extends AdapterSandbox {
  readonly smtp: SmtpSandbox;
  /** Addresses that exist. */
  readonly addresses: Set<string>;
  messages(): readonly StoredMail[];
}

/** A mail server that knows an address only after its admin has made it. */
export async function openSandbox(deps: SandboxDeps): Promise<HumanSandbox> {
  const drop = new MailDrop(() => deps.clock.now());
  const addresses = new Set<string>();
  const smtp = await openSmtp(drop, {
    user: USER,
    password: PASSWORD,
    accepts: (address) => addresses.has(address.toLowerCase()),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });

  return {
    servers: [],
    smtp,
    addresses,
    config: {
      address: `{local}@${DOMAIN}`,
      smtp: {
        host: '127.0.0.1',
        port: smtp.port,
        secure: false,
        user: USER,
        password: new Secret(PASSWORD),
        from: `flow-bot@${DOMAIN}`,
      },
    },
    messages: () => drop.mails,
    async perform(task, about) {
      if (task.id === 'make-address') {
        const said = task.instructions.map((line) => /this address: (.+)$/.exec(line)?.[1]);
        addresses.add(said.find((address) => address !== undefined) ?? '');
        return { answers: { readers: 'platform-team@acme.example' }, deposit: null };
      }
      if (!task.fields.some((field) => field.id === 'code')) return NOTHING;
      return { answers: { code: codeIn(drop, about.address, about.marker) }, deposit: null };
    },
    close: () => smtp.close(),
  };
}
