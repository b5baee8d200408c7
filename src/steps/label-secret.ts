import type { PageLink, SecretLink } from '../domain/account.ts';
import type { Request } from '../domain/request.ts';
import { secretMeta } from './password.ts';
import type { Ports } from './ports.ts';

/** What is known of an account only after its credential was stored, or changes later. */
export interface LaterKnown {
  readonly secret: SecretLink;
  readonly page: PageLink;
  readonly rotateAt: string;
}

/** Brings what the store shows beside the credential up to what is true of the account now. */
export function labelSecret(
  request: Request,
  ports: Ports,
  { secret, page, rotateAt }: LaterKnown,
): Promise<SecretLink> {
  return ports.store.setMeta(secret.name, {
    ...secretMeta(request),
    'rotate-by': rotateAt.slice(0, 10),
    ...(page.url === '' ? {} : { page: page.url }),
  });
}
