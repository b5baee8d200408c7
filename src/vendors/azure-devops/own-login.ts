import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { entraToken } from '../../lib/entra.ts';
import { keptToken } from '../../lib/kept-token.ts';
import type { VendorDeps } from '../vendor.ts';
import type { AzureConfig } from './schema.ts';

/** The value of an `authorization` header, made anew for each request. */
export type Login = () => Promise<string>;

/** Azure DevOps itself, as Entra knows it everywhere. */
const AZURE_DEVOPS = '499b84ac-1321-427f-aa17-267ca6975798/.default';

/** How we sign in: with our own token, or as our own application of Microsoft Entra. */
export function ownLogin(
  { entra, token, timeout_ms: timeoutMs }: AzureConfig,
  { clock, connectionName }: VendorDeps,
): Login {
  if (entra !== undefined) {
    const options = { clock, timeoutMs, refused: () => refused(connectionName) };
    const tokens = keptToken(clock, entraToken(entra, AZURE_DEVOPS, options));
    return async () => `Bearer ${(await tokens.get()).reveal()}`;
  }
  if (token !== undefined) return tokenLogin(token);
  throw new ProductError('invalid-config', {
    subject: connectionName,
    message: 'This connection has neither "token" nor "entra".',
  });
}

/** With a personal access token, whoever's it is. */
export function tokenLogin(token: Secret): Login {
  return () =>
    Promise.resolve(`Basic ${Buffer.from(`:${token.reveal()}`, 'utf8').toString('base64')}`);
}

function refused(connectionName: string): ProductError {
  return new ProductError('unauthenticated', {
    subject: connectionName,
    message: `${connectionName}: Microsoft does not accept our own application. Check "entra", and that its client secret has not expired.`,
  });
}
