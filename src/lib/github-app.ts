import { createAppAuth } from '@octokit/auth-app';
import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { anonymous, bearer, connect, SILENT } from './github-connection.ts';
import type { ConnectionOptions, Credentials } from './github-connection.ts';

const secretValue = () => z.instanceof(Secret);

const appAuth = z.strictObject({
  app_id: z.number().int().positive(),
  private_key: secretValue(),
  installation_id: z.number().int().positive(),
});

const tokenAuth = z.strictObject({ token: secretValue() });

/** A GitHub App installed in the organisation, or the token of one of its owners. */
export const githubAuthSchema = z.union([appAuth, tokenAuth]);

export type GitHubAuth = z.infer<typeof githubAuthSchema>;
export type GitHubAppAuth = z.infer<typeof appAuth>;

/** Our own credential: an owner's token, or an installation token that the App renews hourly. */
export function ownCredentials(options: ConnectionOptions, auth: GitHubAuth): Credentials {
  if ('token' in auth) return bearer(auth.token);
  const app = openApp(options, auth);
  let refresh = false;
  return {
    async header() {
      const header = await issued(options, () =>
        oneAtATime(auth.installation_id, () =>
          app({ type: 'installation', installationId: auth.installation_id, refresh }),
        ),
      );
      refresh = false;
      return header;
    },
    refused() {
      refresh = true;
    },
  };
}

const signingIn = new Map<number, Promise<unknown>>();

/**
 * @octokit/auth-app shares sign-ins under way by the installation's id alone. Two servers may have
 * the same id, and one would be sent the other's token; so nobody signs in while another does.
 */
function oneAtATime<T>(installation: number, signIn: () => Promise<T>): Promise<T> {
  const before = signingIn.get(installation) ?? Promise.resolve();
  const mine = before.then(signIn);
  signingIn.set(
    installation,
    mine.catch(() => undefined),
  );
  return mine;
}

/** The App speaking for itself, not for its installation; only good for looking at itself. */
export function appCredentials(options: ConnectionOptions, auth: GitHubAppAuth): Credentials {
  const app = openApp(options, auth);
  return { header: () => issued(options, () => app({ type: 'app' })) };
}

async function issued(
  options: ConnectionOptions,
  issue: () => Promise<{ token: string }>,
): Promise<string> {
  try {
    return `Bearer ${(await issue()).token}`;
  } catch (error) {
    if (error instanceof ProductError) throw error;
    throw new ProductError('invalid-config', {
      subject: options.name,
      message: `The private key of the GitHub App for ${options.name} cannot be used; give the PEM file that GitHub generated.`,
    });
  }
}

function openApp(options: ConnectionOptions, auth: GitHubAppAuth) {
  const inner = connect(options, anonymous);
  return createAppAuth({
    appId: auth.app_id,
    privateKey: auth.private_key.reveal(),
    request: inner.request,
    log: SILENT,
  });
}

export const installationSchema = z.object({
  account: z.object({ login: z.string() }),
  permissions: z.record(z.string(), z.string()),
  repository_selection: z.enum(['all', 'selected']),
  suspended_at: z.string().nullable(),
});
