import type { Secret } from '../domain/secret.ts';
import { anonymous, connect } from './github-connection.ts';
import type { ConnectionOptions } from './github-connection.ts';

/** Kills a token we hold. GitHub.com refuses this call when it carries any authorisation. */
export async function revokeToken(options: ConnectionOptions, token: Secret): Promise<void> {
  await connect(options, anonymous).request('POST /credentials/revoke', {
    credentials: [token.reveal()],
  });
}
